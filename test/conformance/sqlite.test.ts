import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/sql/database.ts';
import { kyselyFeedIdentities } from '../../src/sql/kyselyFeedIdentities.ts';
import { kyselyFeedRegister } from '../../src/sql/kyselyFeedRegister.ts';
import { kyselyKeptReceipts } from '../../src/sql/kyselyKeptReceipts.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../src/sql/sqliteLog.ts';
import { event } from '../support/events.ts';
import { testEventLog } from './eventLog.ts';
import { testFeedIdentities } from './feedIdentities.ts';
import { testFeedRegister } from './feedRegister.ts';
import { testKeptReceipts } from './keptReceipts.ts';
import { testReadModels } from './readModels.ts';

const effects = { now: () => new Date() };
const START = { ordinal: 0, position: '', fingerprint: '' };

/** A database in a directory of its own, and the same one opened again. */
async function freshSqlite() {
  const directory = mkdtempSync(join(tmpdir(), 'outcomes-sqlite-'));
  const file = join(directory, 'ledger.sqlite');
  let database: Database = openSqlite(file);
  await migrate(database);
  return {
    database,
    async reopen() {
      await database.close();
      database = openSqlite(file);
      return database;
    },
    async dispose() {
      await database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

testEventLog('sqlite', async () => {
  const fresh = await freshSqlite();
  return {
    log: sqliteLog(fresh.database, effects),
    reopen: async () => sqliteLog(await fresh.reopen(), effects),
    dispose: () => fresh.dispose(),
  };
});

testReadModels('sqlite', async () => {
  const fresh = await freshSqlite();
  return {
    readModels: kyselyReadModels(fresh.database),
    reopen: async () => kyselyReadModels(await fresh.reopen()),
    dispose: () => fresh.dispose(),
  };
});

testFeedIdentities('sqlite', async () => {
  const fresh = await freshSqlite();
  return { identities: kyselyFeedIdentities(fresh.database), dispose: () => fresh.dispose() };
});

testKeptReceipts('sqlite', async (effects) => {
  const fresh = await freshSqlite();
  return {
    receipts: kyselyKeptReceipts(fresh.database, effects),
    reopen: async () => kyselyKeptReceipts(await fresh.reopen(), effects),
    dispose: () => fresh.dispose(),
  };
});

testFeedRegister('sqlite', async () => {
  const fresh = await freshSqlite();
  return {
    register: kyselyFeedRegister(fresh.database),
    reopen: async () => kyselyFeedRegister(await fresh.reopen()),
    dispose: () => fresh.dispose(),
  };
});

describe('the embedded database', () => {
  let fresh: Awaited<ReturnType<typeof freshSqlite>>;
  beforeEach(async () => {
    fresh = await freshSqlite();
  });
  afterEach(() => fresh.dispose());

  it('is migrated once; doing so again does no harm', async () => {
    await sqliteLog(fresh.database, effects).append('urn:feed', [event('a')], 'any');
    expect(await migrate(fresh.database)).toEqual([]);
    expect(await sqliteLog(fresh.database, effects).size()).toBe(1);
  });

  it('refuses data that a newer version has used, and says so', async () => {
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '2099')`.execute(
      fresh.database.kysely,
    );
    await expect(migrate(fresh.database)).rejects.toMatchObject({ code: 'unavailable', hint: /newer/ });
  });

  it('waits for the disk at each commit', async () => {
    const pragma = async (name: string) => (await sql.raw(`pragma ${name}`).execute(fresh.database.kysely)).rows[0];
    expect(await pragma('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(await pragma('synchronous')).toEqual({ synchronous: 2 });
  });

  it.each(['update events set body = 1', 'delete from events', 'replace into events select * from events'])(
    'refuses to %s',
    async (statement) => {
      await sqliteLog(fresh.database, effects).append('urn:feed', [event('a')], 'any');
      await expect(sql.raw(statement).execute(fresh.database.kysely)).rejects.toThrow('append-only');
    },
  );

  it.each([1, 4, 7])(
    'names the event whose text cannot be read, and what to do: event %i of seven',
    async (ordinal) => {
      const log = sqliteLog(fresh.database, effects);
      await log.append('urn:feed', Array.from({ length: 7 }, (_, n) => event(`e${n}`)), 'any'); // prettier-ignore
      await sql`drop trigger events_no_update`.execute(fresh.database.kysely);
      await sql`update events set body = '{' where ordinal = ${ordinal}`.execute(fresh.database.kysely);
      await expect(log.read(null, 100)).rejects.toMatchObject({
        code: 'verification-failed',
        message: `Event ${ordinal} of the log cannot be read: its text is not JSON.`,
        hint: expect.stringContaining('restore it from a backup') as string,
      });
    },
  );

  it('keeps a log and read models apart that work at the same time', async () => {
    const log = sqliteLog(fresh.database, effects);
    const readModels = kyselyReadModels(fresh.database);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        Promise.all([
          log.append('urn:feed', [event(`e${index}`)], 'any'),
          readModels.replace(`visits@${index}:0`, []),
          readModels.commit({ ...START, ordinal: 99 }, { ...START, ordinal: 100 }, []).catch(() => {}),
        ]),
      ),
    );
    expect(await log.size()).toBe(20);
    expect(await readModels.projections()).toHaveLength(20);
    expect(await readModels.checkpoint()).toBeNull();
  });

  it('tells of a full disk, stores nothing of the batch, and goes on when there is room', async () => {
    const log = sqliteLog(fresh.database, effects);
    const many = Array.from({ length: 2000 }, (_, index) => event(`e${index}`, 'x'.repeat(200)));
    await sql`pragma max_page_count = 40`.execute(fresh.database.kysely);
    await expect(log.append('urn:feed', many, 'any')).rejects.toMatchObject({
      code: 'unavailable',
      hint: /disk space/,
    });
    expect(await log.size()).toBe(0);
    await sql`pragma max_page_count = 100000`.execute(fresh.database.kysely);
    expect((await log.append('urn:feed', many, 'no-stream')).revision).toBe(1999);
  });

  it('that cannot be opened says which file and what to do', () => {
    expect(() => openSqlite('/nowhere/at/all.sqlite')).toThrowError(
      expect.objectContaining({ code: 'unavailable', hint: expect.stringContaining('directory') as string }) as Error,
    );
  });
});
