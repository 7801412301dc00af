/** P2, P4, P5 where engines that know different definitions share one log and one set of read models. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../contracts/definition.ts';
import { catalogueOf } from '../../src/app/catalogue.ts';
import type { EventLog, ReadModels } from '../../src/app/ports.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openPostgres } from '../../src/sql/postgresDatabase.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import { BRANCHES, eventOf } from '../support/clientBatches.ts';
import { NOW, ownDefinitions, testLedger, type TestLedger } from '../support/ledger.ts';
import { describeWithPostgres } from '../support/postgres.ts';
import { seeded, SEED } from '../support/seeded.ts';
import { runs } from '../support/share.ts';

const after: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const tidy of after.splice(0).reverse()) await tidy();
});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'two-catalogues-'));
  after.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

async function embedded(): Promise<ReadModels> {
  const database = openSqlite(join(folder(), 'ledger.sqlite'));
  after.push(() => database.close());
  await migrate(database);
  return kyselyReadModels(database);
}

const named = (...ids: readonly string[]): Definition[] => ownDefinitions().filter(({ id }) => ids.includes(id));
const LOANS = named('loans');
const VISITS = named('visits');
const BOTH = named('loans', 'visits');
/** Another version of the loans, which is another projection. */
const LATER_LOANS = LOANS.map((definition) => ({ ...definition, version: definition.version + 1 }));

const PLACE = BRANCHES[0]!;
const loan = (id: string): object => eventOf({ id, branch: PLACE, month: '2019-05-01', count: 1 });

interface Shared {
  readonly log: EventLog;
  readonly readModels: ReadModels;
}
const open = (shared: Shared, definitions: readonly Definition[], where = folder()): Promise<TestLedger> =>
  testLedger({ ...shared, folder: where, definitions });

/** Loans, and the position that the answer names. Every event is one loan, so that the two must be the same number. */
async function loansOf({ ledger }: TestLedger): Promise<{ loans: number; position: number }> {
  const { points, position } = await ledger.series({ indicator: 'loans', place: PLACE, granularity: 'month' });
  return { loans: points.find(({ start }) => start === '2019-05-01')?.value ?? 0, position };
}

/** Projects; whoever lost a race is told once, and is right after the second attempt. */
async function goOn({ ledger }: TestLedger): Promise<void> {
  await ledger.project().catch(async (error: { code?: string }) => {
    if (error.code !== 'checkpoint-moved') throw error;
    await ledger.project();
  });
}

const projectionOf = ([definition]: readonly Definition[]): string =>
  catalogueOf([definition!]).indicators[0]!.projection;

function testTwoCatalogues(make: () => Promise<ReadModels>): void {
  const share = async (): Promise<Shared> => ({ log: memoryLog({ now: () => NOW }), readModels: await make() });

  it('no figure lacks an event at or below the position it names, whoever moved the checkpoint', async () => {
    const shared = await share();
    const narrow = await open(shared, VISITS);
    const wide = await open(shared, BOTH);
    await wide.ledger.record([loan('a')]);
    await goOn(wide);
    await wide.ledger.record([loan('b'), loan('c')]);
    await goOn(narrow);
    expect(await loansOf(wide)).toEqual({ loans: 1, position: 1 });
    await goOn(wide);
    expect(await loansOf(wide)).toEqual({ loans: 3, position: 3 });
    await wide.ledger.record([loan('d')]);
    await goOn(wide);
    expect(await loansOf(wide)).toEqual({ loans: 4, position: 4 });
    for (const engine of [narrow, wide]) {
      await goOn(engine);
      expect((await engine.ledger.verify()).differences).toEqual([]);
    }
  });

  it('one that is opened brings level what the other left behind', async () => {
    const shared = await share();
    const where = folder();
    const wide = await open(shared, BOTH, where);
    await wide.ledger.record([loan('a')]);
    await wide.ledger.project();
    const narrow = await open(shared, VISITS);
    await narrow.ledger.record([loan('b'), loan('c')]);
    await narrow.ledger.project();
    const again = await open(shared, BOTH, where);
    expect(await loansOf(again)).toEqual({ loans: 3, position: 3 });
    expect((await again.ledger.verify()).differences).toEqual([]);
  });

  it('one that is opened leaves what the other keeps up, and forgets what nobody does', async () => {
    const shared = await share();
    const wide = await open(shared, BOTH);
    await wide.ledger.record([loan('a')]);
    await wide.ledger.project();
    const narrow = await open(shared, VISITS);
    expect(await loansOf(wide)).toEqual({ loans: 1, position: 1 });
    await narrow.ledger.record([loan('b')]);
    await narrow.ledger.project();
    await open(shared, VISITS);
    expect(await shared.readModels.projections()).toEqual([projectionOf(VISITS)]);
    await expect(loansOf(wide)).rejects.toMatchObject({ code: 'unavailable' });
    await goOn(wide);
    await goOn(wide);
    expect(await loansOf(wide)).toEqual({ loans: 2, position: 2 });
  });

  it('two versions of one indicator, on any schedule, both hold every event up to the position they name', async () => {
    const rounds = runs(3);
    for (let round = 0; round < rounds; round++) {
      const draw = seeded(SEED + round);
      const shared = await share();
      const places = [
        { definitions: LOANS, where: folder() },
        { definitions: LATER_LOANS, where: folder() },
      ];
      const engines = await Promise.all(places.map(({ definitions, where }) => open(shared, definitions, where)));
      let events = 0;
      for (let step = 0; step < 40; step++) {
        const which = draw.below(2);
        const { definitions, where } = places[which]!;
        if (draw.chance(0.1)) engines[which] = await open(shared, definitions, where);
        if (draw.chance(0.6)) await engines[which]!.ledger.record([loan(`e${events++}`)]);
        // Who lost a race may read before trying again.
        if (draw.chance(0.7)) await engines[which]!.ledger.project().catch(onlyOvertaken);
        for (const engine of engines) {
          const found = await loansOf(engine).catch(onlyNothingYet);
          if (found !== undefined) expect(found.loans).toBe(found.position);
        }
      }
      for (const engine of engines) {
        await goOn(engine);
        expect(await loansOf(engine)).toEqual({ loans: events, position: events });
        expect((await engine.ledger.verify()).differences).toEqual([]);
      }
    }
  });
}

describe('two engines with different definitions on read models in memory', () =>
  testTwoCatalogues(async () => memoryReadModels()));
describe('two engines with different definitions on read models in the embedded database', () =>
  testTwoCatalogues(embedded));
describeWithPostgres('two engines with different definitions on read models in PostgreSQL', (freshDatabase) =>
  testTwoCatalogues(async () => {
    const database = await openPostgres(await freshDatabase());
    after.push(() => database.close());
    await migrate(database);
    return kyselyReadModels(database);
  }),
);

const onlyOvertaken = (error: { code?: string }): void => expect(error.code).toBe('checkpoint-moved');
const onlyNothingYet = (error: { code?: string }): undefined =>
  void expect(error.code).toMatch(/not-found|unavailable/);
