/**
 * The envelope of every event, CloudEvents 1.0 in its JSON form, and the union of all contracts. Identity is `source`
 * and `id` together. `time` says when it happened; when it was recorded is for the log to say.
 *
 * Names of event types are stored for ever: a change of meaning is a new version beside the old one.
 */
import { z } from 'zod';
import { actionReported } from './events/actions.ts';
import { activitiesCounted, activityHeld, attendancesCounted } from './events/activities.ts';
import { factCorrected, factRetracted } from './events/amendments.ts';
import { bipcBusinessCreated, bipcSupportGiven } from './events/businessSupport.ts';
import { digitalSessionEnded, digitalSessionsCounted } from './events/digitalSessions.ts';
import { enquiriesCounted } from './events/enquiries.ts';
import { feedExpected } from './events/feeds.ts';
import { figurePublished } from './events/figures.ts';
import { loanIssued, loanRenewed, loansCounted } from './events/loans.ts';
import { membershipCounted } from './events/membership.ts';
import { mobileStopScheduled } from './events/mobileStops.ts';
import { moneyStated } from './events/money.ts';
import { resourceUseCounted } from './events/onlineResources.ts';
import {
  placeDescribed,
  placeSucceeded,
  referenceDeprivation,
  referenceNeighbours,
  referencePopulation,
  servicePointStatus,
} from './events/places.ts';
import { challengeCompleted, challengeJoined } from './events/readingChallenge.ts';
import { returnStated } from './events/returns.ts';
import { stockCounted } from './events/stock.ts';
import { surveyAnswered, surveyAsked } from './events/surveys.ts';
import { visitsCounted } from './events/visits.ts';
import { staffCounted, volunteeringCounted } from './events/volunteersAndStaff.ts';
import { MUST_BE_GIVEN, plainFault } from './plainFault.ts';
import { idField, libraryPlaceField, placeField, sequenceField, sourceField } from './fields.ts';

const TYPE_PREFIX = 'org.outcome-ledger.';

/**
 * `moment`: happened at `time`. `moment-or-day`: at `time`, or on the day that the data say where nobody noted more.
 * `window` and `dated`: the data say when, and `time` may be left out.
 */
type Timing = 'moment' | 'moment-or-day' | 'window' | 'dated';

/** The contracts, by the short name that definitions use. The stored type is prefix + short name + `.v1`. */
const CONTRACTS = {
  'visits.counted': { data: visitsCounted, timing: 'window' },
  'loan.issued': { data: loanIssued, timing: 'moment' },
  'loan.renewed': { data: loanRenewed, timing: 'moment' },
  'loans.counted': { data: loansCounted, timing: 'window' },
  'digital-session.ended': { data: digitalSessionEnded, timing: 'moment' },
  'digital-sessions.counted': { data: digitalSessionsCounted, timing: 'window' },
  'challenge.joined': { data: challengeJoined, timing: 'moment' },
  'challenge.completed': { data: challengeCompleted, timing: 'moment' },
  'bipc.support-given': { data: bipcSupportGiven, timing: 'moment' },
  'bipc.business-created': { data: bipcBusinessCreated, timing: 'moment' },
  'activity.held': { data: activityHeld, timing: 'moment-or-day' },
  'activities.counted': { data: activitiesCounted, timing: 'window' },
  'attendances.counted': { data: attendancesCounted, timing: 'window' },
  'resource-use.counted': { data: resourceUseCounted, timing: 'window' },
  'enquiries.counted': { data: enquiriesCounted, timing: 'window' },
  'volunteering.counted': { data: volunteeringCounted, timing: 'window' },
  'money.stated': { data: moneyStated, timing: 'window' },
  'survey.answered': { data: surveyAnswered, timing: 'window' },
  'return.stated': { data: returnStated, timing: 'window' },
  'figure.published': { data: figurePublished, timing: 'window' },
  'service-point.status': { data: servicePointStatus, timing: 'dated' },
  'reference.population': { data: referencePopulation, timing: 'dated' },
  'membership.counted': { data: membershipCounted, timing: 'dated' },
  'stock.counted': { data: stockCounted, timing: 'dated' },
  'staff.counted': { data: staffCounted, timing: 'dated' },
  'survey.asked': { data: surveyAsked, timing: 'dated' },
  'mobile-stop.scheduled': { data: mobileStopScheduled, timing: 'dated' },
  'action.reported': { data: actionReported, timing: 'dated' },
  'place.described': { data: placeDescribed, timing: 'dated' },
  'place.succeeded': { data: placeSucceeded, timing: 'dated' },
  'reference.deprivation': { data: referenceDeprivation, timing: 'dated' },
  'reference.neighbours': { data: referenceNeighbours, timing: 'dated' },
} as const satisfies Record<string, { data: z.ZodType; timing: Timing }>;

/** Facts that may be about any area, a nation or several. Activity is counted where it happened. */
const OF_ANY_PLACE: ReadonlySet<string> = new Set([
  'figure.published',
  'reference.population',
  'place.described',
  'place.succeeded',
  'reference.deprivation',
  'action.reported',
]);

export type FactKind = keyof typeof CONTRACTS;
export type EventKind = FactKind | 'fact.corrected' | 'fact.retracted' | 'feed.expected';
export const FACT_KINDS = Object.keys(CONTRACTS) as readonly FactKind[];
export const EVENT_KINDS: readonly EventKind[] = [...FACT_KINDS, 'fact.corrected', 'fact.retracted', 'feed.expected'];

/**
 * Kinds that are no activity: what a place is or has on a day, and what others say. They may speak of any time, and are
 * not added up: members on two days are not twice as many members.
 */
const NO_ACTIVITY: ReadonlySet<FactKind> = new Set([
  'figure.published',
  ...FACT_KINDS.filter((kind) => CONTRACTS[kind].timing === 'dated'),
]);
/** Whether facts of a kind are kept month by month, to be counted and added up. */
export const isActivity = (kind: FactKind): boolean => !NO_ACTIVITY.has(kind);

/** The fields that the data of a kind of event may have. */
export const dataFieldsOf = (kind: FactKind): Readonly<Record<string, z.ZodType>> => CONTRACTS[kind].data.shape;

export type EventType<K extends EventKind = EventKind> = `${typeof TYPE_PREFIX}${K}.v1`;
export const typeOf = <K extends EventKind>(kind: K): EventType<K> => `${TYPE_PREFIX}${kind}.v1`;
/** The short name of a stored type: `visits.counted` of `org.outcome-ledger.visits.counted.v1`. */
export const kindOf = (type: EventType): EventKind => type.slice(TYPE_PREFIX.length, -'.v1'.length) as EventKind;

const RFC_3339 = 'must be an RFC 3339 time with Z or an offset, such as 2024-06-01T10:15:00Z';
const timeField = z.iso
  .datetime({ offset: true, error: ({ input }) => (input === undefined ? MUST_BE_GIVEN : RFC_3339) })
  .max(40)
  .refine((text) => text >= '1970-01-02' && text < '2100-01-01', 'must lie between 1970 and 2099');

const envelopeFields = {
  specversion: z.literal('1.0'),
  id: idField.describe('Unique within the source; sending it again is harmless'),
  source: sourceField.describe('The feed: one stream of the log'),
  sequence: sequenceField.optional(),
  datacontenttype: z.literal('application/json').optional(),
  dataschema: z
    .string()
    .max(200)
    .regex(/^https?:\/\/[A-Za-z0-9._:/#-]+$/, 'must be an http(s) address')
    .optional(),
};

const bodyOf = <K extends FactKind>(kind: K) => {
  const { data, timing } = CONTRACTS[kind];
  return {
    type: z.literal(typeOf(kind)),
    subject: OF_ANY_PLACE.has(kind) ? placeField : libraryPlaceField,
    time: (timing === 'moment' ? timeField : timeField.optional()) as z.ZodOptional<typeof timeField>,
    data: data as (typeof CONTRACTS)[K]['data'],
  };
};

const eventOf = <K extends FactKind>(kind: K) => timed(kind, z.strictObject({ ...envelopeFields, ...bodyOf(kind) }));
const replacementOf = <K extends FactKind>(kind: K) => timed(kind, z.strictObject(bodyOf(kind)));

/** A moment made up for a day would be false, and a day beside a moment may be another one: exactly one is given. */
function timed<S extends z.ZodType>(kind: FactKind, schema: S): S {
  if (CONTRACTS[kind].timing !== 'moment-or-day') return schema;
  return schema.refine(
    (event) => {
      const { time, data } = event as { time?: unknown; data: { on?: unknown } };
      return (time === undefined) !== (data.on === undefined);
    },
    { message: 'must be given, or else the day in the data as "on": one of the two, not both', path: ['time'] },
  );
}

const replacement = z.discriminatedUnion('type', [
  replacementOf('visits.counted'),
  replacementOf('loan.issued'),
  replacementOf('loan.renewed'),
  replacementOf('loans.counted'),
  replacementOf('digital-session.ended'),
  replacementOf('digital-sessions.counted'),
  replacementOf('challenge.joined'),
  replacementOf('challenge.completed'),
  replacementOf('bipc.support-given'),
  replacementOf('bipc.business-created'),
  replacementOf('activity.held'),
  replacementOf('figure.published'),
  replacementOf('service-point.status'),
  replacementOf('reference.population'),
  replacementOf('activities.counted'),
  replacementOf('attendances.counted'),
  replacementOf('resource-use.counted'),
  replacementOf('enquiries.counted'),
  replacementOf('volunteering.counted'),
  replacementOf('money.stated'),
  replacementOf('survey.answered'),
  replacementOf('return.stated'),
  replacementOf('membership.counted'),
  replacementOf('stock.counted'),
  replacementOf('staff.counted'),
  replacementOf('survey.asked'),
  replacementOf('mobile-stop.scheduled'),
  replacementOf('action.reported'),
  replacementOf('place.described'),
  replacementOf('place.succeeded'),
  replacementOf('reference.deprivation'),
  replacementOf('reference.neighbours'),
]);

const amendmentEnvelope = {
  ...envelopeFields,
  time: timeField.describe('When it was amended: of two, the later holds'),
};

/** One event as a service sends it. Unknown fields are refused at every level. */
export const activityEvent = z.discriminatedUnion('type', [
  eventOf('visits.counted'),
  eventOf('loan.issued'),
  eventOf('loan.renewed'),
  eventOf('loans.counted'),
  eventOf('digital-session.ended'),
  eventOf('digital-sessions.counted'),
  eventOf('challenge.joined'),
  eventOf('challenge.completed'),
  eventOf('bipc.support-given'),
  eventOf('bipc.business-created'),
  eventOf('activity.held'),
  eventOf('figure.published'),
  eventOf('service-point.status'),
  eventOf('reference.population'),
  eventOf('activities.counted'),
  eventOf('attendances.counted'),
  eventOf('resource-use.counted'),
  eventOf('enquiries.counted'),
  eventOf('volunteering.counted'),
  eventOf('money.stated'),
  eventOf('survey.answered'),
  eventOf('return.stated'),
  eventOf('membership.counted'),
  eventOf('stock.counted'),
  eventOf('staff.counted'),
  eventOf('survey.asked'),
  eventOf('mobile-stop.scheduled'),
  eventOf('action.reported'),
  eventOf('place.described'),
  eventOf('place.succeeded'),
  eventOf('reference.deprivation'),
  eventOf('reference.neighbours'),
  z.strictObject({
    ...amendmentEnvelope,
    type: z.literal(typeOf('fact.corrected')),
    data: factCorrected(replacement),
  }),
  z.strictObject({ ...amendmentEnvelope, type: z.literal(typeOf('fact.retracted')), data: factRetracted }),
  z.strictObject({
    ...envelopeFields,
    time: timeField.describe('When it was said: of two about one feed, the later holds'),
    type: z.literal(typeOf('feed.expected')),
    data: feedExpected(z.enum(FACT_KINDS as readonly [FactKind, ...FactKind[]])),
  }),
]);

/** Reads anything as an event; what is wrong with it is said in plain words. */
export const readActivityEvent = (candidate: unknown): z.ZodSafeParseResult<ActivityEvent> =>
  activityEvent.safeParse(candidate, { error: plainFault });

export type ActivityEvent = z.infer<typeof activityEvent>;
export type EventOf<K extends EventKind> = Extract<ActivityEvent, { type: EventType<K> }>;
/** A fact as the sender states it, apart from its identity: also what a correction puts in the place of another. */
export type FactBody = z.infer<typeof replacement>;
