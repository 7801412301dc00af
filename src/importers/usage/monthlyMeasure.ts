/** What a table of months counts, which its layout does not say: the option `measure`, or the name of the file. */
import { FILE_REFUSED, type FileSource, type ImportOptions, type Measure, type Report, type TableRow } from '../importer.ts'; // prettier-ignore
import { isLibraryHeader } from './monthlyTable.ts';

const word = (words: string): RegExp => new RegExp(`(^|[^a-z])(${words})([^a-z]|$)`, 'i');

const VISITS = word('visits?|visitors?');
const COMPUTERS = word('pcs?|computers?');
const WIFI = word('wi-?fi');
const USERS = word('users');
const USE = word('use|usage');
/** Words that make a name speak of a rate, or of something other than premises. */
const RATES = /%|(^|[^a-z])(pct|per|per-?cent(ages?)?|rates?|averages?|shares?|index|changes?)([^a-z]|$)/i;
const ELSEWHERE = word('web(sites?)?|online|virtual|digital');
/** Words that make a name, or that of a sheet, speak of something else that libraries count, perhaps beside it. */
const OTHERS = word(
  'loans?|issues?|issued|renewals?|borrow(ed|ers?|ing)|enquir(y|ies)|members?|membership|joiners?|events?|attend(ances?|ees)|stock|requests?|reservations?|volunteers?',
);
/** Words that make a name speak of times of use and not of people. */
const TIMES = word('sessions?|logins?|connections?|hours?|minutes?');

/**
 * What a file counts, or null where neither the option nor the name says it. By its name alone a file is taken only
 * where the name leaves no doubt: a wrong figure is worse than one more option.
 */
export function measuredBy(fileName: string, { measure }: ImportOptions): Measure | null {
  if (measure !== undefined) return measure;
  const [visits, computers, wifi] = [VISITS, COMPUTERS, WIFI].map((words) => words.test(fileName));
  if (OTHERS.test(fileName)) return null;
  if (visits) return computers || wifi || RATES.test(fileName) || ELSEWHERE.test(fileName) ? null : 'visits';
  if (ELSEWHERE.test(fileName) || TIMES.test(fileName) || computers === wifi) return null;
  if (wifi) return USERS.test(fileName) && !RATES.test(fileName) ? 'wifi-users' : null;
  return USE.test(fileName) ? 'computer-time-percent' : null;
}

const HOW: Readonly<Record<Measure, string>> = {
  visits: 'speaks of visits',
  'wifi-users': 'speaks of Wi-Fi users',
  'computer-time-percent': 'speaks of computer use',
};

/** Whether a file counts this; refused as a whole where it does not, or does not say so. */
export function isMeasuredBy(measure: Measure, { fileName, options }: FileSource, report: Report): boolean {
  if (measuredBy(fileName, options) === measure) return true;
  const expected = `--measure ${measure} ("measure" over HTTP), or a file name that ${HOW[measure]}: the layout does not say what it counts`;
  report.refuse([1, null], 'measure-unknown', options.measure ?? fileName, expected, FILE_REFUSED);
  return false;
}

/** Whether more of the cells that are filled are percentages than are not, the names of rows apart. */
export function holdsPercentages(header: readonly string[], rows: readonly TableRow[]): boolean {
  const names = header.findIndex(isLibraryHeader);
  const cells = rows.flatMap(({ cells: own }) => own.filter((cell, at) => at !== names && cell.trim() !== ''));
  return cells.filter((cell) => cell.trim().endsWith('%')).length * 2 > cells.length;
}
