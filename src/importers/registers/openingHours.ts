/**
 * Opening hours of a week, a day a cell: `09:00-17:00`, with a comma between two spans of one day
 * (`09:00-12:00,13:00-17:00`), as the open-data schema writes them.
 */
import { keyOf } from '../../domain/labels.ts';

/** From and to, in minutes after midnight. */
export type Span = readonly [from: number, to: number];

export const OPENING_HOURS =
  'times such as 09:00-17:00, or 09:00-12:00,13:00-17:00; for a day without, a blank or closed';

const CLOSED: ReadonlySet<string> = new Set(['', 'closed', 'x']);
const SPAN = /^(\d{2}):(\d{2})\s*[-\u2013]\s*(\d{2}):(\d{2})$/;

/** The spans of a day, in order and apart, or null where the cell says anything else. None where it is not open. */
export function spansOf(cell: string): readonly Span[] | null {
  if (CLOSED.has(keyOf(cell))) return [];
  const spans: Span[] = [];
  for (const part of cell.split(',')) {
    const times = SPAN.exec(part.trim());
    if (times === null) return null;
    const [from = 0, to = 0] = [minutesOf(times[1], times[2]), minutesOf(times[3], times[4])];
    const before = spans.at(-1);
    if (Number.isNaN(from) || Number.isNaN(to) || to <= from || (before !== undefined && from < before[1])) return null;
    spans.push([from, to]);
  }
  return spans;
}

/** Minutes after midnight, to 24:00; not a number where there is no such time. */
function minutesOf(hours: string | undefined, minutes: string | undefined): number {
  const total = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && total <= DAY ? total : NaN;
}
const DAY = 24 * 60;

/** Minutes that a day's spans cover; those that two of them share count once. */
export function minutesIn(spans: readonly Span[]): number {
  let [minutes, reached] = [0, 0];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    minutes += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return minutes;
}

/** Hours of a number of minutes, to the hundredth. */
export const hoursOf = (minutes: number): number => Math.round((minutes / 60) * 100) / 100;
