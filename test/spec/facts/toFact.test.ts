/** What each contract's fields become in a fact, worked out by hand: both evaluators begin with what is made here. */
import { expect, it } from 'vitest';
import { activityEvent, typeOf, type FactKind } from '../../../contracts/activityEvent.ts';
import type { Fact } from '../../../src/domain/fact.ts';
import { dayOf } from '../../../src/domain/periods.ts';
import { toFact } from '../../../src/facts/toFact.ts';

const PERSON = '0123456789abcdef0123456789abcdef';
const CHILD = { challenge: 'summer-reading-challenge', year: 2018, ageBand: '4-7', participant: PERSON };
const FOUNDER = { centre: 'newcastle', sex: 'female', ethnicity: 'asian', disability: 'no', ageBand: '25-34', inRegion: 'yes', imdDecile: '1' }; // prettier-ignore

const event = (kind: FactKind, data: object, time?: string) =>
  activityEvent.parse({
    specversion: '1.0',
    id: 'one',
    source: 'urn:library:a',
    type: typeOf(kind),
    subject: 'E08000021/city',
    ...(time === undefined ? {} : { time }),
    data,
  });

it.each<[what: string, kind: FactKind, data: object, time: string | undefined, fact: Partial<Fact>]>([
  ['a month of visits', 'visits.counted', { window: '2019-02-01/P1M', method: 'manual', count: 12, site: 'co-located' }, undefined,
    { day: dayOf('2019-02-01'), days: 28, grain: 'month', method: 'manual', state: 'counted', quantity: 12, dimensions: { site: 'co-located' } }],
  ['two months of a quarter', 'visits.counted', { window: '2019-05-01/P2M', method: 'system', count: 1 }, undefined, { days: 61, grain: 'quarter' }],
  ['a sample week across two months', 'visits.counted', { window: '2018-05-28/P7D', method: 'sample-week', count: 5 }, undefined,
    { day: dayOf('2018-05-28'), days: 7, grain: 'month', method: 'sample-week', quantity: 5 }],
  ['a reason', 'visits.counted', { window: '2019-02-01/P1M', method: 'manual', absent: 'not-open' }, undefined, { state: 'not-open', quantity: 0 }],
  ['sessions and hours', 'digital-sessions.counted', { window: '2019-02-01/P1M', method: 'system', channel: 'public-pc', sessions: 7, hours: 2.75 }, undefined,
    { quantity: 7, seconds: 9_900, dimensions: { channel: 'public-pc' } }],
  ['hours to the hundredth', 'digital-sessions.counted', { window: '2019-02-01/P1M', method: 'system', channel: 'public-pc', hours: 0.29 }, undefined, { quantity: NaN, seconds: 1_044 }],
  ['one session', 'digital-session.ended', { channel: 'wifi', durationSeconds: 90 }, '2018-06-30T23:30:00Z', { day: dayOf('2018-07-01'), quantity: 1, seconds: 90 }],
  ['one session of unknown length', 'digital-session.ended', { channel: 'wifi' }, '2018-01-31T23:30:00Z', { day: dayOf('2018-01-31'), seconds: NaN }],
  ['attendances', 'activity.held', { attendance: 31, mainOutcome: 'full-potential' }, '2018-01-31T10:00:00Z', { quantity: 31, dimensions: { mainOutcome: 'full-potential' } }],
  ['a session of which only the day is known', 'activity.held', { on: '2018-03-31', attendance: 31, mainOutcome: 'full-potential' }, undefined, { day: dayOf('2018-03-31'), days: 1, grain: 'month', second: 0, quantity: 31 }],
  ['attendances that nobody counted', 'activity.held', { absent: 'not-reported', mainOutcome: 'full-potential' }, '2018-01-31T10:00:00Z', { state: 'not-reported', quantity: 0 }],
  ['a child', 'challenge.joined', CHILD, '2018-07-01T10:00:00Z',
    { subject: PERSON, dimensions: { challenge: 'summer-reading-challenge', challengeYear: '2018', ageBand: '4-7' } }],
  ['somebody helped', 'bipc.support-given', { ...FOUNDER, channel: 'webinar', person: PERSON }, '2018-07-01T10:00:00Z', { subject: PERSON, dimensions: { ...FOUNDER, channel: 'webinar' } }],
  ['a status', 'service-point.status', { on: '2018-04-01', open: 'open', kind: 'mobile' }, '2018-04-02T10:00:05Z',
    { day: dayOf('2018-04-01'), second: 39_605, dimensions: { open: 'open', pointKind: 'mobile' } }],
  ['a population', 'reference.population', { on: '2018-06-30', population: 300_000, ages: 'all', source: 'ONS' }, undefined, { day: dayOf('2018-06-30'), quantity: 300_000, dimensions: { ages: 'all' } }],
])('%s', (_, kind, data, time, fact) => {
  expect(toFact(event(kind, data, time))).toMatchObject({ kind, place: 'E08000021/city', source: 'urn:library:a', amends: null, ...fact }); // prettier-ignore
}); // prettier-ignore

it('a correction is the fact that it puts in the place of another', () => {
  const { specversion, source, id, ...replacement } = event('visits.counted', { window: '2019-02-01/P1M', method: 'manual', count: 13 }); // prettier-ignore
  const amended = { target: { source, id }, by: 'analyst', why: 'miscounted' };
  const time = '2019-03-01T00:00:00Z';
  const corrected = activityEvent.parse({ specversion, source, id: 'two', type: typeOf('fact.corrected'), time, data: { ...amended, replacement } }); // prettier-ignore
  const of = toFact(event('visits.counted', { window: '2019-02-01/P1M', method: 'manual', count: 12 })).identity;
  expect(toFact(corrected)).toMatchObject({ kind: 'visits.counted', quantity: 13, amends: { target: of, at: Date.parse(time) } }); // prettier-ignore
  const retracted = activityEvent.parse({ specversion, source, id: 'three', type: typeOf('fact.retracted'), time, data: amended }); // prettier-ignore
  expect(toFact(retracted)).toMatchObject({ kind: 'retraction', place: '', amends: { target: of } });
});
