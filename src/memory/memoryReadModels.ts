import type { Checkpoint, HeldSeries, ProjectionName, ReadModels, SeriesQuery } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';

/** The key fields in the order in which a series is answered. None holds a NUL, so text order is field order. */
const keyOf = (key: ObservationKey): string =>
  [key.place, key.granularity, key.breakdown, key.basis, key.period].join('\0');

/** Read models as maps: for tests, and as the plain statement of what every store must do. Errors are the port's. */
export function memoryReadModels(): ReadModels {
  let checkpoint: Checkpoint | null = null;
  const stored = new Map<ProjectionName, Map<string, Observation>>();
  const replaced = new Set<ProjectionName>();
  const standings = new Map<ProjectionName, number>();

  const observationsOf = (projection: ProjectionName) => {
    const found = stored.get(projection) ?? new Map<string, Observation>();
    stored.set(projection, found);
    return found;
  };

  return {
    async checkpoint() {
      return checkpoint;
    },

    async standing(projection) {
      return standings.get(projection) ?? null;
    },

    async commit(previous, next, changes) {
      const places = [checkpoint, previous].map((at) => at && [at.ordinal, at.position, at.fingerprint].join(' '));
      if (places[0] !== places[1]) {
        throw new LedgerError(
          'checkpoint-moved',
          `The checkpoint is at ${checkpoint?.ordinal ?? 'the start'}, not at ${previous?.ordinal ?? 'the start'}.`,
          { hint: 'Read the checkpoint again and go on from there.' },
        );
      }
      for (const { projection } of changes) {
        const standing = standings.get(projection) ?? 0;
        if (standing === (previous?.ordinal ?? 0)) continue;
        throw new LedgerError(
          'checkpoint-moved',
          `The projection ${projection} stands at ${standing}, not at ${previous?.ordinal ?? 'the start'}.`,
          { hint: 'Read the checkpoint again and bring the projection level with it.' },
        );
      }
      for (const { projection, upserts, removals } of changes) {
        standings.set(projection, next.ordinal);
        const observations = observationsOf(projection);
        for (const key of removals) observations.delete(keyOf(key));
        for (const observation of upserts) observations.set(keyOf(observation), observation);
      }
      checkpoint = next;
    },

    async replace(projection, observations, ordinal = 0) {
      standings.set(projection, ordinal);
      stored.set(projection, new Map([...observations].map((observation) => [keyOf(observation), observation])));
      replaced.add(projection);
    },

    async series(query) {
      const found = [...(stored.get(query.projection)?.values() ?? [])].filter((observation) =>
        isWanted(query, observation),
      );
      return inOrderOfBytes(found.map((observation) => ({ text: keyOf(observation), item: observation })));
    },

    async held(projection, among = {}) {
      const distinct = new Map<string, HeldSeries>();
      for (const observation of stored.get(projection)?.values() ?? []) {
        if (!isWanted({ projection, ...among }, observation)) continue;
        const { place, granularity, basis, breakdown } = observation;
        distinct.set([place, granularity, basis, breakdown].join('\0'), { place, granularity, basis, breakdown });
      }
      return inOrderOfBytes([...distinct].map(([text, item]) => ({ text, item })));
    },

    async projections() {
      const held = [...stored].filter(([, observations]) => observations.size > 0).map(([name]) => name);
      return [...new Set([...held, ...replaced])].sort();
    },

    async drop(projection) {
      stored.delete(projection);
      replaced.delete(projection);
      standings.delete(projection);
    },

    async clear() {
      checkpoint = null;
      stored.clear();
      replaced.clear();
      standings.clear();
    },

    async close() {},
  };
}

/** As databases order text. JavaScript orders it by UTF-16 units, which differs beyond the basic plane. */
function inOrderOfBytes<T>(items: readonly { readonly text: string; readonly item: T }[]): readonly T[] {
  return items
    .map(({ text, item }) => ({ bytes: Buffer.from(text), item }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item);
}

function isWanted(query: SeriesQuery, observation: Observation): boolean {
  return (
    (query.place === undefined || query.place === observation.place) &&
    (query.granularity === undefined || query.granularity === observation.granularity) &&
    (query.breakdown === undefined || query.breakdown === observation.breakdown) &&
    (query.basis === undefined || query.basis === observation.basis)
  );
}
