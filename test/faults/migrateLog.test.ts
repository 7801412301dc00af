/** `outcomes migrate-log` on real stores: cancelled, killed, run again; then every series is as it was, to the byte. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/main/config.ts';
import { openStores } from '../../src/main/openStores.ts';
import { startDouble } from '../support/eventstoredb/startDouble.ts';
import { observationsIn } from '../support/observationsIn.ts';
import { outcomes, post, served } from '../support/outcomes.ts';
import { describeWithPostgres } from '../support/postgres.ts';

const EVENTS = 5_000;
const FIGURES = 'projections/publishedFigures/published-figures.csv';

/** Three feeds that take turns: no two events that follow one another can be appended at once. */
const visits = Array.from({ length: EVENTS }, (_, n) => ({
  specversion: '1.0', id: `v${n}`, source: `urn:library:E0800002${n % 3}:doors`, type: 'org.outcome-ledger.visits.counted.v1', subject: `E0800002${n % 3}/branch-${n % 7}`,
  data: { window: `20${18 + (n % 4)}-0${1 + (n % 9)}-01/P1M`, method: 'system', count: n },
})); // prettier-ignore

async function sizeOf(data: string, env: NodeJS.ProcessEnv): Promise<number> {
  const config = readConfig(env, { data });
  const stores = openStores(config, () => new Date());
  const log = await stores.log(config);
  try {
    return await log.size();
  } finally {
    await log.close();
    await stores.close();
  }
}

describeWithPostgres('a log that is moved from the embedded database', (freshDatabase) => {
  it('to PostgreSQL and from there to EventStoreDB, cancelled and killed on the way, gives every figure as before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outcomes-moved-'));
    const data = join(folder, 'data');
    for (const made of [data, join(folder, 'eventstore')]) mkdirSync(made);
    const double = await startDouble({ folder: join(folder, 'eventstore') });
    const inPostgres = { OUTCOMES_LOG_URL: await freshDatabase() };
    const inEventStore = { EVENTSTORE_URL: double.url };
    try {
      const server = await served(data);
      expect(await post(server.address, visits)).toMatchObject({ accepted: EVENTS });
      await server.end('SIGTERM');
      expect(await outcomes(data, ['import', FIGURES])).toMatchObject({ code: 0 });
      const before = await observationsIn(data, {});
      const total = (JSON.parse(before) as { ordinal: number }).ordinal;
      expect(total).toBeGreaterThan(EVENTS);

      let copied = 0;
      for (const signal of ['SIGINT', 'SIGKILL'] as const) {
        const ended = await stoppedHalfway(data, inPostgres, copied + 200, signal);
        expect(ended).toEqual(signal === 'SIGINT' ? [130, null] : [null, 'SIGKILL']);
        copied = await sizeOf(data, inPostgres);
        expect(copied).toBeLessThan(total);
      }
      const moved = await outcomes(data, ['--json', 'migrate-log', inPostgres.OUTCOMES_LOG_URL]);
      expect(JSON.parse(moved.out)).toEqual({ events: total, copiedBefore: copied });
      await asBefore(data, inPostgres, before);

      const on = await outcomes(data, ['--json', 'migrate-log', double.url], inPostgres);
      expect(JSON.parse(on.out)).toEqual({ events: total, copiedBefore: 0 });
      await asBefore(data, inEventStore, before);
    } finally {
      await double.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

/** Copies into PostgreSQL until there are so many events, then ends the command; answers how it ended. */
async function stoppedHalfway(
  data: string,
  target: { OUTCOMES_LOG_URL: string },
  events: number,
  signal: NodeJS.Signals,
) {
  const cli = resolve('dist/src/main/cli.js');
  const args = [cli, '--data', data, 'migrate-log', target.OUTCOMES_LOG_URL];
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, EVENTSTORE_URL: undefined } });
  const gone = new Promise((done) => child.once('exit', (code, by) => done([code, by])));
  while (child.exitCode === null && (await sizeOf(data, target)) < events) await pause(10);
  child.kill(signal);
  return gone;
}

/** Figures of another log are refused; made again from it they are the same, and verified. */
async function asBefore(data: string, env: NodeJS.ProcessEnv, before: string): Promise<void> {
  expect((await outcomes(data, ['series', 'visits'], env)).code).toBe(env['EVENTSTORE_URL'] === undefined ? 0 : 7);
  expect(await outcomes(data, ['rebuild'], env)).toMatchObject({ code: 0 });
  expect(await outcomes(data, ['verify'], env)).toMatchObject({ code: 0 });
  expect(await observationsIn(data, env)).toBe(before);
}
