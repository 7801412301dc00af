/**
 * Monthly usage in one long table: a library and a month a row, and what was counted in columns
 * (`Library,month,enquiries,visits,issues,sessions`). Each cell is stated as it stands, under the line that its header
 * names; what the line means is for the reading of the form to say.
 *
 * - A blank between a library's first and last figure of a line was not reported. Before the first and after the last,
 *   the file says nothing, and neither do we.
 * - 0 visits mean that the library was not open, as in the wide tables of the same figures; 0 of anything else does so
 *   where the row has nothing above 0. `zero: 'count'` takes every 0 as a count.
 * - Percentages are a line of their own, `sessions (%)`: a share is not what a count under the same word would be.
 * - The same figure three months running was not counted in each of them: it is an estimate.
 */
import { keyOf } from '../domain/labels.ts';
import { ABSENCE_SIGNS, absenceOf } from './absence.ts';
import {
  FILE_REFUSED,
  reportFor,
  type FileHead,
  type ImportResult,
  type ImportSource,
  type Method,
  type Report,
  type Table,
  type TableImporter,
} from './importer.ts';
import { MONTH_FORMS, monthStated } from './monthHeaders.ts';
import {
  filledIn,
  flagRunsAlike,
  isLibraryHeader,
  isMethodOfMonths,
  libraryCell,
  noteMethodUnstated,
  noteSilentMonths,
  windowOfMonth,
} from './monthlyTable.ts';
import { PERCENTAGE, percentageOf } from './percentages.ts';
import { authorityOfFile, stated, type Says, type Stated } from './returnFacts.ts';
import { dataRows, flagSameFigures, grouped, settleRepeats } from './rows.ts';
import { countHint, countOf, LONGEST_RAW, monthsText, monthText, WHOLE_NUMBER } from './text.ts';
import { withoutTotals, type Figure } from './wideTotals.ts';

const FORM = 'monthly-usage-long';
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

export const monthlyUsageLong: TableImporter = {
  reads: 'table',
  format: FORM,
  title: 'Monthly usage, a library and month a row and a column for each count',
  windowColumn: 'month',
  recognises,
  read,
};

const isMonthHeader = (label: string): boolean => MONTH_HEADERS.includes(keyOf(label));
/** A header without its mark of a percentage. */
const unmarked = (label: string): string => keyOf(label.replace(/\(?\s*(%|per ?cent(age)?)\s*\)?\s*$/i, ''));
const lineOf = (label: string): string | null =>
  LINES.find(([, headers]) => headers.includes(unmarked(label)))?.[0] ?? null;

/** One missing column is left to be named when the file is read, where the others speak clearly. */
function recognises({ header }: FileHead): number {
  const lines = header.filter((label) => lineOf(label) !== null).length;
  const keys = [header.some(isLibraryHeader), header.some(isMonthHeader)].filter((present) => present).length;
  if (lines === 0 || keys === 0 || header.some((label) => PARTS.includes(keyOf(label)))) return 0;
  if (keys === 1) return lines >= 2 ? (0.75 * (lines + 1)) / header.length : 0;
  return (0.95 * (lines + 2)) / header.length;
}

interface LineColumn {
  readonly position: number;
  readonly header: string;
  /** The line as it is stated, with `(%)` where its cells are percentages. */
  readonly line: string;
  readonly inPercent: boolean;
}

interface Columns {
  readonly library: number;
  readonly month: number;
  readonly lines: readonly LineColumn[];
}

/** One library in one month. */
interface UsageRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly name: string;
  readonly slug: string;
  readonly month: number;
}

type Reading = Says | 'blank' | 'refused';

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const isUsable = isMethodOfMonths(source, report);
  const authority = authorityOfFile(source, report);
  const columns = columnsOf(source.table, report);
  if (!isUsable || authority === null || columns === null) return { events: [], findings: report.findings };

  const rows = usageRows(source.table, columns, report);
  const libraries = withoutSumLibraries(librariesOf(rows), columns, source.table, report);
  const events = libraries.flatMap((own) => eventsOfLibrary(own, columns, authority, source, report));
  if (events.length > 0) noteMethodUnstated(source, 'these figures', report);
  return { events, findings: report.findings };
}

/** Positions of the columns, or null with a finding for each that is missing or stands twice. */
function columnsOf(table: Table, report: Report): Columns | null {
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
  noteUnknownColumns(table, report);
  const lines = named.map((column) => {
    const inPercent = unmarked(column.header) !== keyOf(column.header) || isInPercent(table, column.position);
    return { ...column, inPercent, line: inPercent ? `${column.line} (%)` : column.line };
  });
  return { library, month, lines };
}

function noteUnknownColumns({ header }: Table, report: Report): void {
  for (const label of header) {
    if (label.trim() === '' || isLibraryHeader(label) || isMonthHeader(label) || lineOf(label) !== null) continue;
    const expected = `only Library, month, ${LINES.map(([line]) => line).join(', ')}`;
    report.note([1, label.trim()], 'column-unknown', label.trim(), expected, 'The column was not read.');
  }
}

/** Whether most of the figures of a column are percentages. */
function isInPercent({ rows }: Table, position: number): boolean {
  const cells = rows.map(({ cells: own }) => (own[position] ?? '').trim()).filter((cell) => /\d/.test(cell));
  return cells.filter((cell) => cell.endsWith('%')).length * 2 > cells.length;
}

/** The rows of one library and one month each, once; what cannot be told apart is refused. */
function usageRows(table: Table, { library, month, lines }: Columns, report: Report): readonly UsageRow[] {
  const headerAt = (position: number): string => table.header[position]?.trim() ?? '';
  const found: UsageRow[] = [];
  for (const { row, cells } of dataRows(table, report)) {
    const named = libraryCell([row, headerAt(library)], cells[library] ?? '', report);
    const text = (cells[month] ?? '').trim();
    const at = monthStated(text);
    if (at === null)
      report.refuse([row, headerAt(month)], text === '' ? 'value-missing' : 'not-a-month', text, MONTH_FORMS);
    if (named !== null && at !== null) found.push({ row, cells, ...named, month: at });
  }
  const figures = ({ cells }: UsageRow): string => lines.map(({ position }) => (cells[position] ?? '').trim()).join('\n'); // prettier-ignore
  const settled = settleRepeats(found, ({ slug, month: at }) => `${slug} ${at}`, figures);
  const spot = ({ row }: UsageRow) => [row, headerAt(month)] as const;
  const once = 'each library once in a month';
  for (const { row, first } of settled.repeats)
    report.refuse(spot(row), 'row-repeated', saidOf(row), once, `Not imported; row ${first.row} was kept.`);
  for (const { row, other } of settled.contradicted) {
    const said = `${saidOf(row)}, with other figures than row ${other.row}`;
    report.refuse(spot(row), 'row-contradicted', said, once, 'None of these rows was imported.');
  }
  return settled.kept;
}

const saidOf = ({ name, month }: UsageRow): string => `${name} in ${monthText(month)}`;

/** Each library with its months in calendar order; never empty. */
const librariesOf = (rows: readonly UsageRow[]): readonly (readonly [UsageRow, ...UsageRow[]])[] =>
  grouped(rows, ({ slug }) => slug).map(
    (own) => [...own].sort((a, b) => a.month - b.month) as [UsageRow, ...UsageRow[]],
  );

type LibraryMonths = readonly [UsageRow, ...UsageRow[]];

/** The libraries without those that are sums of the others; one library under two names is flagged. */
function withoutSumLibraries(
  libraries: readonly LibraryMonths[],
  { library, lines }: Columns,
  { header }: Table,
  report: Report,
): readonly LibraryMonths[] {
  const counts = lines.filter(({ inPercent }) => !inPercent);
  const months = [...new Set(libraries.flatMap((own) => own.map(({ month }) => month)))].sort((a, b) => a - b);
  const series = libraries.map((own) => {
    const byMonth = new Map(own.map((row) => [row.month, row]));
    const figures = new Map<string, Figure>(
      counts.flatMap(({ position, line }) =>
        months.map((month) => [`${line} ${month}`, figureOf(byMonth.get(month)?.cells[position] ?? '')] as const),
      ),
    );
    const row = Math.min(...own.map((each) => each.row));
    return { own, row, name: own[0].name, figures };
  });
  const label = header[library]?.trim() ?? 'Library';
  const kept = withoutTotals(series, ({ figures }) => [...figures.values()], label, report);
  flagSameFigures(kept, label, report);
  return kept.map(({ own }) => own);
}

const figureOf = (cell: string): Figure =>
  cell.trim() === '' || absenceOf(cell) === 'not-open' ? 'none' : (countOf(cell) ?? 'unreadable');

function eventsOfLibrary(
  own: LibraryMonths,
  { lines }: Columns,
  authority: string,
  source: ImportSource,
  report: Report,
): readonly Stated[] {
  noteMonthsWithoutRow(own, report);
  return lines.flatMap((column) => {
    const { header, line, inPercent } = column;
    const readings = own.map((row) => readingOf(row, column, lines, source, report));
    const filled = filledIn(readings);
    const named = { row: own[0].row, name: `${own[0].name}, ${line}` };
    const months = own.map(({ month }) => ({ month, header }));
    noteSilentMonths(named, months, filled, report);
    noteZeros(own, column, readings, report);
    const figures = readings.map((reading) =>
      typeof reading === 'object' && 'value' in reading ? reading.value : null,
    );
    const alike = inPercent ? new Set<number>() : flagRunsAlike(named, months, figures, report);
    return own.flatMap((row, i) => {
      const reading = readings[i];
      if (reading === undefined || reading === 'refused' || i < filled.first || i > filled.last) return [];
      const says: Says = reading === 'blank' ? { absent: 'not-reported' } : reading;
      const method: Method = alike.has(i) ? 'estimate' : (source.options.method ?? 'system');
      const raw = row.cells[column.position] ?? '';
      return [stated({ form: FORM, line, subject: `${authority}/${row.slug}`, window: windowOfMonth(row.month), method, says, row: row.row, column: header, raw }, source)]; // prettier-ignore
    });
  });
}

function noteMonthsWithoutRow(own: LibraryMonths, report: Report): void {
  const present = new Set(own.map(({ month }) => month));
  const [first, last] = [own[0].month, own.at(-1)?.month ?? own[0].month];
  const absent = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((month) => !present.has(month));
  if (absent.length === 0) return;
  const found = `${own[0].name}: no row for ${monthsText(absent)}`;
  const expected = 'a row for every month between the first and the last';
  report.note([own[0].row, null], 'months-absent', found, expected, 'No events for these months.');
}

function readingOf(
  { row, cells }: UsageRow,
  { position, header, line, inPercent }: LineColumn,
  lines: readonly LineColumn[],
  { options }: ImportSource,
  report: Report,
): Reading {
  const raw = cells[position] ?? '';
  const text = raw.trim();
  if (text === '') return 'blank';
  const value = inPercent ? percentageOf(raw) : countOf(raw);
  if (value === 0 && options.zero !== 'count' && (line === 'visits' || !hasUse(cells, lines))) return { absent: 'not-open' }; // prettier-ignore
  if (value !== null) return { value };
  const absent = raw.length > LONGEST_RAW ? null : absenceOf(text);
  if (absent !== null) return { absent };
  const expected = inPercent ? PERCENTAGE : `${WHOLE_NUMBER}${countHint(raw)}`;
  report.refuse([row, header], inPercent ? 'not-a-percentage' : 'not-a-whole-number', text, `${expected}, or one of ${ABSENCE_SIGNS}`); // prettier-ignore
  return 'refused';
}

/** Whether anything in a row is above 0. */
const hasUse = (cells: readonly string[], lines: readonly LineColumn[]): boolean =>
  lines.some(({ position, inPercent }) => {
    const cell = cells[position] ?? '';
    return ((inPercent ? percentageOf(cell) : countOf(cell)) ?? 0) > 0;
  });

/** One finding a library and line for the months in which 0 was taken as not open. */
function noteZeros(
  own: LibraryMonths,
  { position, header, line }: LineColumn,
  readings: readonly Reading[],
  report: Report,
): void {
  const closed = own.filter(({ cells }, i) => {
    const reading = readings[i];
    return typeof reading === 'object' && 'absent' in reading && /^0(%|\.0+%)?$/.test((cells[position] ?? '').trim());
  });
  const [first] = closed;
  if (first === undefined) return;
  const found = `${first.name}: 0 ${line} in ${monthsText(closed.map(({ month }) => month))}`;
  const done = 'Recorded as not open; --zero count ("zero" over HTTP) takes 0 as a count.';
  report.note([first.row, header], 'zero-read-as-closed', found, 'a figure above 0', done);
}
