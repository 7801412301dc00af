/** The activity return: a cell is a fact of its month, quarter or year, and what may be either counts as neither. */
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { readTable } from '../../../src/files/readTable.ts';
import { aceReturn } from '../../../src/importers/returns/aceReturn.ts';
import type { ImportOptions, ImportResult } from '../../../src/importers/importer.ts';
import { authorityNames } from '../../support/authorityNames.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { bytesOf, detectFormat, importBytes, lines, refusals, said, withCode } from './importing.ts';

const MONTHS = ['april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december', 'january', 'february', 'march']; // prettier-ignore
const VISITS = 'physical_visits_colocation';
const headerOf = (...names: string[]): string =>
  ['authority', ...names.flatMap((name) => MONTHS.map((month) => `${name}_${month}`))].join(',');
const row = (authority: string, ...cells: (string | number)[]): string => [authority, ...cells].join(',');

const YEAR: ImportOptions = { period: '2023-04-01/P1Y' };
const take = (
  rows: readonly string[],
  options: ImportOptions = YEAR,
  header = headerOf(VISITS),
  fileName = 'return.csv',
) => importBytes(aceReturn, bytesOf([header, ...rows].join('\n')), options, { fileName });
const statedIn = ({ events }: ImportResult) => events as readonly EventOf<'return.stated'>[];

const A = 'E08000021';
const MONTHLY = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21];
const BY_QUARTER = ['', '', 30, '', '', 31, '', '', 32, '', '', 33];

describe('the time a figure is of', () => {
  it('by the month', () => {
    const result = take([row(A, ...MONTHLY)]);
    expect(said(result)).toEqual([]);
    expect(lines(result).slice(8, 10)).toEqual([`${A} 2023-12-01/P1M 18 system`, `${A} 2024-01-01/P1M 19 system`]);
    expect(result.events).toHaveLength(12);
    expect(result.events[0]).toMatchObject({
      source: 'urn:library:E08000021:ace-activity-return',
      data: { form: 'ace-activity-return', line: VISITS, provenance: { row: 2, column: `${VISITS}_april`, raw: '10' } },
    });
  });

  it('by the quarter, each with its own three months', () => {
    expect(lines(take([row(A, ...BY_QUARTER)]))).toEqual([
      `${A} 2023-04-01/P3M 30 system`,
      `${A} 2023-07-01/P3M 31 system`,
      `${A} 2023-10-01/P3M 32 system`,
      `${A} 2024-01-01/P3M 33 system`,
    ]);
  });

  it('by the year', () => {
    expect(lines(take([row(A, ...Array<string>(11).fill(''), 400)]))).toEqual([`${A} 2023-04-01/P1Y 400 system`]);
  });

  it('a blank beside months is not reported, and never 0', () => {
    const result = take([row(A, ...MONTHLY.map((count, at) => (at === 4 ? '' : count)))]);
    expect(lines(result)[4]).toBe(`${A} 2023-08-01/P1M not-reported system`);
    expect(said(result)).toEqual([`flagged r2 [${VISITS}_august] value-missing "${VISITS}: blank in august"`]);
  });

  it('a figure that may be of a month or of a quarter is kept under its column, and is no count of anything', () => {
    const result = take([row(A, '', 680_900, '', '', 851_150, '', '', '', '', '', '', '')]);
    expect(statedIn(result).map(({ data }) => [data.line, data.window, data.value])).toEqual([
      [`${VISITS}_may`, '2023-04-01/P1Y', 680_900],
      [`${VISITS}_august`, '2023-04-01/P1Y', 851_150],
    ]);
    expect(withCode(result, 'cadence-unclear')).toHaveLength(1);
  });

  it('a line that was never filled says nothing, and is named', () => {
    const result = take([row(A, ...MONTHLY, ...Array<string>(12).fill(''))], YEAR, headerOf(VISITS, 'wifi_sessions'));
    expect(result.events).toHaveLength(12);
    expect(said(result)).toEqual(['noted r2 [] no-data "no figure under wifi_sessions"']);
  });

  it('one authority may count by the month, another by the quarter, and each on another line otherwise', () => {
    const header = headerOf(VISITS, 'wifi_sessions');
    const result = take([row(A, ...MONTHLY, ...BY_QUARTER), row('E08000002', ...BY_QUARTER, ...MONTHLY)], YEAR, header);
    const lengths = statedIn(result).map(({ subject, data }) => `${subject} ${data.line} ${data.window.slice(11)}`);
    expect(new Set(lengths)).toEqual(
      new Set([
        `${A} ${VISITS} P1M`,
        `${A} wifi_sessions P3M`,
        `E08000002 ${VISITS} P3M`,
        'E08000002 wifi_sessions P1M',
      ]),
    );
    expect(withCode(result, 'cadence')).toHaveLength(2);
  });
});

describe('the year', () => {
  it.each(['return_2023_2024.csv', 'return 2023-24.csv', 'ace-2023-2024-final.csv'])('is in the name %s', (name) => {
    expect(lines(take([row(A, ...MONTHLY)], {}, headerOf(VISITS), name))[0]).toBe(`${A} 2023-04-01/P1M 10 system`);
  });

  it.each([
    ['return.csv', {}, 'period-unknown'],
    ['return 2023.csv', {}, 'period-unknown'],
    ['return-2023-12-24.csv', {}, 'period-unknown'],
    ['from 2022-23 to 2023-24.csv', {}, 'period-unknown'],
    ['return 2023-24.csv', { period: '2023-01-01/P1Y' }, 'option-unusable'],
    ['return 2023-24.csv', { period: '2023-04-01/P3M' }, 'option-unusable'],
  ])('%s with %o is refused', (name, options, code) => {
    const result = take([row(A, ...MONTHLY)], options, headerOf(VISITS), name);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([`r1 * ${code}`]);
  });
});

describe('hostile files', () => {
  const clean = lines(take([row(A, ...MONTHLY)]));
  const changed = (at: number, to: string) => take([row(A, ...MONTHLY.map((count, i) => (i === at ? to : count)))]);

  it.each([
    ['reordered', (cells: string[]) => [...cells].reverse()],
    ['in capitals and spaces', (cells: string[]) => cells.map((cell) => cell.replaceAll('_', ' ').toUpperCase())],
  ])('columns %s', (_, change) => {
    const header = change(headerOf(VISITS).split(',')).join(',');
    const cells = [A, ...MONTHLY.map(String)];
    const figures = (header.endsWith('y') && header.startsWith('p') ? [...cells].reverse() : cells).join(',');
    expect([...lines(take([figures], YEAR, header))].sort()).toEqual([...clean].sort());
  });

  it.each(['\r', '\r\n'])('other line ends, and a byte order mark', (end) => {
    const text = `\ufeff${[headerOf(VISITS), row(A, ...MONTHLY)].join(end)}${end}`;
    expect(lines(importBytes(aceReturn, bytesOf(text), YEAR))).toEqual(clean);
  });

  it.each(['"1,234"', '12.5', '-3', 'nan', '1e3', '03/04/2023', 'approx 20'])('%s is refused at its cell', (cell) => {
    const result = changed(3, cell);
    expect(refusals(result)).toEqual([`r2 ${VISITS}_july not-a-whole-number`]);
    expect(lines(result)).toEqual(clean.filter((_, at) => at !== 3));
  });

  it.each([
    ['*', 'suppressed'],
    ['x', 'suppressed'],
    ['..', 'not-available'],
    ['closed', 'not-open'],
    ['N/A', 'not-applicable'],
    ['-', 'not-applicable'],
  ])('%s is %s', (cell, absent) => {
    expect(lines(changed(3, cell))[3]).toBe(`${A} 2023-07-01/P1M ${absent} system`);
  });

  it('text in the other months of a row by the quarter makes no months of quarters', () => {
    for (const sign of ['nan', '-', 'n/a', '"1,234"']) {
      const result = take([row(A, ...BY_QUARTER.map((cell) => (cell === '' ? sign : cell)))]);
      expect(lines(result).filter((text) => text.includes('P1M'))).toEqual([]);
      expect(statedIn(result).every(({ data }) => data.line !== VISITS)).toBe(true);
    }
  });

  it('zeros in the other months of a row by the quarter make no months of quarters', () => {
    const result = take([row(A, ...BY_QUARTER.map((cell) => (cell === '' ? 0 : cell)))]);
    expect(lines(result)).toEqual(lines(take([row(A, ...BY_QUARTER)])));
    expect(withCode(result, 'zeros-between')).toHaveLength(1);
  });

  it('totals, unknown names, a header in the middle, short rows and repeats are refused', () => {
    const result = take([
      row(A, ...MONTHLY),
      headerOf(VISITS),
      row('Total', ...MONTHLY),
      row('England', ...MONTHLY),
      row(A, ...MONTHLY),
      row('E08000002', 1, 2),
    ]);
    expect(lines(result)).toEqual(clean);
    expect(refusals(result)).toEqual([
      'r3 * row-repeats-header',
      'r7 * row-ragged',
      'r4 authority totals-row',
      'r5 authority authority-unknown',
      'r6 authority row-repeated',
    ]);
  });

  it('takes neither of two rows of one authority that differ', () => {
    const result = take([row(A, ...MONTHLY), row(A, ...MONTHLY.map((count) => count + 1))]);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual(['r2 authority row-contradicted', 'r3 authority row-contradicted']);
  });

  it('no authority, or two columns of it, or of a month', () => {
    expect(refusals(take([row(A, ...MONTHLY)], YEAR, headerOf(VISITS).replace('authority', 'service')))).toEqual([
      'r1 authority column-missing',
    ]);
    const twice = take([row(A, ...MONTHLY)], YEAR, headerOf(VISITS).replace('_may', '_april'));
    expect(refusals(twice)).toEqual([`r1 ${VISITS}_april column-repeated`, `r1 ${VISITS}_april column-repeated`]);
    expect(lines(twice).filter((text) => /2023-0[45]-01\/P1M \d/.test(text))).toEqual([]);
  });

  it('a column of words is named, and nothing of it is kept', () => {
    const result = take([row(A, 'call Jo on 0191', ...MONTHLY)], YEAR, headerOf(VISITS).replace('authority', 'authority,wifi_notes_no_data')); // prettier-ignore
    expect(said(result)).toEqual(['noted r1 [wifi_notes_no_data] column-not-kept "wifi_notes_no_data"']);
    expect(JSON.stringify(result)).not.toContain('0191');
  });
});

it('flags a total that is not the sum of its ages, or less than some of them', () => {
  const header = ['authority', 'total_active_members', 'active_members_11_under', 'active_members_12_17', 'active_members_adults', ...headerOf(VISITS).split(',').slice(1)].join(','); // prettier-ignore
  const parts = (...members: (number | '')[]) =>
    withCode(take([row(A, ...members, ...MONTHLY)], YEAR, header), 'parts-disagree').map(({ found }) => found);
  expect(parts(100, 20, 10, 70)).toEqual([]);
  expect(parts(100, 20, 10, 71)).toEqual(['total_active_members: 100 against 101']);
  expect(parts(100, 20, 10, 69)).toEqual(['total_active_members: 100 against 99']);
  expect(parts(100, 20, '', '')).toEqual([]);
  expect(parts(100, 120, '', '')).toEqual(['total_active_members: 100 against 120']);
});

describeWithRealData('the activity return of 2023/24', (readReal) => {
  const FILE = 'libraries_activity_data_2023_2024.csv';
  const bytes = () => readReal(`ace-activity-2023-24/${FILE}`);
  const all = () => importBytes(aceReturn, bytes(), { authorities: authorityNames(readReal) }, { fileName: FILE });

  it('is recognised, and every one of its 77 authorities has a code', () => {
    const { header } = readTable({ fileName: FILE, bytes: bytes() });
    expect(detectFormat(header, FILE)).toBe(aceReturn);
    const result = all();
    expect(refusals(result)).toEqual([]);
    expect(new Set(statedIn(result).map(({ subject }) => subject)).size).toBe(77);
    expect(withCode(result, 'column-not-kept')).toHaveLength(4);
  });

  it.each([
    ['total_physical_book_issues', 62_190_146, 73],
    ['physical_visits_no_colocation', 45_649_678, 70],
    ['physical_visits_colocation', 20_655_721, 48],
    ['total_attendees_physical_events', 4_310_358, 66],
  ])('%s: %d as given, from %d authorities', (line, total, authorities) => {
    const given = statedIn(all()).filter(
      ({ data }) => data.value !== undefined && data.provenance?.column.startsWith(`${line}_`),
    );
    expect(given.reduce((sum, { data }) => sum + (data.value ?? 0), 0)).toBe(total);
    expect(new Set(given.map(({ subject }) => subject)).size).toBe(authorities);
  });

  it('every number of the file is a fact once, and nothing else is', () => {
    const { header, rows } = readTable({ fileName: FILE, bytes: bytes() });
    const cells = rows.flatMap(({ row: at, cells: own }) =>
      own.flatMap((cell, i) => (/^\d+$/.test(cell.trim()) ? [`${at} ${header[i]?.trim()} ${cell}`] : [])),
    );
    const facts = statedIn(all()).flatMap(({ data: { value, provenance } }) =>
      value === undefined ? [] : [`${provenance?.row} ${provenance?.column} ${value}`],
    );
    expect(facts.sort()).toEqual(cells.sort());
  });

  it('Newcastle', () => {
    const own = statedIn(all()).filter(({ subject }) => subject === 'E08000021');
    const total = (line: string) =>
      own.filter(({ data }) => data.line === line).reduce((sum, { data }) => sum + (data.value ?? 0), 0);
    expect(total('physical_visits_no_colocation') + total('physical_visits_colocation')).toBe(551_234);
    expect([total('total_physical_book_issues'), total('total_active_members')]).toEqual([345_860, 14_225]);
  });

  it('cadence differs by line: physical book issues are 65 monthly, 6 quarterly and 2 yearly', () => {
    const kinds = new Map<string, string>();
    for (const { subject, data } of statedIn(all()))
      if (data.line === 'total_physical_book_issues') kinds.set(subject, data.window.slice(11));
    const count = (kind: string) => [...kinds.values()].filter((one) => one === kind).length;
    expect([count('P1M'), count('P3M'), count('P1Y')]).toEqual([65, 6, 2]);
  });

  it('17 cells are unlike their rows, and are recorded as given', () => {
    const { header, rows } = readTable({ fileName: FILE, bytes: bytes() });
    const name = (at: number) => rows.find(({ row: own }) => own === at)?.cells[header.indexOf('authority')] ?? '';
    const unlike = withCode(all(), 'unlike-its-row').map(({ row: at, cell, found }) => `${name(at)} ${cell} ${found}`);
    expect(unlike.sort()).toEqual([
      'Blackburn with Darwen ebooks_adult_february 114',
      'Bournemouth, Christchurch and Poole loans_11_under_march 262343',
      'Bournemouth, Christchurch and Poole total_physical_book_issues_april 697360',
      'Camden loans_adult_july 1245',
      'Dudley physical_visits_no_colocation_april 544456',
      'Gateshead total_physical_book_issues_april 320830',
      'Halton total_physical_book_issues_april 179920',
      'Hartlepool physical_visits_colocation_february 211261',
      'Leicester total_physical_book_issues_april 2324',
      'Luton total_attendees_physical_events_july 12228',
      'Newcastle upon Tyne hours_public_computers_july 72661',
      'Sefton total_digital_audiobook_issues_april 49620',
      'Solihull loans_11_under_november 115544',
      'Stockport loans_adult_may 248772',
      'Sunderland loans_11_under_november 317',
      'Sunderland total_physical_book_issues_july 114520',
      'West Berkshire mobile_libraries_december 60',
    ]);
  });
});
