import { stringify } from 'csv-stringify/sync';

/** Rows as CSV with commas, each in a line of its own; a blank row stays a row. */
export const csvOf = (rows: readonly (readonly string[])[]): string => stringify(rows.map((row) => [...row]));
