import { sql, type Transaction } from 'kysely';
import type { Identity } from '../app/eventIdentity.ts';
import { leavesOut, type FeedIdentities, type CountedMark } from '../app/feedIdentities.ts';
import type { Database, Tables } from './database.ts';

/**
 * Identities in either database, which must have been migrated. Errors are those of the port, and LedgerError
 * `unavailable` when the connection fails.
 */
export function kyselyFeedIdentities({ kysely, dialect }: Database): FeedIdentities {
  const { rows, text } = DIALECTS[dialect];
  return {
    async covered(stream) {
      const found = await kysely
        .selectFrom('feeds')
        .select(['revision', text('identity').as('identity')])
        .where('name', '=', stream)
        .executeTakeFirst();
      // An empty feed has no identity; SQLite's hex makes an empty text of that.
      return { revision: found?.revision ?? -1, identity: found?.identity || null };
    },

    async hashes(identities) {
      const wanted = rows(identities.map((identity) => ({ identity, hash: '' })));
      const found = await sql<Identity>`
        select ${text('identity')} as identity, ${text('hash')} as hash from feed_identities
        where identity in (select identity from (${wanted}) as wanted)
      `.execute(kysely);
      return new Map(found.rows.map(({ identity, hash }) => [identity, hash]));
    },

    async cover(stream, revision, events) {
      if (events.length === 0) return;
      await kysely.transaction().execute(async (tx) => {
        const feed = await holdFeed(tx, stream);
        if (revision > feed.revision + 1) throw leavesOut(stream, feed.revision, revision);
        // `where true` tells SQLite that what follows is not the condition of a join.
        await sql`
          insert into feed_identities (identity, feed, hash)
          select identity, ${feed.id}, hash from (${rows(events)}) as given where true on conflict do nothing
        `.execute(tx);
        const last = revision + events.length - 1;
        if (last <= feed.revision) return;
        const identity = Buffer.from(events.at(-1)!.identity, 'hex');
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

    async clear() {
      await kysely.transaction().execute(async (tx) => {
        for (const table of ['feed_identities', 'feeds', 'censuses'] as const) await tx.deleteFrom(table).execute();
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

/**
 * Identities as a table of bytes, made by the database from one JSON text: binding them one by one takes longer than
 * storing them. And the other way round, bytes as hexadecimal text.
 */
const DIALECTS = {
  sqlite: {
    rows: (given: readonly Identity[]) => sql`
      select unhex(value ->> 0) as identity, unhex(value ->> 1) as hash from json_each(${json(given)})`,
    text: (column: string) => sql<string>`lower(hex(${sql.ref(column)}))`,
  },
  postgres: {
    rows: (given: readonly Identity[]) => sql`
      select decode(value ->> 0, 'hex') as identity, decode(value ->> 1, 'hex') as hash
      from json_array_elements(${json(given)}::json) as given (value)`,
    text: (column: string) => sql<string>`encode(${sql.ref(column)}, 'hex')`,
  },
};

const json = (given: readonly Identity[]): string =>
  JSON.stringify(given.map(({ identity, hash }) => [identity, hash]));

const markOf = (position: string | null, id: string | null): CountedMark | null =>
  position === null || id === null ? null : { position, id };
