/** What is to be done about a platform, and what came of it. */
import { LedgerError } from '../domain/ledgerError.ts';
import type { ReportId } from '../importers/counter/counterVocabulary.ts';
import { monthIndexOf, monthsText } from '../importers/table/text.ts';
import type { Platform } from './counterApi.ts';
import { monthsDue } from './harvestPlan.ts';
import type { HarvestState, MonthState } from './harvestState.ts';

/** What is wanted of a platform. */
export interface Harvest extends Platform {
  readonly reports: readonly ReportId[];
  /** First month, since January 1970. */
  readonly since: number;
}

/** `import`: it was fetched before, and could not be imported or was not come to. */
export interface Task {
  readonly report: ReportId;
  /** `2024-01`. */
  readonly month: string;
  readonly do: 'fetch' | 'import';
}

/**
 * What came of one report and month. `again-later` and `given-up` are not written down: the next harvest asks again.
 * `to-fetch` and `to-import` are of a harvest that is only planned.
 */
export interface Outcome {
  readonly platform: string;
  readonly report: ReportId;
  readonly month: string;
  readonly is: 'imported' | 'not-imported' | 'no-usage' | 'not-ready' | 'gone' | 'again-later' | 'given-up' | 'to-fetch' | 'to-import'; // prettier-ignore
  readonly why: string | null;
  readonly sha256: string | null;
}

/** What is to be done, each report from its oldest month on. */
export function tasksOf({ reports, since }: Harvest, state: HarvestState, now: Date): Task[] {
  return reports.flatMap((report) => {
    const states = new Map(Object.entries(state.reports[report] ?? {}).map(([month, is]) => [numberOf(month), is]));
    const saved = [...states].filter(([, { status }]) => status === 'saved').map(([month]) => month);
    const due = new Set(monthsDue(states, since, now));
    return [...saved, ...due]
      .sort((a, b) => a - b)
      .map((month): Task => ({ report, month: monthsText([month]), do: due.has(month) ? 'fetch' : 'import' }));
  });
}

/** The number of a month that a state or a task names. */
export function numberOf(month: string): number {
  const index = monthIndexOf(month);
  if (index === null) throw new LedgerError('internal', `"${month}" is no month.`);
  return index;
}

export const monthState = (state: HarvestState, { report, month }: Task): MonthState | undefined =>
  state.reports[report]?.[month];
