/**
 * The columnar evaluator, first half: facts in, mergeable state out. Live batch, whole history, prefix and shard are
 * this one function over different slices. Rows that are plain numbers within a month take a tight loop over dense
 * cells; the others (missing with a reason, longer windows, sample weeks) and the sums that must choose between sources
 * are kept apart, one cell for each place, window and source, for `observe` to settle.
 */
import type { Dimension } from '../../contracts/definition.ts';
import type { Absence } from '../../contracts/fields.ts';
import { civilOf, daysInMonth, firstDayOfMonth, monthOf } from '../domain/periods.ts';
import type { Part, Plan, Where } from '../domain/plan.ts';
import type { PopulationEstimate } from '../domain/population.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import {
  COLUMN_TYPES,
  GRAINS,
  METHODS,
  STATES,
  wordsOf,
  type ColumnName,
  type Dictionaries,
  type NumberArray,
} from './columns.ts';
import type { Chunk } from './factStore.ts';
import { covering, grid, type Extent, type Grid } from './grid.ts';

/** Rows handled at a time: what a pass writes is still in the cache for the next. */
const BLOCK_ROWS = 32_768;
const NO_EXTENT: Extent = { from: 0, to: -1, places: 0 };

/** Numbers of one place, window and source that are settled later. */
export interface SpecialCell {
  readonly place: number;
  readonly source: number;
  /** First month of the window, its length in months, and index of its grain. */
  readonly month: number;
  readonly span: number;
  readonly grain: number;
  readonly sampled: boolean;
  /** Best method seen, as an index of METHODS. */
  rank: number;
  total: number;
  /** Rows with a number: for sample weeks, the number of weeks. */
  events: number;
  readonly absences: Set<Absence>;
  /** For each breakdown, category code → its share of the cell. */
  readonly categories: readonly Map<number, { total: number; events: number; absences: Set<Absence> }>[];
}

/** People by month: the same person may stand there many times. */
export interface People {
  rows: number;
  place: Int32Array;
  subject: Uint32Array;
  readonly categories: Int32Array[];
}

export interface Status {
  readonly place: number;
  readonly day: number;
  readonly second: number;
  /** The whole status as text: settles two of one second. */
  readonly text: string;
  readonly matches: boolean;
}

export interface PartState {
  /** One for each breakdown, or one of width 2 for the total: pairs of total and number of events for each category. */
  grids: Grid[];
  /** By first month of the window. */
  readonly special: Map<number, Map<number, SpecialCell>>;
  /** Whether some special cell speaks of more than its own month. */
  longWindows: boolean;
  readonly people: Map<number, People>;
  readonly statuses: Status[];
}

/** Who reported what, for the coverage of counts over windows. */
export interface Reporting {
  /** Days of the month that some count covers, as bits. */
  days: Grid<Int32Array>;
  /** Finest grain that covers the month, as index + 1; 0 where nobody reported. */
  grain: Grid<Uint8Array>;
  /** 1 where the place said it was not open or the count does not apply. */
  shut: Grid<Uint8Array>;
}

export interface PlanState {
  readonly numerator: PartState;
  readonly denominator: PartState | null;
  /** Estimates by place code. */
  readonly population: Map<number, PopulationEstimate[]>;
  readonly reporting: Reporting | null;
}

/** An empty state with room for `extent`, and for as many categories of a dimension as `categories` says. */
export function emptyState(
  plan: Plan,
  extent: Extent = NO_EXTENT,
  categories: (dimension: Dimension) => number = () => 1,
): PlanState {
  const part = (p: Part | null): PartState => ({
    grids:
      p === null || p.fold === 'distinct' || p.fold === 'latest' || plan.chooseOne
        ? []
        : plan.breakdowns.length === 0
          ? [grid(Float64Array, extent, 2)]
          : plan.breakdowns.map((dimension) => grid(Float64Array, extent, 2 * categories(dimension))),
    special: new Map(),
    longWindows: false,
    people: new Map(),
    statuses: [],
  });
  const { measure } = plan;
  const denominator = measure?.denominator ?? null;
  return {
    numerator: part(measure?.numerator ?? null),
    denominator: denominator === null || denominator.fold === 'population' ? null : part(denominator),
    population: new Map(),
    reporting: plan.coverage
      ? { days: grid(Int32Array, extent, 1), grain: grid(Uint8Array, extent, 1), shut: grid(Uint8Array, extent, 1) }
      : null,
  };
}

/**
 * The columns that folding a plan reads, of a zone that is `plain` or not: where every row is a number within a month,
 * nobody asks for its state, and few for its window or source.
 */
export function columnsOf(plan: Plan, plain: boolean): readonly ColumnName[] {
  const { measure } = plan;
  if (measure === null) return [];
  const names = new Set<ColumnName>(['kind', 'place', 'day', ...plan.breakdowns]);
  for (const part of [measure.numerator, measure.denominator]) {
    if (part === null) continue;
    if (part.fold === 'population') {
      names.add('quantity').add('ages');
      continue;
    }
    for (const { dimension } of part.where) names.add(dimension);
    if (part.fold === 'latest') {
      for (const name of STATUS_COLUMNS) names.add(name);
      names.add('second');
      continue;
    }
    if (part.fold === 'sum') names.add(part.field);
    if (part.fold === 'distinct') {
      names.add('subject');
      continue;
    }
    if (plan.chooseOne || !plain) names.add('state').add('grain').add('method').add('days');
    if (plan.chooseOne || (part.fold === 'sum' && !plain)) names.add('source');
    if (plan.coverage) names.add('days');
  }
  return [...names];
}
const STATUS_COLUMNS = ['open', 'wifi', 'statutory', 'pointKind'] as const;

type Additive = Extract<Part, { fold: 'count' | 'sum' }>;

/** Arrays that passes over blocks write and read again: made once for a chunk, by name, and used for each block. */
interface Scratch {
  bytes(name: string): Uint8Array;
  words(name: string): Int32Array;
}

function scratch(): Scratch {
  const bytes = new Map<string, Uint8Array>();
  const words = new Map<string, Int32Array>();
  const kept = <T>(arrays: Map<string, T>, name: string, make: () => T): T => {
    const known = arrays.get(name) ?? make();
    arrays.set(name, known);
    return known;
  };
  return {
    bytes: (name) => kept(bytes, name, () => new Uint8Array(BLOCK_ROWS)),
    words: (name) => kept(words, name, () => new Int32Array(BLOCK_ROWS)),
  };
}

/** A block of rows with what several plans can share: masks by filter, the rows they select, month × place indices. */
interface Block {
  readonly rows: number;
  readonly chunk: Chunk;
  readonly columns: Chunk['columns'];
  readonly dictionaries: Dictionaries;
  readonly extent: Extent;
  readonly scratch: Scratch;
  readonly live: Uint8Array | null;
  /** Month of each day from the chunk's first, and its date in that month. */
  readonly calendar: Calendar;
  readonly masks: Map<string, Uint8Array | null>;
  readonly selections: Map<Uint8Array, Int32Array>;
  readonly indices: Map<string, Int32Array>;
  readonly months: () => Int32Array;
}

interface Calendar {
  readonly months: Int32Array;
  readonly dates: Uint8Array;
}

/**
 * Adds a chunk of facts to the state of each plan. Rows in `superseded` do not count. Several plans in one call share
 * the reading, the filters and the month look-ups.
 */
export function fold(
  plans: readonly { readonly plan: Plan; readonly state: PlanState }[],
  chunk: Chunk,
  dictionaries: Dictionaries,
  superseded: ReadonlySet<number>,
): void {
  const extent: Extent = {
    from: monthOf(chunk.zone.minDay),
    to: monthOf(chunk.zone.maxDay),
    places: wordsOf(dictionaries, 'place').values.length,
  };
  const calendar = calendarOf(chunk.zone.minDay, chunk.zone.maxDay);
  const dead = [...superseded].filter((row) => row >= chunk.first && row < chunk.first + chunk.rows);
  const shared = scratch();
  for (let start = 0; start < chunk.rows; start += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, chunk.rows - start);
    const columns: Partial<Record<ColumnName, NumberArray>> = {};
    for (const [name, array] of Object.entries(chunk.columns) as [ColumnName, NumberArray][]) {
      columns[name] = array.subarray(start, start + rows);
    }
    let months: Int32Array | undefined;
    const block: Block = {
      rows,
      chunk,
      columns,
      dictionaries,
      extent,
      scratch: shared,
      live: liveMask(dead, chunk.first + start, rows),
      calendar,
      masks: new Map(),
      selections: new Map(),
      indices: new Map(),
      months: () => (months ??= perDay(columns.day, rows, calendar.months, chunk.zone.minDay, shared.words('months'))),
    };
    for (const { plan, state } of plans) foldBlock(plan, state, block);
  }
}

function liveMask(dead: readonly number[], first: number, rows: number): Uint8Array | null {
  const inside = dead.filter((row) => row >= first && row < first + rows);
  if (inside.length === 0) return null;
  const mask = new Uint8Array(rows).fill(1);
  for (const row of inside) mask[row - first] = 0;
  return mask;
}

function calendarOf(minDay: number, maxDay: number): Calendar {
  const months = new Int32Array(maxDay - minDay + 1);
  const dates = new Uint8Array(maxDay - minDay + 1);
  for (let day = minDay; day <= maxDay;) {
    const month = monthOf(day);
    const first = firstDayOfMonth(month);
    const next = Math.min(maxDay + 1, firstDayOfMonth(month + 1));
    for (; day < next; day++) {
      months[day - minDay] = month;
      dates[day - minDay] = day - first + 1;
    }
  }
  return { months, dates };
}

/** What a table over days says of each row. */
function perDay(
  day: NumberArray | undefined,
  rows: number,
  table: Int32Array,
  minDay: number,
  into: Int32Array,
): Int32Array {
  if (day === undefined) into.fill(table[0] ?? 0, 0, rows);
  else for (let i = 0; i < rows; i++) into[i] = table[(day[i] as number) - minDay] as number;
  return into;
}

function foldBlock(plan: Plan, state: PlanState, block: Block): void {
  const { measure } = plan;
  if (measure === null) return;
  foldPart(plan, measure.numerator, state.numerator, state.reporting, block);
  const { denominator } = measure;
  if (denominator === null) return;
  if (denominator.fold === 'population') foldPopulation(denominator.ages, state, block);
  else if (state.denominator !== null) foldPart(plan, denominator, state.denominator, null, block);
}

function foldPart(plan: Plan, part: Part, state: PartState, reporting: Reporting | null, block: Block): void {
  const kinds = part.fold === 'latest' ? (['service-point.status'] as const) : part.kinds;
  const mask = maskOf(block, kinds, part.fold === 'latest' ? [] : part.where);
  if (mask === 'none') return;
  if (part.fold === 'latest') return foldStatuses(part.where, state, block, mask);
  if (part.fold === 'distinct') return foldPeople(plan, state, block, mask);
  if (reporting !== null) foldReporting(reporting, part, block, mask);
  if (plan.chooseOne || !block.chunk.zone.plain) return foldSpecial(plan, part, state, block, mask);
  foldDense(plan, part, state, block, mask);
}

/** 1 for each row of one of the kinds that the filter lets through; null when that is every row; 'none' when no row. */
function maskOf(block: Block, kinds: readonly string[], where: Where): Uint8Array | null | 'none' {
  const key = JSON.stringify([kinds, where]);
  const known = block.masks.get(key);
  if (known !== undefined) return known;
  const words = wordsOf(block.dictionaries, 'kind');
  const wanted = new Set(kinds.map((kind) => words.find(kind)).filter((code) => code !== undefined));
  const zoneKinds = block.chunk.zone.kinds;
  if (!zoneKinds.some((code) => wanted.has(code))) return 'none';
  let mask: Uint8Array | null = block.live;
  const into = block.scratch.bytes(`mask ${block.masks.size}`).subarray(0, block.rows);
  const narrow = (column: NumberArray, table: Uint8Array): void => {
    if (mask === null) choose(column, table, into);
    else chooseAmong(mask, column, table, into);
    mask = into;
  };
  if (!zoneKinds.every((code) => wanted.has(code))) {
    const table = new Uint8Array(256);
    for (const code of wanted) table[code] = 1;
    const kind = block.columns.kind;
    if (kind === undefined) return 'none';
    narrow(kind, table);
  }
  for (const { dimension, values } of where) {
    const column = block.columns[dimension];
    if (column === undefined) return 'none';
    const dimensionWords = wordsOf(block.dictionaries, dimension);
    const table = new Uint8Array(dimensionWords.values.length);
    for (const value of values) {
      const code = dimensionWords.find(value);
      if (code !== undefined) table[code] = 1;
    }
    narrow(column, table);
  }
  block.masks.set(key, mask);
  return mask;
}

function choose(column: NumberArray, table: Uint8Array, into: Uint8Array): void {
  for (let i = 0; i < into.length; i++) into[i] = table[column[i] as number] as number;
}

function chooseAmong(mask: Uint8Array, column: NumberArray, table: Uint8Array, into: Uint8Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (mask[i] as number) & (table[column[i] as number] as number);
}

/** The rows that a mask lets through. Written without a branch: which rows pass cannot be predicted. */
function selectionOf(block: Block, mask: Uint8Array): Int32Array {
  let selection = block.selections.get(mask);
  if (selection === undefined) {
    const into = block.scratch.words(`selection ${block.selections.size}`);
    let selected = 0;
    for (let i = 0; i < mask.length; i++) {
      into[selected] = i;
      selected += mask[i] as number;
    }
    selection = into.subarray(0, selected);
    block.selections.set(mask, selection);
  }
  return selection;
}

/** month × place of every row, for grids of one layout. */
function indicesOf(block: Block, from: number, places: number): Int32Array {
  const key = `${from}:${places}`;
  let indices = block.indices.get(key);
  if (indices === undefined) {
    const offsets = block.calendar.months.map((month) => (month - from) * places);
    const { day, place } = block.columns;
    const { minDay } = block.chunk.zone;
    indices = block.scratch.words(`index ${key}`);
    if (day === undefined || place === undefined) {
      perDay(day, block.rows, offsets, minDay, indices);
      if (place !== undefined) for (let i = 0; i < block.rows; i++) indices[i]! += place[i] as number;
    } else {
      for (let i = 0; i < block.rows; i++) {
        indices[i] = (offsets[(day[i] as number) - minDay] as number) + (place[i] as number);
      }
    }
    block.indices.set(key, indices);
  }
  return indices;
}

/** What is added up: a column, or for want of one the same number in every row (NaN: not stated). */
function valuesOf(part: Additive, block: Block): { values: NumberArray | undefined; fill: number } {
  if (part.fold === 'count') return { values: undefined, fill: 1 };
  return { values: block.columns[part.field], fill: COLUMN_TYPES[part.field].fill };
}

function foldDense(plan: Plan, part: Additive, state: PartState, block: Block, mask: Uint8Array | null): void {
  const { values, fill } = valuesOf(part, block);
  if (values === undefined && Number.isNaN(fill)) return;
  const selection = mask === null ? null : selectionOf(block, mask);
  state.grids.forEach((old, at) => {
    const dimension = plan.breakdowns[at];
    const categories = dimension === undefined ? undefined : block.columns[dimension];
    const width = dimension === undefined ? 2 : 2 * wordsOf(block.dictionaries, dimension).values.length;
    const next = covering(old, block.extent, width);
    state.grids[at] = next;
    const index = indicesOf(block, next.from, next.places);
    const count = selection?.length ?? block.rows;
    const cells = block.scratch.words('cells');
    locate(index, next.width, categories, selection, count, cells);
    if (values === undefined) addOnes(next.cells, cells, count);
    else addValues(next.cells, cells, count, values, selection);
  });
}

/** Where in the table each row is added. One loop for each shape: a choice within the loop would cost as much as the loop. */
function locate(
  index: Int32Array,
  width: number,
  categories: NumberArray | undefined,
  selection: Int32Array | null,
  count: number,
  into: Int32Array,
): void {
  if (categories === undefined) {
    if (selection === null) for (let i = 0; i < count; i++) into[i] = (index[i] as number) * width;
    else for (let i = 0; i < count; i++) into[i] = (index[selection[i] as number] as number) * width;
  } else if (selection === null) {
    for (let i = 0; i < count; i++) into[i] = (index[i] as number) * width + 2 * (categories[i] as number);
  } else {
    for (let i = 0; i < count; i++) {
      const row = selection[i] as number;
      into[i] = (index[row] as number) * width + 2 * (categories[row] as number);
    }
  }
}

function addOnes(table: Float64Array, cells: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const cell = cells[i] as number;
    table[cell]! += 1;
    table[cell + 1]! += 1;
  }
}

function addValues(
  table: Float64Array,
  cells: Int32Array,
  count: number,
  values: NumberArray,
  selection: Int32Array | null,
): void {
  for (let i = 0; i < count; i++) {
    const value = values[selection === null ? i : (selection[i] as number)] as number;
    if (value !== value) continue;
    const cell = cells[i] as number;
    table[cell]! += value;
    table[cell + 1]! += 1;
  }
}

const SAMPLED = METHODS.indexOf('sample-week');
const UNPLACED = GRAINS.indexOf('unplaced');

function foldSpecial(plan: Plan, part: Additive, state: PartState, block: Block, mask: Uint8Array | null): void {
  const { columns } = block;
  const months = block.months();
  const { values, fill } = valuesOf(part, block);
  const dense = plan.chooseOne ? null : (mask?.slice() ?? new Uint8Array(block.rows).fill(1));
  for (let i = 0; i < block.rows; i++) {
    if (mask !== null && mask[i] === 0) continue;
    const grain = columns.grain?.[i] ?? 0;
    const stateCode = columns.state?.[i] ?? 0;
    const method = columns.method?.[i] ?? 0;
    if (dense !== null) {
      if (grain === 0 && stateCode === 0 && method !== SAMPLED) continue;
      dense[i] = 0;
    }
    if (grain === UNPLACED) continue;
    const value = values === undefined ? fill : (values[i] as number);
    if (stateCode === 0 && value !== value) continue;
    const cell = specialCell(
      plan,
      state,
      columns.place?.[i] ?? 0,
      columns.source?.[i] ?? 0,
      months[i] as number,
      grain,
      spanOf(grain, columns.days?.[i] ?? 1),
      method,
    );
    const absence = stateCode === 0 ? null : (STATES[stateCode] as Absence);
    if (absence === null) cell.rank = Math.min(cell.rank, method);
    count(cell, value, absence);
    plan.breakdowns.forEach((dimension, at) => {
      const code = columns[dimension]?.[i] ?? 0;
      const shares = cell.categories[at];
      const share = shares?.get(code) ?? { total: 0, events: 0, absences: new Set<Absence>() };
      shares?.set(code, share);
      count(share, value, absence);
    });
  }
  if (dense !== null) foldDense(plan, part, state, block, dense);
}

function count(
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
): SpecialCell {
  const cells = state.special.get(month) ?? new Map<number, SpecialCell>();
  state.special.set(month, cells);
  const sampled = method === SAMPLED;
  if (sampled || span > 1) state.longWindows = true;
  const key = (place * 1_048_576 + source) * 32 + span * 2 + (sampled ? 1 : 0);
  let cell = cells.get(key);
  if (cell === undefined) {
    cell = {
      place,
      source,
      month,
      span,
      grain,
      sampled,
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

function foldReporting(reporting: Reporting, part: Additive, block: Block, mask: Uint8Array | null): void {
  const { columns } = block;
  const { values, fill } = valuesOf(part, block);
  const months = block.months();
  // Longer windows and sample weeks reach at most eleven months on.
  const extent = block.chunk.zone.plain ? block.extent : { ...block.extent, to: block.extent.to + 11 };
  const days = (reporting.days = covering(reporting.days, extent, 1));
  const grains = (reporting.grain = covering(reporting.grain, extent, 1));
  const shut = (reporting.shut = covering(reporting.shut, extent, 1));
  if (block.chunk.zone.plain) return reportPlain(reporting, block, mask, values, fill);
  for (let i = 0; i < block.rows; i++) {
    if (mask !== null && mask[i] === 0) continue;
    const value = values === undefined ? fill : (values[i] as number);
    const place = columns.place?.[i] ?? 0;
    const month = months[i] as number;
    const grain = columns.grain?.[i] ?? 0;
    const state = STATES[columns.state?.[i] ?? 0];
    // Who states sessions has not reported hours.
    if (state === 'counted' && value !== value) continue;
    const sampled = (columns.method?.[i] ?? 0) === SAMPLED;
    const span = sampled ? SAMPLE_MONTHS : spanOf(grain, columns.days?.[i] ?? 1);
    for (let at = month; at < month + span; at++) {
      const cell = (at - days.from) * days.places + place;
      if (state === 'counted') {
        const first = grain === 0 && !sampled ? civilOf(columns.day?.[i] ?? 0).date : 1;
        const length = grain === 0 && !sampled ? (columns.days?.[i] ?? 1) : daysInMonth(at);
        days.cells[cell]! |= dayBits(first, length);
        const seen = grains.cells[cell] ?? 0;
        if (seen === 0 || grain + 1 < seen) grains.cells[cell] = grain + 1;
      } else if (state === 'not-open' || state === 'not-applicable') shut.cells[cell] = 1;
    }
  }
}

/** The same where every row is a number for some days of one month. */
function reportPlain(
  { days, grain }: Reporting,
  block: Block,
  mask: Uint8Array | null,
  values: NumberArray | undefined,
  fill: number,
): void {
  if (values === undefined && Number.isNaN(fill)) return;
  const { day, days: lengths } = block.columns;
  const { dates } = block.calendar;
  const { minDay } = block.chunk.zone;
  const index = indicesOf(block, days.from, days.places);
  const selection = mask === null ? null : selectionOf(block, mask);
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    if (values !== undefined && Number.isNaN(values[row])) continue;
    const cell = index[row] as number;
    const first = dates[day === undefined ? 0 : (day[row] as number) - minDay] as number;
    days.cells[cell]! |= lengths === undefined ? 1 << (first - 1) : dayBits(first, lengths[row] as number);
    grain.cells[cell] = 1;
  }
}

/** Bits of `length` days from the `first` of a month (1 to 31). */
export const dayBits = (first: number, length: number): number =>
  length >= 32 ? -1 : ((length === 31 ? 0x7fffffff : (1 << length) - 1) << (first - 1)) | 0;

function foldPeople(plan: Plan, state: PartState, block: Block, mask: Uint8Array | null): void {
  const { columns } = block;
  const { subject } = columns;
  if (subject === undefined) return;
  const months = block.months();
  const dimensions = plan.breakdowns.map((dimension) => columns[dimension]);
  let month = NaN;
  let people: People | undefined;
  for (let i = 0; i < block.rows; i++) {
    if ((mask !== null && mask[i] === 0) || subject[i] === 0) continue;
    if (people === undefined || months[i] !== month) {
      month = months[i] as number;
      people = state.people.get(month);
      if (people === undefined) {
        people = {
          rows: 0,
          place: new Int32Array(64),
          subject: new Uint32Array(64),
          categories: dimensions.map(() => new Int32Array(64)),
        };
        state.people.set(month, people);
      }
    }
    if (people.rows === people.place.length) widen(people);
    people.place[people.rows] = columns.place?.[i] ?? 0;
    people.subject[people.rows] = subject[i] as number;
    for (let at = 0; at < dimensions.length; at++)
      (people.categories[at] as Int32Array)[people.rows] = dimensions[at]?.[i] ?? 0;
    people.rows += 1;
  }
}

function widen(people: People): void {
  const larger = <T extends Int32Array | Uint32Array>(old: T): T => {
    const next = new (old.constructor as new (length: number) => T)(old.length * 2);
    next.set(old);
    return next;
  };
  people.place = larger(people.place);
  people.subject = larger(people.subject);
  people.categories.forEach((array, at) => (people.categories[at] = larger(array)));
}

function foldStatuses(where: Where, state: PartState, block: Block, mask: Uint8Array | null): void {
  const { columns, dictionaries } = block;
  const word = (name: ColumnName, i: number): string =>
    wordsOf(dictionaries, name).values[columns[name]?.[i] ?? 0] ?? '';
  for (let i = 0; i < block.rows; i++) {
    if (mask !== null && mask[i] === 0) continue;
    state.statuses.push({
      place: columns.place?.[i] ?? 0,
      day: columns.day?.[i] ?? 0,
      second: columns.second?.[i] ?? 0,
      text: STATUS_COLUMNS.map((name) => word(name, i)).join(' '),
      matches: where.every(({ dimension, values }) => values.includes(word(dimension, i))),
    });
  }
}

function foldPopulation(ages: string, state: PlanState, block: Block): void {
  const mask = maskOf(block, ['reference.population'], [{ dimension: 'ages', values: [ages] }]);
  if (mask === 'none') return;
  for (let i = 0; i < block.rows; i++) {
    if (mask !== null && mask[i] === 0) continue;
    const place = block.columns.place?.[i] ?? 0;
    const estimates = state.population.get(place) ?? [];
    estimates.push({ day: block.columns.day?.[i] ?? 0, people: block.columns.quantity?.[i] ?? 1 });
    state.population.set(place, estimates);
  }
}

/** Months that a window covers: beyond one month it is made of whole months. */
const spanOf = (grain: number, days: number): number => (grain === 0 ? 1 : Math.round(days / 30.44));
