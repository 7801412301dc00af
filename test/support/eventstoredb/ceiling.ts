/**
 * How fast the double itself is, to be measured beside whatever uses it: the unmodified client against a double in a
 * process of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, streamNameFilter } from '@eventstore/db-client';
import { startDouble } from './startDouble.ts';

export interface Ceiling {
  readonly appended_per_s: number;
  readonly read_per_s: number;
  readonly caught_up_per_s: number;
}

/** Appends batches of events of `bytes` of JSON one after the other, reads them by `readAll`, and by a subscription. */
export async function measureDouble(batches: number, perBatch: number, bytes: number): Promise<Ceiling> {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-ceiling-'));
  const double = await startDouble({ folder, inProcess: false });
  const client = EventStoreDBClient.connectionString(double.url);
  const count = batches * perBatch;
  const perSecond = async (work: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    await work();
    return Math.round((count * 1_000) / (performance.now() - started));
  };
  try {
    const pad = 'x'.repeat(Math.max(0, bytes - '{"pad":""}'.length));
    const appended_per_s = await perSecond(async () => {
      for (let batch = 0; batch < batches; batch++) {
        const events = Array.from({ length: perBatch }, () => jsonEvent({ type: 'Measured', data: { pad } }));
        const expectedRevision = batch === 0 ? 'no_stream' : BigInt(batch * perBatch - 1);
        await client.appendToStream('measured', events, { expectedRevision });
      }
    });
    const read_per_s = await perSecond(async () => {
      for await (const _ of client.readAll());
    });
    const caught_up_per_s = await perSecond(async () => {
      const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['measured'] }) });
      // Leaving the loop aborts it, and the client says so as an error.
      subscription.on('error', () => {});
      let left = count;
      for await (const _ of subscription) if (--left === 0) break;
      await subscription.unsubscribe();
    });
    return { appended_per_s, read_per_s, caught_up_per_s };
  } finally {
    await client.dispose();
    await double.stop();
    rmSync(folder, { recursive: true });
  }
}
