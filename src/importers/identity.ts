/**
 * Who an imported event is. An importer cannot see the log, so identity comes from the file alone: its content hash, the
 * row and the column. The same file imported again gives the same ids (a duplicate, harmless); another file gives others.
 * Not from the row's content: two equal rows may be two things (domain rule: identity is file hash and row).
 */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { slugOf } from './table/text.ts';

const HASH_DIGITS = 16;
const LONGEST_COLUMN = 60;

/** Id of the event that came from one cell, such as `0123456789abcdef:r7:c2019-04`. */
export const eventIdOf = (sha256: string, row: number, header: string): string =>
  `${sha256.slice(0, HASH_DIGITS)}:r${row}:c${slugOf(header).slice(0, LONGEST_COLUMN)}`;

/** Whether the id of an event is its sender's or its system's own, and not that of a cell of a file. */
export const hasIdOfItsOwn = ({ id }: ActivityEvent): boolean => !/^[0-9a-f]{16}:/.test(id);

/**
 * An event of a sheet of a workbook, which is named in its provenance. Sheets share the content hash of their file, so
 * that the id of a cell says which of them it is; an id of a system's own is the same wherever it stands.
 * @param at place of the sheet in the workbook, from 1
 */
export function inSheet(event: ActivityEvent, sheet: string, at: number): ActivityEvent {
  const id = hasIdOfItsOwn(event) ? event.id : event.id.replace(':r', `:s${at}:r`);
  if (!('provenance' in event.data) || event.data.provenance === undefined) return { ...event, id };
  return { ...event, id, data: { ...event.data, provenance: { ...event.data.provenance, sheet } } } as ActivityEvent;
}

/** The row that an imported event came from, as its provenance says or else its id. */
export const rowOf = ({ id, data }: ActivityEvent): number =>
  ('provenance' in data ? data.provenance?.row : undefined) ?? Number(/:r(\d+):/.exec(id)?.[1] ?? 1);

/**
 * The feed an imported event belongs to, one stream of the log: one owner's files in one format, edition after edition.
 * @param owner  GSS code of the authority, or `compiled` for figures quoted from many publishers
 */
export const sourceOf = (owner: string, format: string): string => `urn:library:${owner}:${format}`;

/** The owner in the name of such a feed. */
export const ownerOf = (source: string): string => source.split(':')[2] ?? '';
