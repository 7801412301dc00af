import type { FeedIdentities, CountedMark } from '../app/feedIdentities.ts';
import type { EventLog, Position } from '../app/ports.ts';
import { counting } from './census.ts';
import { connect } from './connection.ts';
import { continuityFrom, type Continuity } from './continuity.ts';
import { appendTo } from './feeds.ts';
import { positionOf } from './positions.ts';
import { chunksAfter, eventAt, type Server } from './reading.ts';
import { subscribeAfter } from './subscribing.ts';
import { TIMING, type Timing } from './timing.ts';
import { ourEvent, type OurEvent } from './wireEvent.ts';

/** Names of the log's streams on the server start like this; the name of the stream follows, a feed's `source`. */
const PREFIX = 'outcomes-';

/**
 * The event log in EventStoreDB, at a connection string of `esdb://` or `esdb+discover://`. It connects when it is used
 * first. `identities` must belong to this log alone; `effects.now` is the clock that dates each append. Closing the log
 * leaves the identities open.
 *
 * Errors are those of the port, and LedgerError: `usage` for a connection string that cannot be used; `unavailable` when
 * the server does not answer in time: whether an append took place is then unknown, and doing it again is safe;
 * `verification-failed` when events are missing or a position is that of no event.
 * @param choices for tests: another prefix keeps a log apart on a server that has others, other times make faults short
 */
export function eventStoreLog(
  connectionString: string,
  identities: FeedIdentities,
  effects: { now: () => Date },
  choices: { prefix?: string; timing?: Partial<Timing> } = {},
): EventLog {
  const server: Server = { connection: connect(connectionString), timing: { ...TIMING, ...choices.timing } };
  const prefix = choices.prefix ?? PREFIX;
  const census = counting(server, prefix, identities);
  const head = async () => (await census.toHead()).last?.position ?? null;
  /** The watch over the reader that came last, and where it stopped: most readers go on there. */
  let watch: { at: Position | null; continuity: Continuity } | null = null;

  return {
    append: appendTo(server, prefix, identities, effects),

    async read(after, limit) {
      const from = await census.startAfter(after);
      const continuity = watch?.at === after ? watch.continuity : continuityFrom(server, prefix, after);
      watch = null;
      const found: OurEvent[] = [];
      let last: CountedMark | null = null;
      let seen: CountedMark | null = null;
      for await (const chunk of chunksAfter(server, from, limit)) {
        for (const event of chunk) {
          if (found.length === limit) break;
          const ours = ourEvent(prefix, event);
          seen = { position: positionOf(event.position), id: event.id };
          if (ours === null) continue;
          found.push(ours);
          last = seen;
        }
        if (found.length === limit) break;
      }
      await continuity.check(found);
      if (seen !== null) census.passed(from, found.length, last, seen);
      watch = { at: last?.position ?? after, continuity };
      return found.map(({ stored }) => stored);
    },

    subscribe: (after, pageSize, signal) => subscribeAfter(server, prefix, after, pageSize, signal, head),

    async at(position) {
      const found = await eventAt(server, position);
      return found === null ? null : (ourEvent(prefix, found)?.stored ?? null);
    },
    head,
    async size() {
      return (await census.toHead()).ordinal;
    },

    async close() {
      await census.save().catch(() => {}); // It is made again from the log.
      await server.connection.close();
    },
  };
}
