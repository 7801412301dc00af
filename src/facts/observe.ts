/**
 * The columnar evaluator, second half: state in, observations out. Cells of month × service point are rolled up to
 * every granularity and level of place at once, in dense tables; then each cell is concluded.
 */
import type { CalendarGranularity } from '../../contracts/vocabulary.ts';
import { conclude, NOTES, type Against } from '../domain/conclude.ts';
import type { Coverage, Observation, ObservationKey } from '../domain/observation.ts';
import { firstDayOfMonth, firstMonthOf, monthOf, periodInterval, periodOfMonth } from '../domain/periods.ts';
import type { Plan } from '../domain/plan.ts';
import { nearestEstimate } from '../domain/population.ts';
import { quoteFigures } from '../domain/publishedFigures.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import { wordsOf, type Dictionaries } from './columns.ts';
import { coverageOf, type CoverageCube } from './coverageCube.ts';
import { codesIn, cubeOf, tallyOf, type Cube, type Cubes } from './cube.ts';
import type { Figure } from '../domain/fact.ts';
import { levelOf, type Level } from './level.ts';
import { panelOf } from './panel.ts';
import type { PartState, PlanState } from './planState.ts';
import { NOTHING_SETTLED, settle } from './settle.ts';
import type { Span } from './span.ts';

/**
 * First and last month of which something changed, by place code (of service points, or whatever the facts name): the
 * periods that hold one of the months, at these places and at those that hold them, are observed anew.
 */
export type Touched = ReadonlyMap<number, { readonly from: number; readonly to: number }>;

/**
 * Computed observations of a plan: all, or those that new facts may have changed. They come place after place, and of a
 * place one granularity after the other. `vanished` is filled with the keys looked at of which nothing is known any more: a
 * place may turn out not to have been expected, and a category may have been known only from a source that is no longer
 * the one chosen.
 */
export function* observe(
  plan: Plan,
  state: PlanState,
  dictionaries: Dictionaries,
  touched?: Touched,
  vanished?: ObservationKey[],
): Generator<Observation, void, undefined> {
  const { measure } = plan;
  if (measure === null) return;
  const known = monthsKnown(state);
  if (known === null) return;
  const panel = state.reporting === null ? null : panelOf(state.reporting);
  const horizon = Math.max(known.to, panel?.last ?? -Infinity);
  const begin = panel === null ? known.from : Math.min(known.from, panel.first);
  const reach = reachOf(touched);
  const from = Math.max(begin, reach.from);
  const to = Math.min(horizon, reach.to);
  if (from > to) return;

  // Settled once for each length of period, for all levels of place.
  const spans = plan.granularities.map((granularity) => {
    const span = { granularity, first: periodOfMonth(granularity, from), last: periodOfMonth(granularity, to) };
    const settled = (part: PartState | null) =>
      part === null ? NOTHING_SETTLED : settle(plan, part, span, dictionaries, panel);
    return { span, numerator: settled(state.numerator), denominator: settled(state.denominator) };
  });
  for (const placeLevel of plan.places) {
    const level = levelOf(placeLevel, dictionaries, touched);
    if (level.names.length === 0) continue;
    const wanted = touched === undefined ? null : wantedAt(level, touched);
    const cubes = spans.map(({ span, ...settled }) => ({
      span,
      periods: Array.from({ length: span.last - span.first + 1 }, (_, at) => periodAt(span, at)),
      numerator: cubeOf(
        plan,
        measure.numerator,
        state.numerator,
        settled.numerator,
        span,
        level,
        dictionaries,
        state.room,
      ),
      denominator:
        state.denominator === null || measure.denominator === null || measure.denominator.fold === 'population'
          ? null
          : cubeOf(
              plan,
              measure.denominator,
              state.denominator,
              settled.denominator,
              span,
              level,
              dictionaries,
              state.room,
            ),
      coverage:
        state.reporting === null || panel === null
          ? null
          : coverageOf(state.reporting, panel, span, level, settled.numerator),
    }));
    yield* emit(plan, state, level, wanted, cubes, dictionaries, vanished);
  }
}

/** First and last month touched anywhere. Places are as many as feeds name: too many to be the arguments of one call. */
function reachOf(touched: Touched | undefined): { from: number; to: number } {
  if (touched === undefined) return { from: -Infinity, to: Infinity };
  const reach = { from: Infinity, to: -Infinity };
  for (const { from, to } of touched.values()) {
    reach.from = Math.min(reach.from, from);
    reach.to = Math.max(reach.to, to);
  }
  return reach;
}

/** The months touched at each place of a level: those of every place in it. */
function wantedAt(level: Level, touched: Touched): Map<number, { from: number; to: number }> {
  const wanted = new Map<number, { from: number; to: number }>();
  for (const [place, { from, to }] of touched) {
    const number = level.of[place] ?? -1;
    if (number < 0) continue;
    const range = wanted.get(number);
    wanted.set(
      number,
      range === undefined ? { from, to } : { from: Math.min(range.from, from), to: Math.max(range.to, to) },
    );
  }
  return wanted;
}

/** Observations quoted from published figures, one place after the other. */
export function observeFigures(plan: Plan, figures: readonly Figure[]): Observation[] {
  const { published } = plan;
  if (published === null) return [];
  return quoteFigures(
    figures.filter((figure) => figure.statistic === published.statistic),
    published.prefer,
  ).sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
}

/** First and last month of which the state knows anything. */
function monthsKnown(state: PlanState): { from: number; to: number } | null {
  let from = Infinity;
  let to = -Infinity;
  const see = (first: number, last: number): void => {
    from = Math.min(from, first);
    to = Math.max(to, last);
  };
  for (const part of [state.numerator, state.denominator]) {
    if (part === null) continue;
    for (const { from: first, months } of part.sums) if (months > 0) see(first, first + months - 1);
    for (const [month, cells] of part.special) {
      for (const cell of cells.values()) see(month, month + (cell.sampled ? SAMPLE_MONTHS : cell.span) - 1);
    }
    for (const month of part.people.keys()) see(month, month);
    for (const status of part.statuses) see(monthOf(status.day), monthOf(status.day));
  }
  return to < from ? null : { from, to };
}

/** What is known of all places of a level, by one length of period. */
interface SpanCubes {
  readonly span: Span;
  readonly periods: readonly ReturnType<typeof periodAt>[];
  readonly numerator: Cubes;
  readonly denominator: Cubes | null;
  readonly coverage: CoverageCube | null;
}

function* emit(
  plan: Plan,
  state: PlanState,
  level: Level,
  wanted: ReadonlyMap<number, { from: number; to: number }> | null,
  spans: readonly SpanCubes[],
  dictionaries: Dictionaries,
  vanished: ObservationKey[] | undefined,
): Generator<Observation, void, undefined> {
  const places = level.names.length;
  const toPeople = plan.measure?.denominator?.fold === 'population';
  const cuts = plan.breakdowns.map((dimension) =>
    wordsOf(dictionaries, dimension).values.map((word, code) => `${dimension}=${code === 0 ? 'not-stated' : word}`),
  );
  for (let number = 0; number < places; number++) {
    const place = level.names[number] as string;
    const range = wanted?.get(number);
    if (wanted !== null && range === undefined) continue;
    const placeCode = toPeople ? (wordsOf(dictionaries, 'place').find(place) ?? -1) : -1;
    for (const { span, periods, ...cubes } of spans) {
      for (const [at, { interval, firstMonth: begin, lastMonth: end, firstDay, lastDay }] of periods.entries()) {
        if (range !== undefined && (range.from > end || range.to < begin)) continue;
        const cell = at * places + number;
        const covered = cubes.coverage;
        const coverage: Coverage | null =
          covered === null || covered.expected[cell] === 0
            ? null
            : { reported: covered.reported[cell] as number, expected: covered.expected[cell] as number };
        const people = toPeople
          ? { people: nearestEstimate(state.population.get(placeCode) ?? [], firstDay, lastDay) }
          : undefined;
        const against = (cut: number, index: number): Against =>
          cubes.denominator === null ? people : { tally: tallyOf(cubes.denominator[cut] as Cube, index, []) };
        const part = covered !== null && covered.part[cell] === 1 ? [NOTES.partMonth] : [];
        const key = blank(place, span.granularity, interval, '');
        const total = conclude(
          plan,
          key,
          tallyOf(cubes.numerator[0] as Cube, cell, part),
          against(0, cell),
          coverage,
          covered !== null && covered.longer[cell] === 1,
        );
        if (total === null) {
          if (plan.coverage || plan.chooseOne) vanished?.push(key);
          if (plan.chooseOne)
            for (const name of cuts.flat()) vanished?.push(blank(place, span.granularity, interval, name));
          continue;
        }
        yield total;
        for (const [k, names] of cuts.entries()) {
          const numerator = cubes.numerator[k + 1] as Cube;
          const denominator = cubes.denominator?.[k + 1];
          // Of a category that nothing is known of any more there may have been an observation.
          const mayVanish = plan.chooseOne && vanished !== undefined;
          for (const code of mayVanish ? names.keys() : codesIn([numerator, denominator], cell)) {
            const index = cell * numerator.categories + code;
            const tally = tallyOf(numerator, index, []);
            if (tally === null && cubes.denominator === null && !plan.chooseOne) continue;
            const cutKey = blank(place, span.granularity, interval, names[code] as string);
            const cut = conclude(plan, cutKey, tally, against(k + 1, index), null, false);
            if (cut !== null) yield cut;
            else if (plan.chooseOne) vanished?.push(cutKey);
          }
        }
      }
    }
  }
}

function periodAt({ granularity, first }: Span, at: number) {
  const begin = firstMonthOf(granularity, first + at);
  const end = firstMonthOf(granularity, first + at + 1);
  return {
    interval: periodInterval(granularity, first + at),
    firstMonth: begin,
    lastMonth: end - 1,
    firstDay: firstDayOfMonth(begin),
    lastDay: firstDayOfMonth(end) - 1,
  };
}

/**
 * A key in the shape of a whole observation: filling that in takes a twentieth of the time that engines need to copy a
 * key into a larger object, and a replay makes hundreds of thousands.
 */
const blank = (place: string, granularity: CalendarGranularity, period: string, breakdown: string): Observation => ({
  place,
  granularity,
  period,
  breakdown,
  basis: 'computed',
  state: 'not-reported',
  value: null,
  numerator: null,
  denominator: null,
  n: null,
  low: null,
  high: null,
  coverage: null,
  events: 0,
  scope: null,
  source: null,
  notes: [],
});
