import { describe, expect, it } from 'vitest';
import type { LedgerError } from '../../../src/domain/ledgerError.ts';
import { openDataLoans } from '../../../src/importers/openData/openDataLoans.ts';
import { openDataVisits } from '../../../src/importers/openData/openDataVisits.ts';
import { deliveredReadings } from '../../support/deliveredReadings.ts';
import { detectFormat, importText, lines, refusals, said, withCode } from './importing.ts';

const OPTIONS = { authorities: { 'Newcastle City Council': 'E08000021' } };
const VISITS = 'Local authority,Library name,Count start,Count end,Count type,Visits';
const LOANS = 'Local authority,Library name,Month,Type,Loans';
const visits = (...rows: string[]) => importText(openDataVisits, [VISITS, ...rows].join('\n'), OPTIONS);
const loans = (...rows: string[]) => importText(openDataLoans, [LOANS, ...rows].join('\n'), OPTIONS);
const N = 'Newcastle City Council';

describe('physical visits in the open-data schema', () => {
  it('gives one count a row, over the window it was counted in', () => {
    const { events } = visits(`${N},City,2019-01-01,2019-01-31,Automatic counter,56660`);
    expect(events).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{16}:r2:cvisits$/) as string,
        source: 'urn:library:E08000021:open-data-visits',
        type: 'org.outcome-ledger.visits.counted.v1',
        subject: 'E08000021/city',
        data: {
          window: '2019-01-01/P1M',
          method: 'automatic-counter',
          count: 56660,
          provenance: { file: expect.any(String) as string, row: 2, column: 'Visits', raw: '56660' },
        },
      },
    ]);
  });

  it.each([
    ['Automatic', 'automatic-counter'],
    ['AUTOMATIC  COUNTER', 'automatic-counter'],
    ['Manual', 'manual'],
    ['automatic-counter', 'automatic-counter'],
    ['Manual (daily)', 'manual'],
    ['Manual daily', 'manual'],
    ['Estimated', 'estimate'],
  ])('reads the count type %s as %s', (text, method) => {
    expect(lines(visits(`${N},City,2019-01-01,2019-01-31,${text},5`))).toEqual([
      `E08000021/city 2019-01-01/P1M 5 ${method}`,
    ]);
  });

  it('reads one week every quarter as a sample week, and refuses it for anything but seven days', () => {
    const result = visits(
      `${N},Kenton,2019-02-25,2019-03-03,Manual (one week every quarter),283`,
      `${N},City,2019-02-01,2019-02-28,Manual (one week every quarter),283`,
    );
    expect(lines(result)).toEqual(['E08000021/kenton 2019-02-25/P7D 283 sample-week']);
    expect(refusals(result)).toEqual(['r3 Count end window-not-a-week']);
  });

  it.each([
    'Turnstile',
    'Automatic (one week every quarter)',
    'Automatic counter broken: estimate',
    'Automatic counter (estimated)',
    'automatically estimated',
    '"Automatic counter, one day per month"',
    '"Automatic, manual count one month in four"',
    'Manual (monthly)',
    'constructor',
  ])('refuses the count type %s and lists what is known', (text) => {
    const result = visits(`${N},City,2019-01-01,2019-01-31,${text},5`);
    expect(refusals(result)).toEqual(['r2 Count type count-type-unknown']);
    expect(result.findings[0]?.expected).toContain('Manual (one week every quarter)');
  });

  it.each([
    ['2019-01-01,2019-12-31', 'r2 Count end window-without-period', 'a calendar year'],
    ['2019-02-01,2019-04-30', 'r2 Count end window-without-period', 'three months of two quarters'],
    ['2019-01-20,2019-02-10', 'r2 Count end window-without-period', 'days of two months'],
    ['2019-03-31,2019-01-01', 'r2 Count end end-before-start', 'an end before the start'],
    ['2019-02-01,2019-02-29', 'r2 Count end not-a-date', 'a day that does not exist'],
    ['01/02/2019,2019-02-28', 'r2 Count start not-a-date', 'day and month either way round'],
    ['43497,2019-02-28', 'r2 Count start not-a-date', "a spreadsheet's number of a day"],
    ['0001-01-01,2019-02-28', 'r2 Count start not-a-date', 'a year before 1970'],
  ])('refuses the window %s', (window, refusal, _why) => {
    const result = visits(`${N},City,${window},Automatic,5`);
    expect(refusals(result)).toEqual([refusal]);
    expect(result.events).toEqual([]);
  });

  it('says why DD/MM/YYYY is not read', () => {
    const [finding] = withCode(visits(`${N},City,03/04/2019,2019-04-30,Automatic,5`), 'not-a-date');
    expect(finding?.expected).toBe(
      'a date that exists, written YYYY-MM-DD; day and month could be either way round here, so write 2019-MM-DD',
    );
  });

  it('accepts a quarter, a half-year and a financial year, and flags part of a month', () => {
    const result = visits(
      `${N},City,2019-01-01,2019-03-31,Automatic,5`,
      `${N},Kenton,2019-04-01,2019-09-30,Automatic,6`,
      `${N},Fenham,2019-04-01,2020-03-31,Automatic,7`,
      `${N},Walker,2019-04-03,2019-04-12,Automatic,8`,
    );
    expect(lines(result).map((text) => text.split(' ')[1])).toEqual([
      '2019-01-01/P3M', '2019-04-01/P6M', '2019-04-01/P1Y', '2019-04-03/P10D',
    ]); // prettier-ignore
    expect(said(result, 'flagged')).toEqual(['flagged r5 [Count end] part-of-a-month "2019-04-03 to 2019-04-12"']);
  });

  it('refuses an authority it has no code for, with what to give, and takes one that is a code', () => {
    const result = visits(
      'Somerset,City,2019-01-01,2019-01-31,Automatic,5',
      'E10000027,Taunton,2019-01-01,2019-01-31,Automatic,6',
      'newcastle  city council,City,2019-01-01,2019-01-31,Automatic,7',
    );
    expect(refusals(result)).toEqual(['r2 Local authority authority-unknown']);
    expect(result.findings[0]?.expected).toContain('--name "Somerset=<code>"');
    expect(lines(result)).toHaveLength(2);
  });

  it('refuses each faulty cell of a row, not only the first', () => {
    expect(refusals(visits(',,1/1/2019,31/3/2019,,10/11'))).toEqual([
      'r2 Local authority value-missing',
      'r2 Library name value-missing',
      'r2 Count start not-a-date',
      'r2 Count end not-a-date',
      'r2 Count type value-missing',
      'r2 Visits not-a-whole-number',
    ]);
  });

  it('keeps one of two rows that say the same, and neither of two that count the same differently', () => {
    const result = visits(
      `${N},City,2019-01-01,2019-01-31,Automatic,5`,
      `${N},City,2019-01-01,2019-01-31,Automatic,5`,
      `${N},Kenton,2019-01-01,2019-01-31,Automatic,5`,
      `${N},Kenton,2019-01-01,2019-01-31,Manual,5`,
    );
    expect(refusals(result)).toEqual([
      'r3 Visits row-repeated',
      'r4 Visits row-contradicted',
      'r5 Visits row-contradicted',
    ]);
    expect(lines(result)).toHaveLength(1);
  });

  it('refuses counts of one library whose days overlap', () => {
    const result = visits(
      `${N},City,2019-01-01,2019-03-31,Automatic,90`,
      `${N},City,2019-02-01,2019-02-28,Automatic,30`,
      `${N},City,2019-04-01,2019-04-30,Automatic,30`,
      `${N},Kenton,2019-02-01,2019-02-28,Automatic,30`,
    );
    expect(refusals(result)).toEqual(['r3 Count start window-overlaps', 'r2 Count start window-overlaps']);
    expect(lines(result)).toHaveLength(2);
  });

  it('flags a count in the quarter that a sample week already stands for', () => {
    const result = visits(
      `${N},City,2019-02-11,2019-02-17,Sample week,767`,
      `${N},City,2019-04-01,2019-04-30,Automatic,30`,
      `${N},City,2019-05-13,2019-05-19,Sample week,663`,
    );
    expect(said(result, 'flagged').map((text) => text.slice(0, 45))).toEqual([
      'flagged r3 [Count start] window-overlaps "201',
    ]);
    expect(lines(result)).toHaveLength(3);
  });

  it('refuses a totals row, and a row that is the sum of the others wherever that can be checked', () => {
    const result = visits(
      `${N},City,2019-01-01,2019-01-31,Automatic,501`,
      `${N},Kenton,2019-01-01,2019-01-31,Automatic,602`,
      `${N},Newcastle,2019-01-01,2019-01-31,Automatic,1103`,
      `${N},Total,2019-01-01,2019-01-31,Automatic,2206`,
    );
    expect(refusals(result)).toEqual(['r5 Library name totals-row', 'r4 Visits totals-row']);
    expect(lines(result)).toHaveLength(2);
  });

  it('flags three small counts of which one is the sum of the others, and imports them', () => {
    const result = visits(
      `${N},City,2019-01-01,2019-01-31,Automatic,5`,
      `${N},Kenton,2019-01-01,2019-01-31,Automatic,6`,
      `${N},Newcastle,2019-01-01,2019-01-31,Automatic,11`,
    );
    expect(refusals(result)).toEqual([]);
    expect(said(result, 'flagged')).toHaveLength(1);
    expect(lines(result)).toHaveLength(3);
  });

  it.each([
    ['the sum in one month of two', [11, 30], ['r4 11, the sum of the other rows beside it']],
    ['a sum that was rounded', [3100, 4200], ['r4 3100, nearly the sum of the other rows beside it', 'r7 4200, nearly the sum of the other rows beside it']],
    ['a sum with a slip in one month', [11, 30, 33], ['r4 11, the sum of the other rows beside it', 'r10 33, the sum of the other rows beside it', 'r7 30, nearly the sum of the other rows beside it']],
    ['another count', [12, 30], []],
  ])('flags what may be a total and is imported: %s', (_, thirds, flagged) => {
    const others = thirds[0] === 3100 ? [[1000, 2103], [2001, 2205]] : [[5, 6], [10, 10], [11, 22]]; // prettier-ignore
    const result = visits(
      ...thirds.flatMap((third, month) =>
        [...others[month]!, third].map(
          (count, library) => `${N},Library ${library},2019-0${month + 1}-01,2019-0${month + 1}-28,Automatic,${count}`,
        ),
      ),
    );
    expect(refusals(result)).toEqual([]);
    expect(withCode(result, 'looks-like-total').map(({ row, found }) => `r${row} ${found}`)).toEqual(flagged);
    expect(lines(result)).toHaveLength(3 * thirds.length);
  }); // prettier-ignore

  it('refuses rows of another authority than the whole file is said to be about, at the cell, once for each', () => {
    const file = (...names: string[]) =>
      importText(
        openDataVisits,
        [VISITS, ...names.map((name, n) => `${name},Library ${n},2019-01-01,2019-01-31,Automatic,${n}`)].join('\n'),
        { authority: 'E08000021', authorities: { Gateshead: 'E08000037' } },
      );
    const coded = file('E08000021', 'E08000037', 'E08000037');
    expect(said(coded)).toEqual(['refused r3 [Local authority] authority-other "E08000037 (and in 1 more row)"']);
    expect(lines(coded)).toHaveLength(1);
    const named = file('Newcastle', 'Sunderland', 'newcastle', 'Gateshead');
    expect(refusals(named)).toEqual(['r2 Local authority authority-other', 'r3 Local authority authority-other']);
    expect(lines(named)).toEqual([expect.stringMatching(/^E08000037\/library-3 /)]);
    expect(refusals(file('Newcastle', 'newcastle', 'Gateshead'))).toEqual([]);
  });

  it('takes no nation for an authority, whether the row, a name or the option says so', () => {
    const row = (name: string): string => `${VISITS}\n${name},City,2019-01-01,2019-01-31,Automatic,5`;
    const ways = [
      importText(openDataVisits, row('E92000001')),
      importText(openDataVisits, row('England'), { authorities: { England: 'K02000001' } }),
      importText(openDataVisits, row('England'), { authority: 'E92000001' }),
    ];
    for (const way of ways) {
      expect(way.events).toEqual([]);
      expect(refusals(way)).toEqual(['r2 Local authority authority-unknown']);
    }
  });

  it('says once that a name has no code, however many rows it keeps out', () => {
    const row = (n: number): string => `Somerset,Library ${n},2019-01-01,2019-01-31,Automatic,${n}`;
    const result = visits(...Array.from({ length: 30 }, (_, n) => row(n)));
    expect(said(result)).toEqual(['refused r2 [Local authority] authority-unknown "Somerset (and in 29 more rows)"']);
  });

  it('matches headers in any case and order, notes unknown ones, and names those that are missing', () => {
    const text = `VISITS,library_name,Count-Start,count end,Notes,Count type,Local Authority
      5,City,2019-01-01,2019-01-31,rainy,Automatic,${N}`;
    const result = importText(openDataVisits, text, OPTIONS);
    expect(lines(result)).toEqual(['E08000021/city 2019-01-01/P1M 5 automatic-counter']);
    expect(said(result)).toEqual(['noted r1 [Notes] column-unknown "Notes"']);

    const renamed = importText(
      openDataVisits,
      `${VISITS.replace('Visits', 'Visitors')}\n${N},City,2019-01-01,2019-01-31,Automatic,5`,
    );
    expect(refusals(renamed)).toEqual(['r1 Visits column-missing']);
    expect(renamed.events).toEqual([]);
    const twice = importText(openDataVisits, `${VISITS},visits\n${N},City,2019-01-01,2019-01-31,Automatic,5,6`);
    expect(refusals(twice)).toEqual(['r1 visits column-repeated']);
    expect(twice.events).toEqual([]);
  });
});

describe('loans in the open-data schema', () => {
  it('counts issues and renewals together and keeps the category as written, whatever it means', () => {
    const { events } = loans(`${N},City,2019-12,Adult Fiction,23`);
    expect(events[0]?.data).toEqual({
      window: '2019-12-01/P1M',
      method: 'system',
      count: 23,
      counts: 'issues-and-renewals',
      format: 'unknown',
      localCategory: 'Adult Fiction',
      provenance: { file: expect.any(String) as string, row: 2, column: 'Loans', raw: '23' },
    });
  });

  it('notes a category that no reading knows once, however many rows have it', () => {
    const rows = [
      `${N},City,2019-11,Graphic novels,9`,
      `${N},City,2019-12,graphic novels,8`,
      `${N},City,2019-12,DVD,7`,
      `${N},City,2019-12,Adult,6`,
    ];
    const text = [LOANS, ...rows].join('\n');
    const result = importText(openDataLoans, text, { ...OPTIONS, readings: deliveredReadings });
    expect(said(result)).toEqual([
      'noted r2 [Type] category-unmapped "Graphic novels (and in 1 more row)"',
      'noted r5 [Type] category-unmapped "Adult"',
    ]);
    expect(result.events).toEqual(loans(...rows).events);
  });

  it('refuses each faulty cell of a row', () => {
    expect(refusals(loans(',,July,,Fifty'))).toEqual([
      'r2 Local authority value-missing',
      'r2 Library name value-missing',
      'r2 Month not-a-month',
      'r2 Type value-missing',
      'r2 Loans not-a-whole-number',
    ]);
  });

  it('refuses a type, and a library, that is the sum of the others under another name', () => {
    const months = ['2019-11', '2019-12'];
    const result = loans(
      ...months.flatMap((month, n) =>
        ['City', 'Kenton', 'Newcastle'].flatMap((library, at) =>
          [10 + n, 20, 30 + n].map((count, type) => {
            const factor = [1, 2, 3][at]!;
            return `${N},${library},${month},${['Fiction', 'DVD', 'Stock'][type]},${count * factor}`;
          }),
        ),
      ),
    );
    expect(lines(result)).toHaveLength(months.length * 4);
    expect(new Set(refusals(result).map((text) => text.split(' ').slice(1).join(' ')))).toEqual(
      new Set(['Loans totals-row']),
    );
  });

  it('says of rows that contradict each other what the other gives', () => {
    const result = loans(`${N},City,2019-12,Fiction,24`, `${N},City,2019-12,fiction,23`);
    expect(withCode(result, 'row-contradicted').map(({ row, found }) => `r${row} ${found}`)).toEqual([
      'r2 24, but row 3 gives 23 for the same library, month and type',
      'r3 23, but row 2 gives 24 for the same library, month and type',
    ]);
  });

  it.each([
    ['totals of totals', ['Adult,800', 'Adult fiction,500', 'Adult non-fiction,300', 'Children,100', 'All stock,900'], ['Adult', 'All stock']],
    ['the total of an audience in any order', ['All stock,900', "Children's books,100", 'Adult DVDs,300', 'Adult fiction,500', 'Adult,800'], ['All stock', 'Adult']],
    ['the total of a kind', ['Fiction,800', 'Adult fiction,500', 'Junior fiction,300', 'DVD,50', 'Adult non-fiction,210'], ['Fiction']],
    ['no audience whose parts are others', ['Adult,700', 'Adult fiction,500', 'Young adult fiction,300', 'DVD,50'], []],
  ])('refuses %s', (_, types, totals) => {
    const result = loans(...types.map((type) => `${N},City,2019-12,${type}`));
    const kept = result.events.map(({ data }) => (data as { localCategory?: string }).localCategory);
    const names = types.map((type) => type.split(',')[0]!);
    expect(kept).toEqual(names.filter((name) => !totals.includes(name)));
    expect(refusals(result)).toHaveLength(totals.length);
  }); // prettier-ignore

  it('flags a library that says all that another one says', () => {
    const months = ['2019-10', '2019-11', '2019-12'];
    const result = loans(
      ...['City', 'City Library'].flatMap((name) =>
        months.map((month, n) => `${N},${name},${month},DVD,${57 + 5 * n}`),
      ),
    );
    expect(said(result, 'flagged')).toEqual([
      'flagged r5 [Loans] same-figures "E08000021/city-library, the same figures as E08000021/city in row 2 in all 3 counts"',
    ]);
  });

  it('refuses totals among the types, a category too long to keep, and rows that repeat', () => {
    const result = loans(
      `${N},City,2019-12,All loans,30`,
      `${N},City,2019-12,${'very '.repeat(17)}long,30`,
      `${N},City,2019-12,Fiction,10`,
      `${N},City,2019-12,fiction,10`,
    );
    expect(refusals(result)).toEqual(['r2 Type totals-row', 'r3 Type text-too-long', 'r5 Loans row-repeated']);
  });

  it('is told apart from other files of the schema by its header', () => {
    expect(detectFormat(LOANS.split(','), 'a.csv')).toBe(openDataLoans);
    expect(detectFormat(VISITS.split(','), 'a.csv')).toBe(openDataVisits);
    expect(detectFormat(VISITS.replace('Visits', 'Visitors').split(','), 'a.csv')).toBe(openDataVisits);
    expect(detectFormat('Local authority,Library name,Count start,Count end,Type,Loans'.split(','), 'a.csv')).toBe(
      openDataLoans,
    );
    const other = 'Local authority,Library name,Count date,Enquiries'.split(',');
    expect(() => detectFormat(other, 'enquiries.csv')).toThrow('No importer recognises enquiries.csv');
  });

  it('reads the older layout, with a start and an end in the place of the month, and refuses days that overlap', () => {
    const older = (...rows: string[]) =>
      importText(
        openDataLoans,
        ['Library authority,Library name,Count start,Count end,Type,Loans', ...rows].join('\n'),
        OPTIONS,
      );
    const result = older(
      `${N},City,2019-04-01,2019-06-30,Adult fiction,1085`,
      `${N},City,2019-04-01,2019-06-30,DVD,40`,
      `${N},City,2019-05-01,2019-05-31,DVD,12`,
      `${N},City,2019-02-01,2019-04-30,Fiction,7`,
      `${N},City,01/04/2019,2019-06-30,Fiction,8`,
    );
    expect(lines(result)).toEqual(['E08000021/city 2019-04-01/P3M 1085 system']);
    expect(refusals(result)).toEqual([
      'r5 Count end window-without-period',
      'r6 Count start not-a-date',
      'r4 Count start window-overlaps',
      'r3 Count start window-overlaps',
    ]);
  });
});

describe('sums of neighbouring rows', () => {
  const month = (at: string, counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts).map(
      ([name, count]) => `${N},${name},2019-0${at}-01,2019-0${at}-28,Automatic counter,${count}`,
    );

  it('are subtotals of areas among libraries, and refused', () => {
    const result = visits(
      ...month('1', { City: 4100, Kenton: 1100, 'Inner area': 5200, Byker: 700, Fenham: 2100, 'Outer area': 2800 }),
      ...month('2', { City: 4000, Kenton: 1000, 'Inner area': 5000, Byker: 600, Fenham: 2000, 'Outer area': 2600 }),
    );
    expect(result.events).toHaveLength(8);
    expect(
      withCode(result, 'totals-row')
        .map(({ row }) => row)
        .sort((a, b) => a - b),
    ).toEqual([4, 7, 10, 13]);
  });

  it('are flagged where they are so once alone', () => {
    const result = visits(...month('1', { City: 4100, Kenton: 1100, 'Inner area': 5200, Byker: 700, Fenham: 90 }));
    expect(result.events).toHaveLength(5);
    expect(withCode(result, 'looks-like-total').map(({ row }) => row)).toEqual([4]);
  });

  it('are kinds among types of item, and refused', () => {
    const types = (at: number, counts: Readonly<Record<string, number>>): string[] =>
      Object.entries(counts).map(([type, count]) => `${N},City,2019-${at},${type},${count}`);
    const result = loans(
      ...types(11, { 'Adult fiction': 2310, 'Junior fiction': 900, Books: 3210, DVD: 100, 'E-books': 40 }),
      ...types(12, { 'Adult fiction': 2300, 'Junior fiction': 800, Books: 3100, DVD: 90, 'E-books': 30 }),
    );
    expect(result.events).toHaveLength(8);
    expect(withCode(result, 'totals-row').map(({ row }) => row)).toEqual([4, 9]);
  });
});

it('months that may be financial years are refused', () => {
  const result = loans(`${N},City,2010-11,Fiction,5`, `${N},City,2011-12,Fiction,6`);
  expect(result.events).toEqual([]);
  expect(refusals(result)).toHaveLength(2);
  expect(loans(`${N},City,2011-11,Fiction,5`, `${N},City,2011-12,Fiction,6`).events).toHaveLength(2);
});

it('a contact in the place of a type is neither kept nor quoted', () => {
  const result = loans(`${N},City,2019-12,somebody@example.org,5`);
  expect(result.events).toEqual([]);
  expect(JSON.stringify(result)).not.toContain('somebody');
});

it('the first row of a file without a header is not quoted where it holds contacts', () => {
  const header = ['Somebody', 'somebody@example.org', 'ZZ9 9ZZ'];
  try {
    detectFormat(header, 'x.csv');
    expect.fail('was recognised');
  } catch (error) {
    expect(JSON.stringify((error as LedgerError).faults)).toContain('Somebody, …, …');
  }
});
