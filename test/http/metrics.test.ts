/** What an operator watches: each number is that of the thing it names. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testServer, visits, KEY, type TestServer } from './testServer.ts';

let server: TestServer;
let failures = 0;
beforeAll(async () => {
  server = await testServer({ filled: false, ports: { projectionFailures: () => failures } });
});
afterAll(() => server.close());

/** Every sample by its name and labels. */
async function samples(): Promise<Record<string, number>> {
  const answer = await server.app.inject('/metrics');
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const lines = answer.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => /^(.*) (\S+)$/.exec(line) ?? []).map(([, name, value]) => [String(name), Number(value)])); // prettier-ignore
}
const post = (payload: string, type = 'application/json') =>
  server.app.inject({ method: 'POST', url: '/v1/events', payload, headers: { 'content-type': type } });

test('events are counted by what became of them, posted or imported, unreadable lines too', async () => {
  const [first, second] = [visits('a', '2021-01', 1), visits('b', '2021-01', 1)];
  expect(await samples()).toMatchObject({
    'outcomes_events_total{outcome="accepted"}': 0,
    'outcomes_events_total{outcome="duplicate"}': 0,
    'outcomes_events_total{outcome="refused"}': 0,
  });
  await post(JSON.stringify(first));
  await post(JSON.stringify([first, second, { ...second, data: {} }]));
  await post(`${JSON.stringify(first)}\nno json\n`, 'application/x-ndjson');
  const answer = await server.app.inject({
    method: 'POST',
    url: '/v1/imports?file=visits.csv&options=%7B%22authority%22%3A%22E08000021%22%7D',
    payload: 'Library,2018-04,2018-05\nCity,100,2OO\n',
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${KEY}` },
  });
  expect(answer.statusCode).toBe(202);
  await expect.poll(async () => (await samples())['outcomes_events_total{outcome="accepted"}']).toBe(3);
  expect(await samples()).toMatchObject({
    'outcomes_events_total{outcome="accepted"}': 3,
    'outcomes_events_total{outcome="duplicate"}': 2,
    'outcomes_events_total{outcome="refused"}': 2,
  });
});

test('log, knowledge position, lag and parked events are those of the engine', async () => {
  await server.ledger.project();
  await post(JSON.stringify(visits('lag', '2021-01', 1)));
  expect(await samples()).toMatchObject({
    outcomes_log_events: 4,
    outcomes_knowledge_position: 3,
    outcomes_lag_events: 1,
    outcomes_parked_events: 0,
  });
  const body = JSON.stringify(visits('unreadable', '2021-01', -1));
  await server.log.append('urn:library:foreign', [{ id: 'unreadable', body, hash: '0'.repeat(64) }], 'any');
  await server.ledger.project();
  expect(await samples()).toMatchObject({
    outcomes_log_events: 5,
    outcomes_knowledge_position: 5,
    outcomes_lag_events: 0,
    outcomes_parked_events: 1,
  });
});

test('requests that are refused for overload are counted, other refusals are not', async () => {
  expect(await samples()).toMatchObject({ outcomes_requests_overloaded_total: 0 });
  const verify = () =>
    server.app.inject({ method: 'POST', url: '/v1/commands/verify', headers: { authorization: `Bearer ${KEY}` } });
  const answers = await Promise.all([verify(), verify(), server.app.inject('/nothing'), post('{')]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 503, 404, 400]);
  expect(await samples()).toMatchObject({ outcomes_requests_overloaded_total: 1 });
});

test('failures of projection and the memory of the process are told', async () => {
  failures = 3;
  const told = await samples();
  expect(told.outcomes_projection_failures_total).toBe(3);
  expect(await samples()).toMatchObject({ outcomes_projection_failures_total: 3 });
  expect(told.process_resident_memory_bytes).toBeGreaterThan(10_000_000);
  expect(Math.abs((told.process_start_time_seconds ?? 0) * 1000 - performance.timeOrigin)).toBeLessThan(1_000);
});
