/**
 * What is told of its feeds to whoever has just sent events: what is missing, by all that was taken in before and by
 * what came now, which the register need not hold yet.
 */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { feedStanding, type FeedStanding } from '../../projections/feedRegister/feedStanding.ts';
import { evolveFeed, joinedFeed, newFeed, type FeedState } from '../../projections/feedRegister/feedState.ts';
import type { FeedRegister } from './feedRegister.ts';
import { dayIn } from './readFeeds.ts';
import type { EventOutcome } from './recordEvents.ts';

/** Of what is sent at once so many feeds are told of: one sender has few. */
const FEEDS_TOLD = 100;
/** Gaps, and runs of missing periods, that are named of each. */
const LISTED = 10;

export interface SentFeeds {
  /** Takes note of what became of some events: the outcomes are theirs, by index. */
  add(candidates: readonly unknown[], outcomes: readonly EventOutcome[]): void;
  /**
   * How the feeds stand of which an event is recorded, now or before; feeds of which nothing can be missed are left out.
   * Null where that cannot be told now: what was recorded is recorded all the same.
   */
  told(): Promise<readonly FeedStanding[] | null>;
}

/** Memory is bounded by the number of feeds, whatever the number of events. */
export function sentFeeds({
  register,
  now,
  onFailure,
}: {
  register: FeedRegister;
  now: () => Date;
  onFailure: (error: unknown) => void;
}): SentFeeds {
  const sent = new Map<string, FeedState>();
  return {
    add(candidates, outcomes) {
      for (const { index, source, outcome } of outcomes) {
        if (outcome === 'refused' || source === null || (sent.size >= FEEDS_TOLD && !sent.has(source))) continue;
        // What was recorded follows its contract.
        const event = candidates[index] as ActivityEvent;
        sent.set(source, evolveFeed(sent.get(source) ?? newFeed(source), { recordedAt: '', event, parked: false }));
      }
    },
    async told() {
      if (sent.size === 0) return [];
      let known: ReadonlyMap<string, FeedState>;
      try {
        known = await register.find(sent.keys());
      } catch (error) {
        onFailure(error);
        return null;
      }
      const today = dayIn(now());
      return [...sent]
        .map(([source, state]) => joinedFeed(known.get(source) ?? newFeed(source), state))
        .map((state) => feedStanding(state, 0, today, LISTED))
        .filter(({ expectation, sequence }) => expectation !== null || sequence !== null)
        .sort((a, b) => (a.source < b.source ? -1 : 1));
    },
  };
}
