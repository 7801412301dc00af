/** Which service point a branch is, by the option `libraries` or by its own code. */
import { discreetly } from './lendingSystems/borrowers.ts';
import type { FindingCode, ImportOptions } from './importer.ts';
import { LIBRARY_NAME, librarySlugOf } from './places.ts';
import { holdsAContact } from './table/text.ts';
import { keyOf } from '../domain/labels.ts';

/** A service point, with what is to be told of it; or why there is none. */
export type Branch =
  { readonly slug: string; readonly byCode: boolean } | { readonly code: FindingCode; readonly expected: string };

/**
 * The service point of a branch as a file writes it. What `libraries` names is that; with such a list, what is not in it
 * is refused. Without one a code with letters is taken as the name, as in other files; a number or an identifier of a
 * system names nothing.
 */
export function branchesOf({ libraries }: ImportOptions): (branch: string) => Branch {
  const given = new Map(Object.entries(libraries ?? {}).map(([branch, library]) => [keyOf(branch), library]));
  const told = given.size > 0;
  return (branch) => {
    if (branch === '') return { code: 'value-missing', expected: 'the branch' };
    const library = given.get(keyOf(branch));
    const slug = librarySlugOf(library ?? branch);
    if (library === undefined && (told || isBareCode(branch)))
      return {
        code: 'branch-unmapped',
        expected: `a branch that --library names, as in --library "${discreetly(branch).slice(0, 40)}=<library>" ("libraries" over HTTP)`,
      };
    if (slug === null) return { code: 'library-unusable', expected: LIBRARY_NAME };
    return { slug, byCode: library === undefined };
  };
}

/** Numbers, identifiers such as those of FOLIO, and what may be the number or a contact of a borrower in the wrong column. */
const isBareCode = (branch: string): boolean =>
  !/\p{L}/u.test(branch) ||
  holdsAContact(branch) ||
  /\d{5}/.test(branch) ||
  /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(branch);
