import { NO_STREAM } from '@eventstore/db-client';
import { LedgerError } from '../domain/ledgerError.ts';
import { kindOf, refusal, spoils } from './errors.ts';
import { readStream, type Server } from './reading.ts';
import { backOff, within } from './timing.ts';
import type { WireEvent } from './wireEvent.ts';

/**
 * The deadline that the server is told, an absolute time by our clock: with the client's default of 10 s a clock that
 * far behind the server's would let every append fail. How long we wait is decided by our own timer.
 */
const WIRE_DEADLINE_MS = 600_000;

/**
 * Appends the events to the stream right after `revision` (−1: as its first), all or none of them. `moved`: the stream
 * is somewhere else; nothing was stored by this call.
 *
 * An attempt whose outcome is not known is made again as it was, the same events after the same revision, which the
 * server recognises however late; the outcome is then that of the attempt it does answer.
 *
 * Throws LedgerError `unavailable` when none is answered in time, `event-too-large` or `unavailable` when the server
 * refuses for good.
 */
export async function appendPart(
  server: Server,
  name: string,
  events: readonly WireEvent[],
  revision: number,
): Promise<'stored' | 'moved'> {
  const { connection, timing } = server;
  const what = `an append to the stream "${name}"`;
  const deadline = performance.now() + timing.total_ms;
  for (let failures = 0; ;) {
    let client = connection.appender();
    try {
      const { nextExpectedRevision } = await connection.inTurn(() => {
        client = connection.appender();
        const appending = client.appendToStream(name, [...events], {
          expectedRevision: revision < 0 ? NO_STREAM : BigInt(revision),
          requiresLeader: true,
          deadline: WIRE_DEADLINE_MS,
        });
        return within(timing.attempt_ms, what, appending);
      });
      const last = revision + events.length;
      if (nextExpectedRevision !== BigInt(last)) throw elsewhere(name, last, nextExpectedRevision);
      return 'stored';
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      const kind = kindOf(error);
      if (kind === 'moved') {
        const mine = failures > 0 && (await stands(server, name, events, revision + 1));
        return mine ? 'stored' : 'moved';
      }
      if (kind === 'refused') throw refusal(error, what);
      failures += 1;
      if (spoils(error)) await connection.exchange(client);
      if (performance.now() > deadline || connection.closed.aborted) throw unknownOutcome(name, error);
    }
    await backOff(failures, connection.closed);
  }
}

/** Whether exactly these events stand in the stream from `revision` on: an earlier attempt of ours stored them. */
async function stands(server: Server, name: string, events: readonly WireEvent[], revision: number): Promise<boolean> {
  const found = await readStream(server, name, revision, events.length);
  return events.every(({ id }, index) => found[index]?.id === id && Number(found[index].revision) === revision + index);
}

const elsewhere = (name: string, wanted: number, found: bigint): LedgerError =>
  new LedgerError(
    'verification-failed',
    `EventStoreDB put events of the stream "${name}" up to revision ${found}, not ${wanted}: the stream was deleted once.`,
    { hint: 'Streams of the log must never be deleted: restore the server from a backup.' },
  );

function unknownOutcome(name: string, error: unknown): LedgerError {
  const { message } = error as Error;
  return new LedgerError(
    'unavailable',
    `EventStoreDB did not say whether it stored events of the stream "${name}": ${message || 'no answer'}.`,
    { hint: 'Send the same events again: what was stored is not stored twice.' },
  );
}
