/**
 * P9 Restore works: each store is backed up as the runbook says, lost, and brought back. And whoever has taken in more
 * than a restored log holds, or other events than now stand in it, is refused, never continued.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { startDouble, type Double } from '../support/eventstoredb/startDouble.ts';
import { testLedger } from '../support/ledger.ts';
import { observationsIn } from '../support/observationsIn.ts';
import { outcomes, post, served, type Served } from '../support/outcomes.ts';
import { describeWithPostgres } from '../support/postgres.ts';
import { pgDump, pgRestore } from '../support/postgresTools.ts';
import { wholeProof } from '../support/share.ts';

const WHOLE = 10_000;
const EVENTS = wholeProof ? WHOLE : 4_000;
console.log(`restore drills: ${EVENTS.toLocaleString('en-GB')} of ${WHOLE.toLocaleString('en-GB')} events each`);
const POSTED_AT_ONCE = 2_000;

/** Loans, counted by month, of two authorities with five branches each; `kind` keeps ids apart. */
const loans = (kind: string, count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({
    specversion: '1.0', id: `${kind}${n}`, source: `urn:library:E0800002${n % 2}:${kind}`, type: 'org.outcome-ledger.loans.counted.v1', subject: `E0800002${n % 2}/branch-${n % 5}`,
    data: { window: `20${18 + (n % 4)}-0${1 + (n % 9)}-01/P1M`, method: 'system', counts: 'issues', format: n % 3 === 0 ? 'e-book' : 'physical-book', count: n },
  })); // prettier-ignore

async function postAll(address: string, events: readonly object[]) {
  const sum = { accepted: 0, duplicates: 0, refused: 0 };
  for (let at = 0; at < events.length; at += POSTED_AT_ONCE) {
    const answer = await post(address, events.slice(at, at + POSTED_AT_ONCE));
    for (const name of ['accepted', 'duplicates', 'refused'] as const) sum[name] += answer[name];
  }
  return sum;
}

/** Ends a server when all that it recorded is in its figures. */
async function endSettled(server: Served): Promise<void> {
  for (let lag = 1; lag > 0;) {
    const ready = await fetch(`${server.address}/health/ready`);
    ({ lag } = (await ready.json()) as { lag: number });
    if (lag > 0) await pause(20);
  }
  await server.end('SIGTERM');
}

/** What `sqlite3 <file> "vacuum into '<copy>'"` does: a consistent copy of a database that is in use. */
function vacuumInto(file: string, copy: string): void {
  const database = new Libsql(file);
  database.exec(`vacuum into '${copy}'`);
  database.close();
}

let folder: string;
let data: string;
let copies: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-restore-'));
  data = join(folder, 'data');
  copies = join(folder, 'copies');
  for (const made of [data, copies]) mkdirSync(made);
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const database = (): string => join(data, 'ledger.sqlite');
const copyOf = (name: string): string => join(copies, name);
function emptyData(): void {
  rmSync(data, { recursive: true });
  mkdirSync(data);
}

/** How one store is run, copied while it is in use, lost, and brought back. */
interface Store {
  readonly env: NodeJS.ProcessEnv;
  readonly backUp: () => Promise<void>;
  readonly loseAndRestore: () => Promise<void>;
}

/** Records, backs up while more comes in, loses all, restores, and compares. */
async function drill({ env, backUp, loseAndRestore }: Store): Promise<void> {
  const [all, late] = [loans('e', EVENTS), loans('late', 500)];
  let server = await served(data, env);
  expect(await postAll(server.address, all)).toEqual({ accepted: EVENTS, duplicates: 0, refused: 0 });
  const posting = postAll(server.address, late);
  await backUp();
  await posting;
  await endSettled(server);
  const before = await observationsIn(data, env);
  expect(before).toContain(`"ordinal":${EVENTS + late.length}`);

  await loseAndRestore();
  server = await served(data, env);
  expect(await postAll(server.address, all), 'acknowledged before the backup').toEqual({
    accepted: 0,
    duplicates: EVENTS,
    refused: 0,
  });
  const sentAgain = await postAll(server.address, late);
  expect(sentAgain.accepted + sentAgain.duplicates).toBe(late.length);
  await server.end('SIGTERM');
  const verified = await outcomes(data, ['verify'], env);
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('byte-identical')]);
  expect(await observationsIn(data, env)).toBe(before);
}

/** The double of an EventStoreDB on a folder of its own, with a way to copy and bring back that folder. */
async function withEventStore(
  use: (store: { url: string; copy: () => void; restore: () => Promise<void> }) => Promise<void>,
) {
  const place = join(folder, 'eventstore');
  mkdirSync(place);
  let double: Double = await startDouble({ folder: place });
  const { port, url } = double;
  try {
    await use({
      url,
      copy: () => cpSync(place, copyOf('eventstore'), { recursive: true }),
      async restore() {
        await double.stop();
        rmSync(place, { recursive: true });
        cpSync(copyOf('eventstore'), place, { recursive: true });
        double = await startDouble({ folder: place, port });
      },
    });
  } finally {
    await double.stop();
  }
}

describe('a restore from a backup that was made while events came in', () => {
  it('of the embedded database gives back every acknowledged event and equal figures', () =>
    drill({
      env: {},
      backUp: async () => vacuumInto(database(), copyOf('ledger.sqlite')),
      loseAndRestore: async () => {
        emptyData();
        cpSync(copyOf('ledger.sqlite'), database());
      },
    }));

  it('of EventStoreDB, with the rest embedded, gives back every acknowledged event and equal figures', () =>
    withEventStore(({ url, copy, restore }) =>
      drill({
        env: { EVENTSTORE_URL: url },
        backUp: async () => {
          vacuumInto(database(), copyOf('ledger.sqlite'));
          copy();
        },
        loseAndRestore: async () => {
          await restore();
          emptyData();
          cpSync(copyOf('ledger.sqlite'), database());
        },
      }),
    ));
});

describe('a restore of the copied data directory of a server that was stopped', () => {
  it('gives back every acknowledged event and equal figures', () =>
    drill({
      env: {},
      backUp: async () => {},
      loseAndRestore: async () => {
        cpSync(data, copyOf('data'), { recursive: true });
        emptyData();
        cpSync(copyOf('data'), data, { recursive: true });
      },
    }));
});

/** A log that can be brought back to an older copy while the read models stay as they are. */
interface SeparateLog {
  readonly env: NodeJS.ProcessEnv;
  /** Settings of another engine on the same log, with read models of its own. */
  readonly otherEnv: NodeJS.ProcessEnv;
  readonly copyLog: () => Promise<void>;
  readonly restoreLog: () => Promise<void>;
  /** Around what the other engine does, where the log lies in a data directory. */
  readonly lend?: (to: string) => void;
  readonly takeBack?: (from: string) => void;
}

async function refusedAhead({ env, otherEnv, copyLog, restoreLog, lend, takeBack }: SeparateLog): Promise<void> {
  const [kept, lost, others] = [loans('kept', 3_000), loans('lost', 2_000), loans('other', 2_500)];
  let server = await served(data, env);
  await postAll(server.address, kept);
  await copyLog();
  await postAll(server.address, lost);
  await endSettled(server);
  const before = await observationsIn(data, env);

  await restoreLog();
  const shorter = await outcomes(data, ['serve', '--port', '0'], env);
  expect([shorter.code, shorter.err]).toEqual([7, expect.stringContaining('but the log holds 3000')]);
  expect(shorter.err).toContain('run "outcomes rebuild"');

  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  lend?.(elsewhere);
  server = await served(elsewhere, otherEnv);
  await postAll(server.address, others);
  await server.end('SIGTERM');
  takeBack?.(elsewhere);
  const grown = await outcomes(data, ['serve', '--port', '0'], env);
  expect([grown.code, grown.err]).toEqual([7, expect.stringMatching(/Event 5000 of the log is not the one/)]);
  expect(grown.err).toContain('run "outcomes rebuild"');
  expect(await observationsIn(data, env), 'nothing was continued').toBe(before);

  expect(await outcomes(data, ['rebuild'], env)).toMatchObject({ code: 0 });
  server = await served(data, env);
  expect(await postAll(server.address, kept)).toEqual({ accepted: 0, duplicates: 3_000, refused: 0 });
  expect(await postAll(server.address, lost), 'sent again').toEqual({ accepted: 2_000, duplicates: 0, refused: 0 });
  await server.end('SIGTERM');
  expect(await outcomes(data, ['verify'], env)).toMatchObject({ code: 0 });
  expect(JSON.parse(await observationsIn(data, env))).toMatchObject({ ordinal: 7_500 });
}

describe('read models that are ahead of a restored older log', () => {
  it('in EventStoreDB are refused, also when it has grown as long with other events, until they are made again', () =>
    withEventStore(({ url, copy, restore }) =>
      refusedAhead({
        env: { EVENTSTORE_URL: url },
        otherEnv: { EVENTSTORE_URL: url },
        copyLog: async () => copy(),
        restoreLog: restore,
      }),
    ));

  const one = (id: string): object => ({ ...loans('x', 1)[0], id });
  const now = (text: string) => ({ now: () => new Date(text) });
  const [then, later] = [now('2026-10-01T00:00:00Z'), now('2026-10-02T00:00:00Z')];

  it('are refused by what stands at the checkpoint, its content or its time, and taken where it is the same', async () => {
    const readModels = memoryReadModels();
    const log = memoryLog(then);
    const first = await testLedger({ log, readModels });
    await first.ledger.record([one('a'), one('b')]);
    await first.ledger.project();
    const same = await testLedger({ log, readModels });
    for (const [clock, last] of [
      [then, 'c'],
      [later, 'b'],
    ] as const) {
      const other = memoryLog(clock);
      const grown = await testLedger({ log: other });
      await grown.ledger.record([one('a'), one(last), one('d')]);
      await expect(testLedger({ log: other, readModels })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('Event 2 of the log is not the one') as string,
      });
      await grown.close();
    }
    await same.close();
    await first.close();
  });

  it('are refused for their facts alone, which stayed behind in a data directory', async () => {
    const first = await testLedger({ folder: data });
    await first.ledger.record(loans('lost', 5_000));
    await first.ledger.project();
    const log = memoryLog(then);
    const grown = await testLedger({ log });
    await grown.ledger.record(loans('other', 6_000));
    await grown.ledger.project();
    await expect(testLedger({ log, folder: data, readModels: grown.readModels })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Event 4096 of the log is not the one') as string,
    });
    const own = await testLedger({ log: first.log, folder: data, readModels: first.readModels });
    for (const opened of [first, grown, own]) await opened.close();
  });
});

describeWithPostgres('with PostgreSQL,', (freshDatabase) => {
  it('a restore of log and read models, dumped while events came in, gives back every acknowledged event', async () => {
    const url = await freshDatabase();
    await drill({
      env: { OUTCOMES_LOG_URL: url, OUTCOMES_READ_MODELS_URL: url },
      backUp: () => pgDump(url, copyOf('ledger.dump')),
      loseAndRestore: async () => {
        emptyData();
        await pgRestore(url, copyOf('ledger.dump'));
      },
    });
  });

  it('a restore of EventStoreDB and the read models in PostgreSQL gives back every acknowledged event', async () => {
    const url = await freshDatabase();
    await withEventStore((eventStore) =>
      drill({
        env: { EVENTSTORE_URL: eventStore.url, OUTCOMES_READ_MODELS_URL: url },
        backUp: async () => {
          await pgDump(url, copyOf('readModels.dump'));
          eventStore.copy();
        },
        loseAndRestore: async () => {
          await eventStore.restore();
          emptyData();
          await pgRestore(url, copyOf('readModels.dump'));
        },
      }),
    );
  });

  it('read models that are ahead of a restored log in PostgreSQL are refused, also when it has grown as long', async () => {
    const url = await freshDatabase();
    const env = { OUTCOMES_LOG_URL: url };
    await refusedAhead({
      env,
      otherEnv: env,
      copyLog: () => pgDump(url, copyOf('log.dump')),
      restoreLog: () => pgRestore(url, copyOf('log.dump')),
    });
  });

  it('read models in PostgreSQL that are ahead of a restored embedded log are refused, also when it has grown as long', async () => {
    const log = 'ledger.sqlite';
    await refusedAhead({
      env: { OUTCOMES_READ_MODELS_URL: await freshDatabase() },
      otherEnv: { OUTCOMES_READ_MODELS_URL: await freshDatabase() },
      copyLog: async () => vacuumInto(database(), copyOf(log)),
      restoreLog: async () => {
        for (const end of ['', '-wal', '-shm']) rmSync(database() + end, { force: true });
        cpSync(copyOf(log), database());
      },
      lend: (to) => cpSync(copyOf(log), join(to, log)),
      takeBack: (from) => {
        for (const end of ['', '-wal', '-shm']) rmSync(database() + end, { force: true });
        vacuumInto(join(from, log), database());
      },
    });
  });
});
