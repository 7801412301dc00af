/** The databases and the log that a configuration names. */
import { join } from 'node:path';
import type { EventLog } from '../app/ports.ts';
import type { Database } from '../sql/database.ts';
import { kyselyFeedIdentities } from '../sql/kyselyFeedIdentities.ts';
import { migrate } from '../sql/migrations.ts';
import { openPostgres } from '../sql/postgresDatabase.ts';
import { postgresLog } from '../sql/postgresLog.ts';
import { openSqlite } from '../sql/sqliteDatabase.ts';
import { sqliteLog } from '../sql/sqliteLog.ts';
import type { Config } from './config.ts';

/** Which log: a part of the configuration. */
export type WhichLog = Pick<Config, 'eventStoreUrl' | 'logUrl'>;

export interface Stores {
  /** The database of what is derived: the one that `readModelsUrl` names, else the embedded one. */
  derived(): Promise<Database>;
  log(which: WhichLog): Promise<EventLog>;
  /** Closes the databases; whoever asked for a log closes that before. */
  close(): Promise<void>;
}

/** Opens nothing until it is asked for; each database once. The data directory must be locked. */
export function openStores(config: Config, now: () => Date): Stores {
  const opened: Database[] = [];
  let embedding: Promise<Database> | null = null;
  const ready = async <D extends Database>(database: D): Promise<D> => {
    opened.push(database);
    await migrate(database);
    return database;
  };
  const embedded = (): Promise<Database> => (embedding ??= ready(openSqlite(join(config.data, 'ledger.sqlite'))));
  const served = async (url: string) => ready(await openPostgres(url));
  let deriving: Promise<Database> | null = null;
  const derived = (): Promise<Database> =>
    (deriving ??= config.readModelsUrl === null ? embedded() : served(config.readModelsUrl));

  return {
    derived,
    async log({ eventStoreUrl, logUrl }) {
      if (eventStoreUrl !== null) {
        // The client and its gRPC take a tenth of a start, and most engines have another log.
        const { eventStoreLog } = await import('../eventstoredb/eventStoreLog.ts');
        return eventStoreLog(eventStoreUrl, kyselyFeedIdentities(await derived()), { now });
      }
      return logUrl === null ? sqliteLog(await embedded(), { now }) : postgresLog(await served(logUrl));
    },
    async close() {
      for (const database of opened) await database.close();
    },
  };
}
