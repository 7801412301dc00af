/** What the sentences beside a chart say of figures that are partial or not there. */
import { describe, expect, test } from 'vitest';
import { baselineProgressChart } from '../../../src/charts/baselineProgressChart.ts';
import { headline } from '../../../src/charts/headline.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { goldenSeries, placedTexts, point } from './cases.ts';

const visits = goldenSeries('visits-by-financial-year');
const years = [2018, 2019, 2020, 2021, 2022].map((year) => `${year}-04-01/P1Y`);
const whole = { coverage: { reported: 48, expected: 48 } };
const days = { ...whole, partial: true, notes: ['part-of-a-month-reported'] };

describe('a partial figure', () => {
  test('for want of days in a month is not said to lack months', () => {
    const points = years.map((year, at) => point(year, 5, at === 0 ? whole : days));
    const text = textAlternative({ ...visits, points });
    expect(text).toContain('Part of a month reported in 2019/20, 2020/21, 2021/22 and 2022/23.');
    expect(text).not.toMatch(/partial/i);
    const all = textAlternative({ ...visits, points: years.map((year) => point(year, 5, days)) });
    expect(all).toContain('Part of a month reported in 5 of 5 periods.');
  });

  test('for want of both is said to lack both', () => {
    const both = point(years[1]!, 5, { ...days, coverage: { reported: 24, expected: 48 } });
    const text = textAlternative({ ...visits, points: [point(years[0]!, 5, whole), both] });
    expect(text).toContain('Partial coverage in 2019/20 (24 of 48 service-point months reported); part of a month reported in 2019/20.'); // prettier-ignore
  });
});

test('where no period lies in the days asked for, that is said, and not that nothing was reported', async () => {
  const none = { ...visits, points: [] };
  expect(textAlternative(none)).toContain(': no figures in the days asked for;');
  expect(headline(none)).toBe('Library visits: no figures in the days asked for');
  const { texts } = await placedTexts(baselineProgressChart(none));
  const words = texts.map(({ text }) => text).join(' ');
  expect(words).toContain('No figures in the days asked for');
  expect(words).not.toContain('reported');
});
