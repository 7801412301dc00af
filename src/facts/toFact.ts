/** Event → fact: the one place that knows which field of which contract becomes which column. */
import { kindOf, type ActivityEvent, type FactBody, type FactKind } from '../../contracts/activityEvent.ts';
import { DIMENSIONS, RENAMED_FIELDS, type Dimension } from '../../contracts/dimensions.ts';
import type { Absence } from '../../contracts/vocabulary.ts';
import { dayOf, granularityOf, londonMoment, windowOf } from '../domain/periods.ts';
import { emptyFact, type Amendment, type Fact, type Figure } from '../domain/fact.ts';
import { factIdentity } from './identity.ts';

/** A fact while it is made: one object, filled in, because this runs for every event of a replay. */
type Draft = { -readonly [K in keyof Fact]: Fact[K] };

/**
 * The fact of an event that follows its contract. Pure and total: every event makes exactly one fact, so that the
 * number of a fact in its store is the ordinal of its event in the log.
 */
export function toFact(event: ActivityEvent): Fact {
  const fact: Draft = emptyFact(factIdentity(event.source, event.id), 'retraction', event.source);
  if (event.type === 'org.outcome-ledger.fact.retracted.v1') {
    fact.day = londonMoment(event.time ?? '').day;
    fact.amends = amendmentOf(event.data.target, event.time ?? '');
  } else if (event.type === 'org.outcome-ledger.fact.corrected.v1') {
    fact.amends = amendmentOf(event.data.target, event.time ?? '');
    state(fact, event.data.replacement);
  } else if (event.type === 'org.outcome-ledger.feed.expected.v1') {
    fact.kind = 'expectation';
    fact.day = londonMoment(event.time).day;
  } else {
    state(fact, event);
  }
  return fact;
}

const amendmentOf = (target: { source: string; id: string }, time: string): Amendment => ({
  target: factIdentity(target.source, target.id),
  at: Date.parse(time),
});

/** Fills in what the body states. */
function state(fact: Draft, body: FactBody): void {
  const kind = kindOf(body.type) as FactKind;
  const { data } = body;
  fact.kind = kind;
  fact.place = body.subject;
  fact.quantity = 1;
  fact.dimensions = dimensionsOf(kind, data);
  if ('window' in data) {
    const window = windowOf(data.window);
    fact.day = window.first;
    fact.days = window.last - window.first + 1;
    if ('statistic' in data) {
      fact.grain = 'unplaced';
      fact.figure = figureOf(body.subject, data);
      return;
    }
    fact.grain = granularityOf(window) ?? 'unplaced';
    if ('answer' in data) return;
    fact.method = data.method;
    // A sample week may lie across two months: it belongs to the month of its first day.
    if (data.method === 'sample-week') fact.grain = 'month';
    fillCounts(fact, data);
  } else if ('mainOutcome' in data) {
    fact.day = data.on === undefined ? londonMoment(body.time ?? '').day : dayOf(data.on);
    fact.state = data.absent ?? 'counted';
    fact.quantity = data.attendance ?? 0;
  } else if ('on' in data) {
    fact.day = dayOf(data.on);
    if (body.time !== undefined) fact.second = londonMoment(body.time).second;
    fillStock(fact, data as Stock);
  } else {
    fact.day = londonMoment(body.time ?? '').day;
    if ('durationSeconds' in data && data.durationSeconds !== undefined) fact.seconds = data.durationSeconds;
    if ('participant' in data) fact.subject = data.participant;
    if ('person' in data && data.person !== undefined) fact.subject = data.person;
  }
}

/** The field of a count over a window that is its quantity; hours stand beside it, or alone. */
interface Counts {
  readonly absent?: Absence | undefined;
  readonly count?: number | undefined;
  readonly sessions?: number | undefined;
  readonly volunteers?: number | undefined;
  readonly pence?: number | undefined;
  readonly value?: number | undefined;
  readonly hours?: number | undefined;
}

function fillCounts(fact: Draft, data: Counts): void {
  if (data.absent !== undefined) return fillAbsence(fact, data.absent);
  const { value } = data;
  // A line that nobody reads yet may hold anything, such as 12.5 posts: what is no whole number is not added up.
  const whole = value !== undefined && Number.isInteger(value) ? value : NaN;
  fact.quantity = data.count ?? data.sessions ?? data.volunteers ?? data.pence ?? whole;
  // Hours have at most two decimals, so that seconds are whole and totals do not depend on the order of adding.
  if (data.hours !== undefined) fact.seconds = Math.round(data.hours * 3600);
}

/** What there is on a day, as far as a contract says a number of it. */
interface Stock {
  readonly absent?: Absence;
  readonly population?: number;
  readonly members?: number;
  readonly items?: number;
  readonly fte?: number;
}

/** Full-time equivalents are no whole number, and stay in the event. */
function fillStock(fact: Draft, data: Stock): void {
  if (data.absent !== undefined) fillAbsence(fact, data.absent);
  else fact.quantity = data.fte === undefined ? (data.population ?? data.members ?? data.items ?? 1) : NaN;
}

function fillAbsence(fact: Draft, absent: Absence): void {
  fact.state = absent;
  fact.quantity = 0;
}

function figureOf(
  place: string,
  data: Extract<FactBody, { type: 'org.outcome-ledger.figure.published.v1' }>['data'],
): Figure {
  return {
    place,
    statistic: data.statistic,
    window: data.window,
    value: data.value,
    unit: data.unit,
    scope: data.scope,
    survey: data.survey,
    n: data.n ?? null,
    low: data.low ?? null,
    high: data.high ?? null,
    source: data.source,
    note: data.note ?? null,
    reference: data.reference ?? null,
  };
}

const IS_DIMENSION: ReadonlySet<string> = new Set(DIMENSIONS);

function dimensionsOf(kind: FactKind, data: FactBody['data']): Fact['dimensions'] {
  const dimensions: Partial<Record<Dimension, string>> = {};
  const renamed = RENAMED_FIELDS[kind];
  for (const field in data) {
    const name = renamed?.[field] ?? field;
    if (!IS_DIMENSION.has(name)) continue;
    const value = (data as Record<string, unknown>)[field];
    dimensions[name as Dimension] = typeof value === 'string' ? value : String(value);
  }
  return dimensions;
}
