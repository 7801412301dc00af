/**
 * What wide tables of months share, whatever they count: one column that names the rows, a month in each other column,
 * and what a cell that is blank says. A blank between the first and the last filled cell of a row is a gap; before the
 * first and after the last the file says nothing of the row (not yet open, closed, not yet counted), and neither do we.
 */
import { keyOf } from '../../domain/labels.ts';
import { firstDayOfMonth, isoOf } from '../../domain/periods.ts';
import { FILE_REFUSED, type FileSource, type ImportSource, type Report, type Table } from '../importer.ts';
import { MONTH_FORMS, monthHeaders, YEAR_OR_MONTH } from '../table/monthHeaders.ts';
import { LIBRARY_NAME, librarySlugOf } from '../places.ts';
import { dataRows, settleRepeats } from '../table/rows.ts';
import { flagSameFigures } from '../table/sameFigures.ts';
import { monthsText, namesATotal } from '../table/text.ts';
import { flagRunningTotal } from '../table/runningTotals.ts';
import type { Figure } from '../table/subtotals.ts';
import { withoutTotals } from '../table/wideTotals.ts';

const LIBRARY_HEADERS = ['library', 'library name'];
export const isLibraryHeader = (label: string): boolean => LIBRARY_HEADERS.includes(keyOf(label));

/** The share of the other columns that are months, 0 to 1: how much a header looks like a table of months. */
export function shareOfMonths(header: readonly string[]): number {
  if (header.length < 2) return 0;
  const months = monthHeaders(header).filter((found) => typeof found === 'object' || found === 'year-or-month').length;
  return Math.min(1, months / (header.length - 1));
}

/** Whether a header has libraries and months, whatever is counted. */
export const isMonthlyTable = (header: readonly string[]): boolean =>
  header.some(isLibraryHeader) && shareOfMonths(header) > 0;

/** Whether the option `method` can be used with months: a sample week would be grossed up, and these are months already. */
export function isMethodOfMonths({ options }: FileSource, report: Report): boolean {
  if (options.method !== 'sample-week') return true;
  const expected = 'another method: the figures of this layout stand for whole months';
  report.refuse([1, null], 'option-unusable', '--method sample-week', expected, FILE_REFUSED);
  return false;
}

/** Notes that nothing says how the figures were made. */
export function noteMethodUnstated({ options }: FileSource, what: string, report: Report): void {
  if (options.method !== undefined) return;
  const done = 'Recorded as "system": a figure as the service\'s own statistics hold it.';
  report.note([1, null], 'method-unstated', `no word on how ${what} were counted`, '--method ("method" over HTTP)', done); // prettier-ignore
}

export interface MonthColumn {
  readonly row: 1;
  readonly position: number;
  readonly header: string;
  /** Month since January 1970. */
  readonly month: number;
}

/** Where the names of the rows stand, and the months in calendar order whatever the order of the columns. */
export interface MonthColumns {
  readonly label: number;
  readonly months: readonly MonthColumn[];
}

/** The window of a month as the contracts write it. */
export const windowOfMonth = (month: number): string => `${isoOf(firstDayOfMonth(month))}/P1M`;

const COLUMN_REFUSED = 'The column was not imported.';
const HINTS = {
  'month-or-day': '; this may be a day of a month, as such headers do not ascend by months',
  'year-or-month': YEAR_OR_MONTH,
} as const;

/**
 * The columns of a table, or null with a finding where it has not one column of names. Refused: headers that are no
 * months, months that stand twice.
 * @param isLabel whether a header is that of the column of names
 * @param name    how that header is written
 */
export function monthColumns(
  table: Table,
  isLabel: (header: string) => boolean,
  name: string,
  report: Report,
): MonthColumns | null {
  const labels = [...table.header.entries()].filter(([, label]) => isLabel(label));
  const at = labels[0]?.[0];
  if (at === undefined || labels.length > 1) {
    const code = at === undefined ? 'column-missing' : 'column-repeated';
    report.refuse([1, name], code, table.header.join(', '), `one column "${name}"`, FILE_REFUSED);
    return null;
  }
  const found = monthHeaders(table.header);
  const readable: MonthColumn[] = [];
  for (const [position, label] of table.header.entries()) {
    const header = label.trim();
    const is = found[position];
    if (typeof is === 'object') readable.push({ row: 1, position, header, month: is.month });
    else if (position !== at && !(header === '' && columnIsBlank(table, position))) {
      const hint = is === undefined || is === 'no-month' ? '' : HINTS[is];
      const shown = header === '' ? 'an empty header' : header;
      report.refuse([1, header], 'month-unreadable', shown, `${MONTH_FORMS}${hint}`, COLUMN_REFUSED);
    }
  }
  const months = withoutRepeatedMonths(readable, table, report);
  if (readable.length === 0)
    report.refuse([1, null], 'column-missing', 'no month in the header', MONTH_FORMS, FILE_REFUSED);
  return { label: at, months: [...months].sort((a, b) => a.month - b.month) };
}

const columnIsBlank = ({ rows }: Table, position: number): boolean =>
  rows.every(({ cells }) => (cells[position] ?? '').trim() === '');

/** A month may stand in two columns (`2023-1` and `2023-01`): kept once where they agree, not at all where they differ. */
function withoutRepeatedMonths(
  columns: readonly MonthColumn[],
  { rows }: Table,
  report: Report,
): readonly MonthColumn[] {
  const figures = ({ position }: MonthColumn): string =>
    rows.map(({ cells }) => (cells[position] ?? '').trim()).join('\n');
  const settled = settleRepeats(columns, ({ month }) => String(month), figures);
  for (const { row, first } of settled.repeats) {
    const found = `the month of "${first.header}" again, with the same figures`;
    report.refuse([1, row.header], 'column-repeated', found, 'each month once', 'The first was kept.');
  }
  for (const { row, other } of settled.contradicted) {
    const found = `the month of "${other.header}" again, with other figures`;
    report.refuse([1, row.header], 'column-repeated', found, 'each month once', 'Neither column was imported.');
  }
  return settled.kept;
}

/** Notes the months between the first and the last of a table that have no column. */
export function noteAbsentMonths(months: readonly MonthColumn[], report: Report): void {
  const present = new Set(months.map(({ month }) => month));
  const [first, last] = [months[0]?.month ?? 0, months.at(-1)?.month ?? -1];
  const absent = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter(
    (month) => !present.has(month),
  );
  if (absent.length === 0) return;
  const found = `${absent.length} months without a column: ${monthsText(absent)}`;
  const expected = 'a column for every month between the first and the last';
  report.note([1, null], 'months-absent', found, expected, 'No events for these months.');
}

/** A row with its name. */
export interface MonthRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly name: string;
}

export interface LibraryRow extends MonthRow {
  readonly slug: string;
}

/** What the rows of a table are called, for findings. */
export interface RowWords {
  /** Header of the column of names, as written. */
  readonly header: string;
  /** What a row should be, such as "a library", and what must stand once, such as "each library once". */
  readonly one: string;
  readonly once: string;
}

/**
 * The rows that are named once and are no totals; totals, repeats and contradictions are refused, and rows with the
 * figures of others flagged.
 * @param thing    what a row is about, equal for two names of one thing
 * @param figureOf what a cell adds to a sum; left out where figures do not add up
 */
export function rowsOnce<R extends MonthRow>(
  named: readonly R[],
  months: readonly MonthColumn[],
  { thing, figureOf }: { thing: (row: R) => string; figureOf: ((cell: string) => Figure) | null },
  { header, one, once }: RowWords,
  report: Report,
): readonly R[] {
  const cell = ({ cells }: R, { position }: MonthColumn): string => (cells[position] ?? '').trim();
  const settled = settleRepeats(named, thing, (row) => months.map((column) => cell(row, column)).join('\n'));
  for (const { row, first } of settled.repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse([row.row, header], 'row-repeated', `${row.name}, as in row ${first.row}`, once, done);
  }
  for (const { row, other } of settled.contradicted) {
    const found = `${row.name}, with other figures than row ${other.row}`;
    report.refuse([row.row, header], 'row-contradicted', found, once, 'Neither row was imported.');
  }
  if (figureOf === null) return settled.kept;
  const figures = (row: R): Figure[] => months.map((column) => figureOf(cell(row, column)));
  const kept = withoutTotals(settled.kept, figures, header, report, one);
  const series = kept.map((row) => ({
    row: row.row,
    name: row.name,
    figures: new Map(figures(row).map((figure, at) => [months[at]?.month ?? 0, figure])),
  }));
  flagSameFigures(series, header, report);
  for (const row of kept) flagRunningTotal(row.name, figures(row), [row.row, header], report);
  return kept;
}

/** The rows that are libraries, each once; totals, unusable names and contradictions are refused. */
export function libraryRows(
  { table }: ImportSource,
  { label, months }: MonthColumns,
  figureOf: ((cell: string) => Figure) | null,
  report: Report,
): readonly LibraryRow[] {
  const header = table.header[label]?.trim() ?? 'Library';
  const named: LibraryRow[] = [];
  for (const { row, cells } of dataRows(table, report)) {
    const library = libraryCell([row, header], cells[label] ?? '', report);
    if (library !== null) named.push({ row, cells, ...library });
  }
  const words = { header, one: 'a library', once: 'each library once' };
  return rowsOnce(named, months, { thing: ({ slug }) => slug, figureOf }, words, report);
}

/** Name and slug of the library in a cell, or null with a finding. */
export function libraryCell(
  spot: readonly [row: number, header: string],
  cell: string,
  report: Report,
): { name: string; slug: string } | null {
  const name = cell.trim();
  const slug = librarySlugOf(name);
  if (namesATotal(name)) report.refuse(spot, 'totals-row', name, 'a library: totals are worked out, not imported');
  else if (slug === null) report.refuse(spot, 'library-unusable', name === '' ? 'no name' : name, LIBRARY_NAME);
  else return { name, slug };
  return null;
}

/** Positions of the first and the last cell that is filled; -1 each where none is. */
export interface Filled {
  readonly first: number;
  readonly last: number;
}

export const filledIn = (readings: readonly unknown[]): Filled => ({
  first: readings.findIndex((reading) => reading !== 'blank'),
  last: readings.findLastIndex((reading) => reading !== 'blank'),
});

/** Where the cell of a month stands: in a long table each month has a row of its own. */
type MonthCell = Pick<MonthColumn, 'month' | 'header'> & { readonly ownRow?: number };

/** One finding a row for the months in which the file says nothing about it. */
export function noteSilentMonths(
  { row, name }: Pick<MonthRow, 'row' | 'name'>,
  months: readonly MonthCell[],
  { first, last }: Filled,
  report: Report,
): void {
  const silent = months.filter((_, i) => i < first || i > last || first === -1);
  if (silent.length === 0) return;
  const found = `${name}: blank in ${monthsText(silent.map(({ month }) => month))}`;
  const done = 'No events: before the first or after the last figure.';
  report.note(
    [silent[0]?.ownRow ?? row, silent[0]?.header ?? null],
    'no-data',
    found,
    'a figure, or a word such as "closed"',
    done,
  );
}

/** As few months as this with one figure may be chance no longer. */
const ALIKE = 3;

/**
 * Flags each run of three or more neighbouring months with the same figure above 0, and gives the positions of all
 * months in one: they were not counted in each of these months.
 * @param months with the row of each, where it is not that of the library
 * @param figures the count of each month, or null where there is none
 */
export function flagRunsAlike(
  { row, name }: Pick<MonthRow, 'row' | 'name'>,
  months: readonly MonthCell[],
  figures: readonly (number | null)[],
  report: Report,
): ReadonlySet<number> {
  const runs = runsAlike(months, figures).filter(({ length }) => length >= ALIKE);
  for (const run of runs) {
    const columns = run.flatMap((i) => months[i] ?? []);
    const found = `${name}: ${figures[run[0] ?? 0]} in each of ${monthsText(columns.map(({ month }) => month))}`;
    const done = `${run.length} months alike: taken as an estimate, as where one count stands for several months.`;
    report.flag(
      [columns[0]?.ownRow ?? row, columns[0]?.header ?? null],
      'week-grossed-up',
      found,
      'a count of each month',
      done,
    );
  }
  return new Set(runs.flat());
}

/** Positions of neighbouring months with the same figure above 0, run by run. */
function runsAlike(
  months: readonly Pick<MonthColumn, 'month'>[],
  figures: readonly (number | null)[],
): readonly (readonly number[])[] {
  const runs: { last: number; figure: number; at: number[] }[] = [];
  for (const [i, { month }] of months.entries()) {
    const figure = figures[i] ?? 0;
    if (figure === 0) continue;
    const run = runs.at(-1);
    if (run?.figure === figure && run.last + 1 === month) {
      run.last = month;
      run.at.push(i);
    } else runs.push({ last: month, figure, at: [i] });
  }
  return runs.map(({ at }) => at);
}
