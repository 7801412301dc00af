import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Database } from './database.ts';

/**
 * Brings the tables up to date; doing so again changes nothing, and of two processes that start at once one waits.
 * Answers the names of the migrations that were applied. On PostgreSQL the role needs the right to create tables only
 * when there is something to apply.
 *
 * The log is altered by later migrations if ever. Tables of read models carry their version in their names:
 * another shape of observations is another table, filled by a replay.
 *
 * Throws LedgerError `unavailable` when the database was last used by a newer version.
 */
export async function migrate(database: Database): Promise<readonly string[]> {
  const migrations = database.dialect === 'sqlite' ? SQLITE : POSTGRES;
  const migrator = new Migrator({
    db: database.kysely,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(Object.entries(migrations).map(([name, statements]) => [name, running(statements)])),
    },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error instanceof Error && error.message.startsWith('corrupted migrations')) {
    throw new LedgerError('unavailable', `The database was last used by another version: ${error.message}.`, {
      hint: 'Start the version that last used it, or a newer one.',
    });
  }
  // kysely passes on whatever was thrown.
  if (error !== undefined) throw error as Error;
  return (results ?? []).map(({ migrationName }) => migrationName);
}

function running(statements: readonly string[]): Migration {
  return {
    async up(db: Kysely<unknown>) {
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
}

/**
 * Where each projection stands. Of those that were stored before nobody can say whether they hold all events up to the
 * checkpoint: they stand at the start, and are made again.
 */
const standings = (integer: string): readonly string[] => [
  `alter table projections_v1 add column ordinal ${integer} not null default 0`,
];

/**
 * All lengths of period of a year lie in one row, because an event changes them together. Where the read models stand is
 * kept, and each projection is stored again up to there.
 */
const observationsByYear = (text: string): readonly string[] => [
  'drop table observations_v1',
  'delete from projections_v1',
  "update checkpoints set read_models = 'observations_v2' where read_models = 'observations_v1'",
  `create table observations_v2 (
    projection ${text} not null,
    place ${text} not null,
    breakdown ${text} not null,
    basis ${text} not null,
    year ${text} not null,
    granularities ${text} not null,
    cells ${text} not null,
    primary key (projection, place, breakdown, basis, year)
  )`,
  // What series there are is answered from the index alone.
  'create index observations_v2_held on observations_v2 (projection, place, basis, breakdown, granularities)',
];

/** A receipt without a mark says nothing of which log it was given for: those go. */
const MARKS_OF_RECEIPTS: readonly string[] = [
  'delete from kept_receipts',
  'alter table kept_receipts add column mark_position text',
  'alter table kept_receipts add column mark_fingerprint text',
];

/**
 * `ordinal` numbers the events from 1 without a gap, in the order of their commits. `identity` is the first half of
 * SHA-256 of stream, line feed and id, `hash` that of the content: 16 bytes each keep the row slim, and two of them
 * alike by accident would show as a conflict, never as a lost event. `body` is text, so that it comes back as it went.
 */
const SQLITE: Readonly<Record<string, readonly string[]>> = {
  '0001-log': [
    `create table streams (
      id integer primary key,
      name text not null unique,
      revision integer not null
    )`,
    `create table events (
      ordinal integer primary key,
      recorded_ms integer not null,
      stream integer not null references streams (id),
      identity blob not null unique,
      hash blob not null,
      body text not null
    )`,
    ...['update', 'delete'].map(
      (change) => `create trigger events_no_${change} before ${change} on events begin
        select raise(abort, 'events is append-only');
      end`,
    ),
  ],
  '0002-read-models-1': readModelTables({ text: 'text', integer: 'integer' }),
  '0003-feed-identities': feedIdentityTables({
    id: 'integer primary key',
    bytes: 'blob',
    integer: 'integer',
    clustered: 'without rowid',
  }),
  '0005-checkpoint-fingerprints': checkpointTable({ text: 'text', integer: 'integer' }),
  '0006-kept-receipts': keptReceiptTables('integer'),
  '0007-receipts-of-one-log': MARKS_OF_RECEIPTS,
  '0008-standings': standings('integer'),
  '0009-observations-by-year': observationsByYear('text'),
  '0010-feed-register': [feedRegisterTable('text')],
};

const POSTGRES: Readonly<Record<string, readonly string[]>> = {
  '0001-log': [
    `create table streams (
      id integer primary key generated always as identity,
      name text not null unique,
      revision bigint not null
    )`,
    `create table events (
      ordinal bigint primary key,
      recorded_ms bigint not null,
      stream integer not null,
      identity uuid not null unique,
      hash uuid not null,
      body text not null
    )`,
    `create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name;
    end $$`,
    `create trigger events_append_only before update or delete or truncate on events
      for each statement execute function refuse_change()`,
    appendEvents({ takesTimes: false }),
  ],
  '0002-read-models-1': readModelTables({ text: 'text collate "C"', integer: 'bigint' }),
  '0003-feed-identities': feedIdentityTables({
    id: 'integer primary key generated always as identity',
    bytes: 'bytea',
    integer: 'bigint',
    clustered: '',
  }),
  '0004-recorded-times': [
    'drop function append_events(text, bigint, text, text, text)',
    appendEvents({ takesTimes: true }),
  ],
  '0005-checkpoint-fingerprints': checkpointTable({ text: 'text collate "C"', integer: 'bigint' }),
  '0006-kept-receipts': keptReceiptTables('bigint'),
  '0007-receipts-of-one-log': MARKS_OF_RECEIPTS,
  '0008-standings': standings('bigint'),
  '0009-observations-by-year': observationsByYear('text collate "C"'),
  '0010-feed-register': [feedRegisterTable('text collate "C"')],
};

/**
 * One call is one atomic append. Arrays travel as joined text: the fastest of the ways measured, and a valid JSON
 * text never holds the separator U+001F. The caller has taken repeats within the batch out.
 *
 * expected    revision the stream must be at, −1 for no stream, null for any
 * revision    where the stream is afterwards
 * refused     the stream was not at `expected`; nothing is stored
 * known       "identity hash,…" of those that the log held before; they are not stored again
 *
 * With `takesTimes`, as since 0004, `recorded` may give the times in milliseconds, an empty one for now.
 */
function appendEvents({ takesTimes }: { takesTimes: boolean }): string {
  const now = 'floor(extract(epoch from clock_timestamp()) * 1000)';
  return `create function append_events(
      stream_name text, expected bigint, identities text, hashes text, bodies text${takesTimes ? ', recorded text default null' : ''},
      out revision bigint, out refused boolean, out known text
    ) language plpgsql
    set search_path from current
    -- The plans are kept, and may have been made while the table was empty: only the indexes stay right as it grows.
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    as $$
    declare
      ids uuid[] := string_to_array(identities, ',');
      stream_id integer;
      last_ordinal bigint;
      added bigint;
    begin
      -- Alone in its statement: the statements after it take a new snapshot and see what the last holder committed.
      -- Held until the commit is visible, so ordinals are drawn in the order of commits and none is skipped.
      perform pg_advisory_xact_lock('events'::regclass::oid::bigint);

      select s.id, s.revision into stream_id, revision from streams s where s.name = stream_name;
      revision := coalesce(revision, -1);
      refused := coalesce(expected <> revision, false);
      if refused or identities = '' then
        return;
      end if;

      select string_agg(replace(e.identity::text || ' ' || e.hash::text, '-', ''), ',') into known
      from unnest(ids) as given (identity) join events e using (identity);

      if stream_id is null then
        insert into streams (name, revision) values (stream_name, -1) returning id into stream_id;
      end if;
      select coalesce(max(e.ordinal), 0) into last_ordinal from events e;
      insert into events (ordinal, recorded_ms, stream, identity, hash, body)
      select last_ordinal + row_number() over (order by given.n),
        ${takesTimes ? `coalesce(given.recorded, ${now})` : now}, stream_id, given.identity, given.hash, given.body
      from unnest(ids, string_to_array(hashes, ',')::uuid[], string_to_array(bodies, U&'\\001F')
        ${takesTimes ? ", string_to_array(recorded, ',', '')::bigint[]" : ''})
        with ordinality as given (identity, hash, body, ${takesTimes ? 'recorded, ' : ''}n)
      where known is null or not exists (select from events e where e.identity = given.identity);
      get diagnostics added = row_count;

      if added > 0 then
        revision := revision + added;
        update streams s set revision = append_events.revision where s.id = stream_id;
        perform pg_notify('outcome_ledger_appended', '');
      end if;
    end $$`;
}

/**
 * One row of observations is one calendar year of a series, its cells a JSON array in order of period. One row for
 * each observation was measured first: writing a replay took 4 to 10 times as long, reading it 2 to 5 times.
 * Text is ordered by its bytes on both dialects, whatever the locale.
 */
function readModelTables({ text, integer }: { text: string; integer: string }): readonly string[] {
  return [
    `create table checkpoints (
      read_models ${text} primary key,
      ordinal ${integer} not null,
      position ${text} not null
    )`,
    `create table projections_v1 (
      name ${text} primary key,
      replaced integer not null
    )`,
    `create table observations_v1 (
      projection ${text} not null,
      place ${text} not null,
      granularity ${text} not null,
      breakdown ${text} not null,
      basis ${text} not null,
      year ${text} not null,
      cells ${text} not null,
      primary key (projection, place, granularity, breakdown, basis, year)
    )`,
  ];
}

/** A checkpoint says which event it stands at. Older ones do not, so the read models are made again from the log. */
function checkpointTable({ text, integer }: { text: string; integer: string }): readonly string[] {
  return [
    'delete from projections_v1',
    'delete from observations_v1',
    'drop table checkpoints',
    `create table checkpoints (
      read_models ${text} primary key,
      ordinal ${integer} not null,
      position ${text} not null,
      fingerprint ${text} not null
    )`,
  ];
}

/** What a log outside this database needs to be remembered of it. Identities and hashes are those of the log's table. */
function feedIdentityTables(types: {
  id: string;
  bytes: string;
  integer: string;
  clustered: string;
}): readonly string[] {
  const { id, bytes, integer, clustered } = types;
  return [
    `create table feeds (
      id ${id},
      name text not null unique,
      revision ${integer} not null,
      identity ${bytes}
    )`,
    `create table feed_identities (
      identity ${bytes} primary key,
      feed integer not null references feeds (id),
      hash ${bytes} not null
    ) ${clustered}`,
    `create table censuses (
      log text primary key,
      ordinal ${integer} not null,
      last_position text,
      last_id text,
      seen_position text,
      seen_id text
    )`,
  ];
}

/** What has come of each feed and what is due of it: a read model with a checkpoint of its own. */
function feedRegisterTable(text: string): string {
  return `create table feed_register_v1 (
    source ${text} primary key,
    state text not null
  )`;
}

/** What was answered to requests that came with a key, for as long as they may come again. */
function keptReceiptTables(integer: string): readonly string[] {
  return [
    `create table kept_receipts (
      key text primary key,
      fingerprint text not null,
      receipt text not null,
      kept_ms ${integer} not null
    )`,
    'create index kept_receipts_age on kept_receipts (kept_ms)',
  ];
}
