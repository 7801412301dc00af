/** Windows of counts in a file: whether one can be used, and whether two of the same thing overlap. */
import { granularityOf, intervalOf, isoOf, type DayWindow } from '../../domain/periods.ts';
import type { Report } from '../importer.ts';
import { grouped, type NamedRow } from './rows.ts';

/** Whether the days of a count can be used: in order, and held by a period of the calendar; findings at `column` if not. */
export function soundDays(row: NamedRow, { first, last }: DayWindow, column: string, report: Report): boolean {
  const spot = [row.row, row.header(column)] as const;
  const found = intervalText({ first, last });
  if (last < first) {
    report.refuse(spot, 'end-before-start', found, 'an end on or after the start');
    return false;
  }
  if (granularityOf({ first, last }) !== null) return true;
  const expected =
    'days within one month, or whole months within one quarter, half-year or financial year (April to March): ' +
    'no period of the calendar holds this window';
  report.refuse(spot, 'window-without-period', found, expected);
  return false;
}

/** First and last day, as a file has them. */
export const intervalText = ({ first, last }: DayWindow): string => `${isoOf(first)} to ${isoOf(last)}`;

/**
 * The rows without those whose days overlap: they would count things twice, and nothing says which to leave out.
 * @param sameThing what a row counts, its days left out
 * @param column    header to name in the findings
 */
export function withoutOverlaps<R extends { readonly row: number; readonly window: DayWindow }>(
  rows: readonly R[],
  sameThing: (row: R) => string,
  column: string,
  report: Report,
): readonly R[] {
  const overlapping = new Map<R, R>();
  for (const group of grouped(rows, sameThing)) {
    let reach: R | null = null;
    for (const row of group.sort((a, b) => a.window.first - b.window.first)) {
      if (reach !== null && row.window.first <= reach.window.last) {
        overlapping.set(row, reach);
        overlapping.set(reach, overlapping.get(reach) ?? row);
      }
      if (reach === null || row.window.last > reach.window.last) reach = row;
    }
  }
  for (const [row, other] of overlapping) {
    const found = `${intervalOf(row.window)}, overlapping ${intervalOf(other.window)} in row ${other.row}`;
    report.refuse([row.row, column], 'window-overlaps', found, 'windows apart', 'None of these rows was imported.');
  }
  return rows.filter((row) => !overlapping.has(row));
}
