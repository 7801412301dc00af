/** Puts the engine together for one data directory: lock, databases, facts, definitions. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueOf } from '../app/catalogue.ts';
import { openLedger, type Ledger } from '../app/ledger.ts';
import type { KeptReceipts } from '../app/keptReceipts.ts';
import type { EventLog } from '../app/ports.ts';
import type { Progress } from '../app/progress.ts';
import { eventStoreLog } from '../eventstoredb/eventStoreLog.ts';
import { openFactStore } from '../facts/factStore.ts';
import { readDefinitions } from '../files/readDefinitions.ts';
import { lockDataDirectory } from '../sql/dataDirectoryLock.ts';
import type { Database } from '../sql/database.ts';
import { kyselyFeedIdentities } from '../sql/kyselyFeedIdentities.ts';
import { kyselyKeptReceipts } from '../sql/kyselyKeptReceipts.ts';
import { kyselyReadModels } from '../sql/kyselyReadModels.ts';
import { migrate } from '../sql/migrations.ts';
import { openPostgres } from '../sql/postgresDatabase.ts';
import { postgresLog } from '../sql/postgresLog.ts';
import { openSqlite } from '../sql/sqliteDatabase.ts';
import { sqliteLog } from '../sql/sqliteLog.ts';
import type { Config } from './config.ts';
import { packageRoot } from './packageRoot.ts';

export interface Engine {
  readonly ledger: Ledger;
  readonly keptReceipts: KeptReceipts;
  close(): Promise<void>;
}

/** Folders of an unfinished verification start like this; a crash may leave one behind. */
const BESIDE = 'beside-';

/**
 * Opens the engine. Throws `data-directory-in-use` where another process has the directory, and whatever the parts say
 * where they cannot be opened; nothing is left open then.
 */
export async function openEngine(
  config: Config,
  effects: { onFailure: (error: unknown) => void },
  progress?: Progress,
  choices: { startAgain?: boolean } = {},
): Promise<Engine> {
  mkdirSync(config.data, { recursive: true });
  const lock = lockDataDirectory(config.data);
  const databases: Database[] = [];
  /** Until the ledger has the log and closes it. */
  let closeLog = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    for (const database of databases) await database.close();
    lock.release();
  };
  try {
    const now = (): Date => new Date();
    const factsFolder = join(config.data, 'facts');
    for (const name of readdirSync(config.data)) {
      if (name.startsWith(BESIDE)) rmSync(join(config.data, name), { recursive: true, force: true });
    }
    if (choices.startAgain === true) rmSync(factsFolder, { recursive: true, force: true });
    const opened = new Map<string | null, Database>();
    const embedded = async (): Promise<Database> => {
      const database = opened.get(null) ?? openSqlite(join(config.data, 'ledger.sqlite'));
      if (!opened.has(null)) databases.push(database);
      opened.set(null, database);
      await migrate(database);
      return database;
    };
    const served = async (url: string) => {
      const database = await openPostgres(url);
      databases.push(database);
      await migrate(database);
      return database;
    };
    const derived = config.readModelsUrl === null ? await embedded() : await served(config.readModelsUrl);
    const readModels = kyselyReadModels(derived);
    const keptReceipts = kyselyKeptReceipts(derived, { now });
    const openLog = async (): Promise<EventLog> => {
      if (config.eventStoreUrl !== null) {
        return eventStoreLog(config.eventStoreUrl, kyselyFeedIdentities(derived), { now });
      }
      return config.logUrl === null ? sqliteLog(await embedded(), { now }) : postgresLog(await served(config.logUrl));
    };
    const log = await openLog();
    closeLog = () => log.close();
    if (choices.startAgain === true) {
      await readModels.clear();
      // The log may be an older copy: what was acknowledged since is to be taken in when it comes again.
      await keptReceipts.clear();
    }
    const ledger = await openLedger(
      {
        log,
        readModels,
        catalogue: catalogueOf(readDefinitions(join(packageRoot(), 'projections', 'indicators'))),
        openFacts: () => openFactStore(factsFolder),
        discardFacts: () => rmSync(factsFolder, { recursive: true, force: true }),
        factsBeside: () => {
          const folder = mkdtempSync(join(config.data, BESIDE));
          return { store: openFactStore(folder), discard: () => rmSync(folder, { recursive: true, force: true }) };
        },
        now,
        onFailure: effects.onFailure,
      },
      progress,
    );
    return {
      ledger,
      keptReceipts,
      async close() {
        await ledger.close();
        await close();
      },
    };
  } catch (error) {
    await closeLog();
    await close();
    throw error;
  }
}
