/**
 * An EventStoreDB for the benches: the one of `EVENTSTORE_URL`, else the double that speaks its wire, in a process of
 * its own. The double's figures are not EventStoreDB's: the bare client is measured against the same server, so that
 * what the log adds can be told from what the server and the client take.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { eventStoreLog } from '../../src/eventstoredb/eventStoreLog.ts';
import { packageRoot } from '../../src/main/packageRoot.ts';
import { kyselyFeedIdentities } from '../../src/sql/kyselyFeedIdentities.ts';
import { kyselyReadModels } from '../../src/sql/kyselyReadModels.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import type { Stores } from './databases.ts';
import type { NewBatch } from './newEvents.ts';

interface Server {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer(folder: string): Promise<Server> {
  const given = process.env['EVENTSTORE_URL'];
  if (given !== undefined) return { name: 'EventStoreDB', url: given, stop: async () => undefined };
  const support = join(packageRoot(), 'test', 'support');
  const child = fork(join(support, 'eventstoredb', 'doubleProcess.ts'), [JSON.stringify({ folder })], {
    execArgv: ['--import', join(support, 'runTypeScript.mjs')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (said: { port: number }) => resolve(said.port));
    child.once('exit', () => reject(new Error('the double of EventStoreDB ended before it listened')));
  });
  const stop = async (): Promise<void> => {
    child.disconnect();
    await gone;
  };
  return { name: 'EventStoreDB double', url: `esdb://127.0.0.1:${port}?tls=false`, stop };
}

/** What the bare client does with the same events on the same server, with nothing checked. */
export interface BareClient {
  /** Appends batches one after the other, each with its expected revision, to a stream of their own. */
  append(batches: readonly NewBatch[]): Promise<void>;
  /** Reads everything, and gives the number of events. */
  readAll(): Promise<number>;
}

/** Runs `work` with a log on the server, read models in an embedded database, and the bare client. */
export async function withEventStore(
  folder: string,
  work: (stores: Stores, bare: BareClient) => Promise<void>,
): Promise<void> {
  mkdirSync(join(folder, 'server'), { recursive: true });
  const server = await startServer(join(folder, 'server'));
  const database = openSqlite(join(folder, 'ledger.sqlite'));
  const prefix = `bench${randomBytes(4).toString('hex')}-`;
  try {
    await migrate(database);
    const log = eventStoreLog(server.url, kyselyFeedIdentities(database), { now: () => new Date() }, { prefix });
    const client = EventStoreDBClient.connectionString(server.url);
    await work({ name: server.name, log, readModels: kyselyReadModels(database) }, bareClient(client));
    await client.dispose();
    await log.close();
  } finally {
    await database.close();
    await server.stop();
  }
}

const bareClient = (client: EventStoreDBClient): BareClient => ({
  async append(batches) {
    const stream = `bare-${randomBytes(6).toString('hex')}`;
    let revision = -1n;
    for (const { events } of batches) {
      await client.appendToStream(
        stream,
        events.map(({ body }) => jsonEvent({ type: 'bare', data: JSON.parse(body) as object as never })),
        { expectedRevision: revision < 0n ? 'no_stream' : revision },
      );
      revision += BigInt(events.length);
    }
  },
  async readAll() {
    let events = 0;
    for await (const _ of client.readAll()) events += 1;
    return events;
  },
});
