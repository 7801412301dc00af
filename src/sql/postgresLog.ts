import { sql } from 'kysely';
import { identify, settle, type Identified } from '../app/eventIdentity.ts';
import { revisionOf, wrongRevision } from '../app/expectedRevision.ts';
import type { EventLog } from '../app/ports.ts';
import { follow, newBell } from './follow.ts';
import { listen } from './listen.ts';
import { isPosition, ordinalOf, positionOf, readPage, type PageRow } from './pages.ts';
import type { PostgresDatabase } from './postgresDatabase.ts';

/**
 * The event log in PostgreSQL, which must have been migrated. The server's clock dates each append. Closing the log
 * ends its listening connection and leaves the database open. Errors are those of the port, and LedgerError
 * `unavailable` when the connection fails: whether an append took place is then unknown, and doing it again is safe.
 */
export function postgresLog(database: PostgresDatabase): EventLog {
  const { kysely } = database;
  const appended = newBell();
  const closed = new AbortController();
  let listening: Promise<void> | undefined;

  const size = async () => {
    const found = await sql<{ last: number }>`select coalesce(max(ordinal), 0) as last from events`.execute(kysely);
    return found.rows[0]!.last;
  };

  const page = async (from: number, limit: number): Promise<PageRow> => {
    const found = await sql<PageRow>`
      select max(ordinal) as last,
        json_agg(recorded_ms)::text as recorded, '[' || string_agg(body, ',') || ']' as bodies
      from (select ordinal, recorded_ms, body from events where ordinal > ${from} order by ordinal limit ${limit}) page
    `.execute(kysely);
    return found.rows[0]!;
  };
  const read: EventLog['read'] = async (after, limit) => readPage(page, ordinalOf(after), limit);

  return {
    async append(stream, events, expected) {
      const identified = identify(stream, events);
      const alone = settle(identified, new Map());
      const distinct = identified.filter((_, index) => alone[index] === 'appended');
      const called = await sql<{ revision: number; refused: boolean; known: string | null }>`
        select * from append_events(
          ${stream}, ${revisionOf(expected)},
          ${distinct.map(({ identity }) => identity).join(',')},
          ${distinct.map(({ hash }) => hash).join(',')},
          ${distinct.map(({ body }) => body).join('\u001f')},
          ${timesOf(distinct)}
        )`.execute(kysely);
      const { revision, refused, known } = called.rows[0]!;
      if (refused) throw wrongRevision(stream, expected, revision);
      return { outcomes: settle(identified, hashesIn(known)), revision };
    },

    read,
    subscribe(after, pageSize, signal) {
      listening ??= listen(() => database.newClient(), appended, closed.signal);
      return follow(read, appended, after, pageSize, signal);
    },
    async at(position) {
      if (!isPosition(position) || ordinalOf(position) === 0) return null;
      return (await read(positionOf(ordinalOf(position) - 1), 1))[0] ?? null;
    },
    async head() {
      const last = await size();
      return last === 0 ? null : positionOf(last);
    },
    size,
    async close() {
      closed.abort();
      await listening;
    },
  };
}

/** The times that came with the events, empty where none did; null for none at all. */
function timesOf(events: readonly Identified[]): string | null {
  const times = events.map(({ recorded_ms }) => recorded_ms ?? '');
  return times.every((time) => time === '') ? null : times.join(',');
}

/** The hash of each identity in "identity hash,identity hash,…". */
function hashesIn(known: string | null): Map<string, string> {
  if (known === null) return new Map();
  return new Map(known.split(',').map((pair) => [pair.slice(0, 32), pair.slice(33)]));
}
