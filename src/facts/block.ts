/** A block of rows, with what several plans can share: which rows a filter lets through, and where rows fall in a table. */
import { monthOf, firstDayOfMonth } from '../domain/periods.ts';
import type { Where } from '../domain/plan.ts';
import { wordsOf, type ColumnName, type Dictionaries, type NumberArray } from './columns.ts';
import type { Chunk } from './factStore.ts';
import type { Zone } from './zone.ts';
import type { Extent } from './grid.ts';

/** Numbers of rows of a block, ascending; null stands for every row. */
export type Selection = Int32Array | null;

/** Some rows as a fold sees them. What one plan works out for them (`selections`, `indices`), the next finds there. */
export interface Block {
  readonly rows: number;
  readonly zone: Zone;
  readonly columns: Chunk['columns'];
  readonly dictionaries: Dictionaries;
  readonly extent: Extent;
  readonly calendar: Calendar;
  readonly scratch: Scratch;
  /** Rows that are not superseded. */
  readonly live: Selection;
  readonly selections: Map<string, Selection>;
  readonly indices: Map<string, Int32Array>;
}

/** Month, date in it, and length of it, of each day from a first one on. */
export interface Calendar {
  readonly minDay: number;
  readonly months: Int32Array;
  readonly dates: Uint8Array;
  readonly lengths: Uint8Array;
}

/** Arrays by name that a pass over a block fills, and the pass over the next block fills again. */
export type Scratch = (name: string, rows: number) => Int32Array;

/** Arrays for one pass: each grows to the most rows that were ever asked of its name. */
export function newScratch(): Scratch {
  const arrays = new Map<string, Int32Array>();
  return (name, rows) => {
    const known = arrays.get(name);
    if (known !== undefined && known.length >= rows) return known;
    const array = new Int32Array(rows);
    arrays.set(name, array);
    return array;
  };
}

/** The calendar of the days of a zone. */
export function calendarOf({ minDay, maxDay }: Zone): Calendar {
  const months = new Int32Array(maxDay - minDay + 1);
  const dates = new Uint8Array(maxDay - minDay + 1);
  const lengths = new Uint8Array(maxDay - minDay + 1);
  for (let day = minDay; day <= maxDay;) {
    const month = monthOf(day);
    const first = firstDayOfMonth(month);
    const after = firstDayOfMonth(month + 1);
    for (const end = Math.min(maxDay + 1, after); day < end; day++) {
      months[day - minDay] = month;
      dates[day - minDay] = day - first + 1;
      lengths[day - minDay] = after - first;
    }
  }
  return { minDay, months, dates, lengths };
}

/** Which rows count: those of some kinds that hold one of some words in each of some columns. */
export interface Filter {
  readonly kinds: ReadonlySet<number>;
  /** 1 for each code that is let through; `key` says this test and those before it. */
  readonly tests: readonly { readonly key: string; readonly column: ColumnName; readonly table: Uint8Array }[];
}

/** The filter in codes of the dictionaries: a word that they do not know yet is in no row yet. */
export function filterOf(dictionaries: Dictionaries, kinds: readonly string[], where: Where): Filter {
  const kindWords = wordsOf(dictionaries, 'kind');
  const codes = new Set(kinds.map((kind) => kindWords.find(kind)).filter((code) => code !== undefined));
  let key = '';
  const test = (column: ColumnName, values: readonly string[]): Filter['tests'][number] => {
    const words = wordsOf(dictionaries, column);
    const table = new Uint8Array(words.values.length);
    for (const value of values) {
      const code = words.find(value);
      if (code !== undefined) table[code] = 1;
    }
    key = `${key}${JSON.stringify([column, values])}`;
    return { key, column, table };
  };
  return {
    kinds: codes,
    tests: [test('kind', kinds), ...where.map(({ dimension, values }) => test(dimension, values))],
  };
}

/** The rows that count and that a filter lets through; 'none' where there are none. */
export function select(block: Block, { kinds, tests }: Filter): Selection | 'none' {
  const zoneKinds = block.zone.kinds;
  if (!zoneKinds.some((code) => kinds.has(code))) return 'none';
  let selection = block.live;
  for (const { key, column, table } of tests) {
    if (column === 'kind' && zoneKinds.every((code) => kinds.has(code))) continue;
    const known = block.selections.get(key);
    if (known === undefined) {
      const codes = block.columns[column];
      // A column that is not there holds the empty word in every row.
      if (codes === undefined) return 'none';
      const into = block.scratch(`rows ${key}`, block.rows);
      const count =
        selection === null ? choose(codes, table, block.rows, into) : chooseAmong(selection, codes, table, into);
      selection = into.subarray(0, count);
      block.selections.set(key, selection);
    } else selection = known;
  }
  return selection !== null && selection.length === 0 ? 'none' : selection;
}

/** Without a branch: which rows pass cannot be predicted. */
function choose(codes: NumberArray, table: Uint8Array, rows: number, into: Int32Array): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    into[count] = row;
    count += table[codes[row] as number] as number;
  }
  return count;
}

function chooseAmong(selection: Int32Array, codes: NumberArray, table: Uint8Array, into: Int32Array): number {
  let count = 0;
  for (let i = 0; i < selection.length; i++) {
    const row = selection[i] as number;
    into[count] = row;
    count += table[codes[row] as number] as number;
  }
  return count;
}

/** Where each row's month and place begin in a table that starts at month `from` and keeps `width` numbers for each of `places`. */
export function indicesOf(block: Block, from: number, places: number, width: number): Int32Array {
  const key = `index ${from} ${places} ${width}`;
  let indices = block.indices.get(key);
  if (indices === undefined) {
    const { months, minDay } = block.calendar;
    const offsets = months.map((month) => (month - from) * places * width);
    const { day, place } = block.columns;
    indices = block.scratch(key, block.rows);
    if (day === undefined || place === undefined) {
      for (let row = 0; row < block.rows; row++) {
        indices[row] = (offsets[(day?.[row] ?? 0) - minDay] as number) + (place?.[row] ?? 0) * width;
      }
    } else {
      for (let row = 0; row < block.rows; row++) {
        indices[row] = (offsets[(day[row] as number) - minDay] as number) + Math.imul(place[row] as number, width);
      }
    }
    block.indices.set(key, indices);
  }
  return indices;
}

/** Month of a row, counted from January 1970. */
export const monthAt = ({ calendar, columns }: Block, row: number): number =>
  calendar.months[(columns.day?.[row] ?? 0) - calendar.minDay] as number;
