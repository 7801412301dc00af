/**
 * Each fault switch of the double does to the real client what it says. The client keeps the pending appends of a whole
 * process in one table, so no two tests of this file may run at once, and no other file shares their process.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  jsonEvent,
  streamNameFilter,
  type AllStreamSubscription,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { collect } from '../../support/eventstoredb/collect.ts';
import { FAULTS, faultSwitches, type FaultName } from '../../support/eventstoredb/faults.ts';
import { strayErrorsOf } from '../../support/eventstoredb/strayErrors.ts';
import { withDouble } from '../../support/eventstoredb/withDouble.ts';

const event = (n: number) => jsonEvent({ type: 'Counted', data: { n } });
const events = (count: number) => Array.from({ length: count }, (_, n) => event(n));
const classic = { credentials: { username: 'admin', password: 'changeit' } };
const NEVER_MS = 400;

async function stored(client: EventStoreDBClient, stream: string): Promise<number> {
  let count = 0;
  try {
    for await (const _ of client.readStream(stream)) count += 1;
  } catch (error) {
    expect(error).toMatchObject({ type: 'stream-not-found' });
  }
  return count;
}

/** Whether nothing comes of it for a while. What comes later is of no interest. */
function neverSettles(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => false,
    () => false,
  );
  return Promise.race([settled, pause(NEVER_MS, true)]);
}

interface Followed {
  readonly seen: number[];
  readonly said: string[];
  readonly ended: Promise<Error | 'ended'>;
}

/** Takes what a subscription gives, until it ends. */
function follow(subscription: AllStreamSubscription): Followed {
  const [seen, said]: [number[], string[]] = [[], []];
  for (const name of ['confirmation', 'caughtUp'] as const) subscription.on(name, () => said.push(name));
  const ended = new Promise<Error | 'ended'>((done) => {
    subscription.on('error', done);
    subscription.on('end', () => done('ended'));
  });
  subscription.on('data', ({ event }) => {
    if (event?.type === 'Counted') seen.push((event.data as { n: number }).n);
  });
  return { seen, said, ended };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 500) throw new Error('did not come about within 5 s');
    await pause(10);
  }
}

describe('faults of an append', () => {
  it.each([
    ['batch', {}],
    ['classic', classic],
  ])('ackLost (%s): the append fails as unavailable, is stored once, and its repetition succeeds', async (_, call) => {
    await withDouble({ faults: { ackLost: { times: 1 } } }, async ({ client, double }) => {
      const batch = events(3);
      const append = () => client.appendToStream('s', batch, { expectedRevision: 'no_stream', ...call });
      await expect(append()).rejects.toMatchObject({ type: 'unavailable' });
      expect(await stored(client, 's')).toBe(3);
      expect(await append()).toMatchObject({ success: true, nextExpectedRevision: 2n });
      expect(await stored(client, 's')).toBe(3);
      expect(await double.faults.fired()).toEqual({ ackLost: 1 });
    });
  });

  it.each([
    ['silentCommitted', 3],
    ['silentNotCommitted', 0],
  ] as const)('%s: the append is never answered, and %i of 3 events are stored', async (fault, count) => {
    await withDouble({ faults: { [fault]: { times: 1 } } }, async ({ client, double }) => {
      const batch = events(3);
      expect(await neverSettles(client.appendToStream('s', batch, { expectedRevision: 'no_stream' }))).toBe(true);
      expect(await stored(client, 's')).toBe(count);
      await client.appendToStream('s', batch, { expectedRevision: 'no_stream' });
      expect(await stored(client, 's')).toBe(3);
      expect(await double.faults.fired()).toEqual({ [fault]: 1 });
    });
  });

  it.each([
    ['batch in one message', {}],
    ['batch in several messages', { batchAppendSize: 2_000 }],
    ['classic', classic],
  ])('resetMidBatch (%s): the connection breaks and nothing is stored', async (_, call) => {
    await withDouble({ faults: { resetMidBatch: { times: 1 } } }, async ({ client, double }) => {
      await expect(client.appendToStream('s', events(100), call)).rejects.toMatchObject({ type: 'unavailable' });
      expect(await stored(client, 's')).toBe(0);
      await client.appendToStream('s', events(100), call);
      expect(await stored(client, 's')).toBe(100);
      expect(await double.faults.fired()).toEqual({ resetMidBatch: 1 });
    });
  });

  it('wrongCorrelationId: the client throws where nobody can catch it, and the append never settles', async () => {
    await withDouble({ faults: { wrongCorrelationId: { times: 1 } } }, async ({ client }) => {
      const stray = await strayErrorsOf(async () => {
        expect(await neverSettles(client.appendToStream('s', event(1)))).toBe(true);
      });
      expect(stray.map(({ name }) => name)).toEqual(['TypeError']);
      expect(await stored(client, 's')).toBe(1);
    });
  });

  it.each([
    ['batch', {}],
    ['classic', classic],
  ])('notLeader (%s): the error names the leader, and nothing is stored', async (_, call) => {
    await withDouble({ faults: { notLeader: { times: 1 } } }, async ({ client, double }) => {
      const leader = { address: '127.0.0.1', port: double.port };
      await expect(client.appendToStream('s', event(1), call)).rejects.toMatchObject({ type: 'not-leader', leader });
      expect(await stored(client, 's')).toBe(0);
      await client.appendToStream('s', event(1), call);
      expect(await stored(client, 's')).toBe(1);
    });
  });

  it('notReady: refuses every call for a while after a start, each in its own words', async () => {
    await withDouble({}, async ({ client, restart }) => {
      await client.appendToStream('s', event(1));
      const again = await restart('stop', { faults: { notReady: { ms: 1_000 } } });
      const message = 'Could not recognize Server Is Not Ready';
      await expect(again.client.appendToStream('s', event(2))).rejects.toMatchObject({ type: 'unknown', message });
      await expect(again.client.appendToStream('s', event(2), classic)).rejects.toMatchObject({ type: 'unavailable' });
      await expect(collect(again.client.readAll())).rejects.toMatchObject({ type: 'unavailable' });
      expect(await follow(again.client.subscribeToAll()).ended).toMatchObject({ type: 'unavailable' });
      expect(await again.double.faults.fired()).toEqual({ notReady: 4 });
      await pause(1_000);
      expect(await again.client.appendToStream('s', event(2))).toMatchObject({ nextExpectedRevision: 1n });
    });
  });
});

describe('faults of a subscription', () => {
  const cases: readonly (readonly [FaultName, string, (ended: unknown) => void])[] = [
    ['subscriptionDrop', 'with an error', (ended) => expect(ended).toMatchObject({ type: 'unavailable' })],
    ['subscriptionEnd', 'without one', (ended) => expect(ended).toBe('ended')],
    ['subscriptionStall', 'in silence', (ended) => expect(ended).toBe('nothing came')],
  ];
  it.each(cases)('%s: ends after the events that were let pass, %s', async (fault, _, check) => {
    await withDouble({ faults: { [fault]: { after: 10, times: 1 } } }, async ({ client, double }) => {
      await client.appendToStream('s', events(40));
      const filter = streamNameFilter({ prefixes: ['s'] });
      const subscription = client.subscribeToAll({ filter });
      const first = follow(subscription);
      check(await Promise.race([first.ended, pause(NEVER_MS, 'nothing came')]));
      expect(first.seen).toEqual(Array.from({ length: 10 }, (_, n) => n));
      await subscription.unsubscribe();
      const second = client.subscribeToAll({ filter });
      const whole = follow(second);
      await until(() => whole.seen.length === 40);
      await second.unsubscribe();
      expect(await double.faults.fired()).toEqual({ [fault]: 1 });
    });
  });

  it('duplicateDelivery: a resumed subscription begins with events that were seen', async () => {
    await withDouble({ faults: { duplicateDelivery: { events: 3, times: 1 } } }, async ({ client }) => {
      await client.appendToStream('s', events(10));
      const all = await collect(client.readStream('s'));
      const fromPosition = all[5]!.position!;
      for (const expected of [
        [3, 4, 5, 6, 7, 8, 9],
        [6, 7, 8, 9],
      ]) {
        const subscription = client.subscribeToAll({ fromPosition, filter: streamNameFilter({ prefixes: ['s'] }) });
        const followed = follow(subscription);
        await until(() => followed.seen.at(-1) === 9);
        expect(followed.seen).toEqual(expected);
        await subscription.unsubscribe();
      }
    });
  });

  it('lateConfirmation: the confirmation comes as much later as said', async () => {
    await withDouble({ faults: { lateConfirmation: { ms: 300 } } }, async ({ client }) => {
      const started = performance.now();
      const subscription = client.subscribeToAll();
      const followed = follow(subscription);
      await until(() => followed.said.includes('confirmation'));
      expect(performance.now() - started).toBeGreaterThanOrEqual(295);
      await subscription.unsubscribe();
    });
  });

  it('noCaughtUp: everything comes, and nothing says that it was everything', async () => {
    await withDouble({ faults: { noCaughtUp: {} } }, async ({ client }) => {
      await client.appendToStream('s', events(10));
      const subscription = client.subscribeToAll();
      const followed = follow(subscription);
      await until(() => followed.seen.length === 10);
      await client.appendToStream('s', event(10));
      await until(() => followed.seen.length === 11);
      expect(followed.said).toEqual(['confirmation']);
      await subscription.unsubscribe();
    });
  });

  it('checkpointRepeated and checkpointMax: each checkpoint twice, or the greatest number there is', async () => {
    await withDouble({ faults: { checkpointRepeated: {}, checkpointMax: { times: 1 } } }, async ({ client }) => {
      await client.appendToStream('s', events(80));
      const positions: bigint[] = [];
      const checkpointReached = async (_: unknown, { commit }: { commit: bigint }) => void positions.push(commit);
      const filter = streamNameFilter({ prefixes: ['s'], checkpointReached });
      const subscription = client.subscribeToAll({ filter });
      const followed = follow(subscription);
      await until(() => followed.said.includes('caughtUp'));
      expect(positions).toHaveLength(4);
      expect(positions.slice(0, 2)).toEqual([2n ** 64n - 1n, 2n ** 64n - 1n]);
      expect(positions[2]).toBe(positions[3]);
      await subscription.unsubscribe();
    });
  });

  it('slowReads: each page of a read or of catching up waits', async () => {
    await withDouble({ faults: { slowReads: { ms: 200 } } }, async ({ client, double }) => {
      await client.appendToStream('s', events(100));
      const started = performance.now();
      await collect(client.readStream('s'));
      expect(performance.now() - started).toBeGreaterThanOrEqual(195);
      expect((await double.faults.fired()).slowReads).toBe(1);
    });
  });

  it('liveDrop: once it is live, a burst of more than 32 events ends it as too slow', async () => {
    await withDouble({ faults: { liveDrop: {} } }, async ({ client, double }) => {
      const followed = follow(client.subscribeToAll());
      await until(() => followed.said.includes('caughtUp'));
      await client.appendToStream('s', events(32));
      await until(() => followed.seen.length === 32);
      await client.appendToStream('s', events(33));
      expect(await followed.ended).toMatchObject({
        type: 'timeout',
        code: 10,
        message: expect.stringContaining('Consumer too slow to handle event while live') as string,
      });
      expect(await double.faults.fired()).toEqual({ liveDrop: 1 });
    });
  });
});

describe('the switches', () => {
  const pattern = (seed: number, name: FaultName): string => {
    const faults = faultSwitches(seed, { [name]: { chance: 0.5 } });
    return Array.from({ length: 64 }, () => (faults.fires(name) ? 'x' : '.')).join('');
  };

  it.each(FAULTS)('%s fires the same under the same seed and otherwise under another', (name) => {
    expect(pattern(7, name)).toBe(pattern(7, name));
    expect(pattern(7, name)).not.toBe(pattern(8, name));
  });

  it('fire by chance, after so many, so many times, and count', () => {
    const faults = faultSwitches(1, { ackLost: { after: 2, times: 3 }, liveDrop: { chance: 0 } });
    const fired = Array.from(
      { length: 8 },
      () => faults.fires('ackLost') !== null || faults.fires('liveDrop') !== null,
    );
    expect(fired).toEqual([false, false, true, true, true, false, false, false]);
    expect(faults.fired()).toEqual({ ackLost: 3 });
    faults.clear();
    expect(faults.fires('liveDrop')).toBeNull();
  });

  it('are set, cleared and counted from outside too, in a process of its own', async () => {
    await withDouble({ inProcess: false }, async ({ client, double }) => {
      await double.faults.set('ackLost');
      await expect(client.appendToStream('s', event(1))).rejects.toMatchObject({ type: 'unavailable' });
      await double.faults.clear('ackLost');
      await client.appendToStream('s', event(2));
      expect(await double.faults.fired()).toEqual({ ackLost: 1 });
      await double.fill('filled', 10_000);
      expect(await stored(client, 'filled')).toBe(10_000);
    });
  });
});
