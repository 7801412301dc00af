/** Events of the log that no fact could be made from: which they are, and what becomes of them. */
import { typeOf, type EventOf } from '../../contracts/activityEvent.ts';
import type { Parked } from '../domain/fact.ts';
import type { FactStore } from '../facts/factStore.ts';
import { kindsOf } from '../facts/touched.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Plan } from '../domain/plan.ts';

export type ParkedEvent = Parked & {
  /** Its number in the log. */
  readonly ordinal: number;
};

/** Who dismisses, and why: the same words as for any other retraction. */
export type Dismissal = Pick<EventOf<'fact.retracted'>['data'], 'by' | 'why'>;

/** The feed that dismissals are recorded in. */
const OPERATIONS = 'urn:outcome-ledger:operations';

/** The parked events among the first `ordinal` that nobody has settled, in order of the log. */
export const parkedEvents = (facts: FactStore, ordinal: number): ParkedEvent[] =>
  facts.parked(ordinal).map(({ row, ...parked }) => ({ ...parked, ordinal: row + 1 }));

/** How many of them figures of a plan may depend on: those of a kind that it reads, and those of an unknown one. */
export function parkedFor(plan: Plan, parked: readonly ParkedEvent[]): number {
  if (parked.length === 0) return 0;
  const kinds = kindsOf(plan);
  return parked.filter(({ kind }) => kind === null || kinds.has(kind)).length;
}

/** The retraction that takes a parked event out of account for good. Throws `not-found` where none has that number. */
export function dismissalOf(
  parked: readonly ParkedEvent[],
  ordinal: number,
  { by, why }: Dismissal,
  now: Date,
): EventOf<'fact.retracted'> {
  const found = parked.find((one) => one.ordinal === ordinal);
  if (found === undefined) {
    throw new LedgerError('not-found', `No parked event has the number ${ordinal}.`, {
      hint: '"outcomes parked" and /v1/parked list those that are not settled.',
    });
  }
  return {
    specversion: '1.0',
    // A dismissal may itself be retracted, and the event dismissed again.
    id: `dismissal-of-${ordinal}-${now.getTime()}`,
    source: OPERATIONS,
    type: typeOf('fact.retracted'),
    time: now.toISOString(),
    data: { target: { source: found.source, id: found.id }, by, why },
  };
}
