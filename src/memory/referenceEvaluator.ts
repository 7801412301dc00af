/**
 * The oracle: what a definition means, row by row, short rather than fast. It shares with the columnar evaluator the
 * rules of `src/domain` (amendments, periods, gross-up, conclusion), and nothing of how cells are found and added up.
 */
import type { CalendarGranularity } from '../../contracts/vocabulary.ts';
import { supersededRows } from '../domain/amendments.ts';
import { conclude, NOTES, type Against, type Tally } from '../domain/conclude.ts';
import { firstExpected, isExpected } from '../domain/coverage.ts';
import type { Fact } from '../domain/fact.ts';
import type { Observation } from '../domain/observation.ts';
import {
  daysInMonth,
  firstDayOfMonth,
  firstMonthOf,
  monthOf,
  MONTHS,
  periodInterval,
  periodOfMonth,
} from '../domain/periods.ts';
import { placeAt } from '../domain/places.ts';
import { nearestEstimate } from '../domain/population.ts';
import type { Part, Plan, Where } from '../domain/plan.ts';
import { quoteFigures } from '../domain/publishedFigures.ts';
import { grossUp, SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import { groupBy } from './groupBy.ts';
import { chooseFor, daysCovered, type Chosen, type Entry } from './referenceChoice.ts';

/** All observations of a plan over some facts in log order. */
export function referenceObservations(plan: Plan, log: readonly Fact[]): Observation[] {
  const rowOf = new Map(log.map((fact, row) => [fact.identity, row]));
  const amendments = log.flatMap((fact, row) =>
    fact.amends === null
      ? []
      : [{ row, identity: fact.identity, ...fact.amends, retracts: fact.kind === 'retraction' }],
  );
  const superseded = supersededRows(amendments, (identity) => rowOf.get(identity));
  const facts = log.filter((_, row) => !superseded.has(row));
  const figures = facts.flatMap((f) =>
    f.figure?.statistic === plan.published?.statistic && f.figure ? [{ ...f.figure, place: f.place }] : [],
  );
  return [...computed(plan, facts), ...(plan.published === null ? [] : quoteFigures(figures, plan.published.prefer))];
}

const matches = (fact: Fact, where: Where): boolean =>
  where.every(({ dimension, values }) => values.includes(fact.dimensions[dimension] ?? ''));
const categoryOf = (fact: Fact, dimension: string): string =>
  (fact.dimensions as Record<string, string | undefined>)[dimension] ?? 'not-stated';
const spanOf = (fact: Fact): number =>
  fact.grain === 'unplaced'
    ? 0
    : fact.grain === 'month'
      ? 1
      : monthOf(fact.day + fact.days - 1) - monthOf(fact.day) + 1;
/** A window counts where a period holds the whole of it: from this many months on. */
const grainMonths = (fact: Fact): number => (fact.grain === 'unplaced' ? Infinity : MONTHS[fact.grain]);

function matching(part: Part, facts: readonly Fact[]): Fact[] {
  if (part.fold === 'latest') return facts.filter((f) => f.kind === 'service-point.status');
  return facts.filter((f) => (part.kinds as readonly string[]).includes(f.kind) && matches(f, part.where));
}

const numbers =
  (part: Part) =>
  (f: Fact): number =>
    part.fold === 'sum' ? f[part.field] : 1;
/** Matching facts that state the field, or a reason why not. */
const stating = (part: Part, facts: readonly Fact[]): Fact[] =>
  matching(part, facts).filter((f) => f.state !== 'counted' || !Number.isNaN(numbers(part)(f)));

function entriesOf(plan: Plan, part: Part, facts: readonly Fact[]): Entry[] {
  const numberOf = numbers(part);
  const rows = stating(part, facts).filter((f) => f.grain !== 'unplaced');
  const entryOf = (fact: Fact): Entry => ({
    fact,
    place: fact.place,
    month: monthOf(fact.day),
    months: spanOf(fact),
    grainMonths: grainMonths(fact),
    value: fact.state === 'counted' ? numberOf(fact) : 0,
    absence: fact.state === 'counted' ? null : fact.state,
    sampled: false,
    category: (dimension) => categoryOf(fact, dimension),
    notes: fact.state === 'counted' && fact.method === 'estimate' ? [NOTES.sourceEstimate] : [],
  });
  const isSample = (f: Fact): boolean => f.method === 'sample-week' && f.state === 'counted';
  const entries = rows.filter((f) => !isSample(f)).map(entryOf);
  // Sample weeks: one series of estimates for each place and source, and one for each category of it.
  for (const group of groupBy(rows.filter(isSample), (f) => `${f.place} ${f.source}`)) {
    // Two doors that counted in one week did not count in two; a category is divided as the whole is.
    const weeksIn = (month: number): number =>
      new Set(group.filter((f) => monthOf(f.day) === month).map((f) => f.day)).size;
    const grossed = (some: readonly Fact[]) =>
      grossUp(
        groupBy(some, (f) => String(monthOf(f.day))).map((of) => {
          const month = monthOf((of[0] as Fact).day);
          return { month, quantity: of.reduce((sum, f) => sum + numberOf(f), 0), weeks: weeksIn(month) };
        }),
      );
    for (const [month, value] of grossed(group)) {
      entries.push({
        ...entryOf(group[0] as Fact),
        month,
        months: 1,
        grainMonths: 1,
        value,
        sampled: true,
        notes: [NOTES.estimated],
        category: () => SAMPLE_TOTAL,
      });
    }
    for (const dimension of plan.breakdowns) {
      for (const share of groupBy(group, (f) => categoryOf(f, dimension))) {
        for (const [month, value] of grossed(share)) {
          const fact = share[0] as Fact;
          entries.push({
            ...entryOf(fact), month, months: 1, grainMonths: 1, value, sampled: true, notes: [NOTES.estimated],
            category: (asked) => (asked === dimension ? categoryOf(fact, dimension) : SAMPLE_OTHER),
          }); // prettier-ignore
        }
      }
    }
  }
  return entries;
}
/** An estimate of the total belongs to no category, and an estimate of a category not to the total. */
const SAMPLE_TOTAL = '\ttotal';
const SAMPLE_OTHER = '\tother';

function computed(plan: Plan, facts: readonly Fact[]): Observation[] {
  const { measure } = plan;
  if (measure === null) return [];
  const denominatorPart =
    measure.denominator !== null && measure.denominator.fold !== 'population' ? measure.denominator : null;
  const numerator = tallier(plan, measure.numerator, facts);
  const denominator = denominatorPart === null ? null : tallier(plan, denominatorPart, facts);
  const reports = plan.coverage ? reportsOf(stating(measure.numerator, facts)) : null;
  const months = [...numerator.months, ...(denominator?.months ?? []), ...(reports?.months ?? [])];
  if (months.length === 0) return [];
  const [first, last] = [Math.min(...months), Math.max(...months)];
  const leaves = new Set([...numerator.places, ...(denominator?.places ?? []), ...(reports?.places ?? [])]);
  const observations: Observation[] = [];
  for (const granularity of plan.granularities) {
    for (let p = periodOfMonth(granularity, first); p <= periodOfMonth(granularity, last); p++) {
      for (const level of plan.places) {
        for (const place of new Set([...leaves].map((leaf) => placeAt(level, leaf)).filter((name) => name !== null))) {
          const inside = (leaf: string): boolean => placeAt(level, leaf) === place;
          const begin = firstMonthOf(granularity, p);
          const isWider = level !== 'service-point';
          const chosen = numerator.chosen(begin, begin + MONTHS[granularity]);
          const cover = reports?.cover(granularity, begin, inside, chosen, isWider) ?? null;
          const cut = (breakdown: string, dimension: string | null, category: string | null): boolean => {
            const one = (t: ReturnType<typeof tallier>): Tally | null =>
              t.tally(granularity, begin, inside, isWider, dimension, category);
            const tally = one(numerator);
            const noted =
              tally !== null && dimension === null && cover?.part === true
                ? { ...tally, notes: new Set([...tally.notes, NOTES.partMonth]) }
                : tally;
            const against: Against =
              measure.denominator?.fold === 'population'
                ? { people: populationOf(facts, measure.denominator.ages, place, granularity, begin) }
                : denominator === null ? undefined : { tally: one(denominator) }; // prettier-ignore
            const key = {
              place,
              granularity,
              period: periodInterval(granularity, p),
              breakdown,
              basis: 'computed' as const,
            };
            const observation = conclude(
              plan,
              key,
              noted,
              against,
              dimension === null ? (cover?.coverage ?? null) : null,
              dimension === null && cover?.longer === true,
            );
            if (observation !== null) observations.push(observation);
            return observation !== null;
          };
          if (!cut('', null, null)) continue;
          for (const dimension of plan.breakdowns) {
            const categories = new Set([
              ...numerator.categories(dimension),
              ...(denominator?.categories(dimension) ?? []),
            ]);
            for (const category of categories) cut(`${dimension}=${category}`, dimension, category);
          }
        }
      }
    }
  }
  return observations;
}

/** Finds the tally of a cell by looking at every entry. */
function tallier(plan: Plan, part: Part, facts: readonly Fact[]) {
  const entries = part.fold === 'latest' || part.fold === 'distinct' ? [] : entriesOf(plan, part, facts);
  const rows = part.fold === 'latest' || part.fold === 'distinct' ? matching(part, facts) : [];
  const people = part.fold === 'distinct' ? rows.filter((f) => f.subject !== '') : [];
  const all = part.fold === 'distinct' ? people : part.fold === 'latest' ? rows : [];
  const choices = new Map<string, Chosen>();
  const chosen = (begin: number, end: number): Chosen | null => {
    if (!plan.chooseOne || part.fold === 'latest' || part.fold === 'distinct') return null;
    const key = `${begin} ${end}`;
    const choice = choices.get(key) ?? chooseFor(entries, begin, end);
    choices.set(key, choice);
    return choice;
  };
  return {
    chosen,
    months: [...entries.flatMap((e) => [e.month, e.month + e.months - 1]), ...all.map((f) => monthOf(f.day))],
    places: [...entries.map((e) => e.place), ...all.map((f) => f.place)],
    categories: (dimension: string): string[] => [
      ...entries.map((e) => e.category(dimension)).filter((category) => !category.startsWith('\t')),
      ...people.map((f) => categoryOf(f, dimension)),
    ],
    tally(
      granularity: CalendarGranularity,
      begin: number,
      inside: (place: string) => boolean,
      isWider: boolean,
      dimension: string | null,
      category: string | null,
    ): Tally | null {
      const end = begin + MONTHS[granularity];
      if (part.fold === 'latest') {
        const lastDay = firstDayOfMonth(end) - 1;
        const latest = groupBy(
          rows.filter((f) => inside(f.place) && f.day <= lastDay),
          (f) => f.place,
        ).map((of) => of.reduce(laterStatus));
        if (latest.length === 0) return null;
        return {
          total: latest.filter((f) => matches(f, part.where)).length,
          events: latest.length,
          absences: new Set(),
          notes: new Set(),
        };
      }
      if (part.fold === 'distinct') {
        const here = people.filter(
          (f) =>
            inside(f.place) &&
            monthOf(f.day) >= begin &&
            monthOf(f.day) < end &&
            (dimension === null || categoryOf(f, dimension) === category),
        );
        if (here.length === 0) return null;
        return {
          total: new Set(here.map((f) => f.subject)).size,
          events: here.length,
          absences: new Set(),
          notes: new Set(),
        };
      }
      const choice = chosen(begin, end);
      const here = (choice?.entries ?? entries).filter(
        (e) =>
          inside(e.place) && !(isWider && choice?.leftOut(e.place) === true) && e.month >= begin && e.month < end && e.grainMonths <= MONTHS[granularity] &&
          (dimension === null ? !plan.breakdowns.some((d) => e.sampled && e.category(d) !== SAMPLE_TOTAL) : e.category(dimension) === category),
      ); // prettier-ignore
      if (here.length === 0) return null;
      const counted = here.filter((e) => e.absence === null);
      return {
        total: counted.reduce((sum, e) => sum + e.value, 0),
        events: counted.length,
        absences: new Set(here.flatMap((e) => e.absence ?? [])),
        notes: new Set(
          here.flatMap((e) =>
            isWider && choice?.contested.has(e) === true ? [...e.notes, NOTES.otherSource] : e.notes,
          ),
        ),
      };
    },
  };
}

const statusText = (f: Fact): string =>
  ['open', 'wifi', 'statutory', 'pointKind'].map((d) => (f.dimensions as Record<string, string>)[d] ?? '').join(' ');
const laterStatus = (a: Fact, b: Fact): Fact =>
  a.day !== b.day
    ? a.day > b.day
      ? a
      : b
    : a.second !== b.second
      ? a.second > b.second
        ? a
        : b
      : statusText(a) > statusText(b)
        ? a
        : b;

function populationOf(
  facts: readonly Fact[],
  ages: string,
  place: string,
  granularity: CalendarGranularity,
  begin: number,
) {
  const estimates = facts
    .filter((f) => f.kind === 'reference.population' && f.place === place && f.dimensions.ages === ages)
    .map((f) => ({ day: f.day, people: f.quantity }));
  return nearestEstimate(estimates, firstDayOfMonth(begin), firstDayOfMonth(begin + MONTHS[granularity]) - 1);
}

/** Coverage, month by month and place by place. */
function reportsOf(facts: readonly Fact[]) {
  const counted = facts.filter((f) => f.state === 'counted' && f.grain !== 'unplaced');
  const covers = (f: Fact, month: number): boolean =>
    month >= monthOf(f.day) && month < monthOf(f.day) + (f.method === 'sample-week' ? SAMPLE_MONTHS : spanOf(f));
  const reach = (f: Fact): number[] => [
    monthOf(f.day),
    monthOf(f.day) + (f.method === 'sample-week' ? SAMPLE_MONTHS : spanOf(f)) - 1,
  ];
  const months = counted.flatMap(reach);
  const lastOfAll = Math.max(...months);
  return {
    months: [...months, ...months.map(firstExpected)],
    places: counted.map((f) => f.place),
    cover(
      granularity: CalendarGranularity,
      begin: number,
      inside: (place: string) => boolean,
      chosen: Chosen | null,
      isWider: boolean,
    ) {
      let [reported, expected, longer, part] = [0, 0, false, false];
      if (begin > lastOfAll) return { coverage: null, longer, part };
      for (const of of groupBy(
        counted.filter((f) => inside(f.place) && !(isWider && chosen?.leftOut(f.place) === true)),
        (f) => f.place,
      )) {
        const place = (of[0] as Fact).place;
        const own = of.flatMap(reach);
        for (let month = begin; month < begin + MONTHS[granularity]; month++) {
          const here = of.filter((f) => covers(f, month));
          const days = chosen?.daysTaken(place, month) ?? new Set(here.flatMap((f) => daysCovered(f, month)));
          const shut =
            days.size === 0 &&
            facts.some(
              (f) =>
                f.place === place &&
                (f.state === 'not-open' || f.state === 'not-applicable') &&
                f.grain !== 'unplaced' &&
                covers(f, month),
            );
          if (!isExpected(month, Math.min(...own), Math.max(...own), shut)) continue;
          expected += 1;
          if (here.length === 0) continue;
          const fine = Math.min(...here.map(grainMonths));
          if (fine > MONTHS[granularity]) longer = true;
          else if (days.size > 0) {
            reported += 1;
            if (days.size < daysInMonth(month)) part = true;
          }
        }
      }
      return { coverage: expected === 0 ? null : { reported, expected }, longer, part };
    },
  };
}
