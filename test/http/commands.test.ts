import { request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { problemSchema } from '../../contracts/errors.ts';
import { KEY, testServer, visits, type TestServer } from './testServer.ts';

const DRAFT = readFileSync('projections/indicators/stronger-communities/visits.yaml', 'utf8');
const OWNER = { authorization: `Bearer ${KEY}` };

let server: TestServer;
beforeEach(async () => {
  server = await testServer({ filled: false });
});
afterEach(() => server.close());

interface Line {
  readonly progress?: { doing: string; done: number; total: number };
  readonly result?: Record<string, unknown>;
  readonly problem?: { code: string };
}

async function command(path: string, body: string | Buffer = '', type = 'application/json', headers: object = OWNER) {
  const answer = await server.app.inject({
    method: 'POST',
    url: `/v1/commands/${path}`,
    payload: body,
    headers: { 'content-type': type, ...headers },
  });
  const streamed = answer.headers['content-type'] === 'application/x-ndjson';
  const text = answer.body.trimEnd().split('\n');
  const lines = streamed ? text.map((line) => JSON.parse(line) as Line) : [];
  const problem = streamed ? undefined : problemSchema.parse(JSON.parse(answer.body));
  return { status: answer.statusCode, headers: answer.headers, lines, last: lines.at(-1), problem };
}

describe('the owner’s key', () => {
  test.each(['replay', 'reconcile', 'rebuild', 'verify'])('%s is closed without it and with another', async (path) => {
    const none = await command(path, '', 'application/json', {});
    expect([none.status, none.problem?.code, none.problem?.status]).toEqual([401, 'not-allowed', 401]);
    expect(none.headers['www-authenticate']).toContain('Bearer');
    for (const authorization of [`Bearer ${KEY}x`, 'Bearer x', `Basic ${KEY}`, 'Bearer ']) {
      const other = await command(path, '', 'application/json', { authorization });
      expect([401, 403]).toContain(other.status);
      expect(other.problem?.code).toBe('not-allowed');
    }
    expect(await server.ledger.size()).toBe(0);
  });

  test('a server without a key lets nobody in', async () => {
    const own = await testServer({ filled: false, ports: { key: '' } });
    const answer = await own.app.inject({
      method: 'POST',
      url: '/v1/commands/rebuild',
      headers: { authorization: 'Bearer x' },
    });
    await own.close();
    expect(answer.statusCode).toBe(403);
  });
});

describe('replay', () => {
  test('of a draft is compared with the active version', async () => {
    await server.ledger.record([visits('a', '2021-01', 5)]);
    const draft = DRAFT.replace('version: 1', 'version: 2');
    const { last } = await command('replay?file=draft.yaml', draft, 'application/yaml');
    expect(last?.result).toMatchObject({ position: 1, stored: true, comparison: { changed: 0, added: 0, removed: 0 } });
    expect(String(last?.result?.projection)).toMatch(/^draft\/visits@2:/);
  });

  test('of an active indicator by its id changes nothing', async () => {
    await server.ledger.record([visits('a', '2021-01', 5)]);
    const { last } = await command('replay', '{"indicator":"visits"}');
    expect(last?.result).toMatchObject({ stored: false, comparison: { changed: 0, added: 0, removed: 0 } });
  });

  test('of a bad definition is 422, at line and column, in the file’s name', async () => {
    const { status, problem } = await command('replay?file=mine.yaml', DRAFT.replace('direction: up', 'direction: sideways'), 'application/yaml'); // prettier-ignore
    expect([status, problem?.code]).toEqual([422, 'invalid-definition']);
    expect(problem?.faults?.[0]).toMatchObject({ line: 7, column: 12, file: 'mine.yaml' });
  });

  test.each([
    ['{"indicator":"nothing-here"}', 404, 'not-found'],
    ['{"id":"visits"}', 400, 'usage'],
    ['{', 400, 'invalid-json'],
  ])('%s is refused', async (body, status, code) => {
    const answer = await command('replay', body);
    expect([answer.status, answer.problem?.code]).toEqual([status, code]);
  });

  test('a definition too long to be one is 413', async () => {
    const answer = await command('replay', `# ${'x'.repeat(300_000)}`, 'application/yaml');
    // No hint at NDJSON, which this address does not take.
    expect([answer.status, answer.problem?.code, answer.problem?.hint]).toEqual([413, 'event-too-large', undefined]);
  });

  test('is cancelled when the client goes away, and the next command may run', async () => {
    const address = await server.listen();
    let cancelled: boolean | undefined;
    server.ledger.replay = (_definition, progress, signal) =>
      new Promise((_resolve, reject) => {
        progress?.('replaying', 1, 100);
        signal?.addEventListener('abort', () => {
          cancelled = true;
          reject(new Error('cancelled'));
        });
      });
    const headers = { ...OWNER, 'content-type': 'application/json' };
    const sending = httpRequest(`${address}/v1/commands/replay`, { method: 'POST', headers }, (answer) => {
      answer.once('data', () => sending.destroy());
    });
    sending.on('error', () => undefined);
    sending.end('{"indicator":"visits"}');
    await expect.poll(() => cancelled).toBe(true);
    await expect.poll(async () => (await command('verify')).status).toBe(200);
  });
});

describe('rebuild and verify', () => {
  test('a rebuild gives the same figures, and verify finds no difference', async () => {
    await server.ledger.record([visits('a', '2021-01', 5), visits('b', '2021-01', 7)]);
    await server.ledger.project();
    const before = await server.ledger.series({ indicator: 'visits' });
    expect((await command('rebuild')).last?.result).toEqual({ events: 2 });
    expect(await server.ledger.series({ indicator: 'visits' })).toEqual(before);
    expect((await command('verify')).last?.result).toMatchObject({ position: 2, facts: 2, differences: [] });
  });

  test('a difference is a result, not a problem', async () => {
    await server.ledger.record([visits('a', '2021-01', 5)]);
    await server.ledger.project();
    const differences = [{ where: 'facts/x', what: 'is missing' }];
    const verify = server.ledger.verify.bind(server.ledger);
    server.ledger.verify = async (progress) => ({ ...(await verify(progress)), differences });
    expect((await command('verify')).last?.result).toMatchObject({ differences });
  });

  test('progress comes about five times a second, and the first and last of each stage always', async () => {
    server.ledger.rebuild = async (progress) => {
      const end = performance.now() + 500;
      for (let done = 0; performance.now() < end; done++) {
        progress?.('projecting', done, 1_000_000);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      progress?.('projecting', 1_000_000, 1_000_000);
      return { events: 1_000_000 };
    };
    const { lines } = await command('rebuild');
    const told = lines.flatMap(({ progress }) => progress ?? []);
    expect(told[0]?.done).toBe(0);
    expect(told.at(-1)?.done).toBe(1_000_000);
    expect(told.length).toBeLessThan(7);
  });

  test('one command at a time: the second is told to come again', async () => {
    let finish = (): void => undefined;
    server.ledger.rebuild = () => new Promise((resolve) => (finish = () => resolve({ events: 0 })));
    const first = command('rebuild');
    await expect.poll(async () => (await command('verify')).status).toBe(503);
    const second = await command('verify');
    expect([second.problem?.code, second.headers['retry-after']]).toEqual(['overloaded', '1']);
    finish();
    expect((await first).last?.result).toEqual({ events: 0 });
    expect((await command('verify')).status).toBe(200);
  });

  test('a defect in the middle ends the stream with a problem', async () => {
    server.ledger.rebuild = () => Promise.reject(new Error('disk is full'));
    const { status, last } = await command('rebuild');
    expect([status, last?.problem?.code]).toEqual([200, 'internal']);
    expect(JSON.stringify(last)).not.toContain('disk');
  });
});

describe('reconcile', () => {
  const stated = (form: string, line: string, month: string, value: number) => ({
    ...visits('central', month, value),
    id: `${form}:${line}:${month}`,
    type: 'org.outcome-ledger.return.stated.v1',
    data: { form, line, window: `${month}-01/P1M`, method: 'system', value },
  });

  test('compares what is stated on two forms', async () => {
    const events = ['2023-04', '2023-05'].flatMap((month) => [
      stated('one', 'a', month, 10),
      stated('two', 'b', month, 10),
    ]);
    for (const outcome of await server.ledger.record(events)) expect(outcome.outcome).toBe('accepted');
    const { status, last } = await command('reconcile', '{"forms":["one","two"]}');
    // No reading says what their lines mean.
    expect([status, last?.result]).toEqual([
      200,
      { forms: ['one', 'two'], compared: [], mismatches: [], notCompared: [['a'], ['b']] },
    ]);
  });

  test('a form that nothing was stated on is named, with those that there are', async () => {
    expect(await server.ledger.record([stated('one', 'a', '2023-04', 10)])).toHaveLength(1);
    const { last } = await command('reconcile', '{"forms":["one","three"]}');
    expect(last?.problem).toMatchObject({ code: 'not-found', hint: 'Forms that something was stated on: one.' });
    expect((await command('reconcile', '{"forms":["one","one"]}')).last?.problem?.code).toBe('usage');
    for (const body of ['{"forms":["one"]}', '{"forms":["one","A B"]}', '{}'])
      expect((await command('reconcile', body)).problem?.code).toBe('usage');
  });
});
