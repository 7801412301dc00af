/**
 * Periods in which data are due: days, weeks from Monday, months, quarters, and years from 1 April. Like days they are
 * whole numbers, one following the other.
 */
import type { Cadence, CalendarGranularity } from '../../contracts/vocabulary.ts';
import {
  firstDayOfMonth,
  firstMonthOf,
  longDate,
  monthOf,
  periodOfMonth,
  windowLabel,
  type DayWindow,
} from './periods.ts';

export type RegularCadence = Exclude<Cadence, 'irregular'>;

/** Day 0 of the calendar, 1 January 1970, was a Thursday: three days after a Monday. */
const DAYS_AFTER_MONDAY = 3;
const DAYS_OF_WEEK = 7;

const GRANULARITY: Readonly<Record<Exclude<RegularCadence, 'daily' | 'weekly'>, CalendarGranularity>> = {
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'financial-year',
};

/** Number of the period that holds a day. */
export function duePeriodOf(cadence: RegularCadence, day: number): number {
  if (cadence === 'daily') return day;
  if (cadence === 'weekly') return Math.floor((day + DAYS_AFTER_MONDAY) / DAYS_OF_WEEK);
  return periodOfMonth(GRANULARITY[cadence], monthOf(day));
}

/** First day of a numbered period. */
function firstDayOf(cadence: RegularCadence, period: number): number {
  if (cadence === 'daily') return period;
  if (cadence === 'weekly') return period * DAYS_OF_WEEK - DAYS_AFTER_MONDAY;
  return firstDayOfMonth(firstMonthOf(GRANULARITY[cadence], period));
}

/** The days of the numbered periods from one to another. */
export const duePeriods = (cadence: RegularCadence, first: number, last: number): DayWindow => ({
  first: firstDayOf(cadence, first),
  last: firstDayOf(cadence, last + 1) - 1,
});

/** A numbered period as a reader says it: `4 Mar 2024`, `the week of 4 Mar 2024`, `March 2024`, `2023/24`. */
export function duePeriodLabel(cadence: RegularCadence, period: number): string {
  const window = duePeriods(cadence, period, period);
  return cadence === 'weekly' ? `the week of ${longDate(window.first)}` : windowLabel(window);
}

const UNITS: Readonly<Record<RegularCadence, string>> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
};

/** So many periods, in words: `1 month`, `3 quarters`. */
export const periodsInWords = (cadence: RegularCadence, count: number): string =>
  `${count} ${UNITS[cadence]}${count === 1 ? '' : 's'}`;
