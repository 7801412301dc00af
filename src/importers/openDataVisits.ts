/**
 * Physical visits in the open-data schema: `Local authority, Library name, Count start, Count end, Count type, Visits`,
 * one count a row (schema-librarydata, physical_visits).
 *
 * The window is kept as it was counted; months and years are derived later. `Count type` is free text in the schema, so
 * COUNT_TYPES below says which texts are understood, and any other is refused rather than guessed.
 */
import { typeOf, type EventOf } from '../../contracts/activityEvent.ts';
import {
  civilOf,
  firstDayOfMonth,
  granularityOf,
  intervalOf,
  isoOf,
  monthOf,
  type DayWindow,
} from '../domain/periods.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import {
  reportFor,
  type ImportSource,
  type Method,
  type Report,
  type TableImporter,
  type ImportResult,
} from './importer.ts';
import {
  authoritiesIn,
  AUTHORITY,
  countCell,
  countedOnce,
  flagSameLibraries,
  LIBRARY,
  placeOf,
  withoutSums,
  type AuthorityOfRow,
} from './openData.ts';
import { grouped, layoutScore, namedRows, type NamedRow } from './rows.ts';
import { keyOf } from '../domain/labels.ts';
import { dateHint, ISO_DATE, isoDayOf } from './text.ts';

const FORMAT = 'open-data-visits';
const [START, END, TYPE, VISITS] = ['Count start', 'Count end', 'Count type', 'Visits'] as const;
const LAYOUT = { required: [AUTHORITY, LIBRARY, START, END, TYPE, VISITS], optional: [] };

/**
 * Which texts of `Count type` are understood: those of the schema and of the files that follow it, and no others. More
 * words may say that a counter was broken, or that a week stands for a quarter. Case, hyphens, spaces and brackets do
 * not matter.
 */
const COUNT_TYPES: readonly (readonly [method: Method, ...texts: string[]])[] = [
  ['automatic-counter', 'Automatic', 'Automatic counter'],
  ['manual', 'Manual', 'Manual (daily)', 'Manual (every day)'],
  ['sample-week', 'Manual (one week every quarter)', 'Manual (one week a quarter)', 'Manual (one week per quarter)'],
  ['sample-week', 'Sample week'],
  ['estimate', 'Estimate', 'Estimated'],
];

const typeKeyOf = (text: string): string => keyOf(text.replace(/[()]/g, ' '));

const METHOD_OF: ReadonlyMap<string, Method> = new Map(
  COUNT_TYPES.flatMap(([method, ...texts]) => texts.map((text): [string, Method] => [typeKeyOf(text), method])),
);

export const openDataVisits: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Physical visits in the public library open-data schema',
  windowColumn: END,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface VisitsRow {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly authority: string;
  readonly place: string;
  readonly window: DayWindow;
  readonly method: Method;
  readonly count: number;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report);
  const rows = named.flatMap((row) => visitsRow(row, authority, report) ?? []);
  const thing = ({ place, window }: VisitsRow): string => `${place} ${intervalOf(window)}`;
  const once = countedOnce(rows, thing, ({ method, count }) => `${method} ${count}`, VISITS, otherwiseIn, report);
  const apart = withoutOverlaps(once, report);
  const among = {
    groupOf: ({ authority: code, window }: VisitsRow) => `${code} ${intervalOf(window)}`,
    labelOf: ({ place }: VisitsRow) => place,
  };
  const kept = withoutSums(apart, [among], VISITS, report);
  flagSameLibraries(kept, ({ window }) => intervalOf(window), VISITS, report);
  for (const row of kept) flagPartOfAMonth(row, report);
  return { events: kept.map((row) => eventOf(row, source)), findings: report.findings };
}

const otherwiseIn = (other: VisitsRow, row: VisitsRow): string =>
  other.count === row.count
    ? `row ${other.row} gives the same library and days another count type`
    : `row ${other.row} gives ${other.count} for the same library and days`;

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function visitsRow(row: NamedRow, authority: AuthorityOfRow, report: Report): VisitsRow | null {
  const where = placeOf(row, authority, report);
  const first = dayCell(row, START, report);
  const last = dayCell(row, END, report);
  const method = methodCell(row, report);
  const count = countCell(row, VISITS, report);
  if (first === null || last === null) return null;
  const sound = soundWindow(row, { first, last }, method, report);
  if (where === null || method === null || count === null || !sound) return null;
  return {
    row: row.row,
    header: row.header(VISITS),
    raw: row.raw(VISITS),
    ...where,
    window: { first, last },
    method,
    count,
  };
}

function dayCell(row: NamedRow, column: string, report: Report): number | null {
  const day = isoDayOf(row.raw(column));
  if (day === null)
    report.refuse(
      [row.row, row.header(column)],
      'not-a-date',
      row.text(column),
      `${ISO_DATE}${dateHint(row.raw(column))}`,
    );
  return day;
}

function methodCell(row: NamedRow, report: Report): Method | null {
  const text = row.text(TYPE);
  const method = METHOD_OF.get(typeKeyOf(text)) ?? null;
  if (method === null) {
    const expected = `one of: ${COUNT_TYPES.flatMap(([, ...texts]) => texts).join('; ')}`;
    report.refuse([row.row, row.header(TYPE)], text === '' ? 'value-missing' : 'count-type-unknown', text, expected);
  }
  return method;
}

/** Whether a window can be used: in order, a week where it is a sample, and else held by a calendar period. */
function soundWindow(row: NamedRow, window: DayWindow, method: Method | null, report: Report): boolean {
  const spot = [row.row, row.header(END)] as const;
  const found = `${row.text(START)} to ${row.text(END)}`;
  const days = window.last - window.first + 1;
  if (days < 1) {
    report.refuse(spot, 'end-before-start', found, 'an end on or after the start');
    return false;
  }
  if (method === 'sample-week') {
    if (days === 7) return true;
    report.refuse(spot, 'window-not-a-week', `${found}, ${days} days`, 'seven days, as the count type says one week');
    return false;
  }
  if (granularityOf(window) !== null) return true;
  const expected =
    'days within one month, or whole months within one quarter, half-year or financial year (April to March): ' +
    'no period of the calendar holds this window';
  report.refuse(spot, 'window-without-period', found, expected);
  return false;
}

/** Counts of one library whose days overlap would count people twice, and nothing says which to leave out. */
function withoutOverlaps(rows: readonly VisitsRow[], report: Report): readonly VisitsRow[] {
  const overlapping = new Map<VisitsRow, VisitsRow>();
  const flagged = new Map<VisitsRow, VisitsRow>();
  for (const group of grouped(rows, ({ place }) => place)) {
    let reach: VisitsRow | null = null;
    let sampled: VisitsRow | null = null;
    for (const row of group.sort((a, b) => a.window.first - b.window.first)) {
      if (reach !== null && row.window.first <= reach.window.last) {
        overlapping.set(row, reach);
        overlapping.set(reach, overlapping.get(reach) ?? row);
      } else if (sampled !== null && row.window.first < endOfSample(sampled)) flagged.set(row, sampled);
      if (reach === null || row.window.last > reach.window.last) reach = row;
      if (row.method === 'sample-week') sampled = row;
    }
  }
  for (const [row, other] of overlapping) {
    const found = `${intervalOf(row.window)}, overlapping ${intervalOf(other.window)} in row ${other.row}`;
    report.refuse([row.row, START], 'window-overlaps', found, 'windows apart', 'None of these rows was imported.');
  }
  for (const [row, sample] of flagged) {
    if (overlapping.has(row) || overlapping.has(sample)) continue;
    const found = `${intervalOf(row.window)}, within the quarter that the sample week in row ${sample.row} stands for`;
    report.flag(
      [row.row, START],
      'window-overlaps',
      found,
      'one sample week a quarter and no other count',
      'Imported.',
    );
  }
  return rows.filter((row) => !overlapping.has(row));
}

/** A sample week stands for its month and the two after it: the first day after those. */
const endOfSample = ({ window }: VisitsRow): number => firstDayOfMonth(monthOf(window.first) + SAMPLE_MONTHS);

/** A count of some days of a month is shown as the month's: right only if the library was open on no other day. */
function flagPartOfAMonth({ row, window, method }: VisitsRow, report: Report): void {
  const whole = civilOf(window.first).date === 1 && civilOf(window.last + 1).date === 1;
  if (whole || method === 'sample-week') return;
  const found = `${isoOf(window.first)} to ${isoOf(window.last)}`;
  report.flag([row, END], 'part-of-a-month', found, 'a whole month', 'Imported as it was counted, not grossed up.');
}

function eventOf(
  { row, header, raw, authority, place, window, method, count }: VisitsRow,
  { sha256 }: ImportSource,
): EventOf<'visits.counted'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('visits.counted'),
    subject: place,
    data: { window: intervalOf(window), method, count, provenance: { file: sha256, row, column: header, raw } },
  };
}
