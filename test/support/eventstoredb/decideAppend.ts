/**
 * Whether an append is new, a repetition, or refused: the table of idempotency that real servers were seen to follow.
 * Idempotency belongs to the expected revision; only `any` and `stream_exists` ask a memory of recent event ids.
 */

export type Expected = 'any' | 'no_stream' | 'stream_exists' | number;

/** What is known of the stream an append is meant for. */
export interface StreamFacts {
  /** -1 for a stream without events. */
  readonly lastRevision: number;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
  readonly idAt: (revision: number) => string | undefined;
  /** The revision in this stream of an id that is still in memory. */
  readonly remembered: (id: string) => number | undefined;
}

export type Decision =
  | { readonly kind: 'new' }
  | { readonly kind: 'repeated'; readonly lastRevision: number }
  | { readonly kind: 'wrong revision'; readonly actual: number }
  | { readonly kind: 'deleted' }
  /** Real servers wait for ever for an event that will not come. */
  | { readonly kind: 'never answered' };

export function decideAppend(expected: Expected, ids: readonly string[], stream: StreamFacts): Decision {
  if (stream.tombstoned) return { kind: 'deleted' };
  if (expected === 'stream_exists') {
    if (stream.softDeleted) return { kind: 'deleted' };
    if (stream.lastRevision < 0 && !stream.hasMetadata) return { kind: 'wrong revision', actual: -1 };
  }
  return expected === 'any' || expected === 'stream_exists'
    ? decideByMemory(ids, stream)
    : decideByRevision(expected === 'no_stream' ? -1 : expected, ids, stream);
}

/** The first id decides whether this is a repetition; a repetition with an unknown id in it is refused. */
function decideByMemory(ids: readonly string[], stream: StreamFacts): Decision {
  const revisions = ids.map(stream.remembered);
  const [first, last] = [revisions[0], revisions.at(-1)];
  if (first === undefined) return { kind: 'new' };
  if (last === undefined || revisions.includes(undefined)) return wrong(stream);
  return last < first ? { kind: 'never answered' } : { kind: 'repeated', lastRevision: last };
}

/** A repetition is the same ids in the same places behind the expected revision. */
function decideByRevision(expected: number, ids: readonly string[], stream: StreamFacts): Decision {
  if (expected === stream.lastRevision) return { kind: 'new' };
  if (expected > stream.lastRevision) return wrong(stream);
  const firstOther = ids.findIndex((id, i) => stream.idAt(expected + 1 + i) !== id);
  if (firstOther === -1 && ids.length > 0) return { kind: 'repeated', lastRevision: expected + ids.length };
  return firstOther === 0 && expected === -1 && stream.softDeleted ? { kind: 'new' } : wrong(stream);
}

const wrong = ({ lastRevision }: StreamFacts): Decision => ({ kind: 'wrong revision', actual: lastRevision });
