/**
 * What a COUNTER 5.1 report says, from either of its forms: one count for each item, metric, split and month.
 *
 * Reports overlap. PR_P1 sums up a whole platform, in which the use of every database and title of it is contained; the
 * Standard Views are parts of their master report. So each report is a feed and a `report` of its own, and figures of two
 * are never one. To say how much a platform was used, take `report: pr-p1` and one metric: `unique-title-requests` for
 * books, `unique-item-requests` for the rest, `searches-platform` for searches. Databases are `dr-d1`, books `tr-b1`,
 * journals `tr-j1`. Metrics are never added either: every request is an investigation too.
 *
 * A number that is not in the file is made up nowhere. Of an item that is in it, a month without a number is a 0, as the
 * Code says, where the header gives no reason to doubt it; of an item that is not in it nothing is known.
 */
import { spikeOf, SPIKE_MONTHS } from '../../domain/spikes.ts';
import type { CounterHeader } from './counterHeader.ts';
import type { MonthCell, UseOf, UseRow } from './counterUse.ts';
import { EXCEPTIONS } from './counterVocabulary.ts';
import type { Report } from '../importer.ts';
import { settleRepeats } from '../table/rows.ts';
import { monthsText } from '../table/text.ts';

export interface CounterReport {
  readonly header: CounterHeader;
  readonly rows: readonly UseRow[];
}

/** One number of a report. */
export interface Use {
  readonly row: number;
  readonly what: UseOf;
  /** Months since January 1970. */
  readonly month: number;
  readonly cell: MonthCell;
}

/** The numbers that can be taken from a report, and findings where something cannot, or should be looked at. */
export function useIn({ header, rows }: CounterReport, report: Report): readonly Use[] {
  tellExceptions(header, report);
  const once = saidOnce(rows, report);
  const doubt = doubtOf(header, once, report);
  return once.flatMap((row) => {
    const known = numbersOf(row, header).filter(({ month, cell }) => cell.count > 0 || !doubt(month));
    flagSpikes(row, known, report);
    return known;
  });
}

const OF_MONTHS: ReadonlySet<number> = new Set(Object.values(EXCEPTIONS));

function tellExceptions({ written }: CounterHeader, report: Report): void {
  for (const { code, says } of written.exceptions) {
    const done = 'Imported; a 0 was taken only where this leaves no doubt.';
    report[OF_MONTHS.has(code) ? 'flag' : 'note'](
      written.spotOf('Exceptions'),
      'report-exception',
      `${code}: ${says}`,
      'a report without exceptions',
      done,
    );
  }
}

/** Rows of one item, metric and split: a second is a mistake, and where it says otherwise nothing tells which is right. */
function saidOnce(rows: readonly UseRow[], report: Report): readonly UseRow[] {
  const thing = ({ what }: UseRow): string => JSON.stringify(what);
  const says = ({ months }: UseRow): string => JSON.stringify([...months].map(([month, { count }]) => [month, count]));
  const { kept, repeats, contradicted } = settleRepeats(rows, thing, says);
  for (const { row, first } of repeats)
    report.refuse([row.row, spotIn(row)], 'row-repeated', `the same use as row ${first.row}`, 'each row once', `Not imported; row ${first.row} was kept.`); // prettier-ignore
  for (const { row, other } of contradicted)
    report.refuse([row.row, spotIn(row)], 'row-contradicted', `${row.what.resource}, ${row.what.metric}: other numbers than row ${other.row}`, 'one row for each item, metric and kind of use', 'None of these rows was imported.'); // prettier-ignore
  return [...kept].sort((a, b) => a.row - b.row);
}

/** Where a row stands, beside its number: the pointer of a document. */
const spotIn = ({ months }: UseRow): string | null => [...months.values()][0]?.path ?? null;

/** Every number of a row, those that the form leaves out among them. */
function numbersOf({ row, what, months, leftOut }: UseRow, { first, last }: CounterHeader): Use[] {
  const numbers: Use[] = [];
  for (let month = first; month <= last; month++) {
    const cell = months.get(month) ?? leftOut?.(month) ?? null;
    if (cell !== null) numbers.push({ row, what, month, cell });
  }
  return numbers;
}

/**
 * Of which months a 0 may be no 0: of all where data are missing (3040), and of those in which nobody used anything where
 * the header says that some months are not processed yet (3031) or no longer held (3032).
 */
function doubtOf(header: CounterHeader, rows: readonly UseRow[], report: Report): (month: number) => boolean {
  const codes = new Set(header.written.exceptions.map(({ code }) => code));
  if (codes.has(EXCEPTIONS.partialData)) return () => true;
  if (!codes.has(EXCEPTIONS.notReady) && !codes.has(EXCEPTIONS.noLongerAvailable)) return () => false;
  const used = new Set(rows.flatMap(({ months }) => [...months].filter(([, { count }]) => count > 0).map(([month]) => month))); // prettier-ignore
  const unused = Array.from({ length: header.last - header.first + 1 }, (_, i) => header.first + i).filter((month) => !used.has(month)); // prettier-ignore
  if (unused.length > 0)
    report.flag(header.written.spotOf('Reporting_Period'), 'months-absent', monthsText(unused), 'use of these months, or no exception', 'Nothing is known of these months.'); // prettier-ignore
  return (month) => !used.has(month);
}

/** Flags numbers that are out of keeping with the twelve before them, where the file holds these. */
function flagSpikes({ what }: UseRow, numbers: readonly Use[], report: Report): void {
  const byMonth = new Map(numbers.map(({ month, cell }) => [month, cell.count]));
  for (const { row, month, cell } of numbers) {
    const before = Array.from({ length: SPIKE_MONTHS }, (_, i) => byMonth.get(month - SPIKE_MONTHS + i) ?? null);
    const spike = spikeOf(cell.count, before);
    if (spike === 'none' || spike === 'too-little-history') continue;
    const found = `${what.resource}, ${what.metric}: ${cell.count} in ${monthsText([month])}`;
    const expected =
      spike === 'positive'
        ? 'less than 100 more than three times the mean of the 12 months before (COUNTER 7.12)'
        : 'at least 1% of the mean of the 12 months before (COUNTER 7.12)';
    report.flag(
      [row, cell.path ?? cell.column],
      'spike',
      found,
      expected,
      'Imported; ask the provider if it is right.',
    );
  }
}
