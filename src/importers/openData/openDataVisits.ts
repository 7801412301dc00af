/**
 * Physical visits in the open-data schema: `Local authority, Library name, Count start, Count end, Count type, Visits`,
 * one count a row (schema-librarydata, physical_visits).
 *
 * The window is kept as it was counted; months and years are derived later. `Count type` is free text in the schema, so
 * COUNT_TYPES below says which texts are understood, and any other is refused rather than guessed.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { civilOf, firstDayOfMonth, intervalOf, monthOf, type DayWindow } from '../../domain/periods.ts';
import { SAMPLE_MONTHS } from '../../domain/sampleWeeks.ts';
import { dayCell } from '../table/cells.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  reportFor,
  type ImportSource,
  type Method,
  type Report,
  type TableImporter,
  type ImportResult,
} from '../importer.ts';
import {
  ALSO_CALLED,
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
import { grouped, layoutScore, namedRows, type NamedRow } from '../table/rows.ts';
import { keyOf } from '../../domain/labels.ts';
import { intervalText, soundDays, withoutOverlaps } from '../table/windows.ts';

const FORMAT = 'open-data-visits';
const [START, END, TYPE, VISITS] = ['Count start', 'Count end', 'Count type', 'Visits'] as const;
const LAYOUT = { required: [AUTHORITY, LIBRARY, START, END, TYPE, VISITS], optional: [], alsoCalled: ALSO_CALLED };

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
  const apart = withoutOverlaps(once, ({ place }) => place, START, report);
  flagBesideSamples(apart, report);
  const among = {
    groupOf: ({ authority: code, window }: VisitsRow) => `${code} ${intervalOf(window)}`,
    labelOf: ({ place }: VisitsRow) => place,
    hasSubtotals: true,
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

function methodCell(row: NamedRow, report: Report): Method | null {
  const text = row.text(TYPE);
  const method = METHOD_OF.get(typeKeyOf(text)) ?? null;
  if (method === null) {
    const expected = `one of: ${COUNT_TYPES.flatMap(([, ...texts]) => texts).join('; ')}`;
    report.refuse([row.row, row.header(TYPE)], text === '' ? 'value-missing' : 'count-type-unknown', text, expected);
  }
  return method;
}

/** Whether a window can be used: a week where it is a sample, and else held by a calendar period. */
function soundWindow(row: NamedRow, window: DayWindow, method: Method | null, report: Report): boolean {
  const days = window.last - window.first + 1;
  if (method !== 'sample-week' || days < 1) return soundDays(row, window, END, report);
  if (days === 7) return true;
  const found = `${intervalText(window)}, ${days} days`;
  const expected = 'seven days, as the count type says one week';
  report.refuse([row.row, row.header(END)], 'window-not-a-week', found, expected);
  return false;
}

/** A count in the months that a sample week stands for is there twice, unless it is the next sample. */
function flagBesideSamples(rows: readonly VisitsRow[], report: Report): void {
  for (const group of grouped(rows, ({ place }) => place)) {
    let sampled: VisitsRow | null = null;
    for (const row of group.sort((a, b) => a.window.first - b.window.first)) {
      if (sampled !== null && row.window.first < endOfSample(sampled)) {
        const found = `${intervalOf(row.window)}, within the quarter that the sample week in row ${sampled.row} stands for`;
        report.flag(
          [row.row, START],
          'window-overlaps',
          found,
          'one sample week a quarter and no other count',
          'Imported.',
        );
      }
      if (row.method === 'sample-week') sampled = row;
    }
  }
}

/** A sample week stands for its month and the two after it: the first day after those. */
const endOfSample = ({ window }: VisitsRow): number => firstDayOfMonth(monthOf(window.first) + SAMPLE_MONTHS);

/** A count of some days of a month is shown as the month's: right only if the library was open on no other day. */
function flagPartOfAMonth({ row, window, method }: VisitsRow, report: Report): void {
  const whole = civilOf(window.first).date === 1 && civilOf(window.last + 1).date === 1;
  if (whole || method === 'sample-week') return;
  report.flag(
    [row, END],
    'part-of-a-month',
    intervalText(window),
    'a whole month',
    'Imported as it was counted, not grossed up.',
  );
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
