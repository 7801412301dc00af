/** Percentages of a whole, as cells write them. */

import { isPlain } from '../table/text.ts';

/** What a percentage must look like, for findings. */
export const PERCENTAGE = 'a percentage from 0% to 100% with at most three decimals and its sign, such as 39%';

/** A percentage as a number, or null. Without its sign it is none: 0.39 and 39 may both mean 39%. */
export function percentageOf(cell: string): number | null {
  const digits = /^(0|[1-9]\d{0,2})(\.\d{1,3})?%$/.exec(cell.trim())?.[0].slice(0, -1);
  return digits === undefined || !isPlain(cell) || Number(digits) > 100 ? null : Number(digits);
}
