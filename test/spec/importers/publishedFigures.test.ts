import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importerOf } from '../../../src/importers/importers.ts';
import { nationOf, publishedFigures, statisticOf } from '../../../src/importers/publishedFigures.ts';
import { detectFormat, importBytes, importText, refusals, said } from './importing.ts';

const HEADER = 'figure_id,outcome,indicator,scope,period_start,period_end,value,unit,comparison,source,note';
const read = (...rows: string[]) => importText(publishedFigures, [HEADER, ...rows].join('\n'));
/** A sound row with some cells replaced. */
const row = (cells: Partial<Record<string, string>> = {}): string => {
  const sound = {
    figure_id: 'PF001', outcome: '6', indicator: 'book loans', scope: 'England', period_start: '2016-04-01',
    period_end: '2017-03-31', value: '165000000', unit: 'loans', comparison: '', source: 'GOV.UK report', note: '',
  }; // prettier-ignore
  return Object.values({ ...sound, ...cells }).join(',');
};

describe('published figures', () => {
  it('quotes a figure with its window, scope and source', () => {
    const { events } = read(row({ note: 'from CIPFA' }));
    expect(events).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{16}:r2:cvalue$/) as string,
        source: 'urn:library:compiled:published-figures',
        type: 'org.outcome-ledger.figure.published.v1',
        subject: 'E92000001',
        data: {
          statistic: 'book-loans',
          window: '2016-04-01/P1Y',
          value: 165_000_000,
          unit: 'loans',
          scope: 'England',
          survey: false,
          source: 'GOV.UK report',
          note: 'from CIPFA',
          reference: 'PF001',
          provenance: {
            file: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
            row: 2,
            column: 'value',
            raw: '165000000',
          },
        },
      },
    ]);
  });

  it.each([
    ['2014', '2014', '2014-01-01/P1Y'],
    ['2013', '2018', '2013-01-01/P6Y'],
    ['2019-12-01', '2020-03-15', '2019-12-01/P106D'],
    ['2016-01-01', '2018-12-31', '2016-01-01/P3Y'],
  ])('reads %s to %s as %s', (period_start, period_end, window) => {
    expect(read(row({ period_start, period_end })).events[0]?.data).toMatchObject({ window });
  });

  it.each([
    ['UK BIPC National Network', 'K02000001', false],
    ['UK (as stated)', 'K02000001', false],
    ['16 UK libraries', 'K02000001', false],
    ['UK and overseas', 'K02000001', false],
    ['Great Britain', 'K03000001', false],
    ['England and Wales', 'K04000001', false],
    ['England and Scotland', 'K03000001', false],
    ['England and Channel Islands', 'E92000001', false],
    ['80 English services with consistent data', 'E92000001', false],
    ['Wales', 'W92000004', false],
    ['Norfolk', 'E92000001', true],
    ['GOV.UK', 'E92000001', true],
  ])('puts the scope %s under %s', (scope, place, assumed) => {
    expect(nationOf(scope)).toEqual({ place, assumed });
  });

  it('notes a place it had to assume, and keeps the scope as stated', () => {
    const result = read(row({ scope: 'Norfolk' }));
    expect(said(result)).toContain('noted r2 [scope] place-assumed "Norfolk"');
    expect(result.events[0]?.data).toMatchObject({ scope: 'Norfolk' });
  });

  it('takes sample size, interval and survey from their columns only', () => {
    const result = importText(
      publishedFigures,
      `${HEADER},n,low,high,interval_percent,survey
      ${row({ unit: 'percent', value: '34' })},1000,33.1,34.9,95,yes
      ${row({ figure_id: 'PF002', unit: 'percent', value: '34', scope: 'England n=59' })},,,,,no`,
    );
    expect(result.events[0]?.data).toMatchObject({ n: 1000, low: 33.1, high: 34.9, intervalPercent: 95, survey: true });
    expect(result.events[1]?.data).not.toHaveProperty('n');
    expect(result.events[1]?.data).toMatchObject({ survey: false });
  });

  it('knows a survey by its statistic or by the words of its source, where no column says', () => {
    const survey = (cells: Partial<Record<string, string>>) =>
      read(row({ unit: 'percent', value: '34', ...cells })).events[0]?.data;
    expect(survey({ indicator: 'adults who used a library in the last 12 months' })).toMatchObject({ survey: true });
    expect(survey({ source: 'The Bookseller on Taking Part' })).toMatchObject({ survey: true });
    expect(survey({})).toMatchObject({ survey: false });
  });

  it.each([
    [{ figure_id: '' }, 'r2 figure_id value-missing'],
    [{ indicator: '' }, 'r2 indicator contract'],
    [{ scope: '' }, 'r2 scope contract'],
    [{ unit: '' }, 'r2 unit contract'],
    [{ value: '-5' }, 'r2 value contract'],
    [{ source: '' }, 'r2 source contract'],
    [{ note: 'long '.repeat(90).trim() }, 'r2 note contract'],
    [{ value: '' }, 'r2 value value-missing'],
    [{ value: '"165,000,000"' }, 'r2 value not-a-number'],
    [{ value: '34%' }, 'r2 value not-a-number'],
    [{ value: 'about 700' }, 'r2 value not-a-number'],
    [{ value: '1.2345' }, 'r2 value not-a-number'],
    [{ value: '9999999999999' }, 'r2 value contract'],
    [{ period_start: '01/04/2016' }, 'r2 period_start not-a-date'],
    [{ period_end: '2017-02-30' }, 'r2 period_end not-a-date'],
    [{ period_start: '2018' }, 'r2 period_end end-before-start'],
    [{ period_start: '1970', period_end: '2099-01-02' }, 'r2 period_end contract'],
  ])('refuses %o at its cell', (cells, refusal) => {
    const result = read(row(cells));
    expect(refusals(result)).toEqual([refusal]);
    expect(result.events).toEqual([]);
  });

  it.each([
    ['-1,,,,', 'r2 n contract'],
    ['59.5,,,,', 'r2 n contract'],
    [',10,,,', 'r2 value contract'],
    [',200000000,300000000,95,', 'r2 value contract'],
    [',,,,maybe', 'r2 survey contract'],
  ])('refuses the optional columns %s at their cell', (cells, refusal) => {
    const result = importText(publishedFigures, `${HEADER},n,low,high,interval_percent,survey\n${row()},${cells}`);
    expect(refusals(result)).toEqual([refusal]);
  });

  it('keeps one of two equal rows, and neither of two figures with one number', () => {
    const result = read(row(), row(), row({ figure_id: 'PF002' }), row({ figure_id: 'PF002', value: '5' }));
    expect(refusals(result)).toEqual([
      'r3 figure_id row-repeated',
      'r4 figure_id row-contradicted',
      'r5 figure_id row-contradicted',
    ]);
    expect(result.events).toHaveLength(1);
  });

  it('flags two figures for one statistic, window and scope', () => {
    const result = read(row(), row({ figure_id: 'PF002', value: '5' }), row({ figure_id: 'PF003', scope: 'UK' }));
    expect(said(result, 'flagged')).toEqual([
      'flagged r3 [value] figures-disagree "5 (GOV.UK report), where row 2 has 165000000 (GOV.UK report)"',
    ]);
    expect(result.events).toHaveLength(3);
  });

  it('cuts a long statistic at a whole word, and refuses another that would be the same', () => {
    const long = 'a share of people who said that their reading had become better by mid-way';
    expect(statisticOf(long)).toEqual({
      statistic: 'a-share-of-people-who-said-that-their-reading-had-become-better',
      cut: true,
    });
    const result = read(row({ indicator: long }), row({ figure_id: 'PF002', indicator: `${long} or later` }));
    expect(said(result, 'noted').map((text) => text.split(' ')[3])).toContain('statistic-shortened');
    expect(refusals(result)).toEqual(['r3 indicator statistic-shortened']);
  });

  it('says which columns it reads past', () => {
    expect(said(read(row()))).toEqual([
      'noted r1 [outcome] column-not-kept "outcome"',
      'noted r1 [comparison] column-not-kept "comparison"',
    ]);
  });
});

describe('the published figures that come with the product', () => {
  const bytes = readFileSync(new URL('../../../projections/publishedFigures/published-figures.csv', import.meta.url));
  const result = importBytes(publishedFigures, bytes);
  const figure = (reference: string) =>
    result.events.find(({ data }) => 'reference' in data && data.reference === reference)?.data;

  it('are all imported', () => {
    expect(refusals(result)).toEqual([]);
    expect(result.events).toHaveLength(57);
    const references = result.events.map(({ data }) => ('reference' in data ? data.reference : ''));
    expect(references).toEqual(Array.from({ length: 57 }, (_, i) => `PF${String(i + 1).padStart(3, '0')}`));
  });

  it('hold the baselines that the report states', () => {
    expect(figure('PF001')).toMatchObject({ value: 12_288, window: '2016-01-01/P3Y' });
    expect(figure('PF007')).toMatchObject({ value: 18_175, window: '2020-04-01/P3Y' });
    expect(figure('PF049')).toMatchObject({ value: 194_000_000, window: '2017-04-01/P1Y' });
  });

  it('keep the scopes of the Summer Reading Challenge apart', () => {
    expect(figure('PF024')).toMatchObject({ value: 761_758, scope: 'UK and overseas', window: '2017-01-01/P1Y' });
    expect(figure('PF025')).toMatchObject({ value: 699_076, scope: 'UK', window: '2018-01-01/P1Y' });
  });

  it('flag the two figures for one year that disagree', () => {
    expect(said(result, 'flagged')).toEqual([expect.stringContaining('figures-disagree "32.7')]);
  });
});

describe('the choice of a format', () => {
  it('knows this one by its header, and names the formats to somebody who names another', () => {
    expect(detectFormat(HEADER.split(','), 'x.csv')).toBe(publishedFigures);
    expect(importerOf('published-figures')).toBe(publishedFigures);
    expect(() => importerOf('visits')).toThrow('There is no format "visits".');
    expect(() => detectFormat([], 'x.csv')).toThrow('No importer recognises x.csv');
  });
});
