/** What the double acknowledged is there after it was killed, whole batches only, at the same positions. */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonEvent, type EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { collect } from '../../support/eventstoredb/collect.ts';
import { openStore } from '../../support/eventstoredb/store.ts';
import { withDouble } from '../../support/eventstoredb/withDouble.ts';
import { runs } from '../../support/share.ts';

const WRITERS = 4;
const BATCH = 50;

/** Everything in `$all`, as position, stream and revision. */
async function everything(client: EventStoreDBClient): Promise<string[]> {
  const lines: string[] = [];
  for await (const { event } of client.readAll()) {
    lines.push(`${event?.position?.commit} ${event?.streamId} ${event?.revision} ${event?.id}`);
  }
  return lines;
}

describe('a double that is killed', () => {
  const kills = runs(2);

  it(`with kill -9 while ${WRITERS} appends are in flight, ${kills} times, keeps all that it acknowledged`, async () => {
    const seen = { acknowledged: 0, failed: 0, kept: 0 };
    await withDouble({ inProcess: false }, async (first) => {
      let standing = first;
      for (let kill = 0; kill < kills; kill++) {
        const acknowledged = new Map<string, number>();
        const { client, double } = standing;
        let killed = false;
        const write = async (stream: string): Promise<void> => {
          for (let batch = 0; !killed; batch++) {
            const events = Array.from({ length: BATCH }, () => jsonEvent({ type: 'Counted', data: { batch } }));
            const expectedRevision = batch === 0 ? 'no_stream' : BigInt(batch * BATCH - 1);
            try {
              await client.appendToStream(stream, events, { expectedRevision });
              acknowledged.set(stream, (batch + 1) * BATCH);
              seen.acknowledged += BATCH;
            } catch {
              seen.failed += 1;
              return;
            }
          }
        };
        const streams = Array.from({ length: WRITERS }, (_, n) => `kill-${kill}-${n}`);
        const writing = Promise.all(streams.map(write));
        while (acknowledged.size < WRITERS) await pause(5);
        await pause(20 * (kill % 10));
        await double.kill();
        killed = true;
        await writing;
        standing = await standing.restart('kill');
        for (const stream of streams) {
          const revisions: number[] = [];
          for await (const { event } of standing.client.readStream(stream)) revisions.push(Number(event?.revision));
          expect(revisions).toEqual(revisions.map((_, n) => n));
          expect(revisions.length % BATCH, 'a batch that is there in part').toBe(0);
          expect(revisions.length).toBeGreaterThanOrEqual(acknowledged.get(stream) ?? 0);
          seen.kept += revisions.length;
        }
      }
    });
    expect(seen.acknowledged).toBeGreaterThan(0);
    console.log(
      `kill -9 of the double, ${kills} times: ${seen.acknowledged} events acknowledged, ${seen.kept} kept, ${seen.failed} appends cut off`,
    );
  });

  it('in this process, shows the same events at the same positions after a start', async () => {
    await withDouble({}, async ({ client, restart }) => {
      const events = Array.from({ length: 100 }, (_, n) => jsonEvent({ type: 'Counted', data: { n } }));
      await client.appendToStream('s', events);
      await client.deleteStream('s');
      await client.appendToStream('s', jsonEvent({ type: 'Counted', data: {} }));
      await client.tombstoneStream('t');
      const before = await everything(client);
      const again = await restart('kill');
      expect(await everything(again.client)).toEqual(before);
      expect(await collect(again.client.readStream('s'))).toHaveLength(1);
      await expect(collect(again.client.readStream('t'))).rejects.toMatchObject({ type: 'stream-deleted' });
    });
  });
});

describe('a log with a torn tail', () => {
  const commit = async (folder: string, id: string): Promise<void> => {
    const store = await openStore(folder);
    const bytes = Buffer.from('{}');
    const event = { type: 'T', contentType: 'application/json', customMetadata: bytes, data: bytes };
    const ids = [0, 1, 2].map((n) => `${id}0000000-0000-4000-8000-00000000000${n}`);
    await store.append(
      's',
      'any',
      ids.map((id) => ({ ...event, id })),
    );
    await store.close();
  };
  const lengthOf = async (folder: string): Promise<number> => {
    const store = await openStore(folder);
    const { length } = store.eventsOf('s');
    await store.close();
    return length;
  };

  it('loses the torn commit whole and takes the next one, wherever it was cut', async () => {
    await withDouble({}, async ({ folder: parent }) => {
      const folder = join(parent, 'torn');
      const file = join(folder, 'events.log');
      await commit(folder, '1');
      const whole = readFileSync(file);
      await commit(folder, '2');
      const longer = readFileSync(file);
      for (let cut = whole.length; cut < longer.length; cut += 13) {
        writeFileSync(file, longer);
        truncateSync(file, cut);
        expect(await lengthOf(folder), `cut at ${cut} of ${longer.length}`).toBe(3);
        expect(readFileSync(file)).toEqual(whole);
        await commit(folder, '3');
        expect(await lengthOf(folder)).toBe(6);
      }
      writeFileSync(file, longer);
      appendFileSync(file, Buffer.alloc(100, 0x5a));
      expect(await lengthOf(folder)).toBe(6);
    });
  });
});
