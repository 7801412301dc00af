/**
 * A subscription: confirmation, what lies behind, `caughtUp`, then what comes. On 23.10.6 a burst that its live buffer
 * does not hold ends it; 24.2.0 falls back to catching up and says `caughtUp` again.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { callError, streamDeletedError, unavailableError } from './answers.ts';
import { nameOf } from './appendCalls.ts';
import { filterOf, type Filter } from './filter.ts';
import { followCommits } from './followCommits.ts';
import { indexOfPosition, invalidPositionError, put, type ReadCall } from './readCalls.ts';
import type { Serving } from './server.ts';
import type { Indexed } from './store.ts';

/** Events read from the file at once. */
const PAGE = 64;
const GREATEST_POSITION = '18446744073709551615';

/** Serves one subscription until it ends, fails or is cancelled. */
export async function subscribe(serving: Serving, call: ReadCall, options: ReadReq.Options): Promise<void> {
  const { store, faults, version } = serving;
  const filter = filterOf(options);
  const source = sourceOf(serving, options);
  if (source instanceof Error) return fail(call, source);
  if (filter?.interval === 0) return fail(call, callError(status.INVALID_ARGUMENT, 'checkpoint interval of 0'));
  const matches = filter?.matches ?? (() => true);
  const send = sender(serving, call, filter);

  const late = faults.fires('lateConfirmation');
  if (late) await pause(late.ms);
  await put(call, confirmation());
  const again = source.resumed ? faults.fires('duplicateDelivery') : null;
  let next = again ? stepBack(source, matches, again.events ?? 1) : source.next;

  for (;;) {
    while (next < source.shownEnd()) {
      const page = source.events.slice(next, Math.min(next + PAGE, source.shownEnd()));
      const slow = faults.fires('slowReads');
      if (slow) await pause(slow.ms);
      if (!(await send(page))) return;
      next += page.length;
    }
    // Between the last look at the end and this line nothing waits, so that no commit is missed.
    const live = followCommits({ store, faults, call, includes: source.includes, matches });
    if (!faults.fires('noCaughtUp')) await put(call, caughtUp());
    if (source.deaf) return live.stop();
    for (let page = await live.take(); page.length > 0; page = await live.take()) {
      if (!(await send(page))) return live.stop();
      next += page.length;
    }
    live.stop();
    if (call.cancelled) return;
    if (version === '23.10.6') return fail(call, tooSlowError());
  }
}

interface Source {
  /** Grows while it is read. */
  readonly events: readonly Indexed[];
  readonly includes: (event: Indexed) => boolean;
  readonly shownEnd: () => number;
  /** The index of the first event that was not seen yet. */
  readonly next: number;
  /** Whether the subscriber named an event that it has seen. */
  readonly resumed: boolean;
  /** 24.2.0 sends nothing, not even what comes later, behind a position beyond the end. */
  readonly deaf: boolean;
}

function sourceOf(serving: Serving, options: ReadReq.Options): Source | Error {
  const all = options.getAll();
  return all === undefined
    ? streamSource(serving, options.getStream() as ReadReq.Options.StreamOptions)
    : allSource(serving, all);
}

function allSource({ store, version }: Serving, asked: ReadReq.Options.AllOptions): Source | Error {
  const source = { events: store.all, includes: () => true, shownEnd: store.shown, deaf: false };
  const commit = asked.hasPosition() ? Number(asked.getPosition()?.getCommitPosition()) : null;
  if (commit === null) return { ...source, next: asked.hasEnd() ? store.shown() : 0, resumed: false };
  const index = indexOfPosition(store.all, store.shown(), commit);
  if (index === 'no event') return invalidPositionError(version);
  if (index !== 'beyond the end') return { ...source, next: index + 1, resumed: true };
  return { ...source, next: store.shown(), resumed: false, deaf: version === '24.2.0' };
}

function streamSource({ store }: Serving, asked: ReadReq.Options.StreamOptions): Source | Error {
  const name = nameOf(asked.getStreamIdentifier());
  const range = store.readable(name);
  if (range === 'deleted') return streamDeletedError(name);
  const events = store.eventsOf(name);
  const shownEnd = (): number => {
    let end = events.length;
    while (end > 0 && !store.isShown(events[end - 1] as Indexed)) end -= 1;
    return end;
  };
  const first = range === 'missing' ? shownEnd() : range.from;
  const next = asked.hasRevision() ? Number(asked.getRevision()) + 1 : asked.hasEnd() ? shownEnd() : first;
  return {
    events,
    includes: ({ stream, revision }) => stream === name && revision >= next,
    shownEnd,
    next,
    resumed: asked.hasRevision(),
    deaf: false,
  };
}

/** The index from which the last `count` events that were seen come once more. */
function stepBack({ events, next }: Source, matches: (event: Indexed) => boolean, count: number): number {
  let at = next;
  for (let left = count; at > 0 && left > 0;) {
    at -= 1;
    if (matches(events[at] as Indexed)) left -= 1;
  }
  return at;
}

/** Sends what matches of a page, with the checkpoints that fall due; answers false when the subscription is over. */
function sender({ store, faults }: Serving, call: ReadCall, filter: Filter | null) {
  let [considered, pages, matchedInPage] = [0, 0, false];

  const checkpointAt = async ({ position }: Indexed): Promise<void> => {
    const max = faults.fires('checkpointMax') !== null;
    const [commit, prepare] = max ? [GREATEST_POSITION, GREATEST_POSITION] : [position, matchedInPage ? position : 0];
    for (let left = faults.fires('checkpointRepeated') ? 2 : 1; left > 0; left--) {
      await put(call, checkpoint(String(commit), String(prepare)));
    }
  };

  return async (page: readonly Indexed[]): Promise<boolean> => {
    const matching = filter === null ? page : page.filter(filter.matches);
    const frames = store.frames(matching);
    let sent = 0;
    for (const event of page) {
      if (call.cancelled) return false;
      if (matching[sent] === event) {
        if (faults.fires('subscriptionDrop')) return over(fail(call, unavailableError()));
        if (faults.fires('subscriptionEnd')) return over(call.end());
        if (faults.fires('subscriptionStall')) return false;
        await put(call, frames[sent] as Buffer);
        sent += 1;
        matchedInPage = true;
      }
      if (filter === null || ++considered < filter.window) continue;
      considered = 0;
      if (++pages === filter.interval) {
        pages = 0;
        await checkpointAt(event);
      }
      matchedInPage = false;
    }
    return !call.cancelled;
  };
}

const over = (_: unknown): false => false;
const fail = (call: ReadCall, error: Error): void => void call.emit('error', error);

const tooSlowError = () =>
  callError(
    status.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  );

function confirmation(): ReadResp {
  const message = new streams.ReadResp.SubscriptionConfirmation();
  message.setSubscriptionId(randomUUID());
  const response = new streams.ReadResp();
  response.setConfirmation(message);
  return response;
}

function caughtUp(): ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

function checkpoint(commit: string, prepare: string): ReadResp {
  const message = new streams.ReadResp.Checkpoint();
  message.setCommitPosition(commit);
  message.setPreparePosition(prepare);
  const response = new streams.ReadResp();
  response.setCheckpoint(message);
  return response;
}
