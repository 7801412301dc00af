/** Who should have reported. */
import { describe, expect, it } from 'vitest';
import { isExpected } from '../../../src/domain/coverage.ts';
import { dayOf, monthOf } from '../../../src/domain/periods.ts';

const month = (text: string): number => monthOf(dayOf(`${text}-01`));

describe('a report is expected', () => {
  it.each([
    ['not before the financial year of the first', '2018-03', false],
    ['in the month of the first', '2018-04', true],
    ['between the first and the last', '2018-12', true],
    ['in the month of the last', '2019-09', true],
    ['in the month after it', '2019-10', true],
    ['a year after the last', '2020-09', true],
    ['not later than a year after the last', '2020-10', false],
  ])('%s', (_, at, expected) =>
    expect(isExpected(month(at), month('2018-04'), month('2019-09'), false)).toBe(expected),
  );

  it('not of a place that says it was shut', () => {
    expect(isExpected(month('2018-12'), month('2018-04'), month('2019-09'), true)).toBe(false);
  });

  it('from the start of the financial year of its only report until a year after it', () => {
    const once = month('2019-09');
    const months = Array.from({ length: 40 }, (_, i) => once - 10 + i).filter((m) => isExpected(m, once, once, false));
    expect(months).toHaveLength(18);
  });
});
