import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityEvent, type EventOf } from '../../../contracts/activityEvent.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { monthlyComputerUse, monthlyWifiUsers } from '../../../src/importers/usage/monthlyFigures.ts';
import { monthlyWide } from '../../../src/importers/usage/monthlyWide.ts';
import { detectFormat, importText, lines, readWith, refusals, said, withCode } from './importing.ts';

const OPTIONS = { authority: 'E08000021', citation: 'Newcastle Libraries open data' };
const use = (text: string, options: object = {}, fileName = 'computer-use.csv') =>
  importText(monthlyComputerUse, text, { ...OPTIONS, ...options }, { fileName });
const users = (text: string, options: object = {}, fileName = 'wifi-users.csv') =>
  importText(monthlyWifiUsers, text, { ...OPTIONS, ...options }, { fileName });
const figuresIn = ({ events }: ImportResult) => events as readonly EventOf<'figure.published'>[];

describe('the share of the time public computers could be used', () => {
  it('is a published figure of a library and month, quoted with its source', () => {
    const { events } = use('Library,Apr 2019\nBIPC,39%');
    expect(events).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{16}:r2:capr-2019$/) as string,
        source: 'urn:library:E08000021:monthly-computer-use',
        type: 'org.outcome-ledger.figure.published.v1',
        subject: 'E08000021/bipc',
        data: {
          statistic: 'public-computer-time-used',
          window: '2019-04-01/P1M',
          value: 39,
          unit: 'percent of available time',
          scope: 'BIPC',
          survey: false,
          source: 'Newcastle Libraries open data',
          reference: '2019-04 bipc',
          provenance: {
            file: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
            row: 2,
            column: 'Apr 2019',
            raw: '39%',
          },
        },
      },
    ]);
  });

  it.each([
    ['0%', 0],
    ['100%', 100],
    ['12.5%', 12.5],
  ])('%s is %d', (cell, value) => {
    expect(figuresIn(use(`Library,2019-04\nCity,${cell}`)).map(({ data }) => data.value)).toEqual([value]);
  });

  it.each(['39', '0.39', '101%', '198%', '-5%', '39 %', '1,000%', '39.1234%', '039%', '%', 'x', '..', 'n/a'])(
    'refuses the cell %s',
    (cell) => {
      const result = use(`Library,2019-04,2019-05\nCity,"${cell}",40%`);
      expect(refusals(result)).toEqual(['r2 2019-04 not-a-percentage']);
      expect(lines(result)).toHaveLength(1);
    },
  );

  it('makes nothing of a blank or a closed library, and notes a 0', () => {
    const result = use('Library,2019-04,2019-05,2019-06,2019-07\nCity,,closed,0%,40%');
    expect(figuresIn(result).map(({ data }) => [data.window, data.value])).toEqual([
      ['2019-06-01/P1M', 0],
      ['2019-07-01/P1M', 40],
    ]);
    expect(said(result)).toEqual([
      'noted r2 [2019-04] months-blank "City: blank in 2019-04"',
      'noted r2 [2019-06] zero-quoted "City: 0 in 2019-06"',
      'noted r2 [2019-05] closed "closed"',
    ]);
  });

  it('is taken by its name only with percentages in it', () => {
    const header = ['Library', '2019-04'];
    const rows = (cell: string) => [{ row: 2, cells: ['City', cell] }];
    expect(detectFormat(header, 'computer-use.csv', {}, rows('39%'))).toBe(monthlyComputerUse);
    expect(() => detectFormat(header, 'computer-use.csv', {}, rows('39'))).toThrow('No importer recognises');
    expect(detectFormat(header, 'x.csv', { measure: 'computer-time-percent' }, rows('39%'))).toBe(monthlyComputerUse);
  });

  it('is never taken for visits, whatever its name', () => {
    const header = ['Library', '2019-04'];
    const rows = [{ row: 2, cells: ['City', '39%'] }];
    for (const options of [{}, { measure: 'visits' as const }])
      expect(() => detectFormat(header, 'visits.csv', options, rows)).toThrow('No importer recognises');
    const forced = importText(monthlyWide, 'Library,2019-04\nCity,39%', OPTIONS, { fileName: 'visits.csv' });
    expect([forced.events, refusals(forced)]).toEqual([[], ['r2 2019-04 not-a-whole-number']]);
  });
});

describe('people who used the Wi-Fi', () => {
  it('are a figure in people, of each month and library', () => {
    const result = users('Library,2019-05,2019-06\nCity,9498,8352\nWalker,,');
    expect(figuresIn(result).map(({ subject, data }) => [subject, data.statistic, data.value, data.unit])).toEqual([
      ['E08000021/city', 'wi-fi-users', 9498, 'people'],
      ['E08000021/city', 'wi-fi-users', 8352, 'people'],
    ]);
    expect(withCode(result, 'months-blank').map(({ found }) => found)).toEqual(['Walker: blank in 2019-05 to 2019-06']);
  });

  it('of a first month below a third of the next in most libraries are flagged, and say so', () => {
    const result = users('Library,2019-04,2019-05\nCity,1957,9498\nFenham,205,910\nWalker,300,310\nKenton,5,20');
    expect(said(result, 'flagged')).toEqual([
      'flagged r1 [2019-04] month-partial "2019-04 is below a third of 2019-05 in 3 of 4 libraries"',
    ]);
    expect(figuresIn(result).map(({ data }) => data.note !== undefined)).toEqual(
      [true, false, true, false, true, false, true, false], // prettier-ignore
    );
  });

  it.each([
    ['only in half of the libraries', 'City,10,90\nFenham,10,90\nWalker,90,91\nKenton,90,92\nNewburn,10,90\nBlakelaw,90,90'],
    ['in two libraries', 'City,10,90\nFenham,10,90'],
  ])('are not where that is so %s', (_, rows) => {
    expect(said(users(`Library,2019-04,2019-05\n${rows}`), 'flagged')).toEqual([]);
  }); // prettier-ignore

  it('are so too where the month after the first has no column', () => {
    const rows = 'City,10,90\nFenham,11,92\nWalker,12,93';
    expect(said(users(`Library,2019-04,2019-06\n${rows}`), 'flagged')).toEqual([
      'flagged r1 [2019-04] month-partial "2019-04 is below a third of 2019-06 in 3 of 3 libraries"',
    ]);
  });

  it.each([
    ['wifi-users.csv', true],
    ['2019 monthly Wi-Fi users.csv', true],
    ['wifi-sessions.csv', false],
    ['wifi.csv', false],
    ['computer-users.csv', false],
    ['library-users.csv', false],
    ['pc-and-wifi-users.csv', false],
    ['wifi-users-per-visit.csv', false],
    ['online-wifi-users.csv', false],
  ])('%s speaks of them: %s', (fileName, isSo) => {
    const rows = [{ row: 2, cells: ['City', '39'] }];
    const detect = () => detectFormat(['Library', '2019-04'], fileName, {}, rows);
    if (isSo) expect(detect()).toBe(monthlyWifiUsers);
    else expect(detect).toThrow('No importer recognises');
    const forced = users('Library,2019-04\nCity,1', {}, fileName);
    expect(refusals(forced)).toEqual(isSo ? [] : ['r1 * measure-unknown']);
  });

  it('a total of them is refused, by its name or as the sum of the others', () => {
    const rows = 'City,1000,2000\nFenham,300,410\nKenton,507,333';
    expect(refusals(users(`Library,2019-04,2019-05\n${rows}\nTotal,1807,2743`))).toEqual(['r5 Library totals-row']);
    expect(refusals(users(`Library,2019-04,2019-05\n${rows}\nNewcastle,1807,2743`))).toEqual(['r5 Library totals-row']);
  });
});

describe('both', () => {
  it('say so where nobody says where the figures were published', () => {
    const result = users('Library,2019-04\nCity,1', { citation: undefined });
    expect(figuresIn(result)[0]?.data.source).toBe('wifi-users.csv, a file of the library service of E08000021');
    expect(withCode(result, 'citation-unstated')).toHaveLength(1);
  });

  it.each([
    ['no authority', 'Library,2019-04\nCity,1', { authority: undefined }, 'r1 * option-unusable'],
    ['a citation that is none', 'Library,2019-04\nCity,1', { citation: 'x' }, 'r1 * option-unusable'],
    ['another measure', 'Library,2019-04\nCity,1', { measure: 'visits' }, 'r1 * measure-unknown'],
    ['no library column', 'Branch,2019-04\nCity,1', {}, 'r1 Library column-missing'],
  ])('are refused as a whole with %s', (_, text, options, refusal) => {
    const result = users(text, options);
    expect([result.events, refusals(result)]).toEqual([[], [refusal]]);
  });

  it('refuse a name that cannot be quoted, a repeated library and a broken row', () => {
    const result = users('Library,2019-04\nX,1\nCity,2\nCity,2\nFenham,3,4\nLibrary,2019-04\nKenton,5\nKenton,6');
    expect(refusals(result).sort()).toEqual([
      'r2 Library library-unusable',
      'r4 Library row-repeated',
      'r5 * row-ragged',
      'r6 * row-repeats-header',
      'r7 Library row-contradicted',
      'r8 Library row-contradicted',
    ]);
    expect(lines(result)).toEqual(['E08000021/city 2019-04-01/P1M 2']);
  });
});

describe.each([
  ['monthly-computer-use', monthlyComputerUse, 'computer-use.csv'],
  ['monthly-wifi-users', monthlyWifiUsers, 'wifi-users.csv'],
] as const)('%s', (_, importer, fileName) => {
  it('never throws, and never breaks the contract, whatever a table holds', () => {
    const junk = fc.oneof(
      fc.constantFrom('', ' ', '\n', '\ud800', '1,234', 'x'.repeat(500), 'Total', '__proto__', '1e9%'),
      fc.string({ unit: 'grapheme', maxLength: 130 }),
    );
    const cell = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('39%', '0%', '12.5%', '5', '0', '1226', 'closed', '') },
      { weight: 1, arbitrary: junk },
    );
    const name = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('City', 'Kenton', 'BIPC', 'St. Mary’s', 'X') },
      { weight: 1, arbitrary: junk },
    );
    const header = fc.constantFrom(['Library', '2019-04', 'May 2019'], ['2019-04', 'Library', 'Jun-19'], ['Library', 'x']);
    const rows = fc.array(fc.tuple(name, cell, cell), { maxLength: 5 });
    const citation = fc.constantFrom(undefined, 'A report', '\u0000\u0000\u0000');
    let fruitful = 0;
    fc.assert(
      fc.property(header, rows, citation, (labels, cells, quoted) => {
        const at = labels.indexOf('Library');
        const table = {
          header: labels,
          rows: cells.map(([library, ...figures], i) => ({ row: i + 2, cells: figures.toSpliced(at, 0, library).slice(0, labels.length) })),
        };
        const options = { authority: 'E08000021', ...(quoted === undefined ? {} : { citation: quoted }) };
        const { events, findings } = readWith(importer, { fileName, sha256: '0123456789abcdef'.repeat(4), options }, table);
        for (const event of events) activityEvent.parse(event);
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
        for (const { expected } of findings) expect(expected).not.toBe('');
        if (events.length > 0) fruitful += 1;
      }),
      { numRuns: 300, seed: 20_261_127 },
    );
    expect(fruitful).toBeGreaterThan(30);
  });
}); // prettier-ignore
