/** Files that are named on the command line. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { LedgerError } from '../../domain/ledgerError.ts';
import { whyNot } from '../../files/whyNot.ts';

/** Throws `not-found` where a file cannot be read. */
export function refuseUnreadable(file: string): void {
  try {
    const opened = openSync(file, 'r');
    // A folder can be opened, and not be read.
    readSync(opened, Buffer.alloc(1));
    closeSync(opened);
  } catch (error) {
    throw new LedgerError('not-found', `${file} cannot be read: ${whyNot(error)}.`);
  }
}

/** The bytes of a file. Throws `not-found`. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new LedgerError('not-found', `${file} cannot be read: ${whyNot(error)}.`);
  }
}
