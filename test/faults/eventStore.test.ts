/**
 * The log in EventStoreDB under the faults of its wire, promises P1 and P2: what was answered is kept, nothing is lost,
 * nothing is there twice, and whoever was told nothing may send again.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog, NewEvent, StoredEvent } from '../../src/app/ports.ts';
import type { FeedIdentities } from '../../src/app/feedIdentities.ts';
import { eventStoreLog } from '../../src/eventstoredb/eventStoreLog.ts';
import type { Timing } from '../../src/eventstoredb/timing.ts';
import { memoryFeedIdentities } from '../../src/memory/memoryFeedIdentities.ts';
import { event } from '../support/events.ts';
import type { FaultName, FaultSettings } from '../support/eventstoredb/faults.ts';
import { startDouble, type Double } from '../support/eventstoredb/startDouble.ts';
import { runs } from '../support/share.ts';

const effects = { now: () => new Date() };
const brisk: Timing = { attempt_ms: 250, total_ms: 20_000, silence_ms: 200 };

let folder: string;
let double: Double;
let opened: EventLog[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-eventstore-'));
  double = await startDouble({ folder });
  opened = [];
});
afterEach(async () => {
  for (const log of opened) await log.close();
  await double.stop();
  rmSync(folder, { recursive: true });
});

/** A log on the double, closed with the test. */
function open(identities: FeedIdentities = memoryFeedIdentities(), timing: Partial<Timing> = {}): EventLog {
  const log = eventStoreLog(double.url, identities, effects, { timing: { ...brisk, ...timing } });
  opened.push(log);
  return log;
}

async function restart(): Promise<void> {
  const { port } = double;
  await double.kill();
  double = await startDouble({ folder, port });
}

describe('appends', () => {
  it.each<[FaultName, FaultSettings]>([
    ['ackLost', { chance: 0.3 }],
    ['silentCommitted', { chance: 0.15 }],
    ['silentNotCommitted', { chance: 0.15 }],
    ['resetMidBatch', { chance: 0.2 }],
    ['wrongCorrelationId', { chance: 0.15 }],
    ['notLeader', { chance: 0.2 }],
    ['notReady', { ms: 700 }],
  ])('under %s are each stored once and answered truly', async (fault, settings) => {
    const log = open();
    await double.faults.set(fault, settings);
    const sent = await sendAll(log, ['north', 'south', 'east'], runs(5), 12);
    expect((await double.faults.fired())[fault]).toBeGreaterThan(0);
    await double.faults.clear();
    await expectOnce(log, sent);
    await expectOnce(open(), sent);
  });

  it('under all these faults at once, with the server killed in between, are each stored once', async () => {
    const log = open();
    for (const fault of ['ackLost', 'silentCommitted', 'resetMidBatch', 'wrongCorrelationId', 'notLeader'] as const) {
      await double.faults.set(fault, { chance: 0.06 });
    }
    let done = false;
    const sending = sendAll(log, ['north', 'south'], runs(24), 12).finally(() => (done = true));
    let kills = 0;
    for (; !done; kills++) {
      await pause(50);
      await restart();
    }
    await expectOnce(log, await sending);
    expect(kills).toBeGreaterThan(2);
  });

  it('of a megabyte each, many at once, outlive connections that are reset under them', async () => {
    const log = open(memoryFeedIdentities(), { attempt_ms: 2_000 });
    await double.faults.set('resetMidBatch', { chance: 0.1, after: 1 });
    const batches = Array.from({ length: runs(12) }, (_, index) => batchOf(String(index), 9, 'x'.repeat(100_000)));
    const results = await Promise.all(batches.map((batch, index) => log.append(`urn:feed:${index}`, batch, 'any')));
    expect((await double.faults.fired()).resetMidBatch).toBeGreaterThan(0);
    expect(new Set(results.flatMap(({ outcomes }) => outcomes))).toEqual(new Set(['appended']));
    expect((await idsOf(log)).sort()).toEqual(
      batches
        .flat()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it.each<[FaultName, string]>([
    ['silentCommitted', 'duplicate'],
    ['silentNotCommitted', 'appended'],
  ])('that are never answered (%s) are of unknown outcome, and sent again safely', async (fault, outcome) => {
    const log = open(memoryFeedIdentities(), { total_ms: 900 });
    await log.append('urn:feed', [event('before')], 'any');
    await double.faults.set(fault, {});
    await expect(log.append('urn:feed', [event('a'), event('b')], 'any')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('did not say whether it stored') as string,
      hint: expect.stringContaining('Send the same events again') as string,
    });
    await double.faults.clear();
    const again = await log.append('urn:feed', [event('a'), event('b'), event('c')], 'any');
    expect(again).toEqual({ outcomes: [outcome, outcome, 'appended'], revision: 3 });
    expect(await idsOf(log)).toEqual(['before', 'a', 'b', 'c']);
  });

  it('resume at the first part that is missing', async () => {
    const log = open(memoryFeedIdentities(), { total_ms: 600 });
    const many = Array.from({ length: 40 }, (_, index) => event(`e${index}`, 'x'.repeat(100_000)));
    await double.faults.set('silentNotCommitted', { after: 2 });
    await expect(log.append('urn:feed', many, 'any')).rejects.toMatchObject({ code: 'unavailable' });
    await double.faults.clear();
    const stored = (await idsOf(log)).length;
    expect(stored).toBe(18);
    const { outcomes, revision } = await log.append('urn:feed', many, 'any');
    expect(outcomes.map((outcome, index) => outcome === (index < stored ? 'duplicate' : 'appended'))).not.toContain(
      false,
    );
    expect(revision).toBe(39);
    expect(await idsOf(log)).toEqual(many.map(({ id }) => id));
  });

  it('of one event that the server takes for too large are refused, and hurt nothing else', async () => {
    const log = open();
    await expect(log.append('urn:feed', [event('big', 'x'.repeat(1_100_000))], 'any')).rejects.toMatchObject({
      code: 'event-too-large',
      message: expect.stringContaining('1048576 bytes') as string,
    });
    expect((await log.append('urn:feed', [event('a')], 'any')).revision).toBe(0);
  });

  it('by two processes at once that are sent the same are each stored once', async () => {
    const logs = [open(), open()];
    const outcomes: string[] = [];
    for (let round = 0; round < runs(4); round++) {
      const batch = Array.from({ length: 5 }, (_, index) => event(`${round}-${index}`));
      const results = await Promise.all(logs.map((log) => log.append('urn:feed', batch, 'any')));
      outcomes.push(...results.flatMap((result) => result.outcomes));
    }
    const ids = await idsOf(open());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(outcomes.length / 2);
    expect(outcomes).not.toContain('conflict');
  });

  it('by two processes at once of other content under one id store one, and tell the other', async () => {
    const logs = [open(), open()];
    for (let round = 0; round < runs(4); round++) {
      const results = await Promise.all(
        logs.map((log, index) => log.append('urn:feed', [event(`e${round}`, `content ${index}`)], 'any')),
      );
      expect(results.flatMap(({ outcomes }) => outcomes).sort()).toEqual(['appended', 'conflict']);
    }
  });

  it('go on where another process came in between, and tell whoever named a revision', async () => {
    const [one, two] = [open(), open()];
    await one.append('urn:feed', [event('a')], 'any');
    await two.append('urn:feed', [event('b')], 'any');
    expect(await one.append('urn:feed', [event('b'), event('c')], 'any')).toEqual({
      outcomes: ['duplicate', 'appended'],
      revision: 2,
    });
    await expect(two.append('urn:feed', [event('d')], 1)).rejects.toMatchObject({ code: 'wrong-expected-revision' });
    expect((await two.append('urn:feed', [event('d')], 2)).revision).toBe(3);
  });

  it('are recognised after a restart of both sides and more than 100,000 other events', async () => {
    const identities = memoryFeedIdentities();
    const batch = Array.from({ length: 5 }, (_, index) => event(`e${index}`));
    await open(identities).append('urn:feed', batch, 'any');
    await double.fill('orders-1', 110_000);
    await restart();
    for (const kept of [identities, memoryFeedIdentities()]) {
      const { outcomes } = await open(kept).append('urn:feed', [...batch, event('e2', 'other content')], 'any');
      expect(outcomes).toEqual([...batch.map(() => 'duplicate'), 'conflict']);
    }
    expect(await contentsOf(open(identities))).toEqual(batch.map(() => 'content'));
  });

  it('to another log than the identities were made from are taken for what they are there', async () => {
    const identities = memoryFeedIdentities();
    const first = open(identities);
    await first.append('urn:feed', [event('a'), event('b')], 'any');
    expect(await first.size()).toBe(2);
    await first.close();
    await double.kill();
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'outcomes-eventstore-'));
    double = await startDouble({ folder, port: double.port });
    const second = open(identities);
    expect(await second.size()).toBe(0);
    expect((await second.append('urn:feed', [event('b'), event('c')], 'any')).outcomes).toEqual([
      'appended',
      'appended',
    ]);
    expect(await second.size()).toBe(2);
  });

  it('to a stream that somebody deleted are refused, not mended', async () => {
    const client = EventStoreDBClient.connectionString(double.url);
    await open().append('urn:deleted', [event('a')], 'any');
    await client.deleteStream('outcomes-urn:deleted');
    await open().append('urn:buried', [event('a')], 'any');
    await client.tombstoneStream('outcomes-urn:buried');
    await client.dispose();
    const log = open();
    const refused = async (stream: string) =>
      log.append(stream, [event('b')], 'any').catch((error: Error & { code: string }) => [error.code, error.message]);
    expect(await refused('urn:deleted')).toEqual(['verification-failed', expect.stringContaining('deleted')]);
    expect(await refused('urn:buried')).toEqual(['unavailable', expect.stringContaining('deleted')]);
  });
});

describe('a subscription', () => {
  it.each<[FaultName[], FaultSettings]>([
    [['subscriptionDrop'], { chance: 0.02 }],
    [['subscriptionEnd'], { chance: 0.02 }],
    [['subscriptionStall'], { chance: 0.005, times: 6 }],
    [['subscriptionDrop', 'duplicateDelivery'], { chance: 0.02, events: 7 }],
    [['lateConfirmation', 'subscriptionDrop'], { chance: 0.02, ms: 30 }],
    [['noCaughtUp'], {}],
    [['checkpointRepeated', 'checkpointMax'], {}],
    [['slowReads'], { chance: 0.2, ms: 5 }],
    [['liveDrop'], { chance: 0.7 }],
    [['notReady'], { ms: 500 }],
  ])('under %s gives every event once and in order', async (faults, settings) => {
    const log = open();
    await log.append('urn:feed:0', batchOf('early', 150), 'any');
    for (const fault of faults) {
      // A duplicate delivery needs a subscription that was resumed.
      const always = fault === 'duplicateDelivery' || fault === 'lateConfirmation';
      await double.faults.set(fault, always ? { ...settings, chance: 1 } : settings);
    }
    const following = follow(log, null);
    let sent = 150;
    for (let batch = 0; batch < runs(30); batch++) {
      // Live now and then: some faults meet only who has caught up.
      if (batch % 5 === 0) await following.until(sent);
      const events = batchOf(String(batch), 1 + ((batch * 37 + 59) % 60));
      await log.append(`urn:feed:${batch % 3}`, events, 'any');
      sent += events.length;
      if (batch % 5 === 0) await double.fill('orders-1', 40);
    }
    const all = await log.read(null, 100_000);
    await following.until(all.length);
    expect(following.seen()).toEqual(all);
    const fired = await double.faults.fired();
    const quiet = faults.filter((fault) => (fired[fault] ?? 0) === 0);
    expect(quiet.filter((fault) => !fault.startsWith('checkpoint'))).toEqual([]);
    await following.stop();
  });

  it('is dropped by bursts again and again and loses nothing, without waiting', async () => {
    const log = open();
    const following = follow(log, null);
    const bursts = runs(6);
    for (let burst = 0; burst < bursts; burst++) {
      await log.append('urn:feed', batchOf(String(burst), 1_000), 'any');
    }
    await following.until(bursts * 1_000);
    expect(following.seen().map(({ event }) => event.id)).toEqual(await idsOf(log));
    expect((await double.faults.fired()).liveDrop).toBeGreaterThan(0);
    await following.stop();
  });

  it('gives what comes steadily out soon, however large a page may be', async () => {
    const log = open();
    const abort = new AbortController();
    const waits: number[] = [];
    const following = (async () => {
      for await (const page of log.subscribe(null, 20_000, abort.signal)) {
        for (const { recordedAt } of page) waits.push(Date.now() - Date.parse(recordedAt));
      }
    })();
    for (let sent = 0; sent < 150; sent++) {
      await log.append('urn:feed', [event(`e${sent}`)], 'any');
      await pause(2);
    }
    for (const start = Date.now(); waits.length < 150 && Date.now() - start < 10_000;) await pause(10);
    expect(waits).toHaveLength(150);
    // Far below the whole second and more that the steady flow lasts.
    expect(waits.sort((a, b) => a - b)[75]).toBeLessThan(400);
    abort.abort();
    await following;
  });

  it('goes on after the server was killed', async () => {
    const log = open();
    const following = follow(log, null);
    for (let round = 0; round < 3; round++) {
      await log.append('urn:feed', batchOf(String(round), 30), 'any');
      if (round < 2) await restart();
    }
    await following.until(90);
    expect(following.seen().map(({ event }) => event.id)).toEqual(await idsOf(log));
    await following.stop();
  });

  it('holds the server back while its reader is busy', async () => {
    const log = open();
    for (let batch = 0; batch < 10; batch++) {
      await log.append('urn:feed', batchOf(String(batch), 900, 'x'.repeat(1_000)), 'any');
    }
    await double.faults.set('slowReads', { ms: 0 });
    const abort = new AbortController();
    let taken = 0;
    for await (const page of log.subscribe(null, 10, abort.signal)) {
      taken += page.length;
      if (taken === 10) await pause(500);
      const sentPages = (await double.faults.fired()).slowReads ?? 0;
      if (taken === 10) expect(sentPages * 64).toBeLessThan(4_500);
      if (taken >= 9_000) break;
    }
    abort.abort();
    expect(taken).toBe(9_000);
  });

  it.each(['23.10.6', '24.2.0'] as const)('from a position of no event is refused on %s', async (version) => {
    const { port } = double;
    await double.stop();
    double = await startDouble({ folder, port, version });
    const log = open(memoryFeedIdentities(), { total_ms: 2_000 });
    await log.append('urn:feed', batchOf('e', 5), 'any');
    const [first] = await log.read(null, 1);
    const shifted = first!.position.replace(/\d{20}/g, (half) => String(Number(half) + 1).padStart(20, '0'));
    const beyond = first!.position.replace(/\d{20}/g, (half) => String(Number(half) + 1e9).padStart(20, '0'));
    for (const position of [shifted, beyond]) {
      expect(await log.at(position)).toBeNull();
      await expect(log.read(position, 10)).rejects.toMatchObject({ code: 'verification-failed' });
      const following = follow(log, position);
      await expect(following.failed).rejects.toMatchObject({ code: 'verification-failed' });
    }
    await expect(log.read('0000000000000003', 10)).rejects.toMatchObject({ code: 'invalid-query' });
  });

  it('that the server answers with nothing for long says that it is not available', async () => {
    const log = open(memoryFeedIdentities(), { total_ms: 700 });
    const following = follow(log, null);
    await double.kill();
    await expect(following.failed).rejects.toMatchObject({ code: 'unavailable' });
    await expect(log.read(null, 10)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(log.size()).rejects.toMatchObject({ code: 'unavailable' });
    double = await startDouble({ folder, port: double.port });
    expect(await log.size()).toBe(0);
  });
});

interface Sent {
  /** Every event that was sent, by stream. */
  readonly events: ReadonlyMap<string, readonly NewEvent[]>;
  /** How often each was answered `appended`. */
  readonly appended: ReadonlyMap<string, number>;
}

/** Sends batches to each stream, two at a time; each holds some events that were sent before and one of other content. */
async function sendAll(log: EventLog, streams: readonly string[], batches: number, size: number): Promise<Sent> {
  const events = new Map<string, NewEvent[]>();
  const appended = new Map<string, number>();
  await Promise.all(
    streams.map(async (stream) => {
      const sent: NewEvent[] = [];
      events.set(stream, sent);
      for (let batch = 0; batch < batches; batch += 2) {
        await Promise.all(
          [batch, batch + 1].map(async (number) => {
            const fresh = batchOf(String(number), size);
            const repeated = sent.slice(0, 3);
            const others = sent.slice(0, 1).map(({ id }) => event(id, 'other content'));
            const { outcomes } = await log.append(stream, [...repeated, ...fresh, ...others], 'any');
            expect(outcomes).toEqual([
              ...repeated.map(() => 'duplicate'),
              ...fresh.map(() => 'appended'),
              ...others.map(() => 'conflict'),
            ]);
            sent.push(...fresh);
            for (const { id } of fresh) {
              appended.set(`${stream} ${id}`, (appended.get(`${stream} ${id}`) ?? 0) + 1);
            }
          }),
        );
      }
    }),
  );
  return { events, appended };
}

/** What was sent is in the log once, with its content, and was answered `appended` once. */
async function expectOnce(log: EventLog, { events, appended }: Sent): Promise<void> {
  const wanted = [...events.values()].flat().map(({ hash }) => hash);
  const stored = (await log.read(null, 100_000)).map(({ event }) =>
    createHash('sha256').update(JSON.stringify(event)).digest('hex'),
  );
  expect(stored.sort()).toEqual(wanted.sort());
  expect(await log.size()).toBe(wanted.length);
  expect(new Set(appended.values())).toEqual(new Set([1]));
  expect(appended.size).toBe(wanted.length);
}

const batchOf = (name: string, size: number, content = 'content'): NewEvent[] =>
  Array.from({ length: size }, (_, index) => event(`${name}-${index}`, content));

const idsOf = async (log: EventLog) => (await log.read(null, 100_000)).map(({ event }) => event.id);
const contentsOf = async (log: EventLog) =>
  (await log.read(null, 100_000)).map(({ event }) => (event as unknown as { data: { content: string } }).data.content);

/** Follows the log from `after`, until it is stopped or fails. */
function follow(log: EventLog, after: string | null) {
  const abort = new AbortController();
  const seen: StoredEvent[] = [];
  const failed = (async () => {
    for await (const page of log.subscribe(after, 50, abort.signal)) seen.push(...page);
  })();
  failed.catch(() => {});
  return {
    failed,
    seen: () => seen,
    async until(count: number) {
      for (const start = Date.now(); seen.length < count; await pause(5)) {
        if (Date.now() - start > 30_000) throw new Error(`only ${seen.length} of ${count} events came within 30 s`);
      }
    },
    async stop() {
      abort.abort();
      await failed;
    },
  };
}
