/**
 * Any event of a log → a fact. One that cannot be read is parked: it keeps its ordinal, counts nowhere, says why, and
 * makes the figures that may depend on it incomplete. An older program may meet a newer event, and into some logs others
 * can write.
 */
import {
  EVENT_KINDS,
  FACT_KINDS,
  kindOf,
  readActivityEvent,
  typeOf,
  type ActivityEvent,
  type EventType,
  type FactKind,
} from '../../contracts/activityEvent.ts';
import { idField, sourceField } from '../../contracts/fields.ts';
import { pointerOf } from '../../contracts/pointer.ts';
import { implausible, latestAfter } from '../domain/implausible.ts';
import { emptyFact, METHODS, type Fact, type Parked } from '../domain/fact.ts';
import { dayOf } from '../domain/periods.ts';
import { asRead, NO_READINGS, type Readings } from '../domain/readings.ts';
import { factIdentity } from './identity.ts';
import { toFact } from './toFact.ts';

/** First and last day that a fact may speak of: the years 1850 and 2099, as the contracts have it. */
const FIRST_DAY = dayOf('1850-01-01');
const LAST_DAY = dayOf('2099-12-31');

/** What stands for the source of an event that names none. */
const NO_SOURCE = 'urn:outcome-ledger:unreadable';

/** An event as a log stored it. */
export interface StoredRow {
  /** Names an event that has no usable identity of its own. */
  readonly position: string;
  readonly event: unknown;
  /** The stream it lies in, where it may have been stored without being checked against its contract. */
  readonly foreignStream?: string;
  readonly recordedAt?: string;
}

/** The fact of an event, or a parked one. Lines of returns and item categories are read by `readings`. */
export function readFact(
  { event, position, foreignStream, recordedAt = '' }: StoredRow,
  readings: Readings = NO_READINGS,
): Fact {
  const foreign = foreignStream === undefined ? null : recordedAt;
  const source = sourceOf(event);
  if (foreignStream !== undefined && typeof source === 'string' && source !== foreignStream)
    return namelessFact(event, position, `Its source is not "${foreignStream}", the feed whose stream it lies in.`);
  try {
    const { type } = event as { type: EventType };
    if (TYPES.has(type) && (foreign === null || faultsOf(event, foreign).length === 0)) {
      const fact = toFact(asRead(event as ActivityEvent, readings));
      if (isSound(fact)) return fact;
    }
  } catch {
    // Why it failed is told below, in terms of its contract.
  }
  return parkedFact(event, position, faultsOf(event, foreign));
}

/** A second event with the identity of another: only the first counts. */
export const repeatedFact = ({ event, position }: StoredRow): Fact =>
  namelessFact(event, position, 'Another event of its source has the same id.');

const sourceOf = (event: unknown): unknown => (event as { source?: unknown } | null)?.source;

/** A parked event whose own name is not to be believed: it goes by its position. */
function namelessFact(event: unknown, position: string, reason: string): Fact {
  const { parked, ...fact } = parkedFact(event, position, [reason]);
  return {
    ...fact,
    identity: factIdentity(NO_SOURCE, position),
    parked: { ...(parked as Parked), source: NO_SOURCE, id: position },
  };
}

const TYPES: ReadonlySet<string> = new Set(EVENT_KINDS.map(typeOf));
const METHOD_WORDS: ReadonlySet<string> = new Set(METHODS);

/** Whether the columns can hold what a fact says: a much quicker test than its contract. */
function isSound(fact: Fact): boolean {
  if (typeof fact.place !== 'string' || typeof fact.source !== 'string') return false;
  if (!Number.isInteger(fact.day) || fact.day < FIRST_DAY || fact.day > LAST_DAY) return false;
  if (!Number.isInteger(fact.days) || fact.days < 1 || !Number.isInteger(fact.second)) return false;
  if (!isCount(fact.quantity) || !isCount(fact.seconds) || !METHOD_WORDS.has(fact.method)) return false;
  return fact.subject === '' || /^[0-9a-f]{32}$/.test(fact.subject);
}

/** A whole number that is not negative; NaN where a fact states none. */
const isCount = (value: number): boolean => value !== value || (Number.isInteger(value) && value >= 0);

function parkedFact(event: unknown, position: string, faults: readonly string[]): Fact {
  const { source, id, type } = (typeof event === 'object' && event !== null ? event : {}) as Record<string, unknown>;
  const isNamed = sourceField.safeParse(source).success && idField.safeParse(id).success;
  const name = isNamed ? { source: source as string, id: id as string } : { source: NO_SOURCE, id: position };
  const words = typeof type === 'string' ? type.slice(0, LONGEST_TYPE) : '';
  return {
    ...emptyFact(factIdentity(name.source, name.id), 'parked', name.source),
    parked: { ...name, type: words, kind: kindIn(words), reason: faults.join('; ').slice(0, LONGEST_REASON) },
  };
}

const LONGEST_TYPE = 100;
const LONGEST_REASON = 500;

/** The kind of a known type, or of another version of one. */
function kindIn(type: string): FactKind | null {
  const kind = kindOf(type.replace(/\.v\d+$/, '.v1') as EventType) as FactKind;
  return FACT_KINDS.includes(kind) ? kind : null;
}

/** What is wrong with an event, in terms of its contract. */
function faultsOf(event: unknown, foreign: string | null): readonly string[] {
  const parsed = readActivityEvent(event);
  if (parsed.success) {
    const fault = foreign === null ? null : implausible(parsed.data, latestAfter(new Date(foreign)));
    if (fault !== null) return [`${fault.pointer ?? ''} ${fault.message}`];
    return foreign === null ? ['Follows its contract, but no fact can be made of it.'] : [];
  }
  return parsed.error.issues.map(({ path, message }) => `${pointerOf(path)} ${message}`.trim());
}
