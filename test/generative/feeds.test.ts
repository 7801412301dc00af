/** The register of feeds: whatever the batches, repetitions and restarts, and whatever fails on the way, it is the log's. */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activityEvent, typeOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import type { FeedRegister, FeedState } from '../../src/app/feedRegister.ts';
import type { EventLog } from '../../src/app/ports.ts';
import { memoryFeedRegister } from '../../src/memory/memoryFeedRegister.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { events, SOURCES } from '../support/arbitraries.ts';
import { NOW, testLedger, type TestLedger } from '../support/ledger.ts';
import { runs } from '../support/share.ts';

/** Events with numbers, some of them the same, and expectations of one another's feeds among them. */
const feedEvents = fc
  .tuple(
    events(undefined, 30),
    fc.array(fc.option(fc.integer({ min: 1, max: 40 }), { freq: 3 }), { minLength: 30, maxLength: 30 }),
    fc.array(
      fc.tuple(
        fc.constantFrom(...SOURCES),
        fc.constantFrom(...SOURCES),
        fc.constantFrom('daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'irregular'),
        fc.integer({ min: 1, max: 28 }),
      ),
      { maxLength: 6 },
    ),
  )
  .map(([list, numbers, expectations]) => [
    ...list.map((event, i) => (numbers[i] == null ? event : { ...event, sequence: String(numbers[i]) })),
    ...expectations.map(([source, feed, cadence, day], i) =>
      activityEvent.parse({
        specversion: '1.0',
        id: `x${i}`,
        source,
        type: typeOf('feed.expected'),
        time: `2024-05-${String(day).padStart(2, '0')}T00:00:00Z`,
        data: { feed, cadence, graceDays: day, from: '2015-01-01' },
      }),
    ),
  ]);

const all = (register: FeedRegister): Promise<readonly FeedState[]> => register.list(null, 1_000);

describe('P2, P5: the register of feeds', () => {
  it('is the same for any batching, repetition and restart, and equals a rebuild', async () => {
    let withGaps = 0;
    await fc.assert(
      fc.asyncProperty(
        feedEvents,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
        async (sent, sizes, restarts) => {
          const folder = mkdtempSync(join(tmpdir(), 'feeds-'));
          const parts = { log: memoryLog({ now: () => NOW }), readModels: memoryReadModels(), feedRegister: memoryFeedRegister(), folder, definitions: [] }; // prettier-ignore
          let engine = await testLedger(parts);
          try {
            for (let from = 0, i = 0; from < sent.length; i++) {
              const to = from + (sizes[i % sizes.length] ?? 1);
              // Some of what was sent before comes again.
              await engine.ledger.record(sent.slice(Math.max(0, from - 3), to));
              await engine.ledger.project();
              if (restarts[i % restarts.length] === true) engine = await testLedger(parts);
              from = to;
            }
            const live = JSON.stringify(await all(parts.feedRegister));
            expect((await engine.ledger.verify()).differences).toEqual([]);
            const atOnce = await testLedger({ log: parts.log, definitions: [] });
            await atOnce.ledger.project();
            expect(JSON.stringify(await all(atOnce.feedRegister))).toBe(live);
            await atOnce.close();
            await engine.ledger.rebuild();
            expect(JSON.stringify(await all(parts.feedRegister))).toBe(live);
            expect(await engine.ledger.feeds(null)).toMatchObject({ position: await engine.ledger.size() });
            if ((await engine.ledger.feedTotals()).missingNumbers > 0) withGaps += 1;
          } finally {
            rmSync(folder, { recursive: true });
          }
        },
      ),
      { numRuns: runs(20), seed: 20_261_127 },
    );
    expect(withGaps).toBeGreaterThan(10);
  });
});

describe('a register of feeds that fails', () => {
  let failing = false;
  let failures: unknown[] = [];
  let engine: TestLedger;
  let log: EventLog;
  const failAll = (inner: FeedRegister): FeedRegister => {
    const unlessFailing = <T>(work: () => Promise<T>): Promise<T> =>
      failing ? Promise.reject(new Error('planted')) : work();
    return {
      checkpoint: () => unlessFailing(() => inner.checkpoint()),
      find: (sources) => unlessFailing(() => inner.find(sources)),
      list: (after, limit) => unlessFailing(() => inner.list(after, limit)),
      commit: (previous, next, states) => unlessFailing(() => inner.commit(previous, next, states)),
      clear: () => unlessFailing(() => inner.clear()),
    };
  };
  beforeEach(async () => {
    [failing, failures] = [false, []];
    log = memoryLog({ now: () => NOW });
    engine = await testLedger({
      log,
      feedRegister: failAll(memoryFeedRegister()),
      onFailure: (error) => failures.push(error),
    });
  });
  afterEach(() => engine.close());

  const visits = (month: string, more: object = {}): ActivityEvent =>
    activityEvent.parse({
      specversion: '1.0',
      id: month,
      source: 'urn:library:X01000001:counters',
      type: typeOf('visits.counted'),
      subject: 'X01000001/central',
      data: { window: `${month}-01/P1M`, method: 'manual', count: 10 },
      ...more,
    });

  it('stops no figure, tells of it, and is level again by itself afterwards', async () => {
    const { ledger } = engine;
    await ledger.record([visits('2024-01', { sequence: '1' })]);
    await ledger.project();
    failing = true;
    ledger.goLive();
    await ledger.record([visits('2024-02', { sequence: '3' })]);
    await expect.poll(() => ledger.ordinal()).toBe(2);
    const series = await ledger.series({ indicator: 'visits', place: 'X01000001', granularity: 'month' });
    expect(series.points.filter(({ value }) => value === 10)).toHaveLength(2);
    await expect(ledger.feeds(null)).rejects.toThrow('planted');
    expect(failures.length).toBeGreaterThan(0);
    failing = false;
    await expect.poll(async () => (await ledger.feeds(null)).position, { timeout: 5_000 }).toBe(2);
    expect((await ledger.feeds(null)).feeds).toMatchObject([{ events: 2, sequence: { missing: 1 } }]);
  });

  it('lets a sender know that nothing can be told, and records all the same', async () => {
    const sent = engine.ledger.sentFeeds();
    const batch = [visits('2024-01', { sequence: '2' })];
    const outcomes = await engine.ledger.record(batch);
    sent.add(batch, outcomes);
    failing = true;
    expect(await sent.told()).toBeNull();
    failing = false;
    expect(await sent.told()).toMatchObject([{ sequence: { missing: 1 } }]);
  });

  it('that was changed behind its back is found out by verify, and mended by rebuild', async () => {
    const { ledger, feedRegister } = engine;
    await ledger.record([visits('2024-01'), visits('2024-02', { source: 'urn:library:X01000001:other' })]);
    await ledger.project();
    const at = await feedRegister.checkpoint();
    const [first] = await feedRegister.list(null, 1);
    await feedRegister.commit(at, at!, [
      { ...first!, events: 7 },
      { ...first!, source: 'urn:library:none' },
    ]);
    expect((await ledger.verify()).differences).toEqual([
      { where: 'feeds urn:library:X01000001:counters', what: 'is not as a rebuild gives it' },
      { where: 'feeds urn:library:none', what: 'stored, but not in a rebuild' },
    ]);
    await ledger.rebuild();
    expect((await ledger.verify()).differences).toEqual([]);
  });

  it('of another log is made again from this one', async () => {
    const { ledger, feedRegister } = engine;
    await ledger.record([visits('2024-01'), visits('2024-02')]);
    await feedRegister.commit(null, { ordinal: 1, position: 'elsewhere', fingerprint: 'other' }, []);
    await ledger.project();
    expect(await ledger.feeds(null)).toMatchObject({ position: 2, feeds: [{ events: 2 }] });
  });

  it('shows what is parked with its feed until it is settled', async () => {
    const { ledger } = engine;
    const body = JSON.stringify({ ...visits('2024-03', { sequence: '1' }), data: { count: -1 } });
    const hash = createHash('sha256').update(body).digest('hex');
    await log.append('urn:library:X01000001:counters', [{ id: '2024-03', body, hash }], 'any');
    await ledger.project();
    const feed = async () => (await ledger.feed('urn:library:X01000001:counters')).feeds[0];
    expect(await feed()).toMatchObject({ events: 1, parked: 1, lastDay: null, sequence: { highest: 1 } });
    await ledger.dismiss(1, { by: 'analyst', why: 'unreadable' });
    expect(await feed()).toMatchObject({ events: 1, parked: 0 });
    await expect(ledger.feed('urn:library:nobody')).rejects.toMatchObject({ code: 'not-found' });
  });
});
