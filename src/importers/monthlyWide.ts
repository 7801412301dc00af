/**
 * Monthly visits in one wide table, as Newcastle publishes them: a library a row, a month a column
 * (`Library,2008-04,…,2022-12,2023-1,…`), whole numbers in the cells.
 *
 * Rules, each reported where it is used:
 * - A blank between a library's first and last filled cell was not reported. Before the first and after the last, the
 *   file says nothing about the library (not yet open, closed, not yet counted), and neither do we.
 * - 0 means that the library was not open. The publisher's notes say so for the closures they name (Outer West, June and
 *   July 2023), and no open library counts nobody in a month. `zero: 'count'` takes 0 as nobody.
 * - The same figure three months running, or longer, was not counted in each of them. Mostly it is one counted week,
 *   grossed up to a month by the publisher and written three times; the file does not say so. It is a month's figure, so
 *   it must not be grossed up again (`sample-week`): its method is `estimate`.
 * - The layout does not say how anything else was counted, nor even what: methods are `system` (a figure as the
 *   service's own statistics hold it) unless the option `method` says better, and the measure must come from the file's
 *   name or the option `measure`. Newcastle's Wi-Fi users have the very same layout.
 */
import { typeOf, type EventOf } from '../../contracts/activityEvent.ts';
import type { Absence } from '../../contracts/vocabulary.ts';
import { firstDayOfMonth, isoOf } from '../domain/periods.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import {
  FILE_REFUSED,
  reportFor,
  type ImportOptions,
  type ImportSource,
  type Method,
  type Report,
  type TableImporter,
  type ImportResult,
  type FileHead,
} from './importer.ts';
import { LIBRARY_NAME, librarySlugOf } from './places.ts';
import { authorityOfFile } from './returnFacts.ts';
import { dataRows, flagSameFigures, settleRepeats } from './rows.ts';
import { keyOf } from '../domain/labels.ts';
import { countHint, countOf, isPlain, keptRaw, monthIndexOf, monthsText, namesATotal, WHOLE_NUMBER } from './text.ts';
import { withoutTotals, type Figure } from './wideTotals.ts';

const FORMAT = 'monthly-wide';
const LIBRARY_HEADERS = ['library', 'library name'];
/** Words that say a library was shut, as real files write them. Any other word in a cell is refused. */
const CLOSED_WORDS = ['closed', 'temporary closure', 'facility not open', 'not open'];

export const monthlyWide: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Monthly visits, a library a row and a month a column',
  windowColumn: null,
  recognises,
  read,
};

/**
 * The layout is shared with other measures, so the file's name or the option must speak of visits for it to be taken. A
 * file that has months but calls its libraries something else is taken too, to be refused with the name of the column.
 */
function recognises({ header, fileName, options }: FileHead): number {
  const months = header.filter((label) => monthIndexOf(label) !== null).length;
  if (months === 0 || header.length < 2) return 0;
  const shape = Math.min(1, months / (header.length - 1));
  if (!countsVisits(fileName, options)) return 0.4 * shape;
  return header.some(isLibraryHeader) ? 0.95 * shape : 0.6 * shape;
}

/** Whether a header has libraries and months, whatever is counted. */
export const isMonthlyTable = (header: readonly string[]): boolean =>
  header.some(isLibraryHeader) && header.some((label) => monthIndexOf(label) !== null);

const isLibraryHeader = (label: string): boolean => LIBRARY_HEADERS.includes(keyOf(label));

const VISITS_WORD = /(^|[^a-z])(visits?|visitors?)([^a-z]|$)/i;
/** Words that make a name speak of something other than how often people came: `pc-visits`, `web visits per head`. */
const OTHER_WORDS =
  /%|(^|[^a-z])(pcs?|computers?|web(sites?)?|online|virtual|digital|wi-?fi|pct|per|per-?cent(ages?)?|rates?|averages?|shares?|index|changes?)([^a-z]|$)/i;
/** By its name alone a file is taken only where the name leaves no doubt: a wrong figure is worse than one more option. */
const countsVisits = (fileName: string, { measure }: ImportOptions): boolean =>
  measure === 'visits' || (VISITS_WORD.test(fileName) && !OTHER_WORDS.test(fileName));

interface MonthColumn {
  readonly row: 1;
  readonly position: number;
  readonly header: string;
  readonly month: number;
}

interface LibraryRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly name: string;
  readonly slug: string;
}

/** What one cell says: a count, a reason why there is none, nothing at all, or nothing that can be taken. */
type Reading = { count: number } | { absent: Absence } | 'blank' | 'refused';

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const authority = usableAuthority(source, report);
  const columns = libraryAndMonths(source, report);
  if (authority === null || columns === null) return { events: [], findings: report.findings };

  const rows = libraryRows(source, columns, report);
  noteAbsentMonths(columns.months, report);
  const events = rows.flatMap((row) => eventsOfLibrary(row, columns.months, authority, source, report));
  if (events.length > 0 && source.options.method === undefined) {
    const done = 'Recorded as "system": a figure as the service\'s own statistics hold it.';
    report.note(
      [1, null],
      'method-unstated',
      'no word on how visits were counted',
      '--method ("method" over HTTP)',
      done,
    );
  }
  return { events, findings: report.findings };
}

/** The authority, or null with findings where the options cannot be used with this file. */
function usableAuthority(source: ImportSource, report: Report): string | null {
  const { fileName, options } = source;
  const authority = authorityOfFile(source, report);
  const measured = countsVisits(fileName, options);
  // A sample week is grossed up when it is read. These are months already.
  const monthly = options.method !== 'sample-week';
  if (!monthly) {
    const expected = 'another method: the figures of this layout stand for whole months';
    report.refuse([1, null], 'option-unusable', '--method sample-week', expected, FILE_REFUSED);
  }
  if (!measured) {
    const expected =
      '--measure visits ("measure" over HTTP), or a file name that speaks of visits: the layout does not say what it counts';
    report.refuse([1, null], 'measure-unknown', fileName, expected, FILE_REFUSED);
  }
  return measured && monthly ? authority : null;
}

/** Where the library's name stands, and the months in calendar order whatever the order of the columns. */
interface Columns {
  readonly library: number;
  readonly months: readonly MonthColumn[];
}

function libraryAndMonths({ table }: ImportSource, report: Report): Columns | null {
  const libraries = [...table.header.entries()].filter(([, label]) => isLibraryHeader(label));
  const library = libraries[0]?.[0];
  if (library === undefined || libraries.length > 1) {
    const code = library === undefined ? 'column-missing' : 'column-repeated';
    report.refuse([1, 'Library'], code, table.header.join(', '), 'one column "Library"', FILE_REFUSED);
    return null;
  }
  const readable: MonthColumn[] = [];
  for (const [position, label] of table.header.entries()) {
    const header = label.trim();
    const month = monthIndexOf(header);
    if (month !== null) readable.push({ row: 1, position, header, month });
    else if (position !== library && !(header === '' && columnIsBlank(table.rows, position))) {
      const expected = 'a month written YYYY-MM, such as 2023-04';
      report.refuse(
        [1, header],
        'month-unreadable',
        header === '' ? 'an empty header' : header,
        expected,
        COLUMN_REFUSED,
      );
    }
  }
  const months = withoutRepeatedMonths(readable, table.rows, report);
  if (readable.length === 0) {
    report.refuse([1, null], 'column-missing', 'no month in the header', 'months written YYYY-MM', FILE_REFUSED);
  }
  return { library, months: [...months].sort((a, b) => a.month - b.month) };
}

const COLUMN_REFUSED = 'The column was not imported.';
const columnIsBlank = (rows: ImportSource['table']['rows'], position: number): boolean =>
  rows.every(({ cells }) => (cells[position] ?? '').trim() === '');

/** A month may stand in two columns (`2023-1` and `2023-01`): kept once where they agree, not at all where they differ. */
function withoutRepeatedMonths(
  columns: readonly MonthColumn[],
  rows: ImportSource['table']['rows'],
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

/** The rows that are libraries, each once; totals, unusable names and contradictions are refused. */
function libraryRows(source: ImportSource, columns: Columns, report: Report): readonly LibraryRow[] {
  const header = source.table.header[columns.library]?.trim() ?? 'Library';
  const named: LibraryRow[] = [];
  for (const { row, cells } of dataRows(source.table, report)) {
    const name = (cells[columns.library] ?? '').trim();
    const slug = librarySlugOf(name);
    if (namesATotal(name))
      report.refuse([row, header], 'totals-row', name, 'a library: totals are worked out, not imported');
    else if (slug === null)
      report.refuse([row, header], 'library-unusable', name === '' ? 'no name' : name, LIBRARY_NAME);
    else named.push({ row, cells, name, slug });
  }
  const figures = ({ cells }: LibraryRow): string =>
    columns.months.map((c) => (cells[c.position] ?? '').trim()).join('\n');
  const settled = settleRepeats(named, ({ slug }) => slug, figures);
  for (const { row, first } of settled.repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse([row.row, header], 'row-repeated', `${row.name}, as in row ${first.row}`, 'each library once', done);
  }
  for (const { row, other } of settled.contradicted) {
    const found = `${row.name}, with other figures than row ${other.row}`;
    report.refuse([row.row, header], 'row-contradicted', found, 'each library once', 'Neither row was imported.');
  }
  const libraries = withoutTotals(settled.kept, (row) => columns.months.map((c) => figureOf(row, c)), header, report);
  const series = libraries.map((row) => ({
    row: row.row,
    name: row.name,
    figures: new Map(columns.months.map((column) => [column.month, figureOf(row, column)])),
  }));
  flagSameFigures(series, header, report);
  return libraries;
}

/** What a cell adds to a sum: a word for closed adds nothing, and of any other nobody can tell. */
function figureOf({ cells }: LibraryRow, { position }: MonthColumn): Figure {
  const text = (cells[position] ?? '').trim();
  return text === '' || CLOSED_WORDS.includes(keyOf(text)) ? 'none' : (countOf(text) ?? 'unreadable');
}

function noteAbsentMonths(months: readonly MonthColumn[], report: Report): void {
  const present = new Set(months.map(({ month }) => month));
  const [first, last] = [months[0]?.month ?? 0, months.at(-1)?.month ?? -1];
  const absent = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter(
    (m) => !present.has(m),
  );
  if (absent.length === 0) return;
  const found = `${absent.length} months without a column: ${monthsText(absent)}`;
  report.note(
    [1, null],
    'months-absent',
    found,
    'a column for every month between the first and the last',
    'No events for these months.',
  );
}

type VisitsEvent = EventOf<'visits.counted'>;

function eventsOfLibrary(
  library: LibraryRow,
  months: readonly MonthColumn[],
  authority: string,
  source: ImportSource,
  report: Report,
): readonly VisitsEvent[] {
  const readings = months.map((column) => readingOf(library, column, source.options, report));
  const first = readings.findIndex((reading) => reading !== 'blank');
  const last = readings.findLastIndex((reading) => reading !== 'blank');
  noteSilentMonths(library, months, { first, last }, report);
  noteZeros(library, months, source.options, report);
  const alike = flagMonthsAlike(library, months, readings, report);

  const method = source.options.method ?? 'system';
  return months.flatMap((column, i) => {
    const reading = readings[i];
    if (reading === undefined || reading === 'refused' || i < first || i > last) return [];
    const says = reading === 'blank' ? { absent: 'not-reported' as const } : reading;
    return [eventOf(library, column, says, alike.has(i) ? 'estimate' : method, authority, source)];
  });
}

function readingOf({ row, cells }: LibraryRow, column: MonthColumn, options: ImportOptions, report: Report): Reading {
  const raw = cells[column.position] ?? '';
  const text = raw.trim();
  if (text === '') return 'blank';
  const count = countOf(raw);
  if (count === 0 && options.zero !== 'count') return { absent: 'not-open' };
  if (count !== null) return { count };
  if (CLOSED_WORDS.includes(keyOf(text)) && isPlain(raw)) {
    report.note([row, column.header], 'closed', text, WHOLE_NUMBER, 'Recorded as not open.');
    return { absent: 'not-open' };
  }
  report.refuse([row, column.header], 'not-a-whole-number', text, `${WHOLE_NUMBER}${countHint(raw)}`);
  return 'refused';
}

/** One finding a library for the months in which the file says nothing about it. */
function noteSilentMonths(
  { row, name }: LibraryRow,
  months: readonly MonthColumn[],
  { first, last }: { first: number; last: number },
  report: Report,
): void {
  const silent = months.filter((_, i) => i < first || i > last || first === -1);
  if (silent.length === 0) return;
  const found = `${name}: blank in ${monthsText(silent.map(({ month }) => month))}`;
  const expected = 'a figure, or a word such as "closed"';
  report.note(
    [row, silent[0]?.header ?? null],
    'no-data',
    found,
    expected,
    'No events: before the first or after the last figure.',
  );
}

function noteZeros(
  { row, name, cells }: LibraryRow,
  months: readonly MonthColumn[],
  { zero }: ImportOptions,
  report: Report,
): void {
  if (zero === 'count') return;
  const closed = months.filter(({ position }) => countOf(cells[position] ?? '') === 0);
  if (closed.length === 0) return;
  const found = `${name}: 0 in ${monthsText(closed.map(({ month }) => month))}`;
  const done = 'Recorded as not open; --zero count ("zero" over HTTP) takes 0 as nobody.';
  report.note([row, closed[0]?.header ?? null], 'zero-read-as-closed', found, 'the number of visits', done);
}

/** As few months as this with one figure may be chance no longer. */
const ALIKE = 3;

/** Flags each run of three or more months with the same figure, and gives the positions of all months in one. */
function flagMonthsAlike(
  { row, name, cells }: LibraryRow,
  months: readonly MonthColumn[],
  readings: readonly Reading[],
  report: Report,
): ReadonlySet<number> {
  const runs = runsAlike(months, readings).filter((run) => run.length >= ALIKE);
  for (const run of runs) {
    const columns = run.flatMap((i) => months[i] ?? []);
    const figure = (cells[columns[0]?.position ?? -1] ?? '').trim();
    const found = `${name}: ${figure} in each of ${monthsText(columns.map(({ month }) => month))}`;
    const done = `${run.length} months alike: taken as an estimate, as where one count stands for several months.`;
    report.flag([row, columns[0]?.header ?? null], 'week-grossed-up', found, 'a count of each month', done);
  }
  return new Set(runs.flat());
}

/** Positions of neighbouring months with the same figure above 0, run by run. */
function runsAlike(months: readonly MonthColumn[], readings: readonly Reading[]): readonly number[][] {
  const runs: { last: number; figure: number; at: number[] }[] = [];
  for (const [i, { month }] of months.entries()) {
    const reading = readings[i];
    if (typeof reading !== 'object' || !('count' in reading) || reading.count === 0) continue;
    const run = runs.at(-1);
    if (run?.figure === reading.count && run.last + 1 === month) {
      run.last = month;
      run.at.push(i);
    } else runs.push({ last: month, figure: reading.count, at: [i] });
  }
  return runs.map(({ at }) => at);
}

function eventOf(
  { row, cells, slug }: LibraryRow,
  { position, header, month }: MonthColumn,
  says: { count: number } | { absent: Absence },
  method: Method,
  authority: string,
  { sha256 }: ImportSource,
): VisitsEvent {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('visits.counted'),
    subject: `${authority}/${slug}`,
    data: {
      window: `${isoOf(firstDayOfMonth(month))}/P1M`,
      method,
      ...says,
      // Readings with digits or words are refused above this length: all that can be cut is a blank's spaces.
      provenance: { file: sha256, row, column: header, raw: keptRaw(cells[position] ?? '') },
    },
  };
}
