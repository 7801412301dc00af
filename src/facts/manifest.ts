/** The list of a store's segments: what is listed is there, whole and as it was written; what is not is no part of it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Runs } from './columnReader.ts';
import { areSegments } from './manifestShape.ts';
import { flushFolder, writeWhole } from './durableFile.ts';
import type { Zone } from './zone.ts';

/** A file of the store as it was written. */
export interface FileEntry {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A segment: its files, and what can be known of it without reading them. */
export interface SegmentEntry extends FileEntry {
  /** Row number of its first fact: its ordinal less one. */
  readonly first: number;
  readonly rows: number;
  /** The log's position of its last fact. */
  readonly position: string;
  readonly zone: Zone;
  readonly runs: Runs;
  /** People first seen in it: codes above `after`, `count` of them. */
  readonly subjects: (FileEntry & { readonly after: number; readonly count: number }) | null;
}

interface Manifest {
  readonly format: typeof FORMAT;
  /** Digest of the readings that the facts were made with. */
  readonly readings: string;
  readonly segments: readonly SegmentEntry[];
}

const FORMAT = 'outcome-ledger-facts-4';
/** The name of the list within a store's folder. */
export const MANIFEST = 'manifest.json';

/** What to do about facts that cannot be read. */
export const REBUILD = 'Facts are a cache of the log: run "outcomes rebuild" to make them again.';

/** SHA-256 in hexadecimal, by which files are known. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Whether the facts of a folder were made by another version of the program, or with other readings: then they are not
 * damaged, but have to be made again. Of a folder without a manifest nothing tells what was made with it.
 */
export function madeOtherwise(folder: string, readings: string): boolean {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return existsSync(folder);
  try {
    const { format, readings: made } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    return /^outcome-ledger-facts-\d+$/.test(format) && (format !== FORMAT || made !== readings);
  } catch {
    return false;
  }
}

/**
 * The segments that the manifest of a folder lists; none where there is no manifest.
 * @param readings digest of the readings that the facts must have been made with
 * @throws LedgerError `facts-damaged`
 */
export function readManifest(folder: string, readings: string): readonly SegmentEntry[] {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return [];
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest> | null;
    if (manifest?.format !== FORMAT) throw new Error('another format');
    if (manifest.readings !== readings) throw new Error('other readings');
    if (!areSegments(manifest.segments)) throw new Error('not as it was written');
    return manifest.segments;
  } catch {
    throw new LedgerError('facts-damaged', `The list of fact segments, ${path}, cannot be read.`, { hint: REBUILD });
  }
}

/** The manifest as it is written. */
export function manifestBytes(segments: readonly SegmentEntry[], readings: string): Buffer {
  const manifest: Manifest = { format: FORMAT, readings, segments };
  return Buffer.from(JSON.stringify(manifest, null, 1));
}

/** Lists segments. Their names are flushed first, so that the list never names a file that is not there. */
export function writeManifest(folder: string, segments: readonly SegmentEntry[], readings: string): void {
  flushFolder(folder);
  writeWhole(join(folder, MANIFEST), manifestBytes(segments, readings));
  flushFolder(folder);
}

/** The files of segments, in order, with those of the people first seen in them. */
export const filesOf = (segments: readonly SegmentEntry[]): readonly FileEntry[] =>
  segments.flatMap((segment) => [segment, ...(segment.subjects === null ? [] : [segment.subjects])]);

/** Removes the files of a folder that are not of these segments. */
export function removeStrays(folder: string, segments: readonly SegmentEntry[]): void {
  const listed = new Set([MANIFEST, ...filesOf(segments).map(({ file }) => file)]);
  for (const file of readdirSync(folder)) if (!listed.has(file)) rmSync(join(folder, file));
}
