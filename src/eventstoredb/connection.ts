import type { EventStoreDBClient } from '@eventstore/db-client';
import { newClient } from './connectionString.ts';
import { within } from './timing.ts';

/** The clients of one log, and the end of their use. */
export interface Connection {
  /** For reads and subscriptions. */
  readonly reader: EventStoreDBClient;
  /** For appends. Ask for it before each attempt: it is exchanged when it is spoiled. */
  appender(): EventStoreDBClient;
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
  const newAppender = () => withGuardedAnswers(newClient(connectionString));
  const reader = newClient(connectionString);
  let appender = newAppender();
  let exchanging: Promise<void> | null = null;
  const closed = new AbortController();

  /** The old client is shut before there is a new one: the end of its stream rejects every append under way. */
  async function renew(): Promise<void> {
    await shut(appender);
    appender = newAppender();
    exchanging = null;
  }

  return {
    reader,
    appender: () => appender,
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

/** What the client keeps to itself and must be reached for: it has no way to close, and its answers need a guard. */
interface Internals {
  getGRPCClient: (...given: unknown[]) => Promise<{ batchAppend?: (...given: unknown[]) => Answers }>;
  getChannel: () => Promise<{ close(): void }>;
}
interface Answers {
  on(event: string, listener: (...given: unknown[]) => void): Answers;
}

/**
 * The client matches answers to appends in one table of the whole process, which any failed stream empties, and its
 * listener throws at an answer that it finds no append for: inside the gRPC library that ends as an unhandled rejection,
 * by which Node ends the process, and the stream is deaf from then on. Here the listener's error ends at the stream.
 * The append that the answer was meant for is settled by its timer and the retry of the same batch.
 */
function withGuardedAnswers(client: EventStoreDBClient): EventStoreDBClient {
  const internals = client as unknown as Internals;
  const getClient = internals.getGRPCClient;
  internals.getGRPCClient = async (...given) => {
    const grpc = await getClient(...given);
    if (grpc.batchAppend === undefined || Object.hasOwn(grpc, 'batchAppend')) return grpc;
    const batchAppend = grpc.batchAppend.bind(grpc);
    grpc.batchAppend = (...args) => {
      const answers = batchAppend(...args);
      const listen = answers.on.bind(answers);
      answers.on = (event, listener) => listen(event, event === 'data' ? guarded(listener) : listener);
      return answers;
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
