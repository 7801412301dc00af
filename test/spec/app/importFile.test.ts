/** What becomes of a file as a whole: what is recorded of it, what is told, and in which order. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportReport } from '../../../src/app/importReport.ts';
import type { LedgerError } from '../../../src/domain/ledgerError.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const LOANS = 'Local authority,Library name,Month,Type,Loans\n';
const GOOD = 'E08000021,City,2024-02,Fiction,5\n';
const FUTURE = 'E08000021,City,2035-02,Fiction,5\n';

function take(text: string, choices: { strict?: boolean; options?: ImportOptions; fileName?: string } = {}) {
  const { fileName = 'loans.csv', options = {}, strict = false } = choices;
  const bytes = Buffer.from(text);
  const table = readTable({ fileName, bytes });
  return under.ledger.import({ fileName, sha256: sha256Of(bytes), table, options }, { strict });
}
const refusalOf = (taken: Promise<ImportReport>): Promise<LedgerError> =>
  taken.then(
    () => expect.fail('was imported'),
    (error: unknown) => error as LedgerError,
  );
const told = ({ findings }: ImportReport): string[] =>
  findings.map(({ severity, row, cell, found }) => `${severity} r${row} [${cell ?? ''}] ${found}`);

describe('strict', () => {
  it('records nothing where a contract refuses a row', async () => {
    expect(await take(LOANS + GOOD + FUTURE)).toMatchObject({ accepted: 1, refused: 1 });
    const before = await under.log.size();
    const refused = await refusalOf(take(LOANS + GOOD.replace('2024-02', '2024-03') + FUTURE, { strict: true }));
    expect([refused.code, refused.faults.map(({ row }) => row)]).toEqual(['invalid-file', [3]]);
    expect(await under.log.size()).toBe(before);
  });

  it('records nothing where another number is recorded already', async () => {
    await take(LOANS + GOOD);
    const changed = GOOD.replace(',5', ',6') + GOOD.replace('2024-02', '2024-03');
    const refused = await refusalOf(take(LOANS + changed, { strict: true }));
    expect(refused.faults.map(({ row, cell }) => [row, cell])).toEqual([[2, 'Loans']]);
    expect(await under.log.size()).toBe(1);
  });
});

describe('a file of which nothing can be recorded', () => {
  it('is refused as a whole, and its cells are named', async () => {
    const refused = await refusalOf(take(LOANS + FUTURE));
    expect(refused.message).toBe('loans.csv: nothing was imported; 1 thing was refused.');
    expect(refused.faults).toMatchObject([
      { row: 2, cell: 'Month', message: 'found 2035-02; expected another period: this one lies in the future' },
    ]);
  });

  it.each([
    ['2035-02-01', 'lies in the future'],
    ['1989-12-31', 'lies before 1990: older activity can be quoted as figure.published'],
  ])('names the cell of a session held on %s', async (day, why) => {
    const header = 'Local authority,Library name,Event date,Main outcome,Attendees';
    const text = `${header}\nE08000021,City,${day},Greater prosperity,5\n`;
    const refused = await refusalOf(take(text, { fileName: 'events.csv' }));
    expect(refused.faults).toMatchObject([
      { row: 2, cell: 'Event date', message: `found ${day}; expected another day: this one ${why}` },
    ]);
  });

  it('for want of the day of a register, names the option', async () => {
    const header = 'Local authority,Library name,Statutory,Type of library';
    const refused = await refusalOf(take(`${header}\nE08000021,City,Yes,LAL\n`, { fileName: 'libraries.csv' }));
    expect(refused.faults).toEqual([
      { file: 'libraries.csv', message: expect.stringContaining('--on <date>') as string },
    ]);
    expect(refused.hint).toBe('Give the options that are named and import the file again.');
  });

  it.each([
    ['without a row', '', 'no row below the header'],
    ['with blank rows', ',,,,\n', 'no row with a figure'],
  ])('%s, says so', async (_, rows, found) => {
    const refused = await refusalOf(take(LOANS + rows));
    expect(refused.faults).toMatchObject([{ message: `found ${found}; expected at least one row with a figure` }]);
  });

  it('for want of an option, names the option and no cell', async () => {
    const wide = 'Library,2024-02\nCity,5\n';
    const refused = await refusalOf(take(wide, { fileName: 'visits.csv' }));
    expect(refused.faults).toEqual([
      {
        file: 'visits.csv',
        message: expect.stringMatching(/^found no authority; expected .* in --authority/) as string,
      },
    ]);
    expect(refused.hint).toBe('Give the options that are named and import the file again.');
  });
});

describe('a file that is imported again with other options', () => {
  const survey = 'Did you enjoy it?,Would you come again?,Library\nYes,Yes,Kenton\nNo,Yes,Kenton\nYes,No,City\n';
  const options = { authority: 'E08000021', period: '2011-04-01/P1Y' };

  it('is refused once for all its cells, with what to do', async () => {
    await take(survey, { fileName: 'club.csv', options });
    const refused = await refusalOf(
      take(survey, { fileName: 'club.csv', options: { ...options, survey: 'work-club' } }),
    );
    expect(refused.message).toMatch(/things were refused, of which the first is listed\.$/);
    expect(refused.faults).toHaveLength(1);
    expect(refused.faults[0]?.message).toMatch(/perhaps of the same file with other options$/);
    expect(refused.hint).toMatch(/^Import it with the options of that time\./);
  });
});

describe('findings', () => {
  it('name an empty cell as such', async () => {
    const refused = await refusalOf(take(`${LOANS}E08000021,City,,Fiction,5\n`));
    expect(refused.faults[0]?.message).toMatch(/^found an empty cell; expected a month written YYYY-MM/);
  });

  it('come with the refused first, then the flagged and the noted, each in the order of the rows', async () => {
    const wide = 'Library,2024-02,2024-03,2024-04\nCity,7,7,7\nKenton,x,0,1\nEast,y,5,5\n';
    const report = await take(wide, { fileName: 'visits.csv', options: { authority: 'E08000021' } });
    expect(told(report)).toEqual([
      'refused r3 [2024-02] x',
      'refused r4 [2024-02] y',
      'flagged r2 [2024-02] City: 7 in each of 2024-02 to 2024-04',
      'noted r1 [] no word on how visits were counted',
      'noted r1 [] E08000021',
      'noted r3 [2024-03] Kenton: 0 in 2024-03',
    ]);
  });

  it('name an authority of which nothing was recorded before, once', async () => {
    const [first, again] = [await take(LOANS + GOOD), await take(LOANS + GOOD.replace('2024-02', '2024-03'))];
    const isNew = ({ findings }: ImportReport) => findings.filter(({ code }) => code === 'authority-new');
    expect(isNew(first)).toMatchObject([
      { severity: 'noted', done: 'E08000021 is new here: no event of it was recorded before.' },
    ]);
    expect(isNew(again)).toEqual([]);
  });
});
