import type { LogMark } from './logMark.ts';

/** How long a receipt is kept for whoever sends the same request again, in milliseconds: a day. */
export const KEPT_MS = 86_400_000;

export interface KeptReceipt {
  /** What the request was: another body under the same key has another one. */
  readonly fingerprint: string;
  /** JSON of the receipt that was answered. */
  readonly receipt: string;
  /** The last event of the log when it was answered, null when that was empty: of another log it says nothing. */
  readonly mark: LogMark | null;
}

/**
 * Receipts of requests that came with a key of their sender's, so that the same request sent again is answered the same.
 * They are no part of what counts: without them a repeated event is still a duplicate.
 */
export interface KeptReceipts {
  /** The receipt of a key; null where none was kept, or not within `KEPT_MS`. */
  find(key: string): Promise<KeptReceipt | null>;
  /** Keeps the receipt of a key; one that is kept already stays. */
  keep(key: string, kept: KeptReceipt): Promise<void>;
  /** Forgets the receipt of a key. */
  forget(key: string): Promise<void>;
  /** Forgets all: the log they were given for is not the same any more. */
  clear(): Promise<void>;
}
