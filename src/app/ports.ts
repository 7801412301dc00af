/**
 * The log and the read models as the application needs them from outside; `keptReceipts.ts` and `feedIdentities.ts` are
 * two smaller ports. Each has one conformance suite in `test/conformance`, run on every implementation. What they throw
 * are LedgerErrors: the words in quotes below are their codes.
 */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Basis, Granularity } from '../../contracts/vocabulary.ts';
import type { Observation, ObservationKey } from '../domain/observation.ts';
import type { LogMark } from './logMark.ts';

/** A place in one log. Opaque: only its adapter reads it. Positions of one log sort as text in log order. */
export type Position = string;

export type ExpectedRevision = 'any' | 'no-stream' | number;

/** An event ready to be appended: its id within the stream, its canonical JSON, and the SHA-256 (hex) of that text. */
export interface NewEvent {
  readonly id: string;
  readonly body: string;
  readonly hash: string;
  /** For an event that comes from another log: when that one made it durable. Else the log's own clock says. */
  readonly recordedAt?: string;
}

/** `conflict`: the stream already holds this id with other content. The new content is not stored. */
export type AppendOutcome = 'appended' | 'duplicate' | 'conflict';

export interface AppendResult {
  /** One outcome for each event given, in the order given. */
  readonly outcomes: readonly AppendOutcome[];
  /** Revision of the stream's last event after this call: the first event of a stream has revision 0; −1 when empty. */
  readonly revision: number;
}

export interface StoredEvent {
  readonly position: Position;
  /** When the log made it durable, ISO 8601 UTC with milliseconds. */
  readonly recordedAt: string;
  /** As it was stored. Where others can write, it may be anything. */
  readonly event: ActivityEvent;
  /** The stream it lies in, where somebody else may have stored it, who did not check it against its contract. */
  readonly foreignStream?: string;
}

/** The append-only truth. One stream per source feed; a stream's name is the CloudEvents `source`. */
export interface EventLog {
  /**
   * Makes the new ones of `events` durable, in the order given, as one atomic append, then resolves. Idempotent by id:
   * an id that the stream holds with the same content is a `duplicate`, with other content a `conflict`; neither is
   * stored, and neither keeps the others from being stored. Throws `wrong-expected-revision` and stores nothing when
   * the stream is not where the caller thought.
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<AppendResult>;
  /** At most `limit` events after `after` (null: from the start), in log order. Fewer than `limit` only at the head. */
  read(after: Position | null, limit: number): Promise<readonly StoredEvent[]>;
  /** Catch-up, then live: pages of at most `pageSize` events for as long as `signal` is not aborted; then it ends. */
  subscribe(after: Position | null, pageSize: number, signal: AbortSignal): AsyncIterable<readonly StoredEvent[]>;
  /**
   * The event that stands at the position; null where none does, because the position is that of another log, or of
   * this one before it was restored from an older copy.
   */
  at(position: Position): Promise<StoredEvent | null>;
  /** Position of the last event, null when the log is empty. */
  head(): Promise<Position | null>;
  /** Number of events in the log: the ordinal of its last event. */
  size(): Promise<number>;
  close(): Promise<void>;
}

/** How far the read models have come: events are numbered from 1 in log order, the same on every log. */
export interface Checkpoint extends LogMark {
  /** The knowledge position: the ordinal of the last event taken in. */
  readonly ordinal: number;
}

/** A definition version's place in the read models: `visits@1:9f86d081884c`, id, version and hash of its plan. */
export type ProjectionName = string;

export interface ProjectionChange {
  readonly projection: ProjectionName;
  readonly upserts: readonly Observation[];
  readonly removals: readonly ObservationKey[];
}

export interface SeriesQuery {
  readonly projection: ProjectionName;
  readonly place?: string;
  readonly granularity?: Granularity;
  readonly breakdown?: string;
  readonly basis?: Basis;
}

export type HeldSeries = Pick<ObservationKey, 'place' | 'granularity' | 'basis' | 'breakdown'>;

/**
 * Observations and the checkpoint they belong to. Each projection stands where the last commit that named it, or the
 * last replacement, has brought it: behind the checkpoint when whoever moved that does not know the projection.
 */
export interface ReadModels {
  checkpoint(): Promise<Checkpoint | null>;
  /** The ordinal of the last event that is in the projection's observations; null when the projection is not known. */
  standing(projection: ProjectionName): Promise<number | null>;
  /**
   * Applies `changes` and moves the checkpoint, and every projection that they name, from `previous` to `next` in one
   * transaction. A projection of which nothing changes is named all the same. Throws `checkpoint-moved`, changing
   * nothing, when the stored checkpoint is not `previous`, or one of the projections does not stand there (one that is
   * not known stands at the start): another projector was here.
   */
  commit(previous: Checkpoint | null, next: Checkpoint, changes: readonly ProjectionChange[]): Promise<void>;
  /**
   * Stores a whole replay up to `ordinal` in place of whatever the projection held, in one transaction. Leaves the
   * checkpoint alone. Without `ordinal` the projection stands at the start, as a draft does, which nobody brings on.
   * The observations of one place and basis must follow one another: there may be millions, and each such group is
   * stored as it ends.
   */
  replace(projection: ProjectionName, observations: Iterable<Observation>, ordinal?: number): Promise<void>;
  /** Ordered by place, granularity, breakdown, basis, period, so that two stores with equal content answer alike. */
  series(query: SeriesQuery): Promise<readonly Observation[]>;
  /**
   * What series a projection holds: distinct place, granularity, basis and breakdown, sorted. There may be hundreds of
   * thousands: whoever wants some says `among` which.
   */
  held(projection: ProjectionName, among?: Partial<HeldSeries>): Promise<readonly HeldSeries[]>;
  /** Names of the projections that hold observations or were ever stored by `replace`, sorted. */
  projections(): Promise<readonly ProjectionName[]>;
  /** Forgets a projection. */
  drop(projection: ProjectionName): Promise<void>;
  /** Forgets everything, the checkpoint too: a rebuild starts from here. */
  clear(): Promise<void>;
  close(): Promise<void>;
}
