import type { Kysely } from 'kysely';

/**
 * An opened database that a log and read models share. Whoever opened it closes it, after everything that uses it.
 * Numbers are JavaScript numbers on both dialects: ordinals and milliseconds stay far below 2^53.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}

/** The tables, as `migrations.ts` makes them. */
export interface Tables {
  streams: StreamsTable;
  events: EventsTable;
  checkpoints: CheckpointsTable;
  projections_v1: ProjectionsTable;
  observations_v2: ObservationsTable;
  feed_register_v1: FeedRegisterTable;
  feeds: FeedsTable;
  feed_identities: FeedIdentitiesTable;
  censuses: CensusesTable;
  kept_receipts: KeptReceiptsTable;
}

interface StreamsTable {
  id: number;
  name: string;
  revision: number;
}

interface EventsTable {
  ordinal: number;
  recorded_ms: number;
  stream: number;
  body: string;
}

interface CheckpointsTable {
  /** Name of the observations table that the checkpoint belongs to: a new table starts without one. */
  read_models: string;
  ordinal: number;
  position: string;
  fingerprint: string;
}

interface ProjectionsTable {
  name: string;
  /** 1 when stored by `replace`: such a projection is known even while it holds no observation. */
  replaced: number;
  /** Of the last event that is in its observations; 0 at the start. */
  ordinal: number;
}

interface ObservationsTable {
  projection: string;
  place: string;
  breakdown: string;
  basis: string;
  year: string;
  granularities: string;
  cells: string;
}

/** What has come of a feed and what is due: one JSON text a feed. */
interface FeedRegisterTable {
  source: string;
  state: string;
}

/** A stream of a log outside this database. */
interface FeedsTable {
  id: number;
  name: string;
  /** The last revision of which the identity is kept, and that identity. */
  revision: number;
  identity: Buffer | null;
}

interface FeedIdentitiesTable {
  identity: Buffer;
  feed: number;
  hash: Buffer;
}

interface CensusesTable {
  log: string;
  ordinal: number;
  last_position: string | null;
  last_id: string | null;
  seen_position: string | null;
  seen_id: string | null;
}

interface KeptReceiptsTable {
  key: string;
  fingerprint: string;
  receipt: string;
  kept_ms: number;
  /** The last event of the log when the receipt was answered. */
  mark_position: string | null;
  mark_fingerprint: string | null;
}
