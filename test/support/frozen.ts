/** A process that is held still while somebody looks, so that what is seen is what a kill then hits. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import Libsql from 'libsql';
import pg from 'pg';

/** Freezes the process with SIGSTOP and waits until it is. */
export async function freeze(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  const status = `/proc/${child.pid}/stat`;
  // Elsewhere than on Linux the signal must be trusted to have come.
  if (!existsSync('/proc/self/stat')) return pause(5);
  for (let tries = 0; tries < 200 && !/\) [TZX] /.test(readFileSync(status, 'utf8')); tries++) await pause(1);
}

/**
 * Whether some process is in the middle of a transaction that writes to the embedded database: only one can be at a
 * time, and it is not us.
 */
export function writesToSqlite(file: string): boolean {
  // No statement is prepared: libsql would keep the file open for as long as one is not collected.
  const database = new Libsql(file);
  try {
    database.exec('begin immediate');
    database.exec('rollback');
    return false;
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw error;
    return true;
  } finally {
    database.close();
  }
}

/** The statements of the transactions that are open in the database, each its last so far. */
export async function openTransactions(url: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ query: string }>(
      `select query from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and backend_type = 'client backend'`,
    );
    return rows.map(({ query }) => query);
  } finally {
    await client.end();
  }
}
