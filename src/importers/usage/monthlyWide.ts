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
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import type { Absence } from '../../../contracts/vocabulary.ts';
import { absenceOf } from '../table/absence.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  reportFor,
  type FileHead,
  type ImportOptions,
  type ImportResult,
  type ImportSource,
  type Method,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { holdsPercentages, isMeasuredBy, measuredBy } from './monthlyMeasure.ts';
import {
  filledIn,
  flagRunsAlike,
  isLibraryHeader,
  isMethodOfMonths,
  libraryRows,
  monthColumns,
  noteAbsentMonths,
  noteMethodUnstated,
  noteSilentMonths,
  shareOfMonths,
  windowOfMonth,
  type LibraryRow,
  type MonthColumn,
} from './monthlyTable.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { countHint, countOf, isPlain, keptRaw, monthsText, WHOLE_NUMBER } from '../table/text.ts';
import type { Figure } from '../table/subtotals.ts';

const FORMAT = 'monthly-wide';

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
function recognises({ header, rows, fileName, options }: FileHead): number {
  const shape = shareOfMonths(header);
  if (measuredBy(fileName, options) !== 'visits' || holdsPercentages(header, rows)) return 0.4 * shape;
  return header.some(isLibraryHeader) ? 0.95 * shape : 0.6 * shape;
}

/** What one cell says: a count, a reason why there is none, nothing at all, or nothing that can be taken. */
type Reading = { count: number } | { absent: Absence } | 'blank' | 'refused';

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const isUsable = isMethodOfMonths(source, report);
  const authority = authorityOfFile(source, report);
  const isMeasured = isMeasuredBy('visits', source, report);
  const columns = monthColumns(source.table, isLibraryHeader, 'Library', report);
  if (!isUsable || authority === null || !isMeasured || columns === null)
    return { events: [], findings: report.findings };

  const rows = libraryRows(source, columns, figureOf, report);
  noteAbsentMonths(columns.months, report);
  const events = rows.flatMap((row) => eventsOfLibrary(row, columns.months, authority, source, report));
  if (events.length > 0) noteMethodUnstated(source, 'visits', report);
  return { events, findings: report.findings };
}

/** What a cell adds to a sum: a word for closed adds nothing, and of any other nobody can tell. */
const figureOf = (text: string): Figure =>
  text === '' || absenceOf(text) === 'not-open' ? 'none' : (countOf(text) ?? 'unreadable');

type VisitsEvent = EventOf<'visits.counted'>;

function eventsOfLibrary(
  library: LibraryRow,
  months: readonly MonthColumn[],
  authority: string,
  source: ImportSource,
  report: Report,
): readonly VisitsEvent[] {
  const readings = months.map((column) => readingOf(library, column, source.options, report));
  const { first, last } = filledIn(readings);
  noteSilentMonths(library, months, { first, last }, report);
  noteZeros(library, months, source.options, report);
  const figures = readings.map((reading) => (typeof reading === 'object' && 'count' in reading ? reading.count : null));
  const alike = flagRunsAlike(library, months, figures, report);

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
  if (absenceOf(text) === 'not-open' && isPlain(raw)) {
    report.note([row, column.header], 'closed', text, WHOLE_NUMBER, 'Recorded as not open.');
    return { absent: 'not-open' };
  }
  report.refuse([row, column.header], 'not-a-whole-number', text, `${WHOLE_NUMBER}${countHint(raw)}`);
  return 'refused';
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
      window: windowOfMonth(month),
      method,
      ...says,
      // Readings with digits or words are refused above this length: all that can be cut is a blank's spaces.
      provenance: { file: sha256, row, column: header, raw: keptRaw(cells[position] ?? '') },
    },
  };
}
