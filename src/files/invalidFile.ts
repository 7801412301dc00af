/** The refusal of a file that cannot be read, with its place and what to do. */
import type { Fault } from '../../contracts/errors.ts';
import { LedgerError } from '../domain/ledgerError.ts';

/** @param what the rest of a sentence that begins with the name of the file */
export function invalidFile(
  fileName: string,
  what: string,
  at: Omit<Fault, 'message' | 'file'>,
  hint: string,
): LedgerError {
  const detail = `${fileName} ${what}.`;
  return new LedgerError('invalid-file', detail, { hint, faults: [{ message: detail, file: fileName, ...at }] });
}
