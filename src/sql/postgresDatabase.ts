import { Kysely, PostgresDialect, sql, type PostgresPool } from 'kysely';
import pg from 'pg';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Database, Tables } from './database.ts';

export interface PostgresDatabase extends Database {
  readonly dialect: 'postgres';
  /** A connection outside the pool, not yet connected, for a session that lasts: LISTEN. */
  newClient(): pg.Client;
}

/**
 * Opens a pool of connections to the PostgreSQL at `url`. Throws LedgerError `unavailable` when it cannot be reached,
 * or when it is set up to acknowledge what a crash can take back.
 */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  const settings: pg.ClientConfig = {
    connectionString: url,
    application_name: 'outcome-ledger',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser: numbersAsNumbers },
  };
  const pool = new pg.Pool({ ...settings, max: 10 });
  // An idle or borrowed connection that breaks emits `error`, which would end the process if nobody listened; the
  // query that meets the broken connection is told by its own rejection.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));

  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withPlainErrors(pool) }) });
  try {
    await refuseUnlessDurable(kysely);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { dialect: 'postgres', kysely, newClient: () => new pg.Client(settings), close: () => kysely.destroy() };
}

async function refuseUnlessDurable(kysely: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off' order by name`.execute(
    kysely,
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(' and ');
  throw new LedgerError('unavailable', `PostgreSQL runs with ${names} off: it acknowledges what a crash can lose.`, {
    hint: `Turn ${names} on in postgresql.conf (or for this role and database), then start again.`,
  });
}

/** bigint arrives as text from `pg`; ours all fit a number. */
const numbersAsNumbers: pg.CustomTypesConfig['getTypeParser'] = (oid, format) =>
  oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown);

/** The pool as kysely wants it, with failures of the connection told as LedgerError `unavailable`. */
function withPlainErrors(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect().catch(rethrow);
      return {
        query: ((text: string, values: unknown[]) => client.query(text, values).catch(rethrow)) as never,
        release: () => client.release(),
      };
    },
    end: () => pool.end(),
  };
}

/**
 * Failures of the connection or the server, not of the statement. As SQLSTATE classes: 08 connection, 28 sign-in,
 * 3D no such database, 53 out of disk, memory or connections, 57P shutting down, 25006 a standby that only reads.
 */
const FAILED = /^(08|28|3D|53|57P|25006|ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN)/;
/** The same as `pg` words them when no code is given. */
const FAILED_IN_WORDS =
  /connection terminated|not queryable|timeout exceeded when trying to connect|client was closed/i;

function rethrow(error: unknown): never {
  // An AggregateError (every address of a host refused) carries the code and an empty message.
  const { code, message } = error as { code?: string; message: string };
  if (!FAILED.test(code ?? '') && !FAILED_IN_WORDS.test(message)) throw error;
  throw new LedgerError('unavailable', `PostgreSQL cannot be used now: ${message || code}.`, {
    hint: 'Check that the server runs, the URL is right, and there are free connections and disk space. Then try again.',
  });
}
