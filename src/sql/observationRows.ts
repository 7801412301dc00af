import { GRANULARITIES, type Basis, type Granularity, type ValueState } from '../../contracts/vocabulary.ts';
import type { HeldSeries } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';

/** Which calendar year of which place, category and basis: the year in which the periods start. */
export interface YearKey {
  readonly place: string;
  readonly breakdown: string;
  readonly basis: string;
  readonly year: string;
}

/** A row of `observations_v2` as it is found: the observations of one year, by length of period, as JSON in order of period. */
export interface HeldRow extends YearKey {
  readonly cells: string;
}

/** A row that is to be stored. */
export interface WrittenRow extends HeldRow {
  /** The lengths of period that `cells` holds, separated by spaces. */
  readonly granularities: string;
  /** Whether the lengths of period are those that the row held before. */
  readonly sameGranularities: boolean;
}

/**
 * An observation without the key of its row. What most of them do not have stands last and is cut off where it is
 * missing. The order is stored: another order is another version of the table.
 */
type Cell = readonly [
  period: string,
  state: ValueState,
  events: number,
  value?: number | null,
  numerator?: number | null,
  denominator?: number | null,
  reported?: number | null,
  expected?: number | null,
  notes?: readonly string[] | null,
  scope?: string | null,
  source?: string | null,
  n?: number | null,
  low?: number | null,
  high?: number | null,
];

type Cells = Partial<Record<Granularity, Cell[]>>;

/** In the order in which a place's series are answered: that of their bytes. */
const IN_ORDER: readonly Granularity[] = [...GRANULARITIES].sort();

const yearOf = ({ place, breakdown, basis, period }: ObservationKey): YearKey => ({
  place,
  breakdown,
  basis,
  year: period.slice(0, 4),
});

/** None of the fields holds a NUL. */
const textOf = ({ place, breakdown, basis, year }: YearKey): string => `${place}\0${breakdown}\0${basis}\0${year}`;

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
  held: readonly HeldRow[],
  removals: readonly ObservationKey[],
  upserts: readonly Observation[],
): { readonly written: readonly WrittenRow[]; readonly emptied: readonly YearKey[] } {
  const years = new Map<string, Year>();
  for (const row of held) {
    const cells = JSON.parse(row.cells) as Cells;
    years.set(textOf(row), { key: row, cells, was: { cells: row.cells, granularities: Object.keys(cells).join(' ') } });
  }
  for (const removed of removals) {
    const cells = years.get(textOf(yearOf(removed)))?.cells[removed.granularity] ?? [];
    const index = placeOf(cells, removed.period);
    if (cells[index]?.[0] === removed.period) cells.splice(index, 1);
  }
  let year: Year | undefined;
  for (const observation of upserts) {
    // Observations mostly come series by series: the year of the last one is tried before it is looked up.
    if (year === undefined || !isOf(year.key, observation)) {
      const key = yearOf(observation);
      const text = textOf(key);
      year = years.get(text) ?? { key, cells: {}, was: null };
      years.set(text, year);
    }
    const cells = (year.cells[observation.granularity] ??= []);
    const index = placeOf(cells, observation.period);
    if (index === cells.length) cells.push(cellOf(observation));
    else cells.splice(index, cells[index]![0] === observation.period ? 1 : 0, cellOf(observation));
  }

  const written: WrittenRow[] = [];
  const emptied: YearKey[] = [];
  for (const { key, cells, was } of years.values()) {
    const granularities = IN_ORDER.filter((granularity) => (cells[granularity]?.length ?? 0) > 0);
    const now = JSON.stringify(
      Object.fromEntries(granularities.map((granularity) => [granularity, cells[granularity]])),
    );
    const names = granularities.join(' ');
    const { place, breakdown, basis, year } = key;
    if (granularities.length === 0) emptied.push(key);
    else if (now !== was?.cells) {
      const sameGranularities = names === was?.granularities;
      written.push({ place, breakdown, basis, year, granularities: names, cells: now, sameGranularities });
    }
  }
  return { written, emptied };
}

/**
 * Observations that come one place and basis after the other, as rows: about `atOnce` at a time, so that millions need
 * no more memory than a few places.
 */
export function* packYears(
  observations: Iterable<Observation>,
  atOnce: number,
): Generator<readonly WrittenRow[], void, undefined> {
  let rows: WrittenRow[] = [];
  let group: Observation[] = [];
  for (const observation of observations) {
    const [first] = group;
    if (first !== undefined && (first.place !== observation.place || first.basis !== observation.basis)) {
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

interface Year {
  readonly key: YearKey;
  /** In order of period. */
  readonly cells: Cells;
  /** As it is stored, null where it is not yet. */
  readonly was: Pick<WrittenRow, 'cells' | 'granularities'> | null;
}

const isOf = (key: YearKey, { place, breakdown, basis, period }: ObservationKey): boolean =>
  key.place === place && key.breakdown === breakdown && key.basis === basis && period.startsWith(key.year);

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
 * The observations of rows that come place after place, by place and length of period: all lengths, or one. Throws
 * LedgerError `verification-failed` for a row that cannot have been written here: its cells are of another year, or not
 * byte for byte the JSON of what they say.
 */
export function observationsOf(rows: readonly HeldRow[], granularity?: Granularity): readonly Observation[] {
  return byPlace(rows).flatMap((ofPlace) => {
    const read = ofPlace.map((row) => ({ row, cells: cellsIn(row) }));
    return (granularity === undefined ? IN_ORDER : [granularity]).flatMap((wanted) =>
      read.flatMap(({ row, cells }) => (cells[wanted] ?? []).map((cell) => observationOf(row, wanted, cell))),
    );
  });
}

/** What series rows hold that come place after place, and of a place in order of basis and breakdown: each once. */
export function heldIn(
  rows: readonly Pick<WrittenRow, 'place' | 'basis' | 'breakdown' | 'granularities'>[],
  granularity?: Granularity,
): readonly HeldSeries[] {
  return byPlace(rows).flatMap((ofPlace) => {
    const read = ofPlace.map((row) => ({ row, granularities: row.granularities.split(' ') }));
    return (granularity === undefined ? IN_ORDER : [granularity]).flatMap((wanted) => {
      const held = read.filter(({ granularities }) => granularities.includes(wanted)).map(({ row }) => row);
      // Years that hold other lengths of period are rows of their own.
      return held
        .filter(({ basis, breakdown }, at) => held[at - 1]?.basis !== basis || held[at - 1]?.breakdown !== breakdown)
        .map(({ place, basis, breakdown }) => ({ place, granularity: wanted, basis: basis as Basis, breakdown }));
    });
  });
}

function byPlace<T extends { readonly place: string }>(rows: readonly T[]): readonly (readonly T[])[] {
  const places: T[][] = [];
  for (const row of rows) {
    const last = places.at(-1);
    if (last?.[0]?.place === row.place) last.push(row);
    else places.push([row]);
  }
  return places;
}

function cellsIn(row: HeldRow): Cells {
  try {
    const cells = JSON.parse(row.cells) as Cells;
    const isOfYear = Object.values(cells).every((some) => some.every(([period]) => period.slice(0, 4) === row.year));
    if (isOfYear && JSON.stringify(cells) === row.cells) return cells;
  } catch {
    // Told below.
  }
  const { place, breakdown, basis, year } = row;
  throw new LedgerError(
    'verification-failed',
    `The stored observations of ${place}, ${breakdown === '' ? 'total' : breakdown}, ${basis}, ${year} are not as they were written.`,
    { hint: 'Run "outcomes rebuild" to make all observations again from the log.' },
  );
}

function cellOf(o: Observation): Cell {
  const cell = [
    o.period,
    o.state,
    o.events,
    o.value,
    o.numerator,
    o.denominator,
    o.coverage?.reported ?? null,
    o.coverage?.expected ?? null,
    o.notes.length === 0 ? null : o.notes,
    o.scope,
    o.source,
    o.n,
    o.low,
    o.high,
  ];
  while (cell.at(-1) === null) cell.pop();
  return cell as unknown as Cell;
}

function observationOf({ place, breakdown, basis }: HeldRow, granularity: Granularity, cell: Cell): Observation {
  const [period, state, events, value, numerator, denominator, reported, expected, notes, scope, source, n, low, high] =
    cell;
  return {
    place,
    granularity,
    period,
    breakdown,
    basis: basis as Basis,
    state,
    value: value ?? null,
    numerator: numerator ?? null,
    denominator: denominator ?? null,
    n: n ?? null,
    low: low ?? null,
    high: high ?? null,
    coverage: reported == null || expected == null ? null : { reported, expected },
    events,
    scope: scope ?? null,
    source: source ?? null,
    notes: notes ?? [],
  };
}
