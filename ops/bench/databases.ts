/** A log and read models of each kind, empty, and closed together. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLog, ReadModels } from '../../src/app/ports.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openPostgres } from '../../src/sql/postgresDatabase.ts';
import { postgresLog } from '../../src/sql/postgresLog.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../src/sql/sqliteLog.ts';
import { withPostgres } from './postgres.ts';

export interface Stores {
  readonly name: string;
  readonly log: EventLog;
  readonly readModels: ReadModels;
}

type Work = (stores: Stores) => Promise<void>;
const now = (): Date => new Date();

export const withMemory = (work: Work): Promise<void> =>
  work({ name: 'memory', log: memoryLog({ now }), readModels: memoryReadModels() });

/** A new database in a folder of its own. */
export async function withEmbedded(folder: string, work: Work): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = openSqlite(join(folder, 'ledger.sqlite'));
  try {
    await migrate(database);
    const log = sqliteLog(database, { now });
    await work({ name: 'embedded', log, readModels: kyselyReadModels(database) });
    await log.close();
  } finally {
    await database.close();
  }
}

/** A new database on a private server; where there is none, the notes say so. */
export async function withServed(notes: string[], work: Work): Promise<void> {
  await withPostgres(notes, async (postgres) => {
    const database = await openPostgres(await postgres.freshDatabase());
    try {
      await migrate(database);
      const log = postgresLog(database);
      await work({ name: 'PostgreSQL', log, readModels: kyselyReadModels(database) });
      await log.close();
    } finally {
      await database.close();
    }
  });
}
