/**
 * Bytes of a CSV file as tables of text, exactly as written: no cell is trimmed, no number or date is read. What cannot
 * be read beyond doubt (another encoding, a quote that never ends) is refused with its place.
 */
import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import type { Table, TablePage } from '../importers/importer.ts';
import { csvBlocks } from './csvBlocks.ts';
import { decodeText, lineAt, type Encoding } from './decodeText.ts';
import { invalidFile } from './invalidFile.ts';
import { isWorkbook } from './readWorkbook.ts';

/** SHA-256 of a file's bytes, in lower-case hexadecimal: its identity in provenance and event ids. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A CSV file that is read from its beginning as often as it is asked for. */
export interface CsvFile {
  readonly fileName: string;
  /** The bytes, cut anywhere. */
  readonly chunks: () => Iterable<Uint8Array>;
  /** How many bytes there are. */
  readonly size: number;
  readonly encoding?: Encoding | undefined;
}

/** A table whose rows are read page by page, as often as they are asked for. */
export interface PagedTable {
  readonly header: readonly string[];
  readonly pages: () => Iterable<TablePage>;
}

/**
 * Opens a file with a header in row 1 and commas, semicolons or tabs between its columns, whichever the header has.
 * Byte order mark, any line ends and quoted line breaks are understood. Rows keep the number a spreadsheet shows, blank
 * ones included, and their own length: what to do about a ragged row is for whoever knows its columns.
 * @throws LedgerError `invalid-file` with the place of the fault, here or while the pages are read
 */
export function openTable(file: CsvFile): PagedTable {
  const [first] = take(rowsOf(file), 1);
  const header = first?.rows[0];
  if (header === undefined || header.every((label) => label.trim() === '')) throw headless(file);
  return { header, pages };

  function* pages(): Generator<TablePage> {
    let isFirst = true;
    for (const { rows, row, upTo } of rowsOf(file)) {
      const skipped = isFirst ? 1 : 0;
      isFirst = false;
      yield { rows: rows.slice(skipped).map((cells, i) => ({ row: row + skipped + i, cells })), upTo };
    }
  }
}

/** Reads a whole table at once: see `openTable`. */
export function readTable(file: { fileName: string; bytes: Uint8Array; encoding?: Encoding }): Table {
  const { fileName, bytes, encoding } = file;
  const { header, pages } = openTable({ fileName, encoding, size: bytes.length, chunks: () => [bytes] });
  return { header, rows: [...pages()].flatMap(({ rows }) => rows) };
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}

function headless({ fileName, chunks }: CsvFile): Error {
  const isEmpty = [...take(csvBlocks(fileName, chunks()), 2)].every(({ bytes }) =>
    bytes.every((byte) => BLANKS.has(byte)),
  );
  return invalidFile(
    fileName,
    isEmpty ? 'is empty' : 'has no header in row 1',
    { row: 1 },
    'Row 1 must name the columns.',
  );
}
const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf]);

/** Some consecutive rows: `row` is the number of the first, `upTo` the share of the file that is read with them. */
interface Rows {
  readonly rows: readonly string[][];
  readonly row: number;
  readonly upTo: number;
}

/** The rows of a file, the header among them. */
function* rowsOf({ fileName, chunks, size, encoding = 'utf-8' }: CsvFile): Generator<Rows> {
  let row = 1;
  let separator: Separator | null = null;
  for (const { bytes, start } of csvBlocks(fileName, chunks())) {
    if (start.byte === 0 && isWorkbook(bytes)) throw workbookAsCsv(fileName);
    const text = decodeText(fileName, bytes, encoding, start);
    const nul = text.indexOf('\0');
    if (nul >= 0)
      throw invalidFile(
        fileName,
        'holds binary data, not text',
        { row: start.lines + lineAt(text, nul) },
        'Save the sheet as CSV.',
      );
    separator ??= separatorIn(text);
    const rows = parseRows(fileName, text, separator, row);
    yield { rows, row, upTo: (start.byte + bytes.length) / Math.max(1, size) };
    row += rows.length;
  }
}

/** The refusal of a spreadsheet under the name of a CSV file. */
const workbookAsCsv = (fileName: string): Error =>
  invalidFile(fileName, 'is a workbook, not a CSV file', { row: 1 }, 'Save the sheet as "CSV UTF-8" and import that.');

type Separator = ',' | ';' | '\t';

/** What stands between the columns of the first line, outside quotes: whichever there is most of, and else a comma. */
function separatorIn(text: string): Separator {
  const line = text.replace(/"[^"]*"/g, '').split(/[\r\n]/, 1)[0] ?? '';
  const counts = ([',', ';', '\t'] as const).map((sign) => ({ sign, count: line.split(sign).length - 1 }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).sign;
}

function parseRows(fileName: string, text: string, delimiter: Separator, first: number): readonly string[][] {
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: false,
      // All of them, so that a file pasted together from two systems is read row by row.
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const row = first + (typeof error.records === 'number' ? error.records : 0);
    const what = `cannot be read as CSV in row ${row}: ${QUOTE_FAULTS[error.code] ?? 'it is not well formed'}`;
    throw invalidFile(
      fileName,
      what,
      { row },
      'Write a quote inside a cell twice, and put quotes round the whole cell.',
    );
  }
}

const QUOTE_FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opens and never closes',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'there is text after a closing quote',
};
