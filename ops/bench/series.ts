/** Reading series from a server that holds many facts, and the memory it needs. */
import { linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { fingerprintOf } from '../../src/app/fingerprint.ts';
import type { StoredEvent } from '../../src/app/ports.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../src/sql/sqliteLog.ts';
import type { Bench, Context, Figure } from './bench.ts';
import { quantile, secondsOf } from './measure.ts';
import { factsFolder, positionOf } from './prepare.ts';
import { LIBRARIES, placeOf } from './rows.ts';
import { startServer, type ServerProcess } from './serverProcess.ts';

const PER_SECOND = 200;
const BAR_MS = 20;
const BAR_MIB = 512;
const SETTLE_MS = 3_000;

export const series: Bench = {
  name: 'series',
  title: 'Series queries and memory',
  what: 'One indicator at one library, 60 months, 200 requests a second on a fixed timetable, each for another library; a wait for a late request counts. Memory is that of the whole server process with all the product’s definitions and all facts, after it was started again, and while it made its observations for the first time.',
  needsFacts: true,
  async run(context) {
    const data = join(context.folder, 'series');
    await lay(data, context);
    const figures: Figure[] = [];
    const notes = [
      'The log holds the last event only: facts and checkpoint stand where the whole log would have brought them. Five years are read, not ten: the data has no more.',
    ];
    let server: ServerProcess | undefined;
    const first = await secondsOf(async () => (server = await startServer(data, null)));
    context.say(`first start took ${first.toFixed(1)} s`);
    const making = server?.memory() ?? null;
    await server?.stop();
    const again = await secondsOf(async () => (server = await startServer(data, null)));
    const started = server as unknown as ServerProcess;
    try {
      await pause(SETTLE_MS);
      const idle = started.memory();
      const alone = await askOneByOne(started.address);
      const { waits, keptUp } = await askOnTime(started.address, context.quick ? 3 : 20);
      if (!keptUp) {
        notes.push(
          `The server did not keep up with ${PER_SECOND} requests a second: after ${waits.length} requests, ${PLENTY} were waiting, and no more were sent.`,
        );
      }
      const after = started.memory();
      notes.push(
        `First start, with every definition evaluated and stored: ${first.toFixed(1)} s; started again: ${again.toFixed(1)} s.`,
      );
      figures.push(
        { name: 'series query, one at a time, p50', value: quantile(alone, 0.5), unit: 'ms' },
        { name: 'series query at 200 requests/s, p50', value: quantile(waits, 0.5), unit: 'ms' },
        {
          name: 'series query at 200 requests/s, p99',
          value: quantile(waits, 0.99),
          unit: 'ms',
          bar: { atMost: BAR_MS },
        },
      );
      if (idle !== null && after !== null && making !== null) {
        const size = `${(context.facts / 1e6).toLocaleString('en-GB', { maximumFractionDigits: 1 })} M facts`;
        figures.push(
          { name: `resident memory with ${size}, started`, value: idle.resident, unit: 'MiB', bar: { atMost: BAR_MIB } }, // prettier-ignore
          { name: `resident memory with ${size}, after the queries`, value: after.resident, unit: 'MiB', bar: { atMost: BAR_MIB } }, // prettier-ignore
          { name: 'highest resident memory in the first start', value: making.highest, unit: 'MiB' },
        );
      }
      return {
        figures,
        timings: [
          { name: 'series query, one at a time', unit: 'ms', runs: alone },
          { name: 'series query at 200 requests/s', unit: 'ms', runs: waits },
        ],
        notes,
      };
    } finally {
      await started.stop();
    }
  },
};

/** A data directory as if the whole log had been projected up to the facts. */
async function lay(data: string, { folder, facts }: Context): Promise<void> {
  mkdirSync(join(data, 'facts'), { recursive: true });
  for (const file of readdirSync(factsFolder(folder))) {
    linkSync(join(factsFolder(folder), file), join(data, 'facts', file));
  }
  const database = openSqlite(join(data, 'ledger.sqlite'));
  try {
    await migrate(database);
    await sql`insert into streams (id, name, revision) values (1, 'urn:bench', 0)`.execute(database.kysely);
    await sql`insert into events (ordinal, recorded_ms, stream, identity, hash, body)
      values (${facts}, 0, 1, zeroblob(16), zeroblob(16), '{}')`.execute(database.kysely);
    const position = positionOf(facts);
    const last = await sqliteLog(database, { now: () => new Date() }).at(position);
    const fingerprint = fingerprintOf(last as StoredEvent);
    await kyselyReadModels(database).commit(null, { ordinal: facts, position, fingerprint }, []);
  } finally {
    await database.close();
  }
}

const PLENTY = 100;
const ONE_BY_ONE = 50;
const WARM_UP = 20;

interface Asked {
  readonly waits: readonly number[];
  /** False where so many answers were outstanding that no more was asked: then the waits are those up to there. */
  readonly keptUp: boolean;
}

const get = async (address: string, number: number): Promise<void> => {
  const place = encodeURIComponent(placeOf((number * 7919) % LIBRARIES));
  const response = await fetch(`${address}/v1/indicators/loans/series?place=${place}&by=month`);
  const text = await response.text();
  if (!response.ok) throw new Error(text.slice(0, 300));
};

/** Milliseconds of requests that wait for one another: what one reader alone sees. */
async function askOneByOne(address: string): Promise<number[]> {
  const waits: number[] = [];
  for (let i = 0; i < ONE_BY_ONE + WARM_UP; i++) {
    const start = performance.now();
    await get(address, i);
    if (i >= WARM_UP) waits.push(performance.now() - start);
  }
  return waits;
}

/** Milliseconds from when each request was due until its answer was read. */
async function askOnTime(address: string, seconds: number): Promise<Asked> {
  const waits: number[] = [];
  const total = seconds * PER_SECOND;
  const start = performance.now();
  const asked: Promise<void>[] = [];
  for (let i = 0; i < total && asked.length - waits.length < PLENTY; i++) {
    const due = start + (i * 1000) / PER_SECOND;
    if (performance.now() < due) await pause(due - performance.now());
    asked.push(get(address, i).then(() => void waits.push(performance.now() - due)));
  }
  await Promise.all(asked);
  return { waits, keptUp: asked.length === total };
}
