/** Cells of a row by what they should hold: a day, a text, a word of a list, or a contact that is never kept. */
import { keyOf } from '../../domain/labels.ts';
import type { Report } from '../importer.ts';
import type { NamedRow } from './rows.ts';
import { LIBRARY_NAME, librarySlugOf } from '../places.ts';
import { dateHint, ISO_DATE, isoDayOf, isPlain, namesATotal } from './text.ts';

/** The day in a column, or null with a finding at the cell. */
export function dayCell(row: NamedRow, column: string, report: Report): number | null {
  const raw = row.raw(column);
  const day = isoDayOf(raw);
  if (day === null)
    report.refuse([row.row, row.header(column)], 'not-a-date', raw.trim(), `${ISO_DATE}${dateHint(raw)}`);
  return day;
}

/** A text in a column that must be filled, or null with a finding at the cell. */
export function textCell(
  row: NamedRow,
  column: string,
  { longest, expected }: { longest: number; expected: string },
  report: Report,
): string | null {
  const text = row.text(column);
  const spot = [row.row, row.header(column)] as const;
  if (text === '') report.refuse(spot, 'value-missing', '', expected);
  else if (row.raw(column).length > longest)
    report.refuse(spot, 'text-too-long', text, `at most ${longest} characters`);
  else if (!isPlain(row.raw(column)))
    report.refuse(spot, 'word-unknown', text, `${expected}, in one line and without control characters`);
  else return text;
  return null;
}

/**
 * The slug of the library that a column names, or null with a finding at the cell.
 * @param given  what it is called by an option, in the place of what stands there
 */
export function libraryCell(row: NamedRow, column: string, report: Report, given?: string): string | null {
  const name = row.text(column);
  const spot = [row.row, row.header(column)] as const;
  if (namesATotal(name)) {
    report.refuse(spot, 'totals-row', name, 'a library: totals are worked out, not imported');
    return null;
  }
  const slug = librarySlugOf(given ?? name);
  if (slug === null) report.refuse(spot, name === '' ? 'value-missing' : 'library-unusable', name, LIBRARY_NAME);
  return slug;
}

/** Yes or no, as `wordCell` takes it. */
export const YES_NO = {
  meanings: new Map<string, 'yes' | 'no'>([
    ['yes', 'yes'],
    ['no', 'no'],
  ]),
  words: 'Yes or No',
};

/** What a word of a closed list stands for, or null with a finding at the cell. Case, spaces and hyphens do not matter. */
export function wordCell<T>(
  row: NamedRow,
  column: string,
  { meanings, words }: { meanings: ReadonlyMap<string, T>; words: string },
  report: Report,
): T | null {
  const text = row.text(column);
  const meaning = isPlain(row.raw(column)) ? meanings.get(keyOf(text)) : undefined;
  if (meaning !== undefined) return meaning;
  report.refuse([row.row, row.header(column)], text === '' ? 'value-missing' : 'word-unknown', text, words);
  return null;
}

/** What is done about a cell of a column that is never kept. */
const NEVER_KEPT = 'Nothing of this column is kept; the rest of the row was read.';

/**
 * Refuses a cell of a column that is not kept where it is not what the column should hold: its publisher should know,
 * and the finding does not repeat it. The rest of the row can be used.
 */
export function checkNotKept(
  row: NamedRow,
  column: string,
  { kind, test }: { kind: string; test: RegExp },
  report: Report,
): void {
  const text = row.text(column);
  if (text === '' || test.test(text)) return;
  report.refuse([row.row, row.header(column)], 'not-kept-malformed', 'something else', kind, NEVER_KEPT);
}

/** The same for a cell that should be filled. */
export function checkFilled(row: NamedRow, column: string, expected: string, report: Report): void {
  if (row.text(column) === '') report.refuse([row.row, row.header(column)], 'value-missing', '', expected, NEVER_KEPT);
}

/** A web address, an e-mail address and a postcode, as far as their form goes. */
export const WEB_ADDRESS = { kind: 'a web address that starts with https:// or http://', test: /^https?:\/\/\S+$/i };
export const EMAIL_ADDRESS = { kind: 'an e-mail address', test: /^[^\s@]+@[^\s@]+\.[^\s@]+$/ };
export const POSTCODE = {
  kind: 'a whole postcode, such as BA1 1RG',
  test: /^([A-Z][A-HJ-Y]?[0-9][A-Z0-9]? ?[0-9][A-Z]{2}|GIR ?0A{2})$/i,
};
