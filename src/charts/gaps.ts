/** Where a line may be drawn and where it may not: a gap in the figures is a gap in the picture. */
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import { dayOf, isoOf, periodLabel, intervalOf, monthOf, MONTHS } from '../domain/periods.ts';
import { capitalised, stateWords } from './words.ts';

/** A point that has a number. */
export type DrawnPoint = SeriesPoint & { value: number };

/** Whether a point has a number, and so a place in the picture. */
export const isDrawn = (point: SeriesPoint): point is DrawnPoint => point.value !== null;

/** Points of a series in the order of time, whatever order they came in. */
export const inOrder = (series: Series): SeriesPoint[] =>
  [...series.points].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.end < b.end ? -1 : 1));

/** Day in the middle of a period, where its value is drawn. */
export const middleOf = (point: { start: string; end: string }): number =>
  Math.floor((dayOf(point.start) + dayOf(point.end)) / 2);

/** True where nothing lies between two periods: the second starts on or before the day after the first ends. */
const adjacent = (before: SeriesPoint, after: SeriesPoint): boolean => dayOf(after.start) <= dayOf(before.end) + 1;

/**
 * Runs of points that a line may connect. A point without a number, a period that is not there at all, or a change of
 * what the figure covers ends a run. Points must be in the order of time.
 */
export function segmentsOf(points: readonly SeriesPoint[]): DrawnPoint[][] {
  const segments: DrawnPoint[][] = [];
  let before: SeriesPoint | undefined;
  for (const point of points) {
    if (isDrawn(point)) {
      const current = segments.at(-1);
      const continues =
        before !== undefined && isDrawn(before) && adjacent(before, point) && before.scope === point.scope;
      if (current !== undefined && continues) current.push(point);
      else segments.push([point]);
    }
    before = point;
  }
  return segments;
}

/** Where a series has no such period at all. */
export const NO_RECORD = 'No record';

/**
 * The figure that progress is measured by: not always the last one, for a period of which too little was reported does
 * not stand as progress. The last one where the progress names none.
 */
export function progressPointOf(series: Series, drawn: readonly DrawnPoint[]): DrawnPoint | undefined {
  return drawn.find((point) => point.label === series.progress.to) ?? drawn.at(-1);
}

/** Whether a point is the baseline itself: a stated baseline may differ from the figure of the same period. */
export const isBaseline = ({ baseline }: Pick<Series, 'baseline'>, point: SeriesPoint): boolean =>
  baseline !== null && baseline.period === point.period && baseline.value === point.value;

/**
 * True where the baseline can stand in the same picture as the line. A year cannot stand beside months: it would be
 * twelve times as high for no reason.
 */
export const sharesScale = (series: Series): boolean =>
  series.granularity === 'window' ||
  series.progress.status !== 'not-comparable' ||
  !series.progress.reasons.includes('length of period');

/** A run of periods without a figure, for one reason. */
export interface Absence {
  /** First and last day, ISO dates. */
  readonly start: string;
  readonly end: string;
  /** `Not reported`, or `No record` where the series has no such period. */
  readonly words: string;
  /** `2020/21`, or `2020/21 to 2022/23`. */
  readonly span: string;
  /** How many periods. */
  readonly periods: number;
}

/**
 * Runs of periods without a figure between the first and the last point, in the order of time. Runs with the same
 * reason that touch are one. Points must be in the order of time.
 */
export function absencesOf(points: readonly SeriesPoint[]): Absence[] {
  const runs: Omit<Absence, 'span'>[] = [];
  const add = (run: Omit<Absence, 'span'>): void => {
    const before = runs.at(-1);
    const joins = before !== undefined && before.words === run.words && dayOf(run.start) <= dayOf(before.end) + 1;
    if (joins) runs[runs.length - 1] = { ...before, end: run.end, periods: before.periods + run.periods };
    else runs.push(run);
  };
  let before: SeriesPoint | undefined;
  for (const point of points) {
    // Publishers choose their windows: between two of them no period is missing.
    if (before !== undefined && point.granularity !== 'window' && !adjacent(before, point)) {
      const [first, last] = [dayOf(before.end) + 1, dayOf(point.start) - 1];
      const months = monthOf(last + 1) - monthOf(first);
      const periods = Math.max(1, Math.round(months / MONTHS[point.granularity]));
      add({ start: isoOf(first), end: isoOf(last), words: NO_RECORD, periods });
    }
    if (!isDrawn(point)) {
      add({ start: point.start, end: point.end, words: capitalised(stateWords(point.state)), periods: 1 });
    }
    before = point;
  }
  const granularity = points[0]?.granularity ?? 'window';
  return runs.map((run) => ({ ...run, span: spanOf(granularity, run) }));
}

/** `2020/21 to 2022/23` for financial years, else the shortest name of the whole: `Apr to Sep 2020`. */
function spanOf(granularity: SeriesPoint['granularity'], run: { start: string; end: string; periods: number }): string {
  if (granularity === 'financial-year' && run.periods > 1) {
    const lastStart = `${Number(run.end.slice(0, 4)) - 1}-04-01`;
    return `${periodLabel(`${run.start}/P1Y`)} to ${periodLabel(`${lastStart}/P1Y`)}`;
  }
  return periodLabel(intervalOf({ first: dayOf(run.start), last: dayOf(run.end) }));
}
