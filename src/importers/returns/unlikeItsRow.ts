/**
 * Figures unlike the rest of their row: a lost decimal point, a digit too many, a number in the wrong cell. They are told
 * and not changed, for nobody but the sender knows what was meant.
 */

/** Rows with fewer figures have no middle worth comparing with. */
const LEAST_FIGURES = 8;
/** Small counts leap by chance. */
const LEAST_MEDIAN = 500;
const TIMES_MORE = 6;
const TIMES_LESS = 8;

/** A figure that is unlike the others: its place in the row, and the median of the row. */
export interface Unlike {
  readonly at: number;
  readonly median: number;
}

/**
 * Of the monthly figures of one row, those more than six times its median or less than an eighth of it. Rows with fewer
 * than eight figures, or a median of 500 or less, have none.
 * @param figures by month; null where there is none
 */
export function unlikeItsRow(figures: readonly (number | null)[]): readonly Unlike[] {
  const given = figures.filter((figure) => figure !== null).sort((a, b) => a - b);
  if (given.length < LEAST_FIGURES) return [];
  const median = medianOf(given);
  if (median <= LEAST_MEDIAN) return [];
  return figures.flatMap((figure, at) =>
    figure !== null && (figure > TIMES_MORE * median || figure < median / TIMES_LESS) ? [{ at, median }] : [],
  );
}

/** Median of sorted numbers, at least one. */
function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
