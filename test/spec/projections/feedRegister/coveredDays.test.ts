/** Days covered, against a plain set of days. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  extentOf,
  joinedDays,
  nextCovered,
  nextUncovered,
  daysIn,
  type CoveredDays,
} from '../../../../projections/feedRegister/coveredDays.ts';
import { dayOf, isoOf } from '../../../../src/domain/periods.ts';

const window = fc
  .tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 90 }))
  .map(([first, length]) => ({ first, last: first + length - 1 }));
const windows = fc.array(window, { maxLength: 12 });
const cover = (all: readonly { first: number; last: number }[]): CoveredDays =>
  all.map(daysIn).reduce<CoveredDays>(joinedDays, []);

it('what is covered is what a set of days says, in whatever order the windows come', () => {
  fc.assert(
    fc.property(windows, fc.integer({ min: -500, max: 600 }), (given, from) => {
      const days = cover(given);
      const set = new Set(given.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))); // prettier-ignore
      expect(cover(given.toReversed())).toEqual(days);
      expect(extentOf(days)).toEqual(set.size === 0 ? null : { first: Math.min(...set), last: Math.max(...set) });
      const later = [...set].filter((day) => day >= from);
      expect(nextCovered(days, from)).toBe(later.length === 0 ? null : Math.min(...later));
      let free = from;
      while (set.has(free)) free += 1;
      expect(nextUncovered(days, from)).toBe(free);
    }),
  );
});

it('two accounts joined are all windows of both, and the same object where nothing is new', () => {
  fc.assert(
    fc.property(windows, windows, (a, b) => {
      const joined = joinedDays(cover(a), cover(b));
      expect(joined).toEqual(cover([...a, ...b]));
      expect(joinedDays(joined, cover(b))).toBe(joined);
    }),
  );
});

it('a leap day, the last day of a month and a day before 1970 are days like others', () => {
  for (const iso of ['2024-02-29', '2023-12-31', '1969-12-31', '1850-01-01', '2099-12-31']) {
    const extent = extentOf(daysIn({ first: dayOf(iso), last: dayOf(iso) }));
    expect([isoOf(extent?.first ?? 0), isoOf(extent?.last ?? 0)]).toEqual([iso, iso]);
  }
});

it('a century is as many entries as it has months', () => {
  expect(daysIn({ first: dayOf('2000-01-01'), last: dayOf('2099-12-31') })).toHaveLength(1_200);
});
