/** Days, windows and periods: claims over small tables, and the calendar against luxon's. */
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { CALENDAR_GRANULARITIES } from '../../../contracts/vocabulary.ts';
import {
  civilOf,
  dayOf,
  daysInMonth,
  firstDayOfMonth,
  firstMonthOf,
  granularityOf,
  granularityOfInterval,
  intervalOf,
  isoOf,
  londonMoment,
  monthOf,
  MONTHS,
  periodInterval,
  periodLabel,
  periodOfMonth,
  windowOf,
} from '../../../src/domain/periods.ts';
import { runs } from '../../support/share.ts';

const FIRST = dayOf('1900-01-01');
const LAST = dayOf('2100-12-31');
const anyDay = fc.integer({ min: FIRST, max: LAST });
const luxonOf = (day: number): DateTime => DateTime.fromMillis(day * 86_400_000, { zone: 'utc' });
const monthNumber = (iso: string): number => monthOf(dayOf(iso));

describe('days', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2000-02-29', 11_016],
    ['2024-02-29', 19_782],
    ['1900-01-01', -25_567],
  ])('%s is day %i', (iso, day) => {
    expect(dayOf(iso)).toBe(day);
    expect(isoOf(day)).toBe(iso);
  });

  it('are those of the calendar, every one from 1900 to 2100', () => {
    // Counted on by hand, day by day: no library between the claim and the code.
    let [year, month, date] = [1900, 1, 1];
    const wrong: number[] = [];
    for (let day = FIRST; day <= LAST; day++) {
      const civil = civilOf(day);
      if (civil.year !== year || civil.month !== month || civil.date !== date) wrong.push(day);
      const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
      const length = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
      date += 1;
      if (date > length) [month, date] = [month + 1, 1];
      if (month > 12) [year, month] = [year + 1, 1];
    }
    expect(wrong).toEqual([]);
    expect([year, month, date]).toEqual([2101, 1, 1]);
  });

  it("are luxon's, and back again", () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { year, month, day: date } = luxonOf(day);
        expect(civilOf(day)).toEqual({ year, month, date });
        expect(isoOf(day)).toBe(luxonOf(day).toISODate());
        expect(dayOf(isoOf(day))).toBe(day);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('months', () => {
  it.each([
    ['1970-01-31', 0],
    ['1970-02-01', 1],
    ['1969-12-31', -1],
    ['2019-06-15', 593],
  ])('%s lies in month %i', (iso, month) => expect(monthOf(dayOf(iso))).toBe(month));

  it.each([
    ['2023-02-01', 28],
    ['2024-02-01', 29],
    ['2000-02-01', 29],
    ['1900-02-01', 28],
    ['2100-02-01', 28],
    ['2024-04-01', 30],
    ['2024-12-01', 31],
    ['1968-12-01', 31],
  ])('the month of %s has %i days', (iso, days) => {
    const month = monthNumber(iso);
    expect(daysInMonth(month)).toBe(days);
    expect(isoOf(firstDayOfMonth(month))).toBe(iso);
    expect(monthOf(firstDayOfMonth(month) + days)).toBe(month + 1);
  });
});

describe('a window', () => {
  it.each([
    ['2024-04-01/P1M', '2024-04-01', '2024-04-30'],
    ['2024-02-01/P1M', '2024-02-01', '2024-02-29'],
    ['2023-02-01/P1M', '2023-02-01', '2023-02-28'],
    ['2024-04-01/P1Y', '2024-04-01', '2025-03-31'],
    ['2016-01-01/P3Y', '2016-01-01', '2018-12-31'],
    ['2023-12-15/P1M', '2023-12-15', '2024-01-14'],
    ['2023-10-01/P3M', '2023-10-01', '2023-12-31'],
    ['2024-02-26/P7D', '2024-02-26', '2024-03-03'],
    ['2023-02-26/P1W', '2023-02-26', '2023-03-04'],
    ['2024-02-29/P1D', '2024-02-29', '2024-02-29'],
    ['2024-12-30/P2W', '2024-12-30', '2025-01-12'],
    // A month from the 31st reaches the last day of February, exclusive: the day before it is the last.
    ['2023-01-31/P1M', '2023-01-31', '2023-02-27'],
    ['2024-01-31/P1M', '2024-01-31', '2024-02-28'],
    ['2024-02-29/P1Y', '2024-02-29', '2025-02-27'],
    ['2024-02-29/P4Y', '2024-02-29', '2028-02-28'],
    ['2024-10-31/P1M', '2024-10-31', '2024-11-29'],
    ['2019-12-01/P106D', '2019-12-01', '2020-03-15'],
  ])('%s is %s to %s, both days in it', (interval, first, last) => {
    const window = windowOf(interval);
    expect([isoOf(window.first), isoOf(window.last)]).toEqual([first, last]);
  });

  it("ends a day before luxon's start plus duration", () => {
    fc.assert(
      fc.property(anyDay, fc.constantFrom('D', 'W', 'M', 'Y'), fc.integer({ min: 1, max: 130 }), (day, unit, n) => {
        const { first, last } = windowOf(`${isoOf(day)}/P${n}${unit}`);
        const end = luxonOf(day).plus({ [{ D: 'days', W: 'weeks', M: 'months', Y: 'years' }[unit]]: n });
        expect(first).toBe(day);
        expect(isoOf(last)).toBe(end.minus({ days: 1 }).toISODate());
      }),
      { numRuns: runs(500) },
    );
  });

  it.each([
    ['2024-04-01', '2024-04-30', '2024-04-01/P1M'],
    ['2024-04-01', '2025-03-31', '2024-04-01/P1Y'],
    ['2016-01-01', '2018-12-31', '2016-01-01/P3Y'],
    ['2024-02-01', '2024-02-29', '2024-02-01/P1M'],
    ['2024-02-01', '2024-02-28', '2024-02-01/P28D'],
    ['2024-01-01', '2025-06-30', '2024-01-01/P18M'],
    ['2024-01-31', '2024-02-27', '2024-01-31/P28D'],
    ['2024-04-08', '2024-04-14', '2024-04-08/P7D'],
  ])('%s to %s is written %s', (first, last, interval) =>
    expect(intervalOf({ first: dayOf(first), last: dayOf(last) })).toBe(interval),
  );

  it('is the same after it was written and read, however it was given', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 5000 }), fc.boolean(), (day, length, wholeMonths) => {
        const first = wholeMonths ? firstDayOfMonth(monthOf(day)) : day;
        const last = wholeMonths ? firstDayOfMonth(monthOf(day) + 1 + (length % 60)) - 1 : day + length;
        const written = intervalOf({ first, last });
        expect(windowOf(written)).toEqual({ first, last });
        expect(intervalOf(windowOf(written))).toBe(written);
      }),
      { numRuns: runs(500) },
    );
  });

  it.each([
    ['2018-04-01/P12M', '2018-04-01/P1Y'],
    ['2018-04-01/P365D', '2018-04-01/P1Y'],
    ['2019-04-01/P366D', '2019-04-01/P1Y'],
    ['2024-04-01/P30D', '2024-04-01/P1M'],
    ['2024-04-01/P1W', '2024-04-01/P7D'],
  ])('%s is the same window as %s', (given, written) => expect(intervalOf(windowOf(given))).toBe(written));
});

describe('the period of a month', () => {
  it.each([
    ['financial-year', '2019-03-01', '2018-04-01/P1Y'],
    ['financial-year', '2019-04-01', '2019-04-01/P1Y'],
    ['financial-year', '1970-01-01', '1969-04-01/P1Y'],
    ['half-year', '2019-03-01', '2018-10-01/P6M'],
    ['half-year', '2019-04-01', '2019-04-01/P6M'],
    ['half-year', '2019-09-01', '2019-04-01/P6M'],
    ['half-year', '2019-10-01', '2019-10-01/P6M'],
    ['quarter', '2019-03-01', '2019-01-01/P3M'],
    ['quarter', '2019-06-01', '2019-04-01/P3M'],
    ['quarter', '1969-12-01', '1969-10-01/P3M'],
    ['month', '2024-02-01', '2024-02-01/P1M'],
  ] as const)('%s of %s is %s', (granularity, month, interval) =>
    expect(periodInterval(granularity, periodOfMonth(granularity, monthNumber(month)))).toBe(interval),
  );

  it.each(CALENDAR_GRANULARITIES)('%s: each month lies in exactly one, and each begins where the last ends', (g) => {
    for (let month = -30; month < 700; month++) {
      const period = periodOfMonth(g, month);
      expect(firstMonthOf(g, period)).toBeLessThanOrEqual(month);
      expect(firstMonthOf(g, period + 1)).toBe(firstMonthOf(g, period) + MONTHS[g]);
      expect(firstMonthOf(g, period + 1)).toBeGreaterThan(month);
    }
  });
});

describe('the finest granularity that can hold a count', () => {
  it.each([
    ['2024-06-01/P1M', 'month'],
    ['2024-06-03/P7D', 'month'],
    ['2024-06-30/P1D', 'month'],
    ['2024-06-01/P29D', 'month'],
    ['2024-06-01/P31D', null],
    ['2024-04-29/P7D', null],
    ['2024-04-01/P3M', 'quarter'],
    ['2024-04-01/P2M', 'quarter'],
    ['2024-05-01/P3M', 'half-year'],
    ['2024-04-01/P6M', 'half-year'],
    ['2024-08-01/P4M', 'financial-year'],
    ['2024-04-01/P1Y', 'financial-year'],
    ['2024-12-01/P2M', 'half-year'],
    ['2024-12-01/P4M', 'half-year'],
    ['2024-01-01/P1Y', null],
    ['2024-03-01/P2M', null],
    ['2023-12-15/P1M', null],
    ['2024-04-01/P2Y', null],
    ['2018-04-01/P365D', 'financial-year'],
  ])('of %s is %s', (interval, granularity) => expect(granularityOf(windowOf(interval))).toBe(granularity));

  it.each([
    ['2018-04-01/P1Y', 'financial-year'],
    ['2018-04-01/P12M', 'financial-year'],
    ['2018-04-01/P6M', 'half-year'],
    ['2018-10-01/P3M', 'quarter'],
    ['2018-10-01/P1M', 'month'],
    ['2018-10-01/P31D', 'month'],
    ['2018-10-01/P30D', 'window'],
    ['2018-05-01/P3M', 'window'],
    ['2017-01-01/P1Y', 'window'],
    ['2016-01-01/P3Y', 'window'],
    ['2018-07-01/P6M', 'window'],
  ])('an interval is named after the calendar only where it is a period of it: %s is a %s', (interval, granularity) =>
    expect(granularityOfInterval(interval)).toBe(granularity),
  );
});

describe('a period as a reader says it', () => {
  it.each([
    ['2018-04-01/P1Y', '2018/19'],
    ['1999-04-01/P1Y', '1999/00'],
    ['2009-04-01/P1Y', '2009/10'],
    ['2000-04-01/P1Y', '2000/01'],
    ['2017-01-01/P1Y', '2017'],
    ['2019-06-01/P1M', 'June 2019'],
    ['2019-04-01/P3M', 'Apr to Jun 2019'],
    ['2018-10-01/P6M', 'Oct 2018 to Mar 2019'],
    ['2016-01-01/P3Y', 'Jan 2016 to Dec 2018'],
    ['2020-04-01/P3Y', 'Apr 2020 to Mar 2023'],
    ['2013-01-01/P6Y', 'Jan 2013 to Dec 2018'],
    ['2019-12-01/P106D', '1 Dec 2019 to 15 Mar 2020'],
    ['2019-01-14/P7D', '14 Jan 2019 to 20 Jan 2019'],
    ['1968-04-01/P1Y', '1968/69'],
    ['1965-01-01/P1Y', '1965'],
    ['1969-12-01/P1M', 'December 1969'],
    ['1969-11-01/P4M', 'Nov 1969 to Feb 1970'],
  ])('%s is %s', (interval, label) => expect(periodLabel(interval)).toBe(label));
});

describe('a time, in London', () => {
  it.each([
    ['2024-01-15T12:00:00Z', '2024-01-15', '12:00:00', 'winter: Greenwich'],
    ['2024-06-15T12:00:00Z', '2024-06-15', '13:00:00', 'summer: an hour on'],
    ['2024-03-31T00:30:00Z', '2024-03-31', '00:30:00', 'half an hour before the clocks go forward'],
    ['2024-03-31T00:59:59Z', '2024-03-31', '00:59:59', 'the last second of winter'],
    ['2024-03-31T01:00:00Z', '2024-03-31', '02:00:00', 'the first of summer'],
    ['2024-03-31T23:30:00Z', '2024-04-01', '00:30:00', 'a new month and a new financial year'],
    ['2024-06-30T23:30:00Z', '2024-07-01', '00:30:00', 'a new month in summer'],
    ['2024-12-31T23:30:00Z', '2024-12-31', '23:30:00', 'not a new year in winter'],
    ['2024-10-27T00:30:00Z', '2024-10-27', '01:30:00', 'before the clocks go back'],
    ['2024-10-27T01:30:00Z', '2024-10-27', '01:30:00', 'after: the same wall clock again'],
    ['2024-10-26T23:30:00Z', '2024-10-27', '00:30:00', 'the day before they go back'],
    ['2024-07-01T00:30:00+01:00', '2024-07-01', '00:30:00', 'a local offset'],
    ['2024-07-01T00:30:00+05:30', '2024-06-30', '20:00:00', 'an offset from elsewhere'],
    ['2024-03-01T00:00:00-12:00', '2024-03-01', '12:00:00', 'another'],
    ['1971-01-01T23:30:00Z', '1971-01-02', '00:30:00', 'British Standard Time: summer all year to October 1971'],
    ['2024-06-30T22:59:59.999Z', '2024-06-30', '23:59:59', 'a fraction of a second is let go'],
  ])('%s is %s at %s: %s', (time, date, clock) => {
    const { day, second } = londonMoment(time);
    const [hours, minutes, seconds] = clock.split(':').map(Number);
    expect(isoOf(day)).toBe(date);
    expect(second).toBe((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0));
  });

  it("is luxon's, from 1970 to 2099, most of all on the days of change", () => {
    // The last Sundays of March and October lie among the days around them.
    const changing = fc
      .tuple(fc.integer({ min: 1972, max: 2099 }), fc.constantFrom(2, 9), fc.integer({ min: 22, max: 31 }))
      .map(([year, month, date]) => Date.UTC(year, month, date) / 1000);
    const any = fc.integer({ min: 86_400, max: 4_102_444_799 });
    const second = fc
      .tuple(fc.oneof(any, changing), fc.integer({ min: 0, max: 86_399 }))
      .map(([base, offset]) => Math.min(base + offset, 4_102_444_799));
    fc.assert(
      fc.property(second, (seconds) => {
        const utc = DateTime.fromSeconds(seconds, { zone: 'utc' });
        const london = utc.setZone('Europe/London');
        const moment = londonMoment(utc.toISO() ?? '');
        expect(isoOf(moment.day)).toBe(london.toISODate());
        expect(moment.second).toBe(london.hour * 3600 + london.minute * 60 + london.second);
      }),
      { numRuns: runs(1000) },
    );
  });
});
