/** Why there is nothing to compare: a reader is told which side too few had reported for. */
import { expect, it } from 'vitest';
import type { Observation } from '../../../src/domain/observation.ts';
import { progressOf, type BaselineValue } from '../../../src/domain/progress.ts';

const DEFINITION = { direction: 'up', unit: { label: 'visits', decimals: 0 } } as const;
const year = (start: number, reported: number, value = 100): Observation => ({
  place: 'E08000021',
  granularity: 'financial-year',
  period: `${start}-04-01/P1Y`,
  breakdown: '',
  basis: 'computed',
  state: 'observed',
  value,
  numerator: value,
  denominator: null,
  n: null,
  low: null,
  high: null,
  coverage: { reported, expected: 156 },
  events: 1,
  scope: null,
  source: null,
  notes: [],
});
const from = (observation: Observation): BaselineValue => ({ ...observation, caution: null });
const sentence = (points: readonly Observation[], baseline: BaselineValue): string =>
  progressOf(DEFINITION, points, baseline).sentence;

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
  const compared = progressOf(DEFINITION, [year(2018, 70), year(2019, 156, 120)], baseline);
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
