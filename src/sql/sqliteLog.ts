import { sql, type Transaction } from 'kysely';
import { identify, settle, type Identified } from '../app/eventIdentity.ts';
import { revisionOf, wrongRevision } from '../app/expectedRevision.ts';
import type { EventLog } from '../app/ports.ts';
import type { Database, Tables } from './database.ts';
import { follow, newBell } from './follow.ts';
import { isPosition, ordinalOf, positionOf, readPage, type PageRow } from './pages.ts';

/**
 * The event log in the embedded database, which must have been migrated. `effects.now` is the clock that dates each
 * append. Closing the log leaves the database open. Errors are those of the port.
 */
export function sqliteLog({ kysely }: Database, effects: { now: () => Date }): EventLog {
  const appended = newBell();

  const size = async () => (await kysely.selectFrom('events').select(lastOrdinal).executeTakeFirstOrThrow()).last;

  const page = async (from: number, limit: number): Promise<PageRow> => {
    const found = await sql<PageRow>`
      select max(ordinal) as last,
        '[' || group_concat(recorded_ms) || ']' as recorded, '[' || group_concat(body) || ']' as bodies
      from (select ordinal, recorded_ms, body from events where ordinal > ${from} order by ordinal limit ${limit})
    `.execute(kysely);
    return found.rows[0]!;
  };
  const read: EventLog['read'] = async (after, limit) => readPage(page, ordinalOf(after), limit);

  return {
    async append(stream, events, expected) {
      const identified = identify(stream, events);
      const result = await kysely.transaction().execute(async (tx) => {
        const held = await tx.selectFrom('streams').selectAll().where('name', '=', stream).executeTakeFirst();
        const revision = held?.revision ?? -1;
        if ((revisionOf(expected) ?? revision) !== revision) throw wrongRevision(stream, expected, revision);

        const outcomes = settle(identified, await hashesOf(tx, identified));
        const fresh = identified.filter((_, index) => outcomes[index] === 'appended');
        if (fresh.length > 0) await store(tx, stream, revision + fresh.length, fresh, effects.now().getTime());
        return { outcomes, revision: revision + fresh.length };
      });
      appended.ring();
      return result;
    },

    read,
    subscribe: (after, pageSize, signal) => follow(read, appended, after, pageSize, signal),
    async at(position) {
      if (!isPosition(position) || ordinalOf(position) === 0) return null;
      return (await read(positionOf(ordinalOf(position) - 1), 1))[0] ?? null;
    },
    async head() {
      const last = await size();
      return last === 0 ? null : positionOf(last);
    },
    size,
    async close() {},
  };
}

const lastOrdinal = sql<number>`coalesce(max(ordinal), 0)`.as('last');

/** The hash of each of these events that the log holds already, by identity. */
async function hashesOf(tx: Transaction<Tables>, events: readonly Identified[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ identity: string; hash: string }>`
    select lower(hex(identity)) as identity, lower(hex(hash)) as hash from events
    where identity in (select unhex(value) from json_each(${JSON.stringify(events.map(({ identity }) => identity))}))
  `.execute(tx);
  return new Map(rows.map(({ identity, hash }) => [identity, hash]));
}

async function store(
  tx: Transaction<Tables>,
  stream: string,
  revision: number,
  events: readonly Identified[],
  recorded_ms: number,
): Promise<void> {
  const { id } = await tx
    .insertInto('streams')
    .values({ name: stream, revision } as Tables['streams'])
    .onConflict((name) => name.column('name').doUpdateSet({ revision }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const { last } = await tx.selectFrom('events').select(lastOrdinal).executeTakeFirstOrThrow();
  // One JSON text for the whole batch: binding values one by one is what takes the time.
  await sql`
    insert into events (ordinal, recorded_ms, stream, identity, hash, body)
    select ${last} + 1 + key, coalesce(value ->> 3, ${recorded_ms}), ${id}, unhex(value ->> 0), unhex(value ->> 1), value ->> 2
    from json_each(${JSON.stringify(events.map((event) => [event.identity, event.hash, event.body, event.recorded_ms]))})
  `.execute(tx);
}
