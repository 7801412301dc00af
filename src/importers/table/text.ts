/** Reading of single cells: text to slug, count, date or month. Nothing is guessed; what is not plain is refused. */
import { dateField } from '../../../contracts/fields.ts';
import { dayOf } from '../../domain/periods.ts';

/**
 * A name as lower-case words joined by hyphens: `St. Mary's & All Saints` gives `st-marys-and-all-saints`. Empty where
 * nothing of it can be written so.
 */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .replaceAll('&', ' and ')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** The slug of a text, cut at a whole word where it is longer than `longest` characters. */
export function cutSlugOf(text: string, longest: number): string {
  const slug = slugOf(text);
  if (slug.length <= longest) return slug;
  const whole = slug.slice(0, longest + 1).replace(/-[^-]*$/, '');
  return whole.slice(0, longest).replace(/-$/, '');
}

/** Why a cell is not a count, as the finding's expectation says it. */
export const WHOLE_NUMBER = 'a whole number from 0 to 1000000000, digits only';
const LARGEST_COUNT = 1_000_000_000;
/** Provenance keeps the cell as written, up to this length. */
export const LONGEST_RAW = 100;

/**
 * A count, or null where the cell is anything but plain digits. `1,234`, `12.0`, `1e3` and `0123` are refused: each may
 * mean something else, and a wrong figure is worse than a refused cell.
 */
export function countOf(raw: string): number | null {
  const text = raw.trim();
  if (!isPlain(raw) || !/^(0|[1-9]\d{0,9})$/.test(text)) return null;
  const count = Number(text);
  return count <= LARGEST_COUNT ? count : null;
}

/** What to say beside `WHOLE_NUMBER` to somebody who wrote it another way; empty where there is nothing to add. */
export function countHint(raw: string): string {
  const text = raw.trim();
  if (/^\d{1,3}(,\d{3})+$/.test(text)) return `, without thousands separators (${text.replaceAll(',', '')})`;
  if (/%$/.test(text)) return '; a percentage is not a count';
  if (/^\d{1,2}\/\d{1,2}$/.test(text)) return '; a spreadsheet may have written a date or two numbers in one cell';
  if (text === '') return '; a blank does not say whether there were none or nobody reported';
  return '';
}

/** Whether a cell can be kept as it is written: not too long, no control characters, no half characters. */
export const isPlain = (raw: string): boolean => raw.length <= LONGEST_RAW && !/[\p{Cc}\p{Cs}]/u.test(raw);

/** A cell that says something or nothing, as provenance keeps it: of a blank that cannot be kept as written, nothing. */
export const keptRaw = (raw: string): string => (isPlain(raw) ? raw : '');

export const ISO_DATE = 'a date that exists, written YYYY-MM-DD';

/** Day number of an ISO date between 1970 and 2099, or null. No other order is read: 03/04/2019 is two different days. */
export function isoDayOf(raw: string): number | null {
  const text = raw.trim();
  return dateField.safeParse(text).success && text >= '1970' && text < '2100' ? dayOf(text) : null;
}

/** What to say beside `ISO_DATE` to somebody who wrote a date another way. */
export function dateHint(raw: string): string {
  const parts = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(raw.trim());
  if (parts === null) return '';
  return `; day and month could be either way round here, so write ${parts[3]}-MM-DD`;
}

/**
 * Month since January 1970 of `2019-04` or `2019-4`, or null. Unpadded months are real: Newcastle's file changes from
 * `2022-12` to `2023-1` half way along.
 */
export function monthIndexOf(raw: string): number | null {
  const parts = /^(\d{4})-(\d{1,2})$/.exec(raw.trim());
  if (parts === null) return null;
  const [year, month] = [Number(parts[1]), Number(parts[2])];
  return year >= 1970 && year < 2100 && month >= 1 && month <= 12 ? (year - 1970) * 12 + month - 1 : null;
}

/** `2019-04` of a month since January 1970. */
export const monthText = (month: number): string =>
  `${1970 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;

/** Months as a reader says them, runs joined: `2020-06 to 2021-03, 2022-05`. Given in order, each once. */
export function monthsText(months: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const month of months) {
    const run = runs.at(-1);
    if (run !== undefined && run.last + 1 === month) run.last = month;
    else runs.push({ first: month, last: month });
  }
  return runs
    .map(({ first, last }) => (first === last ? monthText(first) : `${monthText(first)} to ${monthText(last)}`))
    .join(', ');
}

/** Whether a row is labelled as a sum or mean of others. `All Saints` is a library; `All libraries` is not. */
export const namesATotal = (label: string): boolean =>
  /\b(sub)?totals?\b|\baverages?\b|^(sum|mean|median|all|overall)$|^all (libraries|branches|sites|service points|types|loans|items|visits)$/i.test(
    label.trim(),
  );

/** A text without line breaks, longer spaces and characters that are none. */
export const plainText = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .trim();

/** An e-mail address anywhere, or a cell that is a whole postcode: about somebody, where words or codes should stand. */
export const holdsAContact = (text: string): boolean =>
  /[^\s@]@[^\s@]+\.[^\s@]/.test(text) || /^[A-Z]{1,2}\d[A-Z\d]? +\d[A-Z]{2}$/i.test(text.trim());
