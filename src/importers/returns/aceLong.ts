/**
 * The activity return of Arts Council England as it has been reshaped by others: a row for each authority, category and
 * period, `Period` as ISO 8601 start and duration. The category words are the line, as they are given: whether they are
 * right is for the reading of the form to say, and for a comparison with the return itself (`outcomes reconcile`).
 *
 * A reshaping may put two lines of the return under one word. Where one line alone states two figures for one place and
 * period, all that it states is recorded and flagged; where several do, the file holds two editions, and nothing tells
 * which of them is right.
 */
import { windowField } from '../../../contracts/fields.ts';
import { windowOf } from '../../domain/periods.ts';
import { ABSENCE_SIGNS, absenceOf } from '../table/absence.ts';
import { authoritiesOf } from '../authorities.ts';
import { reportFor, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { stated, type Says } from '../returnFacts.ts';
import { grouped, layoutScore, namedRows, type Layout, type NamedRow } from '../table/rows.ts';
import { countHint, countOf, isPlain, namesATotal, WHOLE_NUMBER } from '../table/text.ts';

const AUTHORITY = 'Authority';
const PERIOD = 'Period';
const COUNT = 'Count';
const LONGEST_LINE = 120;

export const aceLongVisits = longForm('ace-long-visits', 'visits', ['Location']);
export const aceLongLoans = longForm('ace-long-loans', 'loans', ['Format', 'Content age group']);

function longForm(format: string, what: string, categories: readonly string[]): TableImporter {
  const layout: Layout = { required: [AUTHORITY, ...categories, PERIOD, COUNT], optional: [] };
  return {
    reads: 'table',
    format,
    title: `Activity return of Arts Council England, reshaped: ${what} by ${categories.join(' and ').toLowerCase()}`,
    windowColumn: PERIOD,
    alsoStatedIn: ['ace-activity-return'],
    recognises: ({ header }) => layoutScore(header, layout),
    read(source) {
      const report = reportFor(source.fileName);
      const rows = rowsOf(source, { layout, categories }, report);
      const kept = withoutOverlaps(withoutEditions(rows, report), report);
      const events = kept.map(({ row, authority, line, window, says, column, raw }) =>
        stated({ form: format, line, subject: authority, window, method: 'system', says, row, column, raw }, source),
      );
      return { events, findings: report.findings };
    },
  };
}

interface Row {
  readonly row: number;
  readonly authority: string;
  readonly line: string;
  readonly window: string;
  readonly says: Says;
  /** Header of the column of the figure, and of the first category. */
  readonly column: string;
  readonly category: string;
  readonly raw: string;
}

function rowsOf(
  { table, options }: ImportSource,
  { layout, categories }: { layout: Layout; categories: readonly string[] },
  report: Report,
): readonly Row[] {
  const rows = namedRows(table, layout, report);
  const authorityOfRow = authoritiesOf(
    rows,
    { nameOf: (row) => row.text(AUTHORITY), header: rows[0]?.header(AUTHORITY) ?? AUTHORITY },
    options,
    report,
  );
  return rows.flatMap((row): Row[] => {
    const authority = authorityOfRow(row);
    const line = lineOf(row, categories, report);
    const window = windowCell(row, report);
    const says = figureOf(row, report);
    if (authority === null || line === null || window === null || says === null) return [];
    const [category = ''] = categories;
    return [{ row: row.row, authority, line, window, says, column: row.header(COUNT), category: row.header(category), raw: row.raw(COUNT) }]; // prettier-ignore
  });
}

/** The words of the categories, joined by ` / `; null, with a finding, where one is lacking or names a total. */
function lineOf(row: NamedRow, categories: readonly string[], report: Report): string | null {
  for (const category of categories) {
    const word = row.text(category);
    const refuse = (code: 'value-missing' | 'totals-row', expected: string): null => {
      report.refuse([row.row, row.header(category)], code, word, expected);
      return null;
    };
    if (word === '') return refuse('value-missing', `the ${category.toLowerCase()}`);
    if (namesATotal(word)) return refuse('totals-row', 'a category: totals are worked out, not imported');
  }
  const line = categories.map((category) => row.text(category)).join(' / ');
  if (line.length <= LONGEST_LINE && !/[\p{Cc}\p{Cs}]/u.test(line)) return line;
  report.refuse([row.row, row.header(categories[0] ?? '')], 'text-too-long', line, `at most ${LONGEST_LINE} plain characters`); // prettier-ignore
  return null;
}

function windowCell(row: NamedRow, report: Report): string | null {
  const text = row.text(PERIOD);
  if (windowField.safeParse(text).success) return text;
  const expected = 'a first day and a duration, such as 2023-04-01/P1M, 2023-04-01/P3M or 2023-04-01/P1Y';
  report.refuse([row.row, row.header(PERIOD)], 'window-without-period', text, expected);
  return null;
}

function figureOf(row: NamedRow, report: Report): Says | null {
  const raw = row.raw(COUNT);
  const value = countOf(raw);
  if (value !== null) return { value };
  const absent = isPlain(raw) ? absenceOf(raw) : null;
  if (absent !== null) return { absent };
  const expected = `${WHOLE_NUMBER}, or one of ${ABSENCE_SIGNS}${countHint(raw)}`;
  report.refuse([row.row, row.header(COUNT)], 'not-a-whole-number', raw.trim(), expected);
  return null;
}

const saidBy = ({ says }: Row): string => ('value' in says ? String(says.value) : says.absent);
const wordsOf = ({ line }: Row): string => line.toLowerCase();

/**
 * Rows of one place, line and period. A repeat is refused, and rows that differ are all refused, unless one line alone
 * has such rows: then the line holds two things, and all that it says is kept. In a file that repeats other rows too, a
 * figure that the line says twice is a repeat: of two equal figures nothing else could be told.
 */
function withoutEditions(rows: readonly Row[], report: Report): readonly Row[] {
  const cells = grouped(rows, (row) => `${row.authority} ${wordsOf(row)} ${row.window}`);
  const differing = cells.filter((cell) => new Set(cell.map(saidBy)).size > 1);
  const lines = new Set(differing.flatMap((cell) => cell.map(wordsOf)));
  const [mixed] = lines.size === 1 ? lines : [];
  if (mixed !== undefined) {
    const several = cells.filter((cell) => cell.length > 1 && wordsOf(cell[0]) === mixed);
    const [first] = several[0] ?? [];
    if (first !== undefined)
      report.flag([first.row, first.category], 'line-repeated', `${first.line}: two figures or more for one authority and period, ${several.length === 1 ? 'once' : `${several.length} times`}`, 'one figure: two lines of the return under one name?', 'All recorded as stated; compare with the return itself, and correct the reading of the form.'); // prettier-ignore
  }
  const rowsRepeat = cells.some((cell) => cell.length > 1 && wordsOf(cell[0]) !== mixed);
  return cells.flatMap((cell): readonly Row[] => {
    const [first, ...others] = cell;
    if (others.length === 0) return cell;
    if (wordsOf(first) === mixed) return rowsRepeat ? eachFigureOnce(cell, report) : cell;
    if (differing.includes(cell)) {
      for (const row of cell)
        report.refuse([row.row, row.column], 'row-contradicted', `${saidBy(row)}, and other figures for the same authority, line and period`, 'one figure', 'None of these rows was imported.'); // prettier-ignore
      return [];
    }
    return eachFigureOnce(cell, report);
  });
}

/** The rows that say each figure first; those that say it again are refused. */
const eachFigureOnce = (rows: readonly Row[], report: Report): readonly Row[] =>
  grouped(rows, saidBy).map(([first, ...others]) => {
    for (const row of others)
      report.refuse([row.row, row.column], 'row-repeated', `${saidBy(row)}, as in row ${first.row}`, 'each figure once', `Not imported; row ${first.row} was kept.`); // prettier-ignore
    return first;
  });

/** The rows of which no period of the same place and line shares a day: nothing says which of two that do to leave out. */
function withoutOverlaps(rows: readonly Row[], report: Report): readonly Row[] {
  const kept = grouped(rows, (row) => `${row.authority} ${wordsOf(row)}`).flatMap((line): readonly Row[] => {
    const dated = line
      .map((row) => ({ row, ...windowOf(row.window) }))
      .sort((a, b) => a.first - b.first || b.last - a.last);
    const overlapping = new Set<Row>();
    let widest = dated[0];
    for (const one of dated.slice(1)) {
      if (widest !== undefined && one.first <= widest.last && one.row.window !== widest.row.window) {
        overlapping.add(one.row).add(widest.row);
      }
      if (widest === undefined || one.last > widest.last) widest = one;
    }
    for (const row of overlapping)
      report.refuse([row.row, PERIOD], 'window-overlaps', row.window, 'periods of one authority and line that share no day'); // prettier-ignore
    return line.filter((row) => !overlapping.has(row));
  });
  return [...kept].sort((a, b) => a.row - b.row);
}
