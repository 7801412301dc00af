/** Puts the engine together for one data directory: lock, databases, facts, definitions. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueOf } from '../app/catalogue.ts';
import { openLedger, type Ledger } from '../app/ledger.ts';
import type { KeptReceipts } from '../app/keptReceipts.ts';
import type { Progress } from '../app/progress.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { openFactStore } from '../facts/factStore.ts';
import { madeOtherwise } from '../facts/manifest.ts';
import { readReadings } from '../files/readReadings.ts';
import { whyNot } from '../files/whyNot.ts';
import { readDefinitions } from '../files/readDefinitions.ts';
import { lockDataDirectory } from '../sql/dataDirectoryLock.ts';
import { kyselyFeedIdentities } from '../sql/kyselyFeedIdentities.ts';
import { kyselyFeedRegister } from '../sql/kyselyFeedRegister.ts';
import { kyselyKeptReceipts } from '../sql/kyselyKeptReceipts.ts';
import { kyselyReadModels } from '../sql/kyselyReadModels.ts';
import type { Config } from './config.ts';
import { openStores } from './openStores.ts';
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
  makeFolder(config.data);
  const lock = lockDataDirectory(config.data);
  const now = (): Date => new Date();
  const stores = openStores(config, now);
  /** Until the ledger has the log and closes it. */
  let closeLog = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    await stores.close();
    lock.release();
  };
  try {
    const factsFolder = join(config.data, 'facts');
    for (const name of readdirSync(config.data)) {
      if (name.startsWith(BESIDE)) rmSync(join(config.data, name), { recursive: true, force: true });
    }
    const readings = readReadings([
      join(packageRoot(), 'projections', 'readings'),
      ...(config.readings === null ? [] : [config.readings]),
    ]);
    const factsAgain = choices.startAgain === true || madeOtherwise(factsFolder, readings.digest);
    const derived = await stores.derived();
    const readModels = kyselyReadModels(derived);
    const feedRegister = kyselyFeedRegister(derived);
    if (factsAgain) {
      // In this order: where it stops between the two, the facts are still seen to be of another making.
      await readModels.clear();
      await feedRegister.clear();
      rmSync(factsFolder, { recursive: true, force: true });
    }
    const keptReceipts = kyselyKeptReceipts(derived, { now });
    const log = await stores.log(config);
    closeLog = () => log.close();
    if (choices.startAgain === true) {
      // What was remembered of a log that has been restored since may be of events that it lost, and what was
      // acknowledged since is to be taken in when it comes again.
      await kyselyFeedIdentities(derived).clear();
      await keptReceipts.clear();
    }
    const ledger = await openLedger(
      {
        log,
        readModels,
        feedRegister,
        catalogue: catalogueOf(readDefinitions(join(packageRoot(), 'projections', 'indicators')), readings),
        openFacts: () => openFactStore(factsFolder, readings),
        discardFacts: () => rmSync(factsFolder, { recursive: true, force: true }),
        factsBeside: () => {
          const folder = mkdtempSync(join(config.data, BESIDE));
          return {
            store: openFactStore(folder, readings),
            discard: () => rmSync(folder, { recursive: true, force: true }),
          };
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
        try {
          await ledger.close();
        } finally {
          await close();
        }
      },
    };
  } catch (error) {
    await closeLog();
    await close();
    throw error;
  }
}

/** Throws LedgerError `usage` where there can be no such folder. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new LedgerError('usage', `The data directory ${path} cannot be made: ${whyNot(error)}.`, {
      hint: 'Name a folder that you may write to with --data or OUTCOMES_DATA.',
    });
  }
}
