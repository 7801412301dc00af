/** What is told of a workbook beside its cells: what the spreadsheet hides, works out, merges, or has on other sheets. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Finding } from '../../../src/importers/importer.ts';
import { openBytes } from '../../../src/files/openFile.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';
import { xlsxOf, type WorkbookXml } from '../../support/xlsx.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const text = (words: string): string => `<c t="inlineStr"><is><t>${words}</t></is></c>`;
const HEADER = `<row>${['Local authority', 'Library name', 'Month', 'Type', 'Loans'].map(text).join('')}</row>`;
const loans = (month: number, attributes = ''): string =>
  `<row ${attributes}>${text('E08000021')}${text('City')}${text(`${2010 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`)}${text('Fiction')}<c><v>5</v></c></row>`;

async function take(workbook: WorkbookXml) {
  const file = await openBytes('loans.xlsx', xlsxOf(workbook));
  const report = await under.ledger.import({ ...file, options: {} }, {});
  const ofOthers = new Set(['authority-new', 'category-unmapped']);
  return { accepted: report.accepted, told: report.findings.filter(({ code }) => !ofOthers.has(code)) };
}
const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, code, file, row, cell, found }) => `${severity} ${code} ${file} r${row} [${cell ?? ''}] ${found}`); // prettier-ignore
const SHEET = 'loans.xlsx, sheet Loans';

it('hidden rows count, and are told once for each run of them', async () => {
  const rows = [0, 1, 2, 3, 4].map((month) => loans(month, [1, 2, 4].includes(month) ? 'hidden="1"' : '')).join('');
  const { accepted, told } = await take({ sheets: [{ name: 'Loans', rows: HEADER + rows }] });
  expect(accepted).toBe(5);
  expect(said(told)).toEqual([
    `flagged hidden-rows ${SHEET} r3 [] rows 3 to 4, which are hidden`,
    `flagged hidden-rows ${SHEET} r6 [] row 6, which is hidden`,
  ]);
});

it('of a filtered sheet the first runs are told, and how many more there are', async () => {
  const rows = Array.from({ length: 100 }, (_, month) => loans(month, month % 2 === 0 ? 'hidden="1"' : '')).join('');
  const { accepted, told } = await take({ sheets: [{ name: 'Loans', rows: HEADER + rows }] });
  expect([accepted, told.length]).toEqual([100, 21]);
  expect(told.at(-1)?.found).toBe('row 42, which is hidden; and 29 more like it, down to row 100');
});

it('hidden columns count, and are told by the header of the first', async () => {
  const before = '<cols><col min="4" max="5" hidden="1"/></cols>';
  const { accepted, told } = await take({ sheets: [{ name: 'Loans', rows: HEADER + loans(0), before }] });
  expect(accepted).toBe(1);
  expect(said(told)).toEqual([`flagged hidden-columns ${SHEET} r1 [Type] columns D to E, which are hidden`]);
});

it('a header that is worked out is told', async () => {
  const header = HEADER.replace(text('Loans'), '<c t="str"><f>"Lo"&amp;"ans"</f><v>Loans</v></c>');
  const { accepted, told } = await take({ sheets: [{ name: 'Loans', rows: header + loans(0) }] });
  expect(accepted).toBe(1);
  expect(said(told)).toEqual([`flagged formula-cell ${SHEET} r1 [Loans] E1: Loans`]);
});

it('merged cells are told, and whether values lay under them', async () => {
  const rows = HEADER + loans(0) + loans(1) + loans(2);
  const after = '<mergeCells><mergeCell ref="E2:E3"/><mergeCell ref="A9:C9"/></mergeCells>';
  const { accepted, told } = await take({ sheets: [{ name: 'Loans', rows, after }] });
  expect(accepted).toBe(2);
  expect(said(told)).toEqual([
    `refused not-a-whole-number ${SHEET} r3 [Loans] `,
    `flagged merged-cells ${SHEET} r2 [Loans] E2:E3, which are merged, with 1 value underneath`,
  ]);
  expect(told[1]?.done).toBe('Only E2 has a value; the others were read as empty.');
});

it('a sheet that was not read is told with the reason', async () => {
  const rows = HEADER + loans(0);
  const { told } = await take({
    sheets: [
      { name: 'Loans', rows },
      { name: 'Lists', rows, state: 'hidden' },
      { name: 'Chart', rows: '', kind: 'chartsheet' },
      { name: 'Notes', rows: `<row>${text('About')}</row>`, before: '<cols><col min="1" max="1" hidden="1"/></cols>' },
    ],
  });
  expect(said(told)).toEqual([
    'noted sheet-not-read loans.xlsx, sheet Lists r1 [] a hidden sheet',
    'noted sheet-not-read loans.xlsx, sheet Chart r1 [] a chart, or another sheet that is no table',
    'noted sheet-not-read loans.xlsx, sheet Notes r1 [] a sheet of no known format',
  ]);
});
