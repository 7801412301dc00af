/** Where a row is about: authority names to codes, and library names to service points. */
import { slugField } from '../../contracts/fields.ts';
import { AUTHORITY_CODE } from '../../contracts/vocabulary.ts';
import { keyOf } from '../domain/labels.ts';
import { slugOf } from './table/text.ts';

/** A place is at most 80 characters, ten of which are the authority's code and the slash. */
const LONGEST_SLUG = 70;

export const LIBRARY_NAME = `a name with letters or digits, at most ${LONGEST_SLUG} of them`;

/** Whether a text is the code of a library authority, such as `E08000021`: that of a nation is not. */
export const isAuthorityCode = (text: string): boolean => AUTHORITY_CODE.test(text);

/**
 * Code of the authority a cell names: the cell itself where it is such a code, else what the option `authorities` says.
 * Null where neither does: names vary too much ("Newcastle City Council", "Newcastle upon Tyne") to be guessed.
 */
export function authorityOf(name: string, authorities: Readonly<Record<string, string>>): string | null {
  if (isAuthorityCode(name)) return name;
  const code = Object.entries(authorities).find(([known]) => keyOf(known) === keyOf(name))?.[1];
  return code !== undefined && isAuthorityCode(code) ? code : null;
}

/** Slug of a library's name within its authority, or null where the name cannot make one. */
export function librarySlugOf(name: string): string | null {
  const slug = slugOf(name);
  return slug === '' || slug.length > LONGEST_SLUG ? null : slug;
}

/** What the option `libraries` names, as far as it gives names that service points can have. */
export const givenLibraries = (
  libraries: Readonly<Record<string, string>> = {},
): readonly (readonly [name: string, slug: string | null])[] =>
  Object.entries(libraries).map(([name, slug]) => [name, slugField.safeParse(slug).success ? slug : null]);
