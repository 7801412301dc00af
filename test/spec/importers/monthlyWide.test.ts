import { describe, expect, it } from 'vitest';
import { monthlyWide } from '../../../src/importers/usage/monthlyWide.ts';
import { detectFormat, importText, lines, refusals, said, withCode } from './importing.ts';

const OPTIONS = { authority: 'E08000021' } as const;
const read = (text: string, options: object = {}) => importText(monthlyWide, text, { ...OPTIONS, ...options });

describe('a monthly table, a library a row and a month a column', () => {
  it('gives one count for each library and month, with its window, place and cell', () => {
    const { events } = read(`
      Library,2022-12,2023-1
      City,120,130`);
    expect(events[1]).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{16}:r2:c2023-1$/) as string,
      source: 'urn:library:E08000021:monthly-wide',
      type: 'org.outcome-ledger.visits.counted.v1',
      subject: 'E08000021/city',
      data: {
        window: '2023-01-01/P1M',
        method: 'system',
        count: 130,
        provenance: { file: expect.stringMatching(/^[0-9a-f]{64}$/) as string, row: 2, column: '2023-1', raw: '130' },
      },
    });
  });

  it('reads a blank between two figures as not reported, and says nothing outside them', () => {
    const result = read(`
      Library,2019-04,2019-05,2019-06,2019-07,2019-08
      City,,5,,7,
      Mobile,,,,,`);
    expect(lines(result)).toEqual([
      'E08000021/city 2019-05-01/P1M 5 system',
      'E08000021/city 2019-06-01/P1M not-reported system',
      'E08000021/city 2019-07-01/P1M 7 system',
    ]);
    expect(withCode(result, 'no-data').map(({ row, cell, found }) => [row, cell, found])).toEqual([
      [2, '2019-04', 'City: blank in 2019-04, 2019-08'],
      [3, '2019-04', 'Mobile: blank in 2019-04 to 2019-08'],
    ]);
  });

  it('reads 0 as not open, and says so', () => {
    const result = read(`
      Library,2019-04,2019-05
      City,0,7`);
    expect(lines(result)[0]).toBe('E08000021/city 2019-04-01/P1M not-open system');
    expect(said(result)).toContain('noted r2 [2019-04] zero-read-as-closed "City: 0 in 2019-04"');
  });

  it('reads 0 as nobody when told to', () => {
    const result = read(`Library,2019-04\nCity,0`, { zero: 'count' });
    expect(lines(result)).toEqual(['E08000021/city 2019-04-01/P1M 0 system']);
    expect(withCode(result, 'zero-read-as-closed')).toEqual([]);
  });

  it('reads a word for closed as not open, visibly', () => {
    const result = read(`Library,2019-04,2019-05\nCity,7,Closed`);
    expect(lines(result)).toContain('E08000021/city 2019-05-01/P1M not-open system');
    expect(said(result)).toContain('noted r2 [2019-05] closed "Closed"');
  });

  it('takes a figure three months running for an estimate that is never to be grossed up, and says what it saw', () => {
    const result = read(`
      Library,2019-04,2019-05,2019-06,2019-07
      Kenton,1226,1226,1226,900
      City,5,5,6,6`);
    expect(lines(result).slice(0, 4).map((text) => text.split(' ').slice(2).join(' '))).toEqual([
      '1226 estimate', '1226 estimate', '1226 estimate', '900 system',
    ]); // prettier-ignore
    expect(said(result, 'flagged')).toEqual([
      'flagged r2 [2019-04] week-grossed-up "Kenton: 1226 in each of 2019-04 to 2019-06"',
    ]);
    expect(withCode(result, 'week-grossed-up')[0]?.done).toMatch(/^3 months alike: taken as an estimate/);
  });

  it('flags four and more months alike once, as one run', () => {
    const result = read(`
      Library,2013-08,2013-09,2013-10,2013-11,2013-12
      City,67000,67863,67863,67863,67863`);
    expect(said(result, 'flagged')).toEqual([
      'flagged r2 [2013-09] week-grossed-up "City: 67863 in each of 2013-09 to 2013-12"',
    ]);
    expect(withCode(result, 'week-grossed-up')[0]?.done).toMatch(/^4 months alike/);
  });

  it('does not join months that are not neighbours, nor zeros', () => {
    const result = read(`
      Library,2020-04,2020-05,2021-04
      Kenton,9,9,9
      City,0,0,0`);
    expect(said(result, 'flagged')).toEqual([]);
    expect(said(result)).toContain('noted r1 [] months-absent "10 months without a column: 2020-06 to 2021-03"');
  });

  it('says that the file does not tell how it was counted, unless the person importing does', () => {
    expect(withCode(read('Library,2019-04\nCity,7'), 'method-unstated')).toHaveLength(1);
    const told = read('Library,2019-04\nCity,7', { method: 'automatic-counter' });
    expect(withCode(told, 'method-unstated')).toEqual([]);
    expect(lines(told)).toEqual(['E08000021/city 2019-04-01/P1M 7 automatic-counter']);
  });

  it.each(['"1,234"', 'n/a', '-5', '12.5', '12.0', '1e3', 'x', '..', '39%', '0123', '2000000000', 'closed?'])(
    'refuses the cell %s and keeps the rest of the row',
    (cell) => {
      const result = read(`Library,2019-04,2019-05,2019-06\nCity,10,${cell},20`);
      expect(refusals(result)).toEqual(['r2 2019-05 not-a-whole-number']);
      expect(lines(result).map((text) => text.split(' ')[2])).toEqual(['10', '20']);
    },
  );

  it('tells somebody with thousands separators what to write', () => {
    const [finding] = withCode(read('Library,2019-04\nCity,"1,234"'), 'not-a-whole-number');
    expect(finding?.expected).toContain('without thousands separators (1234)');
  });

  it.each(['Total', 'TOTALS', 'Grand total', 'Sub-total', 'All libraries', 'All'])('refuses a row named %s', (name) => {
    const result = read(`Library,2019-04\nCity,10\n${name},10`);
    expect(refusals(result)).toEqual(['r3 Library totals-row']);
    expect(lines(result)).toHaveLength(1);
  });

  it('keeps a library that is only called All Saints', () => {
    expect(refusals(read('Library,2019-04\nAll Saints,10'))).toEqual([]);
  });

  it('refuses a row that is the sum of the others, whatever its name', () => {
    const result = read(`
      Library,2019-04,2019-05
      Newcastle,30,70
      City,10,40
      Fenham,20,30`);
    expect(refusals(result)).toEqual(['r2 Library totals-row']);
    expect(lines(result)).toHaveLength(4);
  });

  it('keeps a row that is the sum of the others in one month only', () => {
    const result = read(`
      Library,2019-04,2019-05
      City,30,71
      Kenton,10,40
      Fenham,20,30`);
    expect(refusals(result)).toEqual([]);
  });

  it.each([
    ['by rounding', 'Newcastle,3000,7010', 'City,1001,4000\n      Fenham,2004,3008'],
    ['by a slip in one month', 'Newcastle,30,70,90', 'City,10,40,60\n      Fenham,20,30,36'],
  ])('flags a row that misses the sum of the others %s', (_, total, others) => {
    const months = ['2019-04', '2019-05', '2019-06'].slice(0, total.split(',').length - 1);
    const result = read(`
      Library,${months.join(',')}
      ${total}
      ${others}`);
    expect(refusals(result)).toEqual([]);
    expect(said(result, 'flagged')).toEqual([
      'flagged r2 [Library] looks-like-total "Newcastle, nearly the sum of the other rows"',
    ]);
  });

  it('keeps a library that has the figure of one other in each month, as beside one that moved, and flags it', () => {
    const result = read(`
      Library,2024-04,2024-05,2024-06
      Old site,500,closed,closed
      New site,closed,600,710
      Mobile,500,600,710
      City,900,910,920`);
    expect(refusals(result)).toEqual([]);
    expect(withCode(result, 'looks-like-total').map(({ row }) => row)).toEqual([4]);
  });

  it('keeps the first of two equal rows of one library, and neither of two that differ', () => {
    const result = read(`
      Library,2019-04
      City,10
      Fenham,20
      city ,10
      Fenham,21`);
    expect(refusals(result)).toEqual([
      'r4 Library row-repeated',
      'r3 Library row-contradicted',
      'r5 Library row-contradicted',
    ]);
    expect(lines(result)).toEqual(['E08000021/city 2019-04-01/P1M 10 system']);
  });

  it('keeps the first of two equal columns of one month, and neither of two that differ', () => {
    const result = read(`
      Library,2019-04,2019-4,2019-05,2019-5
      City,10,10,20,21`);
    expect(refusals(result)).toEqual([
      'r1 2019-4 column-repeated',
      'r1 2019-05 column-repeated',
      'r1 2019-5 column-repeated',
    ]);
    expect(lines(result)).toEqual(['E08000021/city 2019-04-01/P1M 10 system']);
  });

  it('reads months in every form that can be read in one way only', () => {
    const result = read(`Library,Apr 2019,05/2019,2019-06-01,Jul-19,Aug-19\nCity,1,2,3,4,5`);
    expect(lines(result).map((text) => text.split(' ').slice(1, 3).join(' '))).toEqual([
      '2019-04-01/P1M 1',
      '2019-05-01/P1M 2',
      '2019-06-01/P1M 3',
      '2019-07-01/P1M 4',
      '2019-08-01/P1M 5',
    ]);
    expect(refusals(read('Library,2019-04,04/05,01/04/2019\nCity,1,2,3'))).toEqual([
      'r1 04/05 month-unreadable',
      'r1 01/04/2019 month-unreadable',
    ]);
  });

  it('refuses a column whose header is no month, and an empty header over figures', () => {
    const result = read(`Library,2019-04,Total,2019,2019-13,Apr-19,\nCity,1,2,3,4,5,6`);
    expect(refusals(result)).toEqual([
      'r1 Total month-unreadable',
      'r1 2019 month-unreadable',
      'r1 2019-13 month-unreadable',
      'r1 Apr-19 month-unreadable',
      'r1  month-unreadable',
    ]);
    expect(lines(result)).toEqual(['E08000021/city 2019-04-01/P1M 1 system']);
  });

  it('reads months by their headers, in whatever order the columns stand', () => {
    const reordered = read(`2019-06,Library,2019-04,2019-05\n7,Kenton,7,7`);
    expect(lines(reordered)).toEqual([
      'E08000021/kenton 2019-04-01/P1M 7 estimate',
      'E08000021/kenton 2019-05-01/P1M 7 estimate',
      'E08000021/kenton 2019-06-01/P1M 7 estimate',
    ]);
  });

  it('refuses a row that is too long or too short, and a header that stands again', () => {
    const result = read(`
      Library,2019-04,2019-05
      City,1,234,5
      Fenham,7
      Library,2019-04,2019-05
      Kenton,1,2,,`);
    expect(refusals(result)).toEqual(['r2 * row-ragged', 'r3 * row-ragged', 'r4 * row-repeats-header']);
    expect(lines(result)).toHaveLength(2);
  });

  it('notes blank rows and keeps the row numbers of the file', () => {
    const result = read('Library,2019-04\nCity,1\n\n,\nFenham,n/a');
    expect(said(result)).toContain('noted r3 [] row-blank "2 blank rows, the last in row 4"');
    expect(refusals(result)).toEqual(['r5 2019-04 not-a-whole-number']);
  });

  it('refuses a row without a library, or whose name makes no place', () => {
    const result = read(`Library,2019-04\n,1\n???,2\n${'long '.repeat(20)},3`);
    expect(refusals(result)).toEqual([
      'r2 Library library-unusable',
      'r3 Library library-unusable',
      'r4 Library library-unusable',
    ]);
  });

  it.each([
    ['no library column', 'Branch,2019-04\nCity,1', {}, 'r1 Library column-missing'],
    ['no month at all', 'Library,Visits\nCity,1', {}, 'r1 * column-missing'],
    ['no authority', 'Library,2019-04\nCity,1', { authority: undefined }, 'r1 * option-unusable'],
    ['an authority that is no GSS code', 'Library,2019-04\nCity,1', { authority: 'Newcastle' }, 'r1 * option-unusable'],
    ['a nation for an authority', 'Library,2019-04\nCity,1', { authority: 'E92000001' }, 'r1 * option-unusable'],
    [
      'a method that would gross up months',
      'Library,2019-04\nCity,1',
      { method: 'sample-week' },
      'r1 * option-unusable',
    ],
  ])('refuses the whole file with %s', (_, text, options, refusal) => {
    const result = read(text, options);
    expect(result.events).toEqual([]);
    expect(refusals(result)).toContain(refusal);
  });

  it('does not take another measure of the same layout for visits', () => {
    const header = ['Library', '2019-04', '2019-05'];
    expect(() => detectFormat(header, 'monthly-wifi-sessions.csv')).toThrow(
      'No importer recognises monthly-wifi-sessions.csv',
    );
    expect(detectFormat(header, 'monthly-wifi-users.csv').format).toBe('monthly-wifi-users');
    expect(detectFormat(header, 'monthly-visits.csv').format).toBe('monthly-wide');
    expect(detectFormat(['Branch', '2019-04', '2019-05'], 'monthly-visits.csv').format).toBe('monthly-wide');
    const forced = importText(monthlyWide, 'Library,2019-04\nCity,1', OPTIONS, { fileName: 'monthly-wifi-users.csv' });
    expect(refusals(forced)).toEqual(['r1 * measure-unknown']);
  });

  it('is known under any name once its measure is said, and asks for it until then', () => {
    const header = ['Library', '2019-04', '2019-05'];
    expect(detectFormat(header, 'nv.csv', { measure: 'visits' })).toBe(monthlyWide);
    expect(() => detectFormat(header, 'nv.csv')).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(
          /^This is a table of months: say what it counts, with --measure and one of visits, /,
        ) as string,
      }),
    );
  });

  it.each(['pc-visits.csv', 'visits-percent.csv', 'Website visits.csv', 'virtual_visits.csv', 'visits per head.csv'])(
    'does not take %s for visits by its name',
    (fileName) => {
      expect(() => detectFormat(['Library', '2019-04'], fileName)).toThrow('No importer recognises');
      const forced = importText(monthlyWide, 'Library,2019-04\nCity,1', OPTIONS, { fileName });
      expect(refusals(forced)).toEqual(['r1 * measure-unknown']);
    },
  );

  it('gives the same events for the same file, and other identities for another', () => {
    const [one, again, other] = ['City,1', 'City,1', 'City,2'].map((row) => read(`Library,2019-04\n${row}`).events);
    expect(again).toEqual(one);
    expect(other?.[0]?.id).not.toBe(one?.[0]?.id);
  });
});

/** Twelve months of twelve libraries, no two figures alike. */
const NAMES = ['City', 'Benwell', 'Byker', 'Dinnington', 'Fenham', 'Fawdon', 'Gosforth', 'Heaton', 'Jesmond', 'Kenton', 'Newburn', 'Walker']; // prettier-ignore
const MONTHS = Array.from({ length: 12 }, (_, i) => `2019-${String(i + 1).padStart(2, '0')}`);
type Cells = Record<string, (number | string)[]>;
const twelve = (): Cells =>
  Object.fromEntries(NAMES.map((name, n) => [name, MONTHS.map((_, i) => (n === 0 ? 5003 : 907) + 211 * n + 37 * i)]));
const sumOf = (table: Cells, names = NAMES): number[] =>
  MONTHS.map((_, i) => names.reduce((sum, name) => sum + Number(table[name]?.[i] ?? 0), 0));
const wide = (table: Cells): string =>
  [['Library', ...MONTHS], ...Object.entries(table).map(([name, cells]) => [name, ...cells])]
    .map((cells) => cells.join(','))
    .join('\n');
const totalsIn = (table: Cells): string[] => withCode(read(wide(table)), 'totals-row').map(({ found }) => found);

describe('a row that is a sum of other rows is refused', () => {
  const total = sumOf(twelve());
  const branches = sumOf(twelve(), NAMES.slice(1));
  const put = (name: string, cells: (at: number) => number | string | undefined): Cells => {
    const table = twelve();
    return { ...table, [name]: table[name]!.map((figure, at) => cells(at) ?? figure) };
  };

  it.each<[what: string, table: Cells, found: string[]]>([
    ['off in two months of twelve', { ...twelve(), Newcastle: total.map((n, i) => (i < 2 ? n + 700 : n)) }, ['Newcastle, the sum of the other rows in 10 of 12 months']],
    ['made before some months were blanked', { ...put('City', (at) => (at < 4 ? '' : undefined)), Newcastle: total }, ['Newcastle, the sum of the other rows in 8 of 12 months']],
    ['under two names', { ...twelve(), Newcastle: total, 'City of Newcastle': total }, ['Newcastle, the sum of the other rows', 'City of Newcastle, the sum of the other rows']],
    ['of all but one library', { ...twelve(), Branches: branches }, ['Branches, the sum of the other rows but City in all 12 months']],
    ['of all but one library, beside one of all', { ...twelve(), Branches: branches, Newcastle: total }, ['Newcastle, the sum of the other rows but Branches in all 12 months', 'Branches, the sum of the other rows but City in all 12 months']],
    ['beside a library that cannot be read', { ...put('Walker', () => 'x'), Newcastle: total }, ['Newcastle, the sum of the other rows, as far as they can be read, in all 12 months']],
    ['with one figure in each month withheld', { ...Object.fromEntries(Object.entries(twelve()).map(([name, cells], n) => [name, cells.map((figure, i) => (i % 12 === n ? '*' : figure))])), Newcastle: total }, ['Newcastle, the sum of the other rows, as far as they can be read, in all 12 months']],
    ['beside a library that was closed', { ...put('Walker', (at) => (at < 8 ? 'closed' : undefined)), Newcastle: total.map((n, i) => (i < 8 ? n - Number(twelve().Walker![i]) : n)) }, ['Newcastle, the sum of the other rows']],
    ['named as a mean', { ...twelve(), Average: total.map((n) => Math.round(n / 12)) }, ['Average']],
  ])('%s', (_, table, found) => expect(totalsIn(table)).toEqual(found)); // prettier-ignore

  it('but not a large library beside one that cannot be read', () => {
    const table = put('Walker', () => 'x');
    const result = read(wide({ ...table, City: total }));
    expect(totalsIn(table)).toEqual([]);
    expect(withCode(result, 'looks-like-total')).toEqual([]);
  });

  it('and is only flagged where few figures say so', () => {
    const result = read('Library,2019-04\nNewcastle,30\nCity,10\nFenham,20');
    expect(refusals(result)).toEqual([]);
    expect(withCode(result, 'looks-like-total')).toHaveLength(1);
    const withheld = read('Library,2019-04,2019-05,2019-06\nNewcastle,930,970,950\nCity,410,420,430\nFenham,310,320,330\nKenton,x,x,x');
    expect(withCode(withheld, 'totals-row')).toEqual([]);
    expect(withCode(withheld, 'looks-like-total')).toHaveLength(1);
  }); // prettier-ignore
});

describe('a library under two names', () => {
  it('is flagged, with the other row, wherever the figures of the two are the same', () => {
    const table = twelve();
    const result = read(wide({ ...table, 'Fenham Library': ['', ...table.Fenham!.slice(1)] }));
    expect(withCode(result, 'same-figures').map(({ severity, row, found }) => [severity, row, found])).toEqual([
      ['flagged', 14, 'Fenham Library, the same figures as Fenham in row 6 in all 11 counts'],
    ]);
  });

  it('is not seen in two figures that are the same by chance, nor in one figure carried on', () => {
    const result = read(
      'Library,2019-04,2019-05,2019-06,2019-07\nCity,5,6,,\nKenton,5,6,7,8\nFenham,9,9,9,1\nWalker,9,9,9,',
    );
    expect(withCode(result, 'same-figures')).toEqual([]);
  });
});

describe('rows that are sums of the rows beside them', () => {
  const areas = `
    Library,2023-04,2023-05
    Inner area,630,720
    City,500,600
    Kenton,130,120
    Outer area,900,1000
    Byker,400,300
    Fenham,,400
    Walker,500,300
    Newcastle,1530,1720`;

  it('are refused as subtotals, and then the total of all is seen', () => {
    const result = read(areas);
    expect(withCode(result, 'totals-row').map(({ row }) => row)).toEqual([2, 5, 9]);
    expect(lines(result).map((line) => line.split(' ')[0])).not.toContain('E08000021/inner-area');
  });

  it('are flagged where they are so in one month alone', () => {
    const result = read(
      areas
        .replaceAll(/,\d*$/gm, '')
        .replace('2023-05', '')
        .replace(/,2023-04,/, ',2023-04')
        .replace(/\n\s*Newcastle.*/, ''),
    );
    expect(withCode(result, 'looks-like-total').map(({ row }) => row)).toEqual([2, 5]);
  });

  it('of a file whose name speaks of more than visits nothing is taken', () => {
    expect(() => detectFormat(['Library', '2023-04'], 'visits-and-loans.csv')).toThrow(/No importer/);
  });
});

describe('figures that only grow', () => {
  const flagged = (figures: readonly number[]) =>
    withCode(read(`Library,${MONTHS.join(',')}\nCity,${figures.join(',')}`), 'looks-like-running-total');
  it('as a running total does are flagged', () => {
    const each = [120, 96, 131, 88, 104, 99, 140, 122, 95, 101, 87, 60];
    const total = each.map((_, at) => each.slice(0, at + 1).reduce((sum, count) => sum + count, 0));
    expect(flagged(total)).toMatchObject([{ severity: 'flagged', row: 2, cell: 'Library' }]);
    expect(flagged(each)).toEqual([]);
  });
  it('by little, or are small, are not', () => {
    expect(flagged(MONTHS.map((_, at) => 1000 + 100 * at))).toEqual([]);
    expect(flagged(MONTHS.map((_, at) => 1 + at))).toEqual([]);
  });
});
