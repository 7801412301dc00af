/** Events over HTTP into a durable log, against inserting the same rows with nothing around it; and how soon they show. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Libsql from 'libsql';
import pg from 'pg';
import { identify } from '../../src/app/eventIdentity.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openPostgres } from '../../src/sql/postgresDatabase.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import type { Bench, Context, Figure, Timing } from './bench.ts';
import { median, once, quantile, rate, ratio } from './measure.ts';
import { forEachBatch, newBatches, type NewBatch } from './newEvents.ts';
import { withPostgres } from './postgres.ts';
import { startServer } from './serverProcess.ts';

const REPETITIONS = 3;
const BATCH_EVENTS = 1_000;
const FULL_EVENTS = 50_000;
const QUICK_EVENTS = 5_000;
const IN_FLIGHT = 2;
const BAR_SHARE = 0.7;
const BAR_POSTGRES = 40_000;
const BAR_VISIBLE_MS = 1_000;

export const ingest: Bench = {
  name: 'ingest',
  title: 'Events over HTTP, durable and validated',
  what: 'NDJSON batches of 1,000 events of one feed, of its twenty libraries in the last three days, are posted to the server in its own process, two requests at a time, while it projects them with all the product’s definitions; against inserting the same rows (identity, hash, canonical text, one unique index) in the same batches, one durable transaction each, into the same kind of database, with nothing checked. Then 2,000 events a second are posted, and the time from each acknowledgement until the figures stand at that position is taken.',
  needsFacts: false,
  async run(context) {
    const collected: Collected = { figures: [], timings: [], notes: [] };
    await measure('embedded', context, collected, null, (batches) => bareSqlite(join(context.folder, 'bare'), batches));
    await withPostgres(collected.notes, async (postgres) => {
      const url = await postgres.freshDatabase();
      const bareUrl = await postgres.freshDatabase();
      await measure('PostgreSQL', context, collected, url, (batches) => barePostgres(bareUrl, batches));
    });
    return collected;
  },
};

interface Collected {
  readonly figures: Figure[];
  readonly timings: Timing[];
  readonly notes: string[];
}

async function measure(
  name: string,
  { folder, quick, say }: Context,
  { figures, timings, notes }: Collected,
  url: string | null,
  bare: (repetitions: readonly (readonly NewBatch[])[]) => Promise<Timing>,
): Promise<void> {
  const events = quick ? QUICK_EVENTS : FULL_EVENTS;
  say(`${name}: bare inserts`);
  const repetitions = Array.from({ length: REPETITIONS + 1 }, (_, i) =>
    newBatches(events, BATCH_EVENTS, `bare-${i}`, 'now'),
  );
  const inserted = await bare(repetitions);
  const server = await startServer(join(folder, `ingest-${name}`), url);
  try {
    say(`${name}: over HTTP`);
    const posted = await posting(server.address, events);
    timings.push(
      rate(`${name}: over HTTP`, posted, events),
      rate(`${name}: bare insert of the same rows`, inserted, events),
    );
    figures.push({ name: `${name}: speed over HTTP`, value: ratio(inserted, posted), unit: '×', peer: 'a bare insert', bar: { atLeast: BAR_SHARE } }); // prettier-ignore
    const speed: Figure = { name: `${name}: over HTTP`, value: events / median(posted.runs), unit: 'events/s' };
    figures.push(url === null ? speed : { ...speed, bar: { atLeast: BAR_POSTGRES } });
    await caughtUp(server.address);
    say(`${name}: visible`);
    const { waits, late } = await visible(server.address, quick ? 3 : 20);
    timings.push({ name: `${name}: acknowledged → visible at 2,000 events/s`, unit: 'ms', runs: waits });
    figures.push(
      { name: `${name}: acknowledged → visible, p50`, value: quantile(waits, 0.5), unit: 'ms' },
      { name: `${name}: acknowledged → visible, p99`, value: quantile(waits, 0.99), unit: 'ms', bar: { atMost: BAR_VISIBLE_MS } }, // prettier-ignore
    );
    notes.push(`${name}: ${waits.length} batches of 100; the last one was posted ${Math.round(late)} ms late.`);
  } finally {
    await server.stop();
  }
}

async function posting(address: string, events: number): Promise<Timing> {
  const repetitions = Array.from({ length: REPETITIONS + 1 }, (_, i) => bodies(events, `http-${i}`));
  const postNext = async (): Promise<void> => {
    const left = repetitions.pop() ?? [];
    const lane = async (): Promise<void> => {
      for (let body = left.pop(); body !== undefined; body = left.pop()) await post(address, body);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  };
  await postNext();
  return once('', REPETITIONS, postNext);
}

function bodies(count: number, prefix: string, size = BATCH_EVENTS): Buffer[] {
  const texts: Buffer[] = [];
  forEachBatch(count, size, prefix, 'now', ({ events }) =>
    texts.push(Buffer.from(`${events.map((event) => JSON.stringify(event)).join('\n')}\n`)),
  );
  return texts;
}

async function post(address: string, body: Buffer): Promise<{ accepted: number }> {
  const response = await fetch(`${address}/v1/events?outcomes=refused`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: new Uint8Array(body),
  });
  const receipt = (await response.json()) as { accepted: number; refused: number };
  if (!response.ok || receipt.refused > 0) throw new Error(JSON.stringify(receipt).slice(0, 500));
  return receipt;
}

/** The knowledge position, which every series states too: asked for where asking costs the server nothing. */
async function positionAt(address: string): Promise<number> {
  const response = await fetch(`${address}/health/ready`);
  const { position } = (await response.json()) as { position?: number };
  return position ?? 0;
}

/** Waits until the position has not moved for a while. */
async function caughtUp(address: string): Promise<void> {
  const STILL_MS = 2_000;
  for (let last = -1; ;) {
    const position = await positionAt(address);
    if (position === last) return;
    last = position;
    await pause(STILL_MS);
  }
}

const RATE_BATCH = 100;
const EVERY_MS = 50;

/** Posts on a fixed timetable; another loop asks for the position all the time and notes when each position is reached. */
async function visible(address: string, seconds: number): Promise<{ waits: number[]; late: number }> {
  const texts = bodies((seconds * 1000 * RATE_BATCH) / EVERY_MS, 'seen', RATE_BATCH);
  const acknowledged: { position: number; at: number }[] = [];
  const waits: number[] = [];
  let position = await positionAt(address);
  let sending = true;
  let late = 0;
  const watch = async (): Promise<void> => {
    while (sending || acknowledged.length > 0) {
      const reached = await positionAt(address);
      const at = performance.now();
      while (acknowledged[0] !== undefined && acknowledged[0].position <= reached) {
        waits.push(at - (acknowledged.shift()?.at ?? at));
      }
      await pause(2);
    }
  };
  const watching = watch();
  const start = performance.now();
  for (const [index, body] of texts.entries()) {
    const due = start + index * EVERY_MS;
    if (performance.now() < due) await pause(due - performance.now());
    late = performance.now() - due;
    position += (await post(address, body)).accepted;
    acknowledged.push({ position, at: performance.now() });
  }
  sending = false;
  await watching;
  return { waits, late };
}

async function bareSqlite(folder: string, repetitions: readonly (readonly NewBatch[])[]): Promise<Timing> {
  mkdirSync(folder);
  const file = join(folder, 'bare.sqlite');
  const made = openSqlite(file);
  await migrate(made);
  await made.close();
  const database = new Libsql(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('cache_size = -65536');
  database.exec("insert into streams (id, name, revision) values (1, 'bare', 0)");
  const insert = database.prepare(
    'insert into events (ordinal, recorded_ms, stream, identity, hash, body) values (?, 0, 1, ?, ?, ?)',
  );
  let ordinal = 0;
  const left = repetitions.map((batches) => batches.map(rowsOf));
  const insertNext = (): void => {
    for (const rows of left.pop() ?? []) {
      database.exec('begin immediate');
      for (const { identity, hash, body } of rows) {
        ordinal += 1;
        insert.run(ordinal, Buffer.from(identity, 'hex'), Buffer.from(hash, 'hex'), body);
      }
      database.exec('commit');
    }
  };
  insertNext();
  const timing = await once('', REPETITIONS, insertNext);
  database.close();
  return timing;
}

const rowsOf = ({ source, events }: NewBatch): ReturnType<typeof identify> => identify(source, events);

async function barePostgres(url: string, repetitions: readonly (readonly NewBatch[])[]): Promise<Timing> {
  const made = await openPostgres(url);
  await migrate(made);
  await made.close();
  const client = new pg.Client(url);
  await client.connect();
  let ordinal = 0;
  const left = repetitions.map((batches) => batches.map(rowsOf));
  const insertNext = async (): Promise<void> => {
    for (const rows of left.pop() ?? []) {
      const first = ordinal;
      ordinal += rows.length;
      await client.query({
        name: 'bare',
        text: `insert into events (ordinal, recorded_ms, stream, identity, hash, body)
          select * from unnest($1::bigint[], array_fill(0::bigint, array[cardinality($1::bigint[])]),
            array_fill(1, array[cardinality($1::bigint[])]), $2::uuid[], $3::uuid[], $4::text[])`,
        values: [
          rows.map((_, i) => first + 1 + i),
          rows.map((row) => row.identity),
          rows.map((row) => row.hash),
          rows.map((row) => row.body),
        ],
      });
    }
  };
  try {
    await insertNext();
    return await once('', REPETITIONS, insertNext);
  } finally {
    await client.end();
  }
}
