/** The parts of the log in EventStoreDB: positions, parts of an append, kinds of errors, order of streams, the census. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedIdentities } from '../../../src/app/feedIdentities.ts';
import { connect, type Connection } from '../../../src/eventstoredb/connection.ts';
import { continuityFrom } from '../../../src/eventstoredb/continuity.ts';
import { kindOf, spoils } from '../../../src/eventstoredb/errors.ts';
import { eventStoreLog } from '../../../src/eventstoredb/eventStoreLog.ts';
import { partsOf } from '../../../src/eventstoredb/parts.ts';
import { positionOf, serverPositionOf } from '../../../src/eventstoredb/positions.ts';
import { NoAnswer, TIMING } from '../../../src/eventstoredb/timing.ts';
import { wireEvent, type OurEvent } from '../../../src/eventstoredb/wireEvent.ts';
import { memoryFeedIdentities } from '../../../src/memory/memoryFeedIdentities.ts';
import { event } from '../../support/events.ts';
import { startDouble, type Double } from '../../support/eventstoredb/startDouble.ts';

describe('a position', () => {
  const half = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  it('keeps both halves, and sorts as text as the server sorts', () => {
    fc.assert(
      fc.property(half, half, half, half, (commit, prepare, otherCommit, otherPrepare) => {
        const [one, other] = [
          { commit, prepare },
          { commit: otherCommit, prepare: otherPrepare },
        ];
        expect(serverPositionOf(positionOf(one))).toEqual(one);
        const before = commit < otherCommit || (commit === otherCommit && prepare < otherPrepare);
        expect(positionOf(one) < positionOf(other)).toBe(before);
      }),
    );
  });
  it.each(['', '12', '0000000000000003', '00000000000000000001', '0'.repeat(41)])(
    'of another log (%s) is not one of this',
    (text) => expect(serverPositionOf(text)).toBeNull(),
  );
});

describe('the parts of an append', () => {
  const anyEvents = fc
    .array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 25 })
    .map((sizes) => sizes.map((size, index) => event(`e${index}`, 'x'.repeat(size))));

  it('hold all events in order, none more than the server takes, and none that is needless', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const parts = partsOf(events);
        expect(parts.flat()).toEqual(events);
        const sizes = parts.map((part) => part.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0));
        for (const size of sizes) expect(size).toBeLessThan(1_048_576);
        for (const [index, part] of parts.slice(1).entries()) {
          const first = Buffer.byteLength(part[0]!.body);
          expect(sizes[index]! + first + 200 * (parts[index]!.length + 1)).toBeGreaterThan(1_000_000);
        }
      }),
      { numRuns: 50 },
    );
  });
  it('of nothing are none', () => expect(partsOf([])).toEqual([]));
  it('leave an event alone that is too large for any', () => {
    const events = [event('a'), event('b', 'x'.repeat(1_200_000)), event('c')];
    expect(partsOf(events).map(({ length }) => length)).toEqual([1, 1, 1]);
  });
});

describe('an event on the wire', () => {
  const id = (stream: string, given: string, content = 'content') => wireEvent(stream, event(given, content), 'now').id;
  it('has a UUID that follows from stream, id and content, each of them', () => {
    expect(id('north', 'a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id('north', 'a')).toBe(id('north', 'a'));
    const all = [id('north', 'a'), id('south', 'a'), id('north', 'b'), id('north', 'a', 'other')];
    expect(new Set(all).size).toBe(4);
  });
});

describe('an error of the client', () => {
  it.each([
    ['moved', { type: 'wrong-expected-version' }],
    ['missing', { type: 'stream-not-found' }],
    ['refused', { type: 'access-denied', code: 7 }],
    ['refused', { code: 16, message: 'raw' }],
    ['refused', { type: 'maximum-append-size-exceeded' }],
    ['refused', { type: 'stream-deleted' }],
    ['refused', { type: 'unknown', message: 'Could not recognize BadRequest' }],
    ['unsettled', { type: 'unknown', message: 'Could not recognize Server Is Not Ready' }],
    ['unsettled', { type: 'unknown', code: 8, message: 'RESOURCE_EXHAUSTED' }],
    ['unsettled', { type: 'unavailable', code: 14 }],
    ['unsettled', { code: 14, message: 'ECONNREFUSED' }],
    ['unsettled', { code: 13, message: 'Call ended without gRPC status' }],
    ['unsettled', { type: 'deadline-exceeded' }],
    ['unsettled', { type: 'not-leader' }],
    ['unsettled', { type: 'cancelled' }],
    ['unsettled', new NoAnswer('an append', 1)],
    ['unsettled', undefined],
  ] as const)('is %s when it is %o', (kind, error) => expect(kindOf(error)).toBe(kind));

  it.each([
    [true, new NoAnswer('an append', 1)],
    [true, { type: 'unavailable' }],
    [true, { type: 'unknown', message: 'Could not recognize Server Is Not Ready' }],
    [false, { type: 'deadline-exceeded' }],
    [false, { type: 'not-leader' }],
  ] as const)('spoils its client (%s) when it is %o', (spoilt, error) => expect(spoils(error)).toBe(spoilt));
});

describe('on a server,', () => {
  let folder: string;
  let double: Double;
  let closing: (() => Promise<void>)[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'outcomes-eventstore-'));
    double = await startDouble({ folder });
    closing = [];
  });
  afterEach(async () => {
    for (const close of closing) await close();
    await double.stop();
    rmSync(folder, { recursive: true });
  });
  const open = (identities: FeedIdentities) => {
    const log = eventStoreLog(double.url, identities, { now: () => new Date() });
    closing.push(() => log.close());
    return log;
  };

  it('a reader that is given streams with events missing is told, wherever it started', async () => {
    const log = open(memoryFeedIdentities());
    const five = Array.from({ length: 5 }, (_, index) => event(`e${index}`));
    await log.append('feed', five, 'any');
    const stored = await log.read(null, 10);
    const ours = stored.map((each, revision): OurEvent => ({ stream: 'feed', revision, stored: each }));
    const connection: Connection = connect(double.url);
    closing.push(() => connection.close());
    const from = (after: string | null) => continuityFrom({ connection, timing: TIMING }, 'outcomes-', after);
    const missing = { code: 'verification-failed', message: expect.stringContaining('are missing') as string };

    await from(null).check(ours);
    await expect(from(null).check(ours.slice(1))).rejects.toMatchObject(missing);
    await expect(from(null).check([ours[0]!, ours[2]!])).rejects.toMatchObject(missing);
    await expect(from(null).check([ours[0]!, ours[0]!])).rejects.toMatchObject(missing);
    await from(stored[1]!.position).check(ours.slice(2));
    await expect(from(stored[1]!.position).check(ours.slice(3))).rejects.toMatchObject(missing);
    const watch = from(stored[0]!.position);
    await watch.check(ours.slice(1, 3));
    await expect(watch.check(ours.slice(4))).rejects.toMatchObject(missing);
  });

  it('the census goes on where it stopped, and looks at no event twice', async () => {
    const identities = memoryFeedIdentities();
    const first = open(identities);
    await first.append('feed', [event('a'), event('b')], 'any');
    await double.fill('orders-1', 3_000);
    expect(await first.size()).toBe(2);
    await first.close();
    expect(await identities.census('outcomes-')).toMatchObject({ ordinal: 2 });

    const second = open(identities);
    await double.faults.set('slowReads', { ms: 0 });
    expect(await second.size()).toBe(2);
    await second.append('feed', [event('c')], 'any');
    expect(await second.size()).toBe(3);
    expect(await second.read(await second.head(), 10)).toEqual([]);
    const pages = (await double.faults.fired()).slowReads ?? 0;
    expect(pages).toBeGreaterThan(0);
    // 3,000 events are twelve pages of the server; each of these reads is one of a few events.
    expect(pages).toBeLessThan(12);
  });

  it('readers move the census, so that the size costs nothing more', async () => {
    const log = open(memoryFeedIdentities());
    for (let batch = 0; batch < 5; batch++) {
      const events = Array.from({ length: 500 }, (_, index) => event(`${batch}-${index}`));
      await log.append('feed', events, 'any');
    }
    for (let after: string | null = null; ;) {
      const page = await log.read(after, 700);
      if (page.length === 0) break;
      after = page.at(-1)!.position;
    }
    await double.faults.set('slowReads', { ms: 0 });
    expect(await log.size()).toBe(2_500);
    expect((await double.faults.fired()).slowReads).toBe(1);
  });
});
