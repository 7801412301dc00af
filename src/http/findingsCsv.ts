/** The findings of an import as CSV: one a row, for whoever is to put the file right. */
import { stringify } from 'csv-stringify/sync';
import type { ImportReport } from '../app/importReport.ts';

const COLUMNS = ['severity', 'file', 'row', 'cell', 'found', 'expected', 'done', 'code'] as const;

/** Findings with a header (RFC 4180), refused ones first. Text from a file cannot become a formula. */
export const findingsCsv = ({ findings }: ImportReport): string =>
  stringify(
    findings.map((finding) => COLUMNS.map((column) => finding[column] ?? '')),
    { header: true, columns: [...COLUMNS], record_delimiter: 'windows', escape_formulas: true },
  );
