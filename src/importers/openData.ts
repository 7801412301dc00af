/**
 * What the open-data schema's files of counts share (schema-librarydata, Frictionless Table Schema): the authority and
 * library of a row, the count in its last column, rows that repeat or contradict each other, and rows that look like
 * sums of others.
 */
import type { FindingCode, ImportOptions, Report } from './importer.ts';
import { authorityOf, isAuthorityCode, LIBRARY_NAME, librarySlugOf } from './places.ts';
import { grouped, isNearSum, settleRepeats, TOTAL_IMPORTED, type NamedRow } from './rows.ts';
import { countHint, countOf, keyOf, namesATotal, WHOLE_NUMBER } from './text.ts';

export const AUTHORITY = 'Local authority';
export const LIBRARY = 'Library name';

/** Says of a row which authority it is about, or null where that was refused. */
export type AuthorityOfRow = (row: NamedRow) => string | null;

/** The place of a row, or null with findings at each faulty cell. */
export function placeOf(
  row: NamedRow,
  authorityOfRow: AuthorityOfRow,
  report: Report,
): { authority: string; place: string } | null {
  const authority = authorityOfRow(row);
  const library = libraryCell(row, report);
  return authority === null || library === null ? null : { authority, place: `${authority}/${library}` };
}

/**
 * The authority of each row. Every name is settled once for the file, and one that cannot be taken is refused where it
 * first stands, with the number of rows it keeps out.
 */
export function authoritiesIn(rows: readonly NamedRow[], options: ImportOptions, report: Report): AuthorityOfRow {
  const nameOf = (row: NamedRow): string => keyOf(row.text(AUTHORITY));
  const groups = grouped(rows, nameOf);
  const whole = options.authority !== undefined && isAuthorityCode(options.authority) ? options.authority : null;
  const given = options.authorities ?? {};
  const nameless = groups.map(([row]) => row.text(AUTHORITY)).filter((n) => n !== '' && authorityOf(n, given) === null);
  const codes = new Map<string, string | null>();
  for (const [first, ...more] of groups) {
    const name = first.text(AUTHORITY);
    const refuse = (code: FindingCode, expected: string): null => {
      const found =
        more.length === 0
          ? name
          : `${name.slice(0, 60)} (and in ${more.length} more ${more.length === 1 ? 'row' : 'rows'})`;
      report.refuse([first.row, first.header(AUTHORITY)], code, found, expected);
      return null;
    };
    codes.set(nameOf(first), settled(name, { whole, given, nameless }, refuse));
  }
  return (row) => codes.get(nameOf(row)) ?? null;
}

/** The code of a name, or what `refuse` gives. */
function settled(
  name: string,
  {
    whole,
    given,
    nameless,
  }: { whole: string | null; given: Readonly<Record<string, string>>; nameless: readonly string[] },
  refuse: (code: FindingCode, expected: string) => null,
): string | null {
  if (name === '') return refuse('value-missing', 'the name or GSS code of the authority');
  const code = authorityOf(name, given);
  if (code !== null) {
    return isAuthorityCode(name) && whole !== null && whole !== code
      ? refuse('authority-other', `rows of ${whole}, which the whole file is said to be about`)
      : code;
  }
  const naming = `--name "${name.slice(0, 60)}=<code>" ("authorities" over HTTP)`;
  if (whole === null) {
    return refuse(
      'authority-unknown',
      `the GSS code of an authority; or give this name one: ${naming}, or --authority <code> for the whole file`,
    );
  }
  // One code holds for whatever the authority is called, but not for two: nothing says which of them is meant.
  return nameless.length === 1
    ? whole
    : refuse(
        'authority-other',
        `one authority, as --authority says, and not ${nameless.length} names; give this name its code: ${naming}`,
      );
}

function libraryCell(row: NamedRow, report: Report): string | null {
  const name = row.text(LIBRARY);
  const spot = [row.row, row.header(LIBRARY)] as const;
  if (namesATotal(name)) {
    report.refuse(spot, 'totals-row', name, 'a library: totals are worked out, not imported');
    return null;
  }
  const slug = librarySlugOf(name);
  if (slug === null) report.refuse(spot, name === '' ? 'value-missing' : 'library-unusable', name, LIBRARY_NAME);
  return slug;
}

/** The count in a column, or null with a finding at the cell. The schema wants an integer: no word stands for one. */
export function countCell(row: NamedRow, column: string, report: Report): number | null {
  const raw = row.raw(column);
  const count = countOf(raw);
  if (count === null) {
    report.refuse([row.row, row.header(column)], 'not-a-whole-number', raw.trim(), `${WHOLE_NUMBER}${countHint(raw)}`);
  }
  return count;
}

interface Counted {
  readonly row: number;
  readonly count: number;
}

/**
 * The rows that count each thing once. A row that says again what an earlier one said is refused; rows that count the
 * same thing differently are all refused. Two doors of one library must be added up by whoever knows they are doors.
 * @param sameThing  what a row counts, for comparison
 * @param says       what it says of it, the count included
 * @param column     header to name in the findings
 * @param otherwiseIn how another row says it otherwise, as the end of a sentence
 */
export function countedOnce<R extends Counted>(
  rows: readonly R[],
  sameThing: (row: R) => string,
  says: (row: R) => string,
  column: string,
  otherwiseIn: (other: R, row: R) => string,
  report: Report,
): readonly R[] {
  const { kept, repeats, contradicted } = settleRepeats(rows, sameThing, says);
  for (const { row, first } of repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse([row.row, column], 'row-repeated', `the same count as row ${first.row}`, 'each count once', done);
  }
  for (const { row, other } of contradicted) {
    const found = `${row.count}, but ${otherwiseIn(other, row)}`;
    report.refuse([row.row, column], 'row-contradicted', found, 'one count', 'None of these rows was imported.');
  }
  return [...kept].sort((a, b) => a.row - b.row);
}

const GROUPS_ENOUGH = 3;
const LARGE_COUNT = 100;

/** How the count of a row compares with the sum of the others in its group. */
type Compared<R> = { readonly exact: R[]; readonly near: R[]; readonly off: R[] };

/**
 * The rows without those that are sums of the others beside them, which would double every figure. A library or a type
 * that is the sum of the others wherever that can be checked is a total, and refused. One that is so only here and there
 * may be so by chance; one that misses by rounding, or in a single place, by a slip: these are flagged.
 * @param groupOf  the rows among which one may be the sum
 * @param labelOf  what would be a total under this name: the library, or the type
 */
export function withoutSums<R extends Counted>(
  rows: readonly R[],
  { groupOf, labelOf }: { groupOf: (row: R) => string; labelOf: (row: R) => string },
  column: string,
  report: Report,
): readonly R[] {
  const labels = new Map<string, Compared<R>>();
  for (const group of grouped(rows, groupOf)) {
    if (group.filter(({ count }) => count > 0).length < 3) continue;
    const sum = group.reduce((total, { count }) => total + count, 0);
    for (const row of group) {
      const compared = labels.get(labelOf(row)) ?? { exact: [], near: [], off: [] };
      labels.set(labelOf(row), compared);
      const others = sum - row.count;
      compared[row.count === others ? 'exact' : isNearSum(row.count, others) ? 'near' : 'off'].push(row);
    }
  }
  const totals = new Set<R>();
  for (const { exact, near, off } of labels.values()) {
    // Three small counts add up by chance: only what is large, or so time and again, is taken for a total.
    const isNoChance = exact.length >= GROUPS_ENOUGH || exact.some(({ count }) => count >= LARGE_COUNT);
    const isTotal = isNoChance && near.length === 0 && off.length === 0;
    for (const row of exact) {
      const found = `${row.count}, the sum of the other rows beside it`;
      if (isTotal) {
        totals.add(row);
        report.refuse([row.row, column], 'totals-row', found, 'one count: totals are worked out, not imported');
      } else report.flag([row.row, column], 'looks-like-total', found, 'one count', TOTAL_IMPORTED);
    }
    const slips = off.length === 0 ? near : exact.length > 1 && near.length + off.length === 1 ? [...near, ...off] : [];
    for (const { row, count } of slips) {
      const found = `${count}, nearly the sum of the other rows beside it`;
      report.flag([row, column], 'looks-like-total', found, 'one count', TOTAL_IMPORTED);
    }
  }
  return totals.size === 0 ? rows : rows.filter((row) => !totals.has(row));
}
