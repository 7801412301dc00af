import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startDouble } from './eventstoredb/startDouble.ts';

/** A real server to test on in place of the double. */
export const givenEventStore = process.env['EVENTSTORE_URL'];

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
  if (givenEventStore !== undefined) {
    const client = EventStoreDBClient.connectionString(givenEventStore);
    const others = Array.from({ length: 40 }, (_, index) => jsonEvent({ type: 'Other', data: { index } }));
    await client.appendToStream(`other-${prefix}x`, others);
    await client.dispose();
    return { url: givenEventStore, prefix, dispose: async () => {} };
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
