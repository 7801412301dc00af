/** A file that a library publishes already: read by the importer of its format, recorded like any other events. */
import { setImmediate } from 'node:timers/promises';
import { kindOf, typeOf, type ActivityEvent, type FactBody } from '../../contracts/activityEvent.ts';
import type { Problem } from '../../contracts/errors.ts';
import { latestAfter } from '../domain/implausible.ts';
import { keyOf } from '../domain/labels.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { placeAt } from '../domain/places.ts';
import type { Readings } from '../domain/readings.ts';
import { rowOf } from '../importers/identity.ts';
import {
  foundAndExpected,
  type Finding,
  type FindingCode,
  type Importer,
  type Severity,
} from '../importers/importer.ts';
import { findingTally, type FindingTally } from './findingTally.ts';
import { importParts, type ImportFile, type ImportPart, type Piece } from './importParts.ts';
import type { EventLog } from './ports.ts';
import { overlapsOf, type SharedTime } from './overlappingExports.ts';
import type { Progress } from './progress.ts';
import type { RecordedLoans } from './recordedLoans.ts';
import { whenOf, type EarlierEdition, type RecordedCells, type Standing, type Verdict } from './recordedCells.ts';
import type { FigureDifference } from './recordedFigures.ts';
import { checkEvent, recordChecked } from './recordEvents.ts';
import { STATEMENTS } from './statements.ts';

/** A number or a statement that the ledger holds and the file has otherwise. */
export interface Difference {
  readonly file: string;
  readonly row: number;
  readonly cell: string | null;
  readonly subject: string;
  /** The window or day that it is about. */
  readonly when: string;
  readonly recorded: string;
  readonly found: string;
}

export interface ImportReport {
  readonly file: string;
  readonly sha256: string;
  /** Of a workbook the formats of its sheets, each once. */
  readonly format: string;
  /** How sure it is that this is the format, 0 to 1. */
  readonly sure: number;
  /** Whether this is only what would become of the file. */
  readonly dryRun: boolean;
  /** Events read from the file; recorded now, recorded before, corrected, and refused by the log or a contract. */
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly corrected: number;
  readonly refused: number;
  /** How many findings there are of each severity; of very many, only the first are listed. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: readonly Finding[];
  /** How many numbers are recorded otherwise, and the first of them. */
  readonly differing: number;
  readonly differences: readonly Difference[];
}

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
const DIFFERENCES_LISTED = 1_000;

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
    const checked = await take(ports, reading, { record: false, targets });
    if (choices.strict === true && checked.report.counts.refused > 0) throw refusal(checked.report);
    targets = await ports.identitiesOf(checked.corrects);
  }
  const { report } = await take(ports, reading, { record: choices.dryRun !== true, targets });
  if (report.accepted + report.duplicates + report.corrected === 0 && report.counts.refused > 0) throw refusal(report);
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

/** Reads the whole file once, and records what is to be recorded, or only says what would be. */
async function take(
  ports: ImportPorts,
  { file, parts, findings, choices, progress, signal }: Reading,
  { record, targets }: { record: boolean; targets: Targets },
): Promise<{ report: ImportReport; corrects: readonly number[] }> {
  const tally = findingTally();
  tally.add(findings);
  const recorded = await ports.recorded();
  const loans = ports.recordedLoans();
  const latest = latestAfter(ports.now());
  const told = new Set<string>();
  const differences: Difference[] = [];
  const corrects: number[] = [];
  let [events, accepted, duplicates, corrected, refused, differing, rows] = [0, 0, 0, 0, 0, 0, 0];

  for (const [at, { importer, pieces }] of parts.entries()) {
    const overlaps = importer.mayOverlap === true ? overlapsOf(() => eventsIn(pieces()), loans) : null;
    let otherBorrowers = 0;
    for (const piece of pieces()) {
      stopIfCancelled(signal);
      const refuse = (event: ActivityEvent, why: Pick<Finding, 'code' | 'expected'> & Partial<Finding>): void => {
        refused += 1;
        tally.add([{ severity: 'refused', ...placeOf(file, event), ...why, done: 'Not recorded.' }]);
      };
      tally.add(piece.findings);
      tally.add(formulasIn(file, piece));
      events += piece.events.length;
      rows += piece.rows.length;
      const verdicts = await recorded.of(piece.events);
      const known = await overlaps?.next(piece.events);
      const fresh: ActivityEvent[] = [];
      for (const [index, event] of piece.events.entries()) {
        if (index % BREATHE_EVENTS === 0) await setImmediate();
        const checked = checkEvent(event, latest);
        const { recorded: isThere, instead } = verdicts[index] as Verdict;
        const loan = known?.[index] ?? 'new';
        if (loan === 'person') otherBorrowers += 1;
        if ('problem' in checked) refuse(event, broken(piece, event, importer, checked.problem));
        else if (isThere === 'same' || loan !== 'new') duplicates += 1;
        else if (isThere === 'new') fresh.push(checked.event);
        else {
          differing += 1;
          const difference = await recorded.difference(event);
          if (differences.length < DIFFERENCES_LISTED) differences.push(differenceOf(file, event, instead, difference));
          if (choices.correct === true && instead !== null) {
            corrects.push(instead.row);
            const target = targets.get(instead.row);
            const correction = target && checkEvent(correctionOf(event, target, instead, ports.now()), latest);
            if (correction !== undefined && 'event' in correction) fresh.push(correction.event);
            else if (record) refuse(event, otherwise(piece, event, instead, difference));
            else corrected += 1;
          } else refuse(event, otherwise(piece, event, instead, difference));
        }
      }
      tally.add(await newAuthorities(file, fresh, recorded, told));
      for (let from = 0; from < fresh.length; from += BATCH_EVENTS) {
        await setImmediate();
        stopIfCancelled(signal);
        const batch = fresh.slice(from, from + BATCH_EVENTS);
        if (!record) accepted += batch.length;
        else {
          for (const { outcome, index, problem } of await recordChecked(ports.log, batch)) {
            const event = batch[index] as ActivityEvent;
            if (outcome === 'duplicate') duplicates += 1;
            else if (outcome !== 'accepted') refuse(event, unlikeBefore(event, problem));
            else if (event.type === CORRECTED) corrected += 1;
            else accepted += 1;
          }
        }
        const share = (at + piece.upTo * Math.min(1, (from + BATCH_EVENTS) / fresh.length)) / parts.length;
        progress?.(record ? 'recording events' : 'checking events', Math.round(events * share), events);
      }
      const share = (at + piece.upTo) / parts.length;
      progress?.(record ? 'importing rows' : 'checking rows', rows, Math.round(rows / Math.max(share, 0.001)));
    }
    if (overlaps !== null) tally.add(overlapsIn(file, overlaps.shared(), otherBorrowers));
  }
  // Of a file that is read once only to be checked nothing is told of that.
  if (record || choices.dryRun === true)
    for (const edition of await recorded.gone()) if (edition.sha256 !== file.sha256) tally.add(goneFrom(file, edition));
  if (events === 0 && tally.counts().refused === 0) tally.add([withoutRows(file, rows)]);
  const report: ImportReport = {
    file: file.fileName,
    sha256: file.sha256,
    format: [...new Set(parts.map(({ importer }) => importer.format))].join(', '),
    sure: Math.min(...parts.map(({ sure }) => sure)),
    dryRun: choices.dryRun === true,
    events,
    accepted,
    duplicates,
    corrected,
    refused,
    ...findingsOf(tally),
    differing,
    differences,
  };
  return { report, corrects };
}

function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new LedgerError('interrupted', 'Cancelled.', {
      hint: 'What was recorded stays recorded; import the file again to go on: nothing counts twice.',
    });
}

const findingsOf = (tally: FindingTally): Pick<ImportReport, 'counts' | 'findings'> => ({
  counts: tally.counts(),
  findings: tally.kept(),
});

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

function differenceOf(
  file: ImportFile,
  event: ActivityEvent,
  instead: Standing | null,
  figure: FigureDifference | null,
): Difference {
  const { row, cell, found } = placeOf(file, event);
  return {
    file: file.fileName,
    row,
    cell,
    subject: (event as FactBody).subject,
    when: whenOf(event),
    recorded: figure?.recorded ?? instead?.says ?? 'other numbers',
    found: figure?.found ?? instead?.found ?? found,
  };
}

const FAULTS_SHOWN = 20;
/** What no cell of the file can put right. */
const OF_OPTIONS: ReadonlySet<FindingCode> = new Set(['option-unusable', 'measure-unknown', 'day-not-given']);
const NAMES_WITHOUT_CODE = 'Give each name its code, or correct the cells that are named, and import the file again.';
/** What to do where all that was refused is of one kind, and the cells need not be wrong. */
const HINTS: Readonly<Partial<Record<FindingCode, string>>> = {
  'recorded-otherwise':
    'Where this file is right, do what is named; where it is not, correct its cells and import it again.',
  'imported-otherwise':
    'Import it with the options of that time. What is recorded can be changed by fact.corrected events.',
  'authority-unknown': NAMES_WITHOUT_CODE,
  'authority-other': NAMES_WITHOUT_CODE,
};

function refusal({ file, findings, counts }: ImportReport): LedgerError {
  const bad = findings.filter(({ severity }) => severity === 'refused');
  const codes = new Set(bad.map(({ code }) => code));
  const [only] = codes.size === 1 ? codes : [];
  // Nothing is to be corrected cell by cell then.
  const listed = only === 'imported-otherwise' ? 1 : FAULTS_SHOWN;
  return new LedgerError(
    'invalid-file',
    `${file}: nothing was imported; ${counts.refused} ${counts.refused === 1 ? 'thing was' : 'things were'} refused${counts.refused > listed ? `, of which the first ${listed === 1 ? 'is' : `${listed} are`} listed` : ''}.`,
    {
      hint: bad.every(({ code }) => OF_OPTIONS.has(code))
        ? 'Give the options that are named and import the file again.'
        : ((only && HINTS[only]) ?? 'Correct the cells that are named and import the file again.'),
      faults: bad.slice(0, listed).map((finding) => ({
        message: foundAndExpected(finding),
        file: finding.file,
        ...(OF_OPTIONS.has(finding.code) ? {} : { row: finding.row }),
        ...(finding.cell === null ? {} : { cell: finding.cell }),
      })),
    },
  );
}

/** Why a number is refused of which another one is recorded; where only one is, it can be corrected. */
function otherwise(
  { spotOf }: Piece,
  event: ActivityEvent,
  instead: Standing | null,
  figure: FigureDifference | null,
): Pick<Finding, 'code' | 'expected'> & Partial<Finding> {
  const code = 'recorded-otherwise';
  if (figure !== null) {
    const [row, cell] = spotOf?.(event, figure.field) ?? [rowOf(event), provenanceOf(event)?.column ?? null];
    const expected = `${figure.recorded}, which is recorded under this reference; to change it send a fact.corrected event`;
    return { code, row, cell, found: figure.found, expected };
  }
  const of = STATEMENTS.has(kindOf(event.type)) ? 'this place and day' : 'this place, window and category';
  if (instead === null)
    return { code, expected: `what is recorded for ${of}; to change it send a fact.corrected event` };
  const expected = `${instead.says}, which is recorded for ${of}; --correct ("correct" over HTTP) records that the file corrects it`;
  return { code, expected, ...(instead.found === null ? {} : { found: instead.found }) };
}

/** Why the log does not take an event whose contract it follows: another stands under its id. */
function unlikeBefore({ id }: ActivityEvent, problem: Problem | undefined): Pick<Finding, 'code' | 'expected'> {
  if (problem?.code !== 'event-conflict')
    return { code: 'not-recorded', expected: `what can be recorded: ${problem?.detail ?? ''}` };
  const expected = `what is recorded under its id, "${id}": an import before this one said otherwise, perhaps of the same file with other options`;
  return { code: 'imported-otherwise', expected };
}

/** The cell that an event came from. */
function placeOf(file: ImportFile, event: ActivityEvent): Pick<Finding, 'file' | 'row' | 'cell' | 'found'> {
  const provenance = provenanceOf(event);
  return {
    file: provenance?.sheet === undefined ? file.fileName : `${file.fileName}, sheet ${provenance.sheet}`,
    row: rowOf(event),
    cell: provenance?.column ?? null,
    found: madeOfSeveral(provenance) ? quantityIn(event) : (provenance?.raw ?? event.id),
  };
}

/** Of a number that several cells made, none of them is what was found. */
const madeOfSeveral = (provenance: ReturnType<typeof provenanceOf>): boolean =>
  provenance?.columns !== undefined || provenance?.rows !== undefined;
function quantityIn({ data }: ActivityEvent): string {
  const { count, population, absent } = data as { count?: number; population?: number; absent?: string };
  return String(count ?? population ?? absent ?? '');
}

const provenanceOf = ({ data }: ActivityEvent) => ('provenance' in data ? data.provenance : undefined);

/** Cells that became a number and are worked out by the spreadsheet. */
function formulasIn(file: ImportFile, { rows, header, events }: Piece): readonly Finding[] {
  const byRow = new Map(rows.flatMap(({ row, formulas }) => (formulas === undefined ? [] : [[row, formulas]])));
  if (byRow.size === 0) return [];
  return events.flatMap((event) => {
    const provenance = provenanceOf(event);
    if (provenance === undefined) return [];
    const { row, column, columns = [column] } = provenance;
    const calculated = byRow.get(row);
    const isCalculated = header.some((label, at) => calculated?.has(at) === true && columns.includes(label.trim()));
    if (!isCalculated) return [];
    return [
      {
        severity: 'flagged',
        code: 'formula-cell',
        ...placeOf(file, event),
        expected: 'a number that somebody entered: this one is worked out by the spreadsheet',
        done: 'Imported with the value that the spreadsheet stored.',
      } satisfies Finding,
    ];
  });
}

/** Why an event that was read from a file does not follow its contract; a window or a day is found in the column that tells it. */
function broken(
  { header, rows }: Piece,
  event: ActivityEvent,
  importer: Importer,
  { detail, faults = [] }: Problem,
): Pick<Finding, 'code' | 'expected'> & Partial<Finding> {
  const [fault] = faults;
  if (fault?.pointer !== '/data/window' && fault?.pointer !== '/data/on')
    return { code: 'not-recorded', expected: `what its contract allows: ${detail}` };
  const expected = `another ${fault.pointer === '/data/on' ? 'day' : 'period'}: this one ${fault.message}`;
  if (importer.reads === 'document' || importer.windowColumn === null) return { code: 'not-recorded', expected };
  const { windowColumn } = importer;
  const at = header.findIndex((label) => keyOf(label) === keyOf(windowColumn));
  if (at < 0) return { code: 'not-recorded', expected };
  const cells = rows.find(({ row }) => row === rowOf(event))?.cells;
  return { code: 'not-recorded', cell: windowColumn, found: cells?.[at]?.trim() ?? '', expected };
}

const withoutRows = ({ fileName }: ImportFile, rows: number): Finding => ({
  severity: 'refused',
  code: 'no-rows',
  file: fileName,
  row: 1,
  cell: null,
  found: rows === 0 ? 'no row below the header' : 'no row with a figure',
  expected: 'at least one row with a figure',
  done: 'Nothing to import.',
});

function* eventsIn(pieces: Iterable<Piece>): Generator<ActivityEvent> {
  for (const { events } of pieces) yield* events;
}

/** Of an export of loans, what it has in common with others of its time, and what became of it. */
function overlapsIn({ fileName }: ImportFile, shared: readonly SharedTime[], otherBorrowers: number): Finding[] {
  const flagged = (code: FindingCode, found: string, expected: string, done: string): Finding => ({
    severity: 'flagged',
    code,
    file: fileName,
    row: 1,
    cell: null,
    found,
    expected,
    done,
  });
  const times = shared.map(({ sha256, rows, alike, from, until, overlaps }) => {
    const other = sha256 === '' ? 'events that were sent' : `the file with SHA-256 ${sha256.slice(0, HASH_SHOWN)}…`;
    const found = `${rows} loans from ${from} to ${until}, in the time of ${other}, ${alike} of them the same as there`;
    return overlaps
      ? flagged('export-overlaps', found, 'another time', 'Those that are the same were not recorded again.')
      : flagged('export-beside', found, 'the same loans, or another time', 'So few are the same that they were taken as other loans, as of another collection, and all recorded. If the files say the same loans in other words, withdraw one of them.'); // prettier-ignore
  });
  if (otherBorrowers === 0) return times;
  const found = `${otherBorrowers} loans of borrowers, which are recorded of nobody or under other pseudonyms`;
  return [...times, flagged('borrower-recorded-otherwise', found, 'the borrowers that are recorded', 'These loans were not recorded again: their borrowers stay as they are.')]; // prettier-ignore
}

/**
 * What was recorded from an earlier edition of a file and stands no longer in it. Nothing is withdrawn by that: a file of
 * a few corrected rows looks just like an edition in which the others are gone. Of a file in which most of the other does
 * not stand that alone is told.
 */
function goneFrom(file: ImportFile, { sha256, standing, missing, gone }: EarlierEdition): Finding[] {
  const from = `the file with SHA-256 ${sha256.slice(0, HASH_SHOWN)}…`;
  const flagged = (found: string, expected: string, done: string): Finding => ({
    severity: 'flagged',
    code: 'gone-from-edition',
    file: file.fileName,
    row: 1,
    cell: null,
    found,
    expected,
    done,
  });
  if (missing > standing) {
    const found = `${standing} of the ${standing + missing} cells that were recorded from ${from} and lie in the time of this one`;
    return [flagged(found, 'all of them, in a newer edition', 'Taken as a part of that file: the others still count.')];
  }
  return gone.map(({ source, id, subject, when, says, row, column }) =>
    flagged(
      `nothing of ${subject} ${when}: ${says}, recorded from ${from}, row ${row}, ${column}`,
      'what earlier editions say of the time that it covers, or a number in its place',
      `It still counts. If it should not, send a fact.retracted event for "${id}" of ${source}.`,
    ),
  );
}
const HASH_SHOWN = 16;

/** Authorities that nothing was recorded of, each told once: a mistyped code looks like one. */
async function newAuthorities(
  { fileName }: ImportFile,
  events: readonly ActivityEvent[],
  recorded: Asked<RecordedCells>,
  told: Set<string>,
): Promise<Finding[]> {
  const codes: string[] = [];
  for (const event of events) {
    const code = 'subject' in event ? placeAt('authority', event.subject) : null;
    if (code === null || told.has(code)) continue;
    told.add(code);
    if (!(await recorded.knows(code))) codes.push(code);
  }
  const noted = (found: string, done: string): Finding => ({
    severity: 'noted',
    code: 'authority-new',
    file: fileName,
    row: 1,
    cell: null,
    found,
    expected: 'an authority of which something is recorded',
    done,
  });
  if (codes.length <= NEW_ONE_BY_ONE)
    return codes.map((code) => noted(code, `${code} is new here: no event of it was recorded before.`));
  const found = `${codes.length} authorities: ${codes.slice(0, NEW_ONE_BY_ONE).join(', ')} and others`;
  return [noted(found, 'They are new here: no event of them was recorded before.')];
}
/** More new authorities than these are a register of them, and no mistyped code among known ones. */
const NEW_ONE_BY_ONE = 10;
