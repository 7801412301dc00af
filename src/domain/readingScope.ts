/** For which places and days a line of a reading holds. */
import type { FactBody } from '../../contracts/activityEvent.ts';
import type { Scope } from '../../contracts/reading.ts';
import { isoOf, londonMoment } from './periods.ts';
import { placeAt } from './places.ts';

/** Whether a line with this scope may read the body. */
export function holdsFor({ from, until, places }: Scope, body: FactBody): boolean {
  if (from !== undefined || until !== undefined) {
    const day = firstDayOf(body);
    if ((from !== undefined && day < from) || (until !== undefined && day > until)) return false;
  }
  return (
    places === undefined || places.includes(body.subject) || places.includes(placeAt('authority', body.subject) ?? '')
  );
}

/** The day on which it happened or was counted, or the first of its window. */
function firstDayOf({ data, time }: FactBody): string {
  if ('window' in data) return data.window.slice(0, 10);
  return ('on' in data ? data.on : undefined) ?? isoOf(londonMoment(time ?? '').day);
}
