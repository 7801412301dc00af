/**
 * One week counted by hand stands for its month and the two after it: the practice of English library authorities that
 * count one week a quarter. A month is 52/12 weeks, rounded to a whole number.
 */

/** Months that a sample week stands for, its own the first. */
export const SAMPLE_MONTHS = 3;

/** What was counted in the sample weeks of one month. */
export interface SampleWeek {
  /** Month of the week's first day, counted from January 1970. */
  readonly month: number;
  /** Total of the weeks counted, and how many they were: usually one. */
  readonly quantity: number;
  readonly weeks: number;
}

/**
 * Monthly estimates of one service point's sample weeks from one source. A month takes the latest sample at or before
 * it, at most two months back; several weeks in one month are averaged. Order of the samples does not matter.
 */
export function grossUp(samples: readonly SampleWeek[]): ReadonlyMap<number, number> {
  const weeks = new Map<number, { total: number; count: number }>();
  for (const { month, quantity, weeks: counted } of samples) {
    const seen = weeks.get(month) ?? { total: 0, count: 0 };
    weeks.set(month, { total: seen.total + quantity, count: seen.count + counted });
  }
  const months = new Map<number, number>();
  for (const sampled of [...weeks.keys()].sort((a, b) => a - b)) {
    const { total, count } = weeks.get(sampled) ?? { total: 0, count: 1 };
    const estimate = Math.round((total * 52) / (12 * count));
    for (let month = sampled; month < sampled + SAMPLE_MONTHS; month++) months.set(month, estimate);
  }
  return months;
}
