/**
 * From tallies to an observation. A tally is what a fold found for one place, period and breakdown; both evaluators
 * end here, so that what a value's state and notes mean is said once.
 */
import type { Absence, ValueState } from '../../contracts/vocabulary.ts';
import type { Coverage, Observation, ObservationKey } from './observation.ts';
import type { PopulationEstimate } from './population.ts';
import { isoOf } from './periods.ts';
import { eventsBehind, type Plan } from './plan.ts';

export interface Tally {
  readonly total: number;
  /** Facts with a number. With none, `total` says nothing. */
  readonly events: number;
  /** Reasons given where a number is missing. */
  readonly absences: ReadonlySet<Absence>;
  readonly notes: ReadonlySet<string>;
}

/** Notes that observations carry: stable codes, explained in the glossary. */
export const NOTES = {
  otherSource: 'other-source-not-used',
  estimated: 'estimated-from-sample-weeks',
  sourceEstimate: 'estimated-by-the-source',
  partMonth: 'part-of-a-month-reported',
  longerPeriod: 'reported-only-for-a-longer-period',
  partsSuppressed: 'parts-suppressed',
  zeroDenominator: 'denominator-is-zero',
  noPopulation: 'no-population-near-the-period',
  noInterval: 'interval-not-published',
  noSampleSize: 'sample-size-not-published',
  scopesDiffer: 'sources-differ-in-scope',
} as const;

const eventsOf = ({ measure }: Plan, own: number, others: number): number =>
  others === 0 || measure === null || measure.denominator === null
    ? own + others
    : eventsBehind(measure.numerator, measure.denominator, own, others);

/** When several reasons are given for one cell, the one that says most about what may be hidden or late comes first. */
const PRECEDENCE: readonly Absence[] = ['suppressed', 'not-reported', 'not-available', 'not-open', 'not-applicable'];

const absentState = (absences: ReadonlySet<Absence>): ValueState =>
  PRECEDENCE.find((reason) => absences.has(reason)) ?? 'not-reported';

/** The denominator's people, or the tally of its fold; undefined where the measure has no denominator. */
export type Against = { readonly people: PopulationEstimate | null } | { readonly tally: Tally | null } | undefined;

/**
 * The observation of a cell, or null where nothing at all is known of it.
 * @param tally    numerator; null where no fact falls into the cell
 * @param against  denominator
 * @param coverage who reported out of who should have; null where the plan does not ask or nobody should have
 * @param longer   whether the months are covered by counts over longer periods that cannot be shown here
 */
export function conclude(
  plan: Plan,
  key: ObservationKey,
  tally: Tally | null,
  against: Against,
  coverage: Coverage | null,
  longer: boolean,
): Observation | null {
  const denominatorTally = against !== undefined && 'tally' in against ? against.tally : null;
  const expected = coverage !== null && coverage.expected > 0;
  if (tally === null && denominatorTally === null && !expected) return null;
  const { multiplier, divisor } = plan.measure ?? { multiplier: 1, divisor: 1 };
  const notes: string[] = [];
  if (tally !== null && tally.notes.size > 0) notes.push(...tally.notes);
  if (denominatorTally !== null && denominatorTally.notes.size > 0) notes.push(...denominatorTally.notes);
  const settle = (state: ValueState, value: number | null, denominator: number | null): Observation => ({
    ...key,
    state,
    value,
    numerator: value === null && (tally?.events ?? 0) === 0 ? null : (tally?.total ?? null),
    denominator,
    n: null,
    low: null,
    high: null,
    coverage,
    events: eventsOf(plan, tally?.events ?? 0, denominatorTally?.events ?? 0),
    scope: null,
    source: null,
    notes: notes.length < 2 ? notes : [...new Set(notes)].sort(),
  });

  const people = against !== undefined && 'people' in against ? against.people : null;
  if (people !== null) notes.push(`population-of-${isoOf(people.day)}`);
  const denominator =
    people?.people ?? (denominatorTally !== null && denominatorTally.events > 0 ? denominatorTally.total : null);

  if (tally === null || tally.events === 0) {
    const reasons = new Set(tally?.absences ?? []);
    // Somebody should have reported and did not: that is said before "closed" or "does not apply".
    if (expected || tally === null) reasons.add('not-reported');
    if (!longer) return settle(absentState(reasons), null, denominator);
    notes.push(NOTES.longerPeriod);
    return settle('not-available', null, denominator);
  }
  if (tally.absences.has('suppressed') || denominatorTally?.absences.has('suppressed') === true)
    notes.push(NOTES.partsSuppressed);
  if (against === undefined)
    return settle(tally.total === 0 ? 'zero' : 'observed', (tally.total * multiplier) / divisor, null);
  if (denominator === null) {
    if ('people' in against) notes.push(NOTES.noPopulation);
    return settle('not-available', null, null);
  }
  if (denominator === 0) {
    notes.push(NOTES.zeroDenominator);
    return settle('not-applicable', null, 0);
  }
  return settle(
    tally.total === 0 ? 'zero' : 'observed',
    (tally.total * multiplier) / (divisor * denominator),
    denominator,
  );
}
