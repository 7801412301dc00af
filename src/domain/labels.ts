/** Headers and labels of files, for comparison. */

/** A header or label for comparison: case, spaces, underscores and hyphens do not matter. */
export const keyOf = (label: string): string =>
  label
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
