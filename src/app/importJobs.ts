/**
 * Imports that are uploaded and asked after later. A file is on disk before its sender is told so; jobs are worked off one
 * after another, and go on after a restart: importing a file again counts nothing twice.
 */
import type { Problem } from '../../contracts/errors.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import type { ImportOptions } from '../importers/importer.ts';
import type { ImportChoices } from './importFile.ts';
import type { ImportReport } from './importReport.ts';
import type { Content, ImportFile } from './importParts.ts';
import type { Progress } from './progress.ts';
import { RefusedImport } from './refusedImport.ts';

export interface ImportRequest {
  readonly fileName: string;
  readonly encoding?: 'utf-8' | 'windows-1252' | undefined;
  /** What can be sent: a key for pseudonyms stays where the people are known, and readings are those of the engine. */
  readonly options: Omit<ImportOptions, 'pseudonymOf' | 'readings'>;
  readonly choices: ImportChoices;
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** How far a job has come. `total` 0: not known. `secondsLeft` null: not known. */
export interface JobProgress {
  readonly doing: string;
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
  readonly secondsLeft: number | null;
}

export interface ImportJob {
  readonly id: string;
  readonly request: ImportRequest;
  readonly received: string;
  readonly ended: string | null;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  /** What was found; also of a file of which nothing was recorded. */
  readonly report: ImportReport | null;
  readonly problem: Problem | null;
}

/** Where uploaded files and what is known of their jobs are kept. */
export interface Uploads {
  /** Resolves when all of it is durable. What is left of an upload that failed is removed. */
  keep(id: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Throws LedgerError `invalid-file` for what cannot be read. */
  open(id: string, request: ImportRequest): Promise<Content & { readonly fileName: string; readonly sha256: string }>;
  /** Makes what is known of a job durable. */
  save(job: ImportJob): void;
  /** All jobs, in the order in which they were received. */
  load(): readonly ImportJob[];
  /** Removes the file of a job, which may have none. */
  discardFile(id: string): void;
  /** Removes a job and its file. */
  forget(id: string): void;
}

export interface ImportJobsPorts {
  readonly uploads: Uploads;
  readonly run: (
    file: ImportFile,
    choices: ImportChoices,
    progress: Progress,
    signal: AbortSignal,
  ) => Promise<ImportReport>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface ImportJobs {
  /** Throws `overloaded` where too many wait: before anything of the body is read. */
  submit(request: ImportRequest, body: AsyncIterable<Uint8Array>): Promise<ImportJob>;
  list(): readonly ImportJob[];
  /** Throws `not-found`. */
  get(id: string): ImportJob;
  /** Ends a job that waits or runs; what it recorded so far stays recorded. Throws `not-found`. */
  cancel(id: string): ImportJob;
  /** Lets the job that runs come to a stop; it goes on after the next start. */
  close(): Promise<void>;
}

/** Jobs that may wait, uploads under way included. */
const WAITING = 8;
/** Jobs that are remembered when they have ended. */
const REMEMBERED = 100;

/** Opens the jobs where they stopped, and goes on with them. */
export function openImportJobs({ uploads, run, now, newId }: ImportJobsPorts): ImportJobs {
  const jobs = new Map<string, ImportJob>();
  const queue: string[] = [];
  let uploading = 0;
  let running: { readonly id: string; readonly stop: AbortController } | null = null;
  let closing = false;
  let ended: Promise<void> = Promise.resolve();

  function change(id: string, changes: Partial<ImportJob>): ImportJob {
    const job = { ...get(id), ...changes };
    jobs.set(id, job);
    return job;
  }
  function get(id: string): ImportJob {
    const job = jobs.get(id);
    if (job === undefined)
      throw new LedgerError('not-found', `There is no import "${id}".`, {
        hint: `The last ${REMEMBERED} are remembered: GET /v1/imports lists them.`,
      });
    return job;
  }

  function end(id: string, changes: Partial<ImportJob>): ImportJob {
    const job = change(id, { ...changes, progress: null, ended: now().toISOString() });
    uploads.save(job);
    uploads.discardFile(id);
    const over = [...jobs.values()].filter((each) => each.ended !== null).slice(0, -REMEMBERED);
    for (const old of over) {
      jobs.delete(old.id);
      uploads.forget(old.id);
    }
    return job;
  }

  async function work(id: string): Promise<void> {
    const stop = new AbortController();
    running = { id, stop };
    const { request } = change(id, { state: 'running' });
    // What was told to be cancelled stays so, also where the end came first.
    const endOnce = (changes: Partial<ImportJob>): void => {
      if (jobs.get(id)?.state === 'running') end(id, changes);
    };
    try {
      const file = { ...(await uploads.open(id, request)), options: request.options } as ImportFile;
      const report = await run(file, request.choices, progressOf(id), stop.signal);
      endOnce({ state: 'done', report });
    } catch (error) {
      // A server that stops leaves the job as it is on disk: waiting.
      if (closing) return;
      const report = error instanceof RefusedImport ? error.report : null;
      endOnce({ state: 'failed', problem: toProblem(error), report });
    } finally {
      running = null;
    }
  }

  function progressOf(id: string): Progress {
    let [stage, began] = ['', 0];
    return (doing, done, total) => {
      const at = now().getTime();
      if (doing !== stage) [stage, began] = [doing, at];
      const seconds = (at - began) / 1000;
      const perSecond = seconds > 0 ? Math.round(done / seconds) : 0;
      const secondsLeft = total > done && perSecond > 0 ? Math.ceil((total - done) / perSecond) : null;
      if (jobs.get(id)?.state === 'running') change(id, { progress: { doing, done, total, perSecond, secondsLeft } });
    };
  }

  function next(): void {
    ended = ended
      .then(async () => {
        // None where it was cancelled meanwhile.
        const id = queue.shift();
        if (id !== undefined && !closing) await work(id);
      })
      // How a job ended may not be writable to a full disk. It is told as long as the server runs, and others go on.
      .catch(() => undefined);
  }

  for (const job of uploads.load()) {
    const unfinished = job.ended === null;
    jobs.set(job.id, unfinished ? { ...job, state: 'waiting', progress: null } : job);
    if (!unfinished) continue;
    queue.push(job.id);
    next();
  }

  return {
    async submit(request, body) {
      if (queue.length + uploading >= WAITING)
        throw new LedgerError('overloaded', `${WAITING} imports are waiting already.`, {
          hint: 'Send the file again after the time in Retry-After.',
        });
      const id = newId();
      uploading += 1;
      try {
        await uploads.keep(id, body);
      } finally {
        uploading -= 1;
      }
      const job: ImportJob = {
        id,
        request,
        received: now().toISOString(),
        ended: null,
        state: 'waiting',
        progress: null,
        report: null,
        problem: null,
      };
      uploads.save(job);
      jobs.set(id, job);
      queue.push(id);
      next();
      return job;
    },
    list: () => [...jobs.values()].reverse(),
    get,
    cancel(id) {
      const job = get(id);
      if (job.ended !== null) return job;
      const cancelled = end(id, { state: 'cancelled' });
      const place = queue.indexOf(id);
      if (place >= 0) queue.splice(place, 1);
      if (running?.id === id) running.stop.abort();
      return cancelled;
    },
    async close() {
      closing = true;
      running?.stop.abort();
      await ended;
    },
  };
}
