/**
 * What is told of its feeds to whoever has just sent events: what is missing, by the register and by all that came
 * since the start, which the register need not hold yet. What is in both counts once.
 */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { feedStanding, type FeedStanding } from '../../projections/feedRegister/feedStanding.ts';
import { evolveFeed, feedsOf, joinedFeed, newFeed, type FeedState } from '../../projections/feedRegister/feedState.ts';
import { highestNumber } from '../../projections/feedRegister/receivedNumbers.ts';
import type { FeedRegister } from './feedRegister.ts';
import { dayIn } from './readFeeds.ts';
import type { EventOutcome } from './recordEvents.ts';

/** Of what is sent at once so many feeds are told of: one sender has few. */
const FEEDS_TOLD = 100;
/** Gaps, and runs of missing periods, that are named of each. */
const LISTED = 10;
/** Feeds of which is remembered what came: the register holds what came longer ago. */
const FEEDS_REMEMBERED = 300;

/** What came of each feed by this process lately: numbers, days and what is expected, not how often. */
export type LatelySent = Map<string, FeedState>;

export interface SentFeeds {
  /** Takes note of what became of some events: the outcomes are theirs, by index. */
  add(candidates: readonly unknown[], outcomes: readonly EventOutcome[]): void;
  /**
   * How the feeds stand of which an event is recorded, now or before; feeds of which nothing can be missed are left out.
   * Null where that cannot be told now: what was recorded is recorded all the same.
   */
  told(): Promise<readonly FeedStanding[] | null>;
}

/** Memory is bounded by the number of feeds, whatever the number of events. `lately` is that of all senders. */
export function sentFeeds({
  register,
  lately,
  now,
  onFailure,
}: {
  register: FeedRegister;
  lately: LatelySent;
  now: () => Date;
  onFailure: (error: unknown) => void;
}): SentFeeds {
  const sources = new Set<string>();
  return {
    add(candidates, outcomes) {
      for (const { index, source, outcome } of outcomes) {
        if (outcome === 'refused' || source === null) continue;
        if (sources.size < FEEDS_TOLD) sources.add(source);
        // What was recorded follows its contract.
        remember(lately, candidates[index] as ActivityEvent);
      }
    },
    async told() {
      if (sources.size === 0) return [];
      let known: ReadonlyMap<string, FeedState>;
      try {
        known = await register.find(sources);
      } catch (error) {
        onFailure(error);
        return null;
      }
      const today = dayIn(now());
      return [...sources]
        .sort()
        .map((source) => joinedFeed(known.get(source) ?? newFeed(source), lately.get(source) ?? newFeed(source)))
        .filter(({ expectation, numbers }) => expectation !== null || highestNumber(numbers) > 0)
        .map((state) => feedStanding(state, 0, today, LISTED));
    },
  };
}

function remember(lately: LatelySent, event: ActivityEvent): void {
  const given = { recordedAt: '', event, parked: false };
  // An event about another feed is remembered of both.
  for (const source of feedsOf(given)) {
    const before = lately.get(source);
    if (before === undefined && lately.size >= FEEDS_REMEMBERED) forgetOldest(lately);
    lately.set(source, evolveFeed(before ?? newFeed(source), given));
  }
}

function forgetOldest(lately: LatelySent): void {
  for (const oldest of lately.keys()) {
    lately.delete(oldest);
    return;
  }
}
