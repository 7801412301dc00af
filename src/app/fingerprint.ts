import { hash } from 'node:crypto';
import { canonicalJson } from './canonicalJson.ts';
import type { StoredEvent } from './ports.ts';

/**
 * What an event of a log is recognised by: half of the SHA-256 of when it was made durable and what it says. The time
 * is in it because the same event recorded again, after the log was restored from an older copy, may have others before
 * it than the first time.
 */
export const fingerprintOf = ({ recordedAt, event }: StoredEvent): string =>
  hash('sha256', `${recordedAt}\n${canonicalJson(event)}`).slice(0, 32);
