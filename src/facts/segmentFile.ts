/** The files of one segment: its facts, and the people first seen in them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerError } from '../domain/ledgerError.ts';
import type { ColumnFile } from './columnReader.ts';
import type { Dictionaries, FactColumns, RareRows } from './columns.ts';
import { writeWhole } from './durableFile.ts';
import { REBUILD, sha256, type FileEntry, type SegmentEntry } from './manifest.ts';
import { encodeSegment, encodeSubjects, type EncodedSegment } from './segment.ts';
import { zoneOf } from './zone.ts';

/** All there is of some consecutive rows. */
export interface WholeRows {
  /** Row number of the first. */
  readonly first: number;
  readonly columns: FactColumns;
  readonly identities: BigUint64Array;
  readonly rare: RareRows;
  /** The log's position of the last. */
  readonly position: string;
  /** Codes of the people first seen in them: above `after`, up to `upTo`. */
  readonly people: { readonly after: number; readonly upTo: number };
}

/** How files of rows are named: by the first row and how many there are. */
export const nameOf = (first: number, rows: number): string => `${String(first).padStart(12, '0')}-${rows}`;

/** Writes rows, coded with `dictionaries`, as a segment of a folder. The manifest does not list it yet. */
export function writeSegment(folder: string, dictionaries: Dictionaries, whole: WholeRows): SegmentEntry {
  const { first, columns, identities, rare, position } = whole;
  const { after, upTo } = whole.people;
  const encoded = encodeSegment(columns, identities, rare, dictionaries);
  const name = nameOf(first, columns.rows);
  const subjects =
    upTo === after
      ? null
      : {
          ...write(folder, `${name}.subjects.arrow`, encodeSubjects(dictionaries.subjects.bytes(after, upTo))),
          after,
          count: upTo - after,
        };
  return {
    ...write(folder, `${name}.facts.arrow`, encoded),
    first,
    rows: columns.rows,
    position,
    zone: zoneOf(columns, dictionaries),
    runs: encoded.runs,
    subjects,
  };
}

function write(folder: string, file: string, { bytes }: EncodedSegment): FileEntry {
  writeWhole(join(folder, file), bytes);
  return { file, bytes: bytes.byteLength, sha256: sha256(bytes) };
}

/** A segment's facts, to read some columns of. */
export const columnFile = (folder: string, { file, rows, runs }: SegmentEntry): ColumnFile => ({
  path: join(folder, file),
  rows,
  runs,
  damaged: (why) => damaged(folder, file, why),
});

/** The bytes of a listed file. Throws `facts-damaged` where they are not those that were written. */
export function readListed(folder: string, entry: FileEntry): Uint8Array {
  const path = join(folder, entry.file);
  if (!existsSync(path)) throw damaged(folder, entry.file, 'is missing');
  if (statSync(path).size !== entry.bytes) throw damaged(folder, entry.file, `is not ${entry.bytes} bytes long`);
  const bytes = readFileSync(path);
  if (sha256(bytes) !== entry.sha256) throw damaged(folder, entry.file, 'is not as it was written (SHA-256 differs)');
  return bytes;
}

function damaged(folder: string, file: string, why: string): LedgerError {
  return new LedgerError('facts-damaged', `Fact segment ${join(folder, file)} ${why}.`, { hint: REBUILD });
}
