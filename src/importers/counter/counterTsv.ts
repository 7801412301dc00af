/**
 * A COUNTER 5.1 report as a table: 13 lines of header, a blank one, the row of columns, and below it a row for each item,
 * metric and split, with a column for each month (`Jan-2022`). A row without any use is left out by whoever writes it; a
 * month without use is written 0.
 */
import { keyOf } from '../../domain/labels.ts';
import { usableHeader, type CounterException, type CounterHeader, type WrittenHeader } from './counterHeader.ts';
import { countIn, IDENTIFIER_ELEMENTS, NAMES_PEOPLE, nameElementOf, useOf, type MonthCell, type UseRow } from './counterUse.ts'; // prettier-ignore
import { SPLIT_NAMES } from './counterVocabulary.ts';
import { FILE_REFUSED, type Report, type Spot, type TableRow } from '../importer.ts';
import { monthsText } from '../table/text.ts';

/** Lines of the header, the blank one and the columns, and as many again for blank lines that a spreadsheet puts in. */
const LONGEST_HEAD = 30;
const TOTAL = 'Reporting_Period_Total';
/** Columns that are read past: they describe the item further. */
const DESCRIBING = [
  ...IDENTIFIER_ELEMENTS,
  'Publisher',
  'Publisher_ID',
  'Publication_Date',
  'Article_Version',
  ...['Title', 'Publication_Date', 'Article_Version', 'Data_Type', 'DOI', 'Proprietary_ID', 'ISBN', 'Print_ISSN', 'Online_ISSN', 'URI'].map((name) => `Parent_${name}`), // prettier-ignore
];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Whether the first lines of a table are the header of a COUNTER report. */
export const isCounterTable = (head: readonly TableRow[]): boolean =>
  ['Report_Name', 'Report_ID', 'Release'].every((name) =>
    head.some(({ cells: [first = ''] }) => keyOf(first) === keyOf(name)),
  );

/** The report that a table holds; null, with findings, where it cannot be read at all. */
export function counterTable(
  rows: readonly TableRow[],
  report: Report,
): { header: CounterHeader; rows: readonly UseRow[] } | null {
  const at = rows.slice(0, LONGEST_HEAD).findIndex(({ cells }) => cells.some((cell) => keyOf(cell) === 'metric type'));
  const columnRow = rows[at];
  if (columnRow === undefined) {
    report.refuse([1, null], 'column-missing', `no row of columns in the first ${LONGEST_HEAD}`, 'a row with the column "Metric_Type" below the header of the report', FILE_REFUSED); // prettier-ignore
    return null;
  }
  const written = writtenHeader(rows.slice(0, at));
  const columns = columnsOf(columnRow, report);
  const shown = new Set(SPLIT_NAMES.filter((split) => columns.of.has(keyOf(split))));
  const header = usableHeader(written, shown, report);
  if (header === null || !areUsable(columns, header, report)) return null;
  const read = rows
    .slice(at + 1)
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
    .flatMap((row) => useRow(row, columns, header, report) ?? []);
  return { header, rows: read };
}

/** Header lines by name, wherever they stand: a spreadsheet may have moved one. */
function writtenHeader(lines: readonly TableRow[]): WrittenHeader {
  const byName = new Map(lines.map(({ row, cells: [name = '', value = ''] }) => [keyOf(name), { row, name: name.trim(), value: value.trim() }])); // prettier-ignore
  const valueOf = (name: string): string => byName.get(keyOf(name))?.value ?? '';
  const period = pairsOf(valueOf('Reporting_Period'));
  return {
    release: valueOf('Release'),
    reportId: valueOf('Report_ID'),
    institution: valueOf('Institution_Name'),
    begin: period.get('Begin_Date')?.[0] ?? '',
    end: period.get('End_Date')?.[0] ?? '',
    filters: pairsOf(valueOf('Report_Filters')),
    exceptions: exceptionsOf(valueOf('Exceptions')),
    spotOf: (element) => [byName.get(keyOf(element))?.row ?? 1, element],
  };
}

/** `Access_Type=Controlled; Data_Type=Book|Journal`. */
const pairsOf = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    text
      .split(';')
      .filter((pair) => pair.trim() !== '')
      .map((pair) => {
        const [name = '', ...values] = pair.split('=');
        return [name.trim(), values.join('=').trim().split('|')];
      }),
  );

/** `3031: Usage Not Ready for Requested Dates (…); 3050: …`. Data may hold a semicolon of its own. */
const exceptionsOf = (text: string): readonly CounterException[] =>
  text
    .split(/;\s*(?=\d{1,4}:)/)
    .map((one) => /^(\d{1,4}):\s*(.*)$/s.exec(one.trim()))
    .filter((parts) => parts !== null)
    .map(([, code, says = '']) => ({ code: Number(code), says }));

interface Columns {
  readonly row: number;
  readonly labels: readonly string[];
  readonly of: ReadonlyMap<string, number>;
  /** Position of each month's column. */
  readonly months: ReadonlyMap<number, number>;
  readonly repeated: readonly string[];
}

function columnsOf({ row, cells }: TableRow, report: Report): Columns {
  const of = new Map<string, number>();
  const months = new Map<number, number>();
  const repeated: string[] = [];
  // Empty cells after the last column say nothing: spreadsheets write them.
  const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  const labels = cells.slice(0, width).map((cell) => cell.trim());
  for (const [at, label] of labels.entries()) {
    const month = monthOfColumn(label);
    if (month === null ? of.has(keyOf(label)) : months.has(month)) repeated.push(label);
    if (month !== null) months.set(month, at);
    else of.set(keyOf(label), at);
    if (month === null && /^[a-z]{3,9}[-. ]?\d{2,4}$|^\d{1,4}[-/]\d{1,4}$/i.test(label))
      report.refuse(
        [row, label],
        'month-unreadable',
        label,
        'a month written Jan-2022',
        'The column was not imported.',
      );
  }
  return { row, labels, of, months, repeated };
}

/** `Jan-2022` as months since January 1970. Two digits of a year could be a day: they are not read. */
function monthOfColumn(label: string): number | null {
  const [, name = '', year = ''] = /^([A-Za-z]{3})-(\d{4})$/.exec(label) ?? [];
  const month = MONTHS.indexOf(name.toLowerCase());
  return month < 0 ? null : (Number(year) - 1970) * 12 + month;
}

/** Whether the columns hold what a report needs, and nothing that would make one figure out of several. */
function areUsable({ row, labels, of, months, repeated }: Columns, header: CounterHeader, report: Report): boolean {
  const name = nameElementOf(header.report);
  let usable = true;
  for (const label of repeated) {
    usable = false;
    report.refuse([row, label], 'column-repeated', label, `one column "${label}"`, FILE_REFUSED);
  }
  for (const column of new Set([name, 'Platform', 'Metric_Type'])) {
    if (of.has(keyOf(column))) continue;
    usable = false;
    report.refuse([row, column], 'column-missing', `the columns ${labels.join(', ')}`, `a column "${column}"`, FILE_REFUSED); // prettier-ignore
  }
  const known = new Set([name, 'Platform', 'Metric_Type', TOTAL, 'YOP', ...SPLIT_NAMES, ...DESCRIBING].map(keyOf));
  for (const [key, at] of of) {
    const label = labels[at] ?? '';
    if (known.has(key) || label === '') continue;
    if (NAMES_PEOPLE.has(key))
      report.note([row, label], 'column-not-kept', label, 'nothing that names people', 'The column was not read.');
    else if (key.startsWith('component ')) continue;
    else if (!/\d/.test(label)) {
      usable = false;
      const expected = 'only columns of the Code of Practice: another may divide the use of one item into several rows';
      report.refuse([row, label], 'column-unknown', label, expected, FILE_REFUSED);
    }
  }
  const outside = [...months.keys()].filter((month) => month < header.first || month > header.last);
  if (outside.length > 0) {
    usable = false;
    const found = monthsText(outside.sort((a, b) => a - b));
    report.refuse(header.written.spotOf('Reporting_Period'), 'period-unreadable', found, `months of ${header.written.begin} to ${header.written.end}`, FILE_REFUSED); // prettier-ignore
  }
  const absent = monthsWithin(header).filter((month) => !months.has(month));
  if (absent.length > 0) {
    const done = `Nothing is known of these months; ${TOTAL} cannot be checked.`;
    report.flag([row, null], 'months-absent', monthsText(absent), 'a column for each month of the reporting period', done); // prettier-ignore
  }
  return usable;
}

const monthsWithin = ({ first, last }: CounterHeader): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

function useRow({ row, cells }: TableRow, columns: Columns, header: CounterHeader, report: Report): UseRow | null {
  const { labels, of, months } = columns;
  if (cells.length < labels.length || cells.slice(labels.length).some((cell) => cell.trim() !== '')) {
    report.refuse([row, null], 'row-ragged', `${cells.length} cells`, `${labels.length} cells, as in the row of columns`); // prettier-ignore
    return null;
  }
  if (labels.every((label, at) => keyOf(label) === keyOf(cells[at] ?? ''))) {
    report.refuse([row, null], 'row-repeats-header', labels.join(', '), 'the columns once');
    return null;
  }
  const element = (name: string): string => cells[of.get(keyOf(name)) ?? -1]?.trim() ?? '';
  const component = labels.find((label, at) => /^component/i.test(label) && (cells[at] ?? '').trim() !== '');
  if (component !== undefined) {
    const expected = 'no components: their use is within that of the item they belong to';
    report.refuse([row, component], 'row-of-component', element(component), expected);
    return null;
  }
  const what = useOf(header.report, element, header.everywhere, (name) => [row, name], report);
  const read = new Map<number, MonthCell>();
  for (const [month, at] of months) {
    const column = labels[at] ?? '';
    const raw = cells[at] ?? '';
    const count = countIn(raw, [row, column], report);
    if (count !== null) read.set(month, { count, raw, column, path: null });
  }
  if (what === null || !isItsTotal(row, element(TOTAL), read, header, report)) return null;
  return { row, what, months: read, leftOut: null };
}

/** Whether the months add up to the total beside them, as far as that can be told. The total itself is never imported. */
function isItsTotal(
  row: number,
  total: string,
  months: ReadonlyMap<number, MonthCell>,
  header: CounterHeader,
  report: Report,
): boolean {
  if (total === '' || months.size < header.last - header.first + 1) return true;
  const spot: Spot = [row, TOTAL];
  const stated = countIn(total, spot, report);
  const sum = [...months.values()].reduce((all, { count }) => all + count, 0);
  if (stated === null || stated === sum) return stated !== null;
  const expected = `${sum}, the sum of the months of this row: one of them, or the total, was altered`;
  report.refuse(spot, 'total-contradicted', total, expected, 'The row was not imported.');
  return false;
}
