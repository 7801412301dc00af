/** A real PostgreSQL for the benches: a private one on loopback, started from this machine's server binaries. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { findServer, startCluster } from '../../test/support/postgresCluster.ts';

export interface Postgres {
  /** An empty database of its own. */
  freshDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts one, or says why there is none. */
async function startPostgres(): Promise<Postgres | { readonly reason: string }> {
  const server = findServer();
  if ('reason' in server) return server;
  const cluster = await startCluster(server.bin);
  return {
    async freshDatabase() {
      const name = `bench_${randomBytes(4).toString('hex')}`;
      await withClient(cluster.url, (client) => client.query(`create database ${name}`));
      const url = new URL(cluster.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: () => cluster.stop(),
  };
}

export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` with a server where there is one; says so in the notes where there is none. */
export async function withPostgres(notes: string[], work: (postgres: Postgres) => Promise<void>): Promise<void> {
  const postgres = await startPostgres();
  if ('reason' in postgres) {
    notes.push(`PostgreSQL skipped: ${postgres.reason}.`);
    return;
  }
  try {
    await work(postgres);
  } finally {
    await postgres.stop();
  }
}

export async function postgresVersion(): Promise<string> {
  const server = findServer();
  if ('reason' in server) return `none (${server.reason})`;
  const { execFileSync } = await import('node:child_process');
  return execFileSync(`${server.bin}/postgres`, ['--version'], { encoding: 'utf8' }).trim();
}
