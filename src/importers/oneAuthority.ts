/** Rows of a file of one authority, which name only libraries or branches of it. */
import { keyOf } from '../domain/labels.ts';
import type { ImportOptions, Report } from './importer.ts';
import { libraryCell } from './table/cells.ts';
import type { NamedRow } from './table/rows.ts';

/**
 * The place that a row names by the name or code of a library, or null with a finding at the cell. The option
 * `libraries` goes before the name itself: `14` → `city`.
 */
export function libraryIn(
  row: NamedRow,
  column: string,
  authority: string,
  { libraries = {} }: ImportOptions,
  report: Report,
): string | null {
  const given = Object.entries(libraries).find(([known]) => keyOf(known) === keyOf(row.text(column)))?.[1];
  const slug = libraryCell(row, column, report, given);
  return slug === null ? null : `${authority}/${slug}`;
}
