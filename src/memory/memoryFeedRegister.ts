import type { FeedRegister, FeedState } from '../app/feedRegister.ts';
import type { Checkpoint } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';

/** The register in a map: for tests, and as the plain statement of what every store must do. Errors are the port's. */
export function memoryFeedRegister(): FeedRegister {
  let checkpoint: Checkpoint | null = null;
  const states = new Map<string, FeedState>();
  const text = (at: Checkpoint | null): string | null => at && [at.ordinal, at.position, at.fingerprint].join(' ');
  return {
    async checkpoint() {
      return checkpoint;
    },
    async find(sources) {
      return new Map([...sources].flatMap((source) => (states.has(source) ? [[source, states.get(source)!]] : [])));
    },
    async list(after, limit) {
      return [...states.values()]
        .filter(({ source }) => after === null || source > after)
        .sort((a, b) => (a.source < b.source ? -1 : 1))
        .slice(0, limit);
    },
    async commit(previous, next, changed) {
      if (text(checkpoint) !== text(previous)) {
        throw new LedgerError(
          'checkpoint-moved',
          `The checkpoint is at ${checkpoint?.ordinal ?? 'the start'}, not at ${previous?.ordinal ?? 'the start'}.`,
          { hint: 'Read the checkpoint again and go on from there.' },
        );
      }
      for (const state of changed) states.set(state.source, state);
      checkpoint = next;
    },
    async clear() {
      states.clear();
      checkpoint = null;
    },
  };
}
