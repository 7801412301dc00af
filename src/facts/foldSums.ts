/**
 * Sums and counts of facts. A number for some days of one month goes straight into a table of month × place ×
 * category; a window of several months, a sample week, a reason for a missing number, and what a second source says of
 * a place and month where only one may count, are kept apart for `settle`.
 */
import type { Absence } from '../../contracts/vocabulary.ts';
import type { Part, Plan } from '../domain/plan.ts';
import { indicesOf, monthAt, type Block, type Selection } from './block.ts';
import { METHODS } from '../domain/fact.ts';
import { COLUMN_TYPES, GRAINS, spanOf, STATES, wordsOf, type NumberArray } from './columns.ts';
import { covering } from './grid.ts';
import { addRows, isSparse, tableCovering } from './sumTable.ts';
import { dayBits } from './foldReporting.ts';
import { shapeOf, WHOLE } from './shape.ts';
import { ownerCode, type Owners, type PartState, type SpecialCell } from './planState.ts';

export type Additive = Extract<Part, { fold: 'count' | 'sum' }>;

const SAMPLED = METHODS.indexOf('sample-week');
const ESTIMATED = METHODS.indexOf('estimate');
const UNPLACED = GRAINS.indexOf('unplaced');

/** What is added up: a column, or for want of one the same number in every row (NaN: not stated). */
export function valuesOf(part: Additive, block: Block): { values: NumberArray | undefined; fill: number } {
  if (part.fold === 'count') return { values: undefined, fill: 1 };
  return { values: block.columns[part.field], fill: COLUMN_TYPES[part.field].fill };
}

/**
 * Adds the selected rows of a block to the state of a part.
 * @param room numbers that one dense table of sums may hold
 */
export function foldSums(
  plan: Plan,
  part: Additive,
  state: PartState,
  room: number,
  block: Block,
  selection: Selection,
): void {
  const isPlain = block.zone.plain && state.owners === null;
  foldPlain(plan, part, state, room, block, isPlain ? selection : withoutSpecial(plan, part, state, block, selection));
}

/** Keeps apart what must be settled later, and gives the other rows. */
function withoutSpecial(plan: Plan, part: Additive, state: PartState, block: Block, selection: Selection): Int32Array {
  const { calendar, columns } = block;
  const { values, fill } = valuesOf(part, block);
  const isOwner = state.owners === null ? null : ownership(state.owners, block);
  const dense = block.scratch('dense rows', block.rows);
  let kept = 0;
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    const grain = columns.grain?.[row] ?? 0;
    if (grain === UNPLACED) continue;
    const value = values === undefined ? fill : (values[row] as number);
    const stateCode = columns.state?.[row] ?? 0;
    if (stateCode === 0 && value !== value) continue;
    const method = columns.method?.[row] ?? 0;
    const day = (columns.day?.[row] ?? 0) - calendar.minDay;
    const all = dayBits(1, calendar.lengths[day] as number);
    const isWithinMonth = grain === 0 && method !== SAMPLED;
    const length = columns.days?.[row] ?? 1;
    const date = calendar.dates[day] as number;
    const days = isWithinMonth ? dayBits(date, length) : all;
    const shape = days === all ? WHOLE : shapeOf(length, date);
    const isPlain = grain === 0 && stateCode === 0 && method !== SAMPLED && method !== ESTIMATED;
    if (isPlain && (isOwner === null || isOwner(row, method, days, shape))) {
      dense[kept++] = row;
      continue;
    }
    const cell = specialCell(
      plan,
      state,
      columns.place?.[row] ?? 0,
      columns.source?.[row] ?? 0,
      calendar.months[day] as number,
      grain,
      spanOf(grain, length),
      method,
      shape,
    );
    const absence = stateCode === 0 ? null : (STATES[stateCode] as Absence);
    if (absence === null) {
      if (cell.sampled) cell.weeks.add(columns.day?.[row] ?? 0);
      cell.rank = Math.min(cell.rank, method);
      cell.days |= days;
    }
    addTo(cell, value, absence);
    plan.breakdowns.forEach((dimension, at) => {
      const code = columns[dimension]?.[row] ?? 0;
      const shares = cell.categories[at];
      const share = shares?.get(code) ?? { total: 0, events: 0, absences: new Set<Absence>() };
      shares?.set(code, share);
      addTo(share, value, absence);
    });
  }
  return dense.subarray(0, kept);
}

type Ownership = (row: number, method: number, covered: number, shape: number) => boolean;

/** Whether a row is of the count whose numbers the table holds: the first of a place and month. */
function ownership(owners: Owners, block: Block): Ownership {
  const source = (owners.source = covering(owners.source, block.extent, 1));
  const rank = (owners.rank = covering(owners.rank, block.extent, 1));
  const days = (owners.days = covering(owners.days, block.extent, 1));
  const cells = indicesOf(block, source.from, source.places, 1);
  const sources = block.columns.source;
  return (row, method, covered, shape) => {
    const cell = cells[row] as number;
    const who = ownerCode(sources?.[row] ?? 0, shape);
    const owner = source.cells[cell] as number;
    if (owner !== 0 && owner !== who) return false;
    if (owner === 0 || method < (rank.cells[cell] as number)) rank.cells[cell] = method;
    source.cells[cell] = who;
    days.cells[cell]! |= covered;
    return true;
  };
}

function addTo(
  cell: { total: number; events: number; absences: Set<Absence> },
  value: number,
  absence: Absence | null,
): void {
  if (absence !== null) cell.absences.add(absence);
  else {
    cell.total += value;
    cell.events += 1;
  }
}

function specialCell(
  plan: Plan,
  state: PartState,
  place: number,
  source: number,
  month: number,
  grain: number,
  span: number,
  method: number,
  shape: number,
): SpecialCell {
  const cells = state.special.get(month) ?? new Map<string, SpecialCell>();
  state.special.set(month, cells);
  const sampled = method === SAMPLED;
  const estimated = method === ESTIMATED;
  const key = `${place} ${source} ${span} ${shape} ${estimated ? 'e' : sampled ? 's' : ''}`;
  let cell = cells.get(key);
  if (cell === undefined) {
    cell = {
      place,
      source,
      month,
      span,
      grain,
      sampled,
      estimated,
      shape,
      weeks: new Set(),
      days: 0,
      rank: METHODS.length,
      total: 0,
      events: 0,
      absences: new Set(),
      categories: plan.breakdowns.map(() => new Map()),
    };
    cells.set(key, cell);
  }
  return cell;
}

function foldPlain(
  plan: Plan,
  part: Additive,
  state: PartState,
  room: number,
  block: Block,
  selection: Selection,
): void {
  const { values, fill } = valuesOf(part, block);
  if (values === undefined && Number.isNaN(fill)) return;
  state.sums.forEach((old, at) => {
    const dimension = plan.breakdowns[at];
    const categories = dimension === undefined ? undefined : block.columns[dimension];
    const wanted = dimension === undefined ? 2 : 2 * wordsOf(block.dictionaries, dimension).values.length;
    const table = (state.sums[at] = tableCovering(old, block.extent, wanted, room));
    if (isSparse(table)) {
      const { place } = block.columns;
      const rows = selection ?? Array(block.rows).keys();
      addRows(table, rows, { monthOf: (row) => monthAt(block, row), place, categories, values, fill });
      return;
    }
    const { cells, from, places, width } = table;
    const base = indicesOf(block, from, places, width);
    const count = selection?.length ?? block.rows;
    const index = categories === undefined ? base : located(base, categories, selection, count, block);
    // Located for the selected rows only, one after the other; the plain index is that of every row.
    const atRow = categories === undefined ? selection : null;
    if (values === undefined) addOnes(cells, index, atRow, count);
    else if (selection === null) addAll(cells, index, values, count);
    else addSelected(cells, index, categories === undefined, values, selection);
  });
}

/** Where in the table each selected row is added. One loop for each shape: a choice within would cost as much as the loop. */
function located(
  base: Int32Array,
  categories: NumberArray,
  selection: Selection,
  count: number,
  block: Block,
): Int32Array {
  const into = block.scratch('cells', block.rows);
  if (selection === null) {
    for (let row = 0; row < count; row++) into[row] = (base[row] as number) + 2 * (categories[row] as number);
  } else {
    for (let i = 0; i < count; i++) {
      const row = selection[i] as number;
      into[i] = (base[row] as number) + 2 * (categories[row] as number);
    }
  }
  return into;
}

function addOnes(table: Float64Array, index: Int32Array, selection: Selection, count: number): void {
  for (let i = 0; i < count; i++) {
    const cell = index[selection === null ? i : (selection[i] as number)] as number;
    table[cell]! += 1;
    table[cell + 1]! += 1;
  }
}

function addAll(table: Float64Array, index: Int32Array, values: NumberArray, count: number): void {
  for (let row = 0; row < count; row++) {
    const value = values[row] as number;
    if (value !== value) continue;
    const cell = index[row] as number;
    table[cell]! += value;
    table[cell + 1]! += 1;
  }
}

/** @param byRow whether `index` has one entry for each row of the block, or one for each selected row */
function addSelected(
  table: Float64Array,
  index: Int32Array,
  byRow: boolean,
  values: NumberArray,
  selection: Int32Array,
): void {
  for (let i = 0; i < selection.length; i++) {
    const row = selection[i] as number;
    const value = values[row] as number;
    if (value !== value) continue;
    const cell = index[byRow ? row : i] as number;
    table[cell]! += value;
    table[cell + 1]! += 1;
  }
}
