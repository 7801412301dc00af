import { START, streamNameFilter, type AllStreamResolvedEvent } from '@eventstore/db-client';
import type { Position, StoredEvent } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { continuityFrom } from './continuity.ts';
import { isTooSlow, kindOf, refusal, unavailable } from './errors.ts';
import { serverPositionOf } from './positions.ts';
import { cancelled, eventAt, LEADER, noEventAt, type Server } from './reading.ts';
import { takerOf, type Taker } from './taker.ts';
import { backOff } from './timing.ts';
import { ourEvent } from './wireEvent.ts';

/** Events that the client takes from the server before they are asked for. */
const BUFFERED_EVENTS = 32;

/**
 * How often the server tells how far it has looked, in steps of 32 events. The marks are not used: they run ahead of the
 * events that were taken.
 */
const CHECKPOINT_STEPS = 1_000;

/** How long an event that is known to be there may be on its way before the subscription counts as stalled. */
const GRACE_MS = 1_000;

/**
 * Pages of our events after `after`, catching up and then live, until `signal` is aborted. However a subscription ends,
 * another starts after the last event of the last page that was asked for: at once when it was ended because events
 * came faster than they were taken, which is no fault, else after a pause. What is delivered twice is dropped.
 *
 * Throws LedgerError `verification-failed` when no event stands at `after` or one was left out, `unavailable` when no
 * subscription holds for too long.
 * @param head the position of the last of our events now, to see whether a silent subscription has stalled
 */
export async function* subscribeAfter(
  server: Server,
  prefix: string,
  after: Position | null,
  pageSize: number,
  signal: AbortSignal,
  head: () => Promise<Position | null>,
): AsyncGenerator<readonly StoredEvent[]> {
  if (after !== null && !signal.aborted && (await eventAt(server, after)) === null) throw noEventAt(after);
  const { connection, timing } = server;
  const stop = AbortSignal.any([signal, connection.closed]);
  const continuity = continuityFrom(server, prefix, after);
  let position = after;
  let failures = 0;
  let failing: number | null = null;

  while (!stop.aborted) {
    const from = position;
    let tooSlow = false;
    let fault: unknown = new Error('the subscription ended');
    const subscription = connection.reader.subscribeToAll(
      {
        ...LEADER,
        fromPosition: position === null ? START : serverPositionOf(position)!,
        filter: streamNameFilter({ prefixes: [prefix], checkpointInterval: CHECKPOINT_STEPS }),
      },
      { highWaterMark: BUFFERED_EVENTS },
    );
    const taker = takerOf<AllStreamResolvedEvent>(subscription);
    try {
      for (;;) {
        const promptly = await taker.take(pageSize, timing.silence_ms, stop);
        const taken = promptly === 'silent' ? await takeOverdue(taker, pageSize, stop, position, head) : promptly;
        if (taken === 'nothing due') continue;
        if (taken === 'ended' || taken === 'silent') break;

        const fresh = taken.flatMap(({ event }) => {
          const ours = event === undefined ? null : ourEvent(prefix, event);
          return ours === null || (position !== null && ours.stored.position <= position) ? [] : [ours];
        });
        if (fresh.length === 0) continue;
        await continuity.check(fresh);
        if (stop.aborted) return;
        yield fresh.map(({ stored }) => stored);
        position = fresh.at(-1)!.stored.position;
      }
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      if (kindOf(error) === 'refused') throw refusal(error, 'the subscription');
      tooSlow = isTooSlow(error);
      fault = error;
    } finally {
      cancelled(subscription.unsubscribe());
    }

    const progressed = position !== from;
    if (progressed) [failures, failing] = [0, null];
    if (tooSlow && progressed) continue;
    failing ??= performance.now();
    if (performance.now() - failing > timing.total_ms && !stop.aborted) throw unavailable(fault, 'the subscription');
    failures += 1;
    await backOff(failures, stop);
  }
}

/** After a silence: what is due, if our last event lies beyond `position`, and comes within the grace. */
async function takeOverdue(
  taker: Taker<AllStreamResolvedEvent>,
  pageSize: number,
  signal: AbortSignal,
  position: Position | null,
  head: () => Promise<Position | null>,
): Promise<readonly AllStreamResolvedEvent[] | 'silent' | 'ended' | 'nothing due'> {
  const last = await head();
  if (last === null || (position !== null && last <= position)) return 'nothing due';
  return taker.take(pageSize, GRACE_MS, signal);
}
