/** Item categories in a service's own words, as they are compared with others. */
import { keyOf } from './labels.ts';

/**
 * The words of a category: "Children's E-Books" is `children`, `ebook`. Case, hyphens, apostrophes and a plural s do not
 * matter, and words that mean another thing together are one.
 */
export const wordsOfCategory = (category: string): readonly string[] =>
  keyOf(category.replace(/['’]/g, ''))
    .replace(/\b(non|young|e) /g, '$1')
    .split(' ')
    .map((word) => word.replace(/s$/, ''));

/** Equal for two ways to write one category. */
export const keyOfCategory = (category: string): string => wordsOfCategory(category).join(' ');
