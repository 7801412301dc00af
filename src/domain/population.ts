/** The estimate of people who live in a place that a period is divided by. */

/** People who live in a place on a day, counted from 1970-01-01. */
export interface PopulationEstimate {
  readonly day: number;
  readonly people: number;
}

/** Further from the middle of the period than this, an estimate is of another time: there is no value then. */
export const NEAREST_DAYS = 550;

/**
 * The estimate nearest to the middle of a window of days; of two equally near the earlier; of two for one day the
 * larger, so that the order in which they arrived cannot matter. Null where none is near enough.
 */
export function nearestEstimate(
  estimates: readonly PopulationEstimate[],
  first: number,
  last: number,
): PopulationEstimate | null {
  const middle = (first + last) / 2;
  let best: PopulationEstimate | null = null;
  for (const estimate of estimates) {
    const distance = Math.abs(estimate.day - middle);
    if (distance > NEAREST_DAYS) continue;
    if (best !== null) {
      const bestDistance = Math.abs(best.day - middle);
      if (distance > bestDistance) continue;
      if (distance === bestDistance && estimate.day > best.day) continue;
      if (estimate.day === best.day && estimate.people <= best.people) continue;
    }
    best = estimate;
  }
  return best;
}
