/** Shares of answers. A share is nothing without the number of answers it is a share of. */
import { LedgerError } from './ledgerError.ts';

export interface Share {
  /** How many gave the answer. */
  readonly count: number;
  /** How many answered the question. */
  readonly n: number;
  readonly percent: number;
}

/**
 * The share of those who answered a question that gave one answer, in percent.
 * @throws LedgerError `invalid-query` where nobody answered, or more gave the answer than answered
 */
export function shareOf(count: number, n: number): Share {
  const wholeNumbers = Number.isInteger(count) && Number.isInteger(n);
  if (!wholeNumbers || n <= 0 || count < 0 || count > n)
    throw new LedgerError(
      'invalid-query',
      `${count} of ${n} is no share: it needs answers, and no more than there are.`,
    );
  return { count, n, percent: (count * 100) / n };
}

/** A share as it is said: never without its n. */
export const shareText = ({ count, n, percent }: Share): string => `${count} of ${n} (${percent.toFixed(2)} %)`;
