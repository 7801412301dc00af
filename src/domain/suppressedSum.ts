/** Sums in which some cells are suppressed: not a number, but the least and the most that it can be. */

/** What a suppressed cell may hold: 1 to 4, as areas with fewer than five people are suppressed. */
const [LEAST, MOST] = [1, 4];

/** Bounds of a sum, both possible. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * The least and the most that a sum can be of which some cells are suppressed.
 * @param disclosed  total of the cells that are told
 * @param suppressed number of cells that are not
 */
export const suppressedSum = (disclosed: number, suppressed: number): Bounds => ({
  low: disclosed + LEAST * suppressed,
  high: disclosed + MOST * suppressed,
});
