/** Files over HTTP: taken whole before they are acknowledged, worked off one after another, and asked after. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { problemSchema } from '../../contracts/errors.ts';
import type { ImportJob } from '../../src/app/importJobs.ts';
import { KEY, testServer, type TestServer } from './testServer.ts';

const PUBLISHED = readFileSync('projections/publishedFigures/published-figures.csv');
const OWNER = { authorization: `Bearer ${KEY}` };
const VISITS = 'Library,2020-01,2020-02\nCentral,100,200\nWalker,,"1,012"\n';
const OPTIONS = { authority: 'X01000001', measure: 'visits', method: 'manual' };

let server: TestServer;
beforeEach(async () => {
  server = await testServer({ filled: false });
});
afterEach(() => server.close());

type Shown = Omit<ImportJob, 'request'> & { file: string };

const ask = (url: string, method: 'GET' | 'DELETE' = 'GET', headers: object = {}) =>
  server.app.inject({ method, url, headers: { ...OWNER, ...headers } });
const upload = (bytes: string | Buffer, query: Record<string, string>, headers: object = {}) =>
  server.app.inject({
    method: 'POST',
    url: `/v1/imports?${new URLSearchParams(query).toString()}`,
    payload: bytes,
    headers: { 'content-type': 'text/csv', ...OWNER, ...headers },
  });
async function ended(id: string): Promise<Shown> {
  await expect
    .poll(async () => (await ask(`/v1/imports/${id}`)).json<Shown>().ended, { timeout: 5_000 })
    .not.toBeNull();
  return (await ask(`/v1/imports/${id}`)).json<Shown>();
}
async function imported(bytes: string | Buffer, query: Record<string, string>): Promise<Shown> {
  const answer = await upload(bytes, query);
  expect(answer.statusCode).toBe(202);
  const job = answer.json<Shown>();
  expect(answer.headers.location).toBe(`/v1/imports/${job.id}`);
  return ended(job.id);
}
const visitsFile = (bytes: string, more: Record<string, string> = {}) =>
  imported(bytes, { file: 'visits.csv', options: JSON.stringify(OPTIONS), ...more });

describe('an upload', () => {
  test('is answered with a job, which says what became of it when the figures contain it', async () => {
    const first = await imported(PUBLISHED, { file: 'published-figures.csv' });
    expect(first).toMatchObject({ state: 'done', file: 'published-figures.csv', problem: null });
    expect(first.report).toMatchObject({ format: 'published-figures', sure: 1, duplicates: 0, dryRun: false });
    expect(server.ledger.ordinal()).toBe(await server.ledger.size());
    const again = await imported(PUBLISHED, { file: 'published-figures.csv' });
    expect(again.report).toMatchObject({ accepted: 0, duplicates: first.report?.accepted });
  });

  test('of any layout is read by the mapping that is sent with it', async () => {
    const mapping = `feed: gates
kind: visits.counted
library: { column: Branch, as: name }
when: { month: { column: Month, written: MM/YYYY } }
number: { column: In, field: count, thousands: ',' }
with: { method: manual }`;
    const options = JSON.stringify({ authority: 'X01000001', mapping });
    const { state, report } = await imported('Branch,Month,In\nCentral,01/2020,"1,200"\n', { file: 'x.csv', options });
    expect([state, report?.format, report?.accepted]).toEqual(['done', 'mapped', 1]);
  });

  test('that cannot be read is told by its own name', async () => {
    const { problem } = await imported(Buffer.from([0xff, 0xfe, 0x41, 0x00]), { file: 'visits.csv' });
    expect(JSON.stringify(problem)).toContain('visits.csv');
    expect(JSON.stringify(problem)).not.toContain('.upload');
  });

  test('that nobody can import fails with the reason, and nothing is recorded', async () => {
    const { state, problem, report } = await imported('a,b\n1,2\n', { file: 'x.csv' });
    expect([state, problem?.code, report]).toEqual(['failed', 'unknown-format', null]);
    expect((await imported(Buffer.from('d0cf11e0', 'hex'), { file: 'x.csv' })).problem?.code).toBe('invalid-file');
    expect(await server.ledger.size()).toBe(0);
  });

  test('as a dry run records nothing and says what would be', async () => {
    const { report } = await visitsFile(VISITS, { dryRun: 'true' });
    expect(report).toMatchObject({ dryRun: true, events: 2, accepted: 2, counts: { refused: 1 } });
    expect(await server.ledger.size()).toBe(0);
  });

  test('strictly records nothing where one cell is refused', async () => {
    expect((await visitsFile(VISITS, { strict: 'true' })).problem).toMatchObject({ code: 'invalid-file' });
    expect(await server.ledger.size()).toBe(0);
  });

  test('of a corrected edition shows the difference, and corrects when told to', async () => {
    await visitsFile(VISITS);
    const edition = VISITS.replace('200', '210');
    const shown = await visitsFile(edition);
    expect(shown.report).toMatchObject({ accepted: 0, duplicates: 1, refused: 1, differing: 1 });
    expect(shown.report?.differences).toMatchObject([
      { row: 2, cell: '2020-02', subject: 'X01000001/central', when: '2020-02-01/P1M', recorded: '200', found: '210' },
    ]);
    const trial = await visitsFile(edition, { correct: 'true', dryRun: 'true' });
    expect(trial.report).toMatchObject({ accepted: 0, corrected: 1, duplicates: 1 });
    const corrected = await visitsFile(edition, { correct: 'true' });
    expect(corrected.report).toMatchObject({ accepted: 0, corrected: 1, duplicates: 1, counts: { refused: 1 } });
    const series = await server.ledger.series({
      indicator: 'visits',
      place: 'X01000001/central',
      granularity: 'month',
    });
    expect(series.points.map(({ value }) => value).filter((value) => value !== null)).toEqual([100, 210]);
    expect((await visitsFile(edition, { correct: 'true' })).report).toMatchObject({ corrected: 0, duplicates: 2 });
  });

  test.each([
    ['no file name', {}, 400, 'invalid-query'],
    ['a file name of two lines', { file: 'a\nb.csv' }, 400, 'invalid-query'],
    ['options that are not JSON', { file: 'x.csv', options: '{' }, 400, 'invalid-json'],
    ['a mapping that is none', { file: 'x.csv', options: '{"mapping":"feed: x"}' }, 422, 'invalid-mapping'],
    ['an option that is none', { file: 'x.csv', options: '{"a":1}' }, 400, 'invalid-query'],
    ['another parameter', { file: 'x.csv', authority: 'E08000021' }, 400, 'invalid-query'],
  ])('with %s is refused before anything begins', async (_, query, status, code) => {
    const answer = await upload('a,b\n', query);
    expect([answer.statusCode, problemSchema.parse(answer.json()).code]).toEqual([status, code]);
    expect(readdirSync(join(server.folder, 'uploads'))).toEqual([]);
  });

  test('of another media type is 415', async () => {
    const answer = await upload('x', { file: 'x.csv' }, { 'content-type': 'image/png' });
    expect([answer.statusCode, problemSchema.parse(answer.json()).code]).toEqual([415, 'unsupported-media-type']);
  });

  test('leaves no file behind when it has ended', async () => {
    const { id } = await visitsFile(VISITS);
    expect(readdirSync(join(server.folder, 'uploads'))).toEqual([`${id}.json`]);
  });
});

describe('the owner’s key', () => {
  test('is asked for everywhere, before a body is read', async () => {
    for (const [method, url] of [['POST', '/v1/imports?file=a.csv'], ['GET', '/v1/imports'], ['GET', `/v1/imports/${crypto.randomUUID()}`], ['DELETE', `/v1/imports/${crypto.randomUUID()}`]] as const) {
      const headers = { 'content-type': 'text/csv' };
      const answer = await server.app.inject({ method, url, headers, ...(method === 'POST' ? { payload: 'a,b' } : {}) });
      expect([url, answer.statusCode]).toEqual([url, 401]);
    }
    expect(readdirSync(join(server.folder, 'uploads'))).toEqual([]);
  }); // prettier-ignore
});

describe('findings', () => {
  test('are a page, CSV or JSON', async () => {
    const { id } = await visitsFile(VISITS.replace('Walker', '=cmd|x'));
    const page = await ask(`/v1/imports/${id}/findings`, 'GET', { accept: 'text/html' });
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).toContain('1,012');
    expect(page.body).not.toContain('<script');
    const csv = await ask(`/v1/imports/${id}/findings`, 'GET', { accept: 'text/csv' });
    const [header, first = ''] = csv.body.split('\r\n');
    expect(header).toBe('severity,file,row,cell,found,expected,done,code');
    expect(first).toMatch(/^refused,visits.csv,3,/);
    expect(csv.body.split(/[,\n]/).filter((cell) => /^[=+@]/.test(cell))).toEqual([]);
    const json = await ask(`/v1/imports/${id}/findings`, 'GET', { accept: 'application/json' });
    expect(json.json()).toMatchObject({ counts: { refused: 1 } });
  });

  test('of a file of which nothing was recorded are all there: the problem tells the first of them', async () => {
    const rows = Array.from({ length: 30 }, (_, at) => `Library ${at},x y,1.5`);
    const { id, state, problem } = await visitsFile(`Library,2020-01,2020-02\n${rows.join('\n')}\n`);
    expect([state, problem?.code, problem?.faults?.length]).toEqual(['failed', 'invalid-file', 20]);
    const { counts, findings } = (await ask(`/v1/imports/${id}/findings`, 'GET', { accept: 'application/json' })).json<NonNullable<Shown['report']>>(); // prettier-ignore
    expect([counts.refused, findings.filter(({ severity }) => severity === 'refused').length]).toEqual([60, 60]);
  });

  test('of a file of no known format, or of an import that is not there, are not found', async () => {
    const { id } = await imported('a,b\n1,2\n', { file: 'x.csv' });
    expect((await ask(`/v1/imports/${id}/findings`)).statusCode).toBe(404);
    expect((await ask(`/v1/imports/${crypto.randomUUID()}/findings`)).statusCode).toBe(404);
    expect((await ask('/v1/imports/../x')).statusCode).toBe(404);
    expect((await ask('/v1/imports/not-an-id')).statusCode).toBe(400);
  });
});

describe('jobs', () => {
  test('are listed, the last first', async () => {
    const one = await visitsFile(VISITS);
    const two = await visitsFile(VISITS);
    const { imports } = (await ask('/v1/imports')).json<{ imports: Shown[] }>();
    expect(imports.map(({ id }) => id)).toEqual([two.id, one.id]);
  });

  test('are cancelled: what is recorded stays, and importing again goes on', async () => {
    let aborted = false;
    const whole = server.ledger.import.bind(server.ledger);
    server.ledger.import = (_file, _choices, progress, signal) =>
      new Promise((_resolve, reject) => {
        progress?.('importing rows', 10, 100);
        signal?.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('cancelled'));
        });
      });
    const { id } = (await upload(VISITS, { file: 'visits.csv' })).json<Shown>();
    await expect.poll(async () => (await ask(`/v1/imports/${id}`)).json<Shown>().progress?.done).toBe(10);
    expect((await ask(`/v1/imports/${id}`, 'DELETE')).json()).toMatchObject({ state: 'cancelled' });
    expect(aborted).toBe(true);
    server.ledger.import = whole;
    expect((await visitsFile(VISITS)).state).toBe('done');
    expect(existsSync(join(server.folder, 'uploads', `${id}.upload`))).toBe(false);
  });

  test('over eight that wait are refused, and tell when to come again', async () => {
    let release = (): void => undefined;
    server.ledger.import = () => new Promise((_resolve, reject) => (release = () => reject(new Error('over'))));
    const statuses: number[] = [];
    for (let at = 0; at < 10; at++) statuses.push((await upload(VISITS, { file: 'visits.csv' })).statusCode);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 202, 202, 202, 202, 503]);
    expect((await upload(VISITS, { file: 'visits.csv' })).headers['retry-after']).toBe('1');
    server.ledger.import = () => Promise.reject(new Error('over'));
    release();
  });
});
