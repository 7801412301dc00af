/**
 * Who should have reported. A place belongs to the panel of an indicator from the start of the financial year in which
 * it first reports, so that a year that begins before its figures do says so, until a year after its last report: one
 * that falls silent is missed for a year before it counts as gone. Months in which it says that it was not open are not
 * expected of it.
 */
import { firstMonthOf, periodOfMonth } from './periods.ts';

/** Months after its last report for which a place is still expected to report. */
export const PANEL_MONTHS_AFTER_LAST = 12;

/** First month in which a place is expected, from the first that it reported; months are counted from January 1970. */
export const firstExpected = (firstReported: number): number =>
  firstMonthOf('financial-year', periodOfMonth('financial-year', firstReported));

/** Whether a report is expected of a place for a month. */
export const isExpected = (month: number, firstReported: number, lastReported: number, shut: boolean): boolean =>
  month >= firstExpected(firstReported) && month <= lastReported + PANEL_MONTHS_AFTER_LAST && !shut;
