/**
 * What the open-data schema's files of counts share (schema-librarydata, Frictionless Table Schema): the authority and
 * library of a row, the count in its last column, rows that repeat or contradict each other, and rows that look like
 * sums of others.
 */
import type { ImportOptions, Report } from './importer.ts';
import { authorityOf, isGssCode, LIBRARY_NAME, librarySlugOf } from './places.ts';
import { grouped, settleRepeats, type NamedRow } from './rows.ts';
import { countHint, countOf, namesATotal, WHOLE_NUMBER } from './text.ts';

export const AUTHORITY = 'Local authority';
export const LIBRARY = 'Library name';

/** The place of a row, or null with findings at each faulty cell. */
export function placeOf(
  row: NamedRow,
  options: ImportOptions,
  report: Report,
): { authority: string; place: string } | null {
  const authority = authorityCell(row, options, report);
  const library = libraryCell(row, report);
  return authority === null || library === null ? null : { authority, place: `${authority}/${library}` };
}

function authorityCell(row: NamedRow, options: ImportOptions, report: Report): string | null {
  const name = row.text(AUTHORITY);
  // One authority for the whole file holds for whatever it is called there, unless it is called by another code.
  const whole =
    options.authority !== undefined && isGssCode(options.authority) && !isGssCode(name) ? options.authority : null;
  const code = name === '' ? null : (authorityOf(name, options.authorities ?? {}) ?? whole);
  if (code !== null) return code;
  const expected =
    name === ''
      ? 'the name or GSS code of the authority'
      : `a GSS code; or give this name one: --name "${name.slice(0, 60)}=<code>" ("authorities" over HTTP), or --authority <code> for the whole file`;
  report.refuse([row.row, row.header(AUTHORITY)], name === '' ? 'value-missing' : 'authority-unknown', name, expected);
  return null;
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
 */
export function countedOnce<R extends Counted>(
  rows: readonly R[],
  sameThing: (row: R) => string,
  says: (row: R) => string,
  column: string,
  report: Report,
): readonly R[] {
  const { kept, repeats, contradicted } = settleRepeats(rows, sameThing, says);
  for (const { row, first } of repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse([row.row, column], 'row-repeated', `the same count as row ${first.row}`, 'each count once', done);
  }
  for (const { row, other } of contradicted) {
    const found = `${row.count}, where row ${other.row} counts the same as ${other.count} or by another method`;
    report.refuse([row.row, column], 'row-contradicted', found, 'one count', 'None of these rows was imported.');
  }
  return [...kept].sort((a, b) => a.row - b.row);
}

/**
 * Flags rows that are the sum of all the others in their group: a total without the word "total". Flagged and not
 * refused, because in a group of one column small numbers may add up by chance.
 */
export function flagSums<R extends Counted>(
  rows: readonly R[],
  groupOf: (row: R) => string,
  column: string,
  report: Report,
): void {
  for (const group of grouped(rows, groupOf)) {
    const counts = group.filter(({ count }) => count > 0);
    if (counts.length < 3) continue;
    const sum = counts.reduce((total, { count }) => total + count, 0);
    for (const { row, count } of counts.filter((r) => 2 * r.count === sum)) {
      const found = `${count}, the sum of the ${counts.length - 1} other rows beside it`;
      report.flag([row, column], 'looks-like-total', found, 'one count', 'Imported; withdraw it if it is a total.');
    }
  }
}
