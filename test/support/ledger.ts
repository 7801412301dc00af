/** A whole engine on memory parts, facts in a folder of its own, with the product's own definitions. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Definition } from '../../contracts/definition.ts';
import { catalogueOf } from '../../src/app/catalogue.ts';
import { openLedger, type Ledger } from '../../src/app/ledger.ts';
import type { EventLog, ReadModels } from '../../src/app/ports.ts';
import type { ReadingSet } from '../../src/domain/readings.ts';
import { openFactStore } from '../../src/facts/factStore.ts';
import { readDefinitions } from '../../src/files/readDefinitions.ts';
import type { FeedRegister } from '../../src/app/feedRegister.ts';
import { memoryFeedRegister } from '../../src/memory/memoryFeedRegister.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';

export const NOW = new Date('2026-11-01T12:00:00Z');

export interface TestLedger {
  readonly ledger: Ledger;
  readonly log: EventLog;
  readonly readModels: ReadModels;
  readonly feedRegister: FeedRegister;
  readonly folder: string;
  close(): Promise<void>;
}

export const ownDefinitions = (): Definition[] => readDefinitions('projections/indicators');

/** Opens one; parts that are given are used instead of new ones. */
export async function testLedger(
  parts: {
    log?: EventLog;
    readModels?: ReadModels;
    feedRegister?: FeedRegister;
    folder?: string;
    definitions?: readonly Definition[];
    readings?: ReadingSet;
    onFailure?: (error: unknown) => void;
  } = {},
): Promise<TestLedger> {
  const folder = parts.folder ?? mkdtempSync(join(tmpdir(), 'ledger-'));
  const log = parts.log ?? memoryLog({ now: () => NOW });
  const readModels = parts.readModels ?? memoryReadModels();
  const feedRegister = parts.feedRegister ?? memoryFeedRegister();
  const factsFolder = join(folder, 'facts');
  const ledger = await openLedger({
    log,
    readModels,
    feedRegister,
    catalogue: catalogueOf(parts.definitions ?? ownDefinitions(), parts.readings),
    openFacts: () => openFactStore(factsFolder, parts.readings),
    discardFacts: () => rmSync(factsFolder, { recursive: true, force: true }),
    factsBeside: () => {
      const beside = mkdtempSync(join(folder, 'beside-'));
      return {
        store: openFactStore(beside, parts.readings),
        discard: () => rmSync(beside, { recursive: true, force: true }),
      };
    },
    now: () => NOW,
    onFailure: parts.onFailure ?? ((error) => console.error(error)),
  });
  return {
    ledger,
    log,
    readModels,
    feedRegister,
    folder,
    close: async () => {
      await ledger.close();
      if (parts.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
