/** The parts of the services' client that only reckon. */
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it, test } from 'vitest';
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import type { Problem as ServerProblem } from '../../../contracts/errors.ts';
import { drawn, retryAfter, waitBefore } from '../../../src/client/backoff.ts';
import { allot, batchOf, nameOf, type Batch } from '../../../src/client/batches.ts';
import { BATCH_BYTES, BATCH_EVENTS, EVENT_BYTES } from '../../../src/client/limits.ts';
import { newId } from '../../../src/client/newId.ts';
import { readProblem, readReceipt } from '../../../src/client/readReceipt.ts';
import { toLines } from '../../../src/client/toLines.ts';
import type { EventToSend, Problem, Receipt } from '../../../src/client/wire.ts';
import type { Receipt as ServerReceipt } from '../../../src/http/receipt.ts';

describe('the wait before the next attempt', () => {
  test.each<[failures: number, asked: number | null, draw: number, ms: number]>([
    [1, null, 0, 0],
    [1, null, 0.999_999, 500],
    [2, null, 0.999_999, 1_000],
    [8, null, 0.999_999, 60_000],
    [1_000_000, null, 0.5, 30_000],
    [1, 2_000, 0, 2_000],
    [1, 2_000, 0.5, 2_250],
    [1, 86_400_000, 0, 3_600_000],
  ])('after %d failures, asked for %s ms, drawn %d: %d ms', (failures, asked, draw, ms) => {
    expect(waitBefore(failures, asked, draw)).toBe(ms);
  });

  test.each<[header: string | null, ms: number | null]>([
    [null, null],
    ['3', 3_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', null],
    ['', null],
    ['-5', null],
    ['2001-05-01', null],
  ])('Retry-After %j is %s ms', (header, ms) => {
    expect(retryAfter(header, 10_000)).toBe(ms);
  });

  it('draws from 0 up to 1', () => {
    expect(drawn({ random: () => Uint8Array.of(0, 0, 0, 0) })).toBe(0);
    expect(drawn({ random: () => Uint8Array.of(255, 255, 255, 255) })).toBeLessThan(1);
  });
});

it('a new id is a UUID of version 7 that begins with the time', () => {
  // The example of RFC 9562, appendix A.6.
  const random = () => Buffer.from('0cc318c4dc0c0c07398f', 'hex');
  expect(newId({ now: () => 0x017f22e279b0, random })).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

describe('events become lines', () => {
  const source = 'urn:library:X01000001:x';
  const event = (more: object): EventToSend => ({ type: 't', data: {}, ...more });

  it('with an id of their own or a new one, and nothing else changed', () => {
    const lines = toLines([event({ id: 'a' }), event({ id: undefined, subject: 'é\n' })], source, () => 'new');
    expect(lines.map(({ id }) => id)).toEqual(['a', 'new']);
    expect(lines[1]?.bytes.toString()).toBe(
      `{"specversion":"1.0","id":"new","source":"${source}","type":"t","data":{},"subject":"é\\n"}\n`,
    );
  });

  it('of which those are to be numbered that have neither an id nor a number', () => {
    const events = [event({}), event({ id: 'a' }), event({ sequence: '7' }), event({ id: 'a', sequence: '8' })];
    const lines = toLines(events, source, () => 'new');
    expect(lines.map(({ isNumbered }) => isNumbered)).toEqual([true, false, false, false]);
  });

  it('but not where they are too long for the server, or of another source', () => {
    const long = (bytes: number, more = {}) =>
      toLines([event({ id: 'i', ...more, data: { x: 'x'.repeat(bytes) } })], source, () => 'i');
    const frame = long(0)[0]!.bytes.length;
    expect(long(EVENT_BYTES - frame)[0]?.bytes.length).toBe(EVENT_BYTES);
    expect(() => long(EVENT_BYTES - frame + 1)).toThrow(/Event 1 of this call cannot be sent: it has 65537 bytes/);
    // One that is to be numbered leaves room for the number.
    expect(() => long(EVENT_BYTES - frame, { id: undefined })).toThrow(/it has 65566 bytes/);
    expect(() => toLines([event({}), event({ source: 'urn:a:b' })], source, () => 'i')).toThrow(/Event 2 .*urn:a:b/);
  });
});

describe('batches', () => {
  const numbering = (from: number) => {
    let number = from;
    return (): Batch => ({ number: number++, id: 'b', events: 0, bytes: 0 });
  };

  it('keep the order of the lines, within what the server takes in one go, and leave no room unused', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: EVENT_BYTES }), { maxLength: 60 });
    const before = fc.option(fc.record({ events: fc.integer({ min: 1, max: BATCH_EVENTS }), bytes: fc.integer({ min: 1, max: BATCH_BYTES }) }), { nil: null }); // prettier-ignore
    fc.assert(
      fc.property(sizes, before, (bytes, had) => {
        const lines = bytes.map((size, at) => ({ id: `${at}`, bytes: Buffer.alloc(size, at), isNumbered: false }));
        const parts = allot(had === null ? null : { number: 1, id: 'last', ...had }, lines, numbering(2));
        const sent = Buffer.concat(parts.map(({ text }) => text));
        expect(sent.equals(Buffer.concat(lines.map((line) => line.bytes)))).toBe(true);
        let next = 0;
        for (const { batch, text } of parts) {
          expect(batch.events <= BATCH_EVENTS && batch.bytes <= BATCH_BYTES).toBe(true);
          expect(text.length).toBe(batch.number === 1 ? batch.bytes - had!.bytes : batch.bytes);
          next += batch.events - (batch.number === 1 ? had!.events : 0);
          const following = bytes[next];
          if (following === undefined) continue;
          expect(batch.events === BATCH_EVENTS || batch.bytes + following > BATCH_BYTES).toBe(true);
        }
        expect(next).toBe(lines.length);
      }),
    );
  });

  it('of small events end at 1,000', () => {
    const lines = Array.from({ length: 2_500 }, (_, at) => ({
      id: `${at}`,
      bytes: Buffer.from('{}\n'),
      isNumbered: false,
    }));
    expect(allot(null, lines, numbering(1)).map(({ batch }) => batch.events)).toEqual([1_000, 1_000, 500]);
  });

  it('have a file name that says number and key; another name is not passed over', () => {
    const id = '017f22e2-79b0-7cc3-98c4-dc0c0c07398f';
    expect(batchOf(nameOf({ number: 12, id, events: 0, bytes: 0 }))).toEqual({ number: 12, id });
    expect(() => batchOf('notes.txt')).toThrow('"notes.txt" is not a batch');
  });
});

describe('an answer', () => {
  const problem = { code: 'invalid-event', title: 't', status: 422, detail: 'd' };
  const told = (outcomes: unknown): string => JSON.stringify({ accepted: 1, outcomes });

  it('names each event that was sent, in whatever order', () => {
    const text = told([
      { index: 1, id: 'b', outcome: 'refused', problem },
      { index: 0, id: 'a', outcome: 'duplicate' },
    ]);
    expect(readReceipt(text, ['a', 'b'])).toEqual([
      { id: 'a', outcome: 'duplicate' },
      { id: 'b', outcome: 'refused', problem },
    ]);
    const long = 'x'.repeat(200);
    expect(readReceipt(told([{ index: 0, id: 'x'.repeat(128), outcome: 'refused', problem }]), [long])).toHaveLength(1);
    expect(readReceipt(told([{ index: 0, id: null, outcome: 'refused', problem }]), [null])).toHaveLength(1);
  });

  test.each<[what: string, text: string]>([
    ['no JSON', '<html>'],
    ['nothing', ''],
    ['null', 'null'],
    ['no receipt', '{"accepted":1}'],
    ['fewer than were sent', told([])],
    ['more than were sent', told([{ index: 0, id: 'a', outcome: 'accepted' }, { index: 1, id: 'b', outcome: 'accepted' }])], // prettier-ignore
    ['another event', told([{ index: 0, id: 'z', outcome: 'accepted' }])],
    ['another place', told([{ index: 1, id: 'a', outcome: 'accepted' }])],
    ['another word', told([{ index: 0, id: 'a', outcome: 'ok' }])],
    ['a refusal without a reason', told([{ index: 0, id: 'a', outcome: 'refused' }])],
  ])('that is %s is none', (_, text) => {
    expect(readReceipt(text, ['a'])).toBeNull();
  });

  it('that names one event twice and another not at all is none', () => {
    const twice = { index: 0, id: 'a', outcome: 'accepted' };
    expect(readReceipt(told([twice, twice]), ['a', 'b'])).toBeNull();
  });

  it('may be a problem', () => {
    expect(readProblem(JSON.stringify(problem))).toEqual(problem);
    for (const text of ['[]', 'null', '{"code":1}', 'x']) expect(readProblem(text)).toBeNull();
  });
});

it('what goes and comes is what the server takes and answers', () => {
  type Sent = ActivityEvent extends infer E ? (E extends unknown ? Omit<E, 'specversion' | 'source'> : never) : never;
  expectTypeOf<Sent>().toExtend<EventToSend>();
  expectTypeOf<ServerReceipt>().toExtend<Receipt>();
  expectTypeOf<ServerProblem>().toExtend<Problem>();
});
