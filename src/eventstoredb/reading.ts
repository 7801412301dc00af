import {
  BACKWARDS,
  END,
  START,
  type AllStreamRecordedEvent,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type RecordedEvent,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import type { Position } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Connection } from './connection.ts';
import { isNoPosition, kindOf, refusal, unavailable } from './errors.ts';
import { positionOf, serverPositionOf } from './positions.ts';
import { takerOf } from './taker.ts';
import { backOff, NoAnswer, type Timing } from './timing.ts';

/** A connection, and how long to wait for what. */
export interface Server {
  readonly connection: Connection;
  readonly timing: Timing;
}

/** Reads are answered by the leader of a cluster: a follower may not have yet what was acknowledged. */
export const LEADER = { requiresLeader: true };

/** Events of one call: bounded, so that a call that fails is simply made again. */
const CHUNK_EVENTS = 4_096;

/**
 * All events of the server after `after` (null: from the start), other people's and its own included, in chunks up to
 * the head; each chunk is read when it is asked for. The event at `after` itself must be there.
 *
 * Throws LedgerError `verification-failed` when none stands there, `unavailable` when the server does not answer.
 * @param first how many events the first chunk should hold; each later one holds twice as many, up to a bound
 */
export async function* chunksAfter(
  server: Server,
  after: Position | null,
  first: number,
): AsyncGenerator<readonly AllStreamRecordedEvent[]> {
  let position = after;
  for (let size = Math.min(first, CHUNK_EVENTS); ; size = Math.min(size * 2, CHUNK_EVENTS)) {
    const known = position === null ? 0 : 1;
    const events = await readFrom(server, position, size + known);
    if (position !== null && (events[0] === undefined || positionOf(events[0].position) !== position)) {
      throw noEventAt(position);
    }
    if (events.length > known) yield events.slice(known);
    if (events.length < size + known) return;
    position = positionOf(events.at(-1)!.position);
  }
}

/** The event of the server, whoever wrote it, that stands at the position; null when none does. */
export async function eventAt(server: Server, position: Position): Promise<AllStreamRecordedEvent | null> {
  if (serverPositionOf(position) === null) return null;
  const [found] = await readFrom(server, position, 1).catch((error: unknown) => {
    if (error instanceof LedgerError && error.code === 'verification-failed') return [];
    throw error;
  });
  return found !== undefined && positionOf(found.position) === position ? found : null;
}

/** At most `count` events of one stream from a revision on; none when there is no such stream. */
export async function readStream(
  server: Server,
  name: string,
  revision: number,
  count: number,
): Promise<readonly RecordedEvent[]> {
  return tryToRead(server, `a read of the stream "${name}"`, async () => {
    const read = (client: EventStoreDBClient) =>
      client.readStream(name, { ...LEADER, fromRevision: BigInt(revision), maxCount: count });
    return eventsOf<RecordedEvent>(await collect<ResolvedEvent>(server, read, count));
  });
}

/** Whether the stream is hidden although it was written to: the server takes more events for it, but reads none. */
export async function isDeleted(server: Server, name: string): Promise<boolean> {
  const events = await tryToRead(server, `a read of the settings of "${name}"`, async () => {
    const read = (client: EventStoreDBClient) =>
      client.readStream(`$$${name}`, { ...LEADER, fromRevision: END, direction: BACKWARDS, maxCount: 1 });
    return eventsOf<RecordedEvent>(await collect<ResolvedEvent>(server, read, 1));
  });
  return (events[0]?.data as { $tb?: number } | undefined)?.$tb !== undefined;
}

/** The error for a position at which no event stands. */
export function noEventAt(position: Position): LedgerError {
  return new LedgerError('verification-failed', `No event of this log stands at the position ${position}.`, {
    hint: 'The log was restored from an older copy, or another log was given. Give the right log, or run "outcomes rebuild".',
  });
}

async function readFrom(
  server: Server,
  position: Position | null,
  count: number,
): Promise<readonly AllStreamRecordedEvent[]> {
  const from = position === null ? START : serverPositionOf(position);
  if (from === null) {
    throw new LedgerError('invalid-query', `"${position}" is not a position of this log.`, {
      hint: 'The read models were made from another log: rebuild them.',
    });
  }
  let refusals = 0;
  return tryToRead(server, 'a read of all streams', async () => {
    try {
      const read = (client: EventStoreDBClient) => client.readAll({ ...LEADER, fromPosition: from, maxCount: count });
      return eventsOf<AllStreamRecordedEvent>(await collect<AllStreamResolvedEvent>(server, read, count));
    } catch (error) {
      // The words are those of a failure of any kind: only when they come again does the position stand accused.
      if (position !== null && isNoPosition(error) && (refusals += 1) >= 3) throw noEventAt(position);
      throw error;
    }
  });
}

const eventsOf = <E>(resolved: readonly { event?: unknown }[]): readonly E[] =>
  resolved.flatMap(({ event }) => (event === undefined ? [] : [event as E]));

/** Tries until it succeeds, is refused, or has taken too long. A stream that is not there reads as empty. */
async function tryToRead<T>(
  { connection: { closed }, timing }: Server,
  what: string,
  read: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const deadline = performance.now() + timing.total_ms;
  for (let failures = 0; ;) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      const kind = kindOf(error);
      if (kind === 'missing') return [];
      if (kind === 'refused') throw refusal(error, what);
      if (performance.now() > deadline || closed.aborted) throw unavailable(error, what);
      failures += 1;
    }
    await backOff(failures, closed);
  }
}

/** All that one read delivers. The client gives reads no deadline, so silence ends this one. */
async function collect<R>(
  { connection, timing }: Server,
  start: (client: EventStoreDBClient) => StreamingRead<R>,
  count: number,
): Promise<readonly R[]> {
  const reading = start(connection.reader);
  const taker = takerOf<R>(reading);
  const all: R[] = [];
  try {
    for (;;) {
      const taken = await taker.take(count, timing.attempt_ms, connection.closed);
      if (taken === 'silent') throw new NoAnswer('a read', timing.attempt_ms);
      if (taken === 'ended') break;
      all.push(...taken);
    }
  } finally {
    cancelled(reading.cancel());
  }
  if (connection.closed.aborted) throw new NoAnswer('a read before the log was closed', 0);
  return all;
}

/** Cancelling waits for the stream's call to be made, which may never be, and fails when that failed. */
export function cancelled(cancelling: Promise<void>): void {
  cancelling.catch(() => {});
}
