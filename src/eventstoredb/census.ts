import type { Census, FeedIdentities, CountedMark } from '../app/feedIdentities.ts';
import type { Position } from '../app/ports.ts';
import { positionOf } from './positions.ts';
import { chunksAfter, eventAt, type Server } from './reading.ts';

/**
 * The count of our events in a log that does not number them: how many there are up to a place, kept beside the log and
 * moved on by whoever reads past that place.
 */
export interface Counting {
  /** Counts on to the head and answers the census there. */
  toHead(): Promise<Census>;
  /** Where a reader may start that wants what follows `after`: further on when nothing of ours lies in between. */
  startAfter(after: Position | null): Promise<Position | null>;
  /** Tells that somebody read all events after `from` up to `seen`, `ours` of which are ours, `last` the last of them. */
  passed(from: Position | null, ours: number, last: CountedMark | null, seen: CountedMark): void;
  /** Keeps what was counted. */
  save(): Promise<void>;
}

/** Events looked at before the census is kept again: reading that many once more after a crash costs a second or so. */
const SAVE_EVERY = 20_000;
const FIRST_CHUNK = 64;

/** Counts the events in streams whose names start with `prefix`. Errors are those of reading. */
export function counting(server: Server, prefix: string, identities: FeedIdentities): Counting {
  let census: Census | null = null;
  let unsaved = 0;
  let underWay: Promise<Census> | null = null;

  /** What was kept, as far as it still describes this log. */
  async function kept(): Promise<Census> {
    const found = await identities.census(prefix);
    if (found === null || !(await stands(server, found.last))) return NONE;
    // Events of others may vanish with time: then counting goes on from the last of ours.
    return (await stands(server, found.seen)) ? found : { ...found, seen: found.last };
  }

  function move(ours: number, last: CountedMark | null, seen: CountedMark): void {
    const before = census ?? NONE;
    census = { ordinal: before.ordinal + ours, last: last ?? before.last, seen };
  }

  async function save(): Promise<void> {
    if (unsaved === 0 || census === null) return;
    unsaved = 0;
    await identities.keepCensus(prefix, census);
  }

  /** Where what was counted stands no longer, the next one to ask counts anew. */
  async function toHead(): Promise<Census> {
    try {
      return await countOn();
    } catch (error) {
      census = null;
      throw error;
    }
  }

  async function countOn(): Promise<Census> {
    census ??= await kept();
    for (;;) {
      const from = census.seen?.position ?? null;
      const chunks = chunksAfter(server, from, FIRST_CHUNK);
      let at = from;
      for await (const chunk of chunks) {
        // Another reader may have come further meanwhile.
        if ((census.seen?.position ?? null) !== at) break;
        const ours = chunk.filter(({ streamId }) => streamId.startsWith(prefix));
        const last = ours.at(-1);
        const seen = markOf(chunk.at(-1)!);
        move(ours.length, last === undefined ? null : markOf(last), seen);
        at = seen.position;
        unsaved += chunk.length;
        if (unsaved >= SAVE_EVERY) await save();
      }
      if ((census.seen?.position ?? null) === at) return census;
    }
  }

  return {
    async toHead() {
      underWay ??= toHead().finally(() => (underWay = null));
      return underWay;
    },
    async startAfter(after) {
      census ??= await kept();
      return after === (census.last?.position ?? null) ? (census.seen?.position ?? null) : after;
    },
    passed(from, ours, last, seen) {
      if (census === null || (census.seen?.position ?? null) !== from) return;
      move(ours, last, seen);
      unsaved += Math.max(ours, 1);
    },
    save,
  };
}

const NONE: Census = { ordinal: 0, last: null, seen: null };

const stands = async (server: Server, mark: CountedMark | null): Promise<boolean> =>
  mark === null || (await eventAt(server, mark.position))?.id === mark.id;

const markOf = (event: { id: string; position: { commit: bigint; prepare: bigint } }): CountedMark => ({
  position: positionOf(event.position),
  id: event.id,
});
