import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { EventLog } from '../../../src/app/ports.ts';
import { migrate } from '../../../src/sql/migrations.ts';
import { openPostgres } from '../../../src/sql/postgresDatabase.ts';
import { postgresLog } from '../../../src/sql/postgresLog.ts';
import { openSqlite } from '../../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../../src/sql/sqliteLog.ts';
import { describeWithPostgres } from '../../support/postgres.ts';
import { runs } from '../../support/share.ts';

const KILLS = runs(2);
const loader = new URL('../../support/runTypeScript.mjs', import.meta.url).pathname;
const victim = new URL('appendAndTell.ts', import.meta.url).pathname;

/** Starts a writer, kills it at a random moment of its work, and answers what it was told had been kept. */
async function killWriter(kind: 'sqlite' | 'postgres', where: string): Promise<number[]> {
  const writer = spawn(process.execPath, ['--import', loader, victim, kind, where], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => writer.once('close', resolve));
  let told = '';
  const started = new Promise<void>((resolve) =>
    writer.stdout.on('data', (text: Buffer) => {
      told += text.toString();
      resolve();
    }),
  );
  try {
    await Promise.race([started, gone]);
    await pause(Math.random() * 100);
  } finally {
    writer.kill('SIGKILL');
  }
  await gone;
  // The last line may have been cut short.
  return told.split('\n').slice(0, -1).map(Number);
}

/** Every acknowledged batch is there, whole and in its place, and no batch is there in part. */
async function expectKept(log: EventLog, acknowledged: readonly number[]): Promise<void> {
  const ids = (await log.read(null, 1_000_000)).map(({ event }) => Number(event.id));
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(ids).toEqual(ids.map((_, index) => index));
  expect(ids.length % 3).toBe(0);
  expect(ids.length).toBeGreaterThanOrEqual(acknowledged.at(-1)! + 3);
}

it(`sqlite: ${KILLS} kills of a writer lose nothing that was acknowledged`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'outcomes-kill-'));
  const file = join(directory, 'ledger.sqlite');
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const acknowledged = await killWriter('sqlite', file);
      const database = openSqlite(file);
      await expectKept(sqliteLog(database, { now: () => new Date() }), acknowledged);
      await database.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}, 300_000);

describeWithPostgres('postgres', (freshDatabase) => {
  it(`${KILLS} kills of a writer lose nothing that was acknowledged`, async () => {
    const url = await freshDatabase();
    const database = await openPostgres(url);
    await migrate(database);
    for (let kill = 0; kill < KILLS; kill++) {
      await expectKept(postgresLog(database), await killWriter('postgres', url));
    }
    await database.close();
  }, 300_000);
});
