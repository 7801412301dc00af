/**
 * What an import finds of a file beside what its importer does: against what the ledger holds, against the contracts, and
 * of the file as a whole.
 */
import { kindOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Problem } from '../../contracts/errors.ts';
import { keyOf } from '../domain/labels.ts';
import { placeAt } from '../domain/places.ts';
import { ownerOf, rowOf, sourceOf } from '../importers/identity.ts';
import type { Finding, FindingCode, Importer } from '../importers/importer.ts';
import type { ImportFile, Piece } from './importParts.ts';
import type { SharedTime } from './overlappingExports.ts';
import type { EarlierEdition, Standing } from './recordedCells.ts';
import type { FigureDifference } from './recordedFigures.ts';
import { STATEMENTS } from './statements.ts';

/** Why an event is refused; what is not said is that of its cell. */
export type Why = Pick<Finding, 'code' | 'expected'> & Partial<Finding>;

/** Why the log does not take an event whose contract it follows: another stands under its id. */
export function unlikeBefore({ id }: ActivityEvent, problem: Problem | undefined): Why {
  if (problem?.code !== 'event-conflict')
    return { code: 'not-recorded', expected: `what can be recorded: ${problem?.detail ?? ''}` };
  const expected = `what is recorded under its id, "${id}": an import before this one said otherwise, perhaps of the same file with other options`;
  return { code: 'imported-otherwise', expected };
}

/** Why a number is refused of which another one is recorded; where only one is, it can be corrected. */
export function otherwise(
  { spotOf }: Piece,
  event: ActivityEvent,
  instead: Standing | null,
  figure: FigureDifference | null,
): Why {
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

/** The cell that an event came from. */
export function placeOf(file: ImportFile, event: ActivityEvent): Pick<Finding, 'file' | 'row' | 'cell' | 'found'> {
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
export function formulasIn(file: ImportFile, { rows, header, events }: Piece): readonly Finding[] {
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
export function broken(
  { header }: Piece,
  cellsOf: (row: number) => readonly string[],
  event: ActivityEvent,
  importer: Importer,
  { detail, faults = [] }: Problem,
): Why {
  const [fault] = faults;
  if (fault?.pointer !== '/data/window' && fault?.pointer !== '/data/on')
    return { code: 'not-recorded', expected: `what its contract allows: ${detail}` };
  const expected = `another ${fault.pointer === '/data/on' ? 'day' : 'period'}: this one ${fault.message}`;
  if (importer.reads === 'document' || importer.windowColumn === null) return { code: 'not-recorded', expected };
  const { windowColumn } = importer;
  const at = header.findIndex((label) => keyOf(label) === keyOf(windowColumn));
  if (at < 0) return { code: 'not-recorded', expected };
  return { code: 'not-recorded', cell: windowColumn, found: cellsOf(rowOf(event))[at]?.trim() ?? '', expected };
}

/** The cells of a row of a piece by its number. They are ordered when first asked for: mostly nothing is broken. */
export function cellsByRow({ rows }: Piece): (row: number) => readonly string[] {
  let known: ReadonlyMap<number, readonly string[]> | null = null;
  return (row) => {
    known ??= new Map(rows.map((one) => [one.row, one.cells]));
    return known.get(row) ?? [];
  };
}

/** That a file has nothing to be recorded. */
export const withoutRows = ({ fileName }: ImportFile, rows: number): Finding => ({
  severity: 'refused',
  code: 'no-rows',
  file: fileName,
  row: 1,
  cell: null,
  found: rows === 0 ? 'no row below the header' : 'no row with a figure',
  expected: 'at least one row with a figure',
  done: 'Nothing to import.',
});

/** Of an export of loans, what it has in common with others of its time, and what became of it. */
export function overlapsIn({ fileName }: ImportFile, shared: readonly SharedTime[], otherBorrowers: number): Finding[] {
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
export function goneFrom(file: ImportFile, { sha256, standing, missing, gone }: EarlierEdition): Finding[] {
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

/** The feeds of a file whose owners stated the same figures in another form before, told once. */
export async function statedTwice(
  { fileName }: ImportFile,
  other: string,
  feeds: readonly string[],
  knowsFeed: (source: string) => Promise<boolean>,
): Promise<Finding[]> {
  let [first, owners] = ['', 0];
  for (const feed of feeds) {
    const owner = ownerOf(feed);
    if (!(await knowsFeed(sourceOf(owner, other)))) continue;
    if (owners === 0) first = owner;
    owners += 1;
  }
  if (owners === 0) return [];
  return [
    {
      severity: 'flagged',
      code: 'stated-twice',
      file: fileName,
      row: 1,
      cell: null,
      found: `${first}${owners > 1 ? ` and ${owners - 1} more` : ''}, of which ${other} is recorded`,
      expected: 'one form of a return: what adds up, such as loans, counts twice where two forms state it',
      done: 'Recorded. "outcomes reconcile" compares the two; withdraw one, or give its lines a reading that does not count (docs/readings.md).',
    },
  ];
}

/** Authorities that nothing was recorded of, each told once: a mistyped code looks like one. */
export async function newAuthorities(
  { fileName }: ImportFile,
  events: readonly ActivityEvent[],
  knows: (authority: string) => Promise<boolean>,
  told: Set<string>,
): Promise<Finding[]> {
  const codes: string[] = [];
  for (const event of events) {
    const code = 'subject' in event ? placeAt('authority', event.subject) : null;
    if (code === null || told.has(code)) continue;
    told.add(code);
    if (!(await knows(code))) codes.push(code);
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
