import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema, type Problem } from '../../contracts/errors.ts';
import { receiptSchema, type Receipt } from '../../src/http/receipt.ts';
import { hasMoreMembers } from '../../src/http/arrayMembers.ts';
import { parseJson } from '../../src/http/parseJson.ts';
import { testServer, visits, type TestServer } from './testServer.ts';

let server: TestServer;
let address: string;
beforeAll(async () => {
  server = await testServer({ filled: false });
  address = await server.listen();
});
afterAll(() => server.close());

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const post = async (body: unknown, type = JSON_TYPE, query = '') => {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return server.app.inject({
    method: 'POST',
    url: `/v1/events${query}`,
    payload,
    headers: { 'content-type': type },
  });
};
const receiptOf = (answer: { body: string }): Receipt => receiptSchema.parse(JSON.parse(answer.body));
const problemIn = (answer: { body: string; headers: Record<string, unknown>; statusCode: number }): Problem => {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const problem = problemSchema.parse(JSON.parse(answer.body));
  expect(problem.status).toBe(answer.statusCode);
  expect(problem.instance).toBe(answer.headers['x-request-id']);
  return problem;
};
const lines = (events: readonly unknown[]): string => events.map((event) => JSON.stringify(event)).join('\n');

describe('one event', () => {
  test.each(['application/json', 'application/cloudevents+json', 'application/json; charset=utf-8'])(
    'as %s is accepted once with 201, a duplicate with 200, a conflict with 409',
    async (type) => {
      const event = visits(`one-${type.length}`, '2021-01', 5);
      const first = await post(event, type);
      expect(first.statusCode).toBe(201);
      expect(receiptOf(first)).toEqual({
        accepted: 1,
        duplicates: 0,
        refused: 0,
        unlisted: 0,
        outcomes: [{ index: 0, source: event.source, id: event.id, outcome: 'accepted' }],
        feeds: [],
      });
      const again = await post(event, type);
      expect([again.statusCode, receiptOf(again).duplicates]).toEqual([200, 1]);
      const other = await post({ ...event, data: { ...event.data, count: 6 } }, type);
      expect([other.statusCode, problemIn(other).code]).toEqual([409, 'event-conflict']);
    },
  );

  test('key order and spaces make no other event', async () => {
    const event = visits('order', '2021-01', 5);
    await post(event);
    const turned = Object.fromEntries(Object.entries(event).reverse());
    expect(receiptOf(await post(JSON.stringify(turned, null, 4))).duplicates).toBe(1);
  });

  test.each([
    ['a field that is not in the contract', { ...visits('x', '2021-01', 1), name: 'x' }, 'invalid-event', '/name'],
    ['a negative count', visits('x', '2021-01', -1), 'invalid-event', '/data/count'],
    ['an unknown type', { ...visits('x', '2021-01', 1), type: 'a.b' }, 'unknown-event-type', '/type'],
    ['no object', 7, 'invalid-event', ''],
  ])('%s is refused with 422 and a pointer', async (_, event, code, pointer) => {
    const answer = await post(event);
    const problem = problemIn(answer);
    expect([answer.statusCode, problem.code, problem.faults?.[0]?.pointer]).toEqual([422, code, pointer]);
  });

  test.each([
    ['{"a": }', 1, 7, 'expected a value, found "}"'],
    ['{\n  "a": 1,\n  b: 2\n}', 3, 3, 'expected a name in quotes, found "b"'],
    ['[1, 2', 1, 6, 'expected , or ], found the end of the text'],
    ['{"a": "x', 1, 9, 'expected a closing quote, found the end of the text'],
    ['{"a": "x\ny"}', 1, 9, 'a line break or control character stands inside a string'],
    ['{"a": "\\q"}', 1, 8, 'a backslash begins no escape that JSON knows'],
    ['{"a": 01}', 1, 7, 'expected a value, found "0"'],
    ['{"a": tru}', 1, 7, 'expected a value, found "t"'],
    ['{"a" 1}', 1, 6, 'expected :, found "1"'],
    ['{} {}', 1, 4, 'expected the end, found "{"'],
    ['', 1, 1, 'expected a value, found the end of the text'],
    ['['.repeat(200_000), 1, 200_001, 'expected a value or ], found the end of the text'],
  ])('%.30j is not JSON, at line %i, column %i', async (text, line, column, message) => {
    const answer = await post(text);
    expect([answer.statusCode, problemIn(answer).code]).toEqual([400, 'invalid-json']);
    expect(problemIn(answer).faults).toEqual([{ message, line, column }]);
  });

  test.each([
    ['[{"id": "a", "data": {"count": 1, "count": 2}}]', 35, '/0/data/count', '"count" is given twice: expected it once'],
    ['{"a" : 1, "a" : 1}', 11, '/a', '"a" is given twice: expected it once'],
    ['{"a": 1, "\\u0061": 1}', 10, '/a', '"a" is given twice: expected it once'],
    ['{"x": "\\\\", "b/c": [0, {"~": {}, "~": []}]}', 34, '/b~1c/1/~0', '"~" is given twice: expected it once'],
    ['[0, 1e-400]', 5, '/1', '1e-400 cannot be kept: it would become 0'],
    [`{"n": -0.${'0'.repeat(400)}1}`, 7, '/n', `-0.${'0'.repeat(37)}… (404 characters) cannot be kept: it would become 0`],
    ['1e400', 1, '', '1e400 cannot be kept: it would become Infinity'],
    ['{"n":9007199254740993}', 6, '/n', '9007199254740993 cannot be kept: it would become 9007199254740992'],
    ['[-12345678901234567890]', 2, '/0', '-12345678901234567890 cannot be kept: it would become -12345678901234567000'],
    ['[1.00000000000000000001]', 2, '/0', '1.00000000000000000001 cannot be kept: it would become 1'],
  ])('%s would lose something: refused at column %i, with a pointer', async (text, column, pointer, message) => {
    const answer = await post(text);
    expect([answer.statusCode, problemIn(answer).code]).toEqual([400, 'invalid-json']);
    expect(problemIn(answer).faults).toEqual([{ message, pointer, line: 1, column }]);
  }); // prettier-ignore

  test.each([
    '{"a": "\\"a\\":", "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}',
    '{"id": "12345678901234567890 1e-400", "n": 1e3, "m": 0.30000000000000004, "k": 1.0000000000000000e2, "z": 0e-999}',
    '[9007199254740992, 1e22, -0.0, 1000000000000000000000, 0.1000000000000000055511151231257827]',
    '{"__proto__": 1, "constructor": 1}',
  ])('%s loses nothing and is read', (text) => {
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
  });

  test('how deep a text is nested does not matter to what it may lose', () => {
    const deep = `${'['.repeat(100_000)}1e1${']'.repeat(100_000)}`;
    expect(() => parseJson(Buffer.from(deep))).not.toThrow();
    expect(() => parseJson(Buffer.from(deep.replace('1e1', '1e999')))).toThrow('1e999 cannot be kept');
  });

  test('bytes that are not UTF-8 are refused, not replaced', async () => {
    const bytes = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xe9]), Buffer.from('"}')]);
    expect(problemIn(await post(bytes)).faults).toEqual([{ message: 'is not UTF-8', line: 1 }]);
  });

  test('a byte order mark does no harm', async () => {
    expect((await post(`\ufeff${JSON.stringify(visits('mark', '2021-01', 1))}`)).statusCode).toBe(201);
  });
});

describe('a batch', () => {
  test('gives each event its own outcome, in the order sent', async () => {
    const kept = visits('batch', '2021-01', 5);
    await post(kept);
    const batch = [
      visits('batch', '2021-02', 5),
      kept,
      { ...kept, data: { ...kept.data, count: 9 } },
      { nonsense: true },
      visits('batch', '2021-03', 5),
    ];
    const answer = await post(batch, 'application/cloudevents-batch+json');
    const receipt = receiptOf(answer);
    expect(answer.statusCode).toBe(200);
    expect(receipt.outcomes.map((o) => [o.index, o.outcome, o.problem?.code])).toEqual([
      [0, 'accepted', undefined],
      [1, 'duplicate', undefined],
      [2, 'refused', 'event-conflict'],
      [3, 'refused', 'invalid-event'],
      [4, 'accepted', undefined],
    ]);
    expect([receipt.accepted, receipt.duplicates, receipt.refused]).toEqual([2, 1, 2]);
  });

  test('of which every event is refused is answered with 422 and the outcomes', async () => {
    const answer = await post([{}, {}]);
    expect([answer.statusCode, receiptOf(answer).refused]).toEqual([422, 2]);
  });

  test('lists only what was refused when asked to, and counts all', async () => {
    const receipt = receiptOf(await post([visits('few', '2021-01', 1), 5], JSON_TYPE, '?outcomes=refused'));
    expect(receipt).toMatchObject({
      accepted: 1,
      refused: 1,
      unlisted: 1,
      outcomes: [{ index: 1, outcome: 'refused' }],
    });
  });

  test('of none is no error', async () => {
    const answer = await post([]);
    expect([answer.statusCode, receiptOf(answer).accepted]).toEqual([200, 0]);
  });

  test('longer than one recording keeps its numbering', async () => {
    const batch = Array.from({ length: 2_500 }, (_, i) => (i === 2_100 ? 0 : visits(`long-${i}`, '2021-01', i)));
    const receipt = receiptOf(await post(batch));
    expect(receipt.accepted).toBe(2_499);
    expect(receipt.outcomes.map(({ index }) => index)).toEqual(batch.map((_, i) => i));
    expect(receipt.outcomes.find(({ outcome }) => outcome === 'refused')?.index).toBe(2_100);
  });

  test('under the media type of one event is refused, and one event under that of a batch', async () => {
    expect(problemIn(await post([], 'application/cloudevents+json')).code).toBe('invalid-event');
    expect(problemIn(await post({}, 'application/cloudevents-batch+json')).code).toBe('invalid-event');
  });
});

describe('NDJSON', () => {
  test('a line that gives a name twice is refused alone, at its line and pointer', async () => {
    const kept = JSON.stringify(visits('twice', '2021-01', 1));
    const receipt = receiptOf(await post(`${kept}\n${kept.replace('"count":1', '"count":1,"count":2')}`, NDJSON));
    expect([receipt.accepted, receipt.refused]).toEqual([1, 1]);
    expect(receipt.outcomes[1]?.problem?.faults).toMatchObject([{ line: 2, pointer: '/data/count' }]);
  });

  test('a bad line is refused by its number and stops nothing', async () => {
    const body = `${JSON.stringify(visits('nd', '2021-01', 1))}\r\n\n{"half":\n[1]\n${JSON.stringify(visits('nd', '2021-02', 1))}`;
    const answer = await post(body, NDJSON);
    const { outcomes, ...counts } = receiptOf(answer);
    expect([answer.statusCode, counts]).toEqual([
      200,
      { accepted: 2, duplicates: 0, refused: 2, unlisted: 0, feeds: [] },
    ]);
    expect(outcomes.map((o) => [o.index, o.line, o.outcome, o.problem?.code, o.problem?.faults?.[0]?.line])).toEqual([
      [0, 1, 'accepted', undefined, undefined],
      [1, 3, 'refused', 'invalid-json', 3],
      [2, 4, 'refused', 'invalid-event', undefined],
      [3, 5, 'accepted', undefined, undefined],
    ]);
  });

  test('a line over 64 KiB is refused, and the lines after it are read', async () => {
    const long = `{"id":"${'x'.repeat(200_000)}"}`;
    const body = `${long}\n${JSON.stringify(visits('after-long', '2021-01', 1))}\n${long}`;
    const receipt = receiptOf(await post(body, NDJSON));
    expect(receipt.outcomes.map((o) => [o.line, o.outcome, o.problem?.code])).toEqual([
      [1, 'refused', 'event-too-large'],
      [2, 'accepted', undefined],
      [3, 'refused', 'event-too-large'],
    ]);
  });

  test('of which nothing is recorded is answered with 422; an empty one with 200', async () => {
    expect((await post('x\ny', NDJSON)).statusCode).toBe(422);
    expect((await post('\n \n', NDJSON)).statusCode).toBe(200);
  });

  test('cut into pieces at every byte gives the same outcomes', async () => {
    const events = [visits('cut', '2021-01', 1), visits('cut', '2021-02', 1)];
    const bytes = Buffer.from(`${lines(events)}\n`);
    const pieces = async function* () {
      for (const byte of bytes) yield Buffer.from([byte]);
    };
    const init = { method: 'POST', body: pieces(), headers: { 'content-type': NDJSON }, duplex: 'half' };
    const answer = await fetch(`${address}/v1/events`, init as unknown as RequestInit);
    expect(receiptSchema.parse(await answer.json())).toMatchObject({ accepted: 2, refused: 0 });
  });

  test('a long stream has a bounded receipt: all counted, refused ones listed first of all', async () => {
    const stream = async function* () {
      for (let at = 0; at < 12_000; at += 500) {
        yield Buffer.from(`${lines(Array.from({ length: 500 }, (_, i) => visits(`s-${at + i}`, '2021-01', 1)))}\n`);
      }
      yield Buffer.from('bad\n');
    };
    const init = { method: 'POST', body: stream(), headers: { 'content-type': NDJSON }, duplex: 'half' };
    const answer = await fetch(`${address}/v1/events`, init as unknown as RequestInit);
    const receipt = receiptSchema.parse(await answer.json());
    expect(receipt).toMatchObject({ accepted: 12_000, refused: 1, unlisted: 2_000 });
    expect(receipt.outcomes.at(-1)).toMatchObject({ line: 12_001, outcome: 'refused' });
  });

  test('a sender that breaks off keeps what was recorded, and sending again counts nothing twice', async () => {
    const before = await server.ledger.size();
    const events = Array.from({ length: 1_500 }, (_, i) => visits(`broken-${i}`, '2021-01', i));
    const sending = httpRequest(`${address}/v1/events`, { method: 'POST', headers: { 'content-type': NDJSON } });
    sending.on('error', () => undefined);
    sending.write(`${lines(events)}\n`);
    await expect.poll(() => server.ledger.size()).toBe(before + 1_000);
    sending.destroy();
    const receipt = receiptOf(await post(lines(events), NDJSON));
    expect(receipt).toMatchObject({ accepted: 500, duplicates: 1_000, refused: 0 });
    expect(await server.ledger.size()).toBe(before + 1_500);
  });
});

describe('what is not taken', () => {
  test('another media type: 415', async () => {
    const answer = await post('x', 'text/plain');
    expect([answer.statusCode, problemIn(answer).code]).toEqual([415, 'unsupported-media-type']);
    expect(problemIn(answer).hint).toBe(
      'Give the Content-Type: application/json, or application/cloudevents+json, or application/cloudevents-batch+json, or application/x-ndjson.',
    );
  });

  test('no body: 415', async () => {
    const answer = await server.app.inject({ method: 'POST', url: '/v1/events' });
    expect(problemIn(answer).code).toBe('unsupported-media-type');
  });

  test('a packed body: 415', async () => {
    const headers = { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' };
    const answer = await server.app.inject({ method: 'POST', url: '/v1/events', payload: 'x', headers });
    expect(problemIn(answer).code).toBe('unsupported-media-type');
  });

  test('more than 8 MiB of JSON: 413, with the way out', async () => {
    const answer = await post(`"${'x'.repeat(8 * 1024 * 1024)}"`);
    expect([answer.statusCode, problemIn(answer).code]).toEqual([413, 'event-too-large']);
    expect(problemIn(answer).hint).toContain('application/x-ndjson');
  });

  test('an array of more than 100,000 events: 413 at once, with the way out; nothing of it is looked at', async () => {
    const began = performance.now();
    const answer = await post(`\ufeff [${'{},'.repeat(2_700_000)}{}]`);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect([answer.statusCode, problemIn(answer).code]).toEqual([413, 'event-too-large']);
    expect(problemIn(answer).hint).toContain('application/x-ndjson');
  });

  test.each<[what: string, text: string, more: boolean]>([
    ['one too many', '[1,2,3,4]', true],
    ['as many as may be', '[1,2,3]', false],
    ['commas in texts', '["a,\\",,",2,"\\\\"]', false],
    ['commas further in', '[[1,2,3,4],{"a":1,"b":2},3]', false],
    ['no array', '{"a":1,"b":2,"c":3,"d":4}', false],
  ])('members are counted, whatever is in them: %s', (_, text, more) => {
    expect(hasMoreMembers(Buffer.from(text), 3)).toBe(more);
  });

  test.each(['utf-16', '"ISO-8859-1"', 'utf-8; charset=utf-16le', ''])('the charset %s: 415', async (charset) => {
    for (const type of [JSON_TYPE, NDJSON]) {
      const answer = await post('[]', `${type}; charset=${charset}`);
      expect([answer.statusCode, problemIn(answer).code]).toEqual([415, 'unsupported-media-type']);
    }
    for (const utf8 of ['utf-8', '"UTF-8"', 'utf8']) {
      expect((await post([], `${JSON_TYPE};Charset=${utf8}`)).statusCode).toBe(200);
    }
  });

  test('a parameter that is not one: 400 naming it', async () => {
    const answer = await post([], JSON_TYPE, '?outcome=refused&outcomes=some');
    expect([answer.statusCode, problemIn(answer).code]).toEqual([400, 'invalid-query']);
    expect(problemIn(answer).faults?.map(({ pointer }) => pointer)).toEqual(['/outcomes', '/outcome']);
  });

  test('P10: a ninth sender at once: 503 with Retry-After; when one is done there is room again', async () => {
    const open = Array.from({ length: 8 }, () => {
      const sending = httpRequest(`${address}/v1/events`, { method: 'POST', headers: { 'content-type': NDJSON } });
      const answered = new Promise<number>((resolve, reject) => {
        sending.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
      });
      sending.write('\n');
      return { sending, answered };
    });
    await expect.poll(async () => (await post([])).statusCode).toBe(503);
    const refused = await post([]);
    expect([problemIn(refused).code, refused.headers['retry-after']]).toEqual(['overloaded', '1']);
    for (const { sending } of open) sending.end();
    expect(await Promise.all(open.map(({ answered }) => answered))).toEqual(Array(8).fill(200));
    await expect.poll(async () => (await post([])).statusCode).toBe(200);
  });

  test('a log that fails: the defect is logged, and its text stays inside', async () => {
    const logged: string[] = [];
    const logger = { stream: { write: (line: string) => void logged.push(line) } };
    const failing = await testServer({ filled: false, ports: { logger } });
    failing.log.append = () => Promise.reject(new Error('secret path /var/x'));
    const payload = visits('x', '2021-01', 1);
    const answer = await failing.app.inject({ method: 'POST', url: '/v1/events', payload });
    await failing.close();
    expect([answer.statusCode, problemIn(answer).code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('secret');
    expect(logged.join('')).toContain('secret path');
  });
});
