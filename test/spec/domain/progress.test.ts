/** Which two figures are compared, how the change is graded, and what is said of it. */
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/domain/observation.ts';
import { NOTES } from '../../../src/domain/conclude.ts';
import { granularityOfInterval } from '../../../src/domain/periods.ts';
import { progressOf, type BaselineValue } from '../../../src/domain/progress.ts';

const point = (period: string, value: number | null, more: Partial<Observation> = {}): Observation => ({
  place: 'E92000001', granularity: granularityOfInterval(period), period, breakdown: '', basis: 'computed',
  state: value === null ? 'not-reported' : 'observed', value, numerator: value, denominator: null, n: null, low: null, high: null,
  coverage: null, events: 1, scope: null, source: null, notes: [], ...more,
}); // prettier-ignore
const baseline = (period: string, value: number | null, more: Partial<BaselineValue> = {}): BaselineValue => ({
  period, value, scope: null, coverage: null, low: null, high: null, notes: [], caution: null, ...more,
}); // prettier-ignore

const COUNT = { direction: 'up', unit: { label: 'visits', decimals: 0 } } as const;
const SHARE = { direction: 'up', unit: { label: '%', decimals: 1 } } as const;
const YEAR = '2018-04-01/P1Y';
const LATER = '2019-04-01/P1Y';
const reported = (share: number) => ({ reported: share, expected: 100 });

describe('a change is graded', () => {
  it.each([
    ['up', 120, 'better', '+20.00%, better.'],
    ['up', 80, 'worse', '−20.00%, worse.'],
    ['down', 80, 'better', '−20.00%, better.'],
    ['down', 120, 'worse', '+20.00%, worse.'],
    ['up', 100, 'unchanged', '0.00%, unchanged.'],
    ['neutral', 120, 'context', '+20.00%.'],
  ] as const)('%s is better: 100, then %d is %s', (direction, value, status, words) => {
    const progress = progressOf({ ...COUNT, direction }, [point(LATER, value)], baseline(YEAR, 100));
    expect(progress).toMatchObject({ status, from: '2018/19', to: '2019/20', change: value - 100 });
    expect(progress.sentence).toBe(`From 100 visits in 2018/19 to ${value} in 2019/20: ${words}`);
  });

  it('in percentage points where it is a share, and without a percentage from nothing', () => {
    expect(progressOf(SHARE, [point(LATER, 30)], baseline(YEAR, 40)).sentence).toContain(
      '−10.0 percentage points, worse',
    );
    expect(progressOf(COUNT, [point(LATER, 30)], baseline(YEAR, 0))).toMatchObject({ change: 30, percentChange: null });
  });

  it('with the caution of its baseline', () => {
    const { sentence } = progressOf(COUNT, [point(LATER, 120)], baseline(YEAR, 100, { caution: 'More centres' }));
    expect(sentence).toMatch(/better\. More centres\.$/);
  });

  it.each([
    [{ low: 35, high: 45 }, { low: 44, high: 50 }, 'no-clear-change'],
    [{ low: 35, high: 45 }, { low: 45, high: 50 }, 'no-clear-change'],
    [{ low: 35, high: 44 }, { low: 45, high: 50 }, 'better'],
    [{ notes: [NOTES.noInterval] }, { low: 45, high: 50 }, 'no-clear-change'],
    [{ low: 35, high: 45 }, { notes: [NOTES.noInterval] }, 'no-clear-change'],
  ])('as no clear change where it may be chance: %j and %j', (before, after, status) => {
    expect(progressOf(SHARE, [point(LATER, 47, after)], baseline(YEAR, 40, before)).status).toBe(status);
  });
});

describe('two figures are not compared', () => {
  it.each<[string, string, string]>([
    ['a quarter', 'a year', '2019-04-01/P3M'],
    ['three months and a half', 'three months', '2018-01-01/P105D'],
    ['a week', 'three weeks', '2018-01-02/P7D'],
  ])('%s with %s', (_, than, period) => {
    const before = than === 'a year' ? YEAR : than === 'three months' ? '2016-01-01/P3M' : '2016-01-05/P21D';
    const progress = progressOf(COUNT, [point(period, 120)], baseline(before, 100));
    expect(progress).toMatchObject({ status: 'not-comparable', reasons: ['length of period'], change: null });
    expect(progress.arithmetic?.percentChange).toBe(20);
  });

  it('where they cover different things, or too few reported at the start', () => {
    const other = progressOf(COUNT, [point(LATER, 120, { scope: 'UK' })], baseline(YEAR, 100, { scope: 'England' }));
    expect(other.reasons).toEqual(['scope']);
    const partial = progressOf(COUNT, [point(LATER, 120)], baseline(YEAR, 100, { coverage: reported(89) }));
    expect(partial.reasons).toEqual(['coverage of the baseline']);
  });

  it('but years are, whatever day they begin on and however many days they have', () => {
    expect(progressOf(COUNT, [point('2019-01-15/P1Y', 120)], baseline('2016-01-15/P1Y', 100)).status).toBe('better');
  });
});

describe('what stands as progress', () => {
  const years = [
    point(LATER, 110),
    point('2020-04-01/P1Y', 120),
    point('2021-04-01/P1Y', 130, { coverage: reported(64) }),
  ];

  it('is the latest of which enough was reported; what is left out is named', () => {
    const progress = progressOf(COUNT, years, baseline(YEAR, 100));
    expect(progress.to).toBe('2020/21');
    expect(progress.sentence).toMatch(/2021\/22 is left out: 64 of 100 service-point months reported\.$/);
  });

  it('begins after the baseline ends', () => {
    expect(progressOf(COUNT, [point(YEAR, 100)], baseline(YEAR, 100)).status).toBe('no-progress-value');
    expect(progressOf(COUNT, [point('2018-10-01/P6M', 60)], baseline(YEAR, 100)).status).toBe('no-progress-value');
  });

  it('is none that was not asked for, and the sentence says so', () => {
    expect(progressOf(COUNT, years, baseline(YEAR, 100), '2020-03-31').to).toBe('2019/20');
    expect(progressOf(COUNT, years, baseline(YEAR, 100), '2019-03-31').sentence).toContain('were not asked for');
  });

  it('is nothing without a baseline, or with one that has no value', () => {
    expect(progressOf(COUNT, years, null)).toMatchObject({ status: 'no-baseline', from: null });
    expect(progressOf(COUNT, years, baseline(YEAR, null))).toMatchObject({ status: 'no-baseline', from: '2018/19' });
  });
});

describe('where there is nothing to compare a reader is told which side too few had reported for', () => {
  const year = (start: number, of156: number, value = 100): Observation =>
    point(`${start}-04-01/P1Y`, value, { coverage: { reported: of156, expected: 156 } });
  const from = (observation: Observation): BaselineValue => ({ ...observation, caution: null });
  const sentence = (points: readonly Observation[], before: BaselineValue): string =>
    progressOf(COUNT, points, before).sentence;

  it('what came since is named with how much of it was reported', () => {
    const points = [year(2018, 156), year(2019, 70), year(2020, 12)];
    expect(sentence(points, from(points[0]!))).toBe(
      'Nothing that could be compared has been reported since the baseline, 2018/19. Less than 90% of what was expected is reported for 2019/20 (70 of 156 service-point months reported), 2020/21 (12 of 156 service-point months reported).',
    );
    const many = [2019, 2020, 2021, 2022, 2023].map((start) => year(start, 70));
    expect(sentence(many, from(year(2018, 156)))).toMatch(/reported\), nor for 2 before\.$/);
  });

  it('a baseline of which too little was reported says how much', () => {
    const baseline = from(year(2018, 70));
    expect(sentence([year(2018, 70)], baseline)).toContain(
      'The baseline itself has less than 90%: 70 of 156 service-point months reported.',
    );
    const compared = progressOf(COUNT, [year(2018, 70), year(2019, 156, 120)], baseline);
    expect(compared).toMatchObject({ status: 'not-comparable', reasons: ['coverage of the baseline'] });
    expect(compared.sentence).toMatch(/^Not comparable: coverage of the baseline \(70 of 156 service-point months reported\)\. From 100/); // prettier-ignore
  });

  it('where nothing came there is nothing to add', () => {
    expect(sentence([year(2018, 156)], from(year(2018, 156)))).toBe(
      'Nothing that could be compared has been reported since the baseline, 2018/19.',
    );
  });

  it('a ratio over people that are not known says that none are', () => {
    const baseline = { ...from(year(2018, 156)), value: null, notes: ['no-population-near-the-period'] };
    expect(sentence([], baseline)).toBe(
      'The baseline period, 2018/19, has no value (no population is held near it), so nothing can be compared with it.',
    );
  });
});
