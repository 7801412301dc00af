import { sql } from 'kysely';
import type { FeedRegister, FeedState } from '../app/feedRegister.ts';
import { checkpointOf, moveCheckpoint } from './checkpoints.ts';
import type { Database } from './database.ts';

const READ_MODELS = 'feed_register_v1';

/** States in one statement: most are short, a few have thousands of runs and months. */
const CHUNK_STATES = 500;

/**
 * The register of feeds in either database, which must have been migrated. A state is one row, its source and the JSON
 * text of the whole. Errors are those of the port, and LedgerError `unavailable` when the connection fails.
 */
export function kyselyFeedRegister({ kysely, dialect }: Database): FeedRegister {
  return {
    checkpoint: () => checkpointOf(kysely, READ_MODELS),

    async find(sources) {
      const given = JSON.stringify([...sources]);
      const wanted =
        dialect === 'sqlite'
          ? sql<string>`(select value from json_each(${given}))`
          : sql<string>`(select value from json_array_elements_text(${given}::json) as given (value))`;
      const rows = await kysely.selectFrom(READ_MODELS).selectAll().where('source', 'in', wanted).execute();
      return new Map(rows.map(({ source, state }) => [source, JSON.parse(state) as FeedState]));
    },

    async list(after, limit) {
      let query = kysely.selectFrom(READ_MODELS).select('state').orderBy('source').limit(limit);
      if (after !== null) query = query.where('source', '>', after);
      return (await query.execute()).map(({ state }) => JSON.parse(state) as FeedState);
    },

    async commit(previous, next, states) {
      await kysely.transaction().execute(async (tx) => {
        await moveCheckpoint(tx, READ_MODELS, previous, next);
        for (let at = 0; at < states.length; at += CHUNK_STATES) {
          await tx
            .insertInto(READ_MODELS)
            .values(
              states
                .slice(at, at + CHUNK_STATES)
                .map((state) => ({ source: state.source, state: JSON.stringify(state) })),
            )
            .onConflict((conflict) =>
              conflict.column('source').doUpdateSet((eb) => ({ state: eb.ref('excluded.state') })),
            )
            .execute();
        }
      });
    },

    async clear() {
      await kysely.transaction().execute(async (tx) => {
        await tx.deleteFrom('checkpoints').where('read_models', '=', READ_MODELS).execute();
        await tx.deleteFrom(READ_MODELS).execute();
      });
    },
  };
}
