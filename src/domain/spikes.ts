/**
 * Abnormal spikes of use, by the COUNTER Code of Practice, release 5.1, section 7.12. They are a prompt to look, never a
 * reason to leave a figure out.
 */

/** Months that the rule looks back on. */
export const SPIKE_MONTHS = 12;
const UNITS_ABOVE = 100;
const TIMES_MEAN = 3;
const TIMES_BELOW = 100;
const LEAST_MEAN = 20;

/** `too-little-history`: one of the months before is not known, so nothing can be said. */
export type Spike = 'positive' | 'negative' | 'none' | 'too-little-history';

/**
 * Whether a month's use is out of keeping with the twelve months before it. Positive: at least 100 units more than three
 * times their mean. Negative: under 1% of their mean, where that is at least 20 units.
 * @param count  use of the month, in units of its metric
 * @param before use of the months before it, the latest last; null where it is not known
 */
export function spikeOf(count: number, before: readonly (number | null)[]): Spike {
  const known = before.slice(-SPIKE_MONTHS).filter((earlier) => earlier !== null);
  if (known.length < SPIKE_MONTHS) return 'too-little-history';
  const sum = known.reduce((total, earlier) => total + earlier, 0);
  // Multiplied out, so that counts at the very edge are compared exactly.
  if (SPIKE_MONTHS * (count - UNITS_ABOVE) >= TIMES_MEAN * sum) return 'positive';
  return sum >= LEAST_MEAN * SPIKE_MONTHS && count * SPIKE_MONTHS * TIMES_BELOW < sum ? 'negative' : 'none';
}
