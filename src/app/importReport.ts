/** What is told of an import when it has ended. */
import type { Finding, Severity } from '../importers/importer.ts';

/** A number or a statement that the ledger holds and the file has otherwise. */
export interface Difference {
  readonly file: string;
  readonly row: number;
  readonly cell: string | null;
  readonly subject: string;
  /** The window or day that it is about. */
  readonly when: string;
  readonly recorded: string;
  readonly found: string;
}

/** What came of a file, or would. */
export interface ImportReport {
  readonly file: string;
  readonly sha256: string;
  /** Of a workbook the formats of its sheets, each once. */
  readonly format: string;
  /** How sure it is that this is the format, 0 to 1. */
  readonly sure: number;
  /** Whether this is only what would become of the file. */
  readonly dryRun: boolean;
  /** Events read from the file; recorded now, recorded before, corrected, and refused by the log or a contract. */
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly corrected: number;
  readonly refused: number;
  /** How many findings there are of each severity; of very many, only the first are listed. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: readonly Finding[];
  /** How many numbers are recorded otherwise, and the first of them. */
  readonly differing: number;
  readonly differences: readonly Difference[];
}
