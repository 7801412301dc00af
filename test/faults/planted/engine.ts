/** A whole engine of a build, with everything embedded. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type * as Catalogues from '../../../src/app/catalogue.ts';
import type * as Ledgers from '../../../src/app/ledger.ts';
import type * as FactStores from '../../../src/facts/factStore.ts';
import type * as Definitions from '../../../src/files/readDefinitions.ts';
import type * as Readings from '../../../src/files/readReadings.ts';
import type * as Registers from '../../../src/sql/kyselyFeedRegister.ts';
import type * as Models from '../../../src/sql/kyselyReadModels.ts';
import type * as Migrations from '../../../src/sql/migrations.ts';
import type * as SqliteDatabases from '../../../src/sql/sqliteDatabase.ts';
import type * as SqliteLogs from '../../../src/sql/sqliteLog.ts';
import type { Ledger } from '../../../src/app/ledger.ts';
import type { FeedRegister } from '../../../src/app/feedRegister.ts';
import type { EventLog, ReadModels } from '../../../src/app/ports.ts';
import { BRANCHES, eventOf } from '../../support/clientBatches.ts';
import { differences, type ClientLedger, type Sent } from '../../support/clientLedger.ts';
import { hold, same, type Build } from './check.ts';

type Database = ReturnType<typeof SqliteDatabases.openSqlite>;

export interface Opened {
  readonly ledger: Ledger;
  readonly log: EventLog;
  readonly readModels: ReadModels;
  readonly feedRegister: FeedRegister;
  readonly database: Database;
  readonly close: () => Promise<void>;
}

const NOW = new Date('2026-11-01T12:00:00Z');

/** Opens an engine; `facts` names a folder of facts of its own, `indicator` the one it knows, `log` stands in for the log. */
export async function openEmbedded(
  build: Build,
  folder: string,
  choices: { facts?: string; indicator?: string; log?: (log: EventLog) => EventLog } = {},
): Promise<Opened> {
  const { openSqlite } = await build<typeof SqliteDatabases>('src/sql/sqliteDatabase.js');
  const { migrate } = await build<typeof Migrations>('src/sql/migrations.js');
  const { sqliteLog } = await build<typeof SqliteLogs>('src/sql/sqliteLog.js');
  const { kyselyReadModels } = await build<typeof Models>('src/sql/kyselyReadModels.js');
  const { kyselyFeedRegister } = await build<typeof Registers>('src/sql/kyselyFeedRegister.js');
  const { openLedger } = await build<typeof Ledgers>('src/app/ledger.js');
  const { catalogueOf } = await build<typeof Catalogues>('src/app/catalogue.js');
  const { openFactStore } = await build<typeof FactStores>('src/facts/factStore.js');
  const { readDefinitions } = await build<typeof Definitions>('src/files/readDefinitions.js');
  const { readReadings } = await build<typeof Readings>('src/files/readReadings.js');

  const readings = readReadings(['projections/readings']);
  const database = openSqlite(join(folder, 'ledger.sqlite'));
  await migrate(database);
  const inner = sqliteLog(database, { now: () => NOW });
  const log = choices.log?.(inner) ?? inner;
  const readModels = kyselyReadModels(database);
  const feedRegister = kyselyFeedRegister(database);
  const factsFolder = join(folder, choices.facts ?? 'facts');
  const besideFolder = join(folder, 'beside');
  const discard = (path: string) => () => rmSync(path, { recursive: true, force: true });
  const ledger = await openLedger({
    log,
    readModels,
    feedRegister,
    catalogue: catalogueOf(
      readDefinitions('projections/indicators').filter(({ id }) => id === (choices.indicator ?? 'loans')),
      readings,
    ),
    openFacts: () => openFactStore(factsFolder, readings),
    discardFacts: discard(factsFolder),
    factsBeside: () => ({ store: openFactStore(besideFolder, readings), discard: discard(besideFolder) }),
    now: () => NOW,
    onFailure: () => undefined,
  });
  return {
    ledger,
    log,
    readModels,
    feedRegister,
    database,
    async close() {
      await ledger.close();
      await database.close();
    },
  };
}

/** Records a batch and lets the model judge the answer. */
export async function record({ ledger }: Opened, client: ClientLedger, batch: readonly Sent[]): Promise<void> {
  client.answered(batch, { outcomes: await ledger.record(batch.map(eventOf)) });
}

/** The engine's figures are those that the model expects, and a rebuild says the same. */
export async function expectRight({ ledger }: Opened, client: ClientLedger): Promise<void> {
  const found = new Map<string, number>();
  for (const place of BRANCHES) {
    const asked = { indicator: 'loans', place, granularity: 'month' } as const;
    const { points } = await ledger.series(asked).catch(() => ({ points: [] }));
    for (const { start, value } of points) if (value !== null) found.set(`${place} ${start}`, value);
  }
  const wrong = differences(client.expected(), found);
  hold(wrong.length === 0, `figures differ: ${wrong.slice(0, 3).join('; ')}`);
  same(await ledger.size(), client.recorded().length, 'events in the log');
  same(ledger.ordinal(), client.recorded().length, 'knowledge position');
  same((await ledger.verify()).differences, [], 'differences from a rebuild');
}
