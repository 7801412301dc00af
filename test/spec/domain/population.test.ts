/** Which estimate of the people in a place a period is divided by. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf, windowOf } from '../../../src/domain/periods.ts';
import { NEAREST_DAYS, nearestEstimate, type PopulationEstimate } from '../../../src/domain/population.ts';
import { runs } from '../../support/share.ts';

const estimate = (on: string, people: number): PopulationEstimate => ({ day: dayOf(on), people });
const MID_2017 = estimate('2017-06-30', 295_800);
const MID_2018 = estimate('2018-06-30', 300_200);
const MID_2019 = estimate('2019-06-30', 302_800);
const MID_2024 = estimate('2024-06-30', 320_605);

/** The people that a period is divided by, null for no value. */
const peopleFor = (interval: string, ...estimates: PopulationEstimate[]): number | null => {
  const { first, last } = windowOf(interval);
  return nearestEstimate(estimates, first, last)?.people ?? null;
};

describe('the estimate for a period', () => {
  it.each([
    ['the mid-year within it', '2018-04-01/P1Y', [MID_2017, MID_2018, MID_2019], 300_200],
    ['the nearest, for a month of winter', '2019-01-01/P1M', [MID_2018, MID_2019], 302_800],
    ['the nearest, for a month of autumn', '2018-11-01/P1M', [MID_2018, MID_2019], 300_200],
    ['one after it, where there is no other', '2023-04-01/P1Y', [MID_2024], 320_605],
    ['one before it, where there is no other', '2025-04-01/P1Y', [MID_2024], 320_605],
    ['none, where all are of another time', '2018-04-01/P1Y', [MID_2024], null],
    ['none, where there are none', '2018-04-01/P1Y', [], null],
  ])('is %s', (_, interval, estimates, people) => expect(peopleFor(interval, ...estimates)).toBe(people));

  it('may lie as far from the middle as a year and a half, and no further', () => {
    const middle = dayOf('2018-06-15');
    const at = (distance: number): PopulationEstimate => ({ day: middle + distance, people: 1 });
    const found = [NEAREST_DAYS, -NEAREST_DAYS, NEAREST_DAYS + 1, -NEAREST_DAYS - 1].map(
      (distance) => nearestEstimate([at(distance)], middle, middle) !== null,
    );
    expect(found).toEqual([true, true, false, false]);
  });

  it('is the earlier of two that are equally near', () => {
    const day = dayOf('2018-06-15');
    const before = { day: day - 100, people: 10 };
    const after = { day: day + 100, people: 20 };
    expect(nearestEstimate([before, after], day, day)).toBe(before);
    expect(nearestEstimate([after, before], day, day)).toBe(before);
  });

  it('is the larger of two for one day', () => {
    expect(peopleFor('2018-04-01/P1Y', estimate('2018-06-30', 5), estimate('2018-06-30', 7))).toBe(7);
    expect(peopleFor('2018-04-01/P1Y', estimate('2018-06-30', 7), estimate('2018-06-30', 5))).toBe(7);
  });

  it('does not depend on the order in which estimates arrived', () => {
    const any = fc.record({ day: fc.integer({ min: 17_000, max: 17_020 }), people: fc.integer({ min: 1, max: 4 }) });
    const shuffled = fc
      .array(any, { minLength: 1, maxLength: 8 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 0, max: 30 }), ([list, other], length) => {
        expect(nearestEstimate(other, 17_005, 17_005 + length)).toEqual(nearestEstimate(list, 17_005, 17_005 + length));
      }),
      { numRuns: runs(300) },
    );
  });
});
