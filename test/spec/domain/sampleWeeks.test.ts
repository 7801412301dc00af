/** One week counted by hand stands for three months, at 52/12 weeks a month. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, isoOf, firstDayOfMonth, monthOf } from '../../../src/domain/periods.ts';
import { grossUp, type SampleWeek } from '../../../src/domain/sampleWeeks.ts';
import { runs } from '../../support/share.ts';

const month = (text: string): number => monthOf(dayOf(`${text}-01`));
const week = (text: string, quantity: number, weeks = 1): SampleWeek => ({ month: month(text), quantity, weeks });
const months = (samples: readonly SampleWeek[]): Record<string, number> =>
  Object.fromEntries(
    [...grossUp(samples)]
      .sort(([a], [b]) => a - b)
      .map(([at, value]) => [isoOf(firstDayOfMonth(at)).slice(0, 7), value]),
  );

describe('a sample week', () => {
  it.each([
    // Weeks that Newcastle counted in 2019, and the months it published.
    ['Outer West', 767, 3324],
    ['Gosforth', 849, 3679],
    ['Kenton', 283, 1226],
    ['Outer West, later', 663, 2873],
    ['a closed week', 0, 0],
    ['twelve people, exactly 52', 12, 52],
  ])('of %s: %d a week is %i a month', (_, quantity, monthly) =>
    expect(months([week('2019-01', quantity)])['2019-01']).toBe(monthly),
  );

  it('stands for its month and the two after it', () => {
    expect(months([week('2019-01', 767)])).toEqual({ '2019-01': 3324, '2019-02': 3324, '2019-03': 3324 });
  });

  it('stands across the end of a year', () => {
    expect(Object.keys(months([week('2018-11', 100)]))).toEqual(['2018-11', '2018-12', '2019-01']);
  });

  it('gives way to a later one', () => {
    expect(months([week('2019-01', 767), week('2019-03', 663)])).toEqual({
      '2019-01': 3324,
      '2019-02': 3324,
      '2019-03': 2873,
      '2019-04': 2873,
      '2019-05': 2873,
    });
  });

  it('leaves a gap where the next one is late', () => {
    expect(Object.keys(months([week('2019-01', 767), week('2019-05', 663)]))).toEqual([
      '2019-01',
      '2019-02',
      '2019-03',
      '2019-05',
      '2019-06',
      '2019-07',
    ]);
  });

  it('is averaged with others of its month, before anything is rounded', () => {
    // 2 and 5 people a week are 15.17 a month on average. Each rounded on its own would be 9 and 22, and 15.5 on average.
    expect(months([week('2019-01', 2), week('2019-01', 5)])['2019-01']).toBe(15);
    expect(months([week('2019-01', 7, 2)])['2019-01']).toBe(15);
  });

  it('rounds half a visit up', () => {
    expect(months([week('2019-01', 3, 2)])['2019-01']).toBe(7);
  });

  it('is nothing where there is none', () => expect(grossUp([]).size).toBe(0));

  it('does not depend on the order of the samples', () => {
    const sample = fc.record({
      month: fc.integer({ min: 580, max: 600 }),
      quantity: fc.integer({ min: 0, max: 5000 }),
      weeks: fc.integer({ min: 1, max: 3 }),
    });
    const shuffled = fc
      .array(sample, { minLength: 1, maxLength: 12 })
      .chain((samples) => fc.tuple(fc.constant(samples), fc.shuffledSubarray(samples, { minLength: samples.length })));
    fc.assert(
      fc.property(shuffled, ([samples, other]) => {
        expect(grossUp(other)).toEqual(grossUp(samples));
      }),
      { numRuns: runs(200) },
    );
  });
});
