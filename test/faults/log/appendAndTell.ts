/**
 * The victim of kill.test.ts: appends batches for as long as it lives and prints the number of each once it has been
 * acknowledged. `node --import runTypeScript.mjs appendAndTell.ts sqlite <file>` or `postgres <url>`.
 */
import { migrate } from '../../../src/sql/migrations.ts';
import { openPostgres } from '../../../src/sql/postgresDatabase.ts';
import { postgresLog } from '../../../src/sql/postgresLog.ts';
import { openSqlite } from '../../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../../src/sql/sqliteLog.ts';
import { event } from '../../support/events.ts';

const [kind, where] = process.argv.slice(2) as ['sqlite' | 'postgres', string];

async function openLog() {
  if (kind === 'postgres') return postgresLog(await openPostgres(where));
  const database = openSqlite(where);
  await migrate(database);
  return sqliteLog(database, { now: () => new Date() });
}

const log = await openLog();
for (let batch = await log.size(); ; batch = await log.size()) {
  await log.append('urn:feed:north', [event(`${batch}`), event(`${batch + 1}`), event(`${batch + 2}`)], 'any');
  process.stdout.write(`${batch}\n`);
}
