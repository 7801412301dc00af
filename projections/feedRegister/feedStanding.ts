/** How a feed stands, as it is reported to whoever sends it: when what came last, what is due, and what never came. */
import type { FactKind } from '../../contracts/activityEvent.ts';
import { AUTHORITY_CODE } from '../../contracts/vocabulary.ts';
import { isoOf } from '../../src/domain/periods.ts';
import { placeName } from '../../src/domain/places.ts';
import { extentOf } from './coveredDays.ts';
import { duenessOf, missingInWords, type FeedStateWord, type MissingPeriods } from './dueness.ts';
import type { Expectation, FeedState } from './feedState.ts';
import {
  highestNumber,
  missingNumbers,
  type MissingNumbers,
  type ReceivedNumbers,
  type Run,
} from './receivedNumbers.ts';

/** Days are ISO dates, times ISO 8601 UTC. */
export interface FeedStanding {
  readonly source: string;
  /** The authority whose code stands in the source. */
  readonly authority: { readonly code: string; readonly name: string } | null;
  readonly events: number;
  readonly firstReceived: string | null;
  readonly lastReceived: string | null;
  /** The first and the last day that its data speak of. */
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly expectation: Expectation | null;
  readonly state: FeedStateWord;
  readonly overduePeriods: number;
  readonly dueBy: string | null;
  /** Periods without data, before those that are overdue. */
  readonly missing: {
    readonly periods: number;
    readonly runs: readonly { kind: FactKind | null; from: string; to: string; periods: number }[];
    readonly unlisted: number;
  };
  /** Null where the feed numbers nothing. */
  readonly sequence: {
    readonly highest: number;
    readonly missing: number;
    readonly gaps: readonly Run[];
    /** Missing numbers that lie in no gap listed. */
    readonly unlisted: number;
    readonly repeats: number;
    readonly repeated: readonly number[];
  } | null;
  /** Events that could not be read and that nobody has settled. */
  readonly parked: number;
  /** All of it that somebody should know, in words. */
  readonly says: readonly string[];
}

/** Sentences of one sort: the rest is counted. */
const SENTENCES = 10;

/**
 * @param today  days since 1970-01-01, Europe/London
 * @param listed gaps and runs of missing periods that are listed, at most
 */
export function feedStanding(state: FeedState, parked: number, today: number, listed: number): FeedStanding {
  const { source, events, received, expectation, numbers } = state;
  const extents = state.days.flatMap(([, days]) => extentOf(days) ?? []);
  const dueness = duenessOf(state, today);
  const { missing } = dueness;
  const runs = missing.slice(0, listed);
  const missed = missingNumbers(numbers);
  return {
    source,
    authority: authorityIn(source),
    events,
    firstReceived: received?.first ?? null,
    lastReceived: received?.last ?? null,
    firstDay: extents.length === 0 ? null : isoOf(Math.min(...extents.map(({ first }) => first))),
    lastDay: extents.length === 0 ? null : isoOf(Math.max(...extents.map(({ last }) => last))),
    expectation,
    state: dueness.state,
    overduePeriods: dueness.overduePeriods,
    dueBy: dueness.dueBy === null ? null : isoOf(dueness.dueBy),
    missing: {
      periods: periodsIn(missing),
      runs: runs.map(({ kind, window, periods }) => ({
        kind,
        from: isoOf(window.first),
        to: isoOf(window.last),
        periods,
      })),
      unlisted: periodsIn(missing) - periodsIn(runs),
    },
    sequence: sequenceOf(numbers, missed, listed),
    parked,
    says: [
      ...dueness.says,
      ...shortened(missing.map(missingInWords)),
      ...gapsInWords(missed),
      ...repeatsInWords(numbers),
      ...(parked === 0 ? [] : [`${eventsInWords(parked)} could not be read`]),
    ],
  };
}

/** A source names its authority by a GSS code between colons or slashes: `urn:library:E08000021:lms`. */
function authorityIn(source: string): FeedStanding['authority'] {
  const code = source.split(/[:/]/).find((part) => AUTHORITY_CODE.test(part));
  return code === undefined ? null : { code, name: placeName(code) };
}

const periodsIn = (runs: readonly MissingPeriods[]): number => runs.reduce((sum, { periods }) => sum + periods, 0);

function sequenceOf(numbers: ReceivedNumbers, missed: MissingNumbers, listed: number): FeedStanding['sequence'] {
  const highest = highestNumber(numbers);
  if (highest === 0) return null;
  const gaps = missed.gaps.slice(0, listed);
  const inGaps = gaps.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const { repeats, repeated } = numbers;
  return { highest, missing: missed.count, gaps, unlisted: missed.count - inGaps, repeats, repeated };
}

function gapsInWords({ gaps, beyond, listedTo }: MissingNumbers): string[] {
  const said = gaps.map(({ first, last }) =>
    first === last ? `event ${first} never came` : `events ${first}–${last} never came`,
  );
  const rest = beyond === 0 ? [] : [`of the numbers above ${listedTo}, ${beyond} never came`];
  return [...shortened(said), ...rest];
}

function repeatsInWords({ repeats, repeated }: ReceivedNumbers): string[] {
  if (repeats === 0) return [];
  const shown = repeated.slice(0, SENTENCES);
  const more = repeated.length > shown.length ? ' and others' : '';
  return [`${shown.length === 1 ? 'number' : 'numbers'} ${shown.join(', ')}${more} came on more than one event`];
}

const eventsInWords = (count: number): string => `${count} event${count === 1 ? '' : 's'}`;

const shortened = (sentences: readonly string[]): string[] =>
  sentences.length <= SENTENCES
    ? [...sentences]
    : [...sentences.slice(0, SENTENCES), `and ${sentences.length - SENTENCES} more such gaps`];
