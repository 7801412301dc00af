import type { Basis, Granularity, ValueState } from '../../contracts/vocabulary.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';

/** Which calendar year of which series: the year in which the period starts. */
export interface YearKey {
  readonly place: string;
  readonly granularity: string;
  readonly breakdown: string;
  readonly basis: string;
  readonly year: string;
}

/** One row of `observations_v1`: the observations of one year of one series, as JSON in order of period. */
export interface YearRow extends YearKey {
  readonly cells: string;
}

/** An observation without the key of its row. The order is stored: another order is another version of the table. */
type Cell = readonly [
  period: string,
  state: ValueState,
  value: number | null,
  numerator: number | null,
  denominator: number | null,
  n: number | null,
  low: number | null,
  high: number | null,
  reported: number | null,
  expected: number | null,
  events: number,
  scope: string | null,
  source: string | null,
  notes: readonly string[],
];

const yearOf = ({ place, granularity, breakdown, basis, period }: ObservationKey): YearKey => ({
  place,
  granularity,
  breakdown,
  basis,
  year: period.slice(0, 4),
});

/** None of the fields holds a NUL. */
const textOf = ({ place, granularity, breakdown, basis, year }: YearKey): string =>
  `${place}\0${granularity}\0${breakdown}\0${basis}\0${year}`;

/** The years that hold these observations, each once. */
export function yearsOf(keys: readonly ObservationKey[]): readonly YearKey[] {
  const years = new Map<string, YearKey>();
  for (const key of keys) {
    const year = yearOf(key);
    years.set(textOf(year), year);
  }
  return [...years.values()];
}

/**
 * The rows as they are to be after taking `removals` from `held` and then putting `upserts` in. `held` are the rows of
 * all years that either of them names; `written` are those that changed, `emptied` those of which nothing is left.
 */
export function patchYears(
  held: readonly YearRow[],
  removals: readonly ObservationKey[],
  upserts: readonly Observation[],
): { readonly written: readonly YearRow[]; readonly emptied: readonly YearKey[] } {
  const years = new Map<string, Year>();
  for (const { cells, ...key } of held) years.set(textOf(key), { key, cells: JSON.parse(cells) as Cell[], was: cells });
  for (const removed of removals) {
    const cells = years.get(textOf(yearOf(removed)))?.cells ?? [];
    const index = placeOf(cells, removed.period);
    if (cells[index]?.[0] === removed.period) cells.splice(index, 1);
  }
  let year: Year | undefined;
  for (const observation of upserts) {
    // Observations mostly come series by series: the year of the last one is tried before it is looked up.
    if (year === undefined || !isOf(year.key, observation)) {
      const key = yearOf(observation);
      const text = textOf(key);
      year = years.get(text) ?? { key, cells: [], was: null };
      years.set(text, year);
    }
    const index = placeOf(year.cells, observation.period);
    if (index === year.cells.length) year.cells.push(cellOf(observation));
    else year.cells.splice(index, year.cells[index]![0] === observation.period ? 1 : 0, cellOf(observation));
  }

  const written: YearRow[] = [];
  const emptied: YearKey[] = [];
  for (const { key, cells, was } of years.values()) {
    const now = JSON.stringify(cells);
    if (cells.length === 0) emptied.push(key);
    else if (now !== was) written.push({ ...key, cells: now });
  }
  return { written, emptied };
}

/**
 * Observations that come one granularity, place and basis after the other, as rows: about `atOnce` at a time, so that
 * millions need no more memory than a few places.
 */
export function* packYears(
  observations: Iterable<Observation>,
  atOnce: number,
): Generator<readonly YearRow[], void, undefined> {
  let rows: YearRow[] = [];
  let group: Observation[] = [];
  for (const observation of observations) {
    const [first] = group;
    if (first !== undefined && !isOfGroup(first, observation)) {
      // One by one: a place with an open vocabulary has more years than one call takes arguments.
      for (const row of patchYears([], [], group).written) rows.push(row);
      group = [];
      if (rows.length >= atOnce) {
        yield rows;
        rows = [];
      }
    }
    group.push(observation);
  }
  yield [...rows, ...patchYears([], [], group).written];
}

const isOfGroup = (a: Observation, b: Observation): boolean =>
  a.place === b.place && a.granularity === b.granularity && a.basis === b.basis;

interface Year {
  readonly key: YearKey;
  /** In order of period. */
  readonly cells: Cell[];
  /** As it is stored, null where it is not yet. */
  readonly was: string | null;
}

const isOf = (key: YearKey, { place, granularity, breakdown, basis, period }: ObservationKey): boolean =>
  key.place === place &&
  key.granularity === granularity &&
  key.breakdown === breakdown &&
  key.basis === basis &&
  period.startsWith(key.year);

/**
 * Index of the first cell that is not before `period`. A year has few cells, and most come in order: looked up from the
 * end. Periods are ASCII, so the order of JavaScript is the order of bytes.
 */
function placeOf(cells: readonly Cell[], period: string): number {
  let index = cells.length;
  while (index > 0 && cells[index - 1]![0] >= period) index -= 1;
  return index;
}

/**
 * The observations of these rows, in their order. Throws LedgerError `verification-failed` for a row that cannot have
 * been written here: its cells are of another year, or no JSON.
 */
export function observationsOf(rows: readonly YearRow[]): readonly Observation[] {
  return rows.flatMap((row) => {
    const cells = cellsIn(row);
    if (cells === null || cells.some(([period]) => period.slice(0, 4) !== row.year)) {
      const { place, granularity, breakdown, basis, year } = row;
      throw new LedgerError(
        'verification-failed',
        `The stored observations of ${place} by ${granularity}, ${breakdown === '' ? 'total' : breakdown}, ${basis}, ${year} are not as they were written.`,
        { hint: 'Run "outcomes rebuild" to make all observations again from the log.' },
      );
    }
    return cells.map((cell) => observationOf(row, cell));
  });
}

function cellsIn({ cells }: YearRow): readonly Cell[] | null {
  try {
    return JSON.parse(cells) as readonly Cell[];
  } catch {
    return null;
  }
}

const cellOf = (o: Observation): Cell => [
  o.period,
  o.state,
  o.value,
  o.numerator,
  o.denominator,
  o.n,
  o.low,
  o.high,
  o.coverage?.reported ?? null,
  o.coverage?.expected ?? null,
  o.events,
  o.scope,
  o.source,
  o.notes,
];

function observationOf({ place, granularity, breakdown, basis }: YearRow, cell: Cell): Observation {
  const [period, state, value, numerator, denominator, n, low, high, reported, expected, events, scope, source, notes] =
    cell;
  return {
    place,
    granularity: granularity as Granularity,
    period,
    breakdown,
    basis: basis as Basis,
    state,
    value,
    numerator,
    denominator,
    n,
    low,
    high,
    coverage: reported === null || expected === null ? null : { reported, expected },
    events,
    scope,
    source,
    notes,
  };
}
