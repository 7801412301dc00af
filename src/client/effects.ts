/** All that the client asks of the world besides its files, so that a test can stand in for it. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** As much of an answer as is read. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export interface Effects {
  readonly fetch: (
    address: string,
    request: {
      readonly method: 'POST';
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly redirect: 'error';
      readonly signal: AbortSignal;
    },
  ) => Promise<Answer>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** So many bytes that nobody can foresee. */
  readonly random: (bytes: number) => Uint8Array;
  /** Settles after the time; earlier when the signal comes, whether or not as a failure. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const REAL_EFFECTS: Effects = {
  fetch,
  now: Date.now,
  random: randomBytes,
  wait: (ms, signal) => pause(ms, undefined, { signal }),
};
