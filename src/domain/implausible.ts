/** What follows its contract and still cannot be so, or could be shown nowhere. */
import { isActivity, kindOf, type ActivityEvent, type FactBody, type FactKind } from '../../contracts/activityEvent.ts';
import type { Fault } from '../../contracts/errors.ts';
import { DAY_MS, dayOf, granularityOf, windowOf } from './periods.ts';

/** The last moment, and the last day, that an event may speak of. */
export interface Latest {
  readonly ms: number;
  readonly day: number;
}

/** A day after an event was recorded: clocks differ, and so do zones. */
export function latestAfter(recorded: Date): Latest {
  const ms = recorded.getTime() + DAY_MS;
  return { ms, day: Math.floor(ms / DAY_MS) };
}

/** The first of an event's faults, with its place in the event; null where there is none. */
export const implausible = (event: ActivityEvent, latest: Latest): Fault | null =>
  futureFault(event, latest) ?? pastFault(event) ?? placementFault(event);

/** What can be known before its day: projections of a population, an authority that is to come, a timetable. */
const MAY_COME: ReadonlySet<string> = new Set([
  'reference.population',
  'reference.deprivation',
  'reference.neighbours',
  'place.described',
  'place.succeeded',
  'mobile-stop.scheduled',
]);

/** Nothing can have happened, been counted or been found so later than tomorrow. */
function futureFault(event: ActivityEvent, latest: Latest): Fault | null {
  const future = (pointer: string): Fault => ({ message: 'lies in the future', pointer });
  if (event.time !== undefined && Date.parse(event.time) > latest.ms) return future('/time');
  const { body, pointer } = bodyOf(event);
  if (body === null) return null;
  if (body.time !== undefined && Date.parse(body.time) > latest.ms) return future(`${pointer}/time`);
  const { data } = body;
  if ('window' in data && windowOf(data.window).last > latest.day) return future(`${pointer}/data/window`);
  const on = 'on' in data ? data.on : undefined;
  if (on !== undefined && !MAY_COME.has(kindOf(body.type)) && dayOf(on) > latest.day)
    return future(`${pointer}/data/on`);
  return null;
}

const FIRST_YEAR = 1990;
/**
 * Activity is kept month by month for every place from the first month on: one date of 1950, mistyped for 2050 or
 * 2015, would make room for seven hundred months that nobody reported.
 */
function pastFault(event: ActivityEvent): Fault | null {
  const { body, pointer } = bodyOf(event);
  if (body === null || !isActivity(kindOf(body.type) as FactKind)) return null;
  const past = (at: string): Fault => ({
    message: `lies before ${FIRST_YEAR}: older activity can be quoted as figure.published`,
    pointer: at,
  });
  const { data } = body;
  if ('window' in data) return Number(data.window.slice(0, 4)) < FIRST_YEAR ? past(`${pointer}/data/window`) : null;
  const [when, at] = 'on' in data && data.on !== undefined ? [data.on, '/data/on'] : [body.time ?? '', '/time'];
  return Number(when.slice(0, 4)) < FIRST_YEAR ? past(`${pointer}${at}`) : null;
}

/** The fact that an event states, and where in the event it stands: a retraction or an expectation states none. */
function bodyOf(event: ActivityEvent): { body: FactBody | null; pointer: string } {
  if ('replacement' in event.data)
    return { body: (event.data as { replacement: FactBody }).replacement, pointer: '/data/replacement' };
  return { body: 'target' in event.data || 'feed' in event.data ? null : (event as FactBody), pointer: '' };
}

/** A count must lie in one month, quarter, half or financial year: anything else could be shown nowhere. */
function placementFault(event: ActivityEvent): Fault | null {
  const { body, pointer } = bodyOf(event);
  if (body === null) return null;
  const { data } = body;
  if (!('window' in data) || 'statistic' in data || ('method' in data && data.method === 'sample-week')) return null;
  if (granularityOf(windowOf(data.window)) !== null) return null;
  return {
    message:
      'must lie within one month, or be whole months within one quarter, half or financial year (April to March)',
    pointer: `${pointer}/data/window`,
  };
}
