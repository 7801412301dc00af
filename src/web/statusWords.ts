import type { Progress } from '../../contracts/series.ts';

/** Progress as a few words beside a figure. Said in words, so that colour only repeats it. */
export const STATUS_WORDS: Readonly<Record<Progress['status'], string>> = {
  better: 'Better than the baseline',
  worse: 'Worse than the baseline',
  unchanged: 'Unchanged since the baseline',
  'no-clear-change': 'No clear change from the baseline',
  context: 'For context: neither way is better',
  'not-comparable': 'Not comparable with the baseline',
  'no-baseline': 'No baseline to compare with',
  'no-progress-value': 'Nothing to compare yet',
};
