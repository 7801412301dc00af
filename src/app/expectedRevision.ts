import { LedgerError } from '../domain/ledgerError.ts';
import type { ExpectedRevision } from './ports.ts';

/** The revision a stream must be at: −1 for no stream, null for any. */
export function revisionOf(expected: ExpectedRevision): number | null {
  return expected === 'any' ? null : expected === 'no-stream' ? -1 : expected;
}

/** The error for a stream that is at `actual`, not at `expected`. */
export function wrongRevision(stream: string, expected: ExpectedRevision, actual: number): LedgerError {
  return new LedgerError(
    'wrong-expected-revision',
    `The stream "${stream}" is at revision ${actual}, not at ${expected}. Nothing was stored.`,
  );
}
