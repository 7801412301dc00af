/**
 * Events in, one outcome for each out. What is accepted is durable when this returns; what is refused is named with its
 * reason and stops nothing else.
 */
import { hash } from 'node:crypto';
import { EVENT_KINDS, readActivityEvent, typeOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Fault, Problem } from '../../contracts/errors.ts';
import { pointerOf } from '../../contracts/pointer.ts';
import { implausible, latestAfter, type Latest } from '../domain/implausible.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { EventLog, NewEvent } from './ports.ts';

export interface EventOutcome {
  /** Place in the batch, from 0. */
  readonly index: number;
  readonly source: string | null;
  readonly id: string | null;
  readonly outcome: 'accepted' | 'duplicate' | 'refused';
  readonly problem?: Problem;
}

/** Events of one append: a log's transaction stays short, and a batch of any size is taken. */
const APPEND_EVENTS = 5_000;

/**
 * Records a batch. Each feed's events are appended in the order given. An event that was recorded before is a
 * `duplicate` and harmless; the same id with other content is refused.
 * @param candidates anything: parsed JSON as it came
 * @param now        to refuse what claims to happen later than tomorrow
 */
export async function recordEvents(
  { log, now }: { log: EventLog; now: () => Date },
  candidates: readonly unknown[],
): Promise<EventOutcome[]> {
  const latest = latestAfter(now());
  const refused: EventOutcome[] = [];
  const sound: Placed[] = [];
  candidates.forEach((candidate, index) => {
    const checked = checkEvent(candidate, latest);
    if ('problem' in checked)
      refused.push({ index, ...identityIn(candidate), outcome: 'refused', problem: checked.problem });
    else sound.push({ index, event: checked.event });
  });
  return [...refused, ...(await appendEvents(log, sound))].sort((a, b) => a.index - b.index);
}

/** Records events that were checked already: see `checkEvent`. One outcome for each, in the order given. */
export const recordChecked = (log: EventLog, events: readonly ActivityEvent[]): Promise<EventOutcome[]> =>
  appendEvents(
    log,
    events.map((event, index) => ({ index, event })),
  );

/** An event that follows its contract, and its place in the batch. */
interface Placed {
  readonly index: number;
  readonly event: ActivityEvent;
}

/** One outcome for each event, by its place. */
async function appendEvents(log: EventLog, events: readonly Placed[]): Promise<EventOutcome[]> {
  const outcomes: EventOutcome[] = [];
  const feeds = new Map<string, { index: number; event: NewEvent }[]>();
  for (const { index, event } of events) {
    const feed = feeds.get(event.source) ?? [];
    feeds.set(event.source, feed);
    feed.push({ index, event: newEvent(event) });
  }
  for (const [source, feed] of feeds) {
    for (let at = 0; at < feed.length; at += APPEND_EVENTS) {
      const part = feed.slice(at, at + APPEND_EVENTS);
      const { outcomes: appended } = await log.append(
        source,
        part.map(({ event }) => event),
        'any',
      );
      part.forEach(({ index, event }, i) => {
        const identity = { index, source, id: event.id };
        const outcome = appended[i];
        outcomes.push(
          outcome === 'conflict'
            ? { ...identity, outcome: 'refused', problem: toProblem(conflict(source, event.id)) }
            : { ...identity, outcome: outcome === 'appended' ? 'accepted' : 'duplicate' },
        );
      });
    }
  }
  return outcomes.sort((a, b) => a.index - b.index);
}

/** The event as the log takes it: canonical, so that equal content has equal bytes whoever wrote it. */
export function newEvent(event: ActivityEvent): NewEvent {
  const body = canonicalJson(event);
  return { id: event.id, body, hash: hash('sha256', body) };
}

const conflict = (source: string, id: string): LedgerError =>
  new LedgerError('event-conflict', `${source} already recorded an event "${id}" with other content.`, {
    hint: 'To change what was recorded, send a fact.corrected or fact.retracted event; for a new event, use a new id.',
  });

/** Checks one candidate against its contract, and that its time can be. */
export function checkEvent(candidate: unknown, latest: Latest): { event: ActivityEvent } | { problem: Problem } {
  const parsed = readActivityEvent(candidate);
  if (!parsed.success) return { problem: toProblem(refusal(candidate, parsed.error.issues)) };
  const event = parsed.data;
  const fault = implausible(event, latest);
  if (fault !== null) return { problem: toProblem(invalid([fault])) };
  return { event };
}

/** Faults told of one event: a refusal is not to be many times as long as what was sent. */
const FAULTS_TOLD = 20;

function invalid(all: readonly Fault[]): LedgerError {
  const faults = all
    .slice(0, FAULTS_TOLD)
    .map((fault) =>
      fault.pointer === undefined ? fault : { ...fault, pointer: fault.pointer.slice(0, LONGEST_POINTER) },
    );
  const more = all.length - faults.length;
  const told = faults.map((f) => `${f.pointer ?? ''} ${f.message}`.trim());
  return new LedgerError('invalid-event', [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; '), {
    hint: 'The contracts, with examples, are at /v1/contracts.',
    faults,
  });
}
const LONGEST_POINTER = 200;

const KNOWN_TYPES: ReadonlySet<string> = new Set(EVENT_KINDS.map(typeOf));

function refusal(
  candidate: unknown,
  issues: readonly { path: PropertyKey[]; message: string; code?: string; keys?: string[] }[],
): LedgerError {
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) {
    return invalid([{ message: 'must be a JSON object: one CloudEvents event', pointer: '' }]);
  }
  const { type } = candidate as { type?: unknown };
  if (typeof type === 'string' && !KNOWN_TYPES.has(type)) {
    return new LedgerError('unknown-event-type', `There is no contract for the type "${type.slice(0, 100)}".`, {
      hint: 'The types are listed at /v1/contracts.',
      faults: [{ message: 'is not a known event type', pointer: '/type' }],
    });
  }
  if (typeof type !== 'string') return invalid([{ message: 'must be given: the type of the event', pointer: '/type' }]);
  return invalid(
    issues.flatMap(({ path, message, keys }) =>
      keys === undefined
        ? [{ message, pointer: pointerOf(path) }]
        : keys.map((key) => ({ message: 'is not a field of this contract', pointer: pointerOf([...path, key]) })),
    ),
  );
}

function identityIn(candidate: unknown): { source: string | null; id: string | null } {
  const { source, id } = (typeof candidate === 'object' && candidate !== null ? candidate : {}) as {
    source?: unknown;
    id?: unknown;
  };
  return {
    source: typeof source === 'string' ? source.slice(0, 200) : null,
    id: typeof id === 'string' ? id.slice(0, 128) : null,
  };
}
