/**
 * The activity return of Arts Council England as it is published: an authority a row, and for each line of the form twelve
 * columns, `_april` to `_march`. What a line means is not decided here (see `projections/readings`): the cell is the fact.
 *
 * - The columns do not say the year: the name of the file or the option `period` must.
 * - Some authorities count by the month, some by the quarter, some by the year, and one may do each on another line: see
 *   `cadenceOf`. A figure that may be of a month or of a quarter is recorded under its own column's name, as a line of
 *   the year that no reading knows, so that it is kept and counts nowhere.
 * - A blank is "not reported" or zero, and the form does not say which. Where the line was given for other months it is
 *   recorded as not reported; a line that was never filled is not recorded, for then nobody said that it applies.
 */
import type { TableRow, FileHead, ImportResult, ImportSource, Report, TableImporter } from '../importer.ts';
import { FILE_REFUSED, reportFor } from '../importer.ts';
import { ABSENCE_SIGNS, absenceOf } from '../table/absence.ts';
import { cadenceOf, type CellOf, type Filling } from './cadence.ts';
import { authoritiesOf } from '../authorities.ts';
import { stated, yearOfFile, type Says, type Stated } from '../returnFacts.ts';
import { dataRows, settleRepeats } from '../table/rows.ts';
import { countHint, countOf, isPlain, keptRaw, namesATotal, slugOf, WHOLE_NUMBER } from '../table/text.ts';
import { flagRunningTotal } from '../table/runningTotals.ts';
import { unlikeItsRow } from './unlikeItsRow.ts';
import { keyOf } from '../../domain/labels.ts';

export const ACE_RETURN = 'ace-activity-return';

const MONTH_NAMES = [
  'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december', 'january', 'february', 'march',
]; // prettier-ignore
/** The digital columns of physical audiobooks have their month in the middle: `loans_adult_april_digital`. */
const MONTHLY = new RegExp(`^(.+) (${MONTH_NAMES.join('|')})( digital)?$`);
const AUTHORITY = 'authority';

/** Columns with one figure, and the time it is of: the year, or its last day. */
const SINGLE: Readonly<Record<string, 'year' | 'last-day'>> = {
  'total active members': 'year',
  'active members 11 under': 'year',
  'active members 12 17': 'year',
  'active members adults': 'year',
  'computers and devices': 'last-day',
  'devices loan': 'last-day',
  'device loan issues': 'year',
};
/** Answers in words: whatever they hold, it is no figure, and may be about people. */
const NOT_KEPT = [
  'library details',
  'ebook and eaudio data collection',
  'mobile home no data notes',
  'wifi notes no data',
];

/** Lines that add up to another one, where all of them are given. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  total_active_members: ['active_members_11_under', 'active_members_12_17', 'active_members_adults'],
  total_physical_events: ['physical_events_adults', 'physical_events_11_under', 'physical_events_12_17', 'physical_events_all_ages'],
  total_digital_events: ['digital_events_adults', 'digital_events_11_under', 'digital_events_12_17', 'digital_events_all_ages'],
  total_attendees_physical_events: ['physical_attendees_adults', 'physical_attendees_11_under', 'physical_attendees_12_17'],
  total_attendees_digital_events: ['digital_attendees_adults', 'digital_attendees_11_under', 'digital_attendees_12_17'],
  total_physical_book_issues: ['loans_adult', 'loans_11_under', 'loans_12_17'],
  total_physical_audiobook_issues: ['loans_adult_digital', 'loans_11_under_digital', 'loans_12_17_digital'],
  total_ebook_issues: ['ebooks_adult', 'ebooks_11_under', 'ebooks_12_17'],
  total_digital_audiobook_issues: ['digital_audiobook_issues_adult', 'digital_audiobook_issues_11_under', 'digital_audiobook_issues_12_17'],
}; // prettier-ignore

export const aceReturn: TableImporter = {
  reads: 'table',
  format: ACE_RETURN,
  title: 'Activity return of Arts Council England, an authority a row and a line and month a column',
  alsoStatedIn: ['ace-long-visits', 'ace-long-loans'],
  windowColumn: null,
  recognises,
  read,
};

/** A table with an authority and columns that end in the name of a month is hardly anything else. */
function recognises({ header }: FileHead): number {
  const keys = header.map(keyOf);
  const monthly = keys.filter((key) => MONTHLY.test(key)).length;
  if (monthly < MONTH_NAMES.length) return 0;
  const known = keys.filter((key) => key in SINGLE || NOT_KEPT.includes(key)).length;
  const share = Math.min(1, (monthly + known) / Math.max(1, header.length - 1));
  return keys.includes(AUTHORITY) ? 0.95 * share : 0.6 * share;
}

interface Column {
  readonly row: 1;
  readonly position: number;
  readonly header: string;
  readonly key: string;
}

/** A line and where it stands: twelve columns, of which some may be lacking, or one. */
interface Line {
  readonly line: string;
  readonly months: readonly (Column | undefined)[];
}
interface Single extends Column {
  readonly line: string;
  readonly of: 'year' | 'last-day';
}

interface Layout {
  readonly authority: Column;
  readonly lines: readonly Line[];
  readonly singles: readonly Single[];
}

interface Row extends TableRow {
  readonly authority: string;
}

/** What a cell says, and a sign that it cannot be taken. */
type Reading = Says | 'blank' | 'refused';

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const year = yearOfFile(source, report);
  const layout = layoutOf(source, report);
  if (year === null || layout === null) return { events: [], findings: report.findings };
  const rows = rowsIn(source, layout, report);
  const events = rows.flatMap((row) => eventsOf(row, layout, year, source, report));
  return { events, findings: report.findings };
}

/** Where everything stands, or null with findings where the header cannot be read. */
function layoutOf({ table: { header } }: ImportSource, report: Report): Layout | null {
  const columns = header.map((label, position): Column => ({
    row: 1,
    position,
    header: label.trim(),
    key: keyOf(label),
  }));
  const [authority, ...others] = columns.filter(({ key }) => key === AUTHORITY);
  if (authority === undefined || others.length > 0) {
    const found = `${others.length === 0 ? 'no column' : `${others.length + 1} columns`} "${AUTHORITY}"`;
    const code = authority === undefined ? 'column-missing' : 'column-repeated';
    report.refuse([1, AUTHORITY], code, found, `one column "${AUTHORITY}"`, FILE_REFUSED);
    return null;
  }
  const lines = new Map<string, (Column | undefined)[]>();
  const singles: Single[] = [];
  const seen = new Map<string, Column[]>();
  for (const column of columns) seen.set(column.key, [...(seen.get(column.key) ?? []), column]);
  for (const column of columns) {
    const { key } = column;
    const spot = [1, column.header] as const;
    if (key === AUTHORITY || key === '') continue;
    if (NOT_KEPT.includes(key)) {
      report.note(
        spot,
        'column-not-kept',
        column.header,
        'a figure of a line',
        'An answer in words: nothing of it was kept.',
      );
      continue;
    }
    const [, before, month, after] = MONTHLY.exec(key) ?? [];
    const single = SINGLE[key];
    if (month === undefined && single === undefined) {
      report.note(spot, 'column-unknown', column.header, 'a line of the form and a month, such as total_ebook_issues_april', 'The column was not read.'); // prettier-ignore
      continue;
    }
    if ((seen.get(key)?.length ?? 0) > 1) {
      report.refuse(spot, 'column-repeated', column.header, 'each column once', 'None of these columns was imported.');
      continue;
    }
    if (slugOf(column.header).length > LONGEST_HEADER) {
      report.refuse(spot, 'text-too-long', column.header, `a header of at most ${LONGEST_HEADER} letters and digits`, 'The column was not imported.'); // prettier-ignore
      continue;
    }
    if (month === undefined) {
      if (single !== undefined) singles.push({ ...column, line: underscored(key), of: single });
      continue;
    }
    const line = underscored(`${before ?? ''}${after ?? ''}`);
    const months = lines.get(line) ?? Array.from<Column | undefined>({ length: MONTH_NAMES.length });
    months[MONTH_NAMES.indexOf(month)] = column;
    lines.set(line, months);
  }
  for (const [line, months] of lines) {
    const lacking = MONTH_NAMES.filter((_, at) => months[at] === undefined);
    if (lacking.length === 0) continue;
    report.flag([1, line], 'months-absent', `${line} without a column for ${lacking.join(', ')}`, 'twelve columns a line', 'These months were taken for blank.'); // prettier-ignore
  }
  return { authority, lines: [...lines].map(([line, months]) => ({ line, months })), singles };
}

/** As long as a header may be for the identity of an event to hold all of it. */
const LONGEST_HEADER = 60;
const underscored = (key: string): string => key.replaceAll(' ', '_');

/** The rows that are authorities, each once; totals, unknown names and repeats are refused. */
function rowsIn({ table, options }: ImportSource, { authority }: Layout, report: Report): readonly Row[] {
  const spotOf = ({ row }: TableRow) => [row, authority.header] as const;
  const nameOf = ({ cells }: TableRow): string => (cells[authority.position] ?? '').trim();
  const named = dataRows(table, report).filter((row) => {
    if (!namesATotal(nameOf(row))) return true;
    report.refuse(spotOf(row), 'totals-row', nameOf(row), 'an authority: totals are worked out, not imported');
    return false;
  });
  const codeOf = authoritiesOf(named, { nameOf, header: authority.header }, options, report);
  const known = named.flatMap((row): Row[] => {
    const code = codeOf(row);
    return code === null ? [] : [{ ...row, authority: code }];
  });
  const figures = ({ cells }: Row): string =>
    cells
      .filter((_, at) => at !== authority.position)
      .map((cell) => cell.trim())
      .join('\n');
  const { kept, repeats, contradicted } = settleRepeats(known, (row) => row.authority, figures);
  for (const { row, first } of repeats)
    report.refuse(spotOf(row), 'row-repeated', `${nameOf(row)}, as in row ${first.row}`, 'each authority once', `Not imported; row ${first.row} was kept.`); // prettier-ignore
  for (const { row, other } of contradicted)
    report.refuse(spotOf(row), 'row-contradicted', `${nameOf(row)}, with other figures than row ${other.row}`, 'each authority once', 'Neither row was imported.'); // prettier-ignore
  return kept;
}

function eventsOf(row: Row, { lines, singles }: Layout, year: number, source: ImportSource, report: Report): Stated[] {
  const silent: string[] = [];
  const cadences = new Map<CellOf, string[]>();
  const numbers = new Map<string, readonly (number | null)[]>();
  const state = (line: string, window: string, says: Says, { header, position }: Column): Stated =>
    stated(
      { form: ACE_RETURN, line, subject: row.authority, window, method: 'system', says, row: row.row, column: header, raw: keptRaw(row.cells[position] ?? '') }, // prettier-ignore
      source,
    );

  const events = lines.flatMap(({ line, months }): Stated[] => {
    const readings = months.map((column) => (column === undefined ? 'blank' : readingOf(row, column, report)));
    const figures = readings.map((reading) =>
      typeof reading === 'object' && 'value' in reading ? reading.value : null,
    );
    numbers.set(line, figures);
    const cells = cadenceOf(
      readings.map(fillingOf),
      figures.map((figure) => figure === 0),
    );
    if (cells.every((cell) => cell === 'outside')) silent.push(line);
    for (const cell of ['quarter', 'year'] as const)
      if (cells.includes(cell)) cadences.set(cell, [...(cadences.get(cell) ?? []), line]);
    tellOfCells(row, { line, months }, readings, cells, report);
    for (const { at, median } of unlikeItsRow(figures)) {
      const expected = `a figure like the others of its row, whose median is ${median}: a digit too many or too few?`;
      report.flag([row.row, months[at]?.header ?? line], 'unlike-its-row', String(figures[at]), expected, 'Recorded as given.'); // prettier-ignore
    }
    flagRunningTotal(line, figures, [row.row, months[0]?.header ?? line], report);
    return months.flatMap((column, at): Stated[] => {
      const [cell, reading] = [cells[at], readings[at]];
      if (column === undefined || cell === undefined || reading === undefined || reading === 'refused') return [];
      if (cell === 'nothing')
        return [state(line, windowOfMonth(year, at, 'month'), { absent: 'not-reported' }, column)];
      if (reading === 'blank' || cell === 'outside') return [];
      if (cell === 'unclear') return [state(underscored(column.key), yearWindow(year), reading, column)];
      return [state(line, windowOfMonth(year, at, cell), reading, column)];
    });
  });
  const ofYear = singles.flatMap((single): Stated[] => {
    const reading = readingOf(row, single, report);
    if (typeof reading !== 'object') return [];
    numbers.set(single.line, ['value' in reading ? reading.value : null]);
    const window = single.of === 'year' ? yearWindow(year) : `${year + 1}-03-31/P1D`;
    return [state(single.line, window, reading, single)];
  });
  tellOfRow(row, silent, cadences, report);
  flagParts(row, numbers, report);
  return [...events, ...ofYear];
}

function readingOf({ row, cells }: Row, { position, header }: Column, report: Report): Reading {
  const raw = cells[position] ?? '';
  if (raw.trim() === '') return 'blank';
  const value = countOf(raw);
  if (value !== null) return { value };
  const absent = isPlain(raw) ? absenceOf(raw) : null;
  if (absent !== null) return { absent };
  const expected = `${WHOLE_NUMBER}, a blank, or one of ${ABSENCE_SIGNS}${countHint(raw)}`;
  report.refuse([row, header], 'not-a-whole-number', raw.trim(), expected);
  return 'refused';
}

const fillingOf = (reading: Reading): Filling =>
  reading === 'blank' ? 'blank' : typeof reading === 'object' && 'value' in reading ? 'number' : 'other';

/** What is told of one line of one authority: months that are lacking, and figures of no certain time. */
function tellOfCells(
  { row }: Row,
  { line, months }: Line,
  readings: readonly Reading[],
  cells: readonly CellOf[],
  report: Report,
): void {
  const at = (kind: CellOf): string[] =>
    MONTH_NAMES.filter((_, month) => cells[month] === kind && months[month] !== undefined);
  const lacking = at('nothing');
  if (lacking.length > 0)
    report.flag([row, months[MONTH_NAMES.indexOf(lacking[0] ?? '')]?.header ?? line], 'value-missing', `${line}: blank in ${lacking.join(', ')}`, 'a figure for each month, as for the others: a blank may be "not reported" or none', 'Recorded as not reported.'); // prettier-ignore
  const unclear = at('unclear');
  if (unclear.length > 0)
    report.flag([row, months[MONTH_NAMES.indexOf(unclear[0] ?? '')]?.header ?? line], 'cadence-unclear', `${line}: a figure in ${unclear.join(', ')} that may be of the month or of more`, 'every month, the last month of every quarter, or March alone', 'Recorded under the name of its column, as a line of the year: no reading counts it.'); // prettier-ignore
  const zeros = cells.filter((cell, month) => cell === 'outside' && readings[month] !== 'blank').length;
  if (zeros > 0)
    report.flag([row, months.find((column) => column !== undefined)?.header ?? line], 'zeros-between', `${line}: 0 in ${zeros} months, and figures in the last months of quarters alone`, 'a blank where a quarter or a year is given', 'Taken as quarters, or as the year: the sum is the same if the zeros are counts.'); // prettier-ignore
}

/** What is told of one authority. */
function tellOfRow(
  { row }: Row,
  silent: readonly string[],
  cadences: ReadonlyMap<CellOf, readonly string[]>,
  report: Report,
): void {
  if (silent.length > 0)
    report.note([row, null], 'no-data', `no figure under ${silent.join(', ')}`, 'a figure, where the service counts it', 'Nothing recorded of these lines: a blank may be "not reported" or none.'); // prettier-ignore
  for (const [cell, lines] of cadences)
    report.note([row, null], 'cadence', `by the ${cell}: ${lines.join(', ')}`, 'a figure a month', `Recorded as figures of the ${cell}.`); // prettier-ignore
}

/** Flags totals that are not the sum of the lines they are made of, or less than some of them. */
function flagParts({ row }: Row, numbers: ReadonlyMap<string, readonly (number | null)[]>, report: Report): void {
  for (const [total, parts] of Object.entries(PARTS)) {
    const off: string[] = [];
    for (const [at, whole] of (numbers.get(total) ?? []).entries()) {
      const given = parts.map((part) => numbers.get(part)?.[at] ?? null).filter((part) => part !== null);
      const sum = given.reduce((all, part) => all + part, 0);
      if (whole === null || (given.length === parts.length ? sum === whole : sum <= whole)) continue;
      off.push(`${numbers.get(total)?.length === 1 ? '' : `${MONTH_NAMES[at] ?? ''} `}${whole} against ${sum}`);
    }
    if (off.length === 0) continue;
    const more = off.length > 1 ? `, and in ${off.length - 1} more` : '';
    report.flag([row, total], 'parts-disagree', `${total}: ${off[0] ?? ''}${more}`, `the sum of ${parts.join(', ')}`, 'Recorded as given.'); // prettier-ignore
  }
}

const yearWindow = (year: number): string => `${year}-04-01/P1Y`;

/** The window that ends with a month of the year: the month itself, its quarter, or the year. */
function windowOfMonth(year: number, at: number, of: 'month' | 'quarter' | 'year'): string {
  const first = of === 'month' ? at : of === 'quarter' ? at - 2 : 0;
  const calendar = ((first + 3) % MONTH_NAMES.length) + 1;
  const start = `${first >= 9 ? year + 1 : year}-${String(calendar).padStart(2, '0')}-01`;
  return `${start}/${{ month: 'P1M', quarter: 'P3M', year: 'P1Y' }[of]}`;
}
