/**
 * Who an imported event is. An importer cannot see the log, so identity comes from the file alone: its content hash, the
 * row and the column. The same file imported again gives the same ids (a duplicate, harmless); another file gives others.
 * Not from the row's content: two equal rows may be two things (domain rule: identity is file hash and row).
 */
import { slugOf } from './text.ts';

const HASH_DIGITS = 16;
const LONGEST_COLUMN = 60;

/** Id of the event that came from one cell, such as `0123456789abcdef:r7:c2019-04`. */
export const eventIdOf = (sha256: string, row: number, header: string): string =>
  `${sha256.slice(0, HASH_DIGITS)}:r${row}:c${slugOf(header).slice(0, LONGEST_COLUMN)}`;

/** The row that an imported event came from, as its id says. */
export const rowOf = ({ id }: { id: string }): number => Number(/:r(\d+):/.exec(id)?.[1] ?? 1);

/**
 * The feed an imported event belongs to, one stream of the log: one owner's files in one format, edition after edition.
 * @param owner  GSS code of the authority, or `compiled` for figures quoted from many publishers
 */
export const sourceOf = (owner: string, format: string): string => `urn:library:${owner}:${format}`;
