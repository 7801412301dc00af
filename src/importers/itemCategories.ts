/** Item types and collections of library systems, as formats and audiences. */
import { publishersWords } from '../../contracts/fields.ts';
import { keyOf } from '../domain/labels.ts';
import { categoryOf } from './itemTypes.ts';
import { holdsAContact } from './text.ts';

/** Item types that library systems are delivered with, beside the words of `categoryOf`. */
const CODES: Readonly<Record<string, ReturnType<typeof categoryOf>>> = {
  bk: { format: 'physical-book' },
  mu: { format: 'music' },
};

/** Format and audience of an item type or a collection; format `unknown` where nothing is known of it. */
export const itemCategoryOf = (word: string): ReturnType<typeof categoryOf> => {
  const key = keyOf(word);
  return (Object.hasOwn(CODES, key) ? CODES[key] : undefined) ?? categoryOf(word);
};

const LONGEST_CATEGORY = 80;
const words = publishersWords(0, LONGEST_CATEGORY);
/** What a category can be, as the expectation of a finding says it. */
export const A_CATEGORY = `a category of at most ${LONGEST_CATEGORY} characters, in words or letters and not a long number or a contact`;

/** Whether a text can be a category. A long number or a contact is none: it may be a borrower's, in the wrong column. */
export const isCategory = (text: string): boolean =>
  words.safeParse(text).success && !/\d{5}|^…$/.test(text) && !holdsAContact(text);
