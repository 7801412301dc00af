/** Event → fact: the one place that knows which field of which contract becomes which column. */
import { kindOf, type ActivityEvent, type FactBody, type FactKind } from '../../contracts/activityEvent.ts';
import { DIMENSIONS, type Dimension } from '../../contracts/definition.ts';
import { dayOf, granularityOf, londonMoment, windowOf } from '../domain/periods.ts';
import type { Amendment, Fact, Figure } from './fact.ts';
import { identityOf } from './identity.ts';

/**
 * The fact of an event that follows its contract. Pure and total: every event makes exactly one fact, so that the
 * number of a fact in its store is the ordinal of its event in the log.
 */
export function toFact(event: ActivityEvent): Fact {
  const identity = identityOf(event.source, event.id);
  if (event.type === 'org.outcome-ledger.fact.retracted.v1') {
    return {
      ...NOTHING,
      identity,
      kind: 'retraction',
      source: event.source,
      day: londonMoment(event.time ?? '').day,
      amends: amendmentOf(event.data.target, event.time ?? ''),
    };
  }
  if (event.type === 'org.outcome-ledger.fact.corrected.v1') {
    return {
      ...rowOf(event.data.replacement),
      identity,
      source: event.source,
      amends: amendmentOf(event.data.target, event.time ?? ''),
    };
  }
  return { ...rowOf(event), identity, source: event.source, amends: null };
}

const amendmentOf = (target: { source: string; id: string }, time: string): Amendment => ({
  target: identityOf(target.source, target.id),
  at: Date.parse(time),
});

type Row = Omit<Fact, 'identity' | 'source' | 'amends'>;

const NOTHING: Row = {
  kind: 'retraction',
  place: '',
  day: 0,
  days: 1,
  grain: 'month',
  second: 0,
  method: '',
  state: 'counted',
  quantity: 0,
  seconds: NaN,
  subject: '',
  dimensions: {},
  figure: null,
};

function rowOf(body: FactBody): Row {
  const kind = kindOf(body.type) as FactKind;
  const { data } = body;
  const row: Row = { ...NOTHING, kind, place: body.subject, quantity: 1, dimensions: dimensionsOf(kind, data) };
  if ('statistic' in data) {
    return { ...row, ...windowFields(data.window), grain: 'unplaced', figure: figureOf(body.subject, data) };
  }
  if ('window' in data) {
    const numbers = quantitiesOf(data);
    return {
      ...row,
      ...windowFields(data.window),
      ...sampleGrain(data),
      method: data.method,
      state: data.absent ?? 'counted',
      ...numbers,
    };
  }
  if ('on' in data) {
    const second = body.time === undefined ? 0 : londonMoment(body.time).second;
    return { ...row, day: dayOf(data.on), second, ...('population' in data ? { quantity: data.population } : {}) };
  }
  const { day } = londonMoment(body.time ?? '');
  if ('attendance' in data || 'absent' in data) {
    return { ...row, day, state: data.absent ?? 'counted', quantity: data.attendance ?? 0 };
  }
  const seconds = 'durationSeconds' in data ? (data.durationSeconds ?? NaN) : NaN;
  const subject = 'participant' in data ? data.participant : 'person' in data ? data.person : '';
  return { ...row, day, seconds, subject };
}

function windowFields(interval: string): Pick<Row, 'day' | 'days' | 'grain'> {
  const window = windowOf(interval);
  return { day: window.first, days: window.last - window.first + 1, grain: granularityOf(window) ?? 'unplaced' };
}

/** A sample week may lie across two months: it belongs to the month of its first day. */
const sampleGrain = (data: { method: string }): Partial<Row> =>
  data.method === 'sample-week' ? { grain: 'month' } : {};

function quantitiesOf(data: {
  absent?: unknown;
  count?: number | undefined;
  sessions?: number | undefined;
  hours?: number | undefined;
}) {
  if (data.absent !== undefined) return { quantity: 0, seconds: NaN };
  const quantity = data.count ?? data.sessions ?? NaN;
  // Hours have at most two decimals, so that seconds are whole and totals do not depend on the order of adding.
  return { quantity, seconds: data.hours === undefined ? NaN : Math.round(data.hours * 3600) };
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

/** Contract fields whose dimension has another name, because two contracts use one word for different things. */
const RENAMED: Readonly<Partial<Record<FactKind, Readonly<Record<string, Dimension>>>>> = {
  'challenge.joined': { year: 'challengeYear' },
  'challenge.completed': { year: 'challengeYear' },
  'service-point.status': { kind: 'pointKind' },
};
const IS_DIMENSION: ReadonlySet<string> = new Set(DIMENSIONS);

function dimensionsOf(kind: FactKind, data: FactBody['data']): Partial<Record<Dimension, string>> {
  const dimensions: Partial<Record<Dimension, string>> = {};
  const renamed = RENAMED[kind];
  for (const [field, value] of Object.entries(data)) {
    const name = renamed?.[field] ?? field;
    if (IS_DIMENSION.has(name)) dimensions[name as Dimension] = String(value);
  }
  return dimensions;
}
