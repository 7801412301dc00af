/** A file that a library publishes already: read by the importer of its format, recorded like any other events. */
import { setImmediate } from 'node:timers/promises';
import { typeOf, type ActivityEvent, type FactBody } from '../../contracts/activityEvent.ts';
import { latestAfter } from '../domain/implausible.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Readings } from '../domain/readings.ts';
import type { Finding } from '../importers/importer.ts';
import { importCourse, type ImportCourse } from './importCourse.ts';
import {
  broken,
  cellsByRow,
  formulasIn,
  goneFrom,
  newAuthorities,
  otherwise,
  overlapsIn,
  statedTwice,
  unlikeBefore,
} from './importFindings.ts';
import { importParts, type ImportFile, type ImportPart, type Piece } from './importParts.ts';
import type { ImportReport } from './importReport.ts';
import { refusedImport } from './refusedImport.ts';
import type { EventLog } from './ports.ts';
import { overlapsOf, type Known } from './overlappingExports.ts';
import type { Progress } from './progress.ts';
import type { RecordedLoans } from './recordedLoans.ts';
import type { RecordedCells, Standing, Verdict } from './recordedCells.ts';
import { checkEvent, recordChecked } from './recordEvents.ts';

/** How a file is to be imported. */
export interface ImportChoices {
  readonly format?: string | undefined;
  /** Record nothing of a file in which anything is refused. */
  readonly strict?: boolean | undefined;
  /** Record nothing at all, and say what would be. */
  readonly dryRun?: boolean | undefined;
  /** Where another number is recorded, record that the file corrects it. */
  readonly correct?: boolean | undefined;
}

export interface ImportPorts {
  readonly log: EventLog;
  readonly now: () => Date;
  /** What is recorded already. */
  readonly recorded: () => Promise<Asked<RecordedCells>>;
  /** Single loans that are recorded when it is asked. */
  readonly recordedLoans: () => RecordedLoans;
  /** Source and id of the events of these rows. */
  readonly identitiesOf: (rows: readonly number[]) => Promise<ReadonlyMap<number, Identity>>;
  /** In force: importers tell what they leave unknown. */
  readonly readings: Readings;
}

/** The same questions, answered when it is their turn. */
export type Asked<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

type Identity = Pick<ActivityEvent, 'source' | 'id'>;

const BATCH_EVENTS = 5_000;
/** So many events are checked at a stretch: a server answers others in between. */
const BREATHE_EVENTS = 1_000;

/**
 * Imports one file. Bad cells are refused one by one and found in the report; the rest is recorded. What is recorded
 * already, from this file or another edition of it, is not recorded again, and a cell of which another number is recorded
 * is refused, or with `correct` recorded as a correction. Throws `unknown-format` where no importer recognises the columns, and `invalid-file`
 * where the file as a whole cannot be read, where all of it was refused, or, with `strict`, where anything in it was
 * refused: nothing is recorded then.
 */
export async function importFile(
  ports: ImportPorts,
  file: ImportFile,
  choices: ImportChoices,
  progress?: Progress,
  signal?: AbortSignal,
): Promise<ImportReport> {
  const options = { ...file.options, readings: ports.readings };
  const { parts, findings } = importParts({ ...file, options }, choices.format);
  const reading: Reading = { file, parts, findings, choices, progress, signal };
  let targets: Targets = new Map();
  if (choices.dryRun !== true && (choices.strict === true || choices.correct === true)) {
    const checked = await take(ports, reading, { records: false, targets });
    if (choices.strict === true && checked.report.counts.refused > 0) throw refusedImport(checked.report);
    targets = await ports.identitiesOf(checked.corrects);
  }
  const { report } = await take(ports, reading, { records: choices.dryRun !== true, targets });
  if (report.accepted + report.duplicates + report.corrected === 0 && report.counts.refused > 0)
    throw refusedImport(report);
  return report;
}

interface Reading {
  readonly file: ImportFile;
  readonly parts: readonly ImportPart[];
  readonly findings: readonly Finding[];
  readonly choices: ImportChoices;
  readonly progress: Progress | undefined;
  readonly signal: AbortSignal | undefined;
}

/** By row of a fact, the event that it was made from. */
type Targets = ReadonlyMap<number, Identity>;

/** One reading of a file from its beginning to its end. */
interface Pass {
  readonly ports: ImportPorts;
  readonly reading: Reading;
  /** Whether anything is recorded, or is only told what would be. */
  readonly records: boolean;
  readonly targets: Targets;
  readonly recorded: Asked<RecordedCells>;
  /** The latest moment that an event may be of. */
  readonly latest: ReturnType<typeof latestAfter>;
  readonly course: ImportCourse;
  /** Rows of the facts that the file corrects. */
  readonly corrects: number[];
}

/** Reads the whole file once, and records what is to be recorded, or only says what would be. */
async function take(
  ports: ImportPorts,
  reading: Reading,
  { records, targets }: Pick<Pass, 'records' | 'targets'>,
): Promise<{ report: ImportReport; corrects: readonly number[] }> {
  const { file, parts, findings, choices, progress, signal } = reading;
  const recorded = await ports.recorded();
  const loans = ports.recordedLoans();
  const course = importCourse(file);
  const pass: Pass = { ports, reading, records, targets, recorded, latest: latestAfter(ports.now()), course, corrects: [] }; // prettier-ignore
  const told = new Set<string>();
  course.tell(findings);

  for (const [at, part] of parts.entries()) {
    const overlaps = part.importer.mayOverlap === true ? overlapsOf(() => eventsIn(part.pieces()), loans) : null;
    let otherBorrowers = 0;
    const feeds = new Set<string>();
    for (const piece of part.pieces()) {
      stopIfCancelled(signal);
      // 1. What is found of the piece by itself.
      course.tell(piece.findings);
      course.tell(formulasIn(file, piece));
      course.counts.events += piece.events.length;
      course.counts.rows += piece.rows.length;
      // 2. What of it is to be recorded.
      const verdicts = await recorded.of(piece.events);
      const known = (await overlaps?.next(piece.events)) ?? [];
      otherBorrowers += known.filter((loan) => loan === 'person').length;
      const fresh = await freshIn(pass, part, piece, verdicts, known);
      for (const { source } of fresh) feeds.add(source);
      course.tell(await newAuthorities(file, fresh, recorded.knows, told));
      // 3. It is recorded.
      const shareAt = (done: number): number => (at + piece.upTo * done) / parts.length;
      await recordFresh(pass, fresh, shareAt);
      const { rows } = course.counts;
      progress?.(records ? 'importing rows' : 'checking rows', rows, Math.round(rows / Math.max(shareAt(1), 0.001)));
    }
    for (const other of part.importer.alsoStatedIn ?? [])
      course.tell(await statedTwice(file, other, [...feeds], recorded.knowsFeed));
    if (overlaps !== null) course.tell(overlapsIn(file, overlaps.shared(), otherBorrowers));
  }
  // Of a file that is read once only to be checked nothing is told of that.
  if (records || choices.dryRun === true)
    for (const edition of await recorded.gone())
      if (edition.sha256 !== file.sha256) course.tell(goneFrom(file, edition));
  return { report: course.report(parts, choices.dryRun === true), corrects: pass.corrects };
}

/** Of a piece what is to be recorded; the rest is counted, or refused at its cell. */
async function freshIn(
  pass: Pass,
  { importer }: ImportPart,
  piece: Piece,
  verdicts: readonly Verdict[],
  known: readonly Known[],
): Promise<readonly ActivityEvent[]> {
  const { course, latest } = pass;
  const cellsOf = cellsByRow(piece);
  const fresh: ActivityEvent[] = [];
  for (const [index, event] of piece.events.entries()) {
    if (index % BREATHE_EVENTS === 0) await setImmediate();
    const checked = checkEvent(event, latest);
    const { recorded: isThere, instead } = verdicts[index] as Verdict;
    if ('problem' in checked) course.refuse(event, broken(piece, cellsOf, event, importer, checked.problem));
    else if (isThere === 'same' || (known[index] ?? 'new') !== 'new') course.counts.duplicates += 1;
    else if (isThere === 'new') fresh.push(checked.event);
    else fresh.push(...(await correctedBy(event, instead, piece, pass)));
  }
  return fresh;
}

/** Of an event in whose place something else is recorded: its correction, where one is wanted and can be made. */
async function correctedBy(
  event: ActivityEvent,
  instead: Standing | null,
  piece: Piece,
  { ports, reading, records, targets, recorded, latest, course, corrects }: Pass,
): Promise<readonly ActivityEvent[]> {
  const difference = await recorded.difference(event);
  course.differ(event, instead, difference);
  if (reading.choices.correct !== true || instead === null) {
    course.refuse(event, otherwise(piece, event, instead, difference));
    return [];
  }
  corrects.push(instead.row);
  const target = targets.get(instead.row);
  const correction = target && checkEvent(correctionOf(event, target, instead, ports.now()), latest);
  if (correction !== undefined && 'event' in correction) return [correction.event];
  if (records) course.refuse(event, otherwise(piece, event, instead, difference));
  else course.counts.corrected += 1;
  return [];
}

/**
 * Records events batch by batch, or counts them as if it did.
 * @param shareAt the share of the file that is read when this share of the events is recorded
 */
async function recordFresh(
  { ports, reading: { progress, signal }, records, course }: Pass,
  fresh: readonly ActivityEvent[],
  shareAt: (done: number) => number,
): Promise<void> {
  const { counts } = course;
  for (let from = 0; from < fresh.length; from += BATCH_EVENTS) {
    await setImmediate();
    stopIfCancelled(signal);
    const batch = fresh.slice(from, from + BATCH_EVENTS);
    if (!records) counts.accepted += batch.length;
    else {
      for (const { outcome, index, problem } of await recordChecked(ports.log, batch)) {
        const event = batch[index] as ActivityEvent;
        if (outcome === 'duplicate') counts.duplicates += 1;
        else if (outcome !== 'accepted') course.refuse(event, unlikeBefore(event, problem));
        else if (event.type === CORRECTED) counts.corrected += 1;
        else counts.accepted += 1;
      }
    }
    const share = shareAt(Math.min(1, (from + BATCH_EVENTS) / fresh.length));
    progress?.(records ? 'recording events' : 'checking events', Math.round(counts.events * share), counts.events);
  }
}

function* eventsIn(pieces: Iterable<Piece>): Generator<ActivityEvent> {
  for (const { events } of pieces) yield* events;
}

function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new LedgerError('interrupted', 'Cancelled.', {
      hint: 'What was recorded stays recorded; import the file again to go on: nothing counts twice.',
    });
}

const CORRECTED = typeOf('fact.corrected');

/**
 * The correction that a newer edition of a file makes of a number that was recorded. Its target and its id are of the event
 * that says the number now, which may be a correction itself, so that a number may change to and fro.
 */
function correctionOf(event: ActivityEvent, target: Identity, { row, mark }: Standing, now: Date): ActivityEvent {
  const { type, subject, data } = event as FactBody;
  return {
    specversion: '1.0',
    id: `${event.id}:over-${row + 1}-${mark}`,
    source: event.source,
    type: CORRECTED,
    time: now.toISOString(),
    data: {
      target: { source: target.source, id: target.id },
      by: 'importer',
      why: 'publisher-revised',
      replacement: { type, subject, data } as FactBody,
    },
  };
}
