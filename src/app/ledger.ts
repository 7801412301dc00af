/**
 * The engine, put together from its ports: everything a server or a command does with one data directory. It owns the
 * projector: one at a time, live or not.
 */
import { setTimeout } from 'node:timers/promises';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Definition } from '../../contracts/definition.ts';
import type { Series } from '../../contracts/series.ts';
import { ofProblem } from '../domain/ledgerError.ts';
import type { Reconciliation } from '../domain/reconcile.ts';
import type { FactStore } from '../facts/factStore.ts';
import type { Catalogue } from './catalogue.ts';
import type { FeedRegister } from './feedRegister.ts';
import { importFile, type Asked, type ImportChoices } from './importFile.ts';
import type { ImportReport } from './importReport.ts';
import type { ImportFile } from './importParts.ts';
import type { EventLog, HeldSeries, ReadModels, StoredEvent } from './ports.ts';
import type { Progress } from './progress.ts';
import { feedProjector } from './projectFeeds.ts';
import { BATCH_EVENTS, openProjector, type Projector } from './projector.ts';
import { holdsMark, lastMark, type LogMark } from './logMark.ts';
import { dismissalOf, parkedEvents, type Dismissal, type ParkedEvent } from './parked.ts';
import { feedTotals, readFeed, readFeeds, type FeedReport, type FeedTotals } from './readFeeds.ts';
import { readModelsOf } from './readModelsOf.ts';
import { readSeries, type SeriesRequest } from './readSeries.ts';
import { recordedCells, type RecordedCells } from './recordedCells.ts';
import { eachLoan, type RecordedLoans } from './recordedLoans.ts';
import { reconcileForms } from './reconcileForms.ts';
import { recordEvents, type EventOutcome } from './recordEvents.ts';
import { replay, type ReplayResult } from './replay.ts';
import { sentFeeds, type LatelySent, type SentFeeds } from './sentFeeds.ts';
import { verify, type Verification } from './verify.ts';

export interface LedgerPorts {
  readonly log: EventLog;
  readonly readModels: ReadModels;
  readonly feedRegister: FeedRegister;
  readonly catalogue: Catalogue;
  readonly openFacts: () => FactStore;
  /** Deletes the stored facts: they are made again from the log. */
  readonly discardFacts: () => void;
  readonly factsBeside: () => { store: FactStore; discard: () => void };
  readonly now: () => Date;
  /** Told when live projection, or that of the register of feeds, failed; it starts again after a pause. */
  readonly onFailure: (error: unknown) => void;
}

export interface Ledger {
  readonly catalogue: Catalogue;
  /** Knowledge position of the read models. */
  ordinal(): number;
  /** Events in the log. */
  size(): Promise<number>;
  /** The last event of the log, by which `holds` tells whether it is still the same log; null when it is empty. */
  mark(): Promise<LogMark | null>;
  holds(mark: LogMark): Promise<boolean>;
  record(candidates: readonly unknown[]): Promise<EventOutcome[]>;
  /** Cancelled by `signal`: what was recorded until then stays, and importing again goes on. */
  import(file: ImportFile, choices: ImportChoices, progress?: Progress, signal?: AbortSignal): Promise<ImportReport>;
  /** Keeps account of what one sender sends, to tell what is missing of its feeds by then. */
  sentFeeds(): SentFeeds;
  /** What has come of each feed, what is due and what is missing: a page of them, by source, after one. */
  feeds(after: string | null): Promise<FeedReport>;
  /** The same of one. Throws `not-found`. */
  feed(source: string): Promise<FeedReport>;
  feedTotals(): Promise<FeedTotals>;
  /**
   * Resolves when every event that the log has now is in the observations, and in the register of feeds unless that
   * failed, which `onFailure` is told.
   */
  project(progress?: Progress): Promise<void>;
  series(request: SeriesRequest): Promise<Series>;
  held(indicator: string): Promise<readonly HeldSeries[]>;
  replay(definition: Definition, progress?: Progress, signal?: AbortSignal): Promise<ReplayResult>;
  /** Compares what two forms state of the same places and times, the first being the one that is trusted more. */
  reconcile(forms: readonly [string, string], progress?: Progress): Promise<Reconciliation>;
  /** Events that no fact could be made from and that nobody has settled: figures that may depend on them are incomplete. */
  parked(): readonly ParkedEvent[];
  /** How many corrections and retractions name an event that is not in the log; "verify" says which. */
  unmatchedAmendments(): number;
  /** Records that a parked event is not to count, who says so and why. Resolves when the figures say so too. */
  dismiss(ordinal: number, dismissal: Dismissal): Promise<void>;
  /** Forgets facts, observations and the register of feeds and makes them again from the log: parked events are tried again too. */
  rebuild(progress?: Progress): Promise<{ events: number }>;
  verify(progress?: Progress): Promise<Verification>;
  /** Starts live projection: what is recorded from now on becomes visible by itself. */
  goLive(): void;
  close(): Promise<void>;
}

/** Pause before live projection is tried again after a failure, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Least pause after live projection took in all there was, in milliseconds: what arrives meanwhile is one page, so that a
 * steady stream does not spend on commits what recording needs. The first event after a silence shows at once. Where
 * taking a page in takes longer than that, recording gets as long again.
 */
const LIVE_PAUSE_MS = 200;
const LONGEST_LIVE_PAUSE_MS = 500;

/** Opens the engine where it stopped; nothing is projected until `project` or `goLive`. */
export async function openLedger(ports: LedgerPorts, progress?: Progress): Promise<Ledger> {
  const { log, readModels, feedRegister: register, catalogue } = ports;
  let facts = ports.openFacts();
  let projector: Projector = await openProjector({ log, facts, readModels }, catalogue.indicators, progress);
  let live: { stop: AbortController; ended: Promise<void> } | null = null;
  const ordinal = (): number => projector.ordinal();

  /** Whatever moves facts, observations or the register of feeds waits here for its turn: live projection, `project` and `rebuild`. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  }

  const feeds = feedProjector({ log, register });
  const closing = new AbortController();
  let levelling: Promise<void> | null = null;
  /**
   * Brings the register of feeds to where the facts stand, a page at a turn, so that figures need not wait for it. What
   * fails is told, and tried again after a pause: figures go on whatever becomes of the register.
   */
  const levelFeeds = (): Promise<void> =>
    (levelling ??= (async () => {
      try {
        while (!closing.signal.aborted && (await inTurn(() => feeds.step(facts))));
      } catch (error) {
        ports.onFailure(error);
        levelAgain();
      } finally {
        levelling = null;
      }
    })());
  let waiting = false;
  function levelAgain(): void {
    if (waiting) return;
    waiting = true;
    void pause(RETRY_MS, closing.signal).then(() => {
      waiting = false;
      void levelFeeds();
    });
  }
  async function takeFeeds(page: readonly StoredEvent[]): Promise<void> {
    // Whatever keeps the register from taking the page in itself is met, and told, there.
    if (!(await feeds.take(facts, page).catch(() => false))) void levelFeeds();
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await inTurn(() => projector.catchUp(undefined, signal, takeFeeds));
        void levelFeeds();
        for await (const page of log.subscribe(facts.position(), BATCH_EVENTS, signal)) {
          const began = performance.now();
          await inTurn(() => projector.take(page, takeFeeds));
          const taking = performance.now() - began;
          if (page.length < BATCH_EVENTS)
            await pause(Math.min(Math.max(LIVE_PAUSE_MS, taking), LONGEST_LIVE_PAUSE_MS), signal);
        }
      } catch (error) {
        ports.onFailure(error);
        await pause(RETRY_MS, signal);
      }
    }
  }
  function goLive(): void {
    if (live !== null) return;
    const stop = new AbortController();
    live = { stop, ended: run(stop.signal) };
  }
  async function stopLive(): Promise<boolean> {
    if (live === null) return false;
    const { stop, ended } = live;
    live = null;
    stop.abort();
    await ended;
    return true;
  }

  const readersOf = (indicator: string): ReadModels => readModelsOf(readModels, catalogue.find(indicator).projection);
  const parkedUpTo = (to: number): readonly ParkedEvent[] => parkedEvents(facts, to);
  const parked = (): readonly ParkedEvent[] => parkedUpTo(projector.ordinal());
  async function project(report?: Progress): Promise<void> {
    await inTurn(() => projector.catchUp(report, undefined, takeFeeds));
    await levelFeeds();
  }
  const lately: LatelySent = new Map();
  const feedPorts = { register, parked, now: ports.now };

  async function recorded(): Promise<Asked<RecordedCells>> {
    await project();
    const to = facts.rows();
    let looked = facts;
    let cells = recordedCells(facts, to, eventsAt);
    /** A rebuild in between makes the facts anew. */
    const current = (): RecordedCells => {
      if (looked !== facts) [looked, cells] = [facts, recordedCells(facts, Math.min(to, facts.rows()), eventsAt)];
      return cells;
    };
    return {
      of: (events) => inTurn(() => current().of(events)),
      difference: (event) => inTurn(async () => current().difference(event)),
      knows: (authority) => inTurn(async () => current().knows(authority)),
      knowsFeed: (source) => inTurn(async () => current().knowsFeed(source)),
      gone: () => inTurn(() => current().gone()),
    };
  }

  /** The log is read from the last segment before the first of the rows on, and of the segments between them none. */
  async function* eventsAt(rows: readonly number[]): AsyncGenerator<readonly [row: number, event: ActivityEvent]> {
    let [row, position, at]: [number, string | null, number] = [0, null, 0];
    while (at < rows.length) {
      const before = facts.sealedBefore(rows[at] ?? 0);
      if (before.row > row) ({ row, position } = before);
      const page = await log.read(position, BATCH_EVENTS);
      for (const { event } of page) {
        if (rows[at] === row) {
          yield [row, event];
          at += 1;
        }
        row += 1;
      }
      position = page.at(-1)?.position ?? position;
      if (page.length < BATCH_EVENTS) return;
    }
  }

  /** Up to now: loans that are recorded meanwhile are not among them. */
  function recordedLoans(): RecordedLoans {
    const to = facts.rows();
    const looked = new Map<string, Promise<ReadonlySet<number>>>();
    /** A rebuild in between makes the facts anew. */
    const each = (source: string, tell: (row: number, day: number) => void) =>
      inTurn(async () => eachLoan(facts, Math.min(to, facts.rows()), source, tell));
    async function daysIn(source: string): Promise<ReadonlySet<number>> {
      const days = new Set<number>();
      await each(source, (_, day) => days.add(day));
      return days;
    }
    return {
      daysOf(source) {
        const days = looked.get(source) ?? daysIn(source);
        looked.set(source, days);
        return days;
      },
      async *eventsOn(source, days) {
        const rows: number[] = [];
        await each(source, (row, day) => days.has(day) && rows.push(row));
        for await (const [, event] of eventsAt(rows)) yield event;
      },
    };
  }

  async function identitiesOf(rows: readonly number[]): Promise<ReadonlyMap<number, { source: string; id: string }>> {
    const found = new Map<number, { source: string; id: string }>();
    const ascending = [...new Set(rows)].sort((a, b) => a - b);
    for await (const [row, { source, id }] of eventsAt(ascending)) found.set(row, { source, id });
    return found;
  }

  return {
    catalogue,
    ordinal,
    size: () => log.size(),
    mark: () => lastMark(log),
    holds: (mark) => holdsMark(log, mark),
    record: (candidates) => recordEvents(ports, candidates),
    import: (file, choices, report, signal) =>
      importFile(
        { ...ports, recorded, recordedLoans, identitiesOf, readings: facts.readings },
        file,
        choices,
        report,
        signal,
      ),
    sentFeeds: () => sentFeeds({ ...feedPorts, lately, onFailure: ports.onFailure }),
    feeds: (after) => readFeeds(feedPorts, after),
    feed: (source) => readFeed(feedPorts, source),
    feedTotals: () => feedTotals(feedPorts),
    project,
    series: async (request) =>
      readSeries({ readModels: readersOf(request.indicator), catalogue, parked: parkedUpTo }, request),
    held: async (indicator) => readersOf(indicator).held(catalogue.find(indicator).projection),
    replay: (definition, report, signal) =>
      replay({ facts, readModels, catalogue, ordinal, inTurn }, definition, report, signal),
    async reconcile(forms, report) {
      await project();
      return reconcileForms({ log, facts, ordinal: ordinal() }, forms, report);
    },
    parked,
    unmatchedAmendments: () => facts.unmatched(projector.ordinal()).length,
    async dismiss(ordinal, dismissal) {
      const event = dismissalOf(parked(), ordinal, dismissal, ports.now());
      const [outcome] = await recordEvents(ports, [event]);
      if (outcome?.problem !== undefined) throw ofProblem(outcome.problem);
      await project();
    },
    async rebuild(report) {
      const wasLive = await stopLive();
      try {
        return await inTurn(async () => {
          // A log that cannot be read now leaves everything as it is.
          await log.size();
          // Whatever fails from here on, what is at hand then is whole: read models without a checkpoint are made again.
          await register.clear();
          lately.clear();
          await readModels.clear();
          ports.discardFacts();
          facts = ports.openFacts();
          projector = await openProjector({ log, facts, readModels }, catalogue.indicators);
          await projector.catchUp(report, undefined, takeFeeds);
          return { events: projector.ordinal() };
        });
      } finally {
        if (wasLive) goLive();
      }
    },
    async verify(report) {
      // What is stored is read while nothing moves it; the rebuild beside it reads the log, and live projection goes on.
      await project();
      return verify(
        { log, facts, readModels, register, catalogue, inTurn, ordinal, factsBeside: ports.factsBeside },
        report,
      );
    },
    goLive,
    async close() {
      closing.abort();
      await stopLive();
      await levelling;
      await last;
      await readModels.close();
      await log.close();
    },
  };
}

/** Waits, or not any longer once the signal is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);
