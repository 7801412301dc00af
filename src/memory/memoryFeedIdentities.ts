import type { Identity } from '../app/eventIdentity.ts';
import { leavesOut, type Census, type FeedIdentities } from '../app/feedIdentities.ts';

/** Identities as maps: for tests, and as the plain statement of what every store must do. Errors are the port's. */
export function memoryFeedIdentities(): FeedIdentities {
  /** Hash and stream of each identity. */
  const kept = new Map<string, { hash: string; stream: string }>();
  const streams = new Map<string, { revision: number; identity: string | null }>();
  const censuses = new Map<string, Census>();
  const covered = (stream: string) => streams.get(stream) ?? { revision: -1, identity: null };

  return {
    async covered(stream) {
      return covered(stream);
    },
    async hashes(identities) {
      return new Map(identities.flatMap((id) => (kept.has(id) ? [[id, kept.get(id)!.hash]] : [])));
    },
    async cover(stream, revision, events: readonly Identity[]) {
      const before = covered(stream).revision;
      if (revision > before + 1) throw leavesOut(stream, before, revision);
      for (const { identity, hash } of events) if (!kept.has(identity)) kept.set(identity, { hash, stream });
      const last = revision + events.length - 1;
      if (last > before) streams.set(stream, { revision: last, identity: events.at(-1)!.identity });
    },
    async forget(stream) {
      streams.delete(stream);
      for (const [identity, { stream: of }] of kept) if (of === stream) kept.delete(identity);
    },
    async clear() {
      for (const all of [kept, streams, censuses]) all.clear();
    },
    async census(log) {
      return censuses.get(log) ?? null;
    },
    async keepCensus(log, census) {
      censuses.set(log, census);
    },
  };
}
