/** Item types and collections of library systems: what can be kept as a category, and which of them are not read. */
import type { FactBody } from '../../../contracts/activityEvent.ts';
import { publishersWords } from '../../../contracts/fields.ts';
import type { ImportOptions } from '../importer.ts';
import { holdsAContact } from '../table/text.ts';

const LONGEST_CATEGORY = 80;
const words = publishersWords(0, LONGEST_CATEGORY);
/** What a category can be, as the expectation of a finding says it. */
export const A_CATEGORY = `a category of at most ${LONGEST_CATEGORY} characters, in words or letters and not a long number or a contact`;

/** Whether a text can be a category. A long number or a contact is none: it may be a borrower's, in the wrong column. */
export const isCategory = (text: string): boolean =>
  words.safeParse(text).success && !/\d{5}|^…$/.test(text) && !holdsAContact(text);

/** Whether the readings in force leave the format of an item unknown. Where none are at hand nothing is told. */
export function isUnread(body: FactBody, { readings }: ImportOptions): boolean {
  if (readings === undefined) return false;
  const { data } = readings(body);
  return 'format' in data && data.format === 'unknown';
}

/** Of a category that is not read: what was expected, and what is done. */
export const A_READ_CATEGORY = 'a category that a reading gives a format';
export const KEPT_UNREAD = 'Recorded as written, with an unknown format until a reading names it (docs/readings.md).';
