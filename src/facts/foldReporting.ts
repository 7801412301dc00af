/** Who reported which months, for coverage. */
import { civilOf, daysInMonth } from '../domain/periods.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import { indicesOf, monthAt, type Block, type Selection } from './block.ts';
import { METHODS } from '../domain/fact.ts';
import { GRAINS, spanOf, STATES } from './columns.ts';
import { valuesOf, type Additive } from './foldSums.ts';
import { covering } from './grid.ts';
import type { Reporting } from './planState.ts';

const SAMPLED = METHODS.indexOf('sample-week');
const UNPLACED = GRAINS.indexOf('unplaced');
/** Longer windows and sample weeks reach at most so many months on. */
const REACH_MONTHS = 11;

/** Adds what the selected rows of a block report. */
export function foldReporting(reporting: Reporting, part: Additive, block: Block, selection: Selection): void {
  const { plain } = block.zone;
  const extent = plain ? block.extent : { ...block.extent, to: block.extent.to + REACH_MONTHS };
  reporting.days = covering(reporting.days, extent, 1);
  reporting.grain = covering(reporting.grain, extent, 1);
  reporting.shut = covering(reporting.shut, extent, 1);
  (plain ? reportPlain : reportAny)(reporting, part, block, selection);
}

function reportAny({ days, grain: grains, shut }: Reporting, part: Additive, block: Block, selection: Selection): void {
  const { columns } = block;
  const { values, fill } = valuesOf(part, block);
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    const value = values === undefined ? fill : (values[row] as number);
    const place = columns.place?.[row] ?? 0;
    const month = monthAt(block, row);
    const grain = columns.grain?.[row] ?? 0;
    if (grain === UNPLACED) continue;
    const state = STATES[columns.state?.[row] ?? 0];
    // Who states sessions has not reported hours.
    if (state === 'counted' && value !== value) continue;
    const sampled = (columns.method?.[row] ?? 0) === SAMPLED;
    const span = sampled ? SAMPLE_MONTHS : spanOf(grain, columns.days?.[row] ?? 1);
    for (let at = month; at < month + span; at++) {
      const cell = (at - days.from) * days.places + place;
      if (state === 'counted') {
        const first = grain === 0 && !sampled ? civilOf(columns.day?.[row] ?? 0).date : 1;
        const length = grain === 0 && !sampled ? (columns.days?.[row] ?? 1) : daysInMonth(at);
        days.cells[cell]! |= dayBits(first, length);
        const seen = grains.cells[cell] ?? 0;
        if (seen === 0 || grain + 1 < seen) grains.cells[cell] = grain + 1;
      } else if (state === 'not-open' || state === 'not-applicable') shut.cells[cell] = 1;
    }
  }
}

/** The same where every row is a number for some days of one month. */
function reportPlain({ days, grain }: Reporting, part: Additive, block: Block, selection: Selection): void {
  const { values, fill } = valuesOf(part, block);
  if (values === undefined && Number.isNaN(fill)) return;
  const { day, days: lengths } = block.columns;
  const { dates, minDay } = block.calendar;
  const index = indicesOf(block, days.from, days.places, 1);
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    if (values !== undefined && Number.isNaN(values[row])) continue;
    const cell = index[row] as number;
    const first = dates[day === undefined ? 0 : (day[row] as number) - minDay] as number;
    days.cells[cell]! |= lengths === undefined ? 1 << (first - 1) : dayBits(first, lengths[row] as number);
    grain.cells[cell] = 1;
  }
}

/** Bits of `length` days from the `first` of a month (1 to 31). */
export const dayBits = (first: number, length: number): number =>
  length >= 32 ? -1 : ((length === 31 ? 0x7fffffff : (1 << length) - 1) << (first - 1)) | 0;
