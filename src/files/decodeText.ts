/**
 * Bytes as text, without guessing: what is not of the encoding is refused at its byte. A piece of a file is decoded by
 * itself; where it began is told, so that a fault is found in the file.
 */
import { invalidFile } from './invalidFile.ts';

export type Encoding = 'utf-8' | 'windows-1252';

/** Where a piece begins in its file: bytes and line ends before it. */
export interface PieceStart {
  readonly byte: number;
  readonly lines: number;
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];

/**
 * The text of a piece, which begins and ends between characters.
 * @throws LedgerError `invalid-file` with the byte that belongs to no character
 */
export function decodeText(fileName: string, bytes: Uint8Array, encoding: Encoding, start: PieceStart): string {
  const marked = start.byte === 0 && UTF8_MARK.every((byte, i) => bytes[i] === byte);
  if (encoding === 'windows-1252') {
    if (marked) throw invalidFile(fileName, 'begins with the mark of UTF-8', { row: 1 }, 'Leave the encoding out.');
    return decodeWindows1252(fileName, bytes, start);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: start.byte > 0 }).decode(bytes);
  } catch {
    const offset = firstBadByte(bytes);
    const row = start.lines + lineAt(latin1Of(bytes), offset);
    const utf16 =
      start.byte === 0 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
    throw invalidFile(
      fileName,
      `is not UTF-8: byte ${start.byte + offset} (0x${(bytes[offset] ?? 0).toString(16)}, line ${row}) belongs to no character`,
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
export const lineAt = (text: string, position: number): number => text.slice(0, position).split(/\r\n|\n|\r/).length;

/**
 * What Windows-1252 has where Latin-1 has control characters; null where it has nothing. A table of our own, because
 * several releases of Node read these bytes as Latin-1 (nodejs/node#56542).
 */
const WINDOWS_1252 = [
  '€', null, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', null, 'Ž', null,
  null, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', null, 'ž', 'Ÿ',
]; // prettier-ignore

function decodeWindows1252(fileName: string, bytes: Uint8Array, start: PieceStart): string {
  const latin = latin1Of(bytes);
  return latin.replace(/[\x80-\x9f]/g, (character, position: number) => {
    const decoded = WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? null;
    if (decoded !== null) return decoded;
    const row = start.lines + lineAt(latin, position);
    throw invalidFile(
      fileName,
      `is not Windows-1252: byte ${start.byte + position} (line ${row}) belongs to no character`,
      { row },
      'Save it as "CSV UTF-8".',
    );
  });
}
