/** P3: an event that cannot be read is parked with its reason, and figures that may depend on it say so until it is settled. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { typeOf } from '../../contracts/activityEvent.ts';
import type { EventLog, StoredEvent } from '../../src/app/ports.ts';
import { migrateLog } from '../../src/app/migrateLog.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { eventStoreLog } from '../../src/eventstoredb/eventStoreLog.ts';
import { openFactStore } from '../../src/facts/factStore.ts';
import { memoryFeedIdentities } from '../../src/memory/memoryFeedIdentities.ts';
import { importFigures, KEY, testServer, type TestServer } from '../http/testServer.ts';
import { eventStoreForTests } from '../support/eventStore.ts';
import { NOW, testLedger } from '../support/ledger.ts';

const SOURCE = 'urn:library:E08000021:counters';

const visits = (id: string, count: unknown, more: object = {}): object => ({
  specversion: '1.0', id, source: SOURCE, type: typeOf('visits.counted'), subject: 'E08000021/city',
  data: { window: '2018-06-01/P1M', method: 'manual', count }, ...more,
}); // prettier-ignore

/** Puts events into the log as somebody could who does not go through the contracts. */
async function store(log: EventLog, ...events: object[]): Promise<void> {
  await log.append(
    SOURCE,
    events.map((event, at) => {
      const body = JSON.stringify(event);
      const { id } = event as { id?: string };
      return { id: id ?? `nameless-${at}`, body, hash: createHash('sha256').update(body).digest('hex') };
    }),
    'any',
  );
}

const UNREADABLE: readonly [string, object, string | null, RegExp][] = [
  ['a type that nobody knows', { ...visits('bad', 3), type: 'org.outcome-ledger.visits.imagined.v1' }, null, /type/],
  ['a later version of a type', { ...visits('bad', 3), type: 'org.outcome-ledger.visits.counted.v2' }, 'visits.counted', /type/], // prettier-ignore
  ['a count that is a text', visits('bad', '12'), 'visits.counted', /\/data\/count/],
  ['a count below zero', visits('bad', -1), 'visits.counted', /\/data\/count/],
  ['a count that is no whole number', visits('bad', 1.5), 'visits.counted', /\/data\/count/],
  ['no data', { ...visits('bad', 3), data: undefined }, 'visits.counted', /\/data/],
  ['no place', { ...visits('bad', 3), subject: undefined }, 'visits.counted', /\/subject/],
  ['a day that is none', visits('bad', 3, { data: { window: 'June', method: 'manual', count: 3 } }), 'visits.counted', /\/data\/window/], // prettier-ignore
  ['a method that is none', visits('bad', 3, { data: { window: '2018-06-01/P1M', method: 'guess', count: 3 } }), 'visits.counted', /\/data\/method/], // prettier-ignore
  ['nothing of an event', { id: 'bad', hello: 'world' }, null, /type/],
];

describe('P3: an event of the log that cannot be read', () => {
  let under: TestServer;
  beforeEach(async () => {
    under = await testServer({ filled: false });
  });
  afterEach(() => under.close());

  const asked = { indicator: 'visits', place: 'E08000021/city', granularity: 'month', from: '2018-06-01' } as const;
  const visitsSeries = () => under.ledger.series(asked);

  it.each(UNREADABLE)('is parked with its reason and stops nothing: %s', async (_, bad, kind, reason) => {
    await store(under.log, visits('good-1', 100), bad, visits('good-2', 20));
    await under.ledger.project();
    const [parked, ...others] = under.ledger.parked();
    expect(others).toEqual([]);
    expect(parked).toMatchObject({ ordinal: 2, kind, reason: expect.stringMatching(reason) as string });
    expect(await visitsSeries()).toMatchObject({ points: [{ value: 120 }] });
    expect((await under.ledger.verify()).differences).toEqual([]);
  });

  it('makes the figures that may depend on it incomplete, and no others', async () => {
    await importFigures(under.ledger);
    await store(under.log, visits('good', 100), visits('bad', -1));
    await under.ledger.project();
    const series = await visitsSeries();
    expect(series.parked).toBe(1);
    expect(series.status).toMatch(/^Incomplete: 1 event that these figures may depend on could not be read\. /);
    const other = await under.ledger.series({ indicator: 'bipc-businesses-created' });
    expect(other.parked).toBe(0);
    expect(other.status).not.toMatch(/Incomplete/);
    await store(under.log, { ...visits('worse', 1), type: 'org.outcome-ledger.unheard-of.v1' });
    await under.ledger.project();
    expect((await under.ledger.series({ indicator: 'bipc-businesses-created' })).parked).toBe(1);
    expect((await visitsSeries()).parked).toBe(2);
  });

  it('is settled by a correction that states what it should have said', async () => {
    await store(under.log, visits('good', 100), visits('bad', -1));
    const { type, subject, data } = visits('bad', 7) as { type: string; subject: string; data: object };
    const [outcome] = await under.ledger.record([
      { specversion: '1.0', id: 'fix', source: SOURCE, type: typeOf('fact.corrected'), time: '2026-10-30T09:00:00Z',
        data: { target: { source: SOURCE, id: 'bad' }, by: 'data-officer', why: 'unreadable', replacement: { type, subject, data } } },
    ]); // prettier-ignore
    expect(outcome).toMatchObject({ outcome: 'accepted' });
    await under.ledger.project();
    expect(under.ledger.parked()).toEqual([]);
    expect(await visitsSeries()).toMatchObject({ parked: 0, points: [{ value: 107 }] });
    expect((await under.ledger.verify()).differences).toEqual([]);
  });

  it('is settled by a dismissal, which is an event of the log with its role and reason', async () => {
    await store(under.log, visits('good', 100), visits('bad', -1), { hello: 'world' });
    await under.ledger.project();
    for (const { ordinal } of under.ledger.parked())
      await under.ledger.dismiss(ordinal, { by: 'analyst', why: 'unreadable' });
    expect(under.ledger.parked()).toEqual([]);
    expect(await visitsSeries()).toMatchObject({ parked: 0, points: [{ value: 100 }] });
    const recorded = (await under.log.read(null, 10)).slice(3).map(({ event }) => event as object);
    expect(recorded).toMatchObject([
      { type: typeOf('fact.retracted'), data: { target: { source: SOURCE, id: 'bad' }, by: 'analyst', why: 'unreadable' } },
      { type: typeOf('fact.retracted'), data: { by: 'analyst', why: 'unreadable' } },
    ]); // prettier-ignore
    await under.ledger.rebuild();
    expect(under.ledger.parked()).toEqual([]);
    await expect(under.ledger.dismiss(2, { by: 'analyst', why: 'unreadable' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is there for all to see at /v1/parked, and only its owner dismisses it', async () => {
    await store(under.log, visits('bad', -1));
    await under.ledger.project();
    const { app } = under;
    const list = await app.inject('/v1/parked');
    expect(list.json()).toMatchObject({
      position: 1,
      parked: [{ ordinal: 1, source: SOURCE, id: 'bad', kind: 'visits.counted' }],
    });
    const dismissal = { method: 'POST', url: '/v1/parked/1/dismissal', payload: { by: 'analyst', why: 'unreadable' } } as const; // prettier-ignore
    expect((await app.inject(dismissal)).statusCode).toBe(401);
    const headers = { authorization: `Bearer ${KEY}` };
    expect((await app.inject({ ...dismissal, headers, payload: { by: 'somebody' } })).statusCode).toBe(400);
    expect((await app.inject({ ...dismissal, headers })).statusCode).toBe(204);
    expect((await app.inject('/v1/parked')).json()).toMatchObject({ parked: [] });
    expect((await app.inject({ ...dismissal, headers })).statusCode).toBe(404);
  });
});

describe('P3: events that an older program could not read', () => {
  it('count after a rebuild by one that can', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parked-'));
    try {
      const log = memoryLog({ now: () => NOW });
      const readModels = memoryReadModels();
      await store(log, ...Array.from({ length: 5_000 }, (_, at) => visits(`v-${at}`, 1)));
      // What the older program made of the same log: to it, one of them had a type of the future.
      const older = openFactStore(join(folder, 'facts'));
      older.append(
        (await log.read(null, 10_000)).map((stored, at): StoredEvent =>
          at === 10 ? { ...stored, event: { ...stored.event, type: 'org.outcome-ledger.new.v1' } as never } : stored,
        ),
      );
      const before = await testLedger({ log, readModels, folder });
      expect(before.ledger.parked()).toEqual([]);
      await before.ledger.project();
      expect(before.ledger.parked()).toMatchObject([{ ordinal: 11, kind: null }]);
      const asked = { indicator: 'visits', place: 'E08000021/city', granularity: 'month', from: '2018-06-01' } as const;
      expect(await before.ledger.series(asked)).toMatchObject({ parked: 1, points: [{ value: 4_999 }] });
      await before.ledger.rebuild();
      expect(await before.ledger.series(asked)).toMatchObject({ parked: 0, points: [{ value: 5_000 }] });
      await before.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('P3: a log that others can write to', () => {
  it('has each event checked against its whole contract', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parked-'));
    try {
      const store = openFactStore(folder);
      const odd = visits('odd', 3, { data: { window: '2018-06-01/P1M', method: 'manual', count: 3, note: 'by hand' } });
      store.append([
        { position: '1', event: odd },
        { position: '2', event: odd, foreignStream: SOURCE },
        { position: '3', event: visits('fine', 3), foreignStream: SOURCE },
      ]);
      expect(store.parked(3)).toMatchObject([{ row: 1, kind: 'visits.counted' }]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('P3: what somebody else wrote into a stream of the log in EventStoreDB', () => {
  it('counts where it follows its contract, and is parked where it does not', async () => {
    const server = await eventStoreForTests();
    const log = eventStoreLog(server.url, memoryFeedIdentities(), { now: () => NOW }, { prefix: server.prefix });
    const client = EventStoreDBClient.connectionString(server.url);
    const under = await testLedger({ log });
    // Written into the stream of another feed, it is no event of its own feed: that one counts when it comes.
    const elsewhere = visits('elsewhere', 50, { source: `${SOURCE}-too`, subject: 'E08000021/walker' });
    try {
      await under.ledger.record([visits('ours', 100)]);
      await client.appendToStream(server.prefix + SOURCE, [
        jsonEvent({ type: 'anything', data: visits('theirs', 20) as never }),
        jsonEvent({
          type: 'anything',
          data: visits('bad', -1) as never,
          metadata: { hash: 'made up', recordedAt: 'now' },
        }),
        binaryEvent({ type: 'anything', data: Buffer.from([1, 2, 3]) }),
        jsonEvent({ type: 'anything', data: elsewhere as never }),
      ]);
      await under.ledger.record([visits('ours-too', 3), elsewhere]);
      await under.ledger.project();
      expect(under.ledger.parked()).toMatchObject([
        { ordinal: 3, id: 'bad', kind: 'visits.counted', reason: expect.stringMatching(/count/) as string },
        { ordinal: 4, kind: null },
        { ordinal: 5, kind: 'visits.counted', reason: expect.stringMatching(/not ".*counters", the feed/) as string },
      ]);
      const asked = { indicator: 'visits', place: 'E08000021/city', granularity: 'month', from: '2018-06-01' } as const;
      expect(await under.ledger.series(asked)).toMatchObject({ parked: 3, points: [{ value: 123 }] });
      expect((await under.ledger.series({ ...asked, place: 'E08000021/walker' })).points).toMatchObject([
        { value: 50 },
      ]);
      await expect(migrateLog(log, memoryLog({ now: () => NOW }))).rejects.toMatchObject({ message: expect.stringMatching(/^Event 2, .* past this engine/) as string }); // prettier-ignore
      for (const { ordinal } of under.ledger.parked())
        await under.ledger.dismiss(ordinal, { by: 'analyst', why: 'unreadable' });
      expect(await under.ledger.series(asked)).toMatchObject({ parked: 0, points: [{ value: 123 }] });
      expect((await under.ledger.verify()).differences).toEqual([]);
    } finally {
      await under.close();
      await client.dispose();
      await server.dispose();
    }
  });
});
