/** Where the gridlines and the labels of the time axis stand. */
import type { SeriesPoint } from '../../contracts/series.ts';
import type { CalendarGranularity } from '../../contracts/vocabulary.ts';
import {
  DAY_MS,
  dayOf,
  civilOf,
  firstDayOfMonth,
  intervalOf,
  isoOf,
  monthOf,
  periodLabel,
  MONTHS,
} from '../domain/periods.ts';
import { SIZE } from './theme.ts';
import { textWidth } from './textWidth.ts';

/**
 * Round values for the gridlines, four to seven of them, that take in zero and every value given. Zero always, for
 * counts and shares alike: a line that starts elsewhere makes a small change look like a collapse.
 */
export function valueTicks(values: readonly number[], decimals: number): number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const range = high - low;
  if (range === 0) return [0, 1];
  const magnitude = 10 ** Math.floor(Math.log10(range / 5));
  // Gridlines finer than the figures' own decimals would promise a precision that they have not got.
  const finest = 10 ** -decimals;
  const whole = (step: number): boolean =>
    step / finest > 0.5 && Math.abs(step / finest - Math.round(step / finest)) < 1e-6;
  const steps = [1, 2, 2.5, 5, 10].map((each) => each * magnitude).filter((each) => whole(each));
  const step = steps.find((each) => range / each <= 6) ?? Math.max(finest, 10 * magnitude);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Decimals that gridline values need, to be written without rounding. */
export function tickDecimals(ticks: readonly number[]): number {
  return Math.max(...ticks.map((tick) => (String(tick).split('.')[1] ?? '').length));
}

export interface TimeTick {
  /** Day number. */
  readonly day: number;
  readonly label: string;
}

/** Days that the time axis spans, inclusive. */
export interface TimeSpan {
  readonly first: number;
  readonly last: number;
}

/** Space between two labels of the time axis, in pixels. */
const LABEL_GAP = 10;
/** Names of windows up to this many pixels can stand on the axis: `2017`, `2016/17`. */
const LONGEST_NAME = 80;

/**
 * Labels of the time axis, none touching another: each period by name where they fit or can be thinned to every
 * n-th (kept in step with `anchor`, the baseline, so that its name is on the axis), else the years. `own` are the names
 * of the points themselves, for windows; `xOf` gives the pixel of a day.
 */
export function timeTicks(
  granularity: SeriesPoint['granularity'],
  span: TimeSpan,
  anchor: string | null,
  own: readonly TimeTick[],
  xOf: (day: number) => number,
): TimeTick[] {
  const years = yearTicks(span);
  const ownNames = own.every((tick) => textWidth(tick.label, SIZE.text) <= LONGEST_NAME);
  if (granularity === 'window' && ownNames) return thinned(own, anchor, xOf);
  // Years only mean something to a reader of months or windows where there are several of them.
  if (granularity === 'window') return years.length >= 2 ? thinned(years, null, xOf) : monthTicks(span, xOf);
  if (granularity !== 'financial-year' && years.length >= 3) return thinned(years, null, xOf);
  return thinned(periodTicks(granularity, span), anchor, xOf, STEPS[granularity]);
}

/** Every how many periods a label may stand: parts or multiples of a year, which readers count in. */
const STEPS: Record<CalendarGranularity, readonly number[]> = {
  month: [1, 2, 3, 6, 12, 24],
  quarter: [1, 2, 4, 8],
  'half-year': [1, 2, 4],
  'financial-year': [1, 2, 3, 4, 5, 10, 20, 50],
};

/** One tick in the middle of each calendar period of a span. */
function periodTicks(granularity: CalendarGranularity, span: TimeSpan): TimeTick[] {
  const size = MONTHS[granularity];
  const ticks: TimeTick[] = [];
  for (let month = monthOf(span.first); month <= monthOf(span.last); month += size) {
    const first = firstDayOfMonth(month);
    const last = firstDayOfMonth(month + size) - 1;
    ticks.push({ day: Math.floor((first + last) / 2), label: periodLabel(intervalOf({ first, last })) });
  }
  return ticks;
}

const monthTicks = (span: TimeSpan, xOf: (day: number) => number): TimeTick[] =>
  thinned(periodTicks('month', span), null, xOf, STEPS.month);

/** One tick at each 1 January of a span. */
function yearTicks(span: TimeSpan): TimeTick[] {
  const ticks: TimeTick[] = [];
  for (let year = civilOf(span.first).year; year <= civilOf(span.last).year; year += 1) {
    const day = dayOf(`${year}-01-01`);
    if (day >= span.first && day <= span.last) ticks.push({ day, label: String(year) });
  }
  return ticks;
}

/** Every n-th tick, with the smallest n of `steps` that keeps labels apart, in step with the tick labelled `anchor`. */
function thinned(
  ticks: readonly TimeTick[],
  anchor: string | null,
  xOf: (day: number) => number,
  steps: readonly number[] = [1, 2, 5, 10, 20, 50],
): TimeTick[] {
  const anchored = Math.max(
    0,
    ticks.findIndex((tick) => tick.label === anchor),
  );
  for (const step of steps) {
    const kept = ticks.filter((_, index) => (index - anchored) % step === 0);
    const apart = kept.every((tick, index) => {
      const next = kept[index + 1];
      if (next === undefined) return true;
      const widths = textWidth(tick.label, SIZE.text) + textWidth(next.label, SIZE.text);
      return xOf(next.day) - xOf(tick.day) >= widths / 2 + LABEL_GAP;
    });
    if (apart) return kept;
  }
  return ticks.slice(anchored, anchored + 1);
}

/** Milliseconds of a day number: what a temporal scale counts in. */
export const millisOf = (day: number): number => day * DAY_MS;

/** ISO date of a day number, as the data of a temporal field. */
export const dateOf = isoOf;
