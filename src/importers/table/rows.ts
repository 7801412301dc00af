/** Rows of a table under known headers: matching the header, and telling apart data, blanks, repeats and broken rows. */
import { keyOf } from '../../domain/labels.ts';
import { FILE_REFUSED, type Report, type Table, type TableRow } from '../importer.ts';
import { holdsAContact } from './text.ts';

/** The columns a format has, by their headers as its documentation writes them. */
export interface Layout {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Columns of which nothing is kept, whatever stands in them: addresses, contacts, names, notes. */
  readonly notKept?: readonly string[];
  /** Other headers of a column, by the one above: those of older versions of the format. */
  readonly alsoCalled?: Readonly<Record<string, readonly string[]>>;
}

/** Under what each column of a layout stands in a file. */
export interface Heading {
  readonly header: readonly string[];
  /** Whether the file has the column. */
  readonly has: (column: string) => boolean;
  /** Position of the column, or −1. */
  readonly at: (column: string) => number;
  /** The header of the column as this file writes it, for findings and provenance. */
  readonly label: (column: string) => string;
}

/** One row of data: cells by the header of the layout. A column the file does not have reads as empty. */
export interface NamedRow {
  readonly row: number;
  /** Whether the file has the column. */
  has(column: string): boolean;
  /** The cell as written. */
  raw(column: string): string;
  /** The cell without surrounding spaces. */
  text(column: string): string;
  /** The header as this file writes it, for findings and provenance. */
  header(column: string): string;
}

/**
 * How sure a header is of this layout: 1 with all required columns and nothing unknown, a little less with extra
 * columns, and less still for each required column missing, so that a file with one renamed header is still recognised
 * and refused with the name of the column, which helps more than "unknown format".
 */
export function layoutScore(header: readonly string[], layout: Layout): number {
  const known = columnsByKey(layout);
  const present = new Set(header.map((label) => known.get(keyOf(label))));
  const found = layout.required.filter((column) => present.has(column)).length;
  if (found < layout.required.length) return (0.8 * found) / layout.required.length;
  return present.has(undefined) ? 0.9 : 1;
}

/** The columns of a layout by all headers that each may have, as they are compared. */
const columnsByKey = ({ required, optional, notKept = [], alsoCalled = {} }: Layout): ReadonlyMap<string, string> =>
  new Map(
    [...required, ...optional, ...notKept].flatMap((column) =>
      [column, ...(alsoCalled[column] ?? [])].map((label): [string, string] => [keyOf(label), column]),
    ),
  );

/**
 * The rows of data of a table in a layout. Refused: the whole file where a required column is missing or a known one
 * stands twice; a row with too few or too many cells; a header row that stands again among the data. Noted: columns the
 * layout does not know or does not keep, and blank rows.
 */
export function namedRows(table: Table, layout: Layout, report: Report): readonly NamedRow[] {
  const heading = headingOf(table.header, layout, report);
  return heading === null ? [] : rowsUnder(heading, table.rows, report);
}

/** The rows of data under a heading: some of a file, or all. */
export function rowsUnder(heading: Heading, rows: readonly TableRow[], report: Report): readonly NamedRow[] {
  const kept = dataRows({ header: heading.header, rows }, report);
  tellUnnamed(heading.header, kept, report);
  return kept.map((row) => namedRow(heading, row));
}

/** A row under a heading. */
export function namedRow(heading: Heading, { row, cells }: TableRow): NamedRow {
  const raw = (column: string): string => cells[heading.at(column)] ?? '';
  return { row, has: heading.has, raw, text: (column) => raw(column).trim(), header: heading.label };
}

/** The columns of the layout that the header has, or null (and findings) where the file cannot be read. */
export function headingOf(header: readonly string[], layout: Layout, report: Report): Heading | null {
  const known = columnsByKey(layout);
  const positions = new Map<string, number>();
  const unknown: string[] = [];
  let readable = true;
  for (const [position, label] of header.entries()) {
    const column = known.get(keyOf(label));
    if (column === undefined) {
      if (label.trim() !== '') unknown.push(label.trim());
    } else if (positions.has(column)) {
      readable = false;
      report.refuse([1, label.trim()], 'column-repeated', label.trim(), `one column "${column}"`, FILE_REFUSED);
    } else positions.set(column, position);
  }
  const missing = layout.required.filter((column) => !positions.has(column));
  for (const column of missing) {
    const found = `the columns ${header.map(shownLabel).join(', ')}`;
    report.refuse([1, column], 'column-missing', found, `a column "${column}"`, FILE_REFUSED);
  }
  if (!readable || missing.length > 0) return null;
  for (const label of unknown) {
    const expected = `only ${[...layout.required, ...layout.optional].join(', ')}`;
    report.note([1, label], 'column-unknown', label, expected, 'The column was not read.');
  }
  for (const column of layout.notKept ?? []) {
    const label = header[positions.get(column) ?? -1]?.trim();
    if (label === undefined) continue;
    report.note(
      [1, label],
      'column-not-kept',
      label,
      'what figures need: no addresses, contacts, names, links or notes',
      'Nothing of it is kept.',
    );
  }
  const at = (column: string): number => positions.get(column) ?? -1;
  const label = (column: string): string => header[at(column)]?.trim().replace(/\s+/g, ' ') ?? column;
  return { header, has: (column) => positions.has(column), at, label };
}

/**
 * A header as a message may quote it. In a file without a header its first row stands there: what is no plain label may be
 * the number or the address of a borrower.
 */
export const shownLabel = (label: string): string => {
  const text = label.trim().replace(/\s+/g, ' ');
  const isMonth = /^(\d{4}-\d{1,2}|[A-Za-z]{3,9}[- ]\d{2}(\d{2})?)$/.test(text);
  const isLabel = /\p{L}/u.test(text) && !/\d{4}|[0-9a-f]{8}-/i.test(text) && !holdsAContact(text);
  return text === '' || isMonth || isLabel ? text : '…';
};

/**
 * The rows that hold data, each as long as the header. A row of another length is refused whole: one comma too many
 * (a thousands separator, say) moves every figure after it into the wrong column.
 */
export function dataRows(table: Table, report: Report): readonly TableRow[] {
  const width = table.header.length;
  const headerText = table.header.map(keyOf).join('\n');
  const blank: number[] = [];
  const kept = table.rows.filter(({ row, cells }) => {
    if (cells.every((cell) => cell.trim() === '')) {
      blank.push(row);
      return false;
    }
    if (cells.map(keyOf).join('\n') === headerText) {
      report.refuse([row, null], 'row-repeats-header', cells.join(','), 'the header once, in row 1');
      return false;
    }
    if (isRagged(cells, width)) {
      refuseRagged(row, cells, width, report);
      return false;
    }
    return true;
  });
  if (blank.length > 0) {
    const found = blank.length === 1 ? 'a blank row' : `${blank.length} blank rows, the last in row ${blank.at(-1)}`;
    report.note([blank[0] ?? 1, null], 'row-blank', found, 'a row of data', 'Read past.');
  }
  return kept;
}

/** Columns without a name in which something stands: nothing tells what it is. Empty ones are how spreadsheets end. */
function tellUnnamed(header: readonly string[], rows: readonly TableRow[], report: Report): void {
  for (const [at, label] of header.entries()) {
    if (label.trim() !== '') continue;
    const filled = rows.filter(({ cells }) => (cells[at] ?? '').trim() !== '').length;
    if (filled === 0) continue;
    const found = `column ${at + 1} has no name, and ${filled === 1 ? 'a row has' : `${filled} rows have`} something in it`;
    report.note([1, null], 'column-unnamed', found, 'a name for each column', 'The column was not read.');
  }
}

/** Whether a row has another length than its header. Empty cells after the last column, as spreadsheets write, move nothing. */
export const isRagged = (cells: readonly string[], width: number): boolean =>
  cells.length < width || cells.slice(width).some((cell) => cell.trim() !== '');

/**
 * The same, where not every column is read: a row that is longer than the header by empty cells only is refused too, as
 * one comma too many before them would move what stands in it unseen.
 */
export function exactRows(table: Table, report: Report): readonly TableRow[] {
  const width = table.header.length;
  return dataRows(table, report).filter(({ row, cells }) => {
    if (cells.length === width) return true;
    refuseRagged(row, cells, width, report);
    return false;
  });
}

function refuseRagged(row: number, cells: readonly string[], width: number, report: Report): void {
  const expected = `${width} cells, as in the header (quote a cell with a comma in it)`;
  report.refuse([row, null], 'row-ragged', `${cells.length} cells`, expected);
}

/** Rows by a key, in the order in which each key first stands; no group is empty. */
export function grouped<R>(rows: readonly R[], groupOf: (row: R) => string): readonly [R, ...R[]][] {
  const groups = new Map<string, [R, ...R[]]>();
  for (const row of rows) {
    const key = groupOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/**
 * Rows that speak of the same thing. Where they say the same, the first is kept and the others are refused as repeats.
 * Where they differ, nothing in the file tells which is right, so all are refused.
 * @param sameThing  what a row speaks of
 * @param says       what it says of it
 */
export function settleRepeats<R>(
  rows: readonly R[],
  sameThing: (row: R) => string,
  says: (row: R) => string,
): { kept: readonly R[]; repeats: readonly { row: R; first: R }[]; contradicted: readonly { row: R; other: R }[] } {
  const kept: R[] = [];
  const repeats: { row: R; first: R }[] = [];
  const contradicted: { row: R; other: R }[] = [];
  for (const group of grouped(rows, sameThing)) {
    const [first, ...rest] = group;
    const dissent = rest.find((row) => says(row) !== says(first));
    if (dissent === undefined) {
      kept.push(first);
      // One by one: a file may repeat a row more often than one call takes arguments.
      for (const row of rest) repeats.push({ row, first });
    } else for (const row of group) contradicted.push({ row, other: row === first ? dissent : first });
  }
  return { kept, repeats, contradicted };
}

/** Counts below this come near a sum by chance too often to be worth a word. */
const LEAST_NEAR = 100;
const NEAR = 0.005;

/** Whether a count misses the sum of the others by no more than rounding. */
export const isNearSum = (count: number, others: number): boolean =>
  count >= LEAST_NEAR && Math.abs(count - others) <= Math.max(1, NEAR * others);

/** What is done about a row that may be a total, where that is not certain. */
export const TOTAL_IMPORTED = 'Imported; withdraw it if it is a total.';
