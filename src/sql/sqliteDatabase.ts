import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import Libsql from 'libsql';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Database, Tables } from './database.ts';

/**
 * Opens (or makes) the embedded database in `file`. Every commit is on disk before it is reported: WAL with
 * `synchronous = FULL`. There is one connection; kysely queues its users, so a transaction is never interleaved.
 *
 * The lock on the data directory keeps a second server out, not SQLite's `locking_mode = EXCLUSIVE`: libsql gives that
 * lock back only when its statements are collected as garbage, so a database closed and opened again would be refused,
 * and no tool could look into or back up a running ledger.
 *
 * Throws LedgerError `unavailable` when the file cannot be opened.
 */
export function openSqlite(file: string): Database {
  const connection = connect(file);
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: withPlainErrors(connection) }) });
  return {
    dialect: 'sqlite',
    kysely,
    async close() {
      await kysely.destroy();
      if (connection.open) connection.close();
    },
  };
}

function connect(file: string): Libsql.Database {
  try {
    const connection = new Libsql(file);
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma('recursive_triggers = ON'); // Lets the guard of the log see what REPLACE would delete.
    connection.pragma('wal_autocheckpoint = 4000'); // Pages, 16 MiB: years that change again and again are moved once.
    connection.pragma('cache_size = -65536'); // KiB. The index of identities is read at random; 64 MiB hold it for long.
    return connection;
  } catch (error) {
    throw new LedgerError('unavailable', `The database ${file} cannot be opened: ${(error as Error).message}.`, {
      hint: 'Check that its directory exists, is writable, and holds an undamaged database.',
    });
  }
}

/** libsql as kysely wants it, with the failures that an operator can mend told as such. */
function withPlainErrors(connection: Libsql.Database): SqliteDatabase {
  // Preparing takes as long as reading a series does, and the program says the same few dozen statements all the time.
  const prepared = new Map<string, Libsql.Statement>();
  const prepare = (sql: string): Libsql.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
    const statement = plainly(() => connection.prepare(sql));
    prepared.set(sql, statement);
    return statement;
  };
  return {
    close: () => void connection.close(),
    prepare(sql) {
      const statement = prepare(sql);
      return {
        reader: statement.reader,
        all: (parameters) => plainly(() => statement.all(parameters)),
        run: (parameters) => plainly(() => (isVoid(sql) ? NOTHING_DONE : statement.run(parameters))),
        // Of its own: two may be under way at once.
        iterate: (parameters) => connection.prepare(sql).iterate(parameters),
      };
    },
  };

  /** A full disk makes SQLite roll back by itself; kysely's own rollback would then hide the reason behind its failure. */
  function isVoid(sql: string): boolean {
    return sql === 'rollback' && !connection.inTransaction;
  }
}

const STATEMENTS_KEPT = 200;
const NOTHING_DONE = { changes: 0, lastInsertRowid: 0 };

const MENDABLE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'Free some disk space, then try again.',
  SQLITE_BUSY: 'Another program holds the database; close it, then try again.',
  SQLITE_IOERR: 'Check the disk and the permissions of the data directory.',
  SQLITE_READONLY: 'Make the data directory writable.',
  SQLITE_CANTOPEN: 'Check that the data directory exists and is writable.',
  SQLITE_CORRUPT: 'Restore the data directory from a backup.',
};

function plainly<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    const kind = Object.keys(MENDABLE).find((name) => code.startsWith(name));
    if (kind === undefined) throw error;
    throw new LedgerError('unavailable', `The database refused: ${(error as Error).message}.`, {
      hint: MENDABLE[kind]!,
    });
  }
}
