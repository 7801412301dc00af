/**
 * What the commands work on: the data directory itself, or the server that has it open. Both answer alike, so that a
 * command need not know which it is.
 */
import { existsSync } from 'node:fs';
import type { Definition } from '../../contracts/definition.ts';
import type { Series } from '../../contracts/series.ts';
import { problemSchema } from '../../contracts/errors.ts';
import type { ImportReport } from '../app/importFile.ts';
import type { Dismissal, ParkedEvent } from '../app/parked.ts';
import type { Progress } from '../app/progress.ts';
import type { SeriesRequest } from '../app/readSeries.ts';
import type { ReplayResult } from '../app/replay.ts';
import type { Verification } from '../app/verify.ts';
import { LedgerError, ofProblem } from '../domain/ledgerError.ts';
import { definitionOf } from '../files/readDefinitions.ts';
import type { Encoding } from '../files/decodeText.ts';
import { openBytes } from '../files/openFile.ts';
import type { ImportOptions } from '../importers/importer.ts';
import type { Config } from './config.ts';
import { withoutBorrowers } from './pseudonymise.ts';
import { openEngine, type Engine } from './openEngine.ts';
import { readServerRecord, type ServerRecord } from './serverRecord.ts';

export interface ImportRequest {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly encoding?: Encoding | undefined;
  readonly format?: string | undefined;
  readonly strict: boolean;
  readonly dryRun: boolean;
  readonly correct: boolean;
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
  import(request: ImportRequest, progress: Progress): Promise<ImportReport>;
  replay(request: ReplayRequest, progress: Progress, signal: AbortSignal): Promise<ReplayResult>;
  series(request: SeriesRequest): Promise<Series>;
  parked(): Promise<readonly ParkedEvent[]>;
  dismiss(ordinal: number, dismissal: Dismissal): Promise<void>;
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
}

/**
 * The directory where it is free, else the server that has it. Throws `data-directory-in-use` where neither answers, and
 * `not-found` where there is no such directory, which then is not made: it is a mistyped one.
 */
export async function openTarget(config: Config, progress: Progress, choices: Opening = {}): Promise<Target> {
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
export function refuseMissing({ data, logUrl, eventStoreUrl }: Config): void {
  if (logUrl !== null || eventStoreUrl !== null || existsSync(data)) return;
  throw new LedgerError('not-found', `There is no data directory ${data}.`, {
    hint: 'Name it with --data or OUTCOMES_DATA; "outcomes import" and "outcomes serve" make a new one.',
  });
}

function directly(engine: Engine): Target {
  const { ledger } = engine;
  return {
    async import({ fileName, bytes, encoding, options, ...choices }, progress) {
      const report = await ledger.import({ ...openBytes(fileName, bytes, encoding), options }, choices, progress);
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
    async parked() {
      await ledger.project();
      return ledger.parked();
    },
    async dismiss(ordinal, dismissal) {
      await ledger.project();
      await ledger.dismiss(ordinal, dismissal);
    },
    rebuild: (progress) => ledger.rebuild(progress),
    verify: (progress) => ledger.verify(progress),
    close: () => engine.close(),
  };
}

function throughServer({ address, key }: ServerRecord): Target {
  const command = async <T>(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
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
  return {
    import({ fileName, bytes, encoding, format, strict, dryRun, correct, options: given }, progress) {
      // Keys are used here: what is sent names nobody.
      const { pseudonymOf: _, ...options } = given;
      const copy = withoutBorrowers({ ...openBytes(fileName, bytes, encoding), options: given }, format);
      const query = new URLSearchParams({ file: fileName });
      if (format !== undefined) query.set('format', format);
      if (copy === null && encoding !== undefined) query.set('encoding', encoding);
      if (strict) query.set('strict', 'true');
      if (dryRun) query.set('dryRun', 'true');
      if (correct) query.set('correct', 'true');
      if (Object.keys(options).length > 0) query.set('options', JSON.stringify(options));
      return command(
        `/v1/commands/import?${query.toString()}`,
        copy === null ? new Uint8Array(bytes) : new TextEncoder().encode([...copy].join('')),
        'application/octet-stream',
        progress,
      );
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
    rebuild: (progress) => command('/v1/commands/rebuild', '', 'application/json', progress),
    verify: (progress) => command('/v1/commands/verify', '', 'application/json', progress),
    close: () => Promise.resolve(),
  };
}

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
