import { describe, expect, test } from 'vitest';
import { footer } from '../../../src/charts/headline.ts';
import { seriesTable } from '../../../src/charts/seriesTable.ts';
import { formatNumber } from '../../../src/domain/formatNumber.ts';
import { caseNames, goldenSeries, point } from './cases.ts';

describe('series table', () => {
  test('a period not reported is [x], the baseline is marked, partial coverage is said', () => {
    const table = seriesTable(goldenSeries('visits-by-financial-year'));
    expect(table.caption).toBe('Library visits, Newcastle upon Tyne, financial years');
    expect(table.columns.map((column) => column.label)).toEqual([
      'Period',
      'Visits',
      'Coverage (service-point months)',
    ]);
    expect(table.rows.slice(10, 14)).toEqual([
      ['2018/19 (baseline)', '893,681', '156 of 156'],
      ['2019/20', '728,634', '149 of 156, partial'],
      ['2020/21', '[x]', '0 of 156'],
      ['2021/22', '253,084', '156 of 156'],
    ]);
    expect(table.legend.map((entry) => entry.shorthand)).toEqual(['[x]']);
  });

  test('each state has its shorthand, and the legend explains those that occur', () => {
    const series = goldenSeries('visits-by-financial-year');
    const table = seriesTable({
      ...series,
      baseline: null,
      points: [
        point('2016-04-01/P1Y', null, { state: 'suppressed' }),
        point('2017-04-01/P1Y', null, { state: 'not-open' }),
        point('2018-04-01/P1Y', 0),
        point('2019-04-01/P1Y', 0.2),
        point('2020-04-01/P1Y', 31, { notes: ['estimated-from-sample-weeks'] }),
      ],
    });
    expect(table.rows).toEqual([
      ['2016/17', '[c]', '–'],
      ['2017/18', '[z]', '–'],
      ['2018/19', '0', '–'],
      ['2019/20', '0 [low]', '–'],
      ['2020/21', '31 [e]', 'Estimated from sample weeks'],
    ]);
    expect(table.legend.map((entry) => entry.shorthand)).toEqual(['[c]', '[e]', '[low]', '[z]']);
  });

  test('a figure that the chart draws as partial is partial in its row, and says what is wanting', () => {
    const series = goldenSeries('visits-by-financial-year');
    const coverage = { reported: 48, expected: 48 };
    const days = { coverage, partial: true, notes: ['part-of-a-month-reported'] };
    const table = seriesTable({
      ...series,
      baseline: null,
      points: [
        point('2018-04-01/P1Y', 5, { coverage }),
        point('2019-04-01/P1Y', 5, days),
        point('2020-04-01/P1Y', 5, { ...days, coverage: { reported: 24, expected: 48 } }),
      ],
    });
    expect(table.rows.map((row) => row[2])).toEqual(['48 of 48', '48 of 48, partial (part of a month)', '24 of 48, partial']); // prettier-ignore
  });

  test('a baseline outside the days shown keeps its notes, its mark and its coverage', () => {
    const series = goldenSeries('visits-by-financial-year');
    const baseline = { ...series.baseline!, notes: ['estimated-by-the-source'], coverage: { reported: 140, expected: 156 } }; // prettier-ignore
    const { rows, legend } = seriesTable({ ...series, baseline, points: series.points.slice(-2) });
    expect(rows[0]).toEqual(['2018/19 (baseline)', '893,681 [e]', '140 of 156, partial', 'Estimated by the source']);
    expect(legend.map(({ shorthand }) => shorthand)).toContain('[e]');
    const shown = footer({ ...series, baseline, points: series.points.slice(-2) }).join(' ');
    expect(shown).toContain('Estimated by the source (baseline, 2018/19).');
    expect(footer({ ...series, baseline }).join(' ')).not.toContain('(baseline, 2018/19)');
  });

  test('a baseline and a target that are none of the points have rows of their own', () => {
    const series = goldenSeries('businesses-two-windows');
    const target = { value: 20_000, period: '2026-04-01/P3Y', label: 'Apr 2026 to Mar 2029', source: 'A plan' };
    const rows = seriesTable({ ...series, points: series.points.slice(1), target }).rows.map((row) => row.slice(0, 2));
    expect(rows).toEqual([
      ['Jan 2016 to Dec 2018 (baseline)', '12,288'],
      ['Apr 2020 to Mar 2023', '18,175'],
      ['Apr 2026 to Mar 2029 (target)', '20,000'],
    ]);
  });

  test('the legend gives the reasons that occur, and no other', () => {
    const series = goldenSeries('visits-by-financial-year');
    const meanings = (more: object) =>
      Object.fromEntries(seriesTable({ ...series, ...more }).legend.map((each) => [each.shorthand, each.meaning]));
    expect(meanings({})).toEqual({ '[x]': 'not reported' });
    const target = { value: 900_000, period: '2025-04-01/P1Y', label: '2025/26', source: 'A plan' };
    expect(meanings({ target })).toEqual({ '[x]': 'not reported', '[z]': 'not applicable to a target' });
    const shut = point('2017-04-01/P1Y', null, { state: 'not-open' });
    const none = point('2018-04-01/P1Y', null, { state: 'not-available' });
    expect(meanings({ points: [shut, none], baseline: null })).toEqual({ '[x]': 'not available', '[z]': 'not open' });
    const survey = seriesTable(goldenSeries('survey-interval-not-published'));
    expect(survey.legend).toEqual([{ shorthand: '[x]', meaning: 'not published' }]);
  });

  test('an interval that was not published is [x], not left out', () => {
    const { rows } = seriesTable(goldenSeries('survey-interval-not-published'));
    expect(rows.map((row) => row.slice(1, 5))).toEqual([
      ['64', '52', '76', '61'],
      ['70', '[x]', '[x]', '59'],
    ]);
  });

  test.each(caseNames)('%s: every figure of the series is in its row', (name) => {
    const series = goldenSeries(name);
    const cells = new Map(seriesTable(series).rows.map((row) => [row[0]?.replace(' (baseline)', ''), row[1]]));
    for (const each of series.points) {
      const expected =
        each.value === null
          ? /^\[[xcz]\]$/
          : formatNumber(each.value, series.indicator.decimals, series.basis === 'published');
      expect(cells.get(each.label)).toMatch(expected);
    }
  });
});
