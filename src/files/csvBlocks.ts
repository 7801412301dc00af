/**
 * Bytes of a CSV file in blocks of whole records, so that a file of any length is read in bounded memory. A line end
 * inside quotes ends no record; quotes are counted on the bytes, where no other character can look like one.
 */
import { invalidFile } from './invalidFile.ts';
import type { PieceStart } from './decodeText.ts';

export interface CsvBlock {
  readonly bytes: Uint8Array;
  readonly start: PieceStart;
}

const [QUOTE, LF, CR] = [0x22, 0x0a, 0x0d];

/** A quoted cell this long is a quote that was never closed. */
const LONGEST_BLOCK = 64 * 1024 * 1024;

/**
 * The blocks of a file, in order.
 * @param chunks the bytes as they are read, cut anywhere
 * @throws LedgerError `invalid-file` where a record does not end
 */
export function* csvBlocks(fileName: string, chunks: Iterable<Uint8Array>): Generator<CsvBlock> {
  let rest: Uint8Array = new Uint8Array();
  let byte = 0;
  let lines = 0;
  for (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const { end, lineEnds } = lastRecordEnd(bytes);
    if (end > 0) yield { bytes: bytes.subarray(0, end), start: { byte, lines } };
    rest = bytes.subarray(end);
    byte += end;
    lines += lineEnds;
    if (rest.length > LONGEST_BLOCK)
      throw invalidFile(
        fileName,
        `cannot be read as CSV from line ${lines + 1} on: a quote opens and never closes`,
        { row: lines + 1 },
        'Write a quote inside a cell twice, and put quotes round the whole cell.',
      );
  }
  if (rest.length > 0) yield { bytes: rest, start: { byte, lines } };
}

/** Where the last record ends that is whole, and how many line ends stand before that. */
function lastRecordEnd(bytes: Uint8Array): { end: number; lineEnds: number } {
  let [quoted, end, lineEnds, seen] = [false, 0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LF || (byte === CR && at + 1 < bytes.length && bytes[at + 1] !== LF)) {
      seen += 1;
      if (!quoted) [end, lineEnds] = [at + 1, seen];
    }
  }
  return { end, lineEnds };
}
