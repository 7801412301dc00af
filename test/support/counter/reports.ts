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
