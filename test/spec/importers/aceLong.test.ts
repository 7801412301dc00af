/** The activity return as others reshaped it: the words of a category are the line, and what they mean is not decided here. */
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { readTable } from '../../../src/files/readTable.ts';
import { aceLongLoans, aceLongVisits } from '../../../src/importers/returns/aceLong.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { bytesOf, detectFormat, importBytes, importText, lines, refusals, said, withCode } from './importing.ts';

const statedIn = ({ events }: ImportResult) => events as readonly EventOf<'return.stated'>[];
const VISITS = 'Authority,Location,Period,Count';
const LOANS = 'Authority,Format,Content age group,Period,Count';
const visits = (...rows: string[]) => importText(aceLongVisits, [VISITS, ...rows].join('\n'));
const loans = (...rows: string[]) => importText(aceLongLoans, [LOANS, ...rows].join('\n'));

it('a line is the words of its categories, as they are given', () => {
  const result = loans('E08000021,Physical audiobook,Unknown,2023-04-01/P1M,4285');
  expect(said(result)).toEqual([]);
  expect(statedIn(result)[0]).toMatchObject({
    source: 'urn:library:E08000021:ace-long-loans',
    data: {
      form: 'ace-long-loans',
      line: 'Physical audiobook / Unknown',
      window: '2023-04-01/P1M',
      value: 4285,
      provenance: { row: 2, column: 'Count', raw: '4285' },
    },
  });
});

describe('rows of one authority, line and period', () => {
  it('that say the same are one, and a pasted block counts once', () => {
    const block = ['E08000021,Library,2023-04-01/P1M,10', 'E08000021,Library,2023-05-01/P1M,11'];
    const result = visits(...block, ...block);
    expect(lines(result)).toHaveLength(2);
    expect(refusals(result)).toEqual(['r4 Count row-repeated', 'r5 Count row-repeated']);
  });

  it('that differ under one line alone are all kept, for the line holds two things', () => {
    const result = visits(
      'E08000021,Library,2023-04-01/P1M,10',
      'E08000021,Library,2023-04-01/P1M,20',
      'E08000021,Library,2023-05-01/P1M,7',
      'E08000021,Library,2023-05-01/P1M,7',
      'E08000021,Shared building,2023-04-01/P1M,5',
    );
    expect(statedIn(result).map(({ data }) => data.value)).toEqual([10, 20, 7, 7, 5]);
    expect(said(result)).toEqual([
      'flagged r2 [Location] line-repeated "Library: two figures or more for one authority and period, 2 times"',
    ]);
  });

  it('that differ under several lines are two editions, and neither is taken', () => {
    const result = visits(
      'E08000021,Library,2023-04-01/P1M,10',
      'E08000021,Shared building,2023-04-01/P1M,5',
      'E08000021,Library,2023-04-01/P1M,11',
      'E08000021,Shared building,2023-04-01/P1M,6',
    );
    expect(result.events).toEqual([]);
    expect(withCode(result, 'row-contradicted')).toHaveLength(4);
  });

  it('whose periods overlap are refused', () => {
    const result = visits(
      'E08000021,Library,2023-04-01/P3M,30',
      'E08000021,Library,2023-06-01/P1M,10',
      'E08000021,Library,2023-07-01/P3M,31',
    );
    expect(lines(result)).toEqual(['E08000021 2023-07-01/P3M 31 system']);
    expect(withCode(result, 'window-overlaps')).toHaveLength(2);
  });
});

it('nothing that is no plain figure, period, category or authority is taken', () => {
  const result = visits(
    'E08000021,Library,2023-04-01/P1M,"1,234"',
    'E08000021,Library,2023-04,12',
    'E08000021,Library,2023-04-01/2023-04-30,12',
    'E08000021,,2023-04-01/P1M,12',
    'E08000021,Total,2023-04-01/P1M,12',
    'Newcastle,Library,2023-04-01/P1M,12',
    'E92000001,Library,2023-04-01/P1M,12',
    'E08000021,Library,2023-04-01/P1M,12,3',
    VISITS,
    'E08000021,Library,2023-04-01/P1M,nan',
    'E08000021,Library,2023-04-01/P1M,',
    'E08000021,Library,2023-06-01/P1M,*',
  );
  expect(lines(result)).toEqual(['E08000021 2023-06-01/P1M suppressed system']);
  expect(refusals(result)).toHaveLength(11);
});

it('reordered and otherwise spelled columns, line ends and a byte order mark change nothing', () => {
  const plain = visits('E08000021,Library,2023-04-01/P1M,10');
  const text = '\ufeffCOUNT,period,LOCATION,authority\r10,2023-04-01/P1M,Library,E08000021\r';
  expect(lines(importBytes(aceLongVisits, bytesOf(text)))).toEqual(lines(plain));
});

describeWithRealData('the long forms of 2023/24', (readReal) => {
  const read = (name: string) => readReal(`ace-activity-2023-24/derived-long/${name}.csv`);

  it.each([
    ['visits', aceLongVisits, 2051],
    ['loans', aceLongLoans, 6294],
  ] as const)('%s: every row is a fact', (name, importer, rows) => {
    const bytes = read(name);
    const { header, rows: own } = readTable({ fileName: name, bytes });
    expect(detectFormat(header, `${name}.csv`)).toBe(importer);
    const result = importBytes(importer, bytes);
    expect(refusals(result)).toEqual([]);
    expect(result.events).toHaveLength(rows);
    const sum = own.reduce((all, { cells }) => all + Number(cells.at(-1)), 0);
    expect(statedIn(result).reduce((all, { data }) => all + (data.value ?? 0), 0)).toBe(sum);
  });

  it('one line of the loans states two figures for an authority and month, and is flagged', () => {
    expect(said(importBytes(aceLongLoans, read('loans')))).toEqual([
      'flagged r808 [Format] line-repeated "Physical audiobook / Unknown: two figures or more for one authority and period, 96 times"',
    ]);
    expect(said(importBytes(aceLongVisits, read('visits')))).toEqual([]);
  });
});
