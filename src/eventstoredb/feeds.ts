import { identify, identityOf, settle, type Identity } from '../app/eventIdentity.ts';
import { revisionOf, wrongRevision } from '../app/expectedRevision.ts';
import type { FeedIdentities } from '../app/feedIdentities.ts';
import type { AppendResult, EventLog, ExpectedRevision, NewEvent } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { appendPart } from './appendPart.ts';
import { partsOf } from './parts.ts';
import { isDeleted, readStream, type Server } from './reading.ts';
import { backOff } from './timing.ts';
import { identityIn, wireEvent } from './wireEvent.ts';

/** One stream as this process knows it. Whoever appends to it has it alone. */
interface Feed {
  /** Settles when the append before is done. */
  turn: Promise<unknown>;
  /** Revision of the last event as far as we know; null when it must be read from the server first. */
  revision: number | null;
  /** Settles when the identities of what was stored last are kept. */
  keeping: Promise<void>;
}

/** Identities that are read from the server and kept at a time. */
const LOAD_EVENTS = 4_096;

/**
 * The `append` of the log. EventStoreDB refuses no repeated id, so we do: one writer a stream within the process, each
 * append after an explicit revision, so that a writer elsewhere is noticed, and the identity of every event kept beside
 * the log. What the identities do not cover yet is read from the stream before the first append to it.
 */
export function appendTo(
  server: Server,
  prefix: string,
  identities: FeedIdentities,
  effects: { now: () => Date },
): EventLog['append'] {
  const feeds = new Map<string, Feed>();

  return (stream, events, expected) => {
    const feed = feeds.get(stream) ?? { turn: Promise.resolve(), revision: null, keeping: Promise.resolve() };
    feeds.set(stream, feed);
    const turn = feed.turn.then(() => appendAlone(feed, stream, events, expected));
    feed.turn = turn.catch(() => {});
    return turn;
  };

  async function appendAlone(
    feed: Feed,
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<AppendResult> {
    const recordedAt = effects.now().toISOString();
    const identified = identify(stream, events);
    const mine = new Set<string>();
    if (expected !== 'any') feed.revision = null;
    const patience = performance.now() + server.timing.total_ms;
    for (let rounds = 1; ; rounds++) {
      await feed.keeping;
      const hasLoaded = feed.revision === null;
      feed.revision ??= await load(server, prefix, identities, stream);
      const wanted = mine.size > 0 ? null : revisionOf(expected);
      if (wanted !== null && wanted !== feed.revision) throw wrongRevision(stream, expected, feed.revision);

      const kept = await identities.hashes(identified.map(({ identity }) => identity));
      const known = new Map([...kept].filter(([identity]) => !mine.has(identity)));
      const outcomes = settle(identified, known);
      const fresh = events.flatMap((event, index) =>
        outcomes[index] === 'appended' && !mine.has(identified[index]!.identity) ? [event] : [],
      );
      if (fresh.length === 0 && mine.size === 0 && rounds === 1 && !hasLoaded) {
        // What is known already never reaches the server: it may have been restored from an older copy meanwhile.
        feed.revision = null;
        continue;
      }
      const revision = await appendFresh(feed, feed.revision, stream, fresh, recordedAt, mine);
      if (revision !== 'moved') return { outcomes, revision };
      if (performance.now() > patience) throw contended(stream);
      await backOff(rounds, server.connection.closed);
    }
  }

  /**
   * Appends after `revision` and answers the last revision then; `moved` when another writer came in between, and the
   * stream must be read again. `mine` takes the identities of what was stored.
   */
  async function appendFresh(
    feed: Feed,
    revision: number,
    stream: string,
    fresh: readonly NewEvent[],
    recordedAt: string,
    mine: Set<string>,
  ): Promise<number | 'moved'> {
    let last = revision;
    for (const part of partsOf(fresh)) {
      feed.revision = null; // However the attempt ends, the stream is read again unless the part was stored.
      const wire = part.map((event) => wireEvent(stream, event, recordedAt));
      if ((await appendPart(server, prefix + stream, wire, last)) === 'moved') return 'moved';
      const stored = part.map(({ id, hash }) => identityOf(stream, id, hash));
      for (const { identity } of stored) mine.add(identity);
      feed.revision = last + part.length;
      keep(feed, stream, last + 1, stored);
      last += part.length;
    }
    return last;
  }

  /**
   * Keeps identities while the answer is already on its way: the events are durable. What could not be kept is read from
   * the stream again before the next append.
   */
  function keep(feed: Feed, stream: string, revision: number, stored: readonly Identity[]): void {
    feed.keeping = feed.keeping
      .then(() => identities.cover(stream, revision, stored))
      .catch(() => {
        feed.revision = null;
      });
  }
}

/** Brings the kept identities of a stream up to its end and answers its last revision, −1 when it is empty. */
async function load(server: Server, prefix: string, identities: FeedIdentities, stream: string): Promise<number> {
  const covered = await identities.covered(stream);
  const from = Math.max(covered.revision, 0);
  let revision = covered.revision;
  for (let next = from; ; next = revision + 1) {
    const page = await readStream(server, prefix + stream, next, LOAD_EVENTS);
    const found = page.map((recorded) => identityIn(stream, recorded));
    if (next === from && covered.identity !== null && found[0]?.identity !== covered.identity) {
      // Not the stream that the identities were made from: the log was restored, or is another one.
      await refuseDeleted(server, prefix + stream, page.length);
      await identities.forget(stream);
      return load(server, prefix, identities, stream);
    }
    if (page.length === 0) {
      if (revision < 0) await refuseDeleted(server, prefix + stream, 0);
      return revision;
    }
    if (Number(page[0]!.revision) !== next || Number(page.at(-1)!.revision) !== next + page.length - 1) {
      throw incomplete(prefix + stream, next);
    }
    await identities.cover(stream, next, found);
    revision = next + page.length - 1;
    if (page.length < LOAD_EVENTS) return revision;
  }
}

async function refuseDeleted(server: Server, name: string, events: number): Promise<void> {
  if (events === 0 && (await isDeleted(server, name))) throw incomplete(name, 0);
}

const incomplete = (name: string, revision: number): LedgerError =>
  new LedgerError(
    'verification-failed',
    `The EventStoreDB stream "${name}" lacks events from revision ${revision} on: it was deleted or cut short.`,
    { hint: 'Streams of the log must never be deleted: restore the server from a backup.' },
  );

const contended = (stream: string): LedgerError =>
  new LedgerError('unavailable', `Other writers were always first at the stream "${stream}".`, {
    hint: 'One process should write a feed. Send the same events again: what was stored is not stored twice.',
  });
