/** Clients of the services' package as tests open them: they wait hardly at all, and keep what they were told. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Trouble } from '../../src/client/deliver.ts';
import { REAL_EFFECTS, type Effects } from '../../src/client/effects.ts';
import { openClient, type Client, type ClientOptions } from '../../src/client/openClient.ts';
import type { EventToSend, Outcome } from '../../src/client/wire.ts';

export const SOURCE = 'urn:library:X01000001:counters';

/** An event that the server takes, of a library of its own: two with the same number would be the same thing told twice. */
export const numbered = (number: number, more: Partial<EventToSend> = {}): EventToSend => ({
  type: 'org.outcome-ledger.visits.counted.v1',
  subject: `X01000001/library-${number}`,
  data: { window: '2024-06-01/P1M', method: 'system', count: number },
  ...more,
});

/** Waits are told and cut short; a request that takes longer than `longest_ms` is given up. */
export const hasty = (longest_ms: number, waits: number[] = []): Effects => ({
  ...REAL_EFFECTS,
  fetch: (address, request) =>
    fetch(address, { ...request, signal: AbortSignal.any([request.signal, AbortSignal.timeout(longest_ms)]) }),
  wait: async (ms, signal) => {
    waits.push(ms);
    await pause(Math.min(ms, 4), undefined, { signal });
  },
});

export interface Sending {
  readonly client: Client;
  readonly outcomes: Outcome[];
  readonly troubles: Trouble[];
}

/** Opens a client; what it tells is kept. */
export async function sending(
  options: Partial<ClientOptions> & Pick<ClientOptions, 'address' | 'spool'>,
  effects: Effects,
): Promise<Sending> {
  const [outcomes, troubles]: [Outcome[], Trouble[]] = [[], []];
  const client = await openClient(
    {
      source: SOURCE,
      spool_bytes: 64 * 1024 * 1024,
      onOutcomes: (told) => void outcomes.push(...told),
      onTrouble: (trouble) => void troubles.push(trouble),
      ...options,
    },
    effects,
  );
  return { client, outcomes, troubles };
}

/** A folder for a spool, removed afterwards, whatever happens. */
export async function withSpool<T>(use: (spool: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spool-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The lines of all files of a folder of a spool, in order. */
export const linesIn = (spool: string, folder: 'waiting' | 'refused'): string[] =>
  readdirSync(join(spool, folder))
    .sort()
    .flatMap((name) => readFileSync(join(spool, folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '');
