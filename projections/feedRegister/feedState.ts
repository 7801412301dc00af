/**
 * What the register knows of one feed: a fold over the events of the log that are of it or about it, in log order. It
 * says what came, not what counts: a correction or retraction changes no more than any other event of its feed does.
 */
import {
  FACT_KINDS,
  typeOf,
  type ActivityEvent,
  type EventOf,
  type FactBody,
  type FactKind,
} from '../../contracts/activityEvent.ts';
import { sequenceField } from '../../contracts/fields.ts';
import { dayOf, londonMoment, windowOf } from '../../src/domain/periods.ts';
import { remembering } from '../../src/domain/remembering.ts';
import { daysIn, joinedDays, type CoveredDays } from './coveredDays.ts';
import { joinedNumbers, NO_NUMBERS, holdsNumber, withNumber, type ReceivedNumbers } from './receivedNumbers.ts';

/** What somebody said is to be expected, and where: the event's time, source and id. */
export interface Expectation extends Omit<EventOf<'feed.expected'>['data'], 'feed'> {
  readonly said: { readonly time: string; readonly source: string; readonly id: string };
}

export interface FeedState {
  readonly source: string;
  /** Events in the log, of whichever type. */
  readonly events: number;
  /** When the log recorded the earliest and the latest; null where nothing has come. */
  readonly received: { readonly first: string; readonly last: string } | null;
  /** By kind of data, in order of their names, the days that they speak of. */
  readonly days: readonly (readonly [kind: FactKind, days: CoveredDays])[];
  readonly numbers: ReceivedNumbers;
  readonly expectation: Expectation | null;
}

/** An event of a log. One that is parked may be anything, apart from being an object with a source. */
export interface FeedEvent {
  readonly recordedAt: string;
  readonly event: ActivityEvent;
  readonly parked: boolean;
}

export const newFeed = (source: string): FeedState => ({
  source,
  events: 0,
  received: null,
  days: [],
  numbers: NO_NUMBERS,
  expectation: null,
});

/** The feeds that an event is of or about: whose states it changes. */
export function feedsOf({ event, parked }: FeedEvent): readonly string[] {
  const { source } = event;
  if (parked || event.type !== EXPECTED || event.data.feed === source) return [source];
  return [source, event.data.feed];
}
const EXPECTED = 'org.outcome-ledger.feed.expected.v1';

/** The state of a feed after an event that is of it or about it. */
export function evolveFeed(state: FeedState, given: FeedEvent): FeedState {
  const { event } = given;
  const after = event.source === state.source ? received(state, given) : state;
  if (given.parked || event.type !== EXPECTED || event.data.feed !== state.source) return after;
  const { feed: _, ...data } = event.data;
  const { time, source, id } = event;
  return { ...after, expectation: later(after.expectation, { ...data, said: { time, source, id } }) };
}

/**
 * What is known of a feed by either of two accounts, of which the second may hold events that the first holds already:
 * numbers, days and the expectation are right, counts and times are those of the first.
 */
export function joinedFeed(a: FeedState, b: FeedState): FeedState {
  let { days } = a;
  for (const [kind, added] of b.days) days = withDays(days, kind, added);
  return {
    ...a,
    days,
    numbers: joinedNumbers(a.numbers, b.numbers),
    expectation: b.expectation === null ? a.expectation : later(a.expectation, b.expectation),
  };
}

/** Runs for every event: the object is written out, which is much quicker than a copy by spreading. */
function received(state: FeedState, { recordedAt, event, parked }: FeedEvent): FeedState {
  return {
    source: state.source,
    events: state.events + 1,
    received: timesWith(state.received, recordedAt),
    days: parked ? state.days : daysWith(state.days, event),
    numbers: numbersWith(state.numbers, event, parked),
    expectation: state.expectation,
  };
}

/** The log's clock may have been put back. */
function timesWith(times: FeedState['received'], recordedAt: string): FeedState['received'] {
  if (times === null) return { first: recordedAt, last: recordedAt };
  const { first, last } = times;
  if (recordedAt >= first && recordedAt <= last) return times;
  return recordedAt < first ? { first: recordedAt, last } : { first, last: recordedAt };
}

function numbersWith(numbers: ReceivedNumbers, event: ActivityEvent, parked: boolean): ReceivedNumbers {
  const { sequence } = event;
  if (sequence === undefined) return numbers;
  // What could not be read has come all the same. It may be a copy of an event that has: that is no second one.
  if (parked && (!sequenceField.safeParse(sequence).success || holdsNumber(numbers, Number(sequence)))) return numbers;
  return withNumber(numbers, Number(sequence));
}

const KINDS: ReadonlyMap<string, FactKind> = new Map(FACT_KINDS.map((kind) => [typeOf(kind), kind]));

/** With the days that an event states data of. */
function daysWith(days: FeedState['days'], event: ActivityEvent): FeedState['days'] {
  if (event.type === EXPECTED || event.type === 'org.outcome-ledger.fact.retracted.v1') return days;
  const body = event.type === 'org.outcome-ledger.fact.corrected.v1' ? event.data.replacement : event;
  const kind = KINDS.get(body.type);
  return kind === undefined ? days : withDays(days, kind, daysOf(body));
}

const WINDOWS_KEPT = 1_000;
/** Reports speak of the same windows again and again. */
const daysOfWindow = remembering(WINDOWS_KEPT, (window): CoveredDays => daysIn(windowOf(window)));

function daysOf({ data, time }: FactBody): CoveredDays {
  if ('window' in data) return daysOfWindow(data.window);
  const day = 'on' in data && data.on !== undefined ? dayOf(data.on) : londonMoment(time ?? '').day;
  return daysIn({ first: day, last: day });
}

function withDays(all: FeedState['days'], kind: FactKind, added: CoveredDays): FeedState['days'] {
  const at = all.findIndex(([held]) => held >= kind);
  const place = at < 0 ? all.length : at;
  const entry = all[place];
  const isHeld = entry !== undefined && entry[0] === kind;
  const days = joinedDays(isHeld ? entry[1] : [], added);
  if (isHeld && days === entry[1]) return all;
  return [...all.slice(0, place), [kind, days], ...all.slice(isHeld ? place + 1 : place)];
}

/** Of two, the one that was said later; of two said at one time, always the same one. */
function later(a: Expectation | null, b: Expectation): Expectation {
  if (a === null) return b;
  const [atA, atB] = [Date.parse(a.said.time), Date.parse(b.said.time)];
  if (atA !== atB) return atA > atB ? a : b;
  return nameOf(a) > nameOf(b) ? a : b;
}
const nameOf = ({ said: { source, id } }: Expectation): string => `${source}\n${id}`;
