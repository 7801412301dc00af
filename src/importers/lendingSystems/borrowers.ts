/**
 * Borrowers at the edge. Their numbers stand in columns that are never recorded: an event gets a keyed pseudonym, or
 * nobody. A copy of a file that is to leave the machine has the column below in their place, in the header of which the
 * hash of the original stands, so that both give the same events.
 */
import { pseudonymField } from '../../../contracts/fields.ts';
import { keyOf } from '../../domain/labels.ts';
import type { Borrower, ImportOptions } from '../importer.ts';
import { holdsAContact } from '../table/text.ts';

/** The column of pseudonyms, as layouts call it: no header of a file is written so. */
export const PERSON = 'person of file';
const MARK = /^person of file ([0-9a-f]{64})$/;

/** The header of the column of pseudonyms in a copy of a file. */
export const personHeader = (sha256: string): string => `${PERSON} ${sha256}`;

/** The file that a header says it is a copy of, and the header with the column under its name in layouts. */
export function originalOf(header: readonly string[], sha256: string): { sha256: string; header: readonly string[] } {
  const marks = header.map((label) => MARK.exec(keyOf(label))?.[1]);
  const [original] = marks.filter((mark) => mark !== undefined);
  return { sha256: original ?? sha256, header: header.map((label, at) => (marks[at] === undefined ? label : PERSON)) };
}

/** Whether a text is a pseudonym: a plain number, or anything else, is not. */
export const isPseudonym = (text: string): boolean => pseudonymField.safeParse(text).success;

/** What stands in a copy where the key of a borrower was not there. */
export const NO_KEY = 'no key';

/** The pseudonym of whoever borrowed; empty where none is stated or none is to be kept, null where a key is missing. */
export function personOf(who: Borrower, { pseudonymOf }: ImportOptions): string | null {
  return who.number === '' || pseudonymOf === undefined ? '' : pseudonymOf(who);
}

/**
 * A text of a file as a finding about borrowing may quote it: a long number or a contact in the wrong column may be a
 * borrower's.
 */
export const discreetly = (text: string): string =>
  holdsAContact(text) ? '…' : UUID.test(text) ? text : text.replace(/\p{L}?\d{5,}\p{L}?/gu, '…');

/** An identifier as FOLIO gives them to everything; to people too, but these stand in fields of their own. */
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
