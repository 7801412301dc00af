/**
 * What the register knows of one feed: a fold over the events of the log that are of it or about it, in log order. It
 * says what came, not what counts: a correction or retraction changes no more than any other event of its feed does.
 */
import { kindOf, type ActivityEvent, type EventOf, type FactKind } from '../../contracts/activityEvent.ts';
import { sequenceField } from '../../contracts/fields.ts';
import { dayOf, londonMoment, windowOf, type DayWindow } from '../../src/domain/periods.ts';
import { joinedDays, withWindow, type CoveredDays } from './coveredDays.ts';
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
  for (const [kind, added] of b.days) days = withDays(days, kind, (held) => joinedDays(held, added));
  return {
    ...a,
    days,
    numbers: joinedNumbers(a.numbers, b.numbers),
    expectation: b.expectation === null ? a.expectation : later(a.expectation, b.expectation),
  };
}

function received(state: FeedState, { recordedAt, event, parked }: FeedEvent): FeedState {
  const { received: before } = state;
  const data = parked ? null : dataOf(event);
  return {
    ...state,
    events: state.events + 1,
    // The log's clock may have been put back.
    received:
      before === null
        ? { first: recordedAt, last: recordedAt }
        : {
            first: recordedAt < before.first ? recordedAt : before.first,
            last: recordedAt > before.last ? recordedAt : before.last,
          },
    numbers: numbersWith(state.numbers, event, parked),
    days: data === null ? state.days : withDays(state.days, data.kind, (days) => withWindow(days, data.window)),
  };
}

function numbersWith(numbers: ReceivedNumbers, event: ActivityEvent, parked: boolean): ReceivedNumbers {
  const { sequence } = event;
  if (sequence === undefined) return numbers;
  // What could not be read has come all the same. It may be a copy of an event that has: that is no second one.
  if (parked && (!sequenceField.safeParse(sequence).success || holdsNumber(numbers, Number(sequence)))) return numbers;
  return withNumber(numbers, Number(sequence));
}

/** Of what an event states data, and for which days; null where it states none. */
function dataOf(event: ActivityEvent): { kind: FactKind; window: DayWindow } | null {
  if (event.type === EXPECTED || event.type === 'org.outcome-ledger.fact.retracted.v1') return null;
  const body = event.type === 'org.outcome-ledger.fact.corrected.v1' ? event.data.replacement : event;
  const { data } = body;
  const kind = kindOf(body.type) as FactKind;
  if ('window' in data) return { kind, window: windowOf(data.window) };
  const day = 'on' in data ? dayOf(data.on) : londonMoment(body.time ?? '').day;
  return { kind, window: { first: day, last: day } };
}

function withDays(
  all: FeedState['days'],
  kind: FactKind,
  change: (days: CoveredDays) => CoveredDays,
): FeedState['days'] {
  const at = all.findIndex(([held]) => held >= kind);
  const [held, days] = all[at] ?? [undefined, []];
  const isHeld = held === kind;
  const changed = change(isHeld ? days : []);
  if (isHeld && changed === days) return all;
  const place = at < 0 ? all.length : at;
  return [...all.slice(0, place), [kind, changed], ...all.slice(isHeld ? place + 1 : place)];
}

/** Of two, the one that was said later; of two said at one time, always the same one. */
function later(a: Expectation | null, b: Expectation): Expectation {
  if (a === null) return b;
  const [atA, atB] = [Date.parse(a.said.time), Date.parse(b.said.time)];
  if (atA !== atB) return atA > atB ? a : b;
  return nameOf(a) > nameOf(b) ? a : b;
}
const nameOf = ({ said: { source, id } }: Expectation): string => `${source}\n${id}`;
