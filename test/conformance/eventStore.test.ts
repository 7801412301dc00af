/** The log in EventStoreDB: on the server of `EVENTSTORE_URL`, else on the double that speaks its wire. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStoreLog } from '../../src/eventstoredb/eventStoreLog.ts';
import { memoryFeedIdentities } from '../../src/memory/memoryFeedIdentities.ts';
import { kyselyFeedIdentities } from '../../src/sql/kyselyFeedIdentities.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import { eventStoreForTests, whichEventStore } from '../support/eventStore.ts';
import { testEventLog } from './eventLog.ts';

const effects = { now: () => new Date() };
const where = `eventstoredb (${whichEventStore()})`;

testEventLog(where, async () => {
  const { url, prefix, dispose } = await eventStoreForTests();
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-identities-'));
  const file = join(folder, 'identities.sqlite');
  let database = openSqlite(file);
  await migrate(database);
  let log = eventStoreLog(url, kyselyFeedIdentities(database), effects, { prefix });
  const close = async () => {
    await log.close();
    await database.close();
  };
  return {
    log,
    async reopen() {
      await close();
      database = openSqlite(file);
      return (log = eventStoreLog(url, kyselyFeedIdentities(database), effects, { prefix }));
    },
    async dispose() {
      await close();
      rmSync(folder, { recursive: true });
      await dispose();
    },
  };
});

/** Whoever loses the identities loses nothing: they are made again from the log. */
testEventLog(`${where}, identities lost at each start,`, async () => {
  const { url, prefix, dispose } = await eventStoreForTests();
  const open = () => eventStoreLog(url, memoryFeedIdentities(), effects, { prefix });
  let log = open();
  return {
    log,
    async reopen() {
      await log.close();
      return (log = open());
    },
    async dispose() {
      await log.close();
      await dispose();
    },
  };
});
