import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Bell } from './follow.ts';

const PAUSE_BEFORE_RECONNECTING_MS = 500;

/**
 * Rings `bell` at each append that PostgreSQL notifies of, until `signal` is aborted. A lost connection is made anew
 * for as long as that takes; in between, and behind poolers that pass no notifications on, followers look by themselves.
 */
export async function listen(newClient: () => pg.Client, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const client = newClient();
    await listenOnce(client, bell, signal).catch(() => {}); // Nothing to tell: the next read meets the same failure.
    await client.end().catch(() => {});
    await pause(PAUSE_BEFORE_RECONNECTING_MS, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when the connection ends or `signal` is aborted. */
async function listenOnce(client: pg.Client, bell: Bell, signal: AbortSignal): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await client.connect();
  client.on('notification', () => bell.ring());
  await client.query('listen outcome_ledger_appended');
  bell.ring(); // For what was appended while nobody listened.
  await ended;
}
