/** Which months of a report are to be asked for. Months are counted from January 1970. */
import { DAY_MS, monthOf } from '../domain/periods.ts';
import type { MonthState } from './harvestState.ts';

/** Providers have three months to correct what they have reported (COUNTER Code of Practice, section 7.11). */
export const CORRECTION_MONTHS = 3;
/** What may change is not asked for again within a day: a harvest that is started twice asks once. */
const ASKED_LATELY_MS = DAY_MS;

const monthAt = (ms: number): number => monthOf(Math.floor(ms / DAY_MS));

/** The last month that is over. */
export const lastWholeMonth = (now: Date): number => monthAt(now.getTime()) - 1;

/**
 * The months to ask for, oldest first: those never asked for, those not ready when last asked for, and those that were
 * last fetched while they could still be corrected. The last three are so fetched again each time, and every month once
 * more when its time for corrections is over.
 * @param since  the first month wanted
 */
export function monthsDue(states: ReadonlyMap<number, MonthState>, since: number, now: Date): number[] {
  const months = Array.from({ length: Math.max(0, lastWholeMonth(now) - since + 1) }, (_, i) => since + i);
  return months.filter((month) => {
    const state = states.get(month);
    return state === undefined || isDue(state, month, now);
  });
}

function isDue({ status, at }: MonthState, month: number, now: Date): boolean {
  // It is to be handed on, not asked for.
  if (status === 'saved' || status === 'gone') return false;
  const asked = Date.parse(at);
  if (now.getTime() - asked < ASKED_LATELY_MS) return false;
  return status === 'not-ready' || monthAt(asked) <= month + CORRECTION_MONTHS;
}
