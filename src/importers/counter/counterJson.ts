/**
 * A COUNTER 5.1 report as the COUNTER API answers it: Report_Header, and Report_Items with their Attribute_Performance,
 * in which the use by metric stands by month. In item reports the items stand below their parents. A month without use is
 * left out by whoever writes it.
 */
import { usableHeader, type CounterException, type CounterHeader, type WrittenHeader } from './counterHeader.ts';
import { countIn, useOf, type Element, type MonthCell, type UseRow } from './counterUse.ts';
import { SPLIT_NAMES } from './counterVocabulary.ts';
import { FILE_REFUSED, type Report, type Spot } from '../importer.ts';
import { monthIndexOf, monthsText, WHOLE_NUMBER } from '../table/text.ts';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';

/** Whether a document is, or means to be, a COUNTER report. */
export const isCounterDocument = (document: unknown): boolean =>
  isFields(document) && isFields(document['Report_Header']) && 'Report_ID' in document['Report_Header'];

/** The header of a document, as written; null where it has none. */
export function writtenHeaderOf(document: unknown): WrittenHeader | null {
  if (!isFields(document) || !isFields(document['Report_Header'])) return null;
  const header = document['Report_Header'];
  const filters = isFields(header['Report_Filters']) ? header['Report_Filters'] : {};
  const others = Object.entries(filters).filter(([name]) => !['Begin_Date', 'End_Date', 'Metric_Type'].includes(name));
  return {
    release: textOf(header['Release']),
    reportId: textOf(header['Report_ID']),
    institution: textOf(header['Institution_Name']),
    begin: textOf(filters['Begin_Date']),
    end: textOf(filters['End_Date']),
    filters: new Map(others.map(([name, values]) => [name, (Array.isArray(values) ? values : [values]).map(textOf)])),
    exceptions: listOf(header['Exceptions']).flatMap((one) => exceptionOf(one) ?? []),
    spotOf: (element) => [1, `/Report_Header/${element === 'Reporting_Period' ? 'Report_Filters' : element}`],
  };
}

/** An exception of the API, in a header or alone; null where a value is none. */
export function exceptionOf(value: unknown): CounterException | null {
  if (!isFields(value) || !/^\d{1,4}$/.test(textOf(value['Code']))) return null;
  const says = [textOf(value['Message']), textOf(value['Data'])].filter((text) => text !== '').join(': ');
  return { code: Number(textOf(value['Code'])), says };
}

/** The report that a document holds; null, with findings, where it cannot be read at all. */
export function counterDocument(
  document: unknown,
  report: Report,
): { header: CounterHeader; rows: readonly UseRow[] } | null {
  const written = writtenHeaderOf(document);
  if (written === null || !isFields(document) || !Array.isArray(document['Report_Items'])) {
    report.refuse([1, null], 'document-unreadable', 'something else', 'an object with Report_Header and Report_Items', FILE_REFUSED); // prettier-ignore
    return null;
  }
  const items = document['Report_Items'].flatMap((item, at) => itemsIn(item, `/Report_Items/${at}`));
  const splitUses = items.flatMap(({ item, path }) =>
    listOf(item['Attribute_Performance']).map((of, at) => ({ item, of, path: `${path}/Attribute_Performance/${at}` })),
  );
  const shown = new Set(SPLIT_NAMES.filter((split) => splitUses.some(({ of }) => isFields(of) && split in of)));
  const header = usableHeader(written, shown, report);
  if (header === null) return null;
  noteAuthors(items, report);
  for (const { item, path } of items) {
    if (Array.isArray(item['Attribute_Performance'])) continue;
    const expected = 'a list "Attribute_Performance"';
    report.refuse([1, path], 'document-unreadable', 'an item without it', expected);
  }
  const metrics = splitUses.flatMap((splitUse) =>
    isPerformance(splitUse, report)
      ? Object.entries(splitUse.of['Performance'] as Fields).map(([metric, months]) => ({
          ...splitUse,
          metric,
          months,
        }))
      : [],
  );
  const rows = metrics.flatMap((metric, i) => useRow({ ...metric, row: i + 1 }, header, report) ?? []);
  return { header, rows };
}

/** An item, or those below a parent. */
function itemsIn(item: unknown, path: string): { item: Fields; path: string }[] {
  if (!isFields(item)) return [{ item: {}, path }];
  if (!Array.isArray(item['Items'])) return [{ item, path }];
  return item['Items'].map((one, at) => ({ item: isFields(one) ? one : {}, path: `${path}/Items/${at}` }));
}

function noteAuthors(items: readonly { item: Fields; path: string }[], report: Report): void {
  const first = items.find(({ item }) => 'Authors' in item);
  if (first === undefined) return;
  report.note([1, `${first.path}/Authors`], 'column-not-kept', 'Authors', 'nothing that names people', 'Not read, here and in other items.'); // prettier-ignore
}

const PERFORMANCE_FIELDS: ReadonlySet<string> = new Set([...SPLIT_NAMES, 'YOP', 'Performance']);

interface Performance {
  readonly item: Fields;
  readonly of: Fields;
  readonly path: string;
}

/** Whether the use of one item stands here by metric, and nothing else divides it. */
function isPerformance(
  candidate: { item: Fields; of: unknown; path: string },
  report: Report,
): candidate is Performance {
  const { of, path } = candidate;
  if (!isFields(of) || !isFields(of['Performance'])) {
    report.refuse([1, path], 'document-unreadable', textOf(of), 'an object with "Performance"');
    return false;
  }
  const unknown = Object.keys(of).find((field) => !PERFORMANCE_FIELDS.has(field));
  if (unknown === undefined) return true;
  const expected = 'only attributes of the Code of Practice: another divides the use of one item';
  report.refuse([1, `${path}/${unknown}`], 'column-unknown', unknown, expected);
  return false;
}

/** The use by one metric, or null with findings. */
function useRow(
  { item, of, path, row, metric, months }: Performance & { row: number; metric: string; months: unknown },
  header: CounterHeader,
  report: Report,
): UseRow | null {
  const at = `${path}/Performance/${metric}`;
  if (!isFields(months)) {
    report.refuse([row, at], 'document-unreadable', textOf(months), 'use by month, such as {"2022-01": 5}');
    return null;
  }
  const what = useOf(header.report, elementOf(item, of, metric), header.everywhere, () => [row, at], report);
  const read = new Map<number, MonthCell>();
  const refused = new Set<number>();
  for (const [column, value] of Object.entries(months)) {
    const spot: Spot = [row, `${at}/${column}`];
    const month = monthIndexOf(column);
    if (month === null || month < header.first || month > header.last) {
      const expected = `a month of ${header.written.begin} to ${header.written.end}, written 2022-01`;
      report.refuse(spot, 'month-unreadable', column, expected);
      continue;
    }
    const count = typeof value === 'number' ? countIn(String(value), spot, report) : null;
    if (typeof value !== 'number') report.refuse(spot, 'not-a-whole-number', JSON.stringify(value), WHOLE_NUMBER);
    if (count === null) refused.add(month);
    else read.set(month, { count, raw: String(value), column, path: `${at}/${column}` });
  }
  if (what === null) return null;
  // Where something stands that could not be read, the month was not without use.
  const leftOut = (month: number): MonthCell | null =>
    refused.has(month) ? null : { count: 0, raw: '', column: monthsText([month]), path: at };
  return { row, what, months: read, leftOut };
}

/** The elements of an item under the names that they have in a table. */
const elementOf =
  (item: Fields, of: Fields, metric: string): Element =>
  (name) => {
    if (name === 'Metric_Type') return metric;
    if (name in of) return textOf(of[name]);
    if (name in item) return textOf(item[name]);
    const ids = isFields(item['Item_ID']) ? item['Item_ID'] : {};
    return textOf(ids[name === 'Proprietary_ID' ? 'Proprietary' : name]);
  };
