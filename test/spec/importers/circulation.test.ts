/** Loans in the exports of library systems, and the numbers of borrowers, which come out nowhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityEvent, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import { asRead } from '../../../src/domain/readings.ts';
import type { ImportOptions, ImportResult, RowImporter } from '../../../src/importers/importer.ts';
import { evergreenCirculation } from '../../../src/importers/lendingSystems/evergreenCirculation.ts';
import { folioLoans, folioLoansCsv } from '../../../src/importers/lendingSystems/folioLoans.ts';
import { itemMovements } from '../../../src/importers/lendingSystems/itemMovements.ts';
import { kohaStatistics } from '../../../src/importers/lendingSystems/kohaStatistics.ts';
import { readTable } from '../../../src/files/readTable.ts';
import { pseudonym } from '../../../src/identity/pseudonym.ts';
import { deliveredReadings } from '../../support/deliveredReadings.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { bytesOf, detectFormat, importBytes, importText, refusals, said, withCode } from './importing.ts';

const AUTHORITY = { authority: 'E08000021' };
const KEY = Buffer.alloc(32, 7);
const PEOPLE: ImportOptions = { ...AUTHORITY, pseudonymOf: ({ number }) => pseudonym(KEY, number) };
const KOHA = 'datetime,branch,proccode,value,type,other,usercode,itemnumber,itemtype,location,borrowernumber,associatedborrower,ccode'; // prettier-ignore
const koha = (rows: readonly string[], options: ImportOptions = AUTHORITY, header = KOHA) =>
  importText(kohaStatistics, [header, ...rows].join('\n'), options);
const kohaRow = (time: string, type: string, { branch = 'CPL', itemtype = 'BK', borrower = '730211' } = {}) =>
  `${time},${branch},,0.00,${type},note about 730211,PT,5501,${itemtype},GEN,${borrower},,FIC`;

interface Said {
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: {
    readonly person?: string;
    readonly format: string;
    readonly channel?: string;
    readonly localCategory?: string;
  };
}
const loans = ({ events }: ImportResult): readonly Said[] => events as unknown as readonly Said[];
const short = (result: ImportResult): string[] =>
  loans(result).map(({ type, subject, time }) => `${type.split('.').slice(2, 4).join('.')} ${subject} ${time}`);

describe('statistics of Koha', () => {
  it('gives a loan for an issue, a renewal for a renewal, and nothing for the rest, which is counted', () => {
    const result = koha([
      kohaRow('2019-01-10 10:15:00', 'issue'),
      kohaRow('2019-07-10 10:15:30', 'renew'),
      kohaRow('2019-07-10 10:16:00', 'return'),
      kohaRow('2019-07-10 10:17:00', 'return'),
      kohaRow('2019-07-10 10:18:00', 'localuse'),
      kohaRow('2019-07-10 10:18:00', 'payment'),
    ]);
    expect(short(result)).toEqual([
      'loan.issued E08000021/cpl 2019-01-10T10:15:00Z',
      'loan.renewed E08000021/cpl 2019-07-10T09:15:30Z',
    ]);
    expect(loans(result)[0]?.data).toMatchObject({ format: 'unknown', localCategory: 'BK' });
    expect(withCode(result, 'movement-not-a-loan').map(({ row, found }) => [row, found])).toEqual([
      [4, 'return (and in 1 more row)'],
      [6, 'localuse'],
      [7, 'payment'],
    ]);
  });

  it('notes a category that no reading knows once, in the column that it stands in', () => {
    const rows = ['BK', 'KIT', 'KIT', ''].map((itemtype) => kohaRow('2019-01-10 10:15:00', 'issue', { itemtype }));
    const result = koha(rows, { ...AUTHORITY, readings: deliveredReadings });
    expect(withCode(result, 'category-unmapped').map(({ row, cell, found }) => [row, cell, found])).toEqual([
      [3, 'itemtype', 'KIT (and in 1 more row)'],
      [5, 'ccode', 'FIC'],
    ]);
    expect(result.events).toEqual(koha(rows).events);
  });

  it('takes identical rows for two loans, under two identities', () => {
    const row = kohaRow('2019-01-10 10:15:00', 'issue');
    expect(koha([row, row]).events).toHaveLength(2);
  });

  it('keeps no borrower without a key, and says so', () => {
    const result = koha([kohaRow('2019-01-10 10:15:00', 'issue')]);
    expect(loans(result)[0]?.data).not.toHaveProperty('person');
    expect(withCode(result, 'column-not-kept').map(({ cell }) => cell)).toEqual(
      expect.arrayContaining(['borrowernumber', 'associatedborrower', 'other', 'itemnumber']),
    );
  });

  it('keeps a pseudonym with one: the same for the same number', () => {
    const rows = ['730211', '730212', '730211', ''].map((borrower) => kohaRow('2019-01-10 10:15:00', 'issue', { borrower })); // prettier-ignore
    const people = loans(koha(rows, PEOPLE)).map(({ data }) => data.person);
    expect(people).toEqual([pseudonym(KEY, '730211'), pseudonym(KEY, '730212'), pseudonym(KEY, '730211'), undefined]);
  });

  it('refuses a loan whose key is missing, rather than to record it of nobody', () => {
    const result = koha([kohaRow('2019-01-10 10:15:00', 'issue')], { ...AUTHORITY, pseudonymOf: () => null });
    expect(refusals(result)).toEqual(['r2 borrowernumber key-missing']);
  });

  it.each([
    ['2019-10-27 00:59:59', '2019-10-26T23:59:59Z', []],
    ['2019-10-27 01:30:00', '2019-10-27T00:30:00Z', ['time-twice']],
    ['2019-10-27 01:30:00+00', '2019-10-27T01:30:00Z', []],
    ['2019-10-27 02:00:00', '2019-10-27T02:00:00Z', []],
    ['2019-03-31 00:59:59', '2019-03-31T00:59:59Z', []],
    ['2019-03-31 01:30:00', '2019-03-31T01:30:00Z', ['time-never']],
    ['2019-03-31 02:00:00', '2019-03-31T01:00:00Z', []],
    ['2019-07-01T10:15', '2019-07-01T09:15:00Z', []],
    ['2019-07-01T10:15:00.250Z', '2019-07-01T10:15:00.250Z', []],
    ['2019-07-01 23:30:00-05:30', '2019-07-02T05:00:00Z', []],
  ])('reads the time %s as %s', (written, time, codes) => {
    const result = koha([kohaRow(written, 'issue')]);
    expect(loans(result).map((event) => event.time)).toEqual([time]);
    expect(result.findings.filter(({ severity }) => severity === 'flagged').map(({ code }) => code)).toEqual(codes);
  });

  it.each(['', '2019-07-01', '01/07/2019 10:15', '2019-02-30 10:15', '2019-07-01 24:00', '2019-07-01 10:15+99', '1561972500', '0000-00-00 00:00:00'])(
    'refuses the time "%s" at its cell',
    (written) => {
      expect(refusals(koha([kohaRow(written, 'issue')]))).toEqual(['r2 datetime not-a-date']);
    },
  ); // prettier-ignore

  it('names branches by the option, and then refuses any other', () => {
    const result = koha(
      [
        kohaRow('2019-01-10 10:15', 'issue', { branch: 'cpl' }),
        kohaRow('2019-01-10 10:15', 'issue', { branch: 'MPL' }),
      ],
      { ...AUTHORITY, libraries: { CPL: 'City Library' } },
    );
    expect(short(result)).toEqual(['loan.issued E08000021/city-library 2019-01-10T10:15:00Z']);
    expect(refusals(result)).toEqual(['r3 branch branch-unmapped']);
  });

  it('refuses what is no type of Koha, and a category that may be a number of somebody', () => {
    const result = koha([
      kohaRow('2019-01-10 10:15', 'Isssue'),
      kohaRow('2019-01-10 10:15', ''),
      kohaRow('2019-01-10 10:15', 'issue', { itemtype: '730211' }),
    ]);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([
      'r2 type movement-unknown',
      'r3 type value-missing',
      'r4 itemtype text-unusable',
    ]);
  });

  it('keeps and quotes no contact in a wrong column', () => {
    const result = koha([
      kohaRow('2019-01-10 10:15', 'issue', { itemtype: 'somebody@example.org' }),
      kohaRow('2019-01-10 10:15', 'issue', { itemtype: 'ZZ9 9ZZ' }),
      kohaRow('2019-01-10 10:15', 'issue', { branch: 'somebody@example.org' }),
      kohaRow('2019-01-10 10:15', 'issue', { branch: 'zz9 9zz' }),
    ]);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual(['r2 itemtype text-unusable', 'r4 branch branch-unmapped']);
    expect(JSON.stringify(result)).not.toMatch(/somebody|zz9/i);
  });

  it('reads pages as it reads the whole', () => {
    const rows = Array.from({ length: 30 }, (_, i) =>
      kohaRow(`2019-01-10 10:${String(i + 10)}`, i % 3 ? 'issue' : 'renew'),
    );
    const table = readTable({ fileName: 'k.csv', bytes: bytesOf([KOHA, ...rows].join('\n')) });
    const source = { fileName: 'k.csv', sha256: 'a'.repeat(64), options: PEOPLE, header: table.header };
    const whole = kohaStatistics.begin(source).take(table.rows).events;
    const reading = kohaStatistics.begin(source);
    const pages = [table.rows.slice(0, 7), table.rows.slice(7, 8), table.rows.slice(8)];
    expect(pages.flatMap((page) => reading.take(page).events)).toEqual(whole);
    expect(reading.end().events).toEqual([]);
  });
});

describe('circulation of Evergreen', () => {
  const HEADER =
    'id,usr,target_copy,circ_lib,xact_start,create_time,checkin_time,phone_renewal,desk_renewal,opac_renewal,parent_circ';
  const evergreen = (rows: readonly string[], header = HEADER) =>
    importText(evergreenCirculation, [header, ...rows].join('\n'), { ...PEOPLE, libraries: { 4: 'city' } });

  it('tells renewals by their flags, or by the loan that they go on from', () => {
    const result = evergreen([
      '1,88001,7,4,2019-07-01 10:15:30.123456+01,2019-07-01 10:16:00+01,,f,f,f,',
      '2,88001,7,4,2019-07-02 10:15:00+01,,,f,t,f,1',
      '3,88001,7,4,2019-07-03 10:15:00+01,,,f,f,t,2',
      '4,88001,7,4,2019-07-04 10:15:00+01,,,t,f,f,3',
      '5,88001,7,4,2019-07-05 10:15:00+01,,,f,f,f,4',
      '6,88001,7,4,,2019-07-06 10:15:00+01,,f,f,f,',
    ]);
    expect(said(result, 'refused')).toEqual([]);
    expect(short(result)).toEqual([
      'loan.issued E08000021/city 2019-07-01T09:15:30.123456Z',
      'loan.renewed E08000021/city 2019-07-02T09:15:00Z',
      'loan.renewed E08000021/city 2019-07-03T09:15:00Z',
      'loan.renewed E08000021/city 2019-07-04T09:15:00Z',
      'loan.renewed E08000021/city 2019-07-05T09:15:00Z',
      'loan.issued E08000021/city 2019-07-06T09:15:00Z',
    ]);
    expect(loans(result).map(({ data }) => data.channel)).toEqual([undefined, 'staffed-desk', 'online', undefined, undefined, undefined]); // prettier-ignore
    expect(result.events.map(({ id }) => id)[0]).toBe('evergreen-circulation:1');
  });

  it('refuses a flag that is neither, two at once, and a bare number of a library', () => {
    const result = evergreen([
      '1,88001,7,4,2019-07-01 10:15:00+01,,,f,x,f,',
      '2,88001,7,4,2019-07-01 10:15:00+01,,,t,t,f,1',
      '3,88001,7,5,2019-07-01 10:15:00+01,,,f,f,f,',
    ]);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toEqual([
      'r2 desk_renewal movement-unknown', 'r3 desk_renewal movement-unknown', 'r4 circ_lib branch-unmapped',
    ]); // prettier-ignore
  });

  it('refuses a file that would make every renewal a loan', () => {
    expect(refusals(evergreen(['1,4,2019-07-01 10:15'], 'id,circ_lib,xact_start'))).toEqual(['r1 desk_renewal column-missing']); // prettier-ignore
  });
});

describe('loans of FOLIO', () => {
  const POINT = '3a40852d-49fd-4df2-a1f9-6e2641a6e91f';
  const USER = '47f7eaea-1a18-4058-907c-62b7d095c61b';
  const ID = 'cf23adf0-61ba-4887-bf82-956c4aae2260';
  const loan = { id: ID, userId: USER, itemId: POINT, loanDate: '2017-03-01T23:11:00.000+00:00', action: 'checkedout', renewalCount: 0, checkoutServicePointId: POINT, borrower: { lastName: 'Someone' } }; // prettier-ignore
  const options = { ...PEOPLE, libraries: { [POINT]: 'city' } };
  const read = (document: unknown, given: ImportOptions = options) =>
    folioLoans.read({ fileName: 'loans.json', sha256: 'a'.repeat(64), options: given, document });

  it('gives one loan of each, at the time of the loan, with a pointer to it', () => {
    const result = read({ loans: [loan], totalRecords: 1 });
    expect(short(result)).toEqual(['loan.issued E08000021/city 2017-03-01T23:11:00.000Z']);
    expect(result.events[0]).toMatchObject({
      id: `folio-loans:${ID}`,
      source: 'urn:library:E08000021:folio-loans',
      data: { person: pseudonym(KEY, USER), provenance: { path: '/loans/0/loanDate', row: 1, column: 'loanDate', raw: loan.loanDate } },
    }); // prettier-ignore
    expect(withCode(result, 'column-not-kept').map(({ cell }) => cell)).toContain('borrower');
    expect(JSON.stringify(result)).not.toMatch(/Someone|47f7eaea/);
  });

  it('invents no renewals: a counter says how many and not when', () => {
    const result = read([{ ...loan, renewalCount: 3, action: 'renewed' }]);
    expect(result.events).toHaveLength(1);
    expect(withCode(result, 'renewals-undated')).toHaveLength(1);
  });

  it('reads whatever a document holds without falling over, and gives nothing that breaks a contract', () => {
    const key = fc.constantFrom('id', 'userId', 'loanDate', 'checkoutServicePointId', 'renewalCount', 'item', 'action');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(POINT, loan.loanDate, 'a', { materialType: { name: 'Book' } }),
    );
    const some = fc.oneof(
      fc.dictionary(key, value),
      fc.dictionary(key, value).map((part) => ({ ...loan, ...part })),
      fc.jsonValue(),
    );
    const document = fc.oneof(
      fc.array(some),
      fc.array(some).map((loans) => ({ loans })),
      fc.jsonValue(),
    );
    let fruitful = 0;
    fc.assert(
      fc.property(document, (json) => {
        const source = { fileName: 'loans.json', sha256: 'a'.repeat(64), options, document: json };
        expect(folioLoans.recognises(source)).toBeLessThanOrEqual(1);
        const { events } = folioLoans.read(source);
        for (const event of events) activityEvent.parse(event);
        fruitful += events.length;
        expect(JSON.stringify(folioLoans.pseudonymised?.(source))).not.toContain(USER);
      }),
      { numRuns: 500, seed: 20_240_901 },
    );
    expect(fruitful).toBeGreaterThan(100);
  });

  it('says that a document is one page of a list', () => {
    expect(withCode(read({ loans: [loan], totalRecords: 2000 }), 'page-of-a-list')[0]?.found).toBe('1 of 2000 loans');
  });

  it.each([
    [{ ...loan, loanDate: 'yesterday' }, 'r1 loanDate not-a-date'],
    [{ ...loan, checkoutServicePointId: undefined }, 'r1 checkoutServicePointId value-missing'],
    [{ ...loan, checkoutServicePointId: USER }, 'r1 checkoutServicePointId branch-unmapped'],
    [{ ...loan, id: '' }, 'r1 id value-missing'],
  ])('refuses a loan of which something is missing or wrong', (bad, refusal) => {
    expect(refusals(read([bad]))).toEqual([refusal]);
  });

  it('reads the same fields as a table, into the same feed under the same identity', () => {
    const csv = `id,user_id,item_id,loan_date,renewal_count,checkout_service_point_id\n${ID},${USER},x,2017-03-01T23:11:00Z,0,${POINT}`;
    expect(detectFormat(csv.split('\n')[0]!.split(','), 'loans.csv')).toBe(folioLoansCsv);
    const [event] = importText(folioLoansCsv, csv.replaceAll('_', ' '), options).events;
    expect([event?.source, event?.id]).toEqual(['urn:library:E08000021:folio-loans', `folio-loans:${ID}`]);
  });
});

describe('numbers of borrowers', () => {
  const NUMBERS = /730211|88001/;
  /** Files in which the number stands where it should not. */
  const SLIPS: readonly string[][] = [
    [kohaRow('730211', 'issue')],
    [kohaRow('2019-01-10 10:15', '730211')],
    [kohaRow('2019-01-10 10:15', 'issue', { branch: '730211' })],
    [kohaRow('2019-01-10 10:15', 'issue', { branch: 'D730211' })],
    [kohaRow('2019-01-10 10:15', 'issue', { itemtype: 'B730211' })],
    [`${kohaRow('2019-01-10 10:15', 'issue')},730211`],
    ['730211'],
    [kohaRow('2019-01-10 10:15', 'issue').replace('2019-01-10 10:15,', '')],
  ];

  it.each(SLIPS)('stand in no finding and no event, wherever they were: %s', (row) => {
    for (const options of [AUTHORITY, PEOPLE, { ...PEOPLE, libraries: { CPL: 'city' } }, {}]) {
      expect(JSON.stringify(koha([row, row], options))).not.toMatch(NUMBERS);
    }
  });

  it('stand in no message of a file without a header', () => {
    const row = kohaRow('2019-01-10 10:15', 'issue');
    expect(JSON.stringify(koha([row], AUTHORITY, row))).not.toMatch(NUMBERS);
    let told: unknown;
    try {
      detectFormat(row.split(','), 'k.csv');
    } catch (error) {
      told = error;
    }
    expect(JSON.stringify(told)).toContain('unknown-format');
    expect(JSON.stringify(told)).not.toMatch(NUMBERS);
  });
});

describe('a copy with pseudonyms', () => {
  const rows = [
    kohaRow('2019-01-10 10:15:00', 'issue'),
    '',
    kohaRow('2019-01-10 10:16:00', 'return'),
    kohaRow('2019-01-10 10:17:00', 'renew', { borrower: '' }),
    kohaRow('2019-01-10', 'issue'),
    'too,short,730211',
    kohaRow('2019-01-10 10:18:00', 'issue', { itemtype: '730211' }),
  ];
  const text = [KOHA, ...rows].join('\n');
  const copyOf = (importer: RowImporter, given: string, options: ImportOptions): string => {
    const { header, rows: all } = readTable({ fileName: 'k.csv', bytes: bytesOf(given) });
    const sha256 = importBytes(importer, bytesOf(given), PEOPLE).events.map(fileOf)[0] as string;
    const copy = importer.pseudonymised?.({ fileName: 'k.csv', sha256, options, header });
    return [copy?.header ?? [], ...all.map((row) => copy?.cells(row) ?? [])].map((cells) => cells.join(',')).join('\n');
  };
  const fileOf = (event: ActivityEvent): string =>
    'provenance' in event.data ? (event.data.provenance?.file ?? '') : '';

  it('gives the very events of the original, and holds no number', () => {
    const copy = copyOf(kohaStatistics, text, PEOPLE);
    expect(copy).not.toMatch(/730211/);
    const [original, copied] = [
      importBytes(kohaStatistics, bytesOf(text), PEOPLE),
      importText(kohaStatistics, copy, AUTHORITY),
    ];
    expect(copied.events).toEqual(original.events);
    expect(copied.events.length).toBeGreaterThan(1);
    expect(withCode(copied, 'row-ragged')).toHaveLength(1);
    expect(refusals(copied).toSorted()).toEqual(refusals(original).toSorted());
  });

  it('of a copy is that copy, and without a key names nobody', () => {
    const copy = copyOf(kohaStatistics, text, PEOPLE);
    expect(copyOf(kohaStatistics, copy, AUTHORITY)).toBe(copy);
    const nobody = importText(kohaStatistics, copyOf(kohaStatistics, text, AUTHORITY), AUTHORITY);
    expect(loans(nobody).every(({ data }) => data.person === undefined)).toBe(true);
    expect(nobody.events.length).toBeGreaterThan(1);
  });

  it('says where a key was missing, so that the loan is refused there too', () => {
    const copy = copyOf(kohaStatistics, text, { ...AUTHORITY, pseudonymOf: () => null });
    expect(withCode(importText(kohaStatistics, copy, AUTHORITY), 'key-missing')).toHaveLength(1);
  });

  it('is not believed where something else stands in the place of a pseudonym', () => {
    const copy = copyOf(kohaStatistics, text, PEOPLE).replace(pseudonym(KEY, '730211'), '730211');
    const result = importText(kohaStatistics, copy, AUTHORITY);
    expect(withCode(result, 'pseudonym-unusable')).toHaveLength(1);
    expect(JSON.stringify(result)).not.toMatch(/730211/);
  });

  it('is made of a document of FOLIO, too', () => {
    const loan = { id: 'a-1', userId: '88001', loanDate: '2017-03-01T23:11:00Z', checkoutServicePointId: 'desk', borrower: { barcode: '88001' } }; // prettier-ignore
    const source = {
      fileName: 'loans.json',
      sha256: 'b'.repeat(64),
      options: PEOPLE,
      document: { loans: [loan], totalRecords: 1 },
    };
    const document = folioLoans.pseudonymised?.(source);
    expect(JSON.stringify(document)).not.toMatch(/88001/);
    const copied = folioLoans.read({ ...source, sha256: 'c'.repeat(64), options: AUTHORITY, document });
    expect(copied.events).toEqual(folioLoans.read(source).events);
    expect(copied.events).toHaveLength(1);
  });
});

describeWithRealData('movements of items of Newcastle', (readReal) => {
  const FILE = 'newcastle/top-5-most-borrowed-items.csv';
  const real = () => {
    const { rows } = readTable({ fileName: FILE, bytes: readReal(FILE) });
    const branches = new Set(rows.map(({ cells }) => cells[4] as string));
    return { rows, libraries: Object.fromEntries([...branches].map((branch) => [branch, `branch-${branch}`])) };
  };

  it('are 1,751 issues of 2,951 rows, and the others are counted', () => {
    // Worked out from the text itself.
    const { rows, libraries } = real();
    const issues = rows.filter(({ cells }) => cells[2] === cells[3]).length;
    const result = importBytes(itemMovements, readReal(FILE), { ...AUTHORITY, libraries });
    expect([result.events.length, issues, rows.length]).toEqual([1751, 1751, 2951]);
    expect(refusals(result)).toEqual([]);
    expect(withCode(result, 'movement-not-a-loan').map(({ found }) => found)).toEqual([
      'no issue date (and in 506 more rows)',
      'another issue date than the date of the row (and in 692 more rows)',
    ]);
    const formats = result.events.map((event) => (asRead(event, deliveredReadings) as unknown as Said).data.format);
    expect(new Set(formats)).toEqual(new Set(['physical-book']));
  });

  it('keep no author and no title', () => {
    const { libraries } = real();
    const result = importBytes(itemMovements, readReal(FILE), { ...AUTHORITY, libraries });
    expect(JSON.stringify(result.events)).not.toMatch(/patterson|nypd/i);
    expect(withCode(result, 'column-not-kept').map(({ cell }) => cell)).toEqual(expect.arrayContaining(['author', 'title'])); // prettier-ignore
  });

  it('are refused by the number of each branch that has no name', () => {
    const result = importBytes(itemMovements, readReal(FILE), AUTHORITY);
    expect(result.events).toEqual([]);
    const lending = new Set(
      real()
        .rows.filter(({ cells }) => cells[2] === cells[3])
        .map(({ cells }) => cells[4]),
    );
    expect(new Set(withCode(result, 'branch-unmapped').map(({ found }) => found.split(' ')[0]))).toEqual(lending);
  });
});
