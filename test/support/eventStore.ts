import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startDouble } from './eventstoredb/startDouble.ts';

/** A real server to test on in place of the double. */
const givenUrl = process.env['EVENTSTORE_URL'];

/**
 * Which server the tests have, for their names. Where it is the double it says so, and throws instead when
 * `OUTCOMES_REQUIRE` (a list separated by commas) names `eventstore`.
 */
export function whichEventStore(): string {
  if (givenUrl !== undefined) {
    console.warn(
      'SKIPPED on a real EventStoreDB: faults of the wire (test/faults), which only the double can be told to have',
    );
    return 'real server';
  }
  if ((process.env['OUTCOMES_REQUIRE'] ?? '').split(',').includes('eventstore')) {
    throw new Error('OUTCOMES_REQUIRE names eventstore, but EVENTSTORE_URL is not set');
  }
  console.warn('SKIPPED on a real EventStoreDB: EVENTSTORE_URL is not set; the double of the wire stands in for it');
  return 'double';
}

export interface ServerForTests {
  readonly url: string;
  /** Names that no earlier log on this server has used. */
  readonly prefix: string;
  readonly dispose: () => Promise<void>;
}

/**
 * The server of `EVENTSTORE_URL`, else a double of one. Either holds streams of other people and system events, before
 * what a test appends and in between.
 */
export async function eventStoreForTests(): Promise<ServerForTests> {
  const prefix = `test${randomBytes(6).toString('hex')}-`;
  if (givenUrl !== undefined) {
    const client = EventStoreDBClient.connectionString(givenUrl);
    const others = Array.from({ length: 40 }, (_, index) => jsonEvent({ type: 'Other', data: { index } }));
    await client.appendToStream(`other-${prefix}x`, others);
    await client.dispose();
    return { url: givenUrl, prefix, dispose: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-eventstore-'));
  const double = await startDouble({ folder });
  await double.fill(`other-${prefix}x`, 40);
  return {
    url: double.url,
    prefix,
    async dispose() {
      await double.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
