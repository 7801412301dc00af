/**
 * Columns of a segment file, read as runs of bytes at the offsets that the manifest keeps. A file holds each column in
 * the narrowest whole numbers that its values need; what is read has the column's own type again.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { COLUMN_TYPES, type ColumnName, type NumberArray } from './columns.ts';
import type { Run } from './segment.ts';

/** Rows read at a time: a block's columns stay in the processor's cache while a fold passes over them. */
const BLOCK_ROWS = 32_768;

/** Where each column that a file has begins, and how many bytes it takes. */
export type Runs = Readonly<Partial<Record<ColumnName | 'identity', Run>>>;

/** A file with `rows` rows whose columns lie at `runs`. `damaged` makes the error for a file that is too short. */
export interface ColumnFile {
  readonly path: string;
  readonly rows: number;
  readonly runs: Runs;
  readonly damaged: (why: string) => Error;
}

/** Arrays that are filled again for each block. */
export interface BlockBuffers {
  readonly columns: Map<ColumnName, NumberArray>;
  readonly raw: ArrayBuffer;
}

/** Room for one block, none of it filled yet. */
export const blockBuffers = (): BlockBuffers => ({
  columns: new Map(),
  raw: new ArrayBuffer(BLOCK_ROWS * Float64Array.BYTES_PER_ELEMENT),
});

/**
 * Some consecutive rows of a file, block by block, with the columns asked for as far as the file has them: the others
 * hold their default in every row. A block's arrays are valid until the next one is asked for.
 */
export function* readBlocks(
  file: ColumnFile,
  names: readonly ColumnName[],
  from: number,
  to: number,
  buffers: BlockBuffers,
): Generator<{ first: number; rows: number; columns: Partial<Record<ColumnName, NumberArray>> }, void, undefined> {
  const here = names.filter((name) => file.runs[name] !== undefined);
  const descriptor = opened(file);
  try {
    for (let first = from; first < to; first += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, to - first);
      const columns: Partial<Record<ColumnName, NumberArray>> = {};
      for (const name of here) {
        const known = buffers.columns.get(name);
        const array = known ?? new COLUMN_TYPES[name].make(BLOCK_ROWS);
        if (known === undefined) buffers.columns.set(name, array);
        columns[name] = fill(array.subarray(0, rows), descriptor, file, name, first, buffers.raw);
      }
      yield { first, rows, columns };
    }
  } finally {
    closeSync(descriptor);
  }
}

/** A whole column of a file; undefined where every row has the default. */
export function readColumn(file: ColumnFile, name: ColumnName): NumberArray | undefined {
  if (file.runs[name] === undefined) return undefined;
  const descriptor = opened(file);
  try {
    const array = new COLUMN_TYPES[name].make(file.rows);
    return fill(array, descriptor, file, name, 0, new ArrayBuffer(array.byteLength));
  } finally {
    closeSync(descriptor);
  }
}

/** The identities of a file's rows. */
export function readIdentities(file: ColumnFile): BigUint64Array {
  const identities = new BigUint64Array(file.rows);
  const descriptor = opened(file);
  try {
    const { offset } = file.runs.identity as Run;
    readFully(descriptor, file, new Uint8Array(identities.buffer), offset);
  } finally {
    closeSync(descriptor);
  }
  return identities;
}

function opened(file: ColumnFile): number {
  try {
    return openSync(file.path, 'r');
  } catch (error) {
    throw file.damaged(existsSync(file.path) ? `cannot be opened (${(error as Error).message})` : 'is missing');
  }
}

/** Fills `array` with a column's values from row `first` on, by way of `raw` where the file has them narrower. */
function fill(
  array: NumberArray,
  descriptor: number,
  file: ColumnFile,
  name: ColumnName,
  first: number,
  raw: ArrayBuffer,
): NumberArray {
  const { offset, bytes } = file.runs[name] as Run;
  const width = Math.floor(bytes / file.rows);
  const at = offset + first * width;
  if (width === array.BYTES_PER_ELEMENT) {
    readFully(descriptor, file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    return array;
  }
  readFully(descriptor, file, new Uint8Array(raw, 0, array.length * width), at);
  array.set(new (NARROW[width] as (typeof NARROW)[number])(raw, 0, array.length));
  return array;
}

/** Arrays of whole numbers by the bytes that each takes. */
const NARROW: Readonly<Record<number, new (buffer: ArrayBuffer, at: number, length: number) => NumberArray>> = {
  1: Uint8Array,
  2: Uint16Array,
  4: Int32Array,
};

function readFully(descriptor: number, file: ColumnFile, into: Uint8Array, offset: number): void {
  for (let at = 0; at < into.byteLength;) {
    const read = readSync(descriptor, into, at, into.byteLength - at, offset + at);
    if (read === 0) throw file.damaged('is shorter than it was written');
    at += read;
  }
}

/** The same numbers in the narrowest type that holds them all: what is stored. */
export function narrowest(array: NumberArray): NumberArray {
  let highest = 0;
  let lowest = 0;
  for (let i = 0; i < array.length; i++) {
    const value = array[i] as number;
    // Not a number, and a fraction, are not equal to a whole number either.
    if (value !== (value | 0)) return array;
    if (value > highest) highest = value;
    if (value < lowest) lowest = value;
  }
  if (lowest < 0) return array.BYTES_PER_ELEMENT <= 4 ? array : Int32Array.from(array);
  const type = highest < 256 ? Uint8Array : highest < 65_536 ? Uint16Array : Int32Array;
  return type.BYTES_PER_ELEMENT >= array.BYTES_PER_ELEMENT ? array : type.from(array);
}
