/** Numbers as a file says that it writes them. */

export interface NumberForm {
  readonly thousands?: string | undefined;
  readonly decimal?: string | undefined;
  readonly times?: number | undefined;
}

/** A space between thousands may be one that does not break, as spreadsheets write it. */
const SPACES = '[ \\u00a0\\u202f]';
const LARGEST = Number.MAX_SAFE_INTEGER;

/**
 * Reads cells of one form; null for a cell that is written otherwise: with a sign, leading zeros, a unit, a currency, or
 * with thousands of other than three digits. The product with `times` is exact.
 */
export function writtenNumber({ thousands, decimal, times = 1 }: NumberForm): (text: string) => number | null {
  const gap = thousands === undefined ? null : thousands === ' ' ? SPACES : `\\${thousands}`;
  const grouped = gap === null ? '' : `[1-9]\\d{0,2}(?:${gap}\\d{3})+|`;
  const fraction = decimal === undefined ? '' : `(?:\\${decimal}(\\d{1,6}))?`;
  const written = new RegExp(`^(${grouped}0|[1-9]\\d*)${fraction}$`);
  return (text) => {
    const found = written.exec(text);
    if (found === null) return null;
    const decimals = (found[2] ?? '').replace(/0+$/, '');
    const digits = Number(`${(found[1] ?? '').replace(/\D/g, '')}${decimals}`) * times;
    return digits > LARGEST ? null : digits / 10 ** decimals.length;
  };
}
