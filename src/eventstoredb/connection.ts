import { setMaxListeners } from 'node:events';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { newClient } from './connectionString.ts';
import { within } from './timing.ts';

/** The clients of one log, and the end of their use. */
export interface Connection {
  /** For reads and subscriptions. */
  readonly reader: EventStoreDBClient;
  /** For appends. Ask for it before each attempt: it is exchanged when it is spoiled. */
  appender(): EventStoreDBClient;
  /** Makes an attempt to append when fewer than a bounded number are under way. */
  inTurn<T>(attempt: () => Promise<T>): Promise<T>;
  /** Puts a new client in place of `spoiled`, unless that was done already. */
  exchange(spoiled: EventStoreDBClient): Promise<void>;
  /** Aborted when the log is closed. */
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

/**
 * The clients for a connection string, connecting when they are used first. Reads and appends have one each, so that a
 * failed read does not close the channel under an append. Throws LedgerError `usage` for a string that cannot be used.
 */
export function connect(connectionString: string): Connection {
  const newAppender = () => withGuardedStream(newClient(connectionString));
  const reader = newClient(connectionString);
  let appender = newAppender();
  let exchanging: Promise<void> | null = null;
  const closed = new AbortController();
  setMaxListeners(0, closed.signal); // Every call under way listens to it.

  /** The old client is shut before there is a new one: the end of its stream rejects every append under way. */
  async function renew(): Promise<void> {
    await shut(appender);
    appender = newAppender();
    exchanging = null;
  }

  return {
    reader,
    appender: () => appender,
    inTurn: turns(APPENDS_UNDER_WAY),
    async exchange(spoiled) {
      if (appender === spoiled && !closed.signal.aborted) await (exchanging ??= renew());
    },
    closed: closed.signal,
    async close() {
      closed.abort();
      await exchanging;
      await Promise.all([shut(appender), shut(reader)]);
    },
  };
}

/**
 * Appends under way at a time: what lies in the stream is at most as many megabytes, and as many fail with it. More of
 * them gain nothing once they are not of single events.
 */
const APPENDS_UNDER_WAY = 16;

/** Lets `most` works run at a time; the others wait in the order in which they came. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running === most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** What the client keeps to itself and must be reached for: it has no way to close, and one of its streams needs a guard. */
interface Internals {
  getGRPCClient: (...given: unknown[]) => Promise<{ batchAppend?: (...given: unknown[]) => Calls }>;
  getChannel: () => Promise<{ close(): void }>;
}
interface Calls {
  on(event: string, listener: (...given: unknown[]) => void): Calls;
  write(...given: unknown[]): boolean;
}

/**
 * Two faults of the client's batch call would end the process by an unhandled rejection, and are fenced in at its stream.
 *
 * It matches answers to appends in one table of the whole process, which any failed stream empties, and its listener
 * throws at an answer that it finds no append for; the stream is deaf from then on. Here the listener's error ends at
 * the stream, and the append that the answer was meant for is settled by its timer and the retry of the same batch.
 *
 * And where several appends wait for a full stream to drain, their waiting is rejected when it fails, where nobody looks.
 * Here the stream never says that it is full: what may lie in it is bounded by the number of appends under way.
 */
function withGuardedStream(client: EventStoreDBClient): EventStoreDBClient {
  const internals = client as unknown as Internals;
  const getClient = internals.getGRPCClient;
  internals.getGRPCClient = async (...given) => {
    const grpc = await getClient(...given);
    if (grpc.batchAppend === undefined || Object.hasOwn(grpc, 'batchAppend')) return grpc;
    const batchAppend = grpc.batchAppend.bind(grpc);
    grpc.batchAppend = (...args) => {
      const stream = batchAppend(...args);
      const listen = stream.on.bind(stream);
      stream.on = (event, listener) => listen(event, event === 'data' ? guarded(listener) : listener);
      const write = stream.write.bind(stream);
      stream.write = (...message) => {
        write(...message);
        return true;
      };
      return stream;
    };
    return grpc;
  };
  return client;
}

const guarded =
  (listener: (...given: unknown[]) => void) =>
  (...given: unknown[]): void => {
    try {
      listener(...given);
    } catch {
      // An answer to nobody, or one that cannot be read.
    }
  };

const SHUT_MS = 1_000;

/** Ends the client's streams, then its channel, which `dispose` leaves open. */
async function shut(client: EventStoreDBClient): Promise<void> {
  await within(SHUT_MS, 'the end of streams', client.dispose()).catch(() => {});
  const channel = (client as unknown as Internals).getChannel();
  await within(SHUT_MS, 'the end of a channel', channel).then(
    (open) => open.close(),
    () => {},
  );
}
