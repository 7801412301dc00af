/**
 * The events of the double: an index in memory over the log file, and one writer that takes all waiting appends at
 * once, writes them with one flush, and only then shows and answers them.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decideAppend, type Decision, type Expected } from './decideAppend.ts';
import { decodeFrame, encodeFrame, TOMBSTONE_REVISION, type Recorded, type Seen } from './frame.ts';
import { recentIds } from './recentIds.ts';
import { commitSize, firstRecordOf, openLogFile, RECORD_HEAD } from './logFile.ts';

/** An event of the index. Its position is where it lies in the log file. */
export interface Indexed {
  readonly position: number;
  readonly frameLength: number;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
}

export type Proposed = Pick<Recorded, 'id' | 'type' | 'contentType' | 'customMetadata' | 'data'>;

export type Outcome =
  | { readonly kind: 'appended'; readonly lastRevision: number; readonly position: number | null }
  | Exclude<Decision, { kind: 'new' | 'repeated' }>;

export interface Store {
  append(stream: string, expected: Expected, events: readonly Proposed[]): Promise<Outcome>;
  /** Hides what is in the stream so far; later appends show again. */
  softDelete(stream: string, expected: Expected): Promise<Outcome>;
  /** Ends the stream for good. */
  tombstone(stream: string, expected: Expected): Promise<Outcome>;
  /** Every event, in order of position; those from `shown()` on are not on the disk yet. */
  readonly all: readonly Indexed[];
  readonly shown: () => number;
  /** Every event of a stream by revision; it grows. */
  eventsOf(stream: string): readonly Indexed[];
  /** The part of `eventsOf` that a reader may see, or why there is none. */
  readable(stream: string): { readonly from: number; readonly to: number } | 'missing' | 'deleted';
  readonly isShown: (event: Indexed) => boolean;
  frames(events: readonly Indexed[]): Buffer[];
  /** Calls back after each commit with the number of its events; answers how to stop that. */
  onCommit(listener: (events: readonly Indexed[]) => void): () => void;
  /** Ends when everything that waits is written. */
  close(): Promise<void>;
  /** Ends as a killed process does: what waits is never answered. */
  abandon(): Promise<void>;
}

interface Stream {
  readonly events: Indexed[];
  tombstoned: boolean;
  metadata: { readonly truncateBefore: number; readonly maxCount: number } | null;
}

const SOFT_DELETED = '{"$tb":9223372036854775807}';
const NO_BYTES = new Uint8Array();

/** Opens the log of a folder, or begins one as a new server does, with a system event. */
export async function openStore(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  const all: Indexed[] = [];
  const streams = new Map<string, Stream>();
  const recent = recentIds();
  const listeners = new Set<(events: readonly Indexed[]) => void>();
  let shown = 0;
  let abandoned = false;

  const streamOf = (name: string): Stream => {
    const found = streams.get(name) ?? { events: [], tombstoned: false, metadata: null };
    streams.set(name, found);
    return found;
  };
  const index = (event: Seen, position: number, frameLength: number): Indexed => {
    const { id, stream, revision, type } = event;
    const indexed = { position, frameLength, id, stream, revision, type };
    all.push(indexed);
    if (revision === TOMBSTONE_REVISION) streamOf(stream).tombstoned = true;
    else streamOf(stream).events.push(indexed);
    if (stream.startsWith('$$') && type === '$metadata') streamOf(stream.slice(2)).metadata = readMetadata(event.data);
    return indexed;
  };
  const isShown = ({ position }: Indexed): boolean => position < (all[shown]?.position ?? Infinity);
  const log = openLogFile(join(folder, 'events.log'), (frame, position) => {
    index(decodeFrame(frame), position, frame.length);
  });
  shown = all.length;

  const factsOf = (name: string) => {
    const stream = streams.get(name);
    return {
      lastRevision: (stream?.events.length ?? 0) - 1,
      tombstoned: stream?.tombstoned ?? false,
      softDeleted: isSoftDeleted(stream),
      hasMetadata: (streams.get(`$$${name}`)?.events.length ?? 0) > 0,
      idAt: (revision: number) => stream?.events[revision]?.id,
      remembered: (id: string) => {
        const found = recent.find(id);
        return found?.stream === name ? found.revision : undefined;
      },
    };
  };

  /** The commits that are decided and not yet written, and those that wait for their answers. */
  let staged: { readonly frames: Buffer[]; readonly events: Indexed[] }[] = [];
  let stagedEnd = log.end();
  const stage = (entries: readonly Recorded[]): Indexed[] => {
    let position = firstRecordOf(stagedEnd);
    const commit = { frames: [] as Buffer[], events: [] as Indexed[] };
    for (const entry of entries) {
      const frame = encodeFrame(entry, position);
      commit.frames.push(frame);
      commit.events.push(index(entry, position, frame.length));
      position += RECORD_HEAD + frame.length;
    }
    staged.push(commit);
    stagedEnd += commitSize(commit.frames);
    return commit.events;
  };
  const metadataEvent = (stream: string, data: string): Recorded => ({
    id: randomUUID(),
    stream: `$$${stream}`,
    revision: streams.get(`$$${stream}`)?.events.length ?? 0,
    type: '$metadata',
    contentType: 'application/json',
    createdMs: Date.now(),
    customMetadata: NO_BYTES,
    data: Buffer.from(data),
  });

  /** Decides one request and, if it is new, lets `write` stage it; `write` answers its last event. */
  const decided = (
    name: string,
    expected: Expected,
    ids: readonly string[],
    write: (next: number) => Indexed | undefined,
  ): Outcome => {
    const facts = factsOf(name);
    const decision = decideAppend(expected, ids, facts);
    if (decision.kind !== 'new' && decision.kind !== 'repeated') return decision;
    const last =
      decision.kind === 'new' ? write(facts.lastRevision + 1) : streams.get(name)?.events[decision.lastRevision];
    return { kind: 'appended', lastRevision: last?.revision ?? facts.lastRevision, position: last?.position ?? null };
  };
  const stageEvents = (name: string, events: readonly Proposed[], next: number): Indexed | undefined => {
    if (events.length === 0) return undefined;
    const revived = isSoftDeleted(streams.get(name));
    const createdMs = Date.now();
    const entries = events.map((event, i) => ({ ...event, stream: name, revision: next + i, createdMs }));
    for (const { id, revision } of entries) recent.add(id, { stream: name, revision });
    // A soft-deleted stream comes back with what is new in it: a server writes that into its metadata.
    return stage(revived ? [...entries, metadataEvent(name, `{"$tb":${next}}`)] : entries)[entries.length - 1];
  };

  interface Waiting {
    readonly stage: () => Outcome;
    readonly done: (outcome: Outcome) => void;
  }
  const waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  const writeWaiting = async (): Promise<void> => {
    while (waiting.length > 0 && !abandoned) {
      const group = waiting.splice(0).map(({ stage, done }) => ({ outcome: stage(), done }));
      const commits = staged;
      staged = [];
      if (commits.length > 0) await log.append(commits.map(({ frames }) => frames));
      if (abandoned) break;
      for (const { events } of commits) {
        shown += events.length;
        for (const listener of listeners) listener(events);
      }
      for (const { outcome, done } of group) done(outcome);
    }
    writing = null;
    if (abandoned) log.close();
  };
  const enqueue = (stage: () => Outcome): Promise<Outcome> =>
    new Promise((done) => {
      waiting.push({ stage, done });
      // A turn of the event loop, so that what arrives together is written together.
      writing ??= new Promise<void>((go) => setImmediate(go)).then(writeWaiting);
    });

  const store: Store = {
    append(stream, expected, events) {
      const ids = events.map(({ id }) => id);
      return enqueue(() => decided(stream, expected, ids, (next) => stageEvents(stream, events, next)));
    },
    softDelete: (stream, expected) =>
      enqueue(() => decided(stream, expected, [randomUUID()], () => stage([metadataEvent(stream, SOFT_DELETED)])[0])),
    tombstone: (stream, expected) =>
      enqueue(() =>
        decided(stream, expected, [randomUUID()], () => {
          const end = { revision: TOMBSTONE_REVISION, type: '$streamDeleted', contentType: 'application/octet-stream' };
          return stage([{ ...metadataEvent(stream, ''), ...end, stream }])[0];
        }),
      ),
    all,
    shown: () => shown,
    eventsOf: (name) => streamOf(name).events,
    readable(name) {
      const stream = streams.get(name);
      if (stream?.tombstoned === true) return 'deleted';
      if (stream === undefined || isSoftDeleted(stream)) return 'missing';
      let to = stream.events.length;
      while (to > 0 && !isShown(stream.events[to - 1] as Indexed)) to -= 1;
      return to === 0 ? 'missing' : { from: firstVisible(name, stream), to };
    },
    isShown,
    frames(events) {
      const [first, last] = [events[0], events.at(-1)];
      if (first === undefined || last === undefined) return [];
      const frameOf = (bytes: Buffer, at: number, { frameLength }: Indexed): Buffer =>
        bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + frameLength);
      const endOf = ({ position, frameLength }: Indexed): number => position + RECORD_HEAD + frameLength;
      const wanted = events.reduce((sum, { frameLength }) => sum + frameLength, 0);
      // Neighbours are read at once, strewn events one by one.
      if (endOf(last) - first.position > 4 * wanted) {
        return events.map((event) => frameOf(log.read(event.position, endOf(event)), 0, event));
      }
      const bytes = log.read(first.position, endOf(last));
      return events.map((event) => frameOf(bytes, event.position - first.position, event));
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      while (writing !== null) await writing;
      abandoned = true;
      log.close();
    },
    async abandon() {
      abandoned = true;
      listeners.clear();
      if (writing === null) log.close();
      else await writing;
    },
  };
  if (all.length === 0) await store.append('$$$scavenges', 'any', [metadataEvent('$scavenges', '{}')]);
  return store;
}

const isSoftDeleted = (stream: Stream | undefined): boolean =>
  (stream?.metadata?.truncateBefore ?? 0) >= TOMBSTONE_REVISION;

/** A stream of metadata keeps its last event only, another what its metadata says. */
function firstVisible(name: string, { events, metadata }: Stream): number {
  const maxCount = name.startsWith('$$') ? 1 : (metadata?.maxCount ?? Infinity);
  return Math.max(0, metadata?.truncateBefore ?? 0, events.length - maxCount);
}

function readMetadata(data: Uint8Array): Stream['metadata'] {
  const said = JSON.parse(Buffer.from(data).toString() || '{}') as { $tb?: number; $maxCount?: number };
  return { truncateBefore: said.$tb ?? 0, maxCount: said.$maxCount ?? Infinity };
}
