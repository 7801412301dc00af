/**
 * What was read wrongly is put right by its reading: the figures move, and not one byte of the log does. A reshaped return
 * whose labels are wrong is found by comparing it with the return itself; a category of items, by the service whose it is.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EventLog } from '../../../src/app/ports.ts';
import { readReadings } from '../../../src/files/readReadings.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { memoryLog } from '../../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../../src/memory/memoryReadModels.ts';
import { showReconciliation } from '../../../src/main/showReconciliation.ts';
import { authorityNames } from '../../support/authorityNames.ts';
import { NOW, ownDefinitions, testLedger, type TestLedger } from '../../support/ledger.ts';
import { describeWithRealData } from '../../support/realData.ts';

const DELIVERED = 'projections/readings';
const RETURN = 'ace-activity-2023-24/libraries_activity_data_2023_2024.csv';
const LONG = 'ace-activity-2023-24/derived-long';

const readReadingText = (name: string): string => readFileSync(join(DELIVERED, name), 'utf8');

let own: string;
let log: EventLog;
const open: TestLedger[] = [];
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'readings-'));
  log = memoryLog({ now: () => NOW });
});
afterEach(async () => {
  for (const ledger of open.splice(0)) await ledger.close();
  rmSync(own, { recursive: true, force: true });
});

/** A ledger over the log with these folders of readings, its facts made anew. */
async function ledgerWith(...folders: string[]): Promise<TestLedger> {
  const definitions = ownDefinitions().filter(({ id }) => id === 'visits' || id === 'loans');
  const ledger = await testLedger({ log, definitions, readings: readReadings(folders) });
  open.push(ledger);
  await ledger.ledger.project();
  return ledger;
}

async function take({ ledger }: TestLedger, path: string, bytes: Uint8Array, options: ImportOptions = {}) {
  const fileName = path.split('/').at(-1) ?? '';
  const table = readTable({ fileName, bytes });
  const report = await ledger.import({ fileName, sha256: sha256Of(bytes), table, options }, {});
  await ledger.project();
  return report;
}

async function digest(): Promise<string> {
  const hash = createHash('sha256');
  for (const stored of await log.read(null, 1_000_000)) hash.update(JSON.stringify(stored));
  return hash.digest('hex');
}

const SECONDS = 60_000;

/** All of England in 2023/24, of one category. */
async function ofYear({ ledger }: TestLedger, indicator: string, breakdown?: string): Promise<number | null> {
  const { points } = await ledger.series({
    indicator,
    place: 'E92000001',
    granularity: 'financial-year',
    basis: 'computed',
    ...(breakdown === undefined ? {} : { breakdown }),
  });
  return points.find(({ period }) => period.startsWith('2023-04-01'))?.value ?? null;
}

describeWithRealData('the long forms of the activity return', (readReal) => {
  const authorities = () => ({ authorities: authorityNames(readReal) });

  it(
    'both faults are found by comparing them with the return',
    async () => {
      const ledger = await ledgerWith(DELIVERED);
      await take(ledger, RETURN, readReal(RETURN), authorities());
      await take(ledger, 'visits.csv', readReal(`${LONG}/visits.csv`));
      await take(ledger, 'loans.csv', readReal(`${LONG}/loans.csv`));

      const visits = await ledger.ledger.reconcile(['ace-activity-return', 'ace-long-visits']);
      expect(visits.mismatches).toMatchObject([
        { code: 'holds-another-line', line: 'Library', holds: [{ line: 'physical_visits_colocation' }] },
        { code: 'holds-another-line', line: 'Shared building', holds: [{ line: 'physical_visits_no_colocation' }] },
      ]);
      const loans = await ledger.ledger.reconcile(['ace-activity-return', 'ace-long-loans']);
      expect(loans.mismatches).toMatchObject([
        {
          code: 'mixes-lines',
          line: 'Physical audiobook / Unknown',
          holds: [{ line: 'total_digital_audiobook_issues' }, { line: 'total_physical_audiobook_issues' }],
        },
      ]);
      expect(showReconciliation(visits)).toContain(
        '"Shared building" of ace-long-visits, read as visits.counted, site co-located, holds what ace-activity-return states under "physical_visits_no_colocation" (visits.counted, site library-only): 757 of 762 figures are equal.',
      );
      // The return alone, but for what may be of a month or of a quarter.
      expect(visits.compared.map(({ totals }) => totals)).toEqual([
        [19_311_086, 45_649_678],
        [42_604_025, 20_655_721],
      ]);
    },
    SECONDS,
  );

  it(
    'swapped labels are put right by a reading: the figures are those of the return, and the log is as it was',
    async () => {
      const before = await ledgerWith(DELIVERED);
      await take(before, 'visits.csv', readReal(`${LONG}/visits.csv`));
      const log1 = await digest();
      expect(await ofYear(before, 'visits', 'site=library-only')).toBe(20_655_721);
      expect(await ofYear(before, 'visits', 'site=co-located')).toBe(45_649_678);

      writeFileSync(
        join(own, 'ace-long-visits.yaml'),
        [
          'form: ace-long-visits',
          'version: 2',
          'title: Arts Council England activity return, visits, as reshaped',
          'source: Compared with the return itself, whose lines stand under the other label',
          'lines:',
          '  - { line: Shared building, is: { kind: visits.counted, with: { site: library-only } } }',
          '  - { line: Library, is: { kind: visits.counted, with: { site: co-located } } }',
        ].join('\n'),
      );
      const after = await ledgerWith(DELIVERED, own);
      expect(await ofYear(after, 'visits', 'site=library-only')).toBe(45_649_678);
      expect(await ofYear(after, 'visits', 'site=co-located')).toBe(20_655_721);
      expect(await digest()).toBe(log1);
      expect(await after.ledger.verify()).toMatchObject({ differences: [], unmatched: [] });
    },
    SECONDS,
  );

  it(
    'a line that mixes two things can only be taken out of the count',
    async () => {
      const before = await ledgerWith(DELIVERED);
      await take(before, 'loans.csv', readReal(`${LONG}/loans.csv`));
      const log1 = await digest();
      expect(await ofYear(before, 'loans', 'format=physical-audiobook')).toBe(3_672_333);
      const delivered = readReadingText('ace-long-loans.yaml');
      writeFileSync(
        join(own, 'ace-long-loans.yaml'),
        delivered.replace(
          /(line: Physical audiobook \/ Unknown), is: .*$/m,
          "$1, notCounted: 'E-audio of unknown age stands here too, and nothing in the file tells the two apart.' }",
        ),
      );
      const after = await ledgerWith(DELIVERED, own);
      expect(await ofYear(after, 'loans', 'format=physical-audiobook')).toBe(935_757);
      expect(await digest()).toBe(log1);
      expect(await after.ledger.verify()).toMatchObject({ differences: [] });
    },
    SECONDS,
  );
});

it('figures are made again with other readings where the facts are lost at the same time, or were never here', async () => {
  const readModels = memoryReadModels();
  const definitions = ownDefinitions().filter(({ id }) => id === 'loans');
  const openWith = async (...folders: string[]): Promise<TestLedger> => {
    const ledger = await testLedger({ log, readModels, definitions, readings: readReadings(folders) });
    open.push(ledger);
    await ledger.ledger.project();
    return ledger;
  };
  const games = async ({ ledger }: TestLedger): Promise<number | null | undefined> => {
    const held = await ledger.held('loans');
    if (!held.some(({ breakdown }) => breakdown === 'format=game')) return null;
    const { points } = await ledger.series({ indicator: 'loans', place: 'E08000021', granularity: 'month', breakdown: 'format=game' }); // prettier-ignore
    return points.find(({ period }) => period.startsWith('2019-12'))?.value;
  };
  const before = await openWith(DELIVERED);
  const loans = 'Local authority,Library name,Month,Type,Loans\nN,City,2019-12,Playsets,12\n';
  await take(before, 'loans.csv', Buffer.from(loans), { authority: 'E08000021' });
  expect(await games(before)).toBeNull();

  writeFileSync(
    join(own, 'item-categories.yaml'),
    'reads: item-categories\nversion: 1\ntitle: Item categories\nsource: A list of the service\nlines:\n  - { category: Playset, is: { format: game } }\n',
  );
  const after = await openWith(DELIVERED, own);
  expect(await games(after)).toBe(12);
  expect(await after.ledger.verify()).toMatchObject({ differences: [] });
  // Whoever shares the read models and has other readings goes on with figures of its own.
  await before.ledger.project();
  expect(await games(before)).toBeNull();
  expect(await before.ledger.verify()).toMatchObject({ differences: [] });
});

describeWithRealData('item categories of a service', (readReal) => {
  const MOVEMENTS = 'newcastle/top-5-most-borrowed-items.csv';
  const LOANS = 'schema-librarydata/tests/loans_success.csv';

  /** Loans of a place in a financial year, of one category; null where there is no series of it. */
  async function loansOf({ ledger }: TestLedger, place: string, year: number, breakdown: string) {
    const key = `${place} financial-year computed ${breakdown}`;
    const held = await ledger.held('loans');
    if (!held.some((series) => [series.place, series.granularity, series.basis, series.breakdown].join(' ') === key)) return null; // prettier-ignore
    const { points } = await ledger.series({ indicator: 'loans', place, granularity: 'financial-year', basis: 'computed', breakdown }); // prettier-ignore
    return points.find(({ period }) => period.startsWith(`${year}-04-01`))?.value;
  }
  const correct = (...lines: string[]): void =>
    writeFileSync(
      join(own, 'item-categories.yaml'),
      ['reads: item-categories', 'version: 1', 'title: Our own categories', 'source: Ourselves', 'lines:', ...lines].join('\n'), // prettier-ignore
    );

  it(
    'are kept as the file gives them, and move between formats and audiences by a reading',
    async () => {
      const before = await ledgerWith(DELIVERED);
      const { rows } = readTable({ fileName: MOVEMENTS, bytes: readReal(MOVEMENTS) });
      const libraries = Object.fromEntries(rows.map(({ cells }) => [cells[4] ?? '', `branch-${cells[4]}`]));
      const taken = await take(before, MOVEMENTS, readReal(MOVEMENTS), { authority: 'E08000021', libraries });
      expect(taken.findings.filter(({ code }) => code === 'category-unmapped')).toEqual([]);
      await take(before, LOANS, readReal(LOANS), { authorities: { 'Test authority': 'X01000001' } });
      const log1 = await digest();
      const figures = async (of: TestLedger) => [
        await loansOf(of, 'X01000001', 2019, 'format=physical-book'),
        await loansOf(of, 'X01000001', 2019, 'format=e-book'),
        await loansOf(of, 'X01000001', 2019, 'contentAge=18-plus'),
        await loansOf(of, 'E08000021', 2015, 'format=physical-book'),
        await loansOf(of, 'E08000021', 2015, 'format=physical-audiobook'),
        await loansOf(of, 'E08000021', 2015, 'contentAge=under-12'),
      ];
      // Worked out from the files: 23 of adult fiction; 1,751 issues, of which 399 of junior fiction and 40 of other junior books.
      expect(await figures(before)).toEqual([23, null, 23, 1751, null, 439]);

      correct(
        '  - { category: Fiction, places: [X01000001], is: { format: e-book } }',
        '  - { category: Junior fiction, places: [E08000021], is: { format: physical-audiobook, contentAge: 12-17 } }',
      );
      const after = await ledgerWith(DELIVERED, own);
      expect(await figures(after)).toEqual([null, 23, 23, 1352, 399, 40]);
      expect(await digest()).toBe(log1);
      expect(await after.ledger.verify()).toMatchObject({ differences: [], unmatched: [] });

      // The same files again are still what is recorded, whatever they are read as.
      for (const [path, options] of [
        [MOVEMENTS, { authority: 'E08000021', libraries }],
        [LOANS, { authorities: { 'Test authority': 'X01000001' } }],
      ] as const)
        // prettier-ignore
        expect(await take(after, path, readReal(path), options)).toMatchObject({ accepted: 0, refused: 0 });
      expect(await digest()).toBe(log1);
    },
    SECONDS,
  );

  it(
    'that no reading knows are told before anything is recorded, until one knows them',
    async () => {
      correct('  - { category: Adult fiction, is: { format: unknown } }');
      const unread = await ledgerWith(own);
      const dryRun = async ({ ledger }: TestLedger) => {
        const bytes = readReal(LOANS);
        const file = { fileName: LOANS, sha256: sha256Of(bytes), table: readTable({ fileName: LOANS, bytes }) };
        const options = { authorities: { 'Test authority': 'X01000001' } };
        const { findings } = await ledger.import({ ...file, options }, { dryRun: true });
        return findings.filter(({ code }) => code === 'category-unmapped').map(({ row, cell, found }) => [row, cell, found]); // prettier-ignore
      };
      expect(await dryRun(unread)).toEqual([[2, 'Type', 'Adult fiction']]);
      expect(await log.size()).toBe(0);
      expect(await dryRun(await ledgerWith(DELIVERED))).toEqual([]);
    },
    SECONDS,
  );
});
