/** The services' client as its caller sees it, on a server of a few lines. */
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { ClientError } from '../../../src/client/clientError.ts';
import { lockFolder } from '../../../src/client/lock.ts';
import type { Outcome } from '../../../src/client/wire.ts';
import { answerOf, fakeServer, problemOf, receiptOf, type Asked } from '../../support/fakeServer.ts';
import { freeze } from '../../support/frozen.ts';
import { hasty, linesIn, numbered, sending, SOURCE, withSpool } from '../../support/sending.ts';

const ADDRESS = 'http://ledger.test';
const takes = (asked: Asked) => answerOf(200, receiptOf(asked));
const keysOf = (asked: readonly Asked[]): Set<string | undefined> => new Set(asked.map(({ key }) => key));

describe('events', () => {
  it('have their ids, and are on the disk, before anything is sent', () =>
    withSpool(async (spool) => {
      const onDisk: string[][] = [];
      const server = fakeServer((asked) => (onDisk.push(linesIn(spool, 'waiting')), takes(asked)));
      const { client, outcomes } = await sending({ address: ADDRESS, spool, key: 'secret' }, { ...hasty(100), ...server }); // prettier-ignore
      const ids = await client.send([numbered(1), numbered(2, { id: 'my-own' })]);
      await client.flush();
      await client.close();
      expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/), 'my-own']);
      expect(server.asked[0]).toMatchObject({ authorization: 'Bearer secret', events: ids.map((id) => ({ id, source: SOURCE, specversion: '1.0' })) }); // prettier-ignore
      expect(onDisk[0]).toHaveLength(2);
      expect(outcomes).toEqual(ids.map((id) => ({ id, outcome: 'accepted' })));
      expect(linesIn(spool, 'waiting')).toEqual([]);
    }));

  it('that come while others are under way make the next batch, at most 1,000 each', () =>
    withSpool(async (spool) => {
      const server = fakeServer(async (asked) => {
        await pause(50);
        return takes(asked);
      });
      const { client } = await sending({ address: `${ADDRESS}/`, spool }, { ...hasty(1_000), ...server });
      await client.send(numbered(0));
      await pause(10);
      await Promise.all(Array.from({ length: 1_200 }, (_, at) => client.send(numbered(at + 1))));
      await client.flush();
      await client.close();
      expect(server.asked.map(({ events }) => events.length)).toEqual([1, 1_000, 200]);
      expect(keysOf(server.asked).size).toBe(3);
    }));

  it('that cannot be sent are refused at once, and nothing of the call is kept', () =>
    withSpool(async (spool) => {
      const { client } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...fakeServer(takes) });
      const long = numbered(2, { data: { x: 'x'.repeat(70_000) } });
      await expect(client.send([numbered(1), long])).rejects.toMatchObject({ code: 'invalid-event' });
      expect(linesIn(spool, 'waiting')).toEqual([]);
      expect(await client.send([])).toEqual([]);
      await client.flush();
      await client.close();
      await expect(client.send(numbered(1))).rejects.toMatchObject({ code: 'closed' });
      await expect(client.flush()).rejects.toMatchObject({ code: 'closed' });
      await client.close();
    }));
});

describe('the Idempotency-Key', () => {
  it('and the bytes stay the same over retries and restarts', () =>
    withSpool(async (spool) => {
      const away = fakeServer(() => Promise.reject(new Error('no network')));
      for (let start = 0; start < 3; start++) {
        const { client, troubles } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...away });
        if (start === 0) await client.send([numbered(1), numbered(2)]);
        await expect.poll(() => troubles.length).toBeGreaterThan(2);
        await client.close();
      }
      const server = fakeServer(takes);
      const { client } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...server });
      await client.flush();
      await client.close();
      const all = [...away.asked, ...server.asked];
      expect(all.length).toBeGreaterThan(9);
      expect(keysOf(all).size).toBe(1);
      expect(new Set(all.map(({ events }) => JSON.stringify(events))).size).toBe(1);
    }));

  it('that came with other events before (a spool put back from a copy) is left out', () =>
    withSpool(async (spool) => {
      const server = fakeServer((asked) => (asked.key === undefined ? takes(asked) : problemOf(422, 'idempotency-key-reused'))); // prettier-ignore
      const { client, outcomes } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...server });
      await client.send(numbered(1));
      await client.flush();
      await client.close();
      expect(outcomes).toMatchObject([{ outcome: 'accepted' }]);
    }));
});

describe('what is refused', () => {
  it('is told, and kept beside the spool with reason, place and what to do', () =>
    withSpool(async (spool) => {
      const problem = { code: 'invalid-event', title: 't', status: 422, detail: 'd', hint: 'h', faults: [{ message: 'must be', pointer: '/data/count' }] }; // prettier-ignore
      const server = fakeServer(
        ({ events }) =>
        answerOf(200, { outcomes: events.map(({ id }, index) => (index === 1 ? { index, id, outcome: 'refused', problem } : { index, id, outcome: 'duplicate' })) }), // prettier-ignore
      );
      const { client, outcomes } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...server });
      const ids = await client.send([numbered(1), numbered(2), numbered(3)]);
      await client.flush();
      await client.close();
      expect(outcomes).toEqual([
        { id: ids[0], outcome: 'duplicate' },
        { id: ids[1], outcome: 'refused', problem },
        { id: ids[2], outcome: 'duplicate' },
      ]);
      expect(linesIn(spool, 'refused').map((line) => JSON.parse(line) as unknown)).toEqual([
        { refused: expect.stringMatching(/^\d{4}-.*Z$/) as string, problem, event: expect.objectContaining({ id: ids[1] }) as object }, // prettier-ignore
      ]);
    }));

  it('of a callback is told again: no outcome gets lost', () =>
    withSpool(async (spool) => {
      const server = fakeServer(takes);
      let tries = 0;
      const told: Outcome[] = [];
      const onOutcomes = async (some: readonly Outcome[]): Promise<void> => {
        if (++tries < 3) throw new Error('my database is away');
        told.push(...some);
      };
      const { client, troubles } = await sending({ address: ADDRESS, spool, onOutcomes }, { ...hasty(100), ...server });
      await client.send(numbered(1));
      await client.flush();
      await client.close();
      expect(told).toHaveLength(1);
      expect(troubles.map(({ why }) => why)).toEqual(Array(2).fill('Batch 1 could not be finished: my database is away')); // prettier-ignore
      expect(keysOf(server.asked).size).toBe(1);
    }));

  it('as too large goes in halves, whose keys stay the same; one event alone is kept with the reason', () =>
    withSpool(async (spool) => {
      const limit = fakeServer((asked, at) => {
        if (at === 3) throw new Error('no network');
        const tooLarge = asked.events.length > 2 || asked.events.some(({ subject }) => subject?.endsWith('-5'));
        return tooLarge ? answerOf(413, '<html>') : takes(asked);
      });
      const { client, outcomes } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...limit });
      const ids = await client.send([1, 2, 3, 4, 5, 6, 7].map((number) => numbered(number)));
      await client.flush();
      await client.close();
      expect(outcomes.map(({ id }) => id)).toEqual(ids);
      expect(outcomes.map(({ outcome }) => outcome).indexOf('refused')).toBe(4);
      expect(outcomes.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(6);
      const keyOf = new Map(limit.asked.map(({ key, events }) => [JSON.stringify(events), key]));
      for (const { key, events } of limit.asked) expect(key).toBe(keyOf.get(JSON.stringify(events)));
      expect(keysOf(limit.asked).size).toBe(keyOf.size);
      expect(linesIn(spool, 'refused')[0]).toContain('Raise the limit of the proxy');
    }));
});

describe('a server that', () => {
  test.each([401, 403, 404, 405, 415])('answers %d keeps the events in the spool; flush says so', (status) =>
    withSpool(async (spool) => {
      let mended = false;
      const server = fakeServer((asked) => (mended ? takes(asked) : problemOf(status, 'not-allowed', 'Mend the key.')));
      const { client, troubles, outcomes } = await sending({ address: ADDRESS, spool }, { ...hasty(100), ...server });
      await client.send([numbered(1), numbered(2)]);
      await expect(client.flush()).rejects.toMatchObject({ code: 'not-taken', message: expect.stringContaining('It was not-allowed. Mend the key.') as string }); // prettier-ignore
      expect(troubles[0]?.refused).toBe(true);
      expect(linesIn(spool, 'waiting')).toHaveLength(2);
      mended = true;
      await expect.poll(() => outcomes.length).toBe(2);
      await client.close();
    }),
  );

  test.each([408, 409, 425, 429, 500, 502, 503, 504])('answers %d is asked again, with longer and longer waits', (status) =>
    withSpool(async (spool) => {
      const waits: number[] = [];
      const server = fakeServer((asked, at) => (at < 12 ? answerOf(status, receiptOf(asked)) : takes(asked)));
      const { client } = await sending({ address: ADDRESS, spool }, { ...hasty(100, waits), random: (bytes) => Buffer.alloc(bytes, 255), ...server }); // prettier-ignore
      await client.send(numbered(1));
      await client.flush();
      await client.close();
      expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, ...Array<number>(5).fill(60_000)]);
    }),
  ); // prettier-ignore

  it('is left while events are being kept: they are kept, and then the spool is given back', () =>
    withSpool(async (spool) => {
      const { client } = await sending({ address: ADDRESS, spool }, { ...hasty(100), fetch: () => Promise.reject(new Error('away')) }); // prettier-ignore
      let kept = false;
      const many = Array.from({ length: 100 }, (_, at) => numbered(at, { data: { x: 'x'.repeat(60_000) } }));
      const sent = client.send(many).then(() => (kept = true));
      await client.close();
      expect(kept).toBe(true);
      await sent;
      expect(linesIn(spool, 'waiting')).toHaveLength(100);
    }));

  it('never answers: closing the client ends the request, and flush', () =>
    withSpool(async (spool) => {
      const fetch = (_: string, { signal }: { signal: AbortSignal }) =>
        new Promise<never>((_done, failed) => signal.addEventListener('abort', () => failed(new Error('aborted'))));
      const { client, troubles } = await sending({ address: ADDRESS, spool }, { ...hasty(100), fetch });
      await client.send(numbered(1));
      const flushed = client.flush();
      flushed.catch(() => undefined);
      await client.close();
      await expect(flushed).rejects.toThrow(ClientError);
      expect(troubles).toEqual([]);
      expect(linesIn(spool, 'waiting')).toHaveLength(1);
    }));
});

describe('a spool', () => {
  it('is of one client at a time', () =>
    withSpool(async (spool) => {
      const open = () => sending({ address: ADDRESS, spool }, { ...hasty(100), ...fakeServer(takes) });
      const first = await open();
      await expect(open()).rejects.toMatchObject({ code: 'spool-in-use' });
      await first.client.close();
      await (await open()).client.close();
      expect(readdirSync(spool).sort()).toEqual(['refused', 'waiting']);
    }));

  it('is never of two, however many come at once; a name that nobody answers on is removed', () =>
    withSpool(async (spool) => {
      for (let round = 0; round < 20; round++) {
        const tries = await Promise.allSettled(
          Array.from({ length: 6 }, (_, at) => lockFolder(spool, `${round}-${at}`)),
        );
        const held = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        expect(held.length).toBeLessThanOrEqual(1);
        for (const release of held) await release();
      }
      const owner = fork('test/support/holdLock.ts', [spool], { execArgv: ['--import', './test/support/runTypeScript.mjs'] }); // prettier-ignore
      const gone = new Promise((done) => owner.once('exit', done));
      try {
        await new Promise((done) => owner.once('message', done));
        await expect(lockFolder(spool, 'me')).rejects.toMatchObject({ code: 'spool-in-use' });
        // Frozen, with more who ask than the system lets wait.
        await freeze(owner);
        const asking = Array.from({ length: 600 }, () => connect(`${spool}/owner.lock`).on('error', () => undefined));
        await pause(50);
        await expect(lockFolder(spool, 'me')).rejects.toMatchObject({ code: 'spool-in-use' });
        for (const socket of asking) socket.destroy();
      } finally {
        owner.kill('SIGKILL');
      }
      await gone;
      expect(readdirSync(spool)).toEqual(['owner.lock']);
      const release = await lockFolder(spool, 'me');
      expect(readdirSync(spool)).toEqual(['me.lock']);
      await release();
    }));

  it('with a path that is too long for a lock is refused, with what to do', () =>
    withSpool((spool) =>
      expect(sending({ address: ADDRESS, spool: `${spool}/${'long'.repeat(30)}` }, hasty(100))).rejects.toThrow(
        /cannot be locked: its path is too long. Choose a short path on a local disk./,
      ),
    ));
});
