/**
 * Monthly use of online resources in one wide table: a resource a row, a month a column (`Online Resource,Jan-05,…`).
 * What is counted differs from row to row, and changes along a row; the file does not say it. So each cell is stated as
 * it stands, under the name of its resource, and the reading of the form says what that means, from when and until when.
 *
 * - A blank is nothing: the resource may not have been subscribed to, or nothing is known.
 * - 0 is a count: a resource has no opening hours.
 * - A cell with other words in it (`April Figure reflects 12month period`) is a remark. It is refused, and so are the
 *   figures that it may speak of: those beside it, and those of the months that it names, the nearest of each.
 * - The same figure of 100 or more in three months running was not counted in each of them: it is an estimate.
 */
import { publishersWords } from '../../../contracts/fields.ts';
import { keyOf } from '../../domain/labels.ts';
import { ABSENCE_SIGNS, absenceOf } from '../table/absence.ts';
import { reportFor, type FileHead, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts'; // prettier-ignore
import { monthNamed } from '../table/monthHeaders.ts';
import {
  filledIn,
  flagRunsAlike,
  isMethodOfMonths,
  monthColumns,
  noteAbsentMonths,
  noteMethodUnstated,
  rowsOnce,
  shareOfMonths,
  windowOfMonth,
  type MonthColumn,
  type MonthColumns,
  type MonthRow,
} from './monthlyTable.ts';
import { authorityOfFile, stated, type Says, type Stated } from '../returnFacts.ts';
import { dataRows } from '../table/rows.ts';
import { countHint, countOf, isPlain, monthsText, namesATotal, WHOLE_NUMBER } from '../table/text.ts';
import type { Figure } from '../table/subtotals.ts';

const FORM = 'online-resources-wide';
const RESOURCE_HEADERS = ['online resource', 'online resources', 'resource', 'resource name', 'e resource', 'e resources', 'electronic resource', 'database', 'database name']; // prettier-ignore
const isResourceHeader = (label: string): boolean => RESOURCE_HEADERS.includes(keyOf(label));

export const onlineResourcesWide: TableImporter = {
  reads: 'table',
  format: FORM,
  title: 'Monthly use of online resources, a resource a row and a month a column',
  windowColumn: null,
  recognises,
  read,
};

function recognises({ header }: FileHead): number {
  return header.some(isResourceHeader) ? 0.95 * shareOfMonths(header) : 0;
}

/** What one cell says: a number or why there is none, nothing, words of its own, or what cannot be taken. */
type Reading = Says | 'blank' | 'remark' | 'refused';

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const isUsable = isMethodOfMonths(source, report);
  const authority = authorityOfFile(source, report);
  const columns = monthColumns(source.table, isResourceHeader, 'Online Resource', report);
  if (!isUsable || authority === null || columns === null) return { events: [], findings: report.findings };

  const rows = resourceRows(source, columns, report);
  noteAbsentMonths(columns.months, report);
  const events = rows.flatMap((row) => eventsOfResource(row, columns.months, authority, source, report));
  if (events.length > 0) noteMethodUnstated(source, 'these figures', report);
  return { events, findings: report.findings };
}

const LINE = publishersWords(1, 120);
const RESOURCE = 'the name of a resource, of at most 120 characters, none of them a control character';

/** The rows that are resources, each once; totals, unusable names and contradictions are refused. */
function resourceRows({ table }: ImportSource, { label, months }: MonthColumns, report: Report): readonly MonthRow[] {
  const header = table.header[label]?.trim() ?? '';
  const named: MonthRow[] = [];
  for (const { row, cells } of dataRows(table, report)) {
    const name = (cells[label] ?? '').trim();
    if (namesATotal(name))
      report.refuse([row, header], 'totals-row', name, 'a resource: totals are worked out, not imported');
    else if (!LINE.safeParse(name).success)
      report.refuse([row, header], 'resource-unusable', name === '' ? 'no name' : name, RESOURCE);
    else named.push({ row, cells, name });
  }
  const words = { header, one: 'a resource', once: 'each resource once' };
  return rowsOnce(named, months, { thing: ({ name }) => keyOf(name), figureOf }, words, report);
}

const figureOf = (cell: string): Figure =>
  cell === '' || absenceOf(cell) !== null ? 'none' : (countOf(cell) ?? 'unreadable');

function eventsOfResource(
  resource: MonthRow,
  months: readonly MonthColumn[],
  authority: string,
  source: ImportSource,
  report: Report,
): readonly Stated[] {
  const readings = months.map((column) => readingOf(resource, column, report));
  noteBlankMonths(resource, months, readings, report);
  const doubted = refuseDoubted(resource, months, readings, report);
  const alike = flagRunsAlike(resource, months, readings.map(largeCount), report);
  return months.flatMap((column, i) => {
    const says = readings[i];
    if (typeof says !== 'object' || doubted.has(i)) return [];
    const { row, name, cells } = resource;
    const raw = cells[column.position] ?? '';
    const method = alike.has(i) ? 'estimate' : (source.options.method ?? 'system');
    const cell = { form: FORM, line: name, subject: authority, window: windowOfMonth(column.month), method, says, row, column: column.header, raw } as const; // prettier-ignore
    return [stated(cell, source)];
  });
}

/** Smaller counts are the same in three months by chance. */
const LARGE = 100;
const largeCount = (reading: Reading): number | null =>
  typeof reading === 'object' && 'value' in reading && reading.value >= LARGE ? reading.value : null;

function readingOf({ row, cells }: MonthRow, { position, header }: MonthColumn, report: Report): Reading {
  const raw = cells[position] ?? '';
  const text = raw.trim();
  if (text === '') return 'blank';
  const count = countOf(raw);
  if (count !== null) return { value: count };
  const absent = isPlain(raw) ? absenceOf(text) : null;
  if (absent !== null) return { absent };
  const isRemark = /\p{L}{3}/u.test(text);
  const expected = `${WHOLE_NUMBER}${countHint(raw)}, or one of ${ABSENCE_SIGNS}`;
  report.refuse([row, header], isRemark ? 'remark' : 'not-a-whole-number', text, expected);
  return isRemark ? 'remark' : 'refused';
}

/** One finding a resource for the months between its first and its last figure that are blank, or for having none. */
function noteBlankMonths(
  { row, name }: MonthRow,
  months: readonly MonthColumn[],
  readings: readonly Reading[],
  report: Report,
): void {
  const { first, last } = filledIn(readings);
  const blank = months.filter((_, i) => readings[i] === 'blank' && ((i > first && i < last) || first === -1));
  if (blank.length === 0) return;
  const found = `${name}: blank in ${monthsText(blank.map(({ month }) => month))}`;
  report.note([row, blank[0]?.header ?? null], 'months-blank', found, 'a figure', 'No events for these months.');
}

/** Refuses the figures that a remark in their row may speak of, and gives their positions. */
function refuseDoubted(
  { row, cells }: MonthRow,
  months: readonly MonthColumn[],
  readings: readonly Reading[],
  report: Report,
): ReadonlySet<number> {
  const doubted = new Set<number>();
  for (const [at, reading] of readings.entries()) {
    if (reading !== 'remark') continue;
    const remark = (cells[months[at]?.position ?? -1] ?? '').trim();
    for (const i of [at - 1, at + 1, ...nearestNamed(remark, at, months)]) {
      const column = months[i];
      if (column === undefined || typeof readings[i] !== 'object' || doubted.has(i)) continue;
      doubted.add(i);
      const expected = `a figure of its month alone, where "${months[at]?.header ?? ''}" of this row says: ${remark.slice(0, 80)}`;
      report.refuse([row, column.header], 'remark', (cells[column.position] ?? '').trim(), expected);
    }
  }
  return doubted;
}

/** Of each month that a remark names, the column that is nearest in time; of two as near, the earlier one. */
function nearestNamed(remark: string, at: number, months: readonly MonthColumn[]): readonly number[] {
  const named = new Set(remark.split(/[^a-z]+/i).flatMap((word) => monthNamed(word) ?? []));
  const away = (i: number): number => Math.abs((months[i]?.month ?? 0) - (months[at]?.month ?? 0));
  return [...named].flatMap((month) => {
    const found = [...months.keys()].filter((i) => (months[i]?.month ?? 0) % 12 === month);
    return found.sort((a, b) => away(a) - away(b) || a - b).slice(0, 1);
  });
}
