import { describe, expect, it } from 'vitest';
import { monthHeaders, monthStated } from '../../../src/importers/table/monthHeaders.ts';
import { monthText } from '../../../src/importers/table/text.ts';

const read = (header: readonly string[]): string[] =>
  monthHeaders(header).map((found) => (typeof found === 'string' ? found : monthText(found.month)));

describe('a month that can be read in one way only', () => {
  it.each([
    '2019-04', '2019-4', '2019/04', '2019/4', '04/2019', '4/2019', 'Apr 2019', 'APR 2019', 'april 2019', 'April-2019',
    'Apr. 2019', ' Apr 2019 ', '2019-04-01', '2019-04-01T00:00:00', '2019-04-01T00:00:00.000Z', '2019-04-01 00:00:00', '2019-04-01 00:00',
  ])('%s is April 2019', (text) => expect(monthText(monthStated(text) ?? -1)).toBe('2019-04')); // prettier-ignore

  it('September may be Sept', () => expect(read(['Sept 2019', 'Sep-2019'])).toEqual(['2019-09', '2019-09']));
});

it.each([
  '04/05', '01/04/2019', '04/01/2019', '2019-04-02', '2019-04-01T01:00:00', '2019-13', '2019-00', '13/2019', '0/2019', '1019-04',
  '201904', '2019', 'Apr', 'Apr 19', '19-Apr', 'Apr 2019 total', 'Q1 2019', 'Aprl 2019', '2019-04 to 2019-06', '4.2019', '',
])('%s is no month', (text) => expect(read([text])).toEqual(['no-month'])); // prettier-ignore

describe('names of months with two digits', () => {
  it('are months and years where they ascend, in the century of POSIX', () => {
    expect(read(['Online Resource', 'Dec-98', 'Jan-99', 'Feb-00', 'Mar-05', 'Apr-25'])).toEqual([
      'no-month',
      '1998-12',
      '1999-01',
      '2000-02',
      '2005-03',
      '2025-04',
    ]);
  });

  it.each([
    ['descend', ['Feb-05', 'Jan-05']],
    ['stand twice', ['Jan-05', 'Feb-05', 'Feb-05']],
    ['are all of one name, as days of a month would be', ['Apr-05', 'Apr-06', 'Apr-07']],
    ['stand alone', ['Apr-05']],
  ])('may be days where they %s', (_, header) => {
    expect(read(header)).toEqual(header.map(() => 'month-or-day'));
  });
});

describe('a year and a number', () => {
  it.each([
    [['2008-09', '2009-10', '2010-11', '2011-12']],
    [['2009/10', '2010/11', '2011/12', '2012/13']],
    [['Library', '1999-00', '2000-01']],
  ])('%j may be financial years, and are no months', (header) => {
    const years = header.filter((label) => label !== 'Library');
    expect(read(header).filter((found) => found !== 'no-month')).toEqual(years.map(() => 'year-or-month'));
  });

  it.each([
    [
      ['2009-10', '2009-11'],
      ['2009-10', '2009-11'],
    ],
    [['2009-10'], ['2009-10']],
    [
      ['2011-1', '2011-12'],
      ['2011-01', '2011-12'],
    ],
    [
      ['2009-10', 'Nov 2010'],
      ['2009-10', '2010-11'],
    ],
  ])('%j are months', (header, months) => expect(read(header)).toEqual(months));
});
