/**
 * Fetches the use of online resources from COUNTER APIs, month by month, and hands each report on to be imported. What is
 * asked for is asked for patiently; what was fetched is written down before anything is done with it; what was killed goes
 * on where it stopped.
 */
import type { Progress } from '../app/progress.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { CounterException } from '../importers/counter/counterHeader.ts';
import type { ReportId } from '../importers/counter/counterVocabulary.ts';
import { askFor, type Asking } from './askFor.ts';
import { monthState, numberOf, tasksOf, type Harvest, type Outcome, type Task } from './harvestTasks.ts';
import { readState, reportPath, savedReport, saveReport, withMonth, writeState, type HarvestState, type MonthState } from './harvestState.ts'; // prettier-ignore
import { oneAtATime } from './oneAtATime.ts';
import { useLost } from './useLost.ts';
import { withheld } from './withheld.ts';

/** A report as it is handed on. */
export interface Harvested {
  readonly platform: string;
  readonly report: ReportId;
  /** `2024-01`. */
  readonly month: string;
  /** Where its bytes lie, as they were fetched. */
  readonly path: string;
  readonly sha256: string;
}

export interface HarvestPorts extends Asking {
  /** Where states and reports are kept. */
  readonly folder: string;
  /** Imports a report. Throws `invalid-file` or `unknown-format` where nothing of it can be. */
  readonly handOn: (report: Harvested) => Promise<void>;
  readonly progress?: Progress | undefined;
}

/** What a harvest would do, without asking anybody. */
export const plannedHarvest = (harvests: readonly Harvest[], folder: string, now: Date): Outcome[] =>
  harvests.flatMap((harvest) =>
    tasksOf(harvest, readState(folder, harvest.name), now).map(({ report, month, do: what }) => ({
      platform: harvest.name,
      report,
      month,
      is: what === 'fetch' ? 'to-fetch' : 'to-import',
      why: null,
      sha256: null,
    })),
  );

/**
 * Fetches what is due of each platform, platforms side by side, and imports one report at a time.
 * @returns what came of every report and month, by platform
 * @throws LedgerError `interrupted` where the signal was given; `invalid-file` for a state that cannot be read; and whatever
 *   handing on throws, but for a report that cannot be imported
 */
export async function harvestCounter(harvests: readonly Harvest[], ports: HarvestPorts): Promise<Outcome[]> {
  const inTurn = oneAtATime();
  const handOn: HarvestPorts['handOn'] = (report) => inTurn('import', () => ports.handOn(report));
  const plans = harvests.map((harvest) => {
    const state = readState(ports.folder, harvest.name);
    return { harvest, state, tasks: tasksOf(harvest, state, ports.effects.now()) };
  });
  const total = plans.reduce((sum, { tasks }) => sum + tasks.length, 0);
  let done = 0;
  const step = (): void => ports.progress?.('fetching COUNTER reports', (done += 1), total);
  const outcomes = await Promise.all(plans.map((plan) => harvestPlatform(plan, { ...ports, handOn }, step)));
  return outcomes.flat();
}

/** Why nothing more is asked: of any report of the platform, or of one. */
interface Stop {
  readonly is: 'again-later' | 'given-up';
  readonly of: ReportId | 'platform';
  readonly why: string;
}

async function harvestPlatform(
  { harvest, state: before, tasks }: { harvest: Harvest; state: HarvestState; tasks: readonly Task[] },
  ports: HarvestPorts,
  step: () => void,
): Promise<Outcome[]> {
  const { folder, effects } = ports;
  const outcomes: Outcome[] = [];
  const stops = waiting(before, effects.now());
  let state = before;
  const change = (to: HarvestState): void => {
    state = to;
    writeState(folder, state);
  };
  const tell = ({ report, month }: Task, is: Outcome['is'], why: string, sha256: string | null = null): void => {
    const told = why === '' ? null : withheld(harvest.credentials, why);
    outcomes.push({ platform: harvest.name, report, month, is, why: told, sha256 });
  };

  /** Where it cannot be imported it stays saved: a later harvest tries again without fetching it. */
  async function handOver(task: Task, saved: MonthState, sha256: string, bytes: Uint8Array): Promise<void> {
    const { report, month } = task;
    try {
      await ports.handOn({ platform: harvest.name, report, month, path: reportPath(folder, sha256), sha256 });
    } catch (error) {
      if (!(error instanceof LedgerError) || !NOT_IMPORTED.has(error.code)) throw error;
      tell(task, 'not-imported', error.faults[0]?.message ?? error.message, sha256);
      return;
    }
    const { earlier, ...rest } = saved;
    change(withMonth(state, task, { ...rest, status: 'fetched' }));
    const edition = earlier === undefined ? null : savedReport(folder, earlier);
    tell(task, 'imported', useLost(edition, bytes), sha256);
  }

  async function fetchMonth(task: Task): Promise<void> {
    const at = effects.now().toISOString();
    const verdict = await askFor(harvest, { report: task.report, month: numberOf(task.month) }, ports);
    switch (verdict.kind) {
      case 'report': {
        const sha256 = saveReport(folder, verdict.body);
        const earlier = monthState(state, task)?.sha256;
        const exceptions = said(harvest, verdict.exceptions);
        const saved: MonthState = {
          status: 'saved',
          at,
          sha256,
          ...(earlier === undefined ? {} : { earlier }),
          exceptions,
        };
        change(withMonth(state, task, saved));
        return handOver(task, saved, sha256, verdict.body);
      }
      case 'no-usage':
      case 'not-ready':
      case 'gone': {
        const exceptions = said(harvest, verdict.exceptions);
        const sha256 = monthState(state, task)?.sha256;
        change(
          withMonth(state, task, { status: verdict.kind, at, ...(sha256 === undefined ? {} : { sha256 }), exceptions }),
        );
        const words = exceptions.map(({ code, says }) => `${code}: ${says}`);
        if (verdict.kind === 'no-usage' && sha256 !== undefined) words.push(useLost(savedReport(folder, sha256), null));
        return tell(task, verdict.kind, words.filter((word) => word !== '').join('; '));
      }
      case 'again': {
        const { afterMs, why } = verdict;
        if (afterMs !== null)
          change({ ...state, notBefore: new Date(effects.now().getTime() + afterMs).toISOString() });
        stops.push({ is: 'again-later', of: 'platform', why });
        return tell(task, 'again-later', why);
      }
      case 'given-up':
        stops.push({ is: 'given-up', of: verdict.of === 'platform' ? 'platform' : task.report, why: verdict.why });
        return tell(task, 'given-up', verdict.why);
    }
  }

  for (const task of tasks) {
    const kept = monthState(state, task);
    const bytes = task.do === 'import' && kept?.sha256 !== undefined ? savedReport(folder, kept.sha256) : null;
    const stop = stops.find(({ of }) => of === 'platform' || of === task.report);
    if (bytes !== null && kept?.sha256 !== undefined) await handOver(task, kept, kept.sha256, bytes);
    else if (stop === undefined) await fetchMonth(task);
    else tell(task, stop.is, stop.why);
    step();
  }
  return outcomes;
}

const NOT_IMPORTED: ReadonlySet<string> = new Set(['invalid-file', 'unknown-format']);

function waiting({ notBefore }: HarvestState, now: Date): Stop[] {
  if (notBefore === undefined || Date.parse(notBefore) <= now.getTime()) return [];
  return [{ is: 'again-later', of: 'platform', why: `The server asked not to be asked before ${notBefore}` }];
}

const said = ({ credentials }: Harvest, exceptions: readonly CounterException[]): MonthState['exceptions'] =>
  exceptions.map(({ code, says }) => ({ code, says: withheld(credentials, says) }));
