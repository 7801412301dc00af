/** Feeds as CSV: one row each; gaps and missing periods are in words. */
import type { FeedReport } from '../app/readFeeds.ts';
import { csvOf, type Cell } from './csv.ts';

type Feed = FeedReport['feeds'][number];

/** The columns, in order. */
const CSV_COLUMNS: Readonly<Record<string, (feed: Feed, report: FeedReport) => Cell>> = {
  source: (f) => f.source,
  authority: (f) => f.authority?.code ?? null,
  state: (f) => f.state,
  judged_on: (_, report) => report.on,
  cadence: (f) => f.expectation?.cadence ?? null,
  grace_days: (f) => f.expectation?.graceDays ?? null,
  kinds: (f) => f.expectation?.kinds?.join(' ') ?? null,
  expected_from: (f) => f.expectation?.from ?? null,
  expected_until: (f) => f.expectation?.until ?? null,
  due_by: (f) => f.dueBy,
  overdue_periods: (f) => f.overduePeriods,
  missing_periods: (f) => f.missing.periods,
  events: (f) => f.events,
  first_received: (f) => f.firstReceived,
  last_received: (f) => f.lastReceived,
  first_day: (f) => f.firstDay,
  last_day: (f) => f.lastDay,
  highest_sequence: (f) => f.sequence?.highest ?? null,
  missing_sequence: (f) => f.sequence?.missing ?? null,
  repeated_sequence: (f) => f.sequence?.repeats ?? null,
  parked: (f) => f.parked,
  says: (f) => f.says.join('; '),
  knowledge_position: (_, report) => report.position,
};

/** The feeds of a report as CSV with a header. */
export const feedsCsv = (report: FeedReport): string =>
  csvOf(
    Object.keys(CSV_COLUMNS),
    report.feeds.map((feed) => Object.values(CSV_COLUMNS).map((cell) => cell(feed, report))),
  );
