/**
 * Sums and numbers of events by month, place and category: in a grid while that is small, else in a map that has room for
 * what there is and no more. The vocabulary of a breakdown may be open, and places and years many: no feed can make the
 * engine keep cells that nothing was reported for.
 */
import type { NumberArray } from './columns.ts';
import { cellsIn, covering, grid, monthsOver, type Extent, type Grid } from './grid.ts';

export interface Pair {
  total: number;
  events: number;
}

/** By month, then place, then category code. */
export interface SparseTable {
  readonly from: number;
  readonly months: number;
  readonly byMonth: Map<number, Map<number, Map<number, Pair>>>;
}

export type SumTable = Grid | SparseTable;

/** Numbers of 8 bytes that a grid may hold: 64 MiB for each breakdown of an indicator. */
export const GRID_ROOM = 8_388_608;

/** Whether a table is kept by month and cell, for it would have too many cells to keep them all. */
export const isSparse = (table: SumTable): table is SparseTable => 'byMonth' in table;

/** An empty table for an extent, `width` numbers for each month and place. */
export const sumTable = (extent: Extent, width: number, room: number): SumTable =>
  cellsIn(extent, width) > room
    ? { from: extent.from, months: extent.to - extent.from + 1, byMonth: new Map() }
    : grid(Float64Array, extent, width);

/** The same table where it covers the extent and width already, else a larger one, or a sparse one, with the same sums. */
export function tableCovering(old: SumTable, extent: Extent, width: number, room: number): SumTable {
  const { from, to } = monthsOver(old, extent);
  const months = to - from + 1;
  if (isSparse(old)) return from === old.from && months === old.months ? old : { from, months, byMonth: old.byMonth };
  const places = Math.max(extent.places, old.places);
  if (cellsIn({ from, to, places }, Math.max(width, old.width)) <= room) return covering(old, extent, width);
  const sparse: SparseTable = { from, months, byMonth: new Map() };
  for (let month = old.from; month < old.from + old.months; month++) {
    for (let place = 0; place < old.places; place++) {
      for (const [code, { total, events }] of sumsAt(old, month, place))
        addSum(sparse, month, place, code, total, events);
    }
  }
  return sparse;
}

/** The categories of a month and place for which there are events. */
export function sumsAt(table: SumTable, month: number, place: number): ReadonlyMap<number, Readonly<Pair>> {
  if (isSparse(table)) return table.byMonth.get(month)?.get(place) ?? NOTHING;
  const sums = new Map<number, Pair>();
  if (place >= table.places || month < table.from || month >= table.from + table.months) return sums;
  const begin = ((month - table.from) * table.places + place) * table.width;
  for (let code = 0; 2 * code < table.width; code++) {
    const events = table.cells[begin + 2 * code + 1] as number;
    if (events > 0) sums.set(code, { total: table.cells[begin + 2 * code] as number, events });
  }
  return sums;
}
const NOTHING: ReadonlyMap<number, Pair> = new Map();

/** Adds to one cell of a sparse table. */
function addSum(
  { byMonth }: SparseTable,
  month: number,
  place: number,
  code: number,
  total: number,
  events: number,
): void {
  let places = byMonth.get(month);
  if (places === undefined) byMonth.set(month, (places = new Map<number, Map<number, Pair>>()));
  let sums = places.get(place);
  if (sums === undefined) places.set(place, (sums = new Map<number, Pair>()));
  const sum = sums.get(code);
  if (sum === undefined) sums.set(code, { total, events });
  else {
    sum.total += total;
    sum.events += events;
  }
}

/** Where each of some rows is added, and what: absent values are all `fill`. */
export interface Addends {
  readonly monthOf: (row: number) => number;
  readonly place: NumberArray | undefined;
  readonly categories: NumberArray | undefined;
  readonly values: NumberArray | undefined;
  readonly fill: number;
}

/** Adds rows to a sparse table. A row without a number adds nothing. */
export function addRows(table: SparseTable, rows: Iterable<number>, addends: Addends): void {
  const { monthOf, place, categories, values, fill } = addends;
  for (const row of rows) {
    const value = values === undefined ? fill : (values[row] as number);
    if (value !== value) continue;
    addSum(table, monthOf(row), place?.[row] ?? 0, categories?.[row] ?? 0, value, 1);
  }
}
