import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { monthlyUsageLong } from '../../../src/importers/usage/monthlyUsageLong.ts';
import { detectFormat, importText, refusals, said, withCode } from './importing.ts';

const read = (text: string, options: object = {}) =>
  importText(monthlyUsageLong, text, { authority: 'E08000021', ...options });
const HEADER = 'Library,month,enquiries,visits,issues,sessions';
/** What was stated, a line each: `walker 2017-09 visits 479`. */
const stated = ({ events }: ImportResult): string[] =>
  (events as readonly EventOf<'return.stated'>[]).map(
    ({ subject, data }) =>
      `${subject.slice(10)} ${data.window.slice(0, 7)} ${data.line} ${data.absent ?? data.value}${data.method === 'system' ? '' : ` ${data.method}`}`,
  );

describe('monthly usage, a library and month a row', () => {
  it('states each filled cell under the line of its column, with its cell', () => {
    const { events } = read(`${HEADER}\nWest End,2017-09,2997,2648,830,42%`);
    expect(events).toHaveLength(4);
    expect(events[3]).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{16}:r2:csessions$/) as string,
      source: 'urn:library:E08000021:monthly-usage-long',
      type: 'org.outcome-ledger.return.stated.v1',
      subject: 'E08000021/west-end',
      data: {
        form: 'monthly-usage-long',
        line: 'sessions (%)',
        window: '2017-09-01/P1M',
        method: 'system',
        value: 42,
        provenance: {
          file: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          row: 2,
          column: 'sessions',
          raw: '42%',
        },
      },
    });
  });

  it('reads columns in any order, spelling and form of month', () => {
    const result = read('Physical_Visits,PC use (%),MONTH,library name\n479,44%,Sep 2017,Walker');
    expect(stated(result)).toEqual(['walker 2017-09 visits 479', 'walker 2017-09 sessions (%) 44']);
  });

  it('reads a blank between two figures of a line as not reported, and says nothing outside them', () => {
    const result = read(`
      Library,month,visits,issues
      City,2017-06,,9
      City,2017-08,5,
      City,2017-07,,8
      City,2017-09,,7`);
    expect(stated(result)).toEqual([
      'city 2017-08 visits 5',
      'city 2017-06 issues 9',
      'city 2017-07 issues 8',
      'city 2017-08 issues not-reported',
      'city 2017-09 issues 7',
    ]);
    expect(withCode(result, 'no-data').map(({ found }) => found)).toEqual([
      'City, visits: blank in 2017-06 to 2017-07, 2017-09',
    ]);
  });

  it('names months of a library that have no row', () => {
    const result = read('Library,month,visits\nCity,2017-06,5\nCity,2017-09,7');
    expect(withCode(result, 'months-absent').map(({ found }) => found)).toEqual([
      'City: no row for 2017-07 to 2017-08',
    ]);
    expect(stated(result)).toHaveLength(2);
  });

  it('takes 0 visits, and 0 in a row without anything above 0, for a closed library; --zero count for a count', () => {
    const text = `${HEADER}\nCity,2017-06,0,5,0,40%\nCity,2017-07,0,0,3,0%\nCity,2017-08,0,0,0,0%`;
    expect(stated(read(text))).toEqual([
      'city 2017-06 enquiries 0',
      'city 2017-07 enquiries 0',
      'city 2017-08 enquiries not-open',
      'city 2017-06 visits 5',
      'city 2017-07 visits not-open',
      'city 2017-08 visits not-open',
      'city 2017-06 issues 0',
      'city 2017-07 issues 3',
      'city 2017-08 issues not-open',
      'city 2017-06 sessions (%) 40',
      'city 2017-07 sessions (%) 0',
      'city 2017-08 sessions (%) not-open',
    ]);
    expect(withCode(read(text), 'zero-read-as-closed').map(({ found }) => found)).toEqual([
      'City: 0 enquiries in 2017-08',
      'City: 0 visits in 2017-07 to 2017-08',
      'City: 0 issues in 2017-08',
      'City: 0 sessions (%) in 2017-08',
    ]);
    expect(stated(read(text, { zero: 'count' })).join()).not.toContain('not-open');
  });

  it('flags the same figure three months running, and takes it for an estimate', () => {
    const rows = ['2017-07', '2017-08', '2017-09'].map((month) => `City,${month},120,40%`).join('\n');
    const result = read(`Library,month,visits,sessions\n${rows}`);
    expect(said(result, 'flagged')).toEqual([
      'flagged r2 [visits] week-grossed-up "City, visits: 120 in each of 2017-07 to 2017-09"',
    ]);
    expect(stated(result).filter((text) => text.endsWith('estimate'))).toHaveLength(3);
  });

  it('flags such a figure, and notes a blank, in the row of its first month', () => {
    const rows = ['2017-07,7', '2017-08,120', '2017-09,120', '2017-10,120', '2017-11,'].map((cells) => `City,${cells}`);
    const result = read(`Library,month,visits\n${rows.join('\n')}`);
    expect(said(result, 'flagged')[0]).toMatch(/^flagged r3 /);
    expect(said(result, 'noted').filter((text) => text.includes('no-data'))).toEqual([
      expect.stringMatching(/^noted r6 /),
    ]);
  });

  it.each([
    ['x', 'suppressed'],
    ['*', 'suppressed'],
    ['..', 'not-available'],
    ['closed', 'not-open'],
    ['N/A', 'not-applicable'],
  ])('%s is %s', (cell, absent) => {
    expect(stated(read(`Library,month,visits\nCity,2017-09,${cell}`))).toEqual([`city 2017-09 visits ${absent}`]);
  });

  it.each(['"1,234"', '12.0', '-5', '1e3', 'nan', '39%', 'about 50', '0123'])('refuses the count %s', (cell) => {
    const result = read(`Library,month,visits\nCity,2017-08,${cell}\nCity,2017-09,7\nFenham,2017-09,8`);
    expect(refusals(result)).toEqual(['r2 visits not-a-whole-number']);
    expect(stated(result)).toEqual(['city 2017-09 visits 7', 'fenham 2017-09 visits 8']);
  });

  it('holds counts and percentages of one word apart, and refuses one among the others', () => {
    const shares = read('Library,month,sessions\nCity,2017-08,40%\nCity,2017-09,41%\nFenham,2017-09,39');
    expect(refusals(shares)).toEqual(['r4 sessions not-a-percentage']);
    const counts = read('Library,month,sessions\nCity,2017-08,400\nCity,2017-09,410\nFenham,2017-09,39%');
    expect(refusals(counts)).toEqual(['r4 sessions not-a-whole-number']);
    expect(stated(counts)).toEqual(['city 2017-08 sessions 400', 'city 2017-09 sessions 410']);
    const marked = read('Library,month,sessions (%)\nCity,2017-08,39');
    expect([stated(marked), refusals(marked)]).toEqual([[], ['r2 sessions (%) not-a-percentage']]);
  });

  it.each(['04/05', '01/04/2019', '2019-13', 'Apr-19', '', '2019'])('refuses the month "%s"', (month) => {
    const result = read(`Library,month,visits\nCity,${month},5\nCity,2019-05,6`);
    expect(refusals(result)).toEqual([`r2 month ${month === '' ? 'value-missing' : 'not-a-month'}`]);
    expect(stated(result)).toEqual(['city 2019-05 visits 6']);
  });

  it('keeps the first of two equal rows, and neither of two that differ', () => {
    const result = read(`
      Library,month,visits
      City,2017-09,5
      Fenham,2017-09,6
      city ,Sep 2017,5
      Fenham,2017-09,7`);
    expect(refusals(result)).toEqual([
      'r4 month row-repeated',
      'r3 month row-contradicted',
      'r5 month row-contradicted',
    ]);
    expect(stated(result)).toEqual(['city 2017-09 visits 5']);
  });

  it('refuses totals, by their name or as the sum of the others, and broken rows', () => {
    const result = read(`
      Library,month,visits,issues
      City,2017-08,1000,2000
      Fenham,2017-08,320,450
      Kenton,2017-08,111,90
      Newcastle,2017-08,1431,2540
      Total,2017-08,1431,2540
      ,2017-08,1,2
      Library,month,visits,issues
      Walker,2017-08,1,234,5`);
    expect(refusals(result).sort()).toEqual([
      'r5 Library totals-row',
      'r6 Library totals-row',
      'r7 Library library-unusable',
      'r8 * row-repeats-header',
      'r9 * row-ragged',
    ]);
    expect(stated(result)).toHaveLength(6);
  });

  it('notes a column that it does not know and keeps nothing of it', () => {
    const result = read('Library,month,visits,Contact\nCity,2017-09,5,somebody@example.org');
    expect(said(result, 'noted').slice(0, 2)).toEqual([
      'noted r1 [Contact] column-unknown "Contact"',
      'noted r1 [] column-missing "no column of enquiries, issues, sessions"',
    ]);
    expect(JSON.stringify(result)).not.toContain('somebody');
  });

  it('refuses a column of figures without a header', () => {
    const result = read('Library,month,visits,,\nCity,2017-09,5,7,');
    expect(refusals(result)).toEqual(['r1  column-unknown']);
    expect(stated(result)).toEqual(['city 2017-09 visits 5']);
  });

  it.each([
    ['no authority', `${HEADER}\nCity,2017-09,1,2,3,4%`, { authority: undefined }, 'r1 * option-unusable'],
    ['a sample week', `${HEADER}\nCity,2017-09,1,2,3,4%`, { method: 'sample-week' }, 'r1 * option-unusable'],
    ['no library', 'Branch,month,visits\nCity,2017-09,1', {}, 'r1 Library column-missing'],
    ['two months', 'Library,month,period,visits\nCity,2017-09,2017-09,1', {}, 'r1 month column-repeated'],
    ['no count', 'Library,month,notes\nCity,2017-09,1', {}, 'r1 * column-missing'],
    ['two columns of one line', 'Library,month,visits,Visitors\nCity,2017-09,1,1', {}, 'r1 Visitors column-repeated'],
  ])('is refused as a whole with %s', (_, text, options, refusal) => {
    const result = read(text, options);
    expect([result.events, refusals(result)]).toEqual([[], [refusal]]);
  });

  it('is recognised by its header, and not where a row is a part of a library and month', () => {
    expect(detectFormat(HEADER.split(','), 'x.csv')).toBe(monthlyUsageLong);
    expect(detectFormat(['Branch', 'month', 'visits', 'issues'], 'x.csv')).toBe(monthlyUsageLong);
    expect(detectFormat(['Local authority', 'Library name', 'Month', 'Type', 'Loans'], 'x.csv').format).toBe('open-data-loans'); // prettier-ignore
    expect(() => detectFormat(['Library name', 'Month', 'Category', 'Loans', 'Visits'], 'x.csv')).toThrow();
  });

  it.each([
    ['CR line ends', (text: string) => text.replaceAll('\n', '\r')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
  ])('reads the same with %s', (_, change) => {
    const text = `${HEADER}\nWest End,2017-09,2997,2648,830,42%`;
    expect(stated(importText(monthlyUsageLong, change(text), { authority: 'E08000021' }))).toEqual(stated(read(text)));
  });
});

it('takes no financial years for months', () => {
  const result = read('Library,period,visits\nCity,2009-10,120000\nCity,2010-11,119000');
  expect(result.events).toEqual([]);
  expect(withCode(result, 'not-a-month').map(({ row }) => row)).toEqual([2, 3]);
});
