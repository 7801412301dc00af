/**
 * Monthly tables of what does not add up: shares of the time for which public computers could be used, and people who
 * used the Wi-Fi, each counted once a month. A person who comes in two months, or to two libraries, is in two of these
 * figures, and shares of different times are no shares of their sum. So each is quoted as a published figure of its
 * library and month, and never added or averaged.
 *
 * - A blank is nothing: no figure was published.
 * - 0 is quoted as it stands, and noted: it may be a closed library.
 * - Where the first month of a file of people is below a third of the next in most of its libraries, it is flagged as
 *   perhaps only a part of a month, and each of its figures says so.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { publishersWords } from '../../../contracts/fields.ts';
import { absenceOf } from '../table/absence.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  FILE_REFUSED,
  reportFor,
  type FileHead,
  type FindingCode,
  type ImportResult,
  type ImportSource,
  type Measure,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { holdsPercentages, isMeasuredBy, measuredBy } from './monthlyMeasure.ts';
import {
  isLibraryHeader,
  libraryRows,
  monthColumns,
  noteAbsentMonths,
  shareOfMonths,
  windowOfMonth,
  type LibraryRow,
  type MonthColumn,
} from './monthlyTable.ts';
import { PERCENTAGE, percentageOf } from './percentages.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { countHint, countOf, monthText, monthsText, WHOLE_NUMBER } from '../table/text.ts';

/** A statistic that is published by month and library. */
interface Quoted {
  readonly format: string;
  readonly title: string;
  readonly measure: Measure;
  readonly statistic: string;
  readonly unit: string;
  /** Whether the cells must be percentages for a file to be taken by its name. */
  readonly inPercent: boolean;
  /** The value of a cell, or null. */
  readonly valueOf: (cell: string) => number | null;
  readonly unreadable: FindingCode;
  readonly expected: (cell: string) => string;
}

export const monthlyComputerUse: TableImporter = importerOf({
  format: 'monthly-computer-use',
  title: 'Share of the time public computers could be used, a library a row and a month a column',
  measure: 'computer-time-percent',
  statistic: 'public-computer-time-used',
  unit: 'percent of available time',
  inPercent: true,
  valueOf: percentageOf,
  unreadable: 'not-a-percentage',
  expected: () => PERCENTAGE,
});

export const monthlyWifiUsers: TableImporter = importerOf({
  format: 'monthly-wifi-users',
  title: 'People who used the Wi-Fi, each counted once a month, a library a row and a month a column',
  measure: 'wifi-users',
  statistic: 'wi-fi-users',
  unit: 'people',
  inPercent: false,
  valueOf: countOf,
  unreadable: 'not-a-whole-number',
  expected: (cell) => `${WHOLE_NUMBER}${countHint(cell)}`,
});

function importerOf(quoted: Quoted): TableImporter {
  const { format, title } = quoted;
  return {
    reads: 'table',
    format,
    title,
    windowColumn: null,
    recognises: (head) => recognises(quoted, head),
    read: (source) => read(quoted, source),
  };
}

/** By its name a file of percentages is taken only with percentages in it, and one of people only without. */
function recognises({ measure, inPercent }: Quoted, { header, rows, fileName, options }: FileHead): number {
  const shape = shareOfMonths(header);
  const isMeasured = measuredBy(fileName, options) === measure;
  if (!isMeasured || (options.measure === undefined && holdsPercentages(header, rows) !== inPercent))
    return 0.4 * shape;
  return header.some(isLibraryHeader) ? 0.95 * shape : 0.6 * shape;
}

function read(quoted: Quoted, source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const authority = authorityOfFile(source, report);
  const isMeasured = isMeasuredBy(quoted.measure, source, report);
  const columns = monthColumns(source.table, isLibraryHeader, 'Library', report);
  const citation = isMeasured && authority !== null ? citationOf(source, authority, report) : null;
  if (authority === null || !isMeasured || columns === null || citation === null)
    return { events: [], findings: report.findings };

  const header = source.table.header[columns.label]?.trim() ?? 'Library';
  const rows = libraryRows(source, columns, quoted.inPercent ? null : figureOf(quoted), report).filter((row) =>
    hasScope(row, header, report),
  );
  noteAbsentMonths(columns.months, report);
  const partial = quoted.inPercent ? null : partialMonth(rows, columns.months, quoted, report);
  const events = rows.flatMap((row) => {
    noteBlankMonths(row, columns.months, report);
    noteZeros(row, columns.months, quoted, report);
    return columns.months.flatMap((column) => {
      const value = valueIn(row, column, quoted, report);
      return value === null ? [] : [eventOf(quoted, row, column, { value, authority, citation, partial }, source)];
    });
  });
  return { events, findings: report.findings };
}

const figureOf =
  ({ valueOf }: Quoted) =>
  (cell: string): number | 'none' | 'unreadable' =>
    cell === '' || absenceOf(cell) === 'not-open' ? 'none' : (valueOf(cell) ?? 'unreadable');

const CITATION = publishersWords(3, 400);

/** Where the figures were published: as the option says, else the file by its name; null where it is no citation. */
function citationOf({ fileName, options }: ImportSource, authority: string, report: Report): string | null {
  const citation = options.citation ?? `${fileName.slice(0, 300)}, a file of the library service of ${authority}`;
  if (!CITATION.safeParse(citation).success) {
    const expected = 'a citation of 3 to 400 characters in one line, in --citation ("citation" over HTTP)';
    report.refuse([1, null], 'option-unusable', citation, expected, FILE_REFUSED);
    return null;
  }
  if (options.citation === undefined) {
    const expected = 'where the figures were published, in --citation ("citation" over HTTP)';
    report.note([1, null], 'citation-unstated', 'no citation', expected, `Quoted from "${citation}".`);
  }
  return citation;
}

const SCOPE = publishersWords(2, 120);

/** Whether the name of a library can be the scope of a figure, as it is written. */
function hasScope({ row, name }: LibraryRow, header: string, report: Report): boolean {
  if (SCOPE.safeParse(name).success) return true;
  report.refuse([row, header], 'library-unusable', name, 'a name of 2 to 120 characters, none of them a control character'); // prettier-ignore
  return false;
}

function valueIn(
  { row, cells }: LibraryRow,
  { position, header }: MonthColumn,
  { valueOf, unreadable, expected }: Quoted,
  report: Report,
): number | null {
  const raw = cells[position] ?? '';
  const text = raw.trim();
  if (text === '') return null;
  const value = valueOf(raw);
  if (value !== null) return value;
  if (absenceOf(text) === 'not-open')
    report.note([row, header], 'closed', text, expected(raw), 'No figure: nothing was published for the month.');
  else report.refuse([row, header], unreadable, text, expected(raw));
  return null;
}

/** One finding a library for all its blanks. */
function noteBlankMonths({ row, name, cells }: LibraryRow, months: readonly MonthColumn[], report: Report): void {
  const blank = months.filter(({ position }) => (cells[position] ?? '').trim() === '');
  if (blank.length === 0) return;
  const found = `${name}: blank in ${monthsText(blank.map(({ month }) => month))}`;
  report.note([row, blank[0]?.header ?? null], 'months-blank', found, 'a figure', 'No figures for these months.');
}

function noteZeros(
  { row, name, cells }: LibraryRow,
  months: readonly MonthColumn[],
  { valueOf }: Quoted,
  report: Report,
): void {
  const zeros = months.filter(({ position }) => valueOf(cells[position] ?? '') === 0);
  if (zeros.length === 0) return;
  const found = `${name}: 0 in ${monthsText(zeros.map(({ month }) => month))}`;
  const done = 'Quoted as published; it does not say whether the library was open.';
  report.note([row, zeros[0]?.header ?? null], 'zero-quoted', found, 'a figure above 0', done);
}

/** A first month as small as this beside the next of the file, in most libraries, is perhaps only a part of a month. */
const PART = 1 / 3;
const LIBRARIES_ENOUGH = 3;

/** The first month, where it looks like a part of one; flagged. */
function partialMonth(
  rows: readonly LibraryRow[],
  [first, second]: readonly MonthColumn[],
  { valueOf }: Quoted,
  report: Report,
): number | null {
  if (first === undefined || second === undefined) return null;
  const pairs = rows.flatMap(({ cells }) => {
    const [before, after] = [first, second].map(({ position }) => valueOf(cells[position] ?? ''));
    return before == null || after == null ? [] : [{ before, after }];
  });
  const small = pairs.filter(({ before, after }) => before < after * PART);
  if (small.length < LIBRARIES_ENOUGH || small.length * 2 <= pairs.length) return null;
  const found = `${monthText(first.month)} is below a third of ${monthText(second.month)} in ${small.length} of ${pairs.length} libraries`;
  const done = 'Quoted, each with a note that it may be of a part of the month.';
  report.flag([1, first.header], 'month-partial', found, 'figures of a whole month', done);
  return first.month;
}

const PART_NOTE = 'May be of a part of the month only: the first of its file, and below a third of the next in most libraries.'; // prettier-ignore

function eventOf(
  { format, statistic, unit }: Quoted,
  { row, name, slug, cells }: LibraryRow,
  { position, header, month }: MonthColumn,
  {
    value,
    authority,
    citation,
    partial,
  }: { value: number; authority: string; citation: string; partial: number | null },
  { sha256 }: ImportSource,
): EventOf<'figure.published'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, format),
    type: typeOf('figure.published'),
    subject: `${authority}/${slug}`,
    data: {
      statistic,
      window: windowOfMonth(month),
      value,
      unit,
      scope: name,
      survey: false,
      source: citation,
      ...(month === partial ? { note: PART_NOTE } : {}),
      // By this a newer edition of the file finds the figure again.
      reference: `${monthText(month)} ${slug}`,
      provenance: { file: sha256, row, column: header, raw: cells[position] ?? '' },
    },
  };
}
