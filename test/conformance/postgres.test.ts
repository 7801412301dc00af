import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { kyselyFeedIdentities } from '../../src/sql/kyselyFeedIdentities.ts';
import { kyselyFeedRegister } from '../../src/sql/kyselyFeedRegister.ts';
import { kyselyKeptReceipts } from '../../src/sql/kyselyKeptReceipts.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openPostgres, type PostgresDatabase } from '../../src/sql/postgresDatabase.ts';
import { postgresLog } from '../../src/sql/postgresLog.ts';
import { event } from '../support/events.ts';
import { describeWithPostgres } from '../support/postgres.ts';
import { testEventLog } from './eventLog.ts';
import { testFeedIdentities } from './feedIdentities.ts';
import { testFeedRegister } from './feedRegister.ts';
import { testKeptReceipts } from './keptReceipts.ts';
import { testReadModels } from './readModels.ts';

describeWithPostgres('postgres', (freshDatabase) => {
  testEventLog('postgres', async () => {
    const url = await freshDatabase();
    let database = await openPostgres(url);
    await migrate(database);
    let log = postgresLog(database);
    const close = async () => {
      await log.close();
      await database.close();
    };
    return {
      log,
      async reopen() {
        await close();
        database = await openPostgres(url);
        return (log = postgresLog(database));
      },
      dispose: close,
    };
  });

  testReadModels('postgres', async () => {
    const url = await freshDatabase();
    let database = await openPostgres(url);
    await migrate(database);
    return {
      readModels: kyselyReadModels(database),
      async reopen() {
        await database.close();
        database = await openPostgres(url);
        return kyselyReadModels(database);
      },
      dispose: () => database.close(),
    };
  });

  testFeedIdentities('postgres', async () => {
    const database = await openPostgres(await freshDatabase());
    await migrate(database);
    return { identities: kyselyFeedIdentities(database), dispose: () => database.close() };
  });

  testFeedRegister('postgres', async () => {
    const url = await freshDatabase();
    let database = await openPostgres(url);
    await migrate(database);
    return {
      register: kyselyFeedRegister(database),
      async reopen() {
        await database.close();
        database = await openPostgres(url);
        return kyselyFeedRegister(database);
      },
      dispose: () => database.close(),
    };
  });

  testKeptReceipts('postgres', async (effects) => {
    const url = await freshDatabase();
    let database = await openPostgres(url);
    await migrate(database);
    return {
      receipts: kyselyKeptReceipts(database, effects),
      async reopen() {
        await database.close();
        database = await openPostgres(url);
        return kyselyKeptReceipts(database, effects);
      },
      dispose: () => database.close(),
    };
  });
});

describeWithPostgres('a PostgreSQL database', (freshDatabase) => {
  let url: string;
  let database: PostgresDatabase;

  beforeEach(async () => {
    url = await freshDatabase();
    database = await openPostgres(url);
    await migrate(database);
  });
  afterEach(() => database.close());

  it('is migrated once; doing so again, or twice at once, does no harm', async () => {
    await postgresLog(database).append('urn:feed', [event('a')], 'any');
    expect(await Promise.all([migrate(database), migrate(database)])).toEqual([[], []]);
    expect(await postgresLog(database).size()).toBe(1);
    const other = await openPostgres(await freshDatabase());
    const applied = await Promise.all([migrate(other), migrate(other)]);
    expect(applied.flat()).toHaveLength(10);
    await other.close();
  });

  it.each(['update events set body = 1', 'delete from events', 'truncate events'])(
    'refuses to %s',
    async (statement) => {
      await postgresLog(database).append('urn:feed', [event('a')], 'any');
      await expect(sql.raw(statement).execute(database.kysely)).rejects.toThrow('append-only');
    },
  );

  it('that does not wait for the disk is refused, with what to turn on', async () => {
    const name = new URL(url).pathname.slice(1);
    await sql.raw(`alter database ${name} set synchronous_commit = off`).execute(database.kysely);
    await expect(openPostgres(url)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('synchronous_commit off') as string,
      hint: expect.stringContaining('postgresql.conf') as string,
    });
  });

  it('that cannot be reached is unavailable', async () => {
    await expect(openPostgres('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'unavailable' });
    const missing = new URL(url);
    missing.pathname = '/not_there';
    await expect(openPostgres(missing.href)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that cuts every connection is unavailable for the call, and followed again afterwards', async () => {
    const log = postgresLog(database);
    const abort = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const page of log.subscribe(null, 10, abort.signal)) seen.push(...page.map(({ event }) => event.id));
    })();
    await log.append('urn:feed', [event('a')], 'any');
    await until(() => seen.length === 1);

    const slow = sql`select pg_sleep(30)`.execute(database.kysely);
    const refused = expect(slow).rejects.toMatchObject({ code: 'unavailable' });
    await pause(100);
    await cutOthers(url);
    await refused;

    // Another process appends, so that only the database can tell of it.
    const elsewhere = await openPostgres(url);
    await until(async () => (await listeners(url)) === 1);
    const sent = Date.now();
    await postgresLog(elsewhere).append('urn:feed', [event('b')], 'any');
    await until(() => seen.length === 2);
    expect(Date.now() - sent).toBeLessThan(3000);
    await elsewhere.close();
    abort.abort();
    await following;
    await log.close();
  });

  it('wakes followers in other processes at once', async () => {
    const log = postgresLog(database);
    const abort = new AbortController();
    let seen = 0;
    const following = (async () => {
      for await (const page of log.subscribe(null, 10, abort.signal)) seen += page.length;
    })();
    await until(async () => (await listeners(url)) === 1);
    const elsewhere = await openPostgres(url);
    const waits: number[] = [];
    for (let index = 0; index < 9; index++) {
      await pause(20);
      const sent = performance.now();
      await postgresLog(elsewhere).append('urn:feed', [event(`e${index}`)], 'any');
      await until(() => seen === index + 1);
      waits.push(performance.now() - sent);
    }
    // The median is far below the second after which followers look by themselves.
    expect(waits.sort((a, b) => a - b)[4]).toBeLessThan(500);
    await elsewhere.close();
    abort.abort();
    await following;
    await log.close();
  });

  it('shows readers every event, whatever writers in competing transactions do', async () => {
    const writers = 6;
    const rounds = 25;
    const reader = postgresLog(database);
    const seen: string[] = [];
    const abort = new AbortController();
    const reading = (async () => {
      let after: string | null = null;
      while (!abort.signal.aborted) {
        const page = await reader.read(after, 7);
        for (const { position, event } of page) {
          expect(Number(position)).toBe(seen.length + 1);
          seen.push(event.id);
        }
        after = page.at(-1)?.position ?? after;
        if (page.length === 0) await pause(1);
      }
    })();

    const committed: string[] = [];
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const client = new pg.Client(url);
        await client.connect();
        for (let round = 0; round < rounds; round++) {
          const batch = Array.from({ length: 1 + (round % 3) }, (_, index) => `${writer}-${round}-${index}`);
          await client.query('begin');
          await client.query('select pg_sleep($1)', [Math.random() * 0.004]);
          await client.query('select * from append_events($1, null, $2, $3, $4)', [
            `urn:feed:${writer % 2}`,
            batch.map((id) => event(id).hash.slice(0, 32)).join(','),
            batch.map((id) => event(id).hash.slice(32)).join(','),
            batch.map((id) => event(id).body).join('\u001f'),
          ]);
          await client.query('select pg_sleep($1)', [Math.random() * 0.004]);
          const kept = Math.random() < 0.8;
          await client.query(kept ? 'commit' : 'rollback');
          if (kept) committed.push(...batch);
        }
        await client.end();
      }),
    );
    await until(() => seen.length >= committed.length);
    abort.abort();
    await reading;
    expect(committed.length).toBeGreaterThan(writers * rounds);
    expect([...seen].sort()).toEqual(committed.sort());
  });

  it('shows a log whose events were taken out behind its back for what it is', async () => {
    const log = postgresLog(database);
    await log.append('urn:feed', [event('a'), event('b'), event('c')], 'any');
    await sql
      .raw('alter table events disable trigger all; delete from events where ordinal = 2')
      .execute(database.kysely);
    await expect(log.read(null, 10)).rejects.toMatchObject({ code: 'verification-failed' });
  });
});

/** Ends every other connection to the database, as a restart of the server would. */
async function cutOthers(url: string): Promise<void> {
  await asAdministrator(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
}

async function listeners(url: string): Promise<number> {
  return (
    await asAdministrator(
      url,
      `select 1 from pg_stat_activity where datname = current_database() and query like 'listen %' and state = 'idle'`,
    )
  ).length;
}

async function asAdministrator(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<object>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !(await reached()); await pause(5)) {
    if (Date.now() - start > 10_000) throw new Error('not reached within 10 s');
  }
}
