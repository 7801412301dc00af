/**
 * Log → register of feeds, page by page after a checkpoint of its own. It follows the facts, which say what of the log
 * could not be read, and never runs ahead of them. Nothing is kept in memory between pages: whatever failed, the next
 * step goes on from the checkpoint.
 */
import { sourceField } from '../../contracts/fields.ts';
import {
  evolveFeed,
  feedsOf,
  newFeed,
  type FeedEvent,
  type FeedState,
} from '../../projections/feedRegister/feedState.ts';
import { wordsOf } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';
import type { FeedRegister } from './feedRegister.ts';
import { fingerprintOf } from './fingerprint.ts';
import { holdsMark } from './logMark.ts';
import type { Checkpoint, EventLog, StoredEvent } from './ports.ts';
import { BATCH_EVENTS } from './projector.ts';

export interface FeedProjector {
  /**
   * Takes in the page that the facts took in last. False, and nothing is taken in, where the register does not stand
   * before that page.
   */
  take(facts: FactStore, page: readonly StoredEvent[]): Promise<boolean>;
  /** Takes in one page of what the facts hold and the register does not. False when it stands where they do. */
  step(facts: FactStore): Promise<boolean>;
}

/** Its calls must follow one another. Errors are those of the log and the register. */
export function feedProjector({ log, register }: { log: EventLog; register: FeedRegister }): FeedProjector {
  async function commit(
    previous: Checkpoint | null,
    page: readonly StoredEvent[],
    facts: FactStore,
  ): Promise<Checkpoint | null> {
    const last = page.at(-1);
    if (last === undefined) return previous;
    const first = previous?.ordinal ?? 0;
    const events = feedEvents(facts, page, first);
    const states = new Map(await register.find(new Set(events.flatMap(feedsOf))));
    const changed = foldFeeds(states, events);
    const next = { ordinal: first + page.length, position: last.position, fingerprint: fingerprintOf(last) };
    await register.commit(
      previous,
      next,
      [...changed].map((source) => states.get(source) as FeedState),
    );
    return next;
  }

  /** The checkpoint, where it is of this log. */
  async function standing(): Promise<Checkpoint | null> {
    const at = await register.checkpoint();
    if (at === null || (await holdsMark(log, at))) return at;
    // That facts and figures are of this log was seen when they were opened: what is of another one is made again.
    await register.clear();
    return null;
  }

  return {
    async take(facts, page) {
      const at = await register.checkpoint();
      if ((at?.ordinal ?? 0) !== facts.rows() - page.length) return false;
      await commit(at, page, facts);
      return true;
    },
    async step(facts) {
      const at = await standing();
      const missing = facts.rows() - (at?.ordinal ?? 0);
      if (missing <= 0) return false;
      const page = await log.read(at?.position ?? null, Math.min(BATCH_EVENTS, missing));
      return ((await commit(at, page, facts))?.ordinal ?? 0) < facts.rows() && page.length > 0;
    },
  };
}

/**
 * Changes the states of the feeds that the events are of or about, and answers which those are. Any way of cutting a
 * log into such calls gives the same states.
 */
export function foldFeeds(states: Map<string, FeedState>, events: readonly FeedEvent[]): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const event of events) {
    for (const source of feedsOf(event)) {
      states.set(source, evolveFeed(states.get(source) ?? newFeed(source), event));
      changed.add(source);
    }
  }
  return changed;
}

/**
 * The events of a page that are of some feed. What names no feed, or lies in the stream of another, is of none: it is
 * parked under its position.
 * @param first row of the page's first event among the facts, which hold them all
 */
export function feedEvents(facts: FactStore, page: readonly StoredEvent[], first: number): FeedEvent[] {
  const parked = parkedRows(facts, first, first + page.length);
  return page.flatMap(({ recordedAt, event, foreignStream }, at) => {
    const isParked = parked.has(first + at);
    return isParked && !namesFeed(event, foreignStream) ? [] : [{ recordedAt, event, parked: isParked }];
  });
}

function namesFeed(event: unknown, foreignStream: string | undefined): boolean {
  const source = (event as { source?: unknown } | null)?.source;
  return sourceField.safeParse(source).success && (foreignStream === undefined || foreignStream === source);
}

function parkedRows(facts: FactStore, from: number, to: number): ReadonlySet<number> {
  const rows = new Set<number>();
  const code = wordsOf(facts.dictionaries, 'kind').find('parked');
  if (code === undefined || !facts.zones(from, to).some(({ kinds }) => kinds.includes(code))) return rows;
  for (const { first, rows: length, columns } of facts.chunks(() => ['kind'], from, to)) {
    for (let at = 0; at < length; at++) if ((columns.kind?.[at] ?? 0) === code) rows.add(first + at);
  }
  return rows;
}
