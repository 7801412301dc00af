/** `outcomes harvest counter`: fetches the use of online resources from their providers, and imports it. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ERROR_CODES, PARTLY_REFUSED_EXIT } from '../../contracts/errors.ts';
import type { ImportReport } from '../app/importReport.ts';
import type { Progress } from '../app/progress.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { guardedGet } from '../outgoing/guard.ts';
import { harvestCounter, plannedHarvest } from '../outgoing/harvestCounter.ts';
import type { Outcome } from '../outgoing/harvestTasks.ts';
import { patiently, type Effects } from '../outgoing/patience.ts';
import { lockDataDirectory } from '../sql/dataDirectoryLock.ts';
import type { HarvestConfig } from './harvestConfig.ts';
import type { Target } from './target.ts';

const MIB = 1024 * 1024;
const MAX_BYTES = 64 * MIB;
const TIMEOUT_MS = 120_000;

/** What came of a harvest, and the reports of what was imported. */
export interface HarvestResult {
  readonly dryRun: boolean;
  readonly outcomes: readonly Outcome[];
  readonly imports: readonly ImportReport[];
}

/** What would be asked for. Asks nobody and writes nothing. */
export const planHarvest = ({ platforms }: HarvestConfig, data: string): HarvestResult => ({
  dryRun: true,
  outcomes: plannedHarvest(platforms, folderIn(data), new Date()),
  imports: [],
});

const folderIn = (data: string): string => join(data, 'harvest');

/**
 * Harvests what is due and imports it. One harvest at a time: two would ask twice, and each forget what the other has.
 * @throws LedgerError `data-directory-in-use` where another is under way, `interrupted` where it was stopped by hand
 */
export async function harvest(
  { platforms, pauseSeconds }: HarvestConfig,
  data: string,
  target: Target,
  progress: Progress,
): Promise<HarvestResult> {
  const folder = folderIn(data);
  const lock = lockDataDirectory(folder);
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    const effects: Effects = { now: () => new Date(), random: Math.random, sleep };
    const imports: ImportReport[] = [];
    const authorities = new Map(platforms.map(({ name, authority }) => [name, authority]));
    const outcomes = await harvestCounter(platforms, {
      get: guardedGet({
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        userAgent: 'outcome-ledger (COUNTER API harvester)',
        accept: ['application/json'],
        loopback: process.env['OUTCOMES_HARVEST_LOOPBACK'] === 'allowed',
      }),
      atHost: patiently(effects, pauseSeconds * 1000),
      effects,
      folder,
      progress,
      signal: cancel.signal,
      async handOn({ platform, path }) {
        const authority = authorities.get(platform);
        const options = authority === undefined ? {} : { authority };
        // A provider's later word on a month takes the place of its earlier one: that is what it is fetched again for.
        imports.push(await target.import({ path, correct: true, options }, () => undefined, cancel.signal));
      },
    });
    return { dryRun: false, outcomes, imports };
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    lock.release();
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw new LedgerError('interrupted', 'Cancelled.');
  }
}

const UNFETCHED: ReadonlySet<Outcome['is']> = new Set(['again-later', 'given-up']);

/** The exit code of a harvest: 7 where something could not be fetched, 9 where something fetched was refused. */
export function exitCodeOf({ outcomes, imports }: HarvestResult): number {
  if (outcomes.some(({ is }) => UNFETCHED.has(is))) return ERROR_CODES.unavailable.exit;
  const isRefused =
    outcomes.some(({ is }) => is === 'not-imported') || imports.some(({ counts }) => counts.refused > 0);
  return isRefused ? PARTLY_REFUSED_EXIT : 0;
}

const WORDS: Readonly<Record<Outcome['is'], string>> = {
  imported: 'imported',
  'not-imported': 'fetched, and not imported',
  'no-usage': 'not used',
  'not-ready': 'not ready yet: it is asked for again',
  gone: 'no longer held by the provider',
  'again-later': 'not fetched: it is asked for again next time',
  'given-up': 'not fetched: asking again is of no use until something is changed',
  'to-fetch': 'to be asked for',
  'to-import': 'fetched before, to be imported',
};

/** A line for each report and month. */
export function showHarvest({ outcomes, imports }: HarvestResult): string {
  if (outcomes.length === 0) return 'Nothing is due: every month was fetched, and none can have been corrected since.';
  const reports = new Map(imports.map((report) => [report.sha256, report]));
  return outcomes
    .map(({ platform, report, month, is, why, sha256 }) => {
      const imported = is === 'imported' ? reports.get(sha256 ?? '') : undefined;
      const parts = [
        WORDS[is],
        ...(imported === undefined ? [] : [showCounts(imported)]),
        ...(why === null ? [] : [why]),
      ];
      return `${platform} ${report} ${month}: ${parts.join('; ')}`;
    })
    .join('\n');
}

const showCounts = ({ accepted, duplicates, corrected, refused, counts }: ImportReport): string =>
  [
    [accepted, 'recorded'],
    [duplicates, 'recorded before'],
    [corrected, 'corrected'],
    [Math.max(refused, counts.refused), 'refused'],
    [counts.flagged, 'flagged'],
  ]
    .map(([count, what]) => `${formatNumber(count as number, 0)} ${what}`)
    .join(', ');
