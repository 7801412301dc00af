/**
 * Facts in columns. A column that holds its default in every row is left out: a log of single loans stores no
 * quantities, a log without people no subjects. Codes are those of the dictionaries that the columns belong to.
 */
import { DIMENSIONS, type Dimension } from '../../contracts/dimensions.ts';
import { dictionary, subjectDictionary, type Dictionary, type SubjectDictionary } from './dictionary.ts';
import {
  METHODS,
  type Amendment,
  type Fact,
  type Figure,
  type Grain,
  type Parked,
  type RowState,
} from '../domain/fact.ts';

/** Fixed codes: what the value means never depends on the log. Grains are ordered from fine to coarse. */
export const GRAINS: readonly Grain[] = ['month', 'quarter', 'half-year', 'financial-year', 'unplaced'];
export const STATES: readonly RowState[] = [
  'counted',
  'not-reported',
  'not-open',
  'suppressed',
  'not-applicable',
  'not-available',
];

/** What the values of a column are kept in. */
export type NumberArray = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;
type Make = new (length: number) => NumberArray;

/** How a column is kept: in which array, and `fill` in the rows that say nothing. */
export interface ColumnType {
  readonly make: Make;
  readonly fill: number;
  /** Whether the codes are those of a dictionary, and which. */
  readonly coded: 'own' | 'fixed' | null;
}

/** Open vocabularies, which may grow to any number of words. */
const OPEN: ReadonlySet<Dimension> = new Set([
  'list',
  'resource',
  'centre',
  'returnForm',
  'line',
  'platform',
  'surveyName',
  'question',
  'answer',
  'category',
  'area',
]);

/** The columns of a fact, beside its identity and the rare fields. */
export type ColumnName =
  | 'kind'
  | 'source'
  | 'place'
  | 'day'
  | 'days'
  | 'grain'
  | 'second'
  | 'method'
  | 'state'
  | 'quantity'
  | 'seconds'
  | 'subject'
  | Dimension;

/** How each column is kept. The order is that of the files. */
export const COLUMN_TYPES: Readonly<Record<ColumnName, ColumnType>> = {
  kind: { make: Uint8Array, fill: 0, coded: 'own' },
  source: { make: Int32Array, fill: 0, coded: 'own' },
  place: { make: Int32Array, fill: 0, coded: 'own' },
  day: { make: Int32Array, fill: 0, coded: null },
  days: { make: Int32Array, fill: 1, coded: null },
  grain: { make: Uint8Array, fill: 0, coded: 'fixed' },
  second: { make: Int32Array, fill: 0, coded: null },
  method: { make: Uint8Array, fill: 0, coded: 'fixed' },
  state: { make: Uint8Array, fill: 0, coded: 'fixed' },
  quantity: { make: Float64Array, fill: 1, coded: null },
  seconds: { make: Float64Array, fill: NaN, coded: null },
  subject: { make: Uint32Array, fill: 0, coded: null },
  ...(Object.fromEntries(
    DIMENSIONS.map((name) => [name, { make: OPEN.has(name) ? Int32Array : Uint8Array, fill: 0, coded: 'own' }]),
  ) as unknown as Record<Dimension, ColumnType>),
};
/** All columns in the order of the files. */
export const COLUMN_NAMES = Object.keys(COLUMN_TYPES) as readonly ColumnName[];

/** The values of a column with fixed codes. */
export const FIXED_VALUES: Readonly<Partial<Record<ColumnName, readonly string[]>>> = {
  grain: GRAINS,
  method: METHODS,
  state: STATES,
};

/** What the codes of a store mean: a dictionary for each column coded with words of its own, and the people. */
export interface Dictionaries {
  readonly words: Readonly<Record<string, Dictionary>>;
  readonly subjects: SubjectDictionary;
}

/** Dictionaries that know the empty word and nobody. */
export const newDictionaries = (): Dictionaries => ({
  words: Object.fromEntries(
    COLUMN_NAMES.filter((name) => COLUMN_TYPES[name].coded === 'own').map((name) => [name, dictionary()]),
  ),
  subjects: subjectDictionary(),
});

/** The dictionary of a coded column. */
export function wordsOf(dictionaries: Dictionaries, column: ColumnName): Dictionary {
  const found = dictionaries.words[column];
  if (found === undefined) throw new Error(`column ${column} has no dictionary`);
  return found;
}

/** Rows in log order: of the columns those that were asked for, as far as they are not default in every row. */
export interface FactColumns {
  readonly rows: number;
  readonly columns: Readonly<Partial<Record<ColumnName, NumberArray>>>;
}

/** What few rows have, each with its row. */
export interface RareRows {
  readonly amendments: readonly (Amendment & { readonly row: number })[];
  readonly figures: readonly (Figure & { readonly row: number })[];
  readonly parked: readonly (Parked & { readonly row: number })[];
}

/** A growing piece of the store, row by row. */
export interface ColumnBuilder {
  readonly rows: number;
  add(fact: Fact): void;
  /** Views of what is there; valid until the next `add`. */
  columns(): FactColumns;
  identities(): BigUint64Array;
  rare(): RareRows;
}

/** One column while it grows: nothing is kept as long as every row has the default. */
interface GrowingColumn {
  array: NumberArray | null;
  put(row: number, value: number): void;
}

function growingColumn({ make, fill }: ColumnType, capacity: number): GrowingColumn {
  const column: GrowingColumn = {
    array: null,
    put(row, value) {
      if (column.array === null) {
        if (Object.is(value, fill)) return;
        column.array = new make(capacity);
        if (fill !== 0) column.array.fill(fill);
      }
      column.array[row] = value;
    },
  };
  return column;
}

/** A builder for at most `capacity` rows, coding with (and growing) `dictionaries`. */
export function columnBuilder(dictionaries: Dictionaries, capacity: number): ColumnBuilder {
  const column = Object.fromEntries(
    COLUMN_NAMES.map((name) => [name, growingColumn(COLUMN_TYPES[name], capacity)]),
  ) as Record<ColumnName, GrowingColumn>;
  const { kind, source, place, day, days, grain, second, method, state, quantity, seconds, subject } = column;
  const [kinds, sources, places] = [
    wordsOf(dictionaries, 'kind'),
    wordsOf(dictionaries, 'source'),
    wordsOf(dictionaries, 'place'),
  ];
  const identities = new BigUint64Array(capacity);
  const amendments: (Amendment & { row: number })[] = [];
  const figures: (Figure & { row: number })[] = [];
  const parked: (Parked & { row: number })[] = [];
  let rows = 0;

  return {
    get rows() {
      return rows;
    },
    add(fact) {
      if (rows === capacity) throw new Error('the rows of a segment are full: it must be sealed first');
      kind.put(rows, kinds.code(fact.kind));
      source.put(rows, sources.code(fact.source));
      place.put(rows, places.code(fact.place));
      day.put(rows, fact.day);
      days.put(rows, fact.days);
      grain.put(rows, GRAINS.indexOf(fact.grain));
      second.put(rows, fact.second);
      method.put(rows, (METHODS as readonly string[]).indexOf(fact.method));
      state.put(rows, STATES.indexOf(fact.state));
      quantity.put(rows, fact.quantity);
      seconds.put(rows, fact.seconds);
      subject.put(rows, dictionaries.subjects.code(fact.subject));
      for (const name in fact.dimensions) {
        const dimension = name as Dimension;
        column[dimension].put(rows, wordsOf(dictionaries, dimension).code(fact.dimensions[dimension] ?? ''));
      }
      identities[rows] = fact.identity;
      if (fact.amends !== null) amendments.push({ ...fact.amends, row: rows });
      if (fact.figure !== null) figures.push({ ...fact.figure, row: rows });
      if (fact.parked !== null) parked.push({ ...fact.parked, row: rows });
      rows += 1;
    },
    columns() {
      const columns: Partial<Record<ColumnName, NumberArray>> = {};
      for (const name of COLUMN_NAMES) {
        const { array } = column[name];
        if (array !== null) columns[name] = array.subarray(0, rows);
      }
      return { rows, columns };
    },
    identities: () => identities.subarray(0, rows),
    rare: () => ({ amendments, figures, parked }),
  };
}

/** Months that a window of a grain covers: beyond one month it is made of whole months. */
export const spanOf = (grain: number, days: number): number => (grain === 0 ? 1 : Math.round(days / 30.44));
