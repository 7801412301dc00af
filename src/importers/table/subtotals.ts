/**
 * Rows that are sums of the rows right above or right below them: the subtotal of an area among libraries, or of a kind among
 * types of item. They have no name that tells them, and are not the sum of all others.
 */

/** What a cell adds to a sum: a count, nothing, or nobody can tell. */
export type Figure = number | 'none' | 'unreadable';

/** Where the parts of a sum begin and end, and whether that can be no chance. */
export interface Subtotal {
  readonly from: number;
  readonly to: number;
  readonly isSure: boolean;
}

/** Counts below this are the sum of others by chance too often. */
const LARGE = 100;
/** So many large counts that are sums of the same rows are no chance. */
const LARGE_ENOUGH = 2;
/** So many small ones are worth a word. */
const SMALL_ENOUGH = 3;

/** More parts than these no subtotal has: rows without figures must not be read without end. */
const LONGEST_RUN = 200;

/**
 * Of which rows beside it a row is the sum, wherever it has a count; null where there are none.
 * @param rows what the cells of each row say, in the order of the file, every row as long as the others
 */
export function subtotalAt(rows: readonly (readonly Figure[])[], at: number): Subtotal | null {
  return sumOfRun(rows, at, -1) ?? sumOfRun(rows, at, 1);
}

/** Grows the run away from the row until it is the sum, or more than that somewhere. */
function sumOfRun(rows: readonly (readonly Figure[])[], at: number, step: 1 | -1): Subtotal | null {
  const own = rows[at] ?? [];
  const columns = own.flatMap((figure, column) => (typeof figure === 'number' && figure > 0 ? [column] : []));
  if (columns.length === 0 || own.includes('unreadable')) return null;
  const sums = columns.map(() => 0);
  const parts = columns.map(() => 0);
  let counted = 0;
  for (let end = at + step; end >= 0 && end < rows.length && Math.abs(end - at) <= LONGEST_RUN; end += step) {
    const row = rows[end] ?? [];
    for (const [i, column] of columns.entries()) {
      const figure = row[column];
      if (figure === 'unreadable') return null;
      if (typeof figure !== 'number') continue;
      sums[i] = (sums[i] ?? 0) + figure;
      if (figure > 0) parts[i] = (parts[i] ?? 0) + 1;
    }
    if (columns.some((column) => Number(row[column]) > 0)) counted += 1;
    const over = columns.map((column, i) => (sums[i] ?? 0) - (own[column] as number));
    if (over.some((by) => by > 0)) return null;
    // A row that has the figures of one other is the same thing under another name.
    if (counted >= 2 && over.every((by) => by === 0)) return told(own, columns, parts, at, end);
  }
  return null;
}

function told(
  own: readonly Figure[],
  columns: readonly number[],
  parts: readonly number[],
  at: number,
  end: number,
): Subtotal | null {
  // Where one part alone has a figure, the same figure is no sum: a library that moved, beside another one.
  const sums = columns.filter((_, i) => (parts[i] ?? 0) >= 2).length;
  const large = columns.filter((column) => (own[column] as number) >= LARGE).length;
  if (large === 0 && columns.length < SMALL_ENOUGH) return null;
  return {
    from: Math.min(at + Math.sign(end - at), end),
    to: Math.max(at + Math.sign(end - at), end),
    isSure: large >= LARGE_ENOUGH && sums >= LARGE_ENOUGH,
  };
}
