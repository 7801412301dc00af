/**
 * Where the states of the register of feeds are kept, with the checkpoint that they stand at. One conformance suite,
 * run on every implementation.
 */
import type { FeedState } from '../../projections/feedRegister/feedState.ts';
import type { Checkpoint } from './ports.ts';

export type { FeedState };

export interface FeedRegister {
  checkpoint(): Promise<Checkpoint | null>;
  /** Those of the feeds that are known. */
  find(sources: Iterable<string>): Promise<ReadonlyMap<string, FeedState>>;
  /** Those whose source comes after `after` (null: from the start), in order of its bytes, at most `limit`. */
  list(after: string | null, limit: number): Promise<readonly FeedState[]>;
  /**
   * Stores states in place of those of the same feeds, and moves the checkpoint, in one transaction. Throws
   * LedgerError `checkpoint-moved`, changing nothing, when the stored checkpoint is not `previous`.
   */
  commit(previous: Checkpoint | null, next: Checkpoint, states: readonly FeedState[]): Promise<void>;
  /** Forgets everything, the checkpoint too. */
  clear(): Promise<void>;
}
