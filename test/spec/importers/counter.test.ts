/** COUNTER 5.1 reports: the official samples, made-up ones in both forms, and what officers and spreadsheets do to them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityEvent, type EventOf } from '../../../contracts/activityEvent.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { counterDocumentReport, counterTableReport } from '../../../src/importers/counter/counter.ts';
import type { ImportOptions, ImportResult } from '../../../src/importers/importer.ts';
import { detectDocument, detectTable } from '../../../src/importers/importers.ts';
import { database, madeUpReport, tableOf, type CounterDocument, type Item } from '../../support/counter/reports.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { runs } from '../../support/share.ts';
import { bytesOf, importBytes, refusals, said, withCode } from './importing.ts';

type Use = EventOf<'resource-use.counted'>;
const HERE: ImportOptions = { authority: 'E08000021' };

function importDocument(document: unknown, options: ImportOptions = HERE): ImportResult {
  const sha256 = sha256Of(bytesOf(JSON.stringify(document)));
  const result = counterDocumentReport.read({ fileName: 'report.json', sha256, document, options });
  for (const event of result.events) activityEvent.parse(event);
  expect(new Set(result.events.map(({ id }) => id)).size).toBe(result.events.length);
  return result;
}
const importTable = (text: string, options: ImportOptions = HERE): ImportResult =>
  importBytes(counterTableReport, bytesOf(text), options, { fileName: 'report.tsv' });

/** What is said, apart from where it stands in which file. */
const facts = ({ events }: ImportResult): string[] =>
  (events as Use[])
    .map(({ source, subject, data: { provenance: _, ...data } }) => JSON.stringify({ source, subject, ...data }))
    .sort();
const uses = ({ events }: ImportResult): string[] =>
  (events as Use[]).map(({ data }) => `${data.resource} ${data.metric} ${data.window.slice(0, 7)} ${data.count}`);

const DATABASES = madeUpReport(
  'DR_D1',
  ['2022-01', '2022-03'],
  [database('Database 1', { Searches_Regular: { '2022-01': 5, '2022-03': 7 }, Total_Item_Requests: { '2022-02': 1 } })],
);
const ELEMENTS = ['Database', 'Publisher', 'Platform', 'Proprietary_ID'];
const TABLE = tableOf(DATABASES, ELEMENTS);

describe('a COUNTER report', () => {
  it('is one count for each item, metric and month, with where it stands', () => {
    const { events } = importDocument(DATABASES);
    expect(events[0]).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{16}:r1:c2022-01$/) as string,
      source: 'urn:library:E08000021:counter-dr-d1',
      type: 'org.outcome-ledger.resource-use.counted.v1',
      subject: 'E08000021',
      data: {
        window: '2022-01-01/P1M',
        method: 'system',
        resource: 'database-1',
        platform: 'platform-1',
        metric: 'searches-regular',
        accessMethod: 'regular',
        report: 'dr-d1',
        count: 5,
        provenance: {
          file: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          path: '/Report_Items/0/Attribute_Performance/0/Performance/Searches_Regular/2022-01',
          row: 1,
          column: '2022-01',
          raw: '5',
        },
      },
    });
    const [inTable] = importTable(TABLE).events as Use[];
    expect(inTable?.data.provenance).toMatchObject({ row: 16, column: 'Jan-2022', raw: '5' });
  });

  it('says 0 of a month that is left out of an item that is there, and nothing of an item that is not', () => {
    const result = importDocument(DATABASES);
    expect(uses(result)).toEqual([
      'database-1 searches-regular 2022-01 5',
      'database-1 searches-regular 2022-02 0',
      'database-1 searches-regular 2022-03 7',
      'database-1 total-item-requests 2022-01 0',
      'database-1 total-item-requests 2022-02 1',
      'database-1 total-item-requests 2022-03 0',
    ]);
    const [, zero] = result.events as Use[];
    expect(zero?.data.provenance).toMatchObject({ path: '/Report_Items/0/Attribute_Performance/0/Performance/Searches_Regular', raw: '' }); // prettier-ignore
  });

  it('says the same as a table and as a document', () => {
    expect(facts(importTable(TABLE))).toEqual(facts(importDocument(DATABASES)));
  });

  it('is recognised in both forms, of an older release too', () => {
    const table = (text: string) => readTable({ fileName: 'x', bytes: bytesOf(text) });
    for (const text of [
      TABLE,
      `\ufeff${TABLE}`,
      TABLE.replaceAll('\t', ','),
      TABLE.replace('Release\t5.1', 'Release\t5'),
    ])
      expect(detectTable({ fileName: 'x', options: {}, ...table(text) }).importer).toBe(counterTableReport);
    expect(detectDocument({ fileName: 'x', sha256: '', options: {}, document: DATABASES }).importer).toBe(counterDocumentReport); // prettier-ignore
    for (const document of [null, [], {}, 5, { Report_Header: 5 }, { Report_Items: [] }, [DATABASES]])
      expect(counterDocumentReport.recognises({ fileName: 'x', sha256: '', options: {}, document })).toBe(0);
  });

  it('is a feed of its own, so that reports which hold the same use are never one', () => {
    const sources = (['PR_P1', 'DR_D1', 'TR_B1', 'TR'] as const).map((id) => {
      const item = { Platform: 'Platform 1', Database: 'D', Title: 'T', Attribute_Performance: [{ Data_Type: 'Book', Performance: { Total_Item_Requests: { '2022-01': 5 } } }] }; // prettier-ignore
      const [event] = importDocument(madeUpReport(id, ['2022-01', '2022-01'], [item])).events as Use[];
      return [event?.source.split(':').at(-1), event?.data.report];
    });
    expect(sources).toEqual([['counter-pr-p1', 'pr-p1'], ['counter-dr-d1', 'dr-d1'], ['counter-tr-b1', 'tr-b1'], ['counter-tr', 'tr']]); // prettier-ignore
  });

  it('is of the authority that an option names, whatever the provider calls the institution', () => {
    expect(said(importDocument(DATABASES))).toEqual([
      'noted r1 [/Report_Header/Institution_Name] place-assumed "A made-up library service"',
    ]);
    expect(importDocument(DATABASES, { authorities: { 'A made-up library service': 'E08000021' } }).events.length).toBe(
      6,
    );
    expect(refusals(importDocument(DATABASES, {}))).toEqual(['r1 /Report_Header/Institution_Name authority-unknown']);
    expect(refusals(importTable(TABLE, { authority: 'Newcastle' }))).toEqual(['r4 Institution_Name authority-unknown']);
    const two = { authority: 'E08000022', authorities: { 'A made-up library service': 'E08000021' } };
    expect(refusals(importDocument(DATABASES, two))).toEqual(['r1 /Report_Header/Institution_Name authority-other']);
  });
});

describe('the items of a report', () => {
  const title = (ids: Record<string, string>, name: string, count = 5): Item => ({
    Title: name,
    Platform: 'Platform 1',
    Item_ID: ids,
    Attribute_Performance: [
      { Data_Type: 'Book', YOP: '2022', Performance: { Total_Item_Requests: { '2022-01': count } } },
    ],
  });
  const titles = (...items: Item[]): CounterDocument => madeUpReport('TR_B1', ['2022-01', '2022-01'], items);
  const resources = (result: ImportResult): string[] => (result.events as Use[]).map(({ data }) => data.resource);

  it('go by what stays when they are renamed, and by their name where there is nothing else', () => {
    const result = importDocument(
      titles(
        title({ ISBN: '979-8-88888-888-8', DOI: '10.9999/x' }, 'Title 1'),
        title({ Print_ISSN: '1234-567X' }, 'Title 2'),
        title({ DOI: '10.9999/xxxxt01' }, 'Title 3'),
        title({ Proprietary: 'P1:T01' }, 'Title 4'),
        title({}, 'Title 5'),
        title({ DOI: `10.1/${'x'.repeat(80)}`, Proprietary: 'P1:T06' }, 'Title 6'),
      ),
    );
    expect(resources(result)).toEqual(['isbn-9798888888888', 'issn-1234-567x', 'doi-10-9999-xxxxt01', 'id-p1-t01', 'title-5', 'id-p1-t06']); // prettier-ignore
  });

  it('are refused where nothing names them, and where two say different things under one name', () => {
    expect(refusals(importDocument(titles(title({}, '書名'))))).toEqual(['r1 /Report_Items/0/Attribute_Performance/0/Performance/Total_Item_Requests resource-unusable']); // prettier-ignore
    expect(refusals(importDocument(titles(title({}, 'x'.repeat(65))))).length).toBe(1);
    const apart = importDocument(titles(title({ DOI: '10.1/a-b' }, 'One', 5), title({ DOI: '10.1/a.b' }, 'Other', 6)));
    expect([apart.events, withCode(apart, 'row-contradicted').length]).toEqual([[], 2]);
    const twice = importDocument(titles(title({ DOI: '10.1/a' }, 'One'), title({ DOI: '10.1/a' }, 'One')));
    expect([twice.events.length, withCode(twice, 'row-repeated').length]).toEqual([1, 1]);
  });

  it('stand below their parents in item reports, and who wrote them is not kept', () => {
    const document = madeUpReport(
      'IR_A1',
      ['2022-01', '2022-01'],
      [
        {
          Title: 'A journal',
          Items: [
            {
              Item: 'An article',
              Platform: 'Platform 1',
              Authors: [{ Name: 'Author 1' }],
              Item_ID: { DOI: '10.9999/a' },
              Attribute_Performance: [
                { Access_Type: 'Free_To_Read', Performance: { Unique_Item_Requests: { '2022-01': 3 } } },
              ],
            },
          ],
        },
      ],
    );
    const result = importDocument(document);
    expect((result.events as Use[])[0]?.data).toMatchObject({ resource: 'doi-10-9999-a', accessType: 'free-to-read', count: 3 }); // prettier-ignore
    expect(withCode(result, 'column-not-kept').length).toBe(1);
    expect(JSON.stringify(result)).not.toContain('Author 1');
    const table = importTable(tableOf(document, ['Item', 'Platform', 'DOI', 'Authors', 'Access_Type']));
    expect(facts(table)).toEqual(facts(result));
    expect(withCode(table, 'column-not-kept').map(({ cell }) => cell)).toEqual(['Authors']);
  });

  it('are not counted again by their components', () => {
    const table = tableOf(
      madeUpReport('IR', ['2022-01', '2022-01'], [
        { Item: 'A dataset', Platform: 'Platform 1', Component_Title: '', Attribute_Performance: [{ Performance: { Total_Item_Requests: { '2022-01': 9 } } }] },
        { Item: 'A dataset', Platform: 'Platform 1', Component_Title: 'A file of it', Attribute_Performance: [{ Performance: { Total_Item_Requests: { '2022-01': 4 } } }] },
      ]),
      ['Item', 'Platform', 'Component_Title'],
    ); // prettier-ignore
    const result = importTable(table);
    expect([uses(result), refusals(result)]).toEqual([['a-dataset total-item-requests 2022-01 9'], ['r17 Component_Title row-of-component']]); // prettier-ignore
  });

  it('are divided by year, type and method where the report divides them, and by nothing that is not known', () => {
    const document = madeUpReport('TR', ['2022-01', '2022-01'], [
      {
        Title: 'Title 1',
        Platform: 'Platform 1',
        Attribute_Performance: [
          { Data_Type: 'Book', YOP: '2021', Access_Type: 'Controlled', Access_Method: 'Regular', Performance: { Total_Item_Requests: { '2022-01': 1 } } },
          { Data_Type: 'Book', YOP: '2022', Access_Type: 'Controlled', Access_Method: 'Regular', Performance: { Total_Item_Requests: { '2022-01': 2 } } },
          { Data_Type: 'Book', YOP: '2022', Access_Type: 'Open', Access_Method: 'TDM', Performance: { Total_Item_Requests: { '2022-01': 3 } } },
          { Data_Type: 'Book', YOP: '2022', Country_Code: 'GB', Performance: { Total_Item_Requests: { '2022-01': 4 } } },
          { Data_Type: 'Boook', Performance: { Total_Item_Requests: { '2022-01': 5 } } },
          { Data_Type: 'Book', YOP: '22', Performance: { Total_Item_Requests: { '2022-01': 6 } } },
          { Data_Type: 'Book', Performance: { Requests: { '2022-01': 7 } } },
        ],
      },
    ]); // prettier-ignore
    const result = importDocument(document);
    expect((result.events as Use[]).map(({ data }) => data.count)).toEqual([1, 2, 3]);
    expect(result.findings.filter(({ severity }) => severity === 'refused').map(({ code }) => code).sort()).toEqual(['category-unmapped', 'column-unknown', 'metric-unknown', 'not-a-number']); // prettier-ignore
  });
});

describe('the header of a report', () => {
  const header = (more: Partial<CounterDocument['Report_Header']>): ImportResult =>
    importDocument({ ...DATABASES, Report_Header: { ...DATABASES.Report_Header, ...more } });
  const filters = (more: Record<string, unknown>): ImportResult =>
    header({ Report_Filters: { ...DATABASES.Report_Header.Report_Filters, ...more } });
  const codes = ({ events, findings }: ImportResult): unknown[] => [events.length, ...findings.filter(({ severity }) => severity === 'refused').map(({ code }) => code)]; // prettier-ignore

  it.each(['5', '5.2', '4', ''])('of release "%s" is refused: it counts otherwise', (release) => {
    expect(codes(header({ Release: release }))).toEqual([0, 'release-unknown']);
    expect(refusals(importTable(TABLE.replace('Release\t5.1', `Release\t${release}`)))).toEqual(['r3 Release release-unknown']); // prettier-ignore
  });

  it('names a report of the Code of Practice, and whole months', () => {
    expect(codes(header({ Report_ID: 'TR_X9' }))).toEqual([0, 'report-unknown']);
    for (const more of [
      { Begin_Date: '2022-01-15' },
      { End_Date: '2022-03-30' },
      { End_Date: '2021-12-31' },
      { End_Date: '2022-02-31' },
      { Begin_Date: '' },
    ])
      expect(codes(filters(more))).toEqual([0, 'period-unreadable']);
  });

  it('says of every row what a filter on one thing says, and is refused where a filter hides a part', () => {
    const [event] = filters({ Data_Type: ['Book'], Access_Type: ['Controlled'] }).events as Use[];
    expect(event?.data).toMatchObject({ dataType: 'book', accessType: 'controlled', accessMethod: 'regular' });
    for (const more of [
      { YOP: ['2020-2022'] },
      { Item_ID: 'x' },
      { Access_Type: ['Controlled', 'Open'] },
      { Database: ['A'] },
      { Access_Method: ['Reg'] },
    ])
      // prettier-ignore
      expect(codes(filters(more))).toEqual([0, 'filter-narrows']);
    expect(codes(filters({ Platform: ['Platform 1'], Metric_Type: ['Searches_Regular'] }))).toEqual([6]);
  });

  it('that doubts some months leaves these without a 0, in both forms', () => {
    const items = [
      database('Database 1', { Searches_Regular: { '2022-01': 5 } }),
      database('Database 2', { Searches_Regular: { '2022-02': 1 } }),
    ];
    const report = (Code: number): CounterDocument =>
      madeUpReport('DR_D1', ['2022-01', '2022-03'], items, { Exceptions: [{ Code, Message: 'Usage Not Ready', Data: 'to 2022-02; not 2022-03' }] }); // prettier-ignore
    for (const [code, numbers] of [
      [
        3031,
        [
          'database-1 searches-regular 2022-01 5',
          'database-1 searches-regular 2022-02 0',
          'database-2 searches-regular 2022-01 0',
          'database-2 searches-regular 2022-02 1',
        ],
      ],
      [
        3032,
        [
          'database-1 searches-regular 2022-01 5',
          'database-1 searches-regular 2022-02 0',
          'database-2 searches-regular 2022-01 0',
          'database-2 searches-regular 2022-02 1',
        ],
      ],
      [3040, ['database-1 searches-regular 2022-01 5', 'database-2 searches-regular 2022-02 1']],
    ] as const) {
      // prettier-ignore
      const result = importDocument(report(code));
      expect(uses(result)).toEqual(numbers);
      expect(withCode(result, 'report-exception').map(({ severity, found }) => [severity, found.slice(0, 5)])).toEqual([['flagged', `${code}:`]]); // prettier-ignore
      const table = importTable(tableOf(report(code), ELEMENTS));
      expect(uses(table)).toEqual(numbers);
      expect(withCode(table, 'report-exception').length).toBe(1);
    }
    expect(uses(importDocument(report(3050))).length).toBe(6);
  });
});

describe('a month out of keeping with the twelve before it', () => {
  const report = (counts: readonly number[]): CounterDocument =>
    madeUpReport('DR_D1', ['2021-01', '2022-12'], [
      database('Database 1', {
        Searches_Regular: Object.fromEntries(counts.map((count, i) => [`${2021 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`, count])),
      }),
    ]); // prettier-ignore

  it('is flagged by the rule of the Code of Practice, and imported', () => {
    const result = importDocument(report([...Array.from({ length: 12 }, () => 100), 400, 399]));
    expect(withCode(result, 'spike').map(({ found, severity }) => [found, severity])).toEqual([
      ['database-1, searches-regular: 400 in 2022-01', 'flagged'],
      // After 14 months nothing was used any more.
      ...['03', '04', '05', '06', '07', '08', '09', '10', '11', '12'].map((month) => [`database-1, searches-regular: 0 in 2022-${month}`, 'flagged']), // prettier-ignore
    ]);
    expect(result.events.length).toBe(24);
  });

  it('is not judged where the file does not hold twelve months before it', () => {
    expect(withCode(importDocument(report(Array.from({ length: 12 }, (_, i) => (i === 11 ? 1e6 : 1)))), 'spike').map(({ found }) => found)).not.toContain('database-1, searches-regular: 1000000 in 2021-12'); // prettier-ignore
  });
});

describe('a table that an officer or a spreadsheet has altered', () => {
  const altered = (from: string | RegExp, to: string): ImportResult => importTable(TABLE.replace(from, to));

  it.each(['Total', 'Grand Total', 'totals:'])(
    'has a row "%s" refused, and nothing of a title with such a word',
    (name) => {
      expect(refusals(altered(/Database 1/g, name))).toEqual(expect.arrayContaining([expect.stringMatching(/totals-row$/)])); // prettier-ignore
      expect(altered(/Database 1/g, name).events).toEqual([]);
      expect(refusals(altered(/Database 1/g, 'Total War Today'))).toEqual([]);
    },
  );
  const whole = facts(importTable(TABLE));

  it.each([
    ['has a byte order mark', (text: string) => `\ufeff${text}`],
    ['has other line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['is separated by commas', (text: string) => text.replaceAll('\t', ',')],
    ['has empty columns at its right', (text: string) => text.replaceAll('\n', '\t\t\t\n')],
    ['has lost its blank line', (text: string) => text.replace('\n\n', '\n')],
    ['has two blank lines', (text: string) => text.replace('\n\n', '\n\n\n')],
    ['has blank rows below', (text: string) => `${text}\n\n\t\t\n`],
    ['has its columns in other case', (text: string) => text.replace('Database\tPublisher', 'DATABASE\tpublisher')],
    ['has other columns first', (text: string) => text.split('\n').map((line, i) => (i < 14 ? line : line.split('\t').reverse().join('\t'))).join('\n')], // prettier-ignore
    ['has lost its totals', (text: string) => text.split('\n').map((line, i) => (i < 14 ? line : line.split('\t').toSpliced(5, 1).join('\t'))).join('\n')], // prettier-ignore
  ])('says the same when it %s', (_, alter) => {
    const result = importTable(alter(TABLE));
    expect([facts(result), refusals(result)]).toEqual([whole, []]);
  });

  it.each([
    ['a thousands separator', '\t5\t0\t7', '\t"5,000"\t0\t7', ['r16 Jan-2022 not-a-whole-number']],
    ['a decimal', '\t5\t0\t7', '\t5.0\t0\t7', ['r16 Jan-2022 not-a-whole-number']],
    ['a blank', '\t5\t0\t7', '\t5\t\t7', ['r16 Feb-2022 not-a-whole-number']],
    ['a mark for suppression', '\t5\t0\t7', '\t*\t0\t7', ['r16 Jan-2022 not-a-whole-number']],
    ['another number', '\t5\t0\t7', '\t50\t0\t7', ['r16 Reporting_Period_Total total-contradicted']],
    ['another total', '\t12\t5\t0\t7', '\t13\t5\t0\t7', ['r16 Reporting_Period_Total total-contradicted']],
    ['a total that is none', '\t12\t5\t0\t7', '\tn/a\t5\t0\t7', ['r16 Reporting_Period_Total not-a-whole-number']],
    ['a cell too many', '\t5\t0\t7', '\t5\t0\t7\t9', ['r16 * row-ragged']],
    ['a cell too few', '\t5\t0\t7', '\t5\t0', ['r16 * row-ragged']],
    ['another metric', 'Searches_Regular\t12', 'Searches\t12', ['r16 Metric_Type metric-unknown']],
    ['no platform', '\tPlatform 1\t\tSearches', '\t\t\tSearches', ['r16 Platform value-missing']],
  ])('loses the row or cell, and no more, that holds %s', (_, from, to, found) => {
    expect(TABLE).toContain(from);
    const result = altered(from, to);
    expect(refusals(result)).toEqual(found);
    expect(facts(result).every((fact) => whole.includes(fact))).toBe(true);
    expect(uses(result)).toContain('database-1 total-item-requests 2022-02 1');
  });

  it.each([
    ['a month twice', 'Feb-2022', 'Jan-2022', 'column-repeated'],
    ['a month out of the period', 'Feb-2022', 'Feb-2023', 'period-unreadable'],
    ['another period', 'Begin_Date=2022-01-01', 'Begin_Date=2022-02-01', 'period-unreadable'],
    ['dates in another order', 'Begin_Date=2022-01-01', 'Begin_Date=01/01/2022', 'period-unreadable'],
    ['no metric', 'Metric_Type\tRep', 'Metric\tRep', 'column-missing'],
    ['no item', 'Database\tPub', 'Name\tPub', 'column-missing'],
    ['a column that may divide rows', 'Publisher\tPlatform', 'Country_Code\tPlatform', 'column-unknown'],
    ['no release', 'Release\t5.1\n', '', 'release-unknown'],
  ])('is refused whole where it has %s', (_, from, to, code) => {
    expect(TABLE).toContain(from);
    const result = altered(from, to);
    expect(result.events).toEqual([]);
    expect(withCode(result, code as 'column-missing').length).toBeGreaterThan(0);
  });

  it('that a spreadsheet has shortened the months of is read without them, and says so', () => {
    const result = altered('Feb-2022', 'Feb-22');
    expect(said(result).map((line) => line.split(' ').slice(0, -1).join(' '))).toEqual(expect.arrayContaining(['refused r15 [Feb-22] month-unreadable', 'flagged r15 [] months-absent'])); // prettier-ignore
    expect(uses(result).some((use) => use.includes('2022-02'))).toBe(false);
    expect(facts(result).every((fact) => whole.includes(fact))).toBe(true);
  });

  it('with a block pasted twice counts it once', () => {
    const rows = TABLE.split('\n').slice(14).join('\n');
    const result = importTable(`${TABLE}\n${rows}`);
    expect(facts(result)).toEqual(whole);
    expect(refusals(result)).toEqual(['r18 * row-repeats-header', 'r19 * row-repeated', 'r20 * row-repeated']);
  });
});

describe('a document that is not as it should be', () => {
  const months = (value: unknown): ImportResult =>
    importDocument({ ...DATABASES, Report_Items: [{ ...database('Database 1', {}), Attribute_Performance: [{ Performance: { Searches_Regular: value } }] }] }); // prettier-ignore

  it.each([
    [{ '2022-01': '5' }, 'not-a-whole-number'],
    [{ '2022-01': 5.5 }, 'not-a-whole-number'],
    [{ '2022-01': -5 }, 'not-a-whole-number'],
    [{ '2022-01': null }, 'not-a-whole-number'],
    [{ '2022-01': 1e10 }, 'not-a-whole-number'],
    [{ '2022-04': 5 }, 'month-unreadable'],
    [{ '2022-13': 5 }, 'month-unreadable'],
    [{ Total: 5 }, 'month-unreadable'],
    [5, 'document-unreadable'],
    [[5], 'document-unreadable'],
  ])('has %j refused as %s, and no 0 in its place', (value, code) => {
    const result = months(value);
    expect(result.findings.map((finding) => finding.code)).toContain(code);
    expect(
      uses(result)
        .filter((use) => use.includes('2022-01'))
        .filter((use) => !use.endsWith(' 0')),
    ).toEqual([]);
    if (typeof value === 'object' && '2022-01' in value) expect(uses(result)).toEqual(['database-1 searches-regular 2022-02 0', 'database-1 searches-regular 2022-03 0']); // prettier-ignore
  });

  it.each([
    [{ Report_Items: 5 }],
    [{ Report_Items: [5, null, [], {}] }],
    [{ Report_Items: [{ Platform: 'Platform 1', Attribute_Performance: [5, { Performance: 5 }] }] }],
    [{ Report_Items: [{ Items: [5] }] }],
    [{ Report_Header: null }],
    [{ Report_Header: { Report_ID: 5 } }],
  ])('is told so, not thrown at: %j', (more) => {
    const result = importDocument({ ...DATABASES, ...more });
    expect(result.events).toEqual([]);
    expect(refusals(result).length).toBeGreaterThan(0);
  });

  it('of nothing but zeroes by granularity is refused: a total of a period is no month', () => {
    expect(months({ Total: 5 }).findings.filter(({ severity }) => severity === 'refused').length).toBe(1);
  });
});

describe('any report', () => {
  const MONTHS = ['2022-01', '2022-02', '2022-03'];
  const counts = fc.dictionary(fc.constantFrom(...MONTHS), fc.integer({ min: 1, max: 1000 }), { minKeys: 1 });
  const performance = fc.dictionary(fc.constantFrom('Total_Item_Requests', 'Unique_Title_Requests', 'No_License'), counts, { minKeys: 1 }); // prettier-ignore
  const attributes = fc.record({
    Data_Type: fc.constantFrom('Book', 'Reference_Work', 'Boook'),
    YOP: fc.constantFrom('2021', '2022', '0001'),
    Access_Type: fc.constantFrom('Controlled', 'Open'),
    Performance: performance,
  });
  const item = fc.record({
    Title: fc.constantFrom('Title 1', 'Title 2', 'Títle 3', ''),
    Platform: fc.constantFrom('Platform 1', 'Platform 2'),
    Item_ID: fc.record({ ISBN: fc.constantFrom('979-8-88888-888-8', '979-8-88888-888-9'), DOI: fc.constantFrom('10.1/a', '10.1/b') }, { requiredKeys: [] }), // prettier-ignore
    Attribute_Performance: fc.array(attributes, { minLength: 1, maxLength: 3 }),
  });
  const report = fc
    .tuple(fc.array(item, { maxLength: 4 }), fc.constantFrom([], [{ Code: 3031, Message: 'Usage Not Ready' }], [{ Code: 3040, Message: 'Partial Data Returned' }])) // prettier-ignore
    .map(([items, exceptions]) => madeUpReport('TR_B3', ['2022-01', '2022-03'], items as Item[], { Exceptions: exceptions })); // prettier-ignore

  it('says the same in both forms, and counts nothing that is not in it', () => {
    let fruitful = 0;
    fc.assert(
      fc.property(report, (document) => {
        const result = importDocument(document);
        const table = importTable(
          tableOf(document, ['Title', 'Platform', 'DOI', 'ISBN', 'Data_Type', 'YOP', 'Access_Type']),
        );
        expect(facts(table)).toEqual(facts(result));
        const stated = document.Report_Items.flatMap(({ Attribute_Performance: all = [] }) => all.flatMap(({ Performance: metrics }) => Object.values(metrics).flatMap((months) => Object.values(months)))); // prettier-ignore
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
        const counted = sum((result.events as Use[]).map(({ data }) => data.count ?? 0));
        const isClean = result.findings.every(({ severity }) => severity !== 'refused');
        expect(isClean ? counted === sum(stated) : counted <= sum(stated)).toBe(true);
        if (counted > 0) fruitful += 1;
      }),
      { numRuns: runs(200), seed: 20_220_131 },
    );
    expect(fruitful).toBeGreaterThan(50);
  });
});

describe('whatever a file holds, it is not thrown at, and nothing breaks its contract', () => {
  const JUNK = ['', ' ', '0', '-1', '1,234', '1e9', '99999999999', 'Jan-2022', 'x'.repeat(500), '書名', '__proto__', '\ud800', '\u0000', 'Total_Item_Requests', 'Release', '5.1']; // prettier-ignore
  const sound = TABLE.split('\n').map((line, i) => ({ row: i + 1, cells: line.split('\t') }));
  const sha256 = '0123456789abcdef'.repeat(4);
  const holds = ({ events, findings }: ImportResult): void => {
    for (const event of events) activityEvent.parse(event);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    for (const { row, expected } of findings) expect([row > 0, expected !== '']).toEqual([true, true]);
  };

  it('of a table with junk in some of its cells', () => {
    let fruitful = 0;
    const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(9), fc.constantFrom(...JUNK));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const rows = sound.map(({ row, cells }) => ({ row, cells: [...cells] }));
        for (const [row, cell, junk] of changes) rows[row]!.cells[cell] = junk;
        const filled = rows.map(({ row, cells }) => ({ row, cells: Array.from(cells, (cell) => cell ?? '') }));
        const [header, ...others] = filled;
        const result = counterTableReport.read({ fileName: 'x', sha256, options: HERE, table: { header: header!.cells, rows: others } }); // prettier-ignore
        holds(result);
        if (result.events.length > 0) fruitful += 1;
      }),
      { numRuns: runs(300), seed: 20_220_201 },
    );
    expect(fruitful).toBeGreaterThan(50);
  });

  it('of a document with anything in some of its places', () => {
    let fruitful = 0;
    const anything = fc.oneof(fc.constantFrom(...JUNK), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), anything), { minLength: 1, maxLength: 3 }), (changes) => {
        let document: unknown = DATABASES;
        for (const [at, value] of changes) {
          let seen = 0;
          document = JSON.parse(
            JSON.stringify(document, (_, here: unknown) => (seen++ === at + 1 ? value : here)) ?? 'null',
          );
        }
        const result = counterDocumentReport.read({ fileName: 'x', sha256, options: HERE, document });
        holds(result);
        if (result.events.length > 0) fruitful += 1;
      }),
      { numRuns: runs(300), seed: 20_220_202 },
    );
    expect(fruitful).toBeGreaterThan(50);
  });
});

describeWithRealData('the official sample reports', (readReal) => {
  const folder = 'counter-r51-samples';
  const document = (name: string): CounterDocument =>
    JSON.parse(Buffer.from(readReal(`${folder}/${name}_sample_r51.json`)).toString('utf8')) as CounterDocument;
  const imported = (name: string): { json: ImportResult; tsv: ImportResult } => ({
    json: importDocument(document(name)),
    tsv: importBytes(counterTableReport, readReal(`${folder}/${name}_sample_r51.tsv`), HERE, {
      fileName: `${name}.tsv`,
    }),
  });

  it.each(['PRP1', 'TRB1', 'DRD1'])('%s says the same in both forms, and nothing is refused or flagged', (name) => {
    const { json, tsv } = imported(name);
    expect(facts(json).length).toBeGreaterThan(40);
    expect(facts(tsv)).toEqual(facts(json));
    for (const { findings } of [json, tsv]) expect(findings.map(({ code }) => code)).toEqual(['place-assumed']);
  });

  it.each(['PRP1', 'TRB1', 'DRD1'])('%s adds up, metric by metric, to what its text adds up to', (name) => {
    const totals = new Map<string, number>();
    // Straight from the text, without the structure that the importer reads.
    let metric = '';
    for (const line of Buffer.from(readReal(`${folder}/${name}_sample_r51.json`))
      .toString('utf8')
      .split('\n')) {
      metric = /^\s+"([A-Z]\w+_\w+)": \{$/.exec(line)?.[1] ?? metric;
      const count = /^\s+"2022-\d\d": (\d+),?$/.exec(line)?.[1];
      if (count !== undefined) totals.set(metric, (totals.get(metric) ?? 0) + Number(count));
    }
    const found = new Map<string, number>();
    for (const { data } of imported(name).tsv.events as Use[]) found.set(data.metric, (found.get(data.metric) ?? 0) + (data.count ?? 0)); // prettier-ignore
    expect(totals.size).toBeGreaterThan(1);
    expect(found).toEqual(new Map([...totals].map(([type, sum]) => [type.toLowerCase().replaceAll('_', '-'), sum])));
  });

  it('hold the numbers that their totals say, to the unit', () => {
    const sum = (name: string, resource: string, metric: string): number =>
      (imported(name).json.events as Use[])
        .filter(({ data }) => data.resource === resource && data.metric === metric)
        .reduce((total, { data }) => total + (data.count ?? 0), 0);
    expect(sum('DRD1', 'database-1', 'searches-automated')).toBe(388_097);
    expect(sum('DRD1', 'database-3', 'unique-item-requests')).toBe(29_388);
    expect(sum('TRB1', 'isbn-9798888888888', 'unique-title-requests')).toBe(6_141);
    expect(sum('PRP1', 'platform-1', 'searches-platform')).toBe(196_697);
  });

  it('have each row refused whose month is altered by one, and no other', () => {
    const text = Buffer.from(readReal(`${folder}/DRD1_sample_r51.tsv`)).toString('utf8');
    const before = importTable(text).events.length;
    for (const [from, to] of [
      ['\t31000\t', '\t31001\t'],
      ['\t33968\t', '\t3396\t'],
      ['\t1393', '\t13930'],
    ] as const) {
      // prettier-ignore
      const result = importTable(text.replace(from, to));
      expect([before - result.events.length, withCode(result, 'total-contradicted').length]).toEqual([12, 1]);
    }
  });
});
