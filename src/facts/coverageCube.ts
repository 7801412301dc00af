/** Who reported out of who should have, by period and place of a level. */
import { firstExpected, isExpected, PANEL_MONTHS_AFTER_LAST } from '../domain/coverage.ts';
import { daysInMonth, firstMonthOf, periodOfMonth } from '../domain/periods.ts';
import { GRAINS } from './columns.ts';
import { dayBits } from './foldReporting.ts';
import type { Level } from './level.ts';
import type { Panel } from './panel.ts';
import type { Reporting } from './planState.ts';
import type { Settlement } from './settle.ts';
import { firstMonth, lastMonth, type Span } from './span.ts';

/** One number for each period and place: index is period × places + place. */
export interface CoverageCube {
  readonly reported: Int32Array;
  readonly expected: Int32Array;
  /** 1: some month is covered only by a longer window. */
  readonly longer: Uint8Array;
  /** 1: some month is covered for a part of its days. */
  readonly part: Uint8Array;
}

/** Coverage in service points × months: of what was chosen where counts compete, else of all that was reported. */
export function coverageOf(
  { days, grain, shut }: Reporting,
  panel: Panel,
  span: Span,
  level: Level,
  { contested, choices }: Settlement,
): CoverageCube {
  const size = (span.last - span.first + 1) * level.names.length;
  const cells: CoverageCube = {
    reported: new Int32Array(size),
    expected: new Int32Array(size),
    longer: new Uint8Array(size),
    part: new Uint8Array(size),
  };
  const finest = GRAINS.indexOf(span.granularity) + 1;
  for (const place of level.members) {
    if (place >= grain.places) continue;
    const number = level.of[place] as number;
    const first = panel.firstReported[place] as number;
    const last = panel.lastReported[place] as number;
    if (last < first) continue;
    const chosen = contested.has(place) ? choices : null;
    const end = Math.min(lastMonth(span), last + PANEL_MONTHS_AFTER_LAST);
    for (let month = Math.max(firstMonth(span), firstExpected(first)); month <= end; month++) {
      const period = periodOfMonth(span.granularity, month);
      // A period that begins after the last month anybody reported has not been reached yet.
      if (firstMonthOf(span.granularity, period) > panel.last) continue;
      const inside = month >= grain.from && month < grain.from + grain.months;
      const at = (month - grain.from) * grain.places + place;
      const seen = inside ? (grain.cells[at] as number) : 0;
      const taken = chosen?.daysTaken(place, month) ?? (inside ? days.cells[at] : 0);
      const isShut = inside && shut.cells[at] === 1 && taken === 0;
      if (!isExpected(month, first, last, isShut)) continue;
      // Others speak for it, or it for others: who should have reported is counted on one side only.
      if (!level.isFinest && chosen?.isLeftOut(place, month) === true) continue;
      const cell = (period - span.first) * level.names.length + number;
      cells.expected[cell]! += 1;
      if (seen === 0) continue;
      if (seen > finest) cells.longer[cell] = 1;
      else if (taken !== 0) {
        cells.reported[cell]! += 1;
        if (taken !== dayBits(1, daysInMonth(month))) cells.part[cell] = 1;
      }
    }
  }
  return cells;
}
