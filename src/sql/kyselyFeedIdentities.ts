import type { Transaction } from 'kysely';
import { leavesOut, type FeedIdentities, type Mark } from '../app/feedIdentities.ts';
import type { Database, Tables } from './database.ts';

/** Rows in one statement: each has four parameters, of which SQLite allows 32,766. */
const CHUNK_ROWS = 5000;

/**
 * Identities in either database, which must have been migrated. Errors are those of the port, and LedgerError
 * `unavailable` when the connection fails.
 */
export function kyselyFeedIdentities({ kysely }: Database): FeedIdentities {
  return {
    async covered(stream) {
      const found = await kysely
        .selectFrom('feeds')
        .select(['revision', 'identity'])
        .where('name', '=', stream)
        .executeTakeFirst();
      return { revision: found?.revision ?? -1, identity: found?.identity == null ? null : hex(found.identity) };
    },

    async hashes(identities) {
      const known = new Map<string, string>();
      for (const chunk of chunksOf(identities)) {
        const rows = await kysely
          .selectFrom('feed_identities')
          .select(['identity', 'hash'])
          .where('identity', 'in', chunk.map(bytes))
          .execute();
        for (const { identity, hash } of rows) known.set(hex(identity), hex(hash));
      }
      return known;
    },

    async cover(stream, revision, events) {
      if (events.length === 0) return;
      await kysely.transaction().execute(async (tx) => {
        const feed = await holdFeed(tx, stream);
        if (revision > feed.revision + 1) throw leavesOut(stream, feed.revision, revision);
        for (const chunk of chunksOf(events)) {
          await tx
            .insertInto('feed_identities')
            .values(
              chunk.map(({ identity, hash }) => ({ feed: feed.id, identity: bytes(identity), hash: bytes(hash) })),
            )
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
        const last = revision + events.length - 1;
        if (last <= feed.revision) return;
        const identity = bytes(events.at(-1)!.identity);
        await tx.updateTable('feeds').set({ revision: last, identity }).where('id', '=', feed.id).execute();
      });
    },

    async forget(stream) {
      await kysely.transaction().execute(async (tx) => {
        const { id } = await holdFeed(tx, stream);
        await tx.deleteFrom('feed_identities').where('feed', '=', id).execute();
        await tx.updateTable('feeds').set({ revision: -1, identity: null }).where('id', '=', id).execute();
      });
    },

    async census(log) {
      const found = await kysely.selectFrom('censuses').selectAll().where('log', '=', log).executeTakeFirst();
      if (found === undefined) return null;
      return {
        ordinal: found.ordinal,
        last: markOf(found.last_position, found.last_id),
        seen: markOf(found.seen_position, found.seen_id),
      };
    },

    async keepCensus(log, { ordinal, last, seen }) {
      const row = {
        ordinal,
        last_position: last?.position ?? null,
        last_id: last?.id ?? null,
        seen_position: seen?.position ?? null,
        seen_id: seen?.id ?? null,
      };
      await kysely
        .insertInto('censuses')
        .values({ log, ...row })
        .onConflict((conflict) => conflict.column('log').doUpdateSet(row))
        .execute();
    },
  };
}

/** The row of a feed, made where there is none, and locked until the transaction ends. */
async function holdFeed(tx: Transaction<Tables>, name: string): Promise<{ id: number; revision: number }> {
  return tx
    .insertInto('feeds')
    .values({ name, revision: -1 } as Tables['feeds'])
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
    .returning(['id', 'revision'])
    .executeTakeFirstOrThrow();
}

const bytes = (digits: string): Buffer => Buffer.from(digits, 'hex');
/** libsql really answers an ArrayBuffer. */
const hex = (found: Buffer): string => Buffer.from(found).toString('hex');

const markOf = (position: string | null, id: string | null): Mark | null =>
  position === null || id === null ? null : { position, id };

function chunksOf<T>(rows: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) =>
    rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS),
  );
}
