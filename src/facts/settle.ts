/**
 * Settling the cells that need more than adding: sample weeks become months, and where an indicator may take only one
 * count of a place and month, the better one is chosen. What is settled is a list of plain numbers for spans of months.
 */
import type { Absence } from '../../contracts/fields.ts';
import { NOTES } from '../domain/conclude.ts';
import type { Plan } from '../domain/plan.ts';
import { grossUp } from '../domain/sampleWeeks.ts';
import { METHODS, wordsOf, type Dictionaries } from './columns.ts';
import type { Owners, PartState, SpecialCell } from './planState.ts';
import { sumsAt } from './sumTable.ts';

export interface Settled {
  readonly place: number;
  readonly month: number;
  readonly span: number;
  readonly grain: number;
  readonly total: number;
  readonly events: number;
  readonly absences: ReadonlySet<Absence>;
  readonly notes: readonly string[];
  readonly categories: readonly ReadonlyMap<
    number,
    { total: number; events: number; absences: ReadonlySet<Absence> }
  >[];
}

interface Candidate extends Settled {
  readonly source: number;
  readonly rank: number;
  readonly sampled: boolean;
}

/** What was settled, and the places of which the tables are not to be read, because they are settled here. */
export interface Settlement {
  readonly cells: readonly Settled[];
  readonly contested: ReadonlySet<number>;
}

/** Cells whose windows touch the months `from` to `to`, settled. */
export function settle(plan: Plan, state: PartState, from: number, to: number, dictionaries: Dictionaries): Settlement {
  const plain: Candidate[] = [];
  const samples = new Map<string, SpecialCell[]>();
  // A year's count gives way to a half that gives way to a quarter that gives way to a month: all within two years.
  // Where every window lies within a month, none reaches another.
  const margin = state.longWindows ? 24 : 0;
  for (let month = from - margin; month <= to + margin; month++) {
    for (const cell of state.special.get(month)?.values() ?? []) {
      if (cell.sampled) {
        const key = `${cell.place} ${cell.source}`;
        const group = samples.get(key) ?? [];
        group.push(cell);
        samples.set(key, group);
      }
      if (!cell.sampled && cell.events > 0) plain.push(countedOf(cell));
      if (cell.absences.size > 0) plain.push(absentOf(cell));
    }
  }
  for (const cells of samples.values()) plain.push(...sampledMonths(cells, plan.breakdowns.length));
  if (state.owners === null) return { cells: plain, contested: NOBODY };
  const contested = contestedPlaces(
    plain,
    state.owners,
    wordsOf(dictionaries, 'place').values,
    from - margin,
    to + margin,
  );
  for (const place of contested)
    plain.push(...ownedCells(plan, state, state.owners, place, from - margin, to + margin));
  return { cells: chooseOne(plain, dictionaries), contested };
}

const NOBODY: ReadonlySet<number> = new Set();

/**
 * The places of each authority of which more than one count may speak of a month: something was kept apart, or there
 * is a count of the whole authority. Of the others the tables hold all there is.
 */
function contestedPlaces(
  candidates: readonly Candidate[],
  { source }: Owners,
  places: readonly string[],
  from: number,
  to: number,
): ReadonlySet<number> {
  const authorities = new Set<string>();
  for (const { place, events } of candidates) if (events > 0) authorities.add(authorityNamed(places[place] ?? ''));
  places.forEach((name, place) => {
    if (name.includes('/') || place >= source.places) return;
    const [first, end] = [Math.max(from, source.from), Math.min(to, source.from + source.months - 1)];
    for (let month = first; month <= end; month++) {
      if (source.cells[(month - source.from) * source.places + place] !== 0) authorities.add(name);
    }
  });
  const contested = new Set<number>();
  if (authorities.size === 0) return contested;
  places.forEach((name, place) => {
    if (authorities.has(authorityNamed(name))) contested.add(place);
  });
  return contested;
}

const authorityNamed = (place: string): string => {
  const slash = place.indexOf('/');
  return slash < 0 ? place : place.slice(0, slash);
};

const NONE: ReadonlySet<Absence> = new Set();

/** What the tables hold of a place, as candidates. */
function ownedCells(
  plan: Plan,
  { sums }: PartState,
  { source, rank }: Owners,
  place: number,
  from: number,
  to: number,
): Candidate[] {
  const cells: Candidate[] = [];
  if (place >= source.places) return cells;
  const end = Math.min(to, source.from + source.months - 1);
  for (let month = Math.max(from, source.from); month <= end; month++) {
    const at = (month - source.from) * source.places + place;
    const owner = source.cells[at] as number;
    if (owner === 0) continue;
    const cuts = sums.map(
      (table) => new Map([...sumsAt(table, month, place)].map(([code, sum]) => [code, { ...sum, absences: NONE }])),
    );
    let [total, events] = [0, 0];
    for (const share of cuts[0]?.values() ?? []) {
      total += share.total;
      events += share.events;
    }
    cells.push({
      place,
      source: owner - 1,
      rank: rank.cells[at] as number,
      sampled: false,
      month,
      span: 1,
      grain: 0,
      total,
      events,
      absences: new Set(),
      notes: [],
      // Without breakdowns there is one table, of the total.
      categories: cuts.slice(0, plan.breakdowns.length),
    });
  }
  return cells;
}

/** The numbers of a cell, and apart from them the reasons for which there were none: only numbers compete. */
const countedOf = (cell: SpecialCell): Candidate => ({
  ...cell,
  absences: new Set(),
  notes: cell.estimated ? [NOTES.sourceEstimate] : [],
  categories: cell.categories.map(
    (shares) =>
      new Map([...shares].filter(([, s]) => s.events > 0).map(([code, s]) => [code, { ...s, absences: new Set() }])),
  ),
});
const absentOf = (cell: SpecialCell): Candidate => ({
  ...cell,
  total: 0,
  events: 0,
  notes: [],
  categories: cell.categories.map(
    (shares) =>
      new Map(
        [...shares].filter(([, s]) => s.absences.size > 0).map(([code, s]) => [code, { ...s, total: 0, events: 0 }]),
      ),
  ),
});

/** The monthly estimates of one place's sample weeks from one source. */
function sampledMonths(cells: readonly SpecialCell[], breakdowns: number): Candidate[] {
  const [first] = cells;
  if (first === undefined) return [];
  const weeks = (shares: readonly { month: number; total: number; events: number }[]) =>
    grossUp(
      shares.flatMap(({ month, total, events }) => (events === 0 ? [] : [{ month, quantity: total, weeks: events }])),
    );
  const months = weeks(cells);
  const categories = Array.from({ length: breakdowns }, (_, at) => {
    const codes = new Set(cells.flatMap((cell) => [...(cell.categories[at]?.keys() ?? [])]));
    return [...codes].map((code) => ({
      code,
      months: weeks(
        cells.map(({ month, categories }) => ({ month, total: 0, events: 0, ...categories[at]?.get(code) })),
      ),
    }));
  });
  return [...months].map(([month, total]) => ({
    place: first.place,
    source: first.source,
    rank: METHODS.indexOf('sample-week'),
    sampled: true,
    month,
    span: 1,
    grain: 0,
    total,
    events: 1,
    absences: new Set<Absence>(),
    notes: [NOTES.estimated],
    categories: categories.map(
      (codes) =>
        new Map(
          codes.flatMap(({ code, months: ofCode }) => {
            const share = ofCode.get(month);
            return share === undefined
              ? []
              : [[code, { total: share, events: 1, absences: new Set<Absence>() }] as const];
          }),
        ),
    ),
  }));
}

/**
 * One count for each place and month. A month beats a longer window that covers it, a service point beats a total of
 * its authority, and of two sources the better method (then the first name) is used; what is left out is noted.
 */
function chooseOne(candidates: readonly Candidate[], dictionaries: Dictionaries): Settled[] {
  const places = wordsOf(dictionaries, 'place').values;
  const sources = wordsOf(dictionaries, 'source').values;
  const authorityOf = (place: number): string | null => {
    const name = places[place] ?? '';
    const slash = name.indexOf('/');
    return slash < 0 ? null : name.slice(0, slash);
  };
  const better = (a: Candidate, b: Candidate): number =>
    a.span - b.span ||
    a.rank - b.rank ||
    ((sources[a.source] ?? '') < (sources[b.source] ?? '') ? -1 : a.source === b.source ? 0 : 1);
  const counted = candidates.filter((c) => c.events > 0);
  const ordered = [
    ...counted.filter((c) => authorityOf(c.place) !== null).sort(better),
    ...counted.filter((c) => authorityOf(c.place) === null).sort(better),
  ];
  // Which source was taken for a place and month, and which authorities have service points that count a month.
  const taken = new Map<string, { source: number; span: number; sampled: boolean; note: boolean }>();
  const kept: { candidate: Candidate; keys: string[] }[] = [];
  for (const candidate of ordered) {
    const name = places[candidate.place] ?? '';
    const keys = monthsOf(candidate).map((month) => `${name} ${month}`);
    const rivals = keys.map((key) => taken.get(key)).filter((rival) => rival !== undefined);
    const gives = rivals.filter(
      (rival) =>
        rival.source !== candidate.source || rival.span !== candidate.span || rival.sampled !== candidate.sampled,
    );
    if (gives.length > 0) {
      for (const rival of gives) rival.note = true;
      continue;
    }
    // A total of the whole authority gives way to what its service points say.
    const authority = authorityOf(candidate.place);
    for (const key of keys)
      if (!taken.has(key))
        taken.set(key, { source: candidate.source, span: candidate.span, sampled: candidate.sampled, note: false });
    if (authority !== null) {
      for (const month of monthsOf(candidate)) {
        const key = `${authority} ${month}`;
        if (!taken.has(key)) taken.set(key, { source: -1, span: -1, sampled: false, note: false });
        keys.push(key);
      }
    }
    kept.push({ candidate, keys });
  }
  const settled: Settled[] = kept.map(({ candidate, keys }) =>
    keys.some((key) => taken.get(key)?.note === true)
      ? { ...candidate, notes: [...candidate.notes, NOTES.otherSource] }
      : candidate,
  );
  const absent = candidates.filter((c) => c.events === 0);
  return [...settled, ...absent];
}

const monthsOf = ({ month, span }: { month: number; span: number }): number[] =>
  Array.from({ length: span }, (_, i) => month + i);
