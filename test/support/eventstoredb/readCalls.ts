/** The call that reads: a stream or `$all`, forwards or backwards, or a subscription to either. */
import { setTimeout as pause } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type * as grpc from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { callError, handlerError, notReadyError, streamDeletedError, streamIdentifier } from './answers.ts';
import { nameOf } from './appendCalls.ts';
import type { Serving } from './server.ts';
import type { Indexed } from './store.ts';
import { subscribe } from './subscribe.ts';

/** What is written is a message, or the bytes of one as they lie in the log. */
export type ReadCall = grpc.ServerWritableStream<ReadReq, ReadResp | Buffer>;

const PAGE = 256;

export function read(serving: Serving, call: ReadCall): void {
  const options = call.request.getOptions() as ReadReq.Options;
  if (serving.faults.fires('notReady')) return void call.emit('error', notReadyError());
  const done = options.hasSubscription() ? subscribe(serving, call, options) : readOnce(serving, call, options);
  // A handler that throws answers as a handler of a real server that throws.
  done.catch(() => call.emit('error', handlerError()));
}

async function readOnce(serving: Serving, call: ReadCall, options: ReadReq.Options): Promise<void> {
  const { store, faults } = serving;
  const plan = options.hasAll() ? planAll(serving, options) : planStream(serving, options);
  if (plan instanceof Error) return void call.emit('error', plan);
  if (plan === 'missing') {
    call.write(streamNotFound(nameOf(options.getStream()?.getStreamIdentifier())));
    call.end();
    return;
  }
  const { events, from, to, step } = plan;
  for (let at = from, left = Math.min(Number(options.getCount()), Math.abs(to - from)); left > 0 && !call.cancelled;) {
    const slow = faults.fires('slowReads');
    if (slow) await pause(slow.ms);
    const size = Math.min(PAGE, left);
    const page = step === 1 ? events.slice(at, at + size) : events.slice(at - size + 1, at + 1);
    const frames = store.frames(page);
    for (const frame of step === 1 ? frames : frames.reverse()) await put(call, frame);
    at += step * size;
    left -= size;
  }
  call.end();
}

/** The part of a list of events to be read: from one index (inclusive) towards another (exclusive). */
interface Plan {
  readonly events: readonly Indexed[];
  readonly from: number;
  readonly to: number;
  readonly step: 1 | -1;
}

function planAll({ store, version }: Serving, options: ReadReq.Options): Plan | Error {
  const all = options.getAll() as ReadReq.Options.AllOptions;
  const [events, shown] = [store.all, store.shown()];
  const given = all.hasPosition() ? Number(all.getPosition()?.getCommitPosition()) : null;
  const at = given === null ? null : indexOfPosition(events, shown, given);
  if (at === 'no event') return invalidPositionError(version);
  const index = at === 'beyond the end' ? shown : at;
  if (isForwards(options)) return { events, from: index ?? (all.hasEnd() ? shown : 0), to: shown, step: 1 };
  // Backwards, a real server starts before the given position.
  return { events, from: (index ?? (all.hasEnd() ? shown : 0)) - 1, to: -1, step: -1 };
}

function planStream({ store }: Serving, options: ReadReq.Options): Plan | Error | 'missing' {
  const asked = options.getStream() as ReadReq.Options.StreamOptions;
  const name = nameOf(asked.getStreamIdentifier());
  const range = store.readable(name);
  if (range === 'deleted') return streamDeletedError(name);
  if (range === 'missing') return range;
  const events = store.eventsOf(name);
  const given = asked.hasRevision() ? Number(asked.getRevision()) : null;
  if (isForwards(options)) {
    const from = Math.max(range.from, given ?? (asked.hasEnd() ? range.to : 0));
    return { events, from: Math.min(from, range.to), to: range.to, step: 1 };
  }
  const from = Math.min(range.to - 1, given ?? (asked.hasEnd() ? Infinity : 0));
  return { events, from, to: Math.min(from, range.from - 1), step: -1 };
}

const isForwards = (options: ReadReq.Options): boolean =>
  options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS;

/** The index of the event that lies exactly at a position. */
export function indexOfPosition(
  events: readonly Indexed[],
  shown: number,
  position: number,
): number | 'no event' | 'beyond the end' {
  const last = events[shown - 1] as Indexed;
  if (position >= last.position + last.frameLength) return 'beyond the end';
  let [low, high] = [0, shown];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle] as Indexed).position < position) low = middle + 1;
    else high = middle;
  }
  return events[low]?.position === position ? low : 'no event';
}

export const invalidPositionError = (version: Serving['version']): Error =>
  version === '23.10.6' ? handlerError() : callError(status.INVALID_ARGUMENT, 'invalid position');

function streamNotFound(name: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(streamIdentifier(name));
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
}

/** Writes one message; waits while the reader is behind. */
export async function put(call: ReadCall, message: ReadResp | Buffer): Promise<void> {
  if (!call.cancelled && !call.write(message)) await drained(call);
}

const drained = (call: ReadCall): Promise<void> =>
  new Promise((resolve) => {
    const ends = ['drain', 'cancelled', 'close', 'error'];
    const go = (): void => {
      for (const name of ends) call.off(name, go);
      resolve();
    };
    for (const name of ends) call.on(name, go);
  });
