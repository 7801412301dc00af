/** Tables as CSV (RFC 4180). */
import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

/** A spreadsheet takes text that begins like this for a formula and runs it; an apostrophe before it makes it text. */
const FORMULA = /^[=+\-@\t\r]/;

/** A header and rows. Text from outside cannot become a formula; null is an empty cell. */
export const csvOf = (header: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  stringify(
    [
      header,
      ...rows.map((row) =>
        row.map((value) => (typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value)),
      ),
    ],
    { record_delimiter: 'windows' },
  );
