/**
 * Manners towards other people's servers: one request at a time for each host, a pause between two, and a wait that grows
 * before the same is asked again. Clock, sleep and chance are given, so that a test takes no time.
 */
import { oneAtATime } from './oneAtATime.ts';

export interface Effects {
  readonly now: () => Date;
  /** Waits; ends early, with an error, where the signal is given. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1, which it never is. */
  readonly random: () => number;
}

/** Runs work when its turn at a host has come, and not sooner than the pause after the one before it ended. */
export type AtHost = <T>(host: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Keeps the pause, in milliseconds, between requests to each host. */
export function patiently({ now, sleep }: Effects, pauseMs: number): AtHost {
  const inTurn = oneAtATime();
  const ended = new Map<string, number>();
  return (host, work, signal) =>
    inTurn(host, async () => {
      const wait = (ended.get(host) ?? -Infinity) + pauseMs - now().getTime();
      if (wait > 0) await sleep(wait, signal);
      try {
        return await work();
      } finally {
        ended.set(host, now().getTime());
      }
    });
}

const FIRST_WAIT_MS = 10_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;

/**
 * How long to wait before asking for the n-th time again, n from 0: ten seconds, doubled each time up to five minutes,
 * and of that between a half and the whole, so that many harvesters that were turned away do not come back as one.
 */
export function backoffMs(n: number, random: () => number): number {
  const whole = Math.min(FIRST_WAIT_MS * 2 ** n, LONGEST_BACKOFF_MS);
  return Math.round(whole / 2 + (whole / 2) * random());
}

/** Milliseconds that a Retry-After header asks for, in either of its forms (RFC 9110, section 10.2.3); null without one. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A date of that form only: Date.parse would read nearly anything.
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
