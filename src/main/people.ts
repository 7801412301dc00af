/** Pseudonyms of borrowers for an import, by the keys in the data directory. */
import { join } from 'node:path';
import { financialYearOf } from '../domain/periods.ts';
import { pseudonym } from '../identity/pseudonym.ts';
import { keyFor } from '../identity/pseudonymKeys.ts';
import type { ImportOptions } from '../importers/importer.ts';

/** Over which time a borrower keeps a pseudonym: a financial year, or always. */
export const LINKING = ['financial-year', 'always'] as const;
export type Linking = (typeof LINKING)[number];

/** The folder of keys in a data directory. */
export const keysIn = (data: string): string => join(data, 'keys');

/** What an importer asks for pseudonyms; it answers null where there is no key. Each key is read once. */
export function pseudonymsBy(data: string, linking: Linking): NonNullable<ImportOptions['pseudonymOf']> {
  const keys = new Map<string, Buffer | null>();
  return ({ source, day, number }) => {
    const scope = linking === 'always' ? linking : financialYearOf(day);
    const name = `${source}\n${scope}`;
    let key = keys.get(name);
    if (key === undefined) keys.set(name, (key = keyFor(keysIn(data), { source, scope })));
    return key === null ? null : pseudonym(key, number);
  };
}
