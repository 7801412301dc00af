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
import { ABSENCE_SIGNS, absenceOf } from '../table/absence.ts';
import {
  reportFor,
  type ImportResult,
  type ImportSource,
  type Method,
  type Report,
  type Table,
  type TableImporter,
} from '../importer.ts';
import { areFinancialYears, MONTH_FORMS, monthStated, YEAR_OR_MONTH } from '../table/monthHeaders.ts';
import {
  filledIn,
  flagRunsAlike,
  isMethodOfMonths,
  libraryCell,
  noteMethodUnstated,
  noteSilentMonths,
  windowOfMonth,
} from './monthlyTable.ts';
import { usageColumns, usageScore, type LineColumn, type UsageColumns } from './monthlyUsageColumns.ts';
import { PERCENTAGE, percentageOf } from './percentages.ts';
import { authorityOfFile, stated, type Says, type Stated } from '../returnFacts.ts';
import { dataRows, grouped, settleRepeats } from '../table/rows.ts';
import { flagSameFigures } from '../table/sameFigures.ts';
import { countHint, countOf, isPlain, monthsText, monthText, WHOLE_NUMBER } from '../table/text.ts';
import { flagRunningTotal } from '../table/runningTotals.ts';
import type { Figure } from '../table/subtotals.ts';
import { withoutTotals } from '../table/wideTotals.ts';

const FORM = 'monthly-usage-long';
export const monthlyUsageLong: TableImporter = {
  reads: 'table',
  format: FORM,
  title: 'Monthly usage, a library and month a row and a column for each count',
  windowColumn: 'month',
  recognises: ({ header }) => usageScore(header),
  read,
};

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
  const columns = usageColumns(source.table, report);
  if (!isUsable || authority === null || columns === null) return { events: [], findings: report.findings };

  const rows = usageRows(source.table, columns, report);
  const libraries = withoutSumLibraries(librariesOf(rows), columns, source.table, report);
  const events = libraries.flatMap((own) => eventsOfLibrary(own, columns, authority, source, report));
  if (events.length > 0) noteMethodUnstated(source, 'these figures', report);
  return { events, findings: report.findings };
}

/** The rows of one library and one month each, once; what cannot be told apart is refused. */
function usageRows(table: Table, { library, month, lines }: UsageColumns, report: Report): readonly UsageRow[] {
  const headerAt = (position: number): string => table.header[position]?.trim() ?? '';
  const found: UsageRow[] = [];
  const data = dataRows(table, report);
  const areYears = areFinancialYears(data.map(({ cells }) => cells[month] ?? ''));
  for (const { row, cells } of data) {
    const named = libraryCell([row, headerAt(library)], cells[library] ?? '', report);
    const text = (cells[month] ?? '').trim();
    const at = areYears ? null : monthStated(text);
    if (at === null)
      report.refuse([row, headerAt(month)], text === '' ? 'value-missing' : 'not-a-month', text, `${MONTH_FORMS}${areYears ? YEAR_OR_MONTH : ''}`); // prettier-ignore
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
  { library, lines }: UsageColumns,
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
  for (const { row, name, figures } of kept)
    for (const { line, header: column } of counts)
      flagRunningTotal(
        `${name}, ${line}`,
        months.map((month) => figures.get(`${line} ${month}`)),
        [row, column],
        report,
      );
  return kept.map(({ own }) => own);
}

const figureOf = (cell: string): Figure =>
  cell.trim() === '' || absenceOf(cell) === 'not-open' ? 'none' : (countOf(cell) ?? 'unreadable');

function eventsOfLibrary(
  own: LibraryMonths,
  { lines }: UsageColumns,
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
    const months = own.map(({ month, row: ownRow }) => ({ month, header, ownRow }));
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
  const absent = isPlain(raw) ? absenceOf(text) : null;
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
