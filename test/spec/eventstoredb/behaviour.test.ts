/** What real servers were seen to do beyond the recorded cases, and the double does too. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  jsonEvent,
  streamNameFilter,
  type AllStreamSubscription,
  type Filter,
  type Position,
} from '@eventstore/db-client';
import fc from 'fast-check';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from 'vitest';
import { collect } from '../../support/eventstoredb/collect.ts';
import { decodeFrame, encodeFrame } from '../../support/eventstoredb/frame.ts';
import type { Version } from '../../support/eventstoredb/server.ts';
import { strayErrorsOf } from '../../support/eventstoredb/strayErrors.ts';
import { withDouble } from '../../support/eventstoredb/withDouble.ts';

const events = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => jsonEvent({ type: 'Counted', data: { n: from + n } }));

/** What a subscription gives until it is quiet for a while after it was confirmed, or fails. */
async function taken(subscription: AllStreamSubscription, quiet_ms = 150) {
  const seen: number[] = [];
  const positions: Position[] = [];
  const CONFIRMED_WITHIN_MS = 5_000;
  let [caughtUp, last, failure] = [0, performance.now() + CONFIRMED_WITHIN_MS, null as unknown];
  subscription.on('confirmation', () => (last = performance.now()));
  subscription.on('caughtUp', () => (caughtUp += 1));
  subscription.on('error', (error) => (failure ??= error));
  subscription.on('data', ({ event }) => {
    last = performance.now();
    if (event?.type === 'Counted') seen.push((event.data as { n: number }).n);
    if (event?.position) positions.push(event.position);
  });
  while (failure === null && performance.now() - last < quiet_ms) await pause(10);
  const stop = () => subscription.unsubscribe();
  return { seen, positions, caughtUp: () => caughtUp, failure: () => failure, stop };
}

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds() && tries < 500; tries++) await pause(10);
  expect(holds()).toBe(true);
};

describe('$all', () => {
  it('begins with system events and has strictly rising positions, commit equal to prepare', async () => {
    await withDouble({}, async ({ client }) => {
      for (let n = 0; n < 20; n++) await client.appendToStream(`s${n % 3}`, events(50, n * 50));
      const all = await collect(client.readAll());
      expect(all[0]).toMatchObject({ streamId: '$$$scavenges', type: '$metadata' });
      expect(all).toHaveLength(1 + 1_000);
      const commits = all.map(({ position }) => position!.commit);
      expect(commits.every((commit, n) => n === 0 || commit > commits[n - 1]!)).toBe(true);
      expect(all.every(({ position }) => position!.commit === position!.prepare)).toBe(true);
      const gaps = commits.slice(2).map((commit, n) => Number(commit - commits[n + 1]!));
      expect(Math.min(...gaps), 'a gap is about the size of a record').toBeGreaterThan(100);
      expect(Math.max(...gaps)).toBeLessThan(400);
    });
  });

  it('is read backwards from its end', async () => {
    await withDouble({}, async ({ client }) => {
      await client.appendToStream('s', events(600));
      const last = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }));
      expect(last.map(({ revision }) => revision)).toEqual([599n]);
      const back = await collect(client.readAll({ direction: 'backwards', fromPosition: 'end' }));
      const there = await collect(client.readAll());
      expect(back.map(({ id }) => id)).toEqual(there.map(({ id }) => id).reverse());
    });
  });
});

describe('streams', () => {
  it('are read from a revision, both ways, as many as asked', async () => {
    await withDouble({}, async ({ client }) => {
      await client.appendToStream('s', events(600));
      const read = async (options: Parameters<EventStoreDBClient['readStream']>[1]) =>
        (await collect(client.readStream('s', options))).map(({ revision }) => Number(revision));
      expect(await read({ fromRevision: 300n, maxCount: 3 })).toEqual([300, 301, 302]);
      expect(await read({ fromRevision: 300n, maxCount: 3, direction: 'backwards' })).toEqual([300, 299, 298]);
      expect(await read({ fromRevision: 'end', maxCount: 2, direction: 'backwards' })).toEqual([599, 598]);
      expect(await read({ fromRevision: 900n })).toEqual([]);
      expect(await read({})).toHaveLength(600);
    });
  });

  it('are subscribed to after a revision, or before they exist', async () => {
    await withDouble({}, async ({ client }) => {
      const early = await taken(client.subscribeToStream('s') as unknown as AllStreamSubscription, 50);
      await client.appendToStream('other', events(5, 100));
      await client.appendToStream('s', events(10));
      await until(() => early.seen.length === 10);
      const late = await taken(client.subscribeToStream('s', { fromRevision: 6n }) as unknown as AllStreamSubscription);
      expect(late.seen).toEqual([7, 8, 9]);
      expect(early.seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await Promise.all([early.stop(), late.stop()]);
    });
  });
});

describe('the calls of an append', () => {
  it('refuses a deadline that has passed on the clock of the server', async () => {
    await withDouble({}, async ({ client }) => {
      // A client whose clock is behind asks for a moment that is over.
      const append = client.appendToStream('s', events(1), { deadline: -20_000 });
      await expect(append).rejects.toMatchObject({ type: 'deadline-exceeded' });
    });
  });

  it('ends the whole call for a message of 17 MiB, with the pending appends of other clients of the process', async () => {
    await withDouble({ faults: { silentCommitted: { times: 1 } } }, async ({ client, double }) => {
      const other = EventStoreDBClient.connectionString(double.url);
      const pending = other.appendToStream('pending', events(1)).catch((error: unknown) => error);
      await pause(100);
      const stray = await strayErrorsOf(async () => {
        const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(17 * 1024 * 1024) } });
        const options = { batchAppendSize: 64 * 1024 * 1024 };
        await expect(client.appendToStream('s', large, options)).rejects.toMatchObject({ type: 'unknown', code: 8 });
      });
      expect(await pending).toMatchObject({ code: 8 });
      expect(stray).toEqual([]);
      expect(await collect(client.readStream('pending'))).toHaveLength(1);
      await other.dispose();
    });
  });

  it('stores one copy of identical appends that are in flight at once', async () => {
    await withDouble({}, async ({ client }) => {
      const batch = events(20);
      const append = () => client.appendToStream('s', batch, { expectedRevision: 'no_stream' });
      const answers = await Promise.all([append(), append(), append()]);
      expect(answers.map(({ nextExpectedRevision }) => nextExpectedRevision)).toEqual([19n, 19n, 19n]);
      expect(await collect(client.readStream('s'))).toHaveLength(20);
    });
  });

  it('is found by gossip', async () => {
    await withDouble({}, async ({ double }) => {
      const client = EventStoreDBClient.connectionString(`esdb+discover://127.0.0.1:${double.port}?tls=false`);
      expect(await client.appendToStream('s', events(1))).toMatchObject({ success: true });
      await client.dispose();
    });
  });
});

describe('a filtered subscription', () => {
  /** The checkpoints up to the end of what there is. */
  const checkpointsOf = async (client: EventStoreDBClient, make: (options: object) => Filter, options: object = {}) => {
    const checkpoints: Position[] = [];
    const checkpointReached = async (_: unknown, position: Position) => void checkpoints.push(position);
    const followed = await taken(client.subscribeToAll({ filter: make({ ...options, checkpointReached }) }));
    await followed.stop();
    return { checkpoints, seen: followed.seen };
  };

  it('has a checkpoint for every 32 events considered times the interval, matching or not, and none for fewer', async () => {
    await withDouble({}, async ({ client }) => {
      const none = (options: object) => streamNameFilter({ prefixes: ['nothing-'], ...options });
      const some = (options: object) => streamNameFilter({ prefixes: ['s'], ...options });
      await client.appendToStream('s', events(30));
      expect((await checkpointsOf(client, some)).checkpoints).toHaveLength(0);
      await client.appendToStream('s', events(290, 30));
      // 321 events with the system's own.
      expect((await checkpointsOf(client, some)).checkpoints).toHaveLength(10);
      expect((await checkpointsOf(client, some, { checkpointInterval: 3 })).checkpoints).toHaveLength(3);
      expect((await checkpointsOf(client, some, { maxSearchWindow: 100 })).checkpoints).toHaveLength(3);
      const unmatched = await checkpointsOf(client, none);
      expect(unmatched.checkpoints).toHaveLength(10);
      expect(unmatched.checkpoints.every(({ prepare }) => prepare === 0n)).toBe(true);
      expect(unmatched.checkpoints).toEqual([...unmatched.checkpoints].sort((a, b) => Number(a.commit - b.commit)));
    });
  });

  it('resumed from each checkpoint or event goes on exactly behind it', async () => {
    await withDouble({}, async ({ client }) => {
      for (let n = 0; n < 10; n++) {
        await client.appendToStream('s', events(20, n * 20));
        await client.appendToStream('other', [jsonEvent({ type: 'Else', data: {} })]);
      }
      const filter = (options: object) => eventTypeFilter({ prefixes: ['Counted'], ...options });
      const { checkpoints } = await checkpointsOf(client, filter);
      expect(checkpoints.length).toBeGreaterThan(4);
      const all = await collect(client.readAll());
      const places = [...checkpoints, ...all.filter((_, n) => n % 40 === 7).map(({ position }) => position!)];
      for (const fromPosition of places) {
        const rest = all.filter(({ type, position }) => type === 'Counted' && position!.commit > fromPosition.commit);
        const followed = await taken(client.subscribeToAll({ fromPosition, filter: filter({}) }));
        expect(followed.seen).toEqual(rest.map(({ data }) => (data as { n: number }).n));
        await followed.stop();
      }
    });
  });

  it('matches by prefix, by pattern, and without system events', async () => {
    await withDouble({}, async ({ client }) => {
      await client.appendToStream('north-1', events(3));
      await client.appendToStream('south-1', events(3, 3));
      const matched = async (filter: Filter) => {
        const followed = await taken(client.subscribeToAll({ filter }), 60);
        await followed.stop();
        return followed.positions.length;
      };
      expect(await matched(streamNameFilter({ prefixes: ['north-', 'west-'] }))).toBe(3);
      expect(await matched(streamNameFilter({ regex: '^(north|south)-1$' }))).toBe(6);
      expect(await matched(eventTypeFilter({ prefixes: ['$'] }))).toBe(1);
      expect(await matched(excludeSystemEvents())).toBe(6);
    });
  });
});

describe.each<Version>(['23.10.6', '24.2.0'])('a subscription on %s', (version) => {
  it('from a position that is no event’s fails again and again', async () => {
    await withDouble({ version }, async ({ client }) => {
      await client.appendToStream('s', events(3));
      const [, second] = await collect(client.readStream('s'));
      const { commit } = second!.position!;
      for (const shift of [-1n, 1n, -1n]) {
        const fromPosition = { commit: commit + shift, prepare: commit + shift };
        const followed = await taken(client.subscribeToAll({ fromPosition }));
        const error = { type: 'unknown', code: version === '23.10.6' ? 2 : 3 };
        expect(followed.failure()).toMatchObject(error);
        expect(followed.seen).toEqual([]);
      }
    });
  });

  it('from beyond the end is confirmed, catches up, and skips what is there', async () => {
    await withDouble({ version }, async ({ client }) => {
      await client.appendToStream('s', events(10));
      const fromPosition = { commit: 10_000_000n, prepare: 10_000_000n };
      const followed = await taken(client.subscribeToAll({ fromPosition }));
      expect(followed.caughtUp()).toBe(1);
      await client.appendToStream('s', events(3, 10));
      await pause(100);
      expect(followed.seen).toEqual(version === '23.10.6' ? [10, 11, 12] : []);
      expect(followed.failure()).toBeNull();
      await followed.stop();
    });
  });

  it(version === '23.10.6' ? 'is dropped by a large burst' : 'catches up again after a large burst', async () => {
    await withDouble({ version }, async ({ client, double }) => {
      const followed = await taken(client.subscribeToAll({ filter: excludeSystemEvents() }));
      expect(followed.caughtUp()).toBe(1);
      await client.appendToStream('s', events(10));
      await until(() => followed.seen.length === 10);
      await client.appendToStream('s', events(1_000, 10));
      if (version === '23.10.6') {
        await until(() => followed.failure() !== null);
        expect(followed.failure()).toMatchObject({ type: 'timeout', code: 10 });
        expect(await double.faults.fired()).toEqual({ liveDrop: 1 });
        // From the last event that was seen, nothing is missing and nothing comes twice.
        const again = await taken(
          client.subscribeToAll({ fromPosition: followed.positions.at(-1)!, filter: excludeSystemEvents() }),
        );
        expect([...followed.seen, ...again.seen]).toEqual(Array.from({ length: 1_010 }, (_, n) => n));
        await again.stop();
      } else {
        await until(() => followed.seen.length === 1_010);
        expect(followed.seen).toEqual(Array.from({ length: 1_010 }, (_, n) => n));
        expect(followed.caughtUp()).toBeGreaterThan(1);
        expect(followed.failure()).toBeNull();
        await followed.stop();
      }
    });
  });
});

describe('the rates of live drops on 23.10.6', () => {
  it('come near those of a real server: few at 50 and 100 a batch, many at 200, nearly all at 1,000', async () => {
    const dropsIn = async (batches: number, size: number): Promise<number> => {
      let drops = 0;
      await withDouble({ seed: 3 }, async ({ client, double }) => {
        const subscribe = () => taken(client.subscribeToAll({ fromPosition: 'end' }), 20);
        let followed = await subscribe();
        for (let batch = 0; batch < batches; batch++) {
          const before = followed.seen.length;
          await client.appendToStream('s', events(size));
          await until(() => followed.failure() !== null || followed.seen.length === before + size);
          if (followed.failure() !== null) followed = await subscribe();
        }
        await followed.stop();
        drops = (await double.faults.fired()).liveDrop ?? 0;
      });
      return drops;
    };
    const rates = { 50: await dropsIn(40, 50), 200: await dropsIn(40, 200), 1_000: await dropsIn(10, 1_000) };
    console.log(
      `live drops: ${rates[50]} of 40 bursts of 50, ${rates[200]} of 40 of 200, ${rates[1_000]} of 10 of 1,000`,
    );
    expect(rates[50]).toBeLessThanOrEqual(6);
    expect(rates[200]).toBeGreaterThanOrEqual(8);
    expect(rates[200]).toBeLessThanOrEqual(32);
    expect(rates[1_000]).toBe(10);
  });
});

describe('a frame', () => {
  it('is read by the generated code of the client as it was written', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const recorded = fc.record({
      id: fc.uuid(),
      stream: fc.string({ minLength: 1, unit: 'grapheme' }),
      revision: fc.nat(),
      type: fc.string({ minLength: 1, unit: 'grapheme' }),
      contentType: fc.constant('application/json'),
      createdMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      customMetadata: bytes,
      data: bytes,
    });
    fc.assert(
      fc.property(recorded, fc.integer({ min: 0, max: 2 ** 52 }), (event, position) => {
        const frame = encodeFrame(event, position);
        const { id, stream, revision, type } = event;
        expect(decodeFrame(frame)).toEqual({ id, stream, revision, type, data: Buffer.from(event.data) });
        const read = streams.ReadResp.deserializeBinary(frame).getEvent()!;
        const inner = read.getEvent()!;
        expect(read.getCommitPosition()).toBe(String(position));
        expect([inner.getCommitPosition(), inner.getPreparePosition()]).toEqual([String(position), String(position)]);
        expect(inner.getId()!.getString()).toBe(id);
        expect(Buffer.from(inner.getStreamIdentifier()!.getStreamName_asU8()).toString()).toBe(stream);
        expect(inner.getStreamRevision()).toBe(String(revision));
        expect(inner.getMetadataMap().get('type')).toBe(type);
        expect(inner.getMetadataMap().get('created')).toBe(String(event.createdMs * 10_000));
        expect(Buffer.from(inner.getData_asU8())).toEqual(Buffer.from(event.data));
        expect(Buffer.from(inner.getCustomMetadata_asU8())).toEqual(Buffer.from(event.customMetadata));
      }),
    );
  });
});
