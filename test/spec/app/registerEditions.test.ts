/** A newer edition of a register: another day is another statement, and of one statement only one holds. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportChoices } from '../../../src/app/importFile.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import type { ImportOptions } from '../../../src/importers/importer.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const AUTHORITY = 'E08000021';
const ON = '2019-12-31';
const LATER = '2020-12-31';

interface Register {
  readonly fileName: string;
  readonly header: string;
  readonly options?: ImportOptions;
  /** A row that stays as it is: a file of which all is refused is no edition. */
  readonly beside: string;
  /** A row, the same row as a corrected edition has it, and what the two say in words. */
  readonly row: string;
  readonly corrected: string;
  readonly found: string;
  readonly recorded: string;
}

const REGISTERS: Readonly<Record<string, Register>> = {
  'the status of a library': {
    fileName: 'libraries.csv',
    header: 'Local authority,Library name,Statutory,Type of library,Monday hours',
    beside: `${AUTHORITY},East,Yes,LAL,10:00-19:00`,
    row: `${AUTHORITY},City,Yes,LAL,10:00-19:00`,
    corrected: `${AUTHORITY},City,No,LAL,`,
    found: 'hours per week: none; statutory: no',
    recorded: 'hours per week: 9; statutory: yes',
  },
  'means of deciles': {
    fileName: 'imd.csv',
    header: 'code,name,multiple,income,employment,crime',
    beside: 'E08000037,B,2.491,2.5,3,4',
    row: `${AUTHORITY},A,3.932,4.102,3,4`,
    corrected: `${AUTHORITY},A,3.94,4.102,3,4`,
    found: 'mean decile: 3.94',
    recorded: 'mean decile: 3.932',
  },
  'nearest neighbours': {
    fileName: 'neighbours.csv',
    header: 'Code,Neighbour 1,Neighbour 2',
    beside: `E08000037,${AUTHORITY},E08000025`,
    row: `${AUTHORITY},E08000037,E08000025`,
    corrected: `${AUTHORITY},E08000025,E08000037`,
    found: 'neighbours: E08000025, E08000037',
    recorded: 'neighbours: E08000037, E08000025',
  },
};

function take(
  { fileName, header, beside, options = {} }: Register,
  row: string,
  on: string,
  choices: ImportChoices = {},
) {
  const bytes = Buffer.from(`${header}\n${row}\n${beside}\n`);
  const file = { fileName, sha256: sha256Of(bytes), table: readTable({ fileName, bytes }) };
  return under.ledger.import({ ...file, options: { ...options, on } }, choices);
}

describe.each(Object.entries(REGISTERS))('of %s', (_, register) => {
  const { row, corrected, found, recorded } = register;

  it('the same again is recorded before, however the file was saved', async () => {
    const first = await take(register, row, ON);
    const again = { ...register, beside: `${register.beside}\n` };
    expect(await take(again, row, ON)).toMatchObject({ accepted: 0, duplicates: first.events, refused: 0 });
  });

  it('what a corrected edition says otherwise is shown and refused, and with "correct" takes its place', async () => {
    await take(register, row, ON);
    const before = await under.log.size();
    const shown = await take(register, corrected, ON, { dryRun: true });
    expect(shown).toMatchObject({ accepted: 0, corrected: 0, refused: 1, differing: 1 });
    expect(shown.differences).toMatchObject([{ row: 2, when: ON, recorded, found }]);
    const refused = shown.findings.filter(({ code }) => code === 'recorded-otherwise');
    expect(refused).toMatchObject([{ severity: 'refused', row: 2, found }]);
    expect(refused[0]?.expected).toContain(`${recorded}, which is recorded for this place and day; --correct`);
    expect(await under.log.size()).toBe(before);

    expect(await take(register, corrected, ON, { correct: true })).toMatchObject({ accepted: 0, corrected: 1, refused: 0 }); // prettier-ignore
    expect((await take(register, corrected, ON)).refused).toBe(0);
    expect((await take(register, row, ON, { dryRun: true })).differences).toMatchObject([{ recorded: found, found: recorded }]); // prettier-ignore
    // To and fro: the first edition may be right after all.
    expect(await take(register, row, ON, { correct: true })).toMatchObject({ corrected: 1, refused: 0 });
    expect(await under.log.size()).toBe(before + 2);
  });
});

it('a register of another day states anew', async () => {
  const register = REGISTERS['the status of a library'] as Register;
  await take(register, register.row, ON);
  expect(await take(register, register.corrected, LATER)).toMatchObject({ accepted: 4, duplicates: 0, refused: 0 });
});

it('means of one edition of an index are the same statements, whatever day is given', async () => {
  const register = REGISTERS['means of deciles'] as Register;
  await take(register, register.row, '2016-04-01');
  expect(await take(register, register.row, '2017-04-01')).toMatchObject({ accepted: 0, duplicates: 8, refused: 0 });
  expect(await take(register, register.corrected, '2017-04-01', { dryRun: true })).toMatchObject({ differing: 1 });
  // The next edition of the indices.
  expect(await take(register, register.corrected, ON)).toMatchObject({ accepted: 8, refused: 0 });
});

describe('a timetable of a mobile library', () => {
  const timetable: Register = {
    ...(REGISTERS['nearest neighbours'] as Register),
    fileName: 'stops.csv',
    header: 'organisation,mobile,route,stop,geox,geoy,day,type,arrival,departure,frequency,start',
  };
  const stop = (arrival: string, departure: string, start = '2019-11-12', name = 'George Inn'): string =>
    `E10000027,Mobile,A,${name},-3.499113,51.073041,Tuesday,Public,${arrival},${departure},FREQ=WEEKLY;INTERVAL=4,${start}`;
  const stops = { ...timetable, beside: stop('11:25', '11:45', '2019-11-12', 'Week Lane') };

  it('from another day on is another one; of the same day another time is a difference', async () => {
    await take(stops, stop('10:30', '10:50'), ON);
    expect(await take(stops, stop('10:40', '11:00', '2020-01-07'), ON)).toMatchObject({ accepted: 1, refused: 0 });
    const moved = await take(stops, stop('10:40', '11:00'), ON, { dryRun: true });
    expect(moved.differences).toMatchObject([
      { recorded: 'arrival: 10:30; departure: 10:50', found: 'arrival: 10:40; departure: 11:00' },
    ]);
  });

  it('may have a stop twice a day: where both differ, nothing tells which is meant', async () => {
    const both = [stop('10:30', '10:50'), stop('15:30', '15:50')];
    await take(stops, both.join('\n'), ON);
    expect(await take(stops, both.reverse().join('\n'), ON)).toMatchObject({ accepted: 0, duplicates: 3 });
    const one = [stop('10:30', '10:50'), stop('16:30', '16:50')].join('\n');
    expect(await take(stops, one, ON, { correct: true, dryRun: true })).toMatchObject({ duplicates: 2, corrected: 1 });
    const two = [stop('11:30', '11:50'), stop('16:30', '16:50')].join('\n');
    expect(await take(stops, two, ON, { correct: true, dryRun: true })).toMatchObject({ corrected: 0, refused: 2 });
  });
});

it('reads statements among many events, over several segments', async () => {
  const loans = Array.from({ length: 4_500 }, (_, at) => `${AUTHORITY},City,2019-${String((at % 12) + 1).padStart(2, '0')},Type ${Math.floor(at / 12)},${at}`); // prettier-ignore
  const register = REGISTERS['the status of a library'] as Register;
  const other = register.row.replace('City', 'Walker');
  await take(register, register.row, ON);
  await take({ ...register, header: 'Local authority,Library name,Month,Type,Loans', beside: loans.join('\n') }, `${AUTHORITY},East,2019-01,Fiction,1`, ON); // prettier-ignore
  await take(register, `${register.row}\n${other}`, ON);
  const both = [register.corrected, other.replace('10:00', '11:00')].join('\n');
  expect(await take(register, both, ON, { correct: true })).toMatchObject({ corrected: 2, duplicates: 4, refused: 0 });
});

it('lines that are no whole number are compared as they were stated', async () => {
  const lines: Register = {
    ...(REGISTERS['nearest neighbours'] as Register),
    fileName: 'actuals.csv',
    header: 'Line,Description,2016-17',
    beside: '35,Other posts,2',
    options: { authority: AUTHORITY },
  };
  expect(await take(lines, '34,Posts,12.5', ON)).toMatchObject({ accepted: 2 });
  expect(await take({ ...lines, beside: `${lines.beside}\n` }, '34,Posts,12.5', ON)).toMatchObject({ duplicates: 2 });
  const changed = await take(lines, '34,Posts,13.5', ON);
  expect(changed.differences).toMatchObject([{ recorded: '12.5', found: '13.5' }]);
});
