/**
 * Who should have reported. A place belongs to the panel of an indicator from the first month it reports until a year
 * after the last: one that falls silent is missed for a year before it counts as gone. Months in which it says that it
 * was not open are not expected of it.
 */

export const PANEL_MONTHS_AFTER_LAST = 12;

/** Whether a report is expected of a place for a month; months are counted from January 1970. */
export const isExpected = (month: number, firstReported: number, lastReported: number, shut: boolean): boolean =>
  month >= firstReported && month <= lastReported + PANEL_MONTHS_AFTER_LAST && !shut;
