/** COUNTER 5.1 reports as documents: made-up ones, and parts of given ones. */

/** By metric, by month (`2022-01`). */
export type Performance = Record<string, Record<string, number>>;
export interface Item {
  readonly Platform?: string;
  readonly Items?: Item[];
  readonly Attribute_Performance?: readonly { readonly Performance: Performance; readonly [split: string]: unknown }[];
  readonly [element: string]: unknown;
}
export interface CounterDocument {
  readonly Report_Header: {
    readonly Release: string;
    readonly Report_ID: string;
    readonly Report_Filters: {
      readonly Begin_Date: string;
      readonly End_Date: string;
      readonly [filter: string]: unknown;
    };
    readonly Exceptions?: readonly { readonly Code: number; readonly Message: string; readonly Data?: string }[];
    readonly [element: string]: unknown;
  };
  readonly Report_Items: readonly Item[];
}

/** A report of a made-up institution over whole months, each given as `2022-01`. */
export const madeUpReport = (
  id: string,
  [first, last]: readonly [string, string],
  items: readonly Item[],
  header: Partial<CounterDocument['Report_Header']> = {},
): CounterDocument => ({
  Report_Header: {
    Release: '5.1',
    Report_ID: id,
    Report_Name: 'A report',
    Created: '2023-02-15T09:11:12Z',
    Created_By: 'A made-up provider',
    Institution_Name: 'A made-up library service',
    Report_Filters: { Begin_Date: `${first}-01`, End_Date: lastDayOf(last), Access_Method: ['Regular'] },
    ...header,
  },
  Report_Items: items,
});

/** A database with its use. */
export const database = (name: string, performance: Performance): Item => ({
  Database: name,
  Platform: 'Platform 1',
  Attribute_Performance: [{ Performance: performance }],
});

/** `2022-02-28` of `2022-02`. */
export const lastDayOf = (month: string): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).toISOString().slice(0, 10);

/** What a server that follows the Code of Practice answers of a report for fewer months: nothing without use. */
export function sliceOf(document: CounterDocument, begin: string, end: string): CounterDocument {
  const inside = (month: string): boolean => `${month}-01` >= begin && lastDayOf(month) <= end;
  const sliced = (item: Item): Item[] => {
    if (item.Items !== undefined) {
      const below = item.Items.flatMap(sliced);
      return below.length === 0 ? [] : [{ ...item, Items: below }];
    }
    const performances = (item.Attribute_Performance ?? []).flatMap((attributes) => {
      const metrics = Object.entries(attributes.Performance).flatMap(([metric, months]) => {
        const kept = Object.entries(months).filter(([month]) => inside(month));
        return kept.length === 0 ? [] : [[metric, Object.fromEntries(kept)] as const];
      });
      return metrics.length === 0 ? [] : [{ ...attributes, Performance: Object.fromEntries(metrics) }];
    });
    return performances.length === 0 ? [] : [{ ...item, Attribute_Performance: performances }];
  };
  const { Report_Header: header, Report_Items: items } = document;
  return {
    Report_Header: { ...header, Report_Filters: { ...header.Report_Filters, Begin_Date: begin, End_Date: end } },
    Report_Items: items.flatMap(sliced),
  };
}

const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `Jan-2022` of `2022-01`. */
const columnOf = (month: string): string => `${MONTH_NAMES[Number(month.slice(5, 7)) - 1]}-${month.slice(0, 4)}`;

/** Months from one to another, both given as `2022-01`. */
export function monthsBetween(first: string, last: string): string[] {
  const months = [first];
  for (let at = first; at < last; months.push(at)) {
    const [year, month] = [Number(at.slice(0, 4)), Number(at.slice(5, 7))];
    at = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
  }
  return months;
}

/** The same report as a table, as the Code of Practice has it: 0 where nothing was used, and no row without any use. */
export function tableOf(
  { Report_Header: header, Report_Items: items }: CounterDocument,
  elements: readonly string[],
): string {
  const { Begin_Date: begin, End_Date: end, ...filters } = header.Report_Filters;
  const months = monthsBetween(begin.slice(0, 7), end.slice(0, 7));
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const exceptions = (header.Exceptions ?? []).map(
    ({ Code, Message, Data }) => `${Code}: ${Message}${Data === undefined ? '' : ` (${Data})`}`,
  );
  const rows = items
    .flatMap((item) => item.Items ?? [item])
    .flatMap((item) =>
      (item.Attribute_Performance ?? []).flatMap((attributes) =>
        Object.entries(attributes.Performance).map(([metric, use]) => {
          const counts = months.map((month) => use[month] ?? 0);
          const ids = (item['Item_ID'] ?? {}) as Record<string, unknown>;
          const cells = elements.map((name) =>
            text(attributes[name] ?? item[name] ?? ids[name === 'Proprietary_ID' ? 'Proprietary' : name]),
          );
          return {
            counts,
            cells: [...cells, metric, String(counts.reduce((sum, count) => sum + count, 0)), ...counts.map(String)],
          };
        }),
      ),
    );
  return [
    ['Report_Name', text(header['Report_Name'])],
    ['Report_ID', header.Report_ID],
    ['Release', header.Release],
    ['Institution_Name', text(header['Institution_Name'])],
    ['Institution_ID', ''],
    ['Metric_Types', ''],
    [
      'Report_Filters',
      Object.entries(filters)
        .map(([name, values]) => `${name}=${[values].flat().join('|')}`)
        .join('; '),
    ],
    ['Report_Attributes', ''],
    ['Exceptions', exceptions.join('; ')],
    ['Reporting_Period', `Begin_Date=${begin}; End_Date=${end}`],
    ['Created', '2023-02-15T09:11:12Z'],
    ['Created_By', 'A made-up provider'],
    ['Registry_Record', ''],
    [''],
    [...elements, 'Metric_Type', 'Reporting_Period_Total', ...months.map(columnOf)],
    ...rows.filter(({ counts }) => counts.some((count) => count > 0)).map(({ cells }) => cells),
  ]
    .map((cells) => cells.join('\t'))
    .join('\n');
}
