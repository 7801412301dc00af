import type { Effects } from './effects.ts';

const FIRST_MS = 500;
const LONGEST_MS = 60_000;
/** A server that asks for longer is asked again after this. */
const LONGEST_ASKED_MS = 3_600_000;

/**
 * Milliseconds to wait before the next attempt: what the server asked for, and on top a random share of a time that
 * doubles with each failure, up to a minute ("full jitter": clients that failed together do not come back together).
 * @param failures      how often in a row it failed, from 1
 * @param retryAfter_ms what the server asked for, null where it did not
 * @param draw          from 0 up to 1, which it never is
 */
export function waitBefore(failures: number, retryAfter_ms: number | null, draw: number): number {
  const own = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.min(retryAfter_ms ?? 0, LONGEST_ASKED_MS) + Math.ceil(draw * own);
}

/** From 0 up to 1, which it never is. */
export const drawn = ({ random }: Pick<Effects, 'random'>): number => Buffer.from(random(4)).readUInt32BE() / 2 ** 32;

/** Milliseconds in a Retry-After header: seconds, or a date (RFC 9110, section 10.2.3). Null where it is neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Date.parse reads nearly anything as some date.
  const at = header.endsWith(' GMT') ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
