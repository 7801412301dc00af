/** Import jobs survive what a server does not. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ImportReport } from '../../../src/app/importReport.ts';
import { openImportJobs, type ImportJobsPorts } from '../../../src/app/importJobs.ts';
import { uploadFolder } from '../../../src/files/uploadFolder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const REQUEST = { fileName: 'visits.csv', options: {}, choices: {} };
const REPORT = { file: 'visits.csv', accepted: 1 } as unknown as ImportReport;
const body = (text = 'a,b\n1,2\n') => Readable.from([Buffer.from(text)]);
const open = (run: ImportJobsPorts['run']) =>
  openImportJobs({ uploads: uploadFolder(folder), run, now: () => new Date(), newId: randomUUID });

it('a job that was running when the server stopped runs again after the next start, with the same file', async () => {
  const before = open((_file, _choices, _progress, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))); // prettier-ignore
  const { id } = await before.submit(REQUEST, body());
  await expect.poll(() => before.get(id).state).toBe('running');
  await before.close();

  const hashes: string[] = [];
  const after = open(async ({ sha256 }) => {
    hashes.push(sha256);
    return REPORT;
  });
  await expect.poll(() => after.get(id).state).toBe('done');
  expect(hashes).toHaveLength(1);
  expect(after.get(id).report).toEqual(REPORT);
  await after.close();
});

it('what is told of a job that has ended is told after a restart', async () => {
  const before = open(() => Promise.reject(new Error('no')));
  const { id } = await before.submit(REQUEST, body());
  await expect.poll(() => before.get(id).state).toBe('failed');
  await before.close();
  const after = open(() => expect.fail('it had ended'));
  expect(after.get(id)).toMatchObject({ state: 'failed', problem: { code: 'internal' } });
  await after.close();
});

it('an upload that breaks off leaves nothing, and is no job', async () => {
  const jobs = open(() => Promise.resolve(REPORT));
  async function* broken() {
    yield Buffer.from('a,b\n');
    throw new Error('the sender went away');
  }
  await expect(jobs.submit(REQUEST, broken())).rejects.toThrow('the sender went away');
  expect(jobs.list()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
  await jobs.close();
});

it('what a crash left of an upload is removed at the start', () => {
  for (const name of ['x.upload', 'y.upload.partial', 'z.json.partial']) writeFileSync(join(folder, name), 'a');
  uploadFolder(folder);
  expect(readdirSync(folder)).toEqual([]);
});

it('the last hundred are remembered, and no more', async () => {
  const jobs = open(() => Promise.resolve(REPORT));
  const ids: string[] = [];
  for (let at = 0; at < 103; at++) {
    const { id } = await jobs.submit(REQUEST, body());
    ids.push(id);
    await expect.poll(() => jobs.get(id).state, { interval: 1 }).toBe('done');
  }
  expect(jobs.list().map(({ id }) => id)).toEqual(ids.slice(3).reverse());
  expect(readdirSync(folder)).toHaveLength(100);
  await jobs.close();
}, 60_000);

it('jobs that were cancelled while they waited wait no longer, and make room for others', async () => {
  const jobs = open((_file, _choices, _progress, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))); // prettier-ignore
  const { id } = await jobs.submit(REQUEST, body());
  await expect.poll(() => jobs.get(id).state).toBe('running');
  const waiting = [];
  for (let at = 0; at < 8; at++) waiting.push(await jobs.submit(REQUEST, body()));
  await expect(jobs.submit(REQUEST, body())).rejects.toMatchObject({ code: 'overloaded' });
  for (const job of waiting) jobs.cancel(job.id);
  await expect(jobs.submit(REQUEST, body())).resolves.toMatchObject({ state: 'waiting' });
  await jobs.close();
});

it('a job whose end cannot be written down holds up no other', async () => {
  const uploads = uploadFolder(folder);
  let isFull = true;
  const save: typeof uploads.save = (job) => {
    if (job.ended !== null && isFull) throw new Error('the disk is full');
    uploads.save(job);
  };
  const jobs = openImportJobs({ uploads: { ...uploads, save }, run: () => Promise.resolve(REPORT), now: () => new Date(), newId: randomUUID }); // prettier-ignore
  const { id } = await jobs.submit(REQUEST, body());
  await expect.poll(() => jobs.get(id).state).toBe('done');
  isFull = false;
  const { id: next } = await jobs.submit(REQUEST, body());
  await expect.poll(() => jobs.get(next).state).toBe('done');
  await jobs.close();
});

it('a job that was cancelled at its very end stays cancelled', async () => {
  let finish: (report: ImportReport) => void = () => expect.fail('it had not begun');
  const jobs = open(() => new Promise((done) => (finish = done)));
  const { id } = await jobs.submit(REQUEST, body());
  await expect.poll(() => jobs.get(id).state).toBe('running');
  jobs.cancel(id);
  finish(REPORT);
  await jobs.close();
  expect(jobs.get(id)).toMatchObject({ state: 'cancelled', report: null });
});
