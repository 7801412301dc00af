import { LedgerError } from '../domain/ledgerError.ts';
import type { ProjectionName, ReadModels } from './ports.ts';

/**
 * The read models for readers of one projection: where they ask for the knowledge position, they are given that at which
 * the projection stands. It may be behind the checkpoint while another engine, which does not know the projection, moves
 * that. Throws `unavailable` while the projection is not there: what is not made yet must not read as "nothing reported".
 */
export function readModelsOf(readModels: ReadModels, projection: ProjectionName): ReadModels {
  async function standing(): Promise<number> {
    const ordinal = await readModels.standing(projection);
    if (ordinal !== null) return ordinal;
    throw new LedgerError('unavailable', `The figures of ${projection} are not made yet.`, {
      hint: 'Ask again in a while: they are made from the log at the next event, or when the engine starts.',
    });
  }
  return {
    ...readModels,
    async checkpoint() {
      const ordinal = await standing();
      const checkpoint = await readModels.checkpoint();
      return checkpoint === null ? null : { ...checkpoint, ordinal };
    },
    async held(...asked) {
      const found = await readModels.held(...asked);
      await standing();
      return found;
    },
  };
}
