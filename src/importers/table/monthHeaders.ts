/**
 * Months as tables write them. Taken are the forms that cannot be read two ways: `2019-04`, `2019-4`, `2019/04`,
 * `04/2019`, `Apr 2019`, `April-2019`, and the first of a month as spreadsheets write it (`2019-04-01`,
 * `2019-04-01T00:00:00`). `04/05` and `01/04/2019` are not.
 *
 * `Apr-19` may be a month and its year, or a day of April. Headers of this form are taken for months only all together:
 * where there are at least two, with more than one name of a month, and they ascend as months along the file. The years
 * are those of POSIX: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068.
 *
 * `2009-10` may be October or a financial year. Where several labels of this form stand in a table, and all of them would be
 * years (`2009-10, 2010-11, 2011-12`), none is taken: a year's figure would become that of a month.
 */
import { isoDayOf, monthIndexOf } from './text.ts';

/** English names of the months, January first. */
export const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']; // prettier-ignore

/** Number of a month, 0 to 11, by its English name or the first three letters of it (or `Sept`); null for other words. */
export function monthNamed(word: string): number | null {
  const key = word.toLowerCase();
  const at = key === 'sept' ? 8 : MONTHS.findIndex((name) => name === key || name.slice(0, 3) === key);
  return at < 0 ? null : at;
}

/** What a month must look like, for findings. */
export const MONTH_FORMS = 'a month written YYYY-MM, such as 2023-04 (Apr 2023, April 2023, 04/2023 and 2023-04-01 are taken too)'; // prettier-ignore

/** Month since January 1970 of a text with a year of four digits, or null. */
export function monthStated(raw: string): number | null {
  const text = raw.trim();
  const iso = /^(\d{4}-\d{2}-01)([T ]00:00(:00(\.0{1,9})?)?Z?)?$/.exec(text)?.[1];
  if (iso !== undefined) return isoDayOf(iso) === null ? null : monthIndexOf(iso.slice(0, 7));
  const [, word, year] = /^([a-z]{3,9})\.?[ -](\d{4})$/i.exec(text) ?? [];
  if (word !== undefined) return monthOfName(word, Number(year));
  const turned = /^(\d{1,2})\/(\d{4})$/.exec(text);
  if (turned !== null) return monthIndexOf(`${turned[2]}-${turned[1]}`);
  return monthIndexOf(text.replace(/^(\d{4})\/(\d{1,2})$/, '$1-$2'));
}

/** Month since January 1970 of a name and a year of two digits, such as `Apr-19`, or null. */
function monthOfShortYear(label: string): number | null {
  const [, word, digits] = /^([a-z]{3,9})-(\d{2})$/i.exec(label.trim()) ?? [];
  if (word === undefined) return null;
  return monthOfName(word, Number(digits) + (Number(digits) >= 69 ? 1900 : 2000));
}

function monthOfName(word: string, year: number): number | null {
  const month = monthNamed(word);
  return month === null ? null : monthIndexOf(`${year}-${month + 1}`);
}

/** A label with a year and a number, and whether that number is the next year's. */
const YEAR_AND_NUMBER = /^\s*(\d{4})[-/](\d{1,2})\s*$/;
const namesNextYear = (label: string): boolean => {
  const [, year = '', number = ''] = YEAR_AND_NUMBER.exec(label) ?? [];
  return number.length === 2 && (Number(year) + 1) % 100 === Number(number);
};

/**
 * Whether the labels of a table are financial years where they look like months: `2009-10` and `2010-11`. One alone is
 * taken for a month.
 */
export function areFinancialYears(labels: Iterable<string>): boolean {
  const numbered = new Set([...labels].map((label) => label.trim()).filter((label) => YEAR_AND_NUMBER.test(label)));
  return numbered.size > 1 && [...numbered].every(namesNextYear);
}

/** What to say beside a label that may be a financial year. */
export const YEAR_OR_MONTH = '; all of them may be financial years: write a month by its name (Oct 2009)';

/** A header as a month, or why it is none. */
export type MonthHeader = { readonly month: number } | 'month-or-day' | 'year-or-month' | 'no-month';

/** What each header of a table is. */
export function monthHeaders(header: readonly string[]): readonly MonthHeader[] {
  const short = header.flatMap((label) => monthOfShortYear(label) ?? []);
  const areMonths =
    new Set(short.map((month) => month % 12)).size > 1 &&
    short.every((month, at) => at === 0 || month > (short[at - 1] as number));
  const areYears = areFinancialYears(header);
  return header.map((label) => {
    if (areYears && namesNextYear(label)) return 'year-or-month';
    const month = monthStated(label);
    if (month !== null) return { month };
    const shortYear = monthOfShortYear(label);
    if (shortYear === null) return 'no-month';
    return areMonths ? { month: shortYear } : 'month-or-day';
  });
}
