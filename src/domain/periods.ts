/**
 * Days, windows and periods. A day is a whole number of days since 1970-01-01 in Europe/London; a window is a first and
 * a last day, both inclusive; a period is a window that has a name in the calendar of English public libraries
 * (financial year April to March, its halves and quarters, and months).
 */
import { DateTime } from 'luxon';
import { CALENDAR_GRANULARITIES, type CalendarGranularity, type Granularity } from '../../contracts/vocabulary.ts';

export interface DayWindow {
  readonly first: number;
  readonly last: number;
}

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;

/** Day number of an ISO date. The date must exist: contracts have seen to that. */
export const dayOf = (isoDate: string): number =>
  Date.UTC(Number(isoDate.slice(0, 4)), Number(isoDate.slice(5, 7)) - 1, Number(isoDate.slice(8, 10))) / DAY_MS;

/** ISO date of a day number. */
export function isoOf(day: number): string {
  const { year, month, date } = civilOf(day);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

/**
 * Year, month (1 to 12) and date of a day number, without a Date object: this runs for every fact.
 * Days-to-civil algorithm of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
export function civilOf(day: number): { year: number; month: number; date: number } {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, date: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

/** Months since January 1970 of a day. */
export function monthOf(day: number): number {
  const { year, month } = civilOf(day);
  return (year - 1970) * 12 + month - 1;
}

/** Month of the year, 0 to 11, also of months before 1970. */
const monthOfYear = (month: number): number => ((month % 12) + 12) % 12;

/** First day of a month counted from January 1970. */
export const firstDayOfMonth = (month: number): number =>
  Date.UTC(1970 + Math.floor(month / 12), monthOfYear(month), 1) / DAY_MS;

/** Days in a month counted from January 1970. */
export const daysInMonth = (month: number): number => firstDayOfMonth(month + 1) - firstDayOfMonth(month);

/** The window of an ISO 8601 start/duration. */
export function windowOf(interval: string): DayWindow {
  const first = dayOf(interval.slice(0, 10));
  const length = Number(interval.slice(12, -1));
  switch (interval.slice(-1)) {
    case 'D':
      return { first, last: first + length - 1 };
    case 'W':
      return { first, last: first + 7 * length - 1 };
    default: {
      const months = interval.endsWith('Y') ? 12 * length : length;
      const { year, month, date } = civilOf(first);
      const target = (year - 1970) * 12 + month - 1 + months;
      // 31 January and one month ends on the last day of February: the same date or the month's last, less a day.
      const sameDate = firstDayOfMonth(target) + Math.min(date, daysInMonth(target)) - 1;
      return { first, last: sameDate - 1 };
    }
  }
}

/** The shortest start/duration that says a window: whole years, then whole months, then days. */
export function intervalOf(window: DayWindow): string {
  const { date } = civilOf(window.first);
  const after = civilOf(window.last + 1);
  if (date === 1 && after.date === 1) {
    const months = monthOf(window.last + 1) - monthOf(window.first);
    return `${isoOf(window.first)}/${months % 12 === 0 ? `P${months / 12}Y` : `P${months}M`}`;
  }
  return `${isoOf(window.first)}/P${window.last - window.first + 1}D`;
}

/** Months in one period of each calendar granularity. */
export const MONTHS = {
  month: 1,
  quarter: 3,
  'half-year': 6,
  'financial-year': 12,
} as const satisfies Record<CalendarGranularity, number>;

/** Number of the period of a granularity that holds a month. Years and halves start in April (month 3 of 1970). */
export function periodOfMonth(granularity: CalendarGranularity, month: number): number {
  const size = MONTHS[granularity];
  return size <= 3 ? Math.floor(month / size) : Math.floor((month - 3) / size);
}

/** First month of a numbered period. */
export function firstMonthOf(granularity: CalendarGranularity, period: number): number {
  const size = MONTHS[granularity];
  return size <= 3 ? period * size : period * size + 3;
}

/** ISO 8601 start/duration of a numbered period. */
export function periodInterval(granularity: CalendarGranularity, period: number): string {
  const start = isoOf(firstDayOfMonth(firstMonthOf(granularity, period)));
  return `${start}/${granularity === 'financial-year' ? 'P1Y' : `P${MONTHS[granularity]}M`}`;
}

/**
 * The finest granularity that can hold a count over a window: the smallest calendar period it lies in, so that a
 * quarter is never shown as a month. Longer than a month, it must be made of whole months. Null where no period
 * holds it, such as a calendar year, which lies across two financial years.
 */
export function granularityOf(window: DayWindow): CalendarGranularity | null {
  const firstMonth = monthOf(window.first);
  const lastMonth = monthOf(window.last);
  if (firstMonth === lastMonth) return 'month';
  if (civilOf(window.first).date !== 1 || civilOf(window.last + 1).date !== 1) return null;
  for (const granularity of CALENDAR_GRANULARITIES) {
    if (periodOfMonth(granularity, firstMonth) === periodOfMonth(granularity, lastMonth)) return granularity;
  }
  return null;
}

const MONTH_NAMES = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]; // prettier-ignore
const short = (month: number): string => (MONTH_NAMES[monthOfYear(month)] ?? '').slice(0, 3);
const yearOf = (month: number): number => 1970 + Math.floor(month / 12);

/** A period as a reader says it: `2018/19`, `June 2019`, `Apr to Jun 2019`, `Jan 2016 to Dec 2018`, `2017`. */
export function periodLabel(interval: string): string {
  const window = windowOf(interval);
  const wholeMonths = civilOf(window.first).date === 1 && civilOf(window.last + 1).date === 1;
  if (!wholeMonths) return `${longDate(window.first)} to ${longDate(window.last)}`;
  const first = monthOf(window.first);
  const last = monthOf(window.last);
  if (first === last) return `${MONTH_NAMES[monthOfYear(first)]} ${yearOf(first)}`;
  const startsInApril = monthOfYear(first) === 3;
  if (last - first === 11 && startsInApril) return `${yearOf(first)}/${String(yearOf(last) % 100).padStart(2, '0')}`;
  if (last - first === 11 && monthOfYear(first) === 0) return `${yearOf(first)}`;
  const from = yearOf(first) === yearOf(last) ? short(first) : `${short(first)} ${yearOf(first)}`;
  return `${from} to ${short(last)} ${yearOf(last)}`;
}

/** The financial year of a day as it is written in names: `2023-24`, April to March. */
export function financialYearOf(day: number): string {
  const year = yearOf(firstMonthOf('financial-year', periodOfMonth('financial-year', monthOf(day))));
  return `${year}-${String((year + 1) % 100).padStart(2, '0')}`;
}

/** A window as a reader says it: `June 2020`, `Jun 2020 to Mar 2021`, `4 Mar 2024`, `4 Mar 2024 to 10 Mar 2024`. */
export const windowLabel = (window: DayWindow): string =>
  window.first === window.last ? longDate(window.first) : periodLabel(intervalOf(window));

/** A day as a reader says it: `4 Mar 2024`. */
export function longDate(day: number): string {
  const { year, month, date } = civilOf(day);
  return `${date} ${(MONTH_NAMES[month - 1] ?? '').slice(0, 3)} ${year}`;
}

/** Granularity of an interval as stated: the calendar's own where it is one exactly, else `window`. */
export function granularityOfInterval(interval: string): Granularity {
  const window = windowOf(interval);
  const finest = granularityOf(window);
  if (finest === null) return 'window';
  const period = periodOfMonth(finest, monthOf(window.first));
  return intervalOf(window) === periodInterval(finest, period) ? finest : 'window';
}

const offsets = new Map<number, { atStart: number; atEnd: number }>();
const offsetAt = (ms: number): number => DateTime.fromMillis(ms, { zone: 'Europe/London' }).offset * 60_000;

/** By how many milliseconds clocks in Europe/London are before UTC at a time in milliseconds since 1970. */
export function londonOffsetMs(ms: number): number {
  const utcDay = Math.floor(ms / DAY_MS);
  // Zone look-ups are slow and the offset changes twice a year: kept by UTC day, asked again only on the days it changes.
  let offset = offsets.get(utcDay);
  if (offset === undefined) {
    offset = { atStart: offsetAt(utcDay * DAY_MS), atEnd: offsetAt((utcDay + 1) * DAY_MS - 1) };
    offsets.set(utcDay, offset);
  }
  return offset.atStart === offset.atEnd ? offset.atStart : offsetAt(ms);
}

/** Day and second of the day in Europe/London of an RFC 3339 time. */
export const londonMoment = (time: string): { day: number; second: number } => londonMomentOf(Date.parse(time));

/** The same of a time in milliseconds since 1970. */
export function londonMomentOf(ms: number): { day: number; second: number } {
  const local = ms + londonOffsetMs(ms);
  const day = Math.floor(local / DAY_MS);
  return { day, second: Math.floor((local - day * DAY_MS) / 1000) };
}

/** How often a time of the clock on the wall comes: where clocks go forward some do not, where they go back some twice. */
export type Comes = 'once' | 'twice' | 'never';

const HOUR_MS = 3_600_000;

/**
 * The instant of a day and a second of it as clocks in Europe/London show them, in milliseconds since 1970. Of a time that
 * comes twice it is the first, in summer time; one that never comes is read as if clocks had not gone forward. Either way
 * the day is the one that was written.
 */
export function londonInstant(day: number, second: number): { ms: number; comes: Comes } {
  const local = day * DAY_MS + second * 1000;
  const inWinter = londonOffsetMs(local) === 0;
  const inSummer = londonOffsetMs(local - HOUR_MS) === HOUR_MS;
  const comes = inWinter && inSummer ? 'twice' : inWinter || inSummer ? 'once' : 'never';
  return { ms: inSummer ? local - HOUR_MS : local, comes };
}

/** The RFC 3339 time, in UTC, of a second of a day in Europe/London; null for one that clocks leap over in spring. */
export function londonTime(day: number, second: number): string | null {
  const { ms, comes } = londonInstant(day, second);
  return comes === 'never' ? null : new Date(ms).toISOString().replace('.000', '');
}
