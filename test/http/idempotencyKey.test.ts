/** Idempotency-Key on POST /v1/events, as the IETF draft has it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problemSchema } from '../../contracts/errors.ts';
import { receiptSchema } from '../../src/http/receipt.ts';
import { outcomes, served, withData } from '../support/outcomes.ts';
import { testServer, visits, type TestServer } from './testServer.ts';

let server: TestServer;
beforeEach(async () => {
  server = await testServer({ filled: false });
});
afterEach(() => server.close());

const JSON_TYPE = 'application/json';
const NDJSON = 'application/x-ndjson';
const lines = (events: readonly unknown[]): string => events.map((event) => JSON.stringify(event)).join('\n');
const post = (key: string | undefined, payload: string, type = NDJSON, query = '') =>
  server.app.inject({
    method: 'POST',
    url: `/v1/events${query}`,
    payload,
    headers: { 'content-type': type, ...(key === undefined ? {} : { 'idempotency-key': key }) },
  });
const code = (answer: { body: string }): string => problemSchema.parse(JSON.parse(answer.body)).code;

const [june, july] = [visits('central', '2021-06', 10), visits('central', '2021-07', 20)];

describe('a key', () => {
  test.each([
    [NDJSON, lines([june, july]), 200],
    [JSON_TYPE, JSON.stringify([june, july]), 200],
    [JSON_TYPE, JSON.stringify(june), 201],
    [NDJSON, '{}', 422],
  ])('with the same %s again is answered as it was first', async (type, payload, status) => {
    const first = await post('"k-1"', payload, type);
    expect(first.statusCode).toBe(status);
    const again = await post('"k-1"', payload, type);
    expect([again.statusCode, again.body]).toEqual([status, first.body]);
    expect(receiptSchema.parse(JSON.parse(again.body)).duplicates).toBe(0);
    // Without the key it says what it is now: recorded before.
    const plain = receiptSchema.parse(JSON.parse((await post(undefined, payload, type)).body));
    expect(plain.duplicates).toBe(status === 422 ? 0 : await server.ledger.size());
  });

  test('with another body, another type of body or another list: 422, and nothing is recorded', async () => {
    await post('k', lines([june]));
    for (const other of [
      await post('k', lines([june, july])),
      await post('k', JSON.stringify(june), JSON_TYPE),
      await post('k', lines([june]), NDJSON, '?outcomes=refused'),
    ]) {
      expect([other.statusCode, code(other)]).toEqual([422, 'idempotency-key-reused']);
    }
    expect(await server.ledger.size()).toBe(1);
  });

  test('in quotes or without them is the same key; other keys are other requests', async () => {
    const first = await post('"k"', lines([june]));
    expect((await post('k', lines([june]))).body).toBe(first.body);
    expect(receiptSchema.parse(JSON.parse((await post('l', lines([june]))).body)).duplicates).toBe(1);
  });

  test.each(['', '"', '"a"b"', 'a b', 'x'.repeat(256), 'é'])('that is none (%j): 400', async (key) => {
    const answer = await post(key, lines([june]));
    expect([answer.statusCode, code(answer)]).toEqual([400, 'usage']);
    expect(await server.ledger.size()).toBe(0);
  });

  test('of a request still under way: 409; when that is done, its receipt', async () => {
    const append = server.log.append.bind(server.log);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const reached = new Promise<void>((resolve) => {
      server.log.append = async (...given) => {
        resolve();
        await gate;
        return append(...given);
      };
    });
    const body = lines([june, july]);
    const sending = post('k', body).then((answer) => answer.body);
    await reached;
    const meanwhile = await post('k', body);
    expect([meanwhile.statusCode, code(meanwhile)]).toEqual([409, 'idempotency-key-in-use']);
    letGo();
    const first = await sending;
    expect(JSON.parse(first)).toMatchObject({ accepted: 2 });
    expect((await post('k', body)).body).toBe(first);
  });

  test('of a request that failed as a whole is free: nothing was answered that could be answered again', async () => {
    const append = server.log.append.bind(server.log);
    server.log.append = () => Promise.reject(new Error('down'));
    expect((await post('k', lines([june]))).statusCode).toBe(500);
    server.log.append = append;
    expect((await post('k', lines([june]))).statusCode).toBe(200);
    expect((await post('m', '{', JSON_TYPE)).statusCode).toBe(400);
    expect((await post('m', JSON.stringify(june), JSON_TYPE)).statusCode).toBe(200);
  });
});

test('P1, P2: a receipt outlives its server, and is forgotten when everything is made anew from the log', async () => {
  await withData(async (data) => {
    const answer = async (address: string): Promise<string> => {
      const headers = { 'content-type': NDJSON, 'idempotency-key': '"k"' };
      return (await fetch(`${address}/v1/events`, { method: 'POST', headers, body: lines([june, july]) })).text();
    };
    const one = await served(data);
    const first = await answer(one.address);
    await one.end('SIGKILL');
    const two = await served(data);
    expect(await answer(two.address)).toBe(first);
    await two.end('SIGTERM');
    expect((await outcomes(data, ['rebuild'])).code).toBe(0);
    const three = await served(data);
    expect(JSON.parse(await answer(three.address))).toMatchObject({ accepted: 0, duplicates: 2 });
    await three.end('SIGTERM');
  });
});

describe('a receipt', () => {
  test('is of the log that it was given for: after that was restored from an older copy the events are recorded', async () => {
    const first = await post('k', lines([june, july]));
    expect(receiptSchema.parse(JSON.parse(first.body)).accepted).toBe(2);
    // As a log says that lost its last events.
    const holds = vi.spyOn(server.ledger, 'holds').mockResolvedValue(false);
    const again = receiptSchema.parse(JSON.parse((await post('k', lines([june, july]))).body));
    expect(again).toMatchObject({ accepted: 0, duplicates: 2 });
    holds.mockRestore();
    expect(receiptSchema.parse(JSON.parse((await post('k', lines([june, july]))).body))).toEqual(again);
  });

  test('is the same where the media type came with a parameter', async () => {
    const first = await post('k', JSON.stringify(june), JSON_TYPE);
    expect((await post('k', JSON.stringify(june), 'application/json; charset=utf-8')).body).toBe(first.body);
  });
});
