/**
 * A log moved into another, which is empty or holds its beginning: the same events in the same order, so with the same ordinals, each with the time
 * at which the first log made it durable. Stopped at any point it goes on where it stopped when it is run again.
 */
import { LedgerError } from '../domain/ledgerError.ts';
import type { EventLog, NewEvent, Position, StoredEvent } from './ports.ts';
import type { Progress } from './progress.ts';
import { newEvent } from './recordEvents.ts';

export interface Migration {
  /** Events in both logs. */
  readonly events: number;
  /** Those of them that the target held when this run began. */
  readonly copiedBefore: number;
}

const PAGE_EVENTS = 5_000;

/**
 * Copies what `to` does not hold yet, then reads both logs from the start and compares them, event for event: identity,
 * content and time. Nobody may write to either meanwhile.
 *
 * Throws `verification-failed` when `to` holds anything that is not, in the same place, in `from`, or when somebody else
 * wrote into `from`, and `interrupted` when cancelled: what is copied by then stays.
 */
export async function migrateLog(
  from: EventLog,
  to: EventLog,
  progress?: Progress,
  signal?: AbortSignal,
): Promise<Migration> {
  const total = await from.size();
  const before = await compare(from, to, 'comparing what is there', await to.size(), progress);
  let done = before.events;
  for (let after = before.position; ;) {
    const page = await from.read(after, PAGE_EVENTS);
    for (const { source, events } of runsOf(page, done)) {
      if (signal?.aborted === true) throw cancelled(done, total);
      const { outcomes } = await to.append(source, events, 'any');
      const at = outcomes.findIndex((outcome) => outcome !== 'appended');
      if (at >= 0) throw differs(done + at + 1, `was a ${outcomes[at]} of another in the target log`);
      done += events.length;
      progress?.('copying events', done, total);
    }
    if (page.length < PAGE_EVENTS) break;
    after = page.at(-1)!.position;
  }
  const sizes = [await from.size(), await to.size()];
  if (sizes[0] !== sizes[1]) throw differs(Math.min(...sizes) + 1, 'is in one log alone: somebody wrote meanwhile');
  await compare(from, to, 'comparing both logs', done, progress);
  return { events: done, copiedBefore: before.events };
}

/** Compares the first `count` events; answers how many there are, and where the last of them stands in `from`. */
async function compare(from: EventLog, to: EventLog, doing: string, count: number, progress?: Progress) {
  let events = 0;
  let position: Position | null = null;
  for (let after: Position | null = null; events < count;) {
    const limit = Math.min(PAGE_EVENTS, count - events);
    const wanted: readonly StoredEvent[] = await from.read(position, limit);
    const found: readonly StoredEvent[] = await to.read(after, limit);
    for (let index = 0; index < Math.max(wanted.length, found.length, 1); index++) {
      const [one, other] = [wanted[index], found[index]];
      if (one === undefined || other === undefined) throw differs(events + index + 1, 'is in one log alone');
      if (likeness(one) !== likeness(other)) throw differs(events + index + 1, 'is not the same in both logs');
    }
    events += wanted.length;
    position = wanted.at(-1)!.position;
    after = found.at(-1)!.position;
    progress?.(doing, events, count);
  }
  return { events, position };
}

/** What must be the same: which event, of what content, made durable when. */
function likeness({ event, recordedAt, foreignStream, position }: StoredEvent): string {
  if (foreignStream !== undefined) return `written past us, at ${position}`;
  const { id, hash } = newEvent(event);
  return JSON.stringify([event.source, id, hash, recordedAt]);
}

/** The events in runs of one source each: what can be appended at once without changing the order. */
function runsOf(page: readonly StoredEvent[], done: number): readonly { source: string; events: NewEvent[] }[] {
  const runs: { source: string; events: NewEvent[] }[] = [];
  for (const [at, { event, recordedAt, foreignStream }] of page.entries()) {
    if (foreignStream !== undefined) throw notOurs(done + at + 1, foreignStream);
    const last = runs.at(-1);
    const copied = { ...newEvent(event), recordedAt };
    if (last?.source === event.source) last.events.push(copied);
    else runs.push({ source: event.source, events: [copied] });
  }
  return runs;
}

const cancelled = (done: number, total: number): LedgerError =>
  new LedgerError('interrupted', `Cancelled when ${done} of ${total} events were copied.`, {
    hint: 'Run the same again: it goes on from there.',
  });

/** Another kind of log keeps no mark of who wrote an event: moved there, it would be read by other rules. */
const notOurs = (ordinal: number, stream: string): LedgerError =>
  new LedgerError(
    'verification-failed',
    `Event ${ordinal}, in the stream of "${stream}", was written past this engine, and cannot be moved to another kind of log.`,
    {
      hint: 'A log that others have written into stays where it is. "outcomes parked" names those of its events that do not count.',
    },
  );

const differs = (ordinal: number, how: string): LedgerError =>
  new LedgerError('verification-failed', `Event ${ordinal} ${how}.`, {
    hint: 'The target must be empty or hold the beginning of this log, and nobody may write to either log meanwhile.',
  });
