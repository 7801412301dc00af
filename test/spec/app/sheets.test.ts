/** Sheets of a workbook that say the same, or otherwise, of the same: nothing counts twice, and nothing is picked. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ImportReport } from '../../../src/app/importReport.ts';
import type { SheetTable } from '../../../src/app/sheetFindings.ts';
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const AUTHORITY = 'E08000021';
type Cells = readonly (string | number)[];

function sheet(name: string, header: Cells, ...rows: Cells[]): SheetTable {
  const text = (cells: Cells): string[] => cells.map(String);
  return {
    sheet: name,
    header: text(header),
    rows: rows.map((cells, at) => ({ row: at + 2, cells: text(cells) })),
    headerFormulas: new Set(),
    hiddenRows: [],
    hiddenColumns: [],
    merged: [],
  };
}
const take = (
  sheets: readonly SheetTable[],
  options: ImportOptions = { authority: AUTHORITY },
  fileName = 'visits.xlsx',
) => under.ledger.import({ fileName, sha256: 'ab'.repeat(32), sheets, unread: [], options }, {});
const refused = ({ findings }: ImportReport): string[] =>
  findings
    .filter(({ severity }) => severity === 'refused')
    .map(({ file, row, cell, code, found }) => `${file} r${row} [${cell ?? ''}] ${code} ${found}`);
async function visits(): Promise<(number | null)[]> {
  await under.ledger.project();
  const { points } = await under.ledger.series({ indicator: 'visits', place: AUTHORITY, granularity: 'month' });
  return points.map(({ value }) => value);
}

const MONTHS = ['Library', '2023-04', '2023-05'];

it('a sheet that is a copy of another is not read', async () => {
  const rows = [['City', 100, 200], ['Kenton', 5, 7]]; // prettier-ignore
  const taken = await take([sheet('Sheet1', MONTHS, ...rows), sheet('Sheet1 (2)', MONTHS, ...rows)]);
  expect(taken).toMatchObject({ accepted: 4 });
  expect(refused(taken)).toEqual([
    'visits.xlsx, sheet Sheet1 (2) r1 [] sheet-not-read the cells of sheet Sheet1 again',
  ]);
  expect(await visits()).toEqual([105, 207]);
});

it('what two sheets say alike counts once, and of what they say otherwise nothing is recorded', async () => {
  const old = sheet('old', MONTHS, ['City', 100, 200], ['Kenton', 5, 7]);
  const taken = await take([old, sheet('new', MONTHS, ['City', 100, 222], ['Walker', 8, 9])]);
  expect(taken).toMatchObject({ accepted: 5 });
  expect(refused(taken)).toEqual([
    'visits.xlsx, sheet old r2 [2023-05] row-contradicted 200',
    'visits.xlsx, sheet new r2 [2023-04] row-repeated 100',
    'visits.xlsx, sheet new r2 [2023-05] row-contradicted 222',
  ]);
  expect(await visits()).toEqual([113, 16]);
});

it('a sheet whose name speaks of something else is no table of visits', async () => {
  const taken = await take([sheet('Visits', MONTHS, ['City', 100, 200]), sheet('Loans', MONTHS, ['Byker', 9, 9])]);
  expect(taken).toMatchObject({ accepted: 2 });
  expect(taken.findings.filter(({ code }) => code === 'sheet-not-read')).toMatchObject([{ file: 'visits.xlsx, sheet Loans' }]); // prettier-ignore
});

it('years in sheets of their own are all read', async () => {
  const next = sheet('2024-25', ['Library', '2024-04', '2024-05'], ['City', 100, 201]);
  expect(await take([sheet('2023-24', MONTHS, ['City', 100, 200]), next])).toMatchObject({ accepted: 4 });
});

it('an item category that two sheets write otherwise is one', async () => {
  const loans = (name: string, type: string, count: number) =>
    sheet(name, ['Local authority', 'Library name', 'Month', 'Type', 'Loans'], [AUTHORITY, 'City', '2019-12', type, count]); // prettier-ignore
  const taken = await take([loans('a', 'Adult fiction', 10), loans('b', 'ADULT FICTION', 10)], {}, 'loans.xlsx');
  expect(taken).toMatchObject({ accepted: 1 });
  expect(refused(taken)).toEqual(['loans.xlsx, sheet b r2 [Loans] row-repeated 10']);
});

it('estimates of all people, of women and of men do not take the place of each other', async () => {
  const ages = [...Array.from({ length: 18 }, (_, age) => age), '18+'];
  const people = (name: string, each: number): SheetTable =>
    sheet(name, ['Code', 'All ages', ...ages], [AUTHORITY, each * 19, ...ages.map(() => each)]);
  const sheets = [people('MYE2 - Persons', 20), people('MYE2 - Females', 11), people('MYE2 - Males', 9)];
  await expect(take(sheets, {}, 'mye23.xlsx')).rejects.toMatchObject({ code: 'invalid-file' });
  expect(await under.ledger.size()).toBe(0);
});

it('figures that two sheets quote are quoted once, whichever sheet each cites', async () => {
  const users = (name: string, ...rows: Cells[]): SheetTable => sheet(name, MONTHS, ...rows);
  const sheets = [
    users('Wi-Fi users', ['City', 100, 200], ['Kenton', 5, 7]),
    users('Wi-Fi users 2', ['City', 100, 222], ['Walker', 8, 9]),
  ];
  const taken = await take(sheets, { authority: AUTHORITY, measure: 'wifi-users' }, 'wifi.xlsx');
  expect(taken).toMatchObject({ accepted: 5 });
  expect(refused(taken)).toEqual([
    'wifi.xlsx, sheet Wi-Fi users r2 [2023-05] row-contradicted 200',
    'wifi.xlsx, sheet Wi-Fi users 2 r2 [2023-04] row-repeated 100',
    'wifi.xlsx, sheet Wi-Fi users 2 r2 [2023-05] row-contradicted 222',
  ]);
});

it('a figure is one with its interval: another interval is another figure', async () => {
  const header = ['figure_id', 'indicator', 'scope', 'period_start', 'period_end', 'value', 'unit', 'low', 'high', 'interval_percent', 'source', 'note']; // prettier-ignore
  const figure = (low: number, source: string, note: string): Cells => ['PF001', 'Adults who used a library', 'England', '2018', '2018', 33, 'percent', low, 35, 95, source, note]; // prettier-ignore
  const one = sheet('one', header, figure(31, 'Taking Part 2018', ''));
  const again = sheet('again', header, figure(31, 'Taking Part, year 14', 'copied'));
  expect(await take([one, again], {}, 'figures.xlsx')).toMatchObject({ accepted: 1 });
  const other = sheet('other', header, figure(30, 'Taking Part 2018', ''));
  await expect(take([one, other], {}, 'figures.xlsx')).rejects.toMatchObject({ code: 'invalid-file' });
});

it('a loan with an id of its system is the same in a sheet as in a table', async () => {
  const header = ['id', 'circ_lib', 'xact_start', 'desk_renewal', 'target_copy'];
  const loan = ['r12', 'City', '2023-04-03 10:00', 'f', '7'];
  const options = { authority: AUTHORITY };
  const table = { header, rows: [{ row: 2, cells: loan }] };
  await under.ledger.import({ fileName: 'loans.csv', sha256: 'cd'.repeat(32), table, options }, {});
  expect(await take([sheet('Sheet1', header, loan)], options, 'loans.xlsx')).toMatchObject({
    events: 1,
    accepted: 0,
    duplicates: 1,
  });
});
