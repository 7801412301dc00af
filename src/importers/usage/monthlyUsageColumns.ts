/**
 * The columns of a long table of monthly usage: the library, the month, and one for each line of the form. What a column
 * counts is known by its header; of a column that is not known nothing is kept.
 */
import { keyOf } from '../../domain/labels.ts';
import { FILE_REFUSED, type Report, type Table } from '../importer.ts';
import { isLibraryHeader } from './monthlyTable.ts';
import { grouped } from '../table/rows.ts';

const MONTH_HEADERS = ['month', 'period'];
/** Lines of the form, each with the headers that stand for it. */
const LINES: readonly (readonly [line: string, headers: readonly string[]])[] = [
  ['enquiries', ['enquiries', 'enquiry']],
  ['visits', ['visits', 'visitors', 'physical visits']],
  ['issues', ['issues', 'items issued']],
  ['renewals', ['renewals', 'items renewed']],
  ['loans', ['loans']],
  ['sessions', ['sessions', 'computer sessions', 'pc sessions', 'computer use', 'pc use']],
  ['wi-fi sessions', ['wi fi sessions', 'wifi sessions']],
  ['requests', ['requests', 'reservations']],
  ['new members', ['new members']],
];
/** Columns by which a row is not all of a library and month: another format. */
const PARTS = ['type', 'count type', 'category', 'age', 'format'];

const isMonthHeader = (label: string): boolean => MONTH_HEADERS.includes(keyOf(label));
/** A header without its mark of a percentage. */
const unmarked = (label: string): string => keyOf(label.replace(/\(?\s*(%|per ?cent(age)?)\s*\)?\s*$/i, ''));
const lineOf = (label: string): string | null =>
  LINES.find(([, headers]) => headers.includes(unmarked(label)))?.[0] ?? null;

/**
 * How sure a header is of this layout, 0 to 1. One missing column is left to be named when the file is read, where the
 * others speak clearly.
 */
export function usageScore(header: readonly string[]): number {
  const lines = header.filter((label) => lineOf(label) !== null).length;
  const keys = [header.some(isLibraryHeader), header.some(isMonthHeader)].filter((present) => present).length;
  if (lines === 0 || keys === 0 || header.some((label) => PARTS.includes(keyOf(label)))) return 0;
  if (keys === 1) return lines >= 2 ? (0.75 * (lines + 1)) / header.length : 0;
  return (0.95 * (lines + 2)) / header.length;
}

export interface LineColumn {
  readonly position: number;
  readonly header: string;
  /** The line as it is stated, with `(%)` where its cells are percentages. */
  readonly line: string;
  readonly inPercent: boolean;
}

export interface UsageColumns {
  readonly library: number;
  readonly month: number;
  readonly lines: readonly LineColumn[];
}

/** Positions of the columns, or null with a finding for each that is missing or stands twice. */
export function usageColumns(table: Table, report: Report): UsageColumns | null {
  const { header } = table;
  const only = (isIt: (label: string) => boolean, name: string): number | null => {
    const found = [...header.entries()].filter(([, label]) => isIt(label));
    const [first, second] = found;
    if (first !== undefined && second === undefined) return first[0];
    const code = first === undefined ? 'column-missing' : 'column-repeated';
    report.refuse([1, name], code, header.join(', '), `one column "${name}"`, FILE_REFUSED);
    return null;
  };
  const library = only(isLibraryHeader, 'Library');
  const month = only(isMonthHeader, 'month');
  const named = [...header.entries()].flatMap(([position, label]) => {
    const line = lineOf(label);
    return line === null ? [] : [{ position, header: label.trim().replace(/\s+/g, ' '), line }];
  });
  if (named.length === 0) {
    const expected = `a column for a count: ${LINES.map(([line]) => line).join(', ')}`;
    report.refuse([1, null], 'column-missing', header.join(', '), expected, FILE_REFUSED);
  }
  const twice = grouped(named, ({ line }) => line).filter(({ length }) => length > 1);
  for (const [{ line }, second] of twice) {
    report.refuse([1, second?.header ?? line], 'column-repeated', header.join(', '), `one column of ${line}`, FILE_REFUSED); // prettier-ignore
  }
  if (library === null || month === null || named.length === 0 || twice.length > 0) return null;
  sayOtherColumns(table, report);
  noteLinesMissing(
    named.map(({ line }) => line),
    report,
  );
  const lines = named.map((column) => {
    const inPercent = unmarked(column.header) !== keyOf(column.header) || isInPercent(table, column.position);
    return { ...column, inPercent, line: inPercent ? `${column.line} (%)` : column.line };
  });
  return { library, month, lines };
}

/** Columns of which nothing is kept; one with figures and no header is refused, because nobody knows what it counts. */
function sayOtherColumns({ header, rows }: Table, report: Report): void {
  const expected = `only Library, month, ${LINES.map(([line]) => line).join(', ')}`;
  for (const [position, label] of header.entries()) {
    if (isLibraryHeader(label) || isMonthHeader(label) || lineOf(label) !== null) continue;
    if (label.trim() !== '')
      report.note([1, label.trim()], 'column-unknown', label.trim(), expected, 'The column was not read.'); // prettier-ignore
    else if (rows.some(({ cells }) => (cells[position] ?? '').trim() !== ''))
      report.refuse([1, ''], 'column-unknown', 'an empty header', expected, 'The column was not imported.');
  }
}

/** Lines that most tables of this form have. */
const USUAL = ['enquiries', 'visits', 'issues', 'sessions'];

function noteLinesMissing(present: readonly string[], report: Report): void {
  const missing = USUAL.filter((line) => !present.includes(line));
  if (missing.length === 0) return;
  const found = `no column of ${missing.join(', ')}`;
  report.note([1, null], 'column-missing', found, `columns of ${USUAL.join(', ')}`, 'Nothing was recorded of these.');
}

/** Whether most of the figures of a column are percentages. */
function isInPercent({ rows }: Table, position: number): boolean {
  const cells = rows.map(({ cells: own }) => (own[position] ?? '').trim()).filter((cell) => /\d/.test(cell));
  return cells.filter((cell) => cell.endsWith('%')).length * 2 > cells.length;
}
