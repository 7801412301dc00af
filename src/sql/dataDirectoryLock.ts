import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { LedgerError } from '../domain/ledgerError.ts';

export interface DataDirectoryLock {
  release(): void;
}

/**
 * Makes `directory` this process's own until `release`, or until the process ends in whatever way: the lock is an open
 * transaction on a small SQLite file, which the operating system gives back by itself, so it is never stale.
 * Makes the directory when there is none. Throws LedgerError `data-directory-in-use` when another holds it, and
 * `unavailable` when it cannot be written.
 */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  try {
    mkdirSync(directory, { recursive: true });
    const file = new Libsql(join(directory, 'lock.sqlite'));
    // Taken and given back without a prepared statement: libsql keeps a closed file locked while one is uncollected.
    file.exec('begin exclusive');
    return {
      release() {
        file.exec('rollback');
        file.close();
      },
    };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') {
      throw new LedgerError('data-directory-in-use', `Another process has the data directory ${directory} open.`, {
        hint: 'Stop the other process, or choose another data directory.',
      });
    }
    throw new LedgerError(
      'unavailable',
      `The data directory ${directory} cannot be used: ${(error as Error).message}`,
      {
        hint: 'Choose a directory that this user may write to.',
      },
    );
  }
}
