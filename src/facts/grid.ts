/**
 * A dense table over month × place × category: the accumulator of the fast path. Dense beats a hash map about twelve
 * times here, as long as the number of cells is bounded: sums go to a sparse table above that, and what is kept by
 * month and place alone is refused above `MAX_CELLS`.
 */
import { formatNumber } from '../domain/formatNumber.ts';
import { LedgerError } from '../domain/ledgerError.ts';

/** 64 million cells of 8 bytes: half a gigabyte. */
const MAX_CELLS = 64_000_000;

type Cells = Float64Array | Int32Array | Uint8Array;

/** A table: the numbers of a month and place begin at `((month - from) * places + place) * width`. */
export interface Grid<T extends Cells = Float64Array> {
  /** First month, counted from January 1970. */
  readonly from: number;
  readonly months: number;
  readonly places: number;
  /** Numbers kept for each month and place. */
  readonly width: number;
  readonly cells: T;
}

/** First and last month, counted from January 1970 (none where `to` is before `from`), and how many places. */
export interface Extent {
  readonly from: number;
  readonly to: number;
  readonly places: number;
}

const make = <T extends Cells>(like: new (length: number) => T, length: number): T => {
  if (length > MAX_CELLS) {
    throw new LedgerError('invalid-definition', `The definition needs ${formatNumber(length, 0)} cells in memory.`, {
      hint: `At most ${formatNumber(MAX_CELLS, 0)} are kept: leave out a breakdown.`,
    });
  }
  return new like(length);
};

/** Numbers in a grid of such an extent. */
export const cellsIn = ({ from, to, places }: Extent, width: number): number =>
  Math.max(0, to - from + 1) * Math.max(1, places) * width;

/** A table of zeros over an extent. Throws `invalid-definition` above `MAX_CELLS` numbers. */
export function grid<T extends Cells>(array: new (length: number) => T, extent: Extent, width: number): Grid<T> {
  const months = Math.max(0, extent.to - extent.from + 1);
  const places = Math.max(1, extent.places);
  return { from: extent.from, months, places, width, cells: make(array, months * places * width) };
}

/** First and last month of a table once it covers an extent too. */
export function monthsOver(old: { readonly from: number; readonly months: number }, extent: Extent) {
  if (old.months === 0) return extent;
  return { from: Math.min(old.from, extent.from), to: Math.max(old.from + old.months - 1, extent.to) };
}

/**
 * The same grid where it holds the extent and width already, else a larger one with the old numbers in it. Places and
 * width grow by half at least, so that a feed of new places does not copy the table each time.
 */
export function covering<T extends Cells>(old: Grid<T>, extent: Extent, width: number): Grid<T> {
  const { from, to } = monthsOver(old, extent);
  const months = Math.max(0, to - from + 1);
  if (from === old.from && months === old.months && extent.places <= old.places && width <= old.width) return old;
  const places = extent.places <= old.places ? old.places : Math.max(extent.places, Math.ceil(old.places * 1.5));
  // Kept even where it was: a category is a pair of numbers, and half of one would lie in the next cell.
  const wide = width <= old.width ? old.width : Math.max(width, 2 * Math.ceil(old.width * 0.75));
  const cells = make(old.cells.constructor as new (length: number) => T, months * places * wide);
  for (let month = 0; month < old.months; month++) {
    for (let place = 0; place < old.places; place++) {
      const source = (month * old.places + place) * old.width;
      cells.set(old.cells.subarray(source, source + old.width), ((month + old.from - from) * places + place) * wide);
    }
  }
  return { from, months, places, width: wide, cells };
}
