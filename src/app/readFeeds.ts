/** The register of feeds as it is reported: every feed as it stands now, or one. */
import { feedStanding, type FeedStanding } from '../../projections/feedRegister/feedStanding.ts';
import { isoOf, londonMoment } from '../domain/periods.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { FeedRegister } from './feedRegister.ts';
import type { ParkedEvent } from './parked.ts';

export interface FeedReport {
  /** Events of the log that are in the register. */
  readonly position: number;
  /** The day on which it was judged what is due. */
  readonly on: string;
  readonly feeds: readonly FeedStanding[];
  /** After which source more may be asked for; null where there are none. */
  readonly next: string | null;
}

interface FeedPorts {
  readonly register: FeedRegister;
  readonly parked: () => readonly ParkedEvent[];
  readonly now: () => Date;
}

/** Gaps, and runs of missing periods, that are listed of one feed among others, and of one by itself. */
const LISTED_AMONG_OTHERS = 10;
const LISTED_ALONE = 1_000;

/** The day in London, in days since 1970-01-01. */
export const dayIn = (now: Date): number => londonMoment(now.toISOString()).day;

/** Feeds that are answered at a time. */
export const PAGE_FEEDS = 1_000;

/** At most `PAGE_FEEDS` feeds by source, from the first after `after` on. */
export async function readFeeds({ register, parked, now }: FeedPorts, after: string | null): Promise<FeedReport> {
  const today = dayIn(now());
  const position = (await register.checkpoint())?.ordinal ?? 0;
  const unread = new Map<string, number>();
  for (const { source } of parked()) unread.set(source, (unread.get(source) ?? 0) + 1);
  const feeds = (await register.list(after, PAGE_FEEDS)).map((state) =>
    feedStanding(state, unread.get(state.source) ?? 0, today, LISTED_AMONG_OTHERS),
  );
  return { position, on: isoOf(today), feeds, next: feeds.length < PAGE_FEEDS ? null : (feeds.at(-1)?.source ?? null) };
}

export interface FeedTotals {
  /** Feeds of which data should have come by now and have not. */
  readonly overdue: number;
  /** Sequence numbers below the highest of their feed that never came. */
  readonly missingNumbers: number;
}

/** What an operator watches, of all feeds. */
export async function feedTotals(ports: FeedPorts): Promise<FeedTotals> {
  let [overdue, missingNumbers] = [0, 0];
  for (let after: string | null | undefined; after !== null;) {
    const { feeds, next }: FeedReport = await readFeeds(ports, after ?? null);
    overdue += feeds.filter(({ state }) => state === 'overdue' || state === 'never-received').length;
    for (const { sequence } of feeds) missingNumbers += sequence?.missing ?? 0;
    after = next;
  }
  return { overdue, missingNumbers };
}

/** One feed. Throws LedgerError `not-found` where nothing came of it and nothing is expected of it. */
export async function readFeed({ register, parked, now }: FeedPorts, source: string): Promise<FeedReport> {
  const today = dayIn(now());
  const position = (await register.checkpoint())?.ordinal ?? 0;
  const state = (await register.find([source])).get(source);
  if (state === undefined) {
    throw new LedgerError('not-found', `No feed is called "${source.slice(0, 200)}".`, {
      hint: '"outcomes feeds" and /v1/feeds list those of which something came or is expected.',
    });
  }
  const unread = parked().filter((event) => event.source === source).length;
  return { position, on: isoOf(today), feeds: [feedStanding(state, unread, today, LISTED_ALONE)], next: null };
}
