import { nameDigest } from '../facts/identity.ts';
import type { AppendOutcome, NewEvent } from './ports.ts';

/** What a log knows an event by: both are 16 bytes as lower-case hexadecimal digits. */
export interface Identity {
  /** First half of SHA-256 of stream, line feed and id: the same id in another stream is another event. */
  readonly identity: string;
  /** First half of the SHA-256 of the content. */
  readonly hash: string;
}

export interface Identified extends Identity {
  readonly body: string;
  /** As given with the event, in milliseconds. */
  readonly recorded_ms: number | null;
}

/** Each event with what the log knows it by. */
export function identify(stream: string, events: readonly NewEvent[]): readonly Identified[] {
  return events.map(({ id, hash, body, recordedAt }) => ({
    ...identityOf(stream, id, hash),
    body,
    recorded_ms: recordedAt === undefined ? null : Date.parse(recordedAt),
  }));
}

/** What the log knows an event by. `hash` is the SHA-256 of its content, in hexadecimal digits. */
export function identityOf(stream: string, id: string, hash: string): Identity {
  return {
    identity: nameDigest(stream, id).slice(0, 32),
    hash: hash.slice(0, 32),
  };
}

/**
 * What becomes of each event, where `known` holds the hash of each identity that the log had before. The first of an
 * unknown identity is appended; every later one is compared with it.
 */
export function settle(events: readonly Identity[], known: ReadonlyMap<string, string>): readonly AppendOutcome[] {
  const held = new Map(known);
  return events.map(({ identity, hash }) => {
    const stored = held.get(identity);
    if (stored !== undefined) return stored === hash ? 'duplicate' : 'conflict';
    held.set(identity, hash);
    return 'appended';
  });
}
