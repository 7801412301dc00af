/**
 * Numbers as a British reader expects them: 1,663,709 and 48.2%. One place for it, so that a page, a chart, a text
 * alternative and a sentence can never write the same figure in two ways.
 */

/** A true minus (U+2212): a hyphen is too short to see beside a digit, and screen readers leave it out. */
const MINUS = '−';

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(decimals: number, asStated: boolean): Intl.NumberFormat {
  const key = `${decimals} ${asStated}`;
  let format = formats.get(key);
  if (format === undefined) {
    // `negative`: a small negative number that rounds to zero is written 0, not −0.
    format = new Intl.NumberFormat('en-GB', {
      minimumFractionDigits: asStated ? 0 : decimals,
      maximumFractionDigits: decimals,
      signDisplay: 'negative',
    });
    formats.set(key, format);
  }
  return format;
}

/**
 * `1,663,709`, `−8.23`: a value with thousands separated and exactly `decimals` decimals (0 to 20). A figure that is quoted
 * as stated has at most as many, and no zeros at the end that nobody stated.
 */
export function formatNumber(value: number, decimals: number, asStated = false): string {
  return formatOf(decimals, asStated).format(value).replace('-', MINUS);
}

/** A value with its unit: `12,288 businesses`, `4.2 loans per person`, but `48.2%` without a space. */
export function formatWithUnit(value: number, decimals: number, unit: string, asStated = false): string {
  const number = formatNumber(value, decimals, asStated);
  return unit === '%' ? `${number}%` : `${number} ${unit}`;
}

/** A change in per cent with its sign: `+47.91%`, `−8.23%`, `0.00%`. */
export function formatPercentChange(percent: number, decimals = 2): string {
  const text = formatNumber(percent, decimals);
  const isZero = !/[1-9]/.test(text);
  return `${percent > 0 && !isZero ? '+' : ''}${text}%`;
}

/** True where a value that is not zero would be written as zero: it is then marked, because 0 would be wrong. */
export function roundsToZero(value: number, decimals: number): boolean {
  return value !== 0 && !/[1-9]/.test(formatNumber(value, decimals));
}

/** A change with its sign: `+1,234.5`, `−3`, `0`. */
export function formatSigned(value: number, decimals: number, asStated = false): string {
  const text = formatNumber(Math.abs(value), decimals, asStated);
  if (!/[1-9]/.test(text)) return text;
  return value > 0 ? `+${text}` : `${MINUS}${text}`;
}
