/** Whether what is expected of a feed has come, judged on a day. */
import type { FactKind } from '../../contracts/activityEvent.ts';
import {
  duePeriodLabel,
  duePeriodOf,
  duePeriods,
  periodsInWords,
  type RegularCadence,
} from '../../src/domain/cadence.ts';
import { dayOf, longDate, windowLabel, type DayWindow } from '../../src/domain/periods.ts';
import { extentOf, joinedDays, nextCovered, nextUncovered, type CoveredDays } from './coveredDays.ts';
import type { Expectation, FeedState } from './feedState.ts';

/**
 * | state | what it says |
 * |---|---|
 * | `on-time` | all periods that have ended have data |
 * | `due` | a period has ended, and there are days left to send its data |
 * | `overdue` | data came, and those of at least one period since should have come by now |
 * | `never-received` | no data ever came, and some should have by now |
 * | `ended` | all has come that is expected, and nothing more is |
 * | `no-expectation` | nobody has said what is due |
 */
export const FEED_STATES = ['on-time', 'due', 'overdue', 'never-received', 'ended', 'no-expectation'] as const;
export type FeedStateWord = (typeof FEED_STATES)[number];

/** Periods that follow one another, of which there are no data. */
export interface MissingPeriods {
  /** Data of which kind; null where any would do. */
  readonly kind: FactKind | null;
  readonly window: DayWindow;
  readonly periods: number;
}

export interface Dueness {
  readonly state: FeedStateWord;
  /** Periods after the last data whose data should have come by now. */
  readonly overduePeriods: number;
  /** The last day on which the next data come in time; null where none are expected. */
  readonly dueBy: number | null;
  /** Periods without data from the first that is due to the last of which there are data. */
  readonly missing: readonly MissingPeriods[];
  readonly says: readonly string[];
}

/** From bad to good: of several kinds, the worst stands for the feed. */
const WORST_FIRST: readonly FeedStateWord[] = ['never-received', 'overdue', 'due', 'on-time', 'ended'];

/** @param today days since 1970-01-01, Europe/London */
export function duenessOf({ days, expectation }: FeedState, today: number): Dueness {
  const all = days.reduce<CoveredDays>((sum, [, more]) => joinedDays(sum, more), []);
  if (expectation === null) {
    const says = ['nobody has said how often its data are due'];
    return { state: 'no-expectation', overduePeriods: 0, dueBy: null, missing: [], says };
  }
  const { cadence, kinds } = expectation;
  if (cadence === 'irregular') return irregular(expectation, all, today);
  const parts =
    kinds === undefined
      ? [partOf(expectation, cadence, null, all, today)]
      : [...kinds]
          .sort()
          .map((kind) => partOf(expectation, cadence, kind, days.find(([held]) => held === kind)?.[1] ?? [], today));
  const worst = parts.toSorted(
    (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) || b.overduePeriods - a.overduePeriods,
  );
  const { state, overduePeriods, dueBy } = worst[0] as Dueness;
  // What is well is said once, where nothing is worse.
  const telling = worst.filter((part, at) => at === 0 || part.overduePeriods > 0 || part.state === 'due');
  return {
    state,
    overduePeriods,
    dueBy,
    missing: parts.flatMap(({ missing }) => missing),
    says: telling.flatMap(({ says }) => says),
  };
}

function irregular({ until }: Expectation, days: CoveredDays, today: number): Dueness {
  const latest = extentOf(days);
  const nothing = { overduePeriods: 0, dueBy: null, missing: [] };
  const since = latest === null ? 'nothing has come yet' : `the last data are of ${longDate(latest.last)}`;
  if (until !== undefined && dayOf(until) < today)
    return { ...nothing, state: 'ended', says: [`ended on ${longDate(dayOf(until))}; ${since}`] };
  return { ...nothing, state: 'on-time', says: [`nothing is due at a set time; ${since}`] };
}

function partOf(
  { from, until, graceDays }: Expectation,
  cadence: RegularCadence,
  kind: FactKind | null,
  days: CoveredDays,
  today: number,
): Dueness {
  const first = duePeriodOf(cadence, dayOf(from));
  const last = until === undefined ? Infinity : duePeriodOf(cadence, dayOf(until));
  const extent = extentOf(days);
  const latest = extent === null ? null : duePeriodOf(cadence, extent.last);
  const awaited = Math.max(first, latest === null ? first : latest + 1);
  const missing = missingPeriods(cadence, kind, days, first, Math.min(latest ?? first - 1, last));
  const label = (period: number): string => duePeriodLabel(cadence, period);
  const of = kind === null ? '' : ` of ${kind}`;
  if (awaited > last) {
    const says = [`${kind === null ? '' : `${kind} `}ended with ${label(last)}; nothing more is due`];
    return { state: 'ended', overduePeriods: 0, dueBy: null, missing, says };
  }
  const dueBy = duePeriods(cadence, awaited, awaited).last + graceDays;
  const lastOverdue = Math.min(duePeriodOf(cadence, today - graceDays) - 1, last);
  const overduePeriods = Math.max(0, lastOverdue - awaited + 1);
  const common = { overduePeriods, dueBy, missing };
  if (overduePeriods > 0) {
    const overdue = `${periodsInWords(cadence, overduePeriods)} overdue`;
    // Data of before the first period that is due are data all the same.
    return latest === null
      ? {
          ...common,
          state: 'never-received',
          says: [`nothing${of} has ever come: due from ${label(first)}, ${overdue}`],
        }
      : { ...common, state: 'overdue', says: [`nothing${of} since ${label(latest)}: ${overdue}`] };
  }
  const next = `${label(awaited)}${of} is due by ${longDate(dueBy)}`;
  if (awaited < duePeriodOf(cadence, today)) return { ...common, state: 'due', says: [next] };
  const latestData = latest === null ? 'nothing has come yet' : `the latest data${of} are of ${label(latest)}`;
  return { ...common, state: 'on-time', says: [`${latestData}; ${next}`] };
}

/** The periods from one to another of which no day is covered. */
function missingPeriods(
  cadence: RegularCadence,
  kind: FactKind | null,
  days: CoveredDays,
  from: number,
  to: number,
): MissingPeriods[] {
  const found: { first: number; last: number }[] = [];
  let period = from;
  // From one covered stretch to the next: a century of days may be one stretch.
  while (period <= to) {
    const covered = nextCovered(days, duePeriods(cadence, period, period).first);
    const next = covered === null ? Infinity : duePeriodOf(cadence, covered);
    const last = Math.min(next - 1, to);
    if (last >= period) found.push({ first: period, last });
    if (covered === null) break;
    period = Math.max(next + 1, duePeriodOf(cadence, nextUncovered(days, covered)));
  }
  return found.map(({ first, last }) => ({
    kind,
    window: duePeriods(cadence, first, last),
    periods: last - first + 1,
  }));
}

/** `no data for Jun 2020 to Mar 2021`. */
export const missingInWords = ({ kind, window }: MissingPeriods): string =>
  `no ${kind === null ? 'data' : kind} for ${windowLabel(window)}`;
