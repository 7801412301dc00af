import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog, ExpectedRevision, NewEvent, StoredEvent } from '../../src/app/ports.ts';
import { event } from '../support/events.ts';
import { runs } from '../support/share.ts';

export interface LogUnderTest {
  readonly log: EventLog;
  /** Closes everything and opens the same log again. Left out where nothing outlives the process. */
  readonly reopen?: () => Promise<EventLog>;
  readonly dispose: () => Promise<void>;
}

/** What every event log must do. `make` answers a new, empty log each time. */
export function testEventLog(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`${name} log`, () => {
    let under: LogUnderTest;
    let log: EventLog;

    beforeEach(async () => {
      under = await make();
      log = under.log;
    });
    afterEach(async () => under.dispose());

    describe('append', () => {
      it('answers an outcome for each event and the revision of the stream', async () => {
        expect(await log.append(feed, [event('a'), event('b')], 'any')).toEqual({
          outcomes: ['appended', 'appended'],
          revision: 1,
        });
        expect(await log.append(feed, [event('c')], 'any')).toEqual({ outcomes: ['appended'], revision: 2 });
      });

      it('of nothing stores nothing and answers −1 for a stream that is empty', async () => {
        expect(await log.append(feed, [], 'any')).toEqual({ outcomes: [], revision: -1 });
        expect(await log.head()).toBeNull();
        expect(await log.size()).toBe(0);
      });

      it('takes the revision it was told to expect', async () => {
        expect((await log.append(feed, [event('a')], 'no-stream')).revision).toBe(0);
        expect((await log.append(feed, [event('b'), event('c')], 0)).revision).toBe(2);
        expect((await log.append(feed, [event('d')], 2)).revision).toBe(3);
      });

      it.each([
        ['no-stream', 'a stream that has events'],
        [0, 'a stream that has moved on'],
        [7, 'a stream that is not there yet'],
      ] as [ExpectedRevision, string][])(
        'that expects %s is refused on %s, tells where it is, and stores nothing',
        async (expected) => {
          await log.append(feed, [event('a'), event('b')], 'any');
          await expect(log.append(feed, [event('c')], expected)).rejects.toMatchObject({
            code: 'wrong-expected-revision',
            message: expect.stringMatching(/\brevision 1\b/) as string,
          });
          expect(await idsOf(log)).toEqual(['a', 'b']);
        },
      );

      it('that expects a number is refused on a stream without events', async () => {
        await expect(log.append(feed, [event('a')], 0)).rejects.toMatchObject({ code: 'wrong-expected-revision' });
        expect(await log.size()).toBe(0);
      });

      it('counts an id once, however often it comes', async () => {
        await log.append(feed, [event('a'), event('b')], 'any');
        expect(await log.append(feed, [event('b'), event('a')], 'any')).toEqual({
          outcomes: ['duplicate', 'duplicate'],
          revision: 1,
        });
        expect(await idsOf(log)).toEqual(['a', 'b']);
      });

      it('calls an id with other content a conflict and keeps the first', async () => {
        await log.append(feed, [event('a', 'first')], 'any');
        expect((await log.append(feed, [event('a', 'second')], 'any')).outcomes).toEqual(['conflict']);
        expect(await contentsOf(log)).toEqual(['first']);
      });

      it('stores the new ones of a mixed batch, in the order given', async () => {
        await log.append(feed, [event('a'), event('b')], 'any');
        expect(await log.append(feed, [event('c'), event('a'), event('b', 'other'), event('d')], 'any')).toEqual({
          outcomes: ['appended', 'duplicate', 'conflict', 'appended'],
          revision: 3,
        });
        expect(await idsOf(log)).toEqual(['a', 'b', 'c', 'd']);
      });

      it('compares a repeat within the batch with the first of its id', async () => {
        expect(await log.append(feed, [event('a'), event('a'), event('a', 'other'), event('b')], 'any')).toEqual({
          outcomes: ['appended', 'duplicate', 'conflict', 'appended'],
          revision: 1,
        });
        expect(await idsOf(log)).toEqual(['a', 'b']);
      });

      it('takes the same id in another stream for another event', async () => {
        await log.append('urn:feed:north', [event('a', 'north')], 'any');
        expect(await log.append('urn:feed:south', [event('a', 'south')], 'no-stream')).toEqual({
          outcomes: ['appended'],
          revision: 0,
        });
        expect(await contentsOf(log)).toEqual(['north', 'south']);
      });

      it('gives back what it was given, to the last character', async () => {
        const awkward = [
          '"',
          "'",
          '\\',
          '\\\\"',
          '\u0000',
          '\u001f',
          '\n\t',
          'Ynys Môn',
          '📚',
          '\ud800',
          '$1',
          '%s',
          '{}',
          '',
        ];
        await log.append(
          feed,
          awkward.map((text, index) => event(`e${index}`, text)),
          'any',
        );
        expect(await contentsOf(log)).toEqual(awkward);
      });

      it('takes 10,000 events at once', async () => {
        const many = Array.from({ length: 10_000 }, (_, index) => event(`e${index}`));
        const { outcomes, revision } = await log.append(feed, many, 'no-stream');
        expect(new Set(outcomes)).toEqual(new Set(['appended']));
        expect(revision).toBe(9_999);
        expect(await log.size()).toBe(10_000);
        expect((await log.append(feed, many, 'any')).outcomes.every((outcome) => outcome === 'duplicate')).toBe(true);
        expect(await log.size()).toBe(10_000);
      });

      it('of several at once keeps each whole and side by side', async () => {
        const batches = Array.from({ length: 20 }, (_, batch) =>
          Array.from({ length: 5 }, (_, index) => event(`${batch}-${index}`)),
        );
        await Promise.all(batches.map((batch, index) => log.append(`urn:feed:${index % 3}`, batch, 'any')));
        const ids = await idsOf(log);
        expect(ids).toHaveLength(100);
        for (const batch of batches) {
          const from = ids.indexOf(batch[0]!.id);
          expect(ids.slice(from, from + 5)).toEqual(batch.map(({ id }) => id));
        }
      });

      it('lets one of two win that expect the same revision', async () => {
        const results = await Promise.allSettled(
          ['a', 'b', 'c', 'd'].map((id) => log.append(feed, [event(id)], 'no-stream')),
        );
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await log.size()).toBe(1);
      });
    });

    describe('read', () => {
      it('pages through the log in order, and a page is short only at the head', async () => {
        await log.append(
          feed,
          ids(25).map((id) => event(id)),
          'any',
        );
        const pages: string[][] = [];
        let after: string | null = null;
        for (;;) {
          const page = await log.read(after, 10);
          if (page.length === 0) break;
          pages.push(page.map(({ event }) => event.id));
          after = page.at(-1)!.position;
        }
        expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
        expect(pages.flat()).toEqual(ids(25));
      });

      it('gives positions that sort as text in log order, the last one being the head', async () => {
        await log.append(
          feed,
          ids(120).map((id) => event(id)),
          'any',
        );
        const positions = (await log.read(null, 1000)).map(({ position }) => position);
        expect([...positions].sort()).toEqual(positions);
        expect(new Set(positions).size).toBe(120);
        expect(await log.head()).toBe(positions.at(-1));
      });

      it('tells which event stands at a position, and that none stands at one of another log', async () => {
        await log.append(
          feed,
          ids(3).map((id) => event(id)),
          'any',
        );
        const all = await log.read(null, 10);
        for (const stored of all) expect(await log.at(stored.position)).toEqual(stored);
        const digits = all[2]!.position.replace(/^0*/, '');
        const beyond = all[2]!.position.replace(/\d/g, '0').slice(0, -digits.length - 1) + `9${digits}`;
        for (const elsewhere of ['', 'elsewhere', '0', beyond.slice(1), beyond]) {
          expect(await log.at(elsewhere), elsewhere).toBeNull();
        }
      });

      it('says when each event was made durable', async () => {
        const before = Date.now();
        await log.append(feed, [event('a'), event('b')], 'any');
        for (const { recordedAt } of await log.read(null, 10)) {
          expect(recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          expect(Math.abs(Date.parse(recordedAt) - before)).toBeLessThan(60_000);
        }
      });
    });

    it('keeps the time of an event that comes from another log', async () => {
      const then = '2019-04-01T08:30:00.123Z';
      const before = Date.now();
      await log.append(feed, [event('a'), { ...event('b'), recordedAt: then }, event('c')], 'any');
      const [a, b, c] = await log.read(null, 10);
      expect(b!.recordedAt).toBe(then);
      for (const other of [a!, c!]) expect(Math.abs(Date.parse(other.recordedAt) - before)).toBeLessThan(60_000);
    });

    it('numbers events without a gap, refusals and repeats notwithstanding', async () => {
      await log.append(feed, [event('a')], 'any');
      await log.append(feed, [event('b')], 'no-stream').catch(() => {});
      await log.append(feed, [event('a'), event('a', 'other')], 'any');
      await log.append(feed, [event('c'), event('a'), event('d')], 'any');
      expect(await log.size()).toBe(3);
      const all = await log.read(null, 10);
      expect(all.map(({ event }) => event.id)).toEqual(['a', 'c', 'd']);
      for (const [index, { position }] of all.entries()) {
        expect(await log.read(position, 10)).toEqual(all.slice(index + 1));
      }
    });

    describe('subscribe', () => {
      it('catches up, then goes on live, and ends when it is aborted', async () => {
        await log.append(
          feed,
          ids(7).map((id) => event(id)),
          'any',
        );
        const abort = new AbortController();
        const seen: string[] = [];
        const sizes: number[] = [];
        const ended = (async () => {
          for await (const page of log.subscribe(null, 3, abort.signal)) {
            sizes.push(page.length);
            seen.push(...page.map(({ event }) => event.id));
          }
        })();
        await until(() => seen.length === 7);
        await log.append(feed, [event('live-1')], 'any');
        await until(() => seen.length === 8);
        await log.append(feed, [event('live-2'), event('live-3')], 'any');
        await until(() => seen.length === 10);
        expect(seen).toEqual([...ids(7), 'live-1', 'live-2', 'live-3']);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
        const aborted = Date.now();
        abort.abort();
        await ended;
        expect(Date.now() - aborted).toBeLessThan(500);
      });

      it('starts after the position it is given', async () => {
        await log.append(
          feed,
          ids(5).map((id) => event(id)),
          'any',
        );
        const second = (await log.read(null, 2)).at(-1)!;
        expect(await firstOf(log, second.position, 3)).toEqual(ids(5).slice(2));
      });

      it('misses nothing while others append', async () => {
        const following = firstOf(log, null, 300, 7);
        for (let batch = 0; batch < 30; batch++) {
          await log.append(
            feed,
            ids(10).map((id) => event(`${batch}-${id}`)),
            'any',
          );
          if (batch % 7 === 0) await pause(3);
        }
        expect(await following).toEqual(await idsOf(log));
      });

      it('yields nothing once it is aborted', async () => {
        await log.append(feed, [event('a')], 'any');
        for await (const page of log.subscribe(null, 10, AbortSignal.abort())) expect(page).toEqual('nothing');
      });
    });

    it('gives any history of appends the outcomes of the model', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyAppend, { minLength: 1, maxLength: 12 }), async (appends) => {
          run += 1;
          const model = new Model();
          const start = await log.head();
          for (const { stream, events, lag } of appends) {
            const name = `urn:feed:${run}:${stream}`;
            const expected = lag === 'any' ? 'any' : model.revision(name) - lag;
            if (expected !== 'any' && expected < 0) continue;
            const told = await log.append(name, events, expected).catch((error: { code: string }) => error.code);
            expect(told).toEqual(model.append(name, events, expected));
          }
          expect((await log.read(start, 1000)).map(({ event }) => event)).toEqual(model.log);
        }),
        { numRuns: runs(30) },
      );
    });

    it('is as it was after closing and opening it again', async () => {
      if (under.reopen === undefined) return;
      await log.append(feed, [event('a'), event('b')], 'any');
      const before = await log.read(null, 10);
      const again = await under.reopen();
      expect(await again.read(null, 10)).toEqual(before);
      expect((await again.append(feed, [event('b'), event('c')], 1)).outcomes).toEqual(['duplicate', 'appended']);
      expect(await again.size()).toBe(3);
    });
  });
}

const feed = 'urn:feed:north';
const ids = (count: number) => Array.from({ length: count }, (_, index) => `e${index}`);

const idsOf = async (log: EventLog) => (await log.read(null, 100_000)).map(({ event }) => event.id);
const contentsOf = async (log: EventLog) => (await log.read(null, 100_000)).map(contentOf);
const contentOf = ({ event }: StoredEvent) => (event as unknown as { data: { content: string } }).data.content;

async function firstOf(log: EventLog, after: string | null, count: number, pageSize = 10): Promise<string[]> {
  const seen: string[] = [];
  const abort = new AbortController();
  for await (const page of log.subscribe(after, pageSize, abort.signal)) {
    seen.push(...page.map(({ event }) => event.id));
    if (seen.length >= count) break;
  }
  abort.abort();
  return seen;
}

async function until(reached: () => boolean): Promise<void> {
  for (const start = Date.now(); !reached(); await pause(5)) {
    if (Date.now() - start > 10_000) throw new Error('not reached within 10 s');
  }
}

/** Few streams, ids and contents, so that repeats and conflicts are common. `lag`: how far behind the writer is. */
const anyAppend = fc.record({
  stream: fc.constantFrom('north', 'south'),
  events: fc.array(
    fc
      .record({ id: fc.constantFrom(...ids(8)), content: fc.constantFrom('one', 'one', 'other') })
      .map(({ id, content }) => event(id, content)),
    { maxLength: 6 },
  ),
  lag: fc.constantFrom('any' as const, 'any' as const, 0, 0, 1),
});

class Model {
  readonly log: unknown[] = [];
  readonly #streams = new Map<string, NewEvent[]>();

  revision(stream: string): number {
    return (this.#streams.get(stream) ?? []).length - 1;
  }

  append(stream: string, events: readonly NewEvent[], expected: 'any' | number): unknown {
    if (expected !== 'any' && expected !== this.revision(stream)) return 'wrong-expected-revision';
    const held = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, held);
    const outcomes = events.map((event) => {
      const same = held.find(({ id }) => id === event.id);
      if (same !== undefined) return same.body === event.body ? 'duplicate' : 'conflict';
      held.push(event);
      this.log.push(JSON.parse(event.body));
      return 'appended';
    });
    return { outcomes, revision: this.revision(stream) };
  }
}
