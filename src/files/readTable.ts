/**
 * Bytes of a CSV file as a table of text, exactly as written: no cell is trimmed, no number or date is read. What cannot
 * be read beyond doubt (another encoding, a quote that never ends) is refused with its place.
 */
import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import type { Fault } from '../../contracts/errors.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Table } from '../importers/importer.ts';

export type Encoding = 'utf-8' | 'windows-1252';

/** SHA-256 of a file's bytes, in lower-case hexadecimal: its identity in provenance and event ids. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Reads a comma-separated file with a header in row 1. Byte order mark, any line ends and quoted line breaks are
 * understood. Rows keep the number a spreadsheet shows, blank ones included, and their own length: what to do about a
 * ragged row is for whoever knows its columns.
 * @throws LedgerError `invalid-file` with the place of the fault
 */
export function readTable(file: { fileName: string; bytes: Uint8Array; encoding?: Encoding }): Table {
  refuseWorkbook(file.fileName, file.bytes);
  const text = decode(file.fileName, file.bytes, file.encoding ?? 'utf-8');
  const nul = text.indexOf('\0');
  if (nul >= 0)
    throw invalid(file.fileName, 'holds binary data, not text', { row: lineAt(text, nul) }, 'Save the sheet as CSV.');
  const [header, ...rows] = parseRows(file.fileName, text);
  if (header === undefined || header.every((label) => label.trim() === '')) {
    throw invalid(
      file.fileName,
      text.trim() === '' ? 'is empty' : 'has no header in row 1',
      { row: 1 },
      'Row 1 must name the columns.',
    );
  }
  refuseOtherSeparator(file.fileName, header);
  return { header, rows: rows.map((cells, i) => ({ row: i + 2, cells })) };
}

/** The error of a file that cannot be read: what is wrong with it, where, and what to do. */
export function invalid(
  fileName: string,
  what: string,
  at: Omit<Fault, 'message' | 'file'>,
  hint: string,
): LedgerError {
  const detail = `${fileName} ${what}.`;
  return new LedgerError('invalid-file', detail, { hint, faults: [{ message: detail, file: fileName, ...at }] });
}

/** A spreadsheet under the name of a CSV file: XLSX is a ZIP archive, XLS an OLE document. */
function refuseWorkbook(fileName: string, bytes: Uint8Array): void {
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (start === '504b0304' || start === 'd0cf11e0') {
    throw invalid(
      fileName,
      'is a workbook, not a CSV file',
      { row: 1 },
      'Save the sheet as "CSV UTF-8" and import that.',
    );
  }
}

function refuseOtherSeparator(fileName: string, header: readonly string[]): void {
  const [only, ...others] = header;
  if (others.length > 0 || only === undefined || !/[;\t]/.test(only)) return;
  const found = only.includes('\t') ? 'tabs' : 'semicolons';
  throw invalid(
    fileName,
    `has its columns separated by ${found}`,
    { row: 1 },
    'Save it with commas between the columns.',
  );
}

function parseRows(fileName: string, text: string): readonly string[][] {
  try {
    return parse(text, {
      relax_column_count: true,
      skip_empty_lines: false,
      // All of them, so that a file pasted together from two systems is read row by row.
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const records = typeof error.records === 'number' ? error.records : 0;
    const what = `cannot be read as CSV in row ${records + 1}: ${QUOTE_FAULTS[error.code] ?? 'it is not well formed'}`;
    throw invalid(
      fileName,
      what,
      { row: records + 1 },
      'Write a quote inside a cell twice, and put quotes round the whole cell.',
    );
  }
}

const QUOTE_FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opens and never closes',
  INVALID_OPENING_QUOTE: 'a quote stands inside a cell that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'there is text after a closing quote',
};

const UTF8_MARK = [0xef, 0xbb, 0xbf];

function decode(fileName: string, bytes: Uint8Array, encoding: Encoding): string {
  const marked = UTF8_MARK.every((byte, i) => bytes[i] === byte);
  if (encoding === 'windows-1252') {
    if (marked) throw invalid(fileName, 'begins with the mark of UTF-8', { row: 1 }, 'Leave the encoding out.');
    return decodeWindows1252(fileName, bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const offset = firstBadByte(bytes);
    const row = lineAt(latin1Of(bytes), offset);
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw invalid(
      fileName,
      `is not UTF-8: byte ${offset} (0x${(bytes[offset] ?? 0).toString(16)}, line ${row}) belongs to no character`,
      { row },
      utf16
        ? 'It is UTF-16: save it as "CSV UTF-8".'
        : 'If it was saved by Excel as plain CSV it is Windows-1252: give --encoding windows-1252.',
    );
  }
}

/**
 * Offset of the first byte that belongs to no character: the longest start that decodes, found by halving, less the
 * character that it breaks off in. Of `E2 28` the E2 is at fault, not the bracket after it.
 */
function firstBadByte(bytes: Uint8Array): number {
  const decodes = (length: number, stream: boolean): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    // As a stream, a character cut off at the end is not yet a fault.
    if (middle <= bytes.length && decodes(middle, true)) good = middle;
    else bad = middle;
  }
  while (good > 0 && !decodes(good, false)) good -= 1;
  return good;
}

/** A character for each byte, so that positions in the text are offsets in the file. */
const latin1Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** Line (from 1) of a position in a text: for a file with line breaks inside cells, not the row of a spreadsheet. */
const lineAt = (text: string, position: number): number => text.slice(0, position).split(/\r\n|\n|\r/).length;

/**
 * What Windows-1252 has where Latin-1 has control characters; null where it has nothing. A table of our own, because
 * several releases of Node read these bytes as Latin-1 (nodejs/node#56542).
 */
const WINDOWS_1252 = [
  '€', null, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', null, 'Ž', null,
  null, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', null, 'ž', 'Ÿ',
]; // prettier-ignore

function decodeWindows1252(fileName: string, bytes: Uint8Array): string {
  const latin = latin1Of(bytes);
  return latin.replace(/[\x80-\x9f]/g, (character, position: number) => {
    const decoded = WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? null;
    if (decoded !== null) return decoded;
    const row = lineAt(latin, position);
    throw invalid(
      fileName,
      `is not Windows-1252: byte ${position} (line ${row}) belongs to no character`,
      { row },
      'Save it as "CSV UTF-8".',
    );
  });
}
