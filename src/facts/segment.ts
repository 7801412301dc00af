/**
 * Facts ↔ Arrow IPC files, so that Python and R open the store as it is. The bytes are a function of the facts alone:
 * dictionary ids are fixed, nothing is stamped. Because an Arrow file stores each column as one run of bytes, a fold
 * that needs three columns reads just those runs, at the offsets that the manifest keeps.
 */
import {
  DateDay,
  Dictionary as ArrowDictionary,
  Field,
  FixedSizeBinary,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  vectorFromArray,
  type Data,
  type DataType,
} from 'apache-arrow';
import { narrowest } from './columnReader.ts';
import {
  COLUMN_NAMES,
  COLUMN_TYPES,
  FIXED_VALUES,
  wordsOf,
  type ColumnName,
  type Dictionaries,
  type FactColumns,
  type NumberArray,
  type RareRows,
} from './columns.ts';

/** Where a column's values lie in the file. */
export interface Run {
  readonly offset: number;
  readonly bytes: number;
}

export interface EncodedSegment {
  readonly bytes: Uint8Array;
  readonly runs: Readonly<Partial<Record<ColumnName | 'identity', Run>>>;
}

const wholeType = (array: NumberArray): Uint8 | Uint16 | Int32 =>
  array instanceof Uint8Array ? new Uint8() : array instanceof Uint16Array ? new Uint16() : new Int32();

/** Days stay whole words, because that is what Arrow calls a date. */
function plainOf(name: ColumnName, array: NumberArray): { type: DataType; data: NumberArray } {
  if (name === 'day') return { type: new DateDay(), data: array };
  if (name === 'subject') return { type: new Uint32(), data: array };
  const data = narrowest(array);
  return { type: data instanceof Float64Array ? new Float64() : wholeType(data), data };
}

/** The Arrow file of some rows. `rare` and nothing else goes into the schema's metadata, as JSON. */
export function encodeSegment(
  { rows, columns }: FactColumns,
  identities: BigUint64Array,
  rare: RareRows,
  dictionaries: Dictionaries,
): EncodedSegment {
  const fields: Field[] = [];
  const children: Data[] = [];
  COLUMN_NAMES.forEach((name, id) => {
    const array = columns[name];
    if (array === undefined) return;
    const type = COLUMN_TYPES[name];
    if (type.coded === null) {
      const plain = plainOf(name, array);
      fields.push(new Field(name, plain.type, false));
      children.push(makeData({ ...plain, length: rows, nullCount: 0 } as never));
      return;
    }
    const words = FIXED_VALUES[name] ?? wordsOf(dictionaries, name).values;
    const data = narrowest(array);
    const dictionaryType = new ArrowDictionary(new Utf8(), wholeType(data), id);
    fields.push(new Field(name, dictionaryType, false));
    children.push(
      makeData({
        type: dictionaryType,
        length: rows,
        nullCount: 0,
        data,
        dictionary: vectorFromArray(words, new Utf8()),
      } as never),
    );
  });
  fields.push(new Field('identity', new Uint64(), false));
  children.push(makeData({ type: new Uint64(), length: rows, nullCount: 0, data: identities }));
  const metadata = new Map<string, string>();
  if (rare.amendments.length > 0) {
    metadata.set('amendments', JSON.stringify(rare.amendments.map((a) => ({ ...a, target: a.target.toString() }))));
  }
  if (rare.figures.length > 0) metadata.set('figures', JSON.stringify(rare.figures));
  if (rare.parked.length > 0) metadata.set('parked', JSON.stringify(rare.parked));
  return withRuns(fields, children, rows, metadata);
}

/** The Arrow file of the people that some rows speak of first: 16 bytes each, in order of their codes. */
export function encodeSubjects(bytes: Uint8Array): EncodedSegment {
  const type = new FixedSizeBinary(16);
  const rows = bytes.byteLength / 16;
  const data = makeData({ type, length: rows, nullCount: 0, data: bytes } as never);
  return withRuns([new Field('pseudonym', type, false)], [data], rows, new Map());
}

function withRuns(fields: Field[], children: Data[], rows: number, metadata: Map<string, string>): EncodedSegment {
  const schema = new Schema(fields, metadata);
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }));
  const bytes = tableToIPC(new Table(schema, batch), 'file');
  // Read back without copying: the values' offsets in memory are their offsets in the file.
  const runs: Partial<Record<ColumnName | 'identity', Run>> = {};
  const [read] = tableFromIPC(bytes).batches;
  read?.schema.fields.forEach((field, index) => {
    const values = read.data.children[index]?.values as Uint8Array | undefined;
    if (values === undefined || values.buffer !== bytes.buffer) throw new Error('apache-arrow copied a column');
    runs[field.name as ColumnName] = { offset: values.byteOffset - bytes.byteOffset, bytes: values.byteLength };
  });
  return { bytes, runs };
}

/** What the store needs of a file beside its columns: the words known by then, and the rare rows. */
export function decodeExtras(bytes: Uint8Array): { words: ReadonlyMap<ColumnName, readonly string[]>; rare: RareRows } {
  const table = tableFromIPC(bytes);
  const words = new Map<ColumnName, readonly string[]>();
  for (const field of table.schema.fields) {
    const name = field.name as ColumnName;
    if (COLUMN_TYPES[name]?.coded !== 'own') continue;
    const dictionary = table.getChild(name)?.data[0]?.dictionary;
    words.set(name, dictionary === undefined ? [] : [...(dictionary as Iterable<string>)]);
  }
  const parse = (key: string): Record<string, unknown>[] =>
    JSON.parse(table.schema.metadata.get(key) ?? '[]') as Record<string, unknown>[];
  return {
    words,
    rare: {
      amendments: parse('amendments').map((a) => ({
        row: a['row'] as number,
        at: a['at'] as number,
        target: BigInt(a['target'] as string),
      })),
      figures: parse('figures') as unknown as RareRows['figures'],
      parked: parse('parked') as unknown as RareRows['parked'],
    },
  };
}

/** The people in a subjects file, 16 bytes each. */
export function decodeSubjects(bytes: Uint8Array): Uint8Array {
  const values = tableFromIPC(bytes).batches[0]?.data.children[0]?.values as Uint8Array | undefined;
  return values ?? new Uint8Array(0);
}
