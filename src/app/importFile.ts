/** A file that a library publishes already: read by the importer of its format, recorded like any other events. */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Problem } from '../../contracts/errors.ts';
import { latestAfter } from '../domain/implausible.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { placeAt } from '../domain/places.ts';
import { rowOf } from '../importers/identity.ts';
import {
  foundAndExpected,
  type Finding,
  type FindingCode,
  type Importer,
  type ImportSource,
  type Spot,
} from '../importers/importer.ts';
import { detectFormat, importerOf } from '../importers/importers.ts';
import { keyOf } from '../importers/text.ts';
import type { EventLog } from './ports.ts';
import type { Progress } from './progress.ts';
import type { RecordedCells } from './recordedCells.ts';
import type { FigureDifference } from './recordedFigures.ts';
import { checkEvent, recordEvents } from './recordEvents.ts';

export interface ImportReport {
  readonly file: string;
  readonly sha256: string;
  readonly format: string;
  /** Events read from the file; recorded now, recorded before, and refused by the log or a contract. */
  readonly events: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly findings: readonly Finding[];
}

const BATCH_EVENTS = 5_000;

/**
 * Imports one file. Bad cells are refused one by one and found in the report; the rest is recorded. What is recorded
 * already, from this file or another edition of it, is not recorded again, and a cell of which another number is recorded
 * is refused. Throws `unknown-format` where no importer recognises the columns, and `invalid-file`
 * where the file as a whole cannot be read, where all of it was refused, or, with `strict`, where anything in it was
 * refused: nothing is recorded then.
 */
export async function importFile(
  ports: {
    log: EventLog;
    now: () => Date;
    /** What is recorded already of the events of a file. */
    recorded: (events: readonly ActivityEvent[]) => Promise<RecordedCells>;
  },
  source: ImportSource,
  choices: { readonly format?: string | undefined; readonly strict?: boolean },
  progress?: Progress,
): Promise<ImportReport> {
  const importer =
    choices.format === undefined
      ? detectFormat(source.table.header, source.fileName, source.options)
      : importerOf(choices.format);
  const { events: read, findings: readings, spotOf } = importer.read(source);
  const findings: Finding[] = [...readings];
  let [accepted, duplicates, refused] = [0, 0, 0];
  const refuse = (event: ActivityEvent, why: Pick<Finding, 'code' | 'expected'> & Partial<Finding>): void => {
    refused += 1;
    findings.push({ severity: 'refused', ...placeOf(source, event), ...why, done: 'Not recorded.' });
  };
  const recorded = await ports.recorded(read);
  const latest = latestAfter(ports.now());
  const events = read.filter((event, at) => {
    const checked = checkEvent(event, latest);
    if ('problem' in checked) {
      refuse(event, broken(source, event, importer, checked.problem));
      return false;
    }
    const known = recorded.of[at] ?? 'new';
    if (known === 'same') duplicates += 1;
    if (known === 'other') {
      const difference = recorded.difference(event);
      const instead =
        difference === null || spotOf === undefined ? {} : recordedInstead(difference, spotOf(event, difference.field));
      refuse(event, { code: 'recorded-otherwise', expected: OTHERWISE, ...instead });
    }
    return known === 'new';
  });
  const anyRefused = (): boolean => findings.some(({ severity }) => severity === 'refused');
  if (read.length === 0 && !anyRefused()) findings.push(withoutRows(source));
  if (anyRefused() && (choices.strict === true || events.length + duplicates === 0)) throw refusal(source, findings);
  findings.push(...newAuthorities(source, events, recorded));

  for (let at = 0; at < events.length; at += BATCH_EVENTS) {
    const batch = events.slice(at, at + BATCH_EVENTS);
    for (const { outcome, index, problem } of await recordEvents(ports, batch)) {
      const event = batch[index];
      if (outcome === 'accepted') accepted += 1;
      else if (outcome === 'duplicate' || event === undefined) duplicates += 1;
      else refuse(event, { code: 'not-recorded', expected: `what can be recorded: ${problem?.detail ?? ''}` });
    }
    progress?.('recording events', Math.min(events.length, at + BATCH_EVENTS), events.length);
  }
  if (accepted + duplicates === 0) throw refusal(source, findings);
  return {
    file: source.fileName,
    sha256: source.sha256,
    format: importer.format,
    events: read.length,
    accepted,
    duplicates,
    refused,
    findings: inOrder(findings),
  };
}

const SEVERITIES: readonly Finding['severity'][] = ['refused', 'flagged', 'noted'];
/** What matters most first, and each in the order of the rows. */
const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.row - b.row);

const FAULTS_SHOWN = 20;
/** What no cell of the file can put right. */
const OF_OPTIONS: ReadonlySet<FindingCode> = new Set(['option-unusable', 'measure-unknown']);

function refusal(source: ImportSource, findings: readonly Finding[]): LedgerError {
  const bad = inOrder(findings).filter(({ severity }) => severity === 'refused');
  const rest = bad.length - FAULTS_SHOWN;
  const byOptions = bad.every(({ code }) => OF_OPTIONS.has(code));
  return new LedgerError(
    'invalid-file',
    `${source.fileName}: nothing was imported; ${bad.length} ${bad.length === 1 ? 'thing was' : 'things were'} refused${rest > 0 ? `, of which the first ${FAULTS_SHOWN} are listed` : ''}.`,
    {
      hint: byOptions
        ? 'Give the options that are named and import the file again.'
        : 'Correct the cells that are named and import the file again.',
      faults: bad.slice(0, FAULTS_SHOWN).map((finding) => ({
        message: foundAndExpected(finding),
        file: finding.file,
        ...(OF_OPTIONS.has(finding.code) ? {} : { row: finding.row }),
        ...(finding.cell === null ? {} : { cell: finding.cell }),
      })),
    },
  );
}

const OTHERWISE =
  'the number that is recorded for this place, window and category; to change it send a fact.corrected event';

/** In what a published figure differs, and the cell that says so. */
const recordedInstead = (
  { found, recorded }: FigureDifference,
  [row, cell]: Spot,
): Pick<Finding, 'row' | 'cell' | 'found' | 'expected'> => ({
  row,
  cell,
  found,
  expected: `${recorded}, which is recorded under this reference; to change it send a fact.corrected event`,
});

/** The cell that an event came from. */
function placeOf(source: ImportSource, event: ActivityEvent): Pick<Finding, 'file' | 'row' | 'cell' | 'found'> {
  const provenance = 'provenance' in event.data ? event.data.provenance : undefined;
  return {
    file: source.fileName,
    row: rowOf(event),
    cell: provenance?.column ?? null,
    found: provenance?.raw ?? event.id,
  };
}

/** Why an event that was read from a file does not follow its contract; a window is found in the column that tells it. */
function broken(
  source: ImportSource,
  event: ActivityEvent,
  { windowColumn }: Importer,
  { detail, faults = [] }: Problem,
): Pick<Finding, 'code' | 'expected'> & Partial<Finding> {
  const [fault] = faults;
  if (fault?.pointer !== '/data/window')
    return { code: 'not-recorded', expected: `what its contract allows: ${detail}` };
  const expected = `another period: this one ${fault.message}`;
  if (windowColumn === null) return { code: 'not-recorded', expected };
  const at = source.table.header.findIndex((label) => keyOf(label) === keyOf(windowColumn));
  const cells = source.table.rows.find(({ row }) => row === rowOf(event))?.cells;
  return { code: 'not-recorded', cell: windowColumn, found: cells?.[at]?.trim() ?? '', expected };
}

function withoutRows({ fileName, table }: ImportSource): Finding {
  return {
    severity: 'refused',
    code: 'no-rows',
    file: fileName,
    row: 1,
    cell: null,
    found: table.rows.length === 0 ? 'no row below the header' : 'no row with a figure',
    expected: 'at least one row with a figure',
    done: 'Nothing to import.',
  };
}

/** Authorities that nothing was recorded of: a mistyped code looks like one. */
function newAuthorities(source: ImportSource, events: readonly ActivityEvent[], recorded: RecordedCells): Finding[] {
  const authorities = events.map((event) => ('subject' in event ? placeAt('authority', event.subject) : null));
  return [...new Set(authorities)]
    .filter((code) => code !== null)
    .filter((code) => !recorded.knows(code))
    .map((code) => ({
      severity: 'noted',
      code: 'authority-new',
      file: source.fileName,
      row: 1,
      cell: null,
      found: code,
      expected: 'an authority of which something is recorded',
      done: `${code} is new here: no event of it was recorded before.`,
    }));
}
