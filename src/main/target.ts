/**
 * What the commands work on: the data directory itself, or the server that has it open. Both answer alike, so that a
 * command need not know which it is.
 */
import { existsSync, mkdtempSync, openAsBlob, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Definition } from '../../contracts/definition.ts';
import type { Series } from '../../contracts/series.ts';
import { problemSchema } from '../../contracts/errors.ts';
import type { ImportChoices } from '../app/importFile.ts';
import type { ImportReport } from '../app/importReport.ts';
import type { ImportJob } from '../app/importJobs.ts';
import type { Dismissal, ParkedEvent } from '../app/parked.ts';
import type { Progress } from '../app/progress.ts';
import type { FeedReport } from '../app/readFeeds.ts';
import type { SeriesRequest } from '../app/readSeries.ts';
import { RefusedImport } from '../app/refusedImport.ts';
import type { ReplayResult } from '../app/replay.ts';
import type { Verification } from '../app/verify.ts';
import { LedgerError, ofProblem } from '../domain/ledgerError.ts';
import type { Reconciliation } from '../domain/reconcile.ts';
import { definitionOf } from '../files/readDefinitions.ts';
import type { Encoding } from '../files/decodeText.ts';
import { openPath } from '../files/openFile.ts';
import type { ImportOptions } from '../importers/importer.ts';
import type { Config } from './config.ts';
import { withoutBorrowers } from './pseudonymise.ts';
import { openEngine, type Engine } from './openEngine.ts';
import { readServerRecord, type ServerRecord } from './serverRecord.ts';

export interface ImportRequest extends ImportChoices {
  readonly path: string;
  readonly encoding?: Encoding | undefined;
  readonly options: ImportOptions;
}

/** A definition as text, or the id of an active one. */
export type ReplayRequest = { readonly yaml: string; readonly name: string } | { readonly indicator: string };

/** An indicator as a list names it. */
export interface ListedIndicator {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Periods that progress is measured from, each with the place it is for where it is for one only. */
  readonly baselines: Definition['baselines'];
}

export interface Target {
  indicators(): Promise<readonly ListedIndicator[]>;
  import(request: ImportRequest, progress: Progress, signal: AbortSignal): Promise<ImportReport>;
  replay(request: ReplayRequest, progress: Progress, signal: AbortSignal): Promise<ReplayResult>;
  series(request: SeriesRequest): Promise<Series>;
  reconcile(forms: readonly [string, string], progress: Progress): Promise<Reconciliation>;
  parked(): Promise<readonly ParkedEvent[]>;
  dismiss(ordinal: number, dismissal: Dismissal): Promise<void>;
  /** How all feeds stand, or one. */
  feeds(source?: string): Promise<FeedReport>;
  rebuild(progress: Progress): Promise<{ events: number }>;
  verify(progress: Progress): Promise<Verification>;
  close(): Promise<void>;
}

/** How a command needs what it works on. */
export interface Opening {
  /** For a rebuild: what is derived and damaged must not keep it from starting. */
  readonly startAgain?: boolean;
  /** For an import: a data directory that is not there is made. */
  readonly make?: boolean;
  /** For a trial: where there is no data directory, one that is gone afterwards. */
  readonly scratch?: boolean;
}

/**
 * The directory where it is free, else the server that has it. Throws `data-directory-in-use` where neither answers, and
 * `not-found` where there is no such directory, which then is not made: it is a mistyped one.
 */
export async function openTarget(config: Config, progress: Progress, choices: Opening = {}): Promise<Target> {
  if (choices.scratch === true && isMissing(config)) return inScratch(config, progress);
  if (choices.make !== true) refuseMissing(config);
  let engine: Engine;
  try {
    engine = await openEngine(config, { onFailure: () => undefined }, progress, choices);
  } catch (error) {
    const record = readServerRecord(config.data);
    if (!(error instanceof LedgerError) || error.code !== 'data-directory-in-use' || record === null) throw error;
    await ping(record);
    return throughServer(record);
  }
  return directly(engine);
}

/** With a log elsewhere a new directory is no mistake: all that it will hold is made again from the log. */
export function refuseMissing(config: Config): void {
  if (!isMissing(config)) return;
  throw new LedgerError('not-found', `There is no data directory ${config.data}.`, {
    hint: 'Name it with --data or OUTCOMES_DATA; "outcomes import" and "outcomes serve" make a new one.',
  });
}

const isMissing = ({ data, logUrl, eventStoreUrl }: Config): boolean =>
  logUrl === null && eventStoreUrl === null && !existsSync(data);

async function inScratch(config: Config, progress: Progress): Promise<Target> {
  const data = mkdtempSync(join(tmpdir(), 'outcomes-trial-'));
  const target = directly(await openEngine({ ...config, data }, { onFailure: () => undefined }, progress));
  return {
    ...target,
    async close() {
      await target.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function directly(engine: Engine): Target {
  const { ledger } = engine;
  return {
    async import({ path, encoding, options, ...choices }, progress, signal) {
      const report = await ledger.import({ ...(await openPath(path, encoding)), options }, choices, progress, signal);
      await ledger.project(progress);
      return report;
    },
    async replay(request, progress, signal) {
      await ledger.project(progress);
      const definition =
        'yaml' in request
          ? definitionOf(request.yaml, request.name)
          : ledger.catalogue.find(request.indicator).definition;
      return ledger.replay(definition, progress, signal);
    },
    indicators: () =>
      Promise.resolve(
        ledger.catalogue.indicators.map(({ definition: { id, title, unit, baselines } }) => ({
          id,
          title,
          unit: unit.label,
          baselines,
        })),
      ),
    async series(request) {
      await ledger.project();
      return ledger.series(request);
    },
    reconcile: (forms, progress) => ledger.reconcile(forms, progress),
    async parked() {
      await ledger.project();
      return ledger.parked();
    },
    async dismiss(ordinal, dismissal) {
      await ledger.project();
      await ledger.dismiss(ordinal, dismissal);
    },
    async feeds(source) {
      await ledger.project();
      return source === undefined ? allFeeds((after) => ledger.feeds(after)) : ledger.feed(source);
    },
    rebuild: (progress) => ledger.rebuild(progress),
    verify: (progress) => ledger.verify(progress),
    close: () => engine.close(),
  };
}

function throughServer({ address, key }: ServerRecord): Target {
  const command = async <T>(
    path: string,
    body: string,
    type: string,
    progress: Progress,
    signal?: AbortSignal,
  ): Promise<T> => {
    const response = await reach(new URL(path, address), {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.headers.get('content-type')?.includes('problem') === true) throw problemError(await response.json());
    for await (const line of linesOf(response)) {
      if (line.progress !== undefined) progress(line.progress.doing, line.progress.done, line.progress.total);
      if (line.problem !== undefined) throw problemError(line.problem);
      if (line.result !== undefined) return line.result as T;
    }
    throw new LedgerError('unavailable', 'The server stopped before it had answered.', {
      hint: 'Look at its output, then try again.',
    });
  };
  const askJob = async (path: string, init: RequestInit): Promise<Job> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' };
    const response = await reach(new URL(path, address), { ...init, headers });
    const body: unknown = await response.json();
    if (!response.ok) throw problemError(body);
    return body as Job;
  };
  /** Asks after a job until it has ended. */
  const watched = async (job: Job, progress: Progress, signal: AbortSignal): Promise<ImportReport> => {
    const path = `/v1/imports/${job.id}`;
    for (let now = job; ; now = await askJob(path, {})) {
      if (now.problem !== null && now.report !== null) throw new RefusedImport(problemError(now.problem), now.report);
      if (now.problem !== null) throw problemError(now.problem);
      if (now.report !== null) return now.report;
      if (now.progress !== null) progress(now.progress.doing, now.progress.done, now.progress.total);
      if (signal.aborted) {
        await askJob(path, { method: 'DELETE' });
        throw new LedgerError('interrupted', 'Cancelled.', { hint: 'What was recorded stays recorded.' });
      }
      await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  return {
    async import({ path, encoding, format, strict, dryRun, correct, options: given }, progress, signal) {
      // Keys are used here: what is sent names nobody.
      const { pseudonymOf: _, ...options } = given;
      const copy = withoutBorrowers({ ...(await openPath(path, encoding)), options: given }, format);
      const query = new URLSearchParams({ file: basename(path) });
      if (format !== undefined) query.set('format', format);
      if (copy === null && encoding !== undefined) query.set('encoding', encoding);
      for (const [name, isSet] of Object.entries({ strict, dryRun, correct }))
        if (isSet === true) query.set(name, 'true');
      if (Object.keys(options).length > 0) query.set('options', optionsText(options));
      const body = copy === null ? await openAsBlob(path) : new Blob([...copy]);
      const job = await askJob(`/v1/imports?${query.toString()}`, { method: 'POST', body });
      return watched(job, progress, signal);
    },
    replay: (request, progress, signal) =>
      'yaml' in request
        ? command(
            `/v1/commands/replay?file=${encodeURIComponent(request.name)}`,
            request.yaml,
            'application/yaml',
            progress,
            signal,
          )
        : command('/v1/commands/replay', JSON.stringify(request), 'application/json', progress, signal),
    async indicators() {
      const response = await reach(new URL('/v1/indicators', address), {});
      const body: unknown = await response.json();
      if (!response.ok) throw problemError(body);
      return (body as { indicators: ListedIndicator[] }).indicators.map(({ id, title, unit, baselines }) => ({
        id,
        title,
        unit,
        baselines,
      }));
    },
    async series({ indicator, granularity, ...rest }) {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries({ ...rest, by: granularity }))
        if (value !== undefined) query.set(name, value);
      const response = await reach(
        new URL(`/v1/indicators/${encodeURIComponent(indicator)}/series?${query.toString()}`, address),
        {
          headers: { accept: 'application/json' },
        },
      );
      const body: unknown = await response.json();
      if (!response.ok) throw problemError(body);
      return body as Series;
    },
    reconcile: (forms, progress) =>
      command('/v1/commands/reconcile', JSON.stringify({ forms }), 'application/json', progress),
    async parked() {
      const response = await reach(new URL('/v1/parked', address), {});
      const body: unknown = await response.json();
      if (!response.ok) throw problemError(body);
      return (body as { parked: ParkedEvent[] }).parked;
    },
    async dismiss(ordinal, dismissal) {
      const response = await reach(new URL(`/v1/parked/${ordinal}/dismissal`, address), {
        method: 'POST',
        body: JSON.stringify(dismissal),
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      });
      if (!response.ok) throw problemError(await response.json());
    },
    async feeds(source) {
      const ask = async (path: string): Promise<FeedReport> => {
        const response = await reach(new URL(path, address), { headers: { accept: 'application/json' } });
        const body: unknown = await response.json();
        if (!response.ok) throw problemError(body);
        return body as FeedReport;
      };
      if (source !== undefined) return ask(`/v1/feeds/${encodeURIComponent(source)}`);
      return allFeeds((after) => ask(after === null ? '/v1/feeds' : `/v1/feeds?after=${encodeURIComponent(after)}`));
    },
    rebuild: (progress) => command('/v1/commands/rebuild', '', 'application/json', progress),
    verify: (progress) => command('/v1/commands/verify', '', 'application/json', progress),
    close: () => Promise.resolve(),
  };
}

/** Between two questions after a job. */
const POLL_MS = 250;

/** All feeds, asked for page by page. */
async function allFeeds(ask: (after: string | null) => Promise<FeedReport>): Promise<FeedReport> {
  let report = await ask(null);
  for (let { next } = report; next !== null;) {
    const page = await ask(next);
    report = { ...page, feeds: [...report.feeds, ...page.feeds] };
    next = page.next;
  }
  return report;
}

/** Options as they are sent: a mapping goes as the text that it is. */
const optionsText = ({ mapping, ...options }: ImportOptions): string =>
  JSON.stringify({ ...options, ...(mapping === undefined ? {} : { mapping: mapping.text }) });

const PING_MS = 5_000;

/** Makes sure that somebody is there: a process that is stopped would keep a command waiting for ever. */
async function ping({ address }: ServerRecord): Promise<void> {
  await reach(new URL('/health/live', address), { signal: AbortSignal.timeout(PING_MS) });
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted === true && (error as Error).name !== 'TimeoutError')
      throw new LedgerError('interrupted', 'Cancelled.');
    throw new LedgerError(
      'data-directory-in-use',
      `Another process has the data directory open, and ${url.origin} does not answer.`,
      {
        hint: `Stop that process, or wait until it has started (${(error as Error).message}).`,
      },
    );
  }
}

type Job = Pick<ImportJob, 'id' | 'progress' | 'report' | 'problem'>;

interface CommandLine {
  readonly progress?: { readonly doing: string; readonly done: number; readonly total: number };
  readonly result?: unknown;
  readonly problem?: unknown;
}

async function* linesOf(response: Response): AsyncGenerator<CommandLine> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of response.body ?? []) {
    rest += decoder.decode(piece as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as CommandLine;
  }
}

function problemError(body: unknown): LedgerError {
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success)
    return new LedgerError('unavailable', 'The server answered something that is not a problem document.');
  return ofProblem(parsed.data);
}
