import { firstExpected } from '../domain/coverage.ts';
import type { Reporting } from './planState.ts';

/** First and last month that each place reported (last < first where it never did), the first month expected of anybody, and the last reported. */
export interface Panel {
  readonly firstReported: Int32Array;
  readonly lastReported: Int32Array;
  readonly first: number;
  readonly last: number;
}

/** The panel of an indicator, from who reported what. */
export function panelOf({ grain }: Reporting): Panel {
  const firstReported = new Int32Array(grain.places).fill(0x7fffffff);
  const lastReported = new Int32Array(grain.places).fill(-0x80000000);
  let first = Infinity;
  let last = -Infinity;
  for (let month = 0; month < grain.months; month++) {
    for (let place = 0; place < grain.places; place++) {
      if (grain.cells[month * grain.places + place] === 0) continue;
      const at = grain.from + month;
      firstReported[place] = Math.min(firstReported[place] as number, at);
      lastReported[place] = Math.max(lastReported[place] as number, at);
      first = Math.min(first, firstExpected(at));
      last = Math.max(last, at);
    }
  }
  return { firstReported, lastReported, first, last };
}
