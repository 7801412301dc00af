import type { Identity } from './eventIdentity.ts';
import type { Position } from './ports.ts';

/** A place in a log, and the log's own id of the event that stands there: a log that was exchanged shows by it. */
export interface CountedMark {
  readonly position: Position;
  readonly id: string;
}

/** How many events a log holds up to a place in it. */
export interface Census {
  readonly ordinal: number;
  /** The last event that was counted, null for none. */
  readonly last: CountedMark | null;
  /** The last event that was looked at, counted or not: counting goes on from there. */
  readonly seen: CountedMark | null;
}

/**
 * What a log remembers beside itself that cannot refuse a repeated id or number its events: which identities each
 * stream holds, and how many events there are. All of it is made from the log and can be made again.
 */
export interface FeedIdentities {
  /**
   * How far the stream's identities are kept: the last revision (−1 for none) and the identity of the event there,
   * by which a stream of another log is told apart.
   */
  covered(stream: string): Promise<{ readonly revision: number; readonly identity: string | null }>;
  /** The hash of each of these identities that is kept, by identity. */
  hashes(identities: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * Keeps the identities of the events that stand from `revision` on, in one transaction. Doing so again changes
   * nothing; an identity that is kept already stays as it is. Throws, keeping nothing, when an event between what is
   * covered and `revision` would be left out.
   */
  cover(stream: string, revision: number, events: readonly Identity[]): Promise<void>;
  /** Forgets all identities of the stream. */
  forget(stream: string): Promise<void>;
  /** Forgets everything, censuses too: what a log that was restored holds is read from it again. */
  clear(): Promise<void>;
  /** The census of the log, null when none was kept. */
  census(log: string): Promise<Census | null>;
  keepCensus(log: string, census: Census): Promise<void>;
}

/** The error for identities that would leave revisions out. */
export function leavesOut(stream: string, covered: number, revision: number): Error {
  return new Error(`identities of "${stream}" are kept up to revision ${covered}; ${revision} does not follow`);
}
