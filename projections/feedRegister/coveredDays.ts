/** Which days some data speak of, exactly, in at most one entry for each month. */
import { civilOf, daysInMonth, firstDayOfMonth, monthOf, type DayWindow } from '../../src/domain/periods.ts';

/** A month, counted from January 1970, and its days: bit 0 is the first. */
export type CoveredMonth = readonly [month: number, days: number];
/** Ascending; a month of which no day is covered has no entry. */
export type CoveredDays = readonly CoveredMonth[];

/** The days of a window. */
export function daysIn({ first, last }: DayWindow): CoveredDays {
  const from = monthOf(first);
  const to = monthOf(last);
  const days: CoveredMonth[] = [];
  for (let month = from; month <= to; month++) {
    const begin = month === from ? civilOf(first).date : 1;
    const end = month === to ? civilOf(last).date : daysInMonth(month);
    days.push([month, bits(begin, end)]);
  }
  return days;
}

/** The days of either. The first comes back as it is where it holds all of the second. */
export function joinedDays(a: CoveredDays, b: CoveredDays): CoveredDays {
  if (b.every(([month, days]) => (daysOf(a, month) & days) === days)) return a;
  const joined: CoveredMonth[] = [];
  let [atA, atB] = [0, 0];
  for (let [x, y] = [a[0], b[0]]; x !== undefined || y !== undefined; [x, y] = [a[atA], b[atB]]) {
    if (y === undefined || (x !== undefined && x[0] < y[0])) joined.push(x as CoveredMonth);
    else if (x === undefined || y[0] < x[0]) joined.push(y);
    else joined.push([x[0], x[1] | y[1]]);
    const month = joined.at(-1)?.[0];
    if (x?.[0] === month) atA += 1;
    if (y?.[0] === month) atB += 1;
  }
  return joined;
}

/** The first covered day that is not before `day`; null where there is none. */
export function nextCovered(days: CoveredDays, day: number): number | null {
  for (let at = indexOf(days, monthOf(day)); at < days.length; at++) {
    const [month, covered] = days[at] as CoveredMonth;
    const start = firstDayOfMonth(month);
    const rest = covered & ~(2 ** Math.max(0, day - start) - 1);
    if (rest !== 0) return start + lowestBit(rest);
  }
  return null;
}

/** The first day that is not before `day` and not covered. */
export function nextUncovered(days: CoveredDays, day: number): number {
  let month = monthOf(day);
  for (let at = indexOf(days, month); days[at]?.[0] === month; at++) {
    const start = firstDayOfMonth(month);
    const free = bits(1, daysInMonth(month)) & ~(days[at]?.[1] ?? 0) & ~(2 ** Math.max(0, day - start) - 1);
    if (free !== 0) return start + lowestBit(free);
    month += 1;
  }
  return Math.max(day, firstDayOfMonth(month));
}

/** The first and the last day covered; null where none is. */
export function extentOf(days: CoveredDays): DayWindow | null {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    first: firstDayOfMonth(first[0]) + lowestBit(first[1]),
    last: firstDayOfMonth(last[0]) + HIGHEST_BIT - Math.clz32(last[1]),
  };
}

const HIGHEST_BIT = 31;
const lowestBit = (days: number): number => HIGHEST_BIT - Math.clz32(days & -days);

/** The days of a month from one date to another, as bits. */
const bits = (begin: number, end: number): number => (2 ** end - 1) & ~(2 ** (begin - 1) - 1);

/** The days of a month that are covered, as bits. */
function daysOf(days: CoveredDays, month: number): number {
  const entry = days[indexOf(days, month)];
  return entry?.[0] === month ? entry[1] : 0;
}

/** Index of the first entry of a month or a later one. */
function indexOf(days: CoveredDays, month: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle]?.[0] ?? Infinity) < month) low = middle + 1;
    else high = middle;
  }
  return low;
}
