/**
 * Files of any layout, by a mapping that says what their columns mean (`contracts/mapping.ts`). Each row stands by
 * itself, so that a file may be of any length. Nothing is guessed: dates and numbers are read only as the mapping says
 * that they are written, and a word that the mapping does not have is refused at its cell.
 *
 * Two rows that count the same thing are told, as far as rows can be told that are gone already: the first was recorded
 * and the second is refused. Sums without a name that says so cannot be found in rows that stand by themselves.
 */
import { dataFieldsOf, typeOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import { dateField, windowField } from '../../../contracts/fields.ts';
import { timingOf, type GivenMapping, type Mapping } from '../../../contracts/mapping.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  FILE_REFUSED,
  reportFor,
  type Finding,
  type HeadedSource,
  type ImportOptions,
  type ImportResult,
  type Report,
  type RowImporter,
  type RowReading,
  type TableRow,
} from '../importer.ts';
import { isAuthorityCode } from '../places.ts';
import { gatheredFindings } from '../table/gatheredFindings.ts';
import { keysSeen } from '../table/keysSeen.ts';
import { exactRows } from '../table/rows.ts';
import { LONGEST_RAW, plainText } from '../table/text.ts';
import { columnOfTime, columnsOf, type Cell, type Columns } from './mappedColumns.ts';
import { authorityReader, fieldReader, LEFT_OUT, libraryReader, numberReader, whenReader, type FieldValue } from './mappedReaders.ts'; // prettier-ignore

const FORMAT = 'mapped';

export const mapped: RowImporter = {
  reads: 'rows',
  format: FORMAT,
  title: 'A file of any layout, by a mapping of its columns',
  windowColumn: null,
  // Never by its header: only where a mapping is given, and then nothing else is asked (`detectTable`).
  recognises: ({ options }) => (options.mapping === undefined ? 0 : 1),
  begin,
};

function begin(source: HeadedSource): RowReading {
  const { fileName, header, options } = source;
  const report = reportFor(fileName);
  const given = options.mapping;
  const columns = given === undefined ? null : columnsOf(given.mapping, header, report);
  if (given === undefined)
    report.refuse([1, null], 'option-unusable', 'no mapping', 'what the columns mean: --mapping <file.yaml> ("mapping" over HTTP)', FILE_REFUSED); // prettier-ignore
  else if (columns !== null && isReady(given.mapping, options, report))
    return readingOf(given, columns, source, report);
  let told = false;
  const once = (): ImportResult => {
    const findings = told ? [] : report.findings;
    told = true;
    return { events: [], findings };
  };
  return { take: once, end: once };
}

/** Whether what the mapping leaves to be given with the file is given. */
function isReady({ authority, when, kind }: Mapping, options: ImportOptions, report: Report): boolean {
  const missing: string[] = [];
  if (authority === undefined && !isAuthorityCode(options.authority ?? ''))
    missing.push('the authority, which the mapping leaves out: --authority <code>');
  if (when === undefined && timingOf(kind) === 'window' && !windowField.safeParse(options.period).success)
    missing.push('the period, which the mapping leaves out: --period <window> ("period" over HTTP)');
  if (when === undefined && timingOf(kind) === 'day' && !dateField.safeParse(options.on).success)
    missing.push('the day, which the mapping leaves out: --on <date> ("on" over HTTP)');
  for (const expected of missing) report.refuse([1, null], 'option-unusable', 'nothing', expected, FILE_REFUSED);
  return missing.length === 0;
}

function readingOf(
  { mapping, sha256: digest }: GivenMapping,
  columns: Columns,
  { fileName, sha256, header, options }: HeadedSource,
  atFirst: Report,
): RowReading {
  const kind = mapping.kind;
  let report = atFirst;
  const gathered = gatheredFindings(() => report);
  const leavesOut = mapping.leaveOut.map((rule) => ({ rule, cell: columns(rule.column) }));
  const authority = authorityReader(mapping, columns, options, gathered);
  const library = libraryReader(mapping, columns, options);
  const when = whenReader(mapping, columns, options);
  const number = numberReader(mapping, columns);
  const fields = Object.entries(mapping.with).map(([name, value]) => [name, fieldReader(mapping, name, value, columns)] as const); // prettier-ignore
  const evidence = columns(mapping.number?.column ?? columnOfTime(mapping));
  const hasProvenance = 'provenance' in dataFieldsOf(kind);
  // Two sessions alike on a day are two sessions.
  const isCount = timingOf(kind) !== 'moment';
  const counted = keysSeen();
  report.note([1, null], 'mapping-used', `${mapping.feed}, SHA-256 ${digest}`, 'a mapping of the columns', 'The file was read by it. Events do not name their mapping.'); // prettier-ignore

  function eventOf(row: TableRow, into: Report): ActivityEvent | null {
    const excluded = leavesOut.find(({ rule, cell }) => rule.is.includes(cell(row).text));
    if (excluded !== undefined) {
      const { header: column, text } = excluded.cell(row);
      gathered.add({ severity: 'noted', code: 'row-left-out', spot: [row.row, column], found: text, expected: 'a row that the mapping does not leave out', done: `Left out: ${excluded.rule.why}.` }); // prettier-ignore
      return null;
    }
    const code = authority(row, into);
    const slug = library === null ? '' : library(row, into);
    const at = when(row, into);
    const stated = number === null ? {} : number(row, into);
    const words = wordsOf(row, into);
    if (code === null || slug === null || at === null || stated === null || words === null) return null;
    const subject = slug === '' ? code : `${code}/${slug}`;
    const cell = evidence(row);
    const { header: column, raw } = cell;
    const { time, ...timing } = at;
    if (isCount && isAgain(cell, JSON.stringify([subject, timing, words]), JSON.stringify(stated), into)) return null; // prettier-ignore
    const provenance = { file: sha256, row: row.row, column, raw: plainText(raw).slice(0, LONGEST_RAW) };
    return {
      specversion: '1.0',
      id: eventIdOf(sha256, row.row, column),
      source: sourceOf(code, `${FORMAT}-${mapping.feed}`),
      type: typeOf(kind),
      subject,
      ...(time === undefined ? {} : { time }),
      data: { ...timing, ...words, ...stated, ...(hasProvenance ? { provenance } : {}) },
    } as unknown as ActivityEvent;
  }

  /** The other fields of the contract, each looked at, so that all that is wrong with a row is told at once. */
  function wordsOf(row: TableRow, into: Report): Readonly<Record<string, FieldValue>> | null {
    const words: Record<string, FieldValue> = {};
    let isSound = true;
    for (const [name, read] of fields) {
      const value = read(row, into);
      if (value === null) isSound = false;
      else if (value !== LEFT_OUT) words[name] = value;
    }
    return isSound ? words : null;
  }

  /** Whether a row before counts the same: of two that differ nothing tells which is right, and the first is recorded. */
  function isAgain({ row, header: column, text }: Cell, key: string, says: string, into: Report): boolean {
    const first = counted.meet(key, row, says);
    if (first === null) return false;
    const done = `Not imported; row ${first.row} was kept.`;
    if (first.same) into.refuse([row, column], 'row-repeated', `the same count as row ${first.row}`, 'each count once', done); // prettier-ignore
    else into.refuse([row, column], 'row-contradicted', `${text}, but row ${first.row} gives another number for the same place, time and categories`, 'one count', `${done} Correct or withdraw it if it is wrong.`); // prettier-ignore
    return true;
  }

  /** The findings since the last call. */
  function findingsNow(): readonly Finding[] {
    const { findings } = report;
    report = reportFor(fileName);
    return findings;
  }

  return {
    take(rows) {
      const events = exactRows({ header, rows }, report).flatMap((row) => eventOf(row, report) ?? []);
      return { events, findings: findingsNow() };
    },
    end() {
      gathered.tell(report);
      return { events: [], findings: findingsNow() };
    },
  };
}
