/** A file that a library publishes already: read by the importer of its format, recorded like any other events. */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Finding, FindingCode, ImportSource, Spot } from '../importers/importer.ts';
import { detectFormat, importerOf } from '../importers/importers.ts';
import type { EventLog } from './ports.ts';
import type { Progress } from './progress.ts';
import type { FigureDifference, RecordedCells } from './recordedCells.ts';
import { recordEvents } from './recordEvents.ts';

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
 * where the file as a whole cannot be read or, with `strict`, where anything in it was refused (nothing is recorded).
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
    choices.format === undefined ? detectFormat(source.table.header, source.fileName) : importerOf(choices.format);
  const { events: read, findings, spotOf } = importer.read(source);
  const bad = findings.filter(({ severity }) => severity === 'refused');
  if (bad.length > 0 && (choices.strict === true || read.length === 0)) throw refusal(source, bad);
  let [accepted, duplicates, refused] = [0, 0, 0];
  const late: Finding[] = [];
  const recorded = await ports.recorded(read);
  const events = read.filter((event) => {
    const known = recorded.take(event);
    if (known === 'same') duplicates += 1;
    if (known === 'other') {
      refused += 1;
      const difference = recorded.difference(event);
      late.push({
        ...notRecorded(source, event, OTHERWISE, 'recorded-otherwise'),
        ...(difference !== null &&
          spotOf !== undefined &&
          recordedInstead(difference, spotOf(event, difference.field))),
      });
    }
    return known === 'new';
  });
  for (let at = 0; at < events.length; at += BATCH_EVENTS) {
    const batch = events.slice(at, at + BATCH_EVENTS);
    for (const { outcome, index, problem } of await recordEvents(ports, batch)) {
      if (outcome === 'accepted') accepted += 1;
      else if (outcome === 'duplicate') duplicates += 1;
      else {
        refused += 1;
        late.push(notRecorded(source, batch[index], problem?.detail ?? ''));
      }
    }
    progress?.('recording events', Math.min(events.length, at + BATCH_EVENTS), events.length);
  }
  return {
    file: source.fileName,
    sha256: source.sha256,
    format: importer.format,
    events: read.length,
    accepted,
    duplicates,
    refused,
    findings: [...findings, ...late],
  };
}

const FAULTS_SHOWN = 20;

function refusal(source: ImportSource, bad: readonly Finding[]): LedgerError {
  const rest = bad.length - FAULTS_SHOWN;
  return new LedgerError(
    'invalid-file',
    `${source.fileName}: nothing was imported; ${bad.length} ${bad.length === 1 ? 'thing was' : 'things were'} refused${rest > 0 ? `, of which the first ${FAULTS_SHOWN} are listed` : ''}.`,
    {
      hint: 'Correct the cells that are named and import the file again.',
      faults: bad.slice(0, FAULTS_SHOWN).map(({ file, row, cell, found, expected }) => ({
        message: `found ${found}, expected ${expected}`,
        file,
        row,
        ...(cell === null ? {} : { cell }),
      })),
    },
  );
}

const OTHERWISE =
  'the number that is recorded for this place, window and category; to change it send a fact.corrected event';

const recordedInstead = (
  { found, recorded }: FigureDifference,
  [row, cell]: Spot,
): Pick<Finding, 'row' | 'cell' | 'found' | 'expected'> => ({
  row,
  cell,
  found,
  expected: `${recorded}, which is recorded under this reference; to change it send a fact.corrected event`,
});

function notRecorded(
  source: ImportSource,
  event: ActivityEvent | undefined,
  why: string,
  code: FindingCode = 'not-recorded',
): Finding {
  const provenance = event !== undefined && 'provenance' in event.data ? event.data.provenance : undefined;
  return {
    severity: 'refused',
    code,
    file: source.fileName,
    row: provenance?.row ?? 1,
    cell: provenance?.column ?? null,
    found: provenance?.raw ?? event?.id ?? '',
    expected: why,
    done: 'not recorded',
  };
}
