/** What `outcomes feeds` prints for a person. */
import type { FeedReport } from '../app/readFeeds.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { longDate, dayOf } from '../domain/periods.ts';

type Feed = FeedReport['feeds'][number];

const whole = (n: number): string => formatNumber(n, 0);

/** Feeds, each with its state, what came, and all that is missing. */
export function showFeeds({ feeds, on, position }: FeedReport): string {
  const judged = `Judged on ${longDate(dayOf(on))}, knowledge position ${whole(position)}.`;
  if (feeds.length === 0) return `No feed is known: nothing was recorded yet.\n${judged}`;
  return [...feeds.flatMap(linesOf), judged].join('\n');
}

function linesOf(feed: Feed): string[] {
  const { source, authority, state, says } = feed;
  const owner = authority === null || authority.name === authority.code ? '' : ` (${authority.name})`;
  return [`${source}${owner}: ${state}`, `  ${cameInWords(feed)}`, ...says.map((sentence) => `  ${sentence}`)];
}

function cameInWords({ events, firstReceived, lastReceived, firstDay, lastDay, expectation }: Feed): string {
  const day = (time: string): string => longDate(dayOf(time.slice(0, 10)));
  const came =
    firstReceived === null || lastReceived === null
      ? 'no events'
      : `${whole(events)} ${events === 1 ? 'event' : 'events'}, received ${day(firstReceived)} to ${day(lastReceived)}`;
  const data = firstDay === null || lastDay === null ? 'no data' : `data of ${day(firstDay)} to ${day(lastDay)}`;
  const due =
    expectation === null
      ? ''
      : `; ${expectation.cadence}, ${whole(expectation.graceDays)} days of grace, from ${day(expectation.from)}`;
  return `${came}; ${data}${due}`;
}
