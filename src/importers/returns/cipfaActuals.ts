/**
 * The public library actuals of CIPFA, in the layout of the form itself: a numbered line a row, with its description and
 * its figure, and the figure of the year before where the form prints it. One file is of one authority.
 *
 * - `..` is "not available", which is not 0: the form wants zeros typed. A blank is not reported.
 * - The year before is what the form prints for comparison. It is used for the form's own checks and not recorded: it was
 *   stated on the return of that year.
 * - Which line is which is known by its number; the numbers are those of the return for 2016-17.
 */
import { authorityOfFile, type Says, stated, financialYearIn, yearOfFile } from '../returnFacts.ts';
import { ABSENCE_SIGNS, absenceOf } from '../table/absence.ts';
import {
  FILE_REFUSED,
  reportFor,
  type FileHead,
  type ImportResult,
  type ImportSource,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { dataRows, grouped } from '../table/rows.ts';
import { countHint, isPlain } from '../table/text.ts';
import { keyOf } from '../../domain/labels.ts';

export const CIPFA_ACTUALS = 'cipfa-actuals';
const LINE_HEADERS = ['line', 'line no', 'line no.', 'line number'];
const DESCRIPTION_HEADERS = ['description', 'item', 'heading'];
const THIS_YEAR = ['this year', 'current year', 'actual', 'actuals', 'value'];
const LAST_YEAR = ['last year', 'previous year', 'prior year'];
const REASON_HEADERS = ['reason', 'reason for change', 'comment', 'comments', 'notes', 'explanation'];
/** The form has 145 lines; some are split by a letter, such as 67a. */
const LINE_NUMBER = /^(?:line )?(\d{1,3}[a-z]?)$/;

export const cipfaActuals: TableImporter = {
  reads: 'table',
  format: CIPFA_ACTUALS,
  title: 'CIPFA public library actuals, a numbered line a row',
  windowColumn: null,
  recognises,
  read,
};

/** "Line" and "Description" alone may head any table: nearly all first cells must be numbers of lines. */
function recognises({ header, rows }: FileHead): number {
  const at = header.findIndex((label) => LINE_HEADERS.includes(keyOf(label)));
  if (at < 0 || !header.some((label) => DESCRIPTION_HEADERS.includes(keyOf(label)))) return 0;
  const hasYear = header.some((label) => THIS_YEAR.includes(keyOf(label)) || financialYearIn(label) !== null);
  const numbered = rows.filter(({ cells }) => LINE_NUMBER.test(keyOf(cells[at] ?? ''))).length;
  return hasYear && numbered > 0 && numbered >= rows.length / 2 ? 0.9 : 0.3;
}

interface Columns {
  readonly line: number;
  readonly description: number;
  readonly value: number;
  readonly before: number | null;
  readonly reason: number | null;
  /** First year of the financial year of the figures, where the header says it. */
  readonly year: number | null;
}

interface Row {
  readonly row: number;
  readonly line: string;
  readonly description: string;
  readonly raw: string;
  readonly says: Says;
  readonly before: number | null;
  readonly isExplained: boolean;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const columns = columnsOf(source, report);
  const year = columns?.year ?? (columns === null ? null : yearOfFile(source, report));
  const authority = authorityOfFile(source, report);
  if (columns === null || year === null || authority === null) return { events: [], findings: report.findings };
  if (columns.year !== null && source.options.period !== undefined && source.options.period !== `${year}-04-01/P1Y`) {
    report.refuse([1, null], 'option-unusable', `--period ${source.options.period}`, `the year of the column, ${year}-04-01/P1Y`, FILE_REFUSED); // prettier-ignore
    return { events: [], findings: report.findings };
  }
  const column = source.table.header[columns.value]?.trim() ?? '';
  const rows = linesOnce(rowsOf(source, columns, report), report);
  check(rows, column, report);
  const events = rows.map(
    ({ row, line, says, raw }) =>
    stated({ form: CIPFA_ACTUALS, line, subject: authority, window: `${year}-04-01/P1Y`, method: 'system', says, row, column, raw }, source), // prettier-ignore
  );
  return { events, findings: report.findings };
}

function columnsOf({ table: { header } }: ImportSource, report: Report): Columns | null {
  const keys = header.map(keyOf);
  const years = keys.flatMap((key, at) => {
    const year = financialYearIn(key);
    return year === null ? [] : [{ at, year }];
  });
  const [latest, earlier, ...more] = [...years].sort((a, b) => b.year - a.year);
  const one = (names: readonly string[], title: string, isNeeded: boolean): number | null => {
    const found = keys.flatMap((key, at) => (names.includes(key) ? [at] : []));
    const [at, ...others] = found;
    if (others.length === 0 && (at !== undefined || !isNeeded)) return at ?? null;
    const code = at === undefined ? 'column-missing' : 'column-repeated';
    report.refuse([1, title], code, keys.join(', '), `one column "${title}"`, FILE_REFUSED);
    return FAULTY;
  };
  const line = one(LINE_HEADERS, 'Line', true);
  const description = one(DESCRIPTION_HEADERS, 'Description', true);
  const value = latest?.at ?? one(THIS_YEAR, 'This year', true);
  const before = earlier?.at ?? one(LAST_YEAR, 'Last year', false);
  const reason = one(REASON_HEADERS, 'Reason', false);
  if (more.length > 0 || (latest !== undefined && latest.year === earlier?.year)) {
    report.refuse([1, null], 'column-repeated', years.map(({ at }) => header[at]?.trim()).join(', '), 'two years at most, this one and the one before', FILE_REFUSED); // prettier-ignore
    return null;
  }
  if (line === null || description === null || value === null || [line, description, value, before, reason].includes(FAULTY)) return null; // prettier-ignore
  const known = [line, description, value, before, reason];
  for (const [at, label] of header.entries())
    if (!known.includes(at) && label.trim() !== '')
      report.note([1, label.trim()], 'column-unknown', label.trim(), 'Line, Description, the year, the year before, Reason', 'The column was not read.'); // prettier-ignore
  const note = (at: number | null, code: 'column-not-kept' | 'column-unknown', done: string): void => {
    const label = at === null ? '' : (header[at]?.trim() ?? '');
    if (at !== null) report.note([1, label], code, label, 'a figure of this year', done);
  };
  note(
    before,
    'column-not-kept',
    'Used for the checks of the form and not recorded: it was stated on the return of that year.',
  );
  note(reason, 'column-not-kept', 'Whether there is a reason was looked at; nothing of it was kept.');
  const year = latest?.year ?? null;
  return { line, description, value, before, reason, year };
}

/** A column that was refused. */
const FAULTY = -1;

function rowsOf({ table }: ImportSource, columns: Columns, report: Report): readonly Row[] {
  const headerOf = (at: number): string => table.header[at]?.trim() ?? '';
  return dataRows(table, report).flatMap(({ row, cells }): Row[] => {
    const cellAt = (at: number | null): string => (at === null ? '' : (cells[at] ?? ''));
    const description = cellAt(columns.description).trim();
    const numbered = keyOf(cellAt(columns.line));
    const raw = cellAt(columns.value);
    const line = LINE_NUMBER.exec(numbered)?.[1];
    if (line === undefined) {
      const isHeading = numbered === '' && raw.trim() === '';
      if (isHeading) report.note([row, headerOf(columns.line)], 'row-blank', description, 'a numbered line', 'A heading: read past.'); // prettier-ignore
      else report.refuse([row, headerOf(columns.line)], 'value-missing', cellAt(columns.line).trim(), 'the number of a line, such as 67'); // prettier-ignore
      return [];
    }
    const says = figureOf(raw);
    if (says === null) {
      const expected = `a number with at most three decimals, a blank, or one of ${ABSENCE_SIGNS}${countHint(raw)}`;
      report.refuse([row, headerOf(columns.value)], 'not-a-number', raw.trim(), expected);
      return [];
    }
    if (raw.trim() === '')
      report.flag([row, headerOf(columns.value)], 'value-missing', `line ${line}: a blank`, 'a figure, 0, or ".." where it is not available', 'Recorded as not reported.'); // prettier-ignore
    const last = figureOf(cellAt(columns.before));
    if (last === null && columns.before !== null)
      report.flag([row, headerOf(columns.before)], 'check-not-made', cellAt(columns.before).trim(), 'a number with at most three decimals', 'The change since that year was not checked.'); // prettier-ignore
    const before = last !== null && 'value' in last ? last.value : null;
    return [{ row, line, description, raw, says, before, isExplained: cellAt(columns.reason).trim() !== '' }];
  });
}

/** A number as the form takes it, the reason why there is none, or null for anything else. */
function figureOf(raw: string): Says | null {
  const text = raw.trim();
  if (text === '') return { absent: 'not-reported' };
  if (!isPlain(raw)) return null;
  if (/^(0|[1-9]\d{0,8})(\.\d{1,3})?$/.test(text)) return { value: Number(text) };
  const absent = absenceOf(text);
  return absent === null ? null : { absent };
}

/** Each line once: a repeat is refused, and lines that contradict one another are all refused. */
function linesOnce(rows: readonly Row[], report: Report): readonly Row[] {
  return grouped(rows, ({ line }) => line).flatMap((same): readonly Row[] => {
    const [first, ...others] = same;
    if (others.length === 0) return [first];
    const isRepeat = others.every(({ says }) => JSON.stringify(says) === JSON.stringify(first.says));
    for (const { row, line } of isRepeat ? others : same)
      report.refuse([row, null], isRepeat ? 'row-repeated' : 'row-contradicted', `line ${line}`, 'each line once', isRepeat ? `Not imported; row ${first.row} was kept.` : 'None of these rows was imported.'); // prettier-ignore
    return isRepeat ? [first] : [];
  });
}

const RECORDED = 'Recorded as given.';
/** Share by which a figure may change from one year to the next without a reason. */
const MOST_CHANGE = 0.25;

/** The checks that the form makes of itself. A line that is not there, or has no number, is checked by none. */
function check(rows: readonly Row[], column: string, report: Report): void {
  const byLine = new Map(rows.map((row) => [row.line, row]));
  const valueOf = (line: string): number | null => numberOf(byLine.get(line));
  const fail = (line: string, found: string, expected: string): void =>
    report.flag([byLine.get(line)?.row ?? 1, column], 'check-failed', found, expected, RECORDED);

  const noMore = (less: string, more: string, what: string): void => {
    const [a, b] = [valueOf(less), valueOf(more)];
    if (a !== null && b !== null && a > b) fail(less, `line ${less}: ${a}, and line ${more}: ${b}`, what);
  };
  noMore('23', '22', 'hours used to be no more than hours available');
  noMore('85', '86', 'the share supplied within 15 days to be no less than within 7');
  noMore('86', '87', 'the share supplied within 30 days to be no less than within 15');
  checkServicePoints(rows, { closed: valueOf('16'), opened: valueOf('17') }, column, report);

  for (const row of rows) {
    const value = numberOf(row);
    if (value === null || row.before === null || row.isExplained) continue;
    if (Math.abs(value - row.before) <= MOST_CHANGE * row.before) continue;
    report.flag([row.row, column], 'change-unexplained', `line ${row.line}: ${value}, ${row.before} the year before`, 'a reason for a change of more than 25 per cent', RECORDED); // prettier-ignore
  }
}

/** Service points last year, less those closed, and those opened, are those of this year. */
function checkServicePoints(
  rows: readonly Row[],
  { closed, opened }: { closed: number | null; opened: number | null },
  column: string,
  report: Report,
): void {
  if (closed === null && opened === null) return;
  const totals = rows.filter(({ line, description }) => Number(line) <= LAST_OF_SERVICE_POINTS && /\btotal\b/i.test(description)); // prettier-ignore
  // Some editions total statutory service points apart: the last total is of all.
  const total = totals.at(-1);
  const now = numberOf(total);
  if (total === undefined || now === null || total.before === null || closed === null || opened === null) {
    report.note([1, column], 'check-not-made', 'service points of both years, closed and opened: not all four are there', 'a total of service points among lines 1 to 15, its figure of the year before, and lines 16 and 17', 'Whether they agree was not checked.'); // prettier-ignore
    return;
  }
  const expected = total.before - closed + opened;
  if (now !== expected)
    report.flag([total.row, column], 'check-failed', `line ${total.line}: ${now}; ${total.before} the year before, ${closed} closed and ${opened} opened`, `${expected} service points`, RECORDED); // prettier-ignore
}

const LAST_OF_SERVICE_POINTS = 15;
const numberOf = (row: Row | undefined): number | null =>
  row !== undefined && 'value' in row.says ? row.says.value : null;
