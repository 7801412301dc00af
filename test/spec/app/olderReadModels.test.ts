/** Read models of an earlier shape are made again where they stand when the program is brought up to date. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { kyselyReadModels } from '../../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../../src/sql/migrations.ts';
import { openSqlite } from '../../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../../src/sql/sqliteLog.ts';
import { visits } from '../../http/testServer.ts';
import { NOW, testLedger } from '../../support/ledger.ts';

it('says the same, at the same position, after observations moved to a table of another shape', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'older-'));
  const database = openSqlite(join(folder, 'ledger.sqlite'));
  try {
    await migrate(database);
    const open = () =>
      testLedger({
        log: sqliteLog(database, { now: () => NOW }),
        readModels: kyselyReadModels(database),
        folder,
      });
    const before = await open();
    await before.ledger.record(
      Array.from({ length: 24 }, (_, n) => visits(`v-${n}`, `20${20 + (n >> 3)}-0${1 + (n % 8)}`, n)),
    );
    await before.ledger.project();
    const asked = { indicator: 'visits', granularity: 'month' } as const;
    const figures = await before.ledger.series(asked);
    expect(figures.points.filter(({ value }) => value !== null)).toHaveLength(24);
    const checkpoint = await before.readModels.checkpoint();
    await before.close();

    // As the version before left it: which observations its table held does not matter, because they are made again.
    const older = [
      'drop table observations_v2',
      'create table observations_v1 (projection text)',
      'drop table feed_register_v1',
      "delete from checkpoints where read_models = 'feed_register_v1'",
      "update checkpoints set read_models = 'observations_v1'",
      "delete from kysely_migration where name >= '0009-observations-by-year'",
    ];
    for (const statement of older) await sql.raw(statement).execute(database.kysely);

    expect(await migrate(database)).toEqual(['0009-observations-by-year', '0010-feed-register']);
    const after = await open();
    expect(after.ledger.ordinal()).toBe(24);
    expect(await after.readModels.checkpoint()).toEqual(checkpoint);
    expect(await after.ledger.series(asked)).toEqual(figures);
    expect((await after.ledger.verify()).differences).toEqual([]);
    await after.close();
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
