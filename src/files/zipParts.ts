/**
 * The parts of a workbook, which is a ZIP archive. Nothing is inflated but what is asked for, in pieces, and no more of it
 * than the limits say, so that a small file cannot fill the memory. Each part must have the length and the checksum that
 * the archive states: a flipped bit must not become another figure.
 */
import { crc32 } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { LedgerError } from '../domain/ledgerError.ts';
import { invalidFile } from './invalidFile.ts';

/** Bytes of all parts that are read of one workbook, inflated. */
export const LARGEST_INFLATED = 512 * 1024 * 1024;
/** How many times its own size a part may inflate to, beyond what any workbook may: sheets reach about 40. */
export const LARGEST_RATIO = 300;
const RATIO_FREE = 16 * 1024 * 1024;
/** A workbook has a part for each sheet, and a few more. */
export const MOST_PARTS = 10_000;

const SAVE_AGAIN =
  'Open it in a spreadsheet program and save it again as .xlsx; if it does not open there, get the file once more.';
const TOO_LARGE = 'Split it, or save the sheet as "CSV UTF-8" and import that.';

/** A workbook that is not as the format has it: refused whole, as any cell of it may be wrong. */
export const damaged = (fileName: string, why: string, row = 1): LedgerError =>
  invalidFile(fileName, `is a damaged workbook: ${why}`, { row }, SAVE_AGAIN);

/** A workbook that holds more than is read. */
export const tooLarge = (fileName: string, why: string): LedgerError =>
  invalidFile(fileName, `is too large to be read: ${why}`, { row: 1 }, TOO_LARGE);

/** The parts of one archive, by their names in any case. */
export interface Parts {
  has(name: string): boolean;
  /** A part in pieces. @throws LedgerError `invalid-file` where there is none, it is damaged, or it is too large */
  read(name: string): AsyncIterable<Uint8Array>;
}

/**
 * Opens an archive.
 * @throws LedgerError `invalid-file` where its list of parts cannot be read
 */
export async function openParts(fileName: string, bytes: Uint8Array): Promise<Parts> {
  const { zip, entries } = await listParts(fileName, bytes);
  let inflated = 0;
  const allow = (entry: Entry): void => {
    if (entry.isEncrypted()) throw invalidFile(fileName, PROTECTED, { row: 1 }, REMOVE_PASSWORD);
    inflated += entry.uncompressedSize;
    if (inflated > LARGEST_INFLATED)
      throw tooLarge(fileName, `its parts inflate to more than ${LARGEST_INFLATED / 1024 / 1024} MiB`);
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (entry.uncompressedSize > RATIO_FREE && ratio > LARGEST_RATIO)
      throw tooLarge(fileName, `${entry.fileName} inflates to ${Math.round(ratio)} times its size, as no sheet does`);
  };
  return {
    has: (name) => entries.has(name.toLowerCase()),
    async *read(name) {
      const entry = entries.get(name.toLowerCase());
      if (entry === undefined) throw damaged(fileName, `it has no part ${name}`);
      allow(entry);
      try {
        let checksum = 0;
        for await (const piece of await zip.openReadStreamPromise(entry)) {
          checksum = crc32(piece as Uint8Array, checksum);
          yield piece as Uint8Array;
        }
        if (checksum !== entry.crc32)
          throw damaged(fileName, `${name} does not have the checksum that is stated for it`);
      } catch (error) {
        throw error instanceof LedgerError ? error : damaged(fileName, `${name} cannot be read (${reason(error)})`);
      }
    },
  };
}

/** What is said of a workbook that only opens with a password. */
export const PROTECTED = 'is a workbook protected by a password';
export const REMOVE_PASSWORD = 'Open it, remove the password (File, Info, Protect Workbook), save it and import that.';

async function listParts(fileName: string, bytes: Uint8Array): Promise<{ zip: ZipFile; entries: Map<string, Entry> }> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, Entry>();
  try {
    const zip = await fromBufferPromise(buffer, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.toLowerCase();
      // Which of the two is meant, programs do not agree about.
      if (entries.has(name)) throw damaged(fileName, `it has two parts ${entry.fileName}`);
      entries.set(name, entry);
      if (entries.size > MOST_PARTS) throw tooLarge(fileName, `it has more than ${MOST_PARTS} parts`);
    }
    return { zip, entries };
  } catch (error) {
    throw error instanceof LedgerError
      ? error
      : damaged(fileName, `its list of parts cannot be read (${reason(error)})`);
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
