/** Short ways to import a text and to say what came out. */
import { activityEvent, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import type { Encoding } from '../../../src/files/decodeText.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import type {
  Finding,
  Importer,
  ImportOptions,
  ImportResult,
  Severity,
  Table,
} from '../../../src/importers/importer.ts';
import { detectTable } from '../../../src/importers/importers.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Imports bytes as a file, and fails if any event breaks its contract: no test needs to say so again. */
export function importBytes(
  importer: Importer,
  bytes: Uint8Array,
  options: ImportOptions = {},
  file: { fileName?: string; encoding?: Encoding } = {},
): ImportResult {
  const { fileName = 'visits.csv', encoding = 'utf-8' } = file;
  const table = readTable({ fileName, bytes, encoding });
  const result = readWith(importer, { fileName, sha256: sha256Of(bytes), options }, table);
  for (const event of result.events) activityEvent.parse(event);
  const ids = new Set(result.events.map(({ source, id }) => `${source} ${id}`));
  if (ids.size !== result.events.length) throw new Error('Two events have the same identity.');
  return result;
}

/** What an importer reads of a table, as a whole or row by row. */
export function readWith(
  importer: Importer,
  source: { fileName: string; sha256: string; options: ImportOptions },
  table: Table,
): ImportResult {
  switch (importer.reads) {
    case 'table':
      return importer.read({ ...source, table });
    case 'rows': {
      const reading = importer.begin({ ...source, header: table.header });
      const [taken, ended] = [reading.take(table.rows), reading.end()];
      return { events: [...taken.events, ...ended.events], findings: [...taken.findings, ...ended.findings] };
    }
    case 'document':
      throw new Error(`${importer.format} reads JSON documents, not tables`);
  }
}

/** The importer that is recognised by a header and the name of a file. */
export const detectFormat = (
  header: readonly string[],
  fileName: string,
  options: ImportOptions = {},
  rows: Table['rows'] = [],
): Importer => detectTable({ header, fileName, options, rows }).importer;

/** The same for a text; lines may be indented for the reader. */
export const importText = (
  importer: Importer,
  text: string,
  options?: ImportOptions,
  file?: { fileName?: string },
): ImportResult => importBytes(importer, bytesOf(linesOf(text)), options, file);

/** A text without the indentation of the test around it. */
export const linesOf = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

/** Findings in a line each: `refused r2 [Visits] not-a-whole-number "1,234"`. */
export const said = (result: ImportResult, severity?: Severity): string[] =>
  result.findings
    .filter((finding) => severity === undefined || finding.severity === severity)
    .map(({ severity: how, row, cell, code, found }) => `${how} r${row} [${cell ?? ''}] ${code} "${found}"`);

/** Only where and why: `r2 Visits not-a-whole-number`. */
export const refusals = ({ findings }: ImportResult): string[] =>
  findings
    .filter(({ severity }) => severity === 'refused')
    .map(({ row, cell, code }) => `r${row} ${cell ?? '*'} ${code}`);

export const withCode = ({ findings }: ImportResult, code: Finding['code']): Finding[] =>
  findings.filter((finding) => finding.code === code);

/** What an event says in a line: `E08000021/city 2019-04-01/P1M 120 system`. */
export function line({
  subject,
  data,
}: Exclude<ActivityEvent, { data: { target: unknown } | { feed: unknown } }>): string {
  const { window, count, absent, method, value } = data as Record<string, string | number | undefined>;
  return [subject, window, absent ?? count ?? value, method].filter((part) => part !== undefined).join(' ');
}
export const lines = ({ events }: ImportResult): string[] =>
  events.map((event) => line(event as Exclude<ActivityEvent, { data: { target: unknown } | { feed: unknown } }>));
