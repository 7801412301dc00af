/** Files of one authority that do not say which: the option says it, and rows name only libraries or branches of it. */
import { keyOf } from '../domain/labels.ts';
import { FILE_REFUSED, type ImportOptions, type Report } from './importer.ts';
import { isAuthorityCode, LIBRARY_NAME, librarySlugOf } from './places.ts';
import type { NamedRow } from './table/rows.ts';
import { namesATotal } from './table/text.ts';

/** The code of the authority, or null with a finding where the option does not give one. */
export function wholeFileAuthority({ authority }: ImportOptions, report: Report): string | null {
  if (authority !== undefined && isAuthorityCode(authority)) return authority;
  report.refuse(
    [1, null],
    'option-unusable',
    authority ?? 'no authority',
    '--authority <code> ("authority" over HTTP): the code of the authority whose file this is, such as E08000021, or CA-OTP for one elsewhere',
    FILE_REFUSED,
  );
  return null;
}

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
  const name = row.text(column);
  const spot = [row.row, row.header(column)] as const;
  if (namesATotal(name)) {
    report.refuse(spot, 'totals-row', name, 'a library: totals are worked out, not imported');
    return null;
  }
  const given = Object.entries(libraries).find(([known]) => keyOf(known) === keyOf(name))?.[1];
  const slug = librarySlugOf(given ?? name);
  if (slug === null) report.refuse(spot, name === '' ? 'value-missing' : 'library-unusable', name, LIBRARY_NAME);
  return slug === null ? null : `${authority}/${slug}`;
}
