/**
 * Files of any layout, by a mapping that says what their columns mean (`contracts/mapping.ts`). Each row stands by
 * itself, so that a file may be of any length. Nothing is guessed: dates and numbers are read only as the mapping says
 * that they are written, and a word that the mapping does not have is refused at its cell.
 *
 * Two rows that count the same thing are told, as far as rows can be told that are gone already: the first was recorded
 * and the second is refused. Sums without a name that says so cannot be found in rows that stand by themselves.
 */
import { dataFieldsOf, typeOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import { dateField, slugField, windowField } from '../../contracts/fields.ts';
import { timingOf, type GivenMapping, type Mapping } from '../../contracts/mapping.ts';
import type { Absence } from '../../contracts/vocabulary.ts';
import { keyOf } from '../domain/labels.ts';
import { granularityOf, intervalOf, isoOf, londonTime } from '../domain/periods.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import {
  FILE_REFUSED,
  reportFor,
  type FileSource,
  type ImportOptions,
  type ImportResult,
  type Report,
  type RowImporter,
  type RowReading,
  type TableRow,
} from './importer.ts';
import { keysSeen } from './table/keysSeen.ts';
import { authorityOf, givenLibraries, isAuthorityCode, LIBRARY_NAME, librarySlugOf } from './places.ts';
import { exactRows } from './table/rows.ts';
import { LONGEST_RAW, namesATotal, plainText } from './table/text.ts';
import { dateReader, type WrittenDate } from './table/writtenDate.ts';
import { writtenNumber } from './table/writtenNumber.ts';

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

const MOST_REMEMBERED = 10_000;

/** The same function, which works out what it is asked again only once: cells of one column say little that is new. */
function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const value = read(text);
    known.set(text, value);
    return value;
  };
}

/** A cell of a row, under the header that it stands under. */
interface Cell {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly text: string;
}
/** A column that the mapping names. */
type ColumnReader = (row: TableRow) => Cell;

/** Reads something of a row; null with a finding where it cannot be read. */
type Reader<T> = (row: TableRow, report: Report) => T | null;

/** The cells of the columns that a mapping names. */
type Columns = (name: string) => ColumnReader;

function begin(source: FileSource & { readonly header: readonly string[] }): RowReading {
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

/** Every column that a mapping names, each once. */
function namesIn({ authority, library, when, number, with: fields, leaveOut }: Mapping): readonly string[] {
  const times: unknown[] = Object.values(when ?? {});
  const parts = [authority, library, number, ...times, ...Object.values(fields), ...leaveOut];
  return [...new Set(parts.flatMap(columnIn))];
}

const columnIn = (part: unknown): string[] =>
  typeof part === 'object' && part !== null && 'column' in part && typeof part.column === 'string' ? [part.column] : [];

/** The columns, or null and findings where the header has not each of them once. */
function columnsOf(mapping: Mapping, header: readonly string[], report: Report): Columns | null {
  const positions = new Map<string, number>();
  const keys = header.map(keyOf);
  const names = namesIn(mapping);
  let isSound = true;
  for (const name of names) {
    const [position = -1, ...more] = keys.flatMap((key, at) => (key === keyOf(name) ? [at] : []));
    positions.set(name, position);
    if (position >= 0 && more.length === 0) continue;
    isSound = false;
    if (position >= 0) report.refuse([1, name], 'column-repeated', name, `one column "${name}"`, FILE_REFUSED);
    else report.refuse([1, name], 'column-missing', `the columns ${header.map((label) => label.trim()).join(', ')}`, `a column "${name}", as the mapping says`, FILE_REFUSED); // prettier-ignore
  }
  if (!isSound) return null;
  const taken = new Set(positions.values());
  for (const [position, label] of header.entries())
    if (!taken.has(position) && label.trim() !== '')
      report.note([1, label.trim()], 'column-unknown', label.trim(), 'a column that the mapping names', 'The column was not read.'); // prettier-ignore
  return (name) => {
    const position = positions.get(name) ?? -1;
    const label = plainText(header[position] ?? name);
    return ({ row, cells }) => {
      const raw = cells[position] ?? '';
      return { row, header: label, raw, text: raw.trim() };
    };
  };
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
  { fileName, sha256, header, options }: FileSource & { readonly header: readonly string[] },
  atFirst: Report,
): RowReading {
  const kind = mapping.kind;
  const unknownNames = tally();
  const leftOut = tally();
  const leavesOut = mapping.leaveOut.map((rule) => ({ rule, cell: columns(rule.column) }));
  const authority = authorityReader(mapping, columns, options, unknownNames);
  const library = libraryReader(mapping, columns, options);
  const when = whenReader(mapping, columns, options);
  const number = numberReader(mapping, columns);
  const fields = Object.entries(mapping.with).map(([name, value]) => [name, fieldReader(mapping, name, value, columns)] as const); // prettier-ignore
  const evidence = columns(mapping.number?.column ?? columnOfTime(mapping));
  const hasProvenance = 'provenance' in dataFieldsOf(kind);
  // Two sessions alike on a day are two sessions.
  const isCount = timingOf(kind) !== 'moment';
  const counted = keysSeen();
  let report: Report | null = atFirst;
  atFirst.note([1, null], 'mapping-used', `${mapping.feed}, SHA-256 ${digest}`, 'a mapping of the columns', 'The file was read by it. Events do not name their mapping.'); // prettier-ignore

  function eventOf(row: TableRow, into: Report): ActivityEvent | null {
    const excluded = leavesOut.find(({ rule, cell }) => rule.is.includes(cell(row).text));
    if (excluded !== undefined) {
      leftOut.add(excluded.rule.why, row.row, excluded.cell(row));
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

  return {
    take(rows) {
      const into = report ?? reportFor(fileName);
      report = null;
      const events = exactRows({ header, rows }, into).flatMap((row) => eventOf(row, into) ?? []);
      return { events, findings: into.findings };
    },
    end() {
      const into = report ?? reportFor(fileName);
      for (const { what, row, count, cell } of unknownNames.all())
        into.refuse([row, cell.header], 'authority-unknown', `${what}${inRows(count)}`, 'a GSS code, or a name that the mapping or --name "<name>=<code>" gives one'); // prettier-ignore
      for (const { what, row, count, cell } of leftOut.all())
        into.note([row, cell.header], 'row-left-out', `${cell.text}${inRows(count)}`, 'a row that the mapping does not leave out', `Left out: ${what}.`); // prettier-ignore
      return { events: [], findings: into.findings };
    },
  };
}

const inRows = (count: number): string => (count === 1 ? '' : ` (in ${count} rows)`);

interface Tally {
  add(what: string, row: number, cell: Cell): void;
  all(): Iterable<{ readonly what: string; readonly row: number; readonly count: number; readonly cell: Cell }>;
}

/** What is told once for many rows, with the first of them. */
function tally(): Tally {
  const found = new Map<string, { readonly what: string; readonly row: number; count: number; readonly cell: Cell }>();
  return {
    add(what, row, cell) {
      const known = found.get(what);
      if (known === undefined) found.set(what, { what, row, count: 1, cell });
      else known.count += 1;
    },
    all: () => found.values(),
  };
}

function authorityReader(
  { authority }: Mapping,
  columns: Columns,
  options: ImportOptions,
  unknown: Tally,
): Reader<string> {
  if (authority === undefined || typeof authority === 'string') return () => authority ?? options.authority ?? null;
  const cellOf = columns(authority.column);
  const names = { ...options.authorities, ...authority.names };
  const codes = new Map<string, string | null>();
  return (row, report) => {
    const cell = cellOf(row);
    const { text, header } = cell;
    if (text === '') {
      report.refuse([row.row, header], 'value-missing', '', 'the name or GSS code of the authority');
      return null;
    }
    let code = codes.get(text);
    if (code === undefined) {
      code = authorityOf(text, names);
      codes.set(text, code);
    }
    if (code === null) unknown.add(text.slice(0, 60), row.row, cell);
    else if (options.authority !== undefined && options.authority !== code) {
      report.refuse([row.row, header], 'authority-other', text, `rows of ${options.authority}, which the whole file is said to be about`); // prettier-ignore
      return null;
    }
    return code;
  };
}

function libraryReader({ library }: Mapping, columns: Columns, options: ImportOptions): Reader<string> | null {
  if (library === undefined) return null;
  const cellOf = columns(library.column);
  const places = new Map([...givenLibraries(options.libraries), ...Object.entries(library.places ?? {})]);
  const slugFrom = { name: librarySlugOf, slug: (text: string) => (slugField.safeParse(text).success ? text : null), code: () => null }[library.as]; // prettier-ignore
  const expected = {
    name: LIBRARY_NAME,
    slug: 'the name of a service point: lower-case words joined by hyphens',
    code: 'a code that the mapping or --library "<code>=<slug>" gives a library',
  }[library.as];
  const slugOf = remembering((text) => (places.has(text) ? (places.get(text) ?? null) : namesATotal(text) ? null : slugFrom(text))); // prettier-ignore
  return (row, report) => {
    const { text, header } = cellOf(row);
    const slug = slugOf(text);
    if (slug !== null) return slug;
    const code = text === '' ? 'value-missing' : namesATotal(text) ? 'totals-row' : 'library-unusable';
    report.refuse([row.row, header], code, text, code === 'totals-row' ? 'a library: totals are worked out, not imported' : expected); // prettier-ignore
    return null;
  };
}

/** When an event is, in the fields that say it. */
interface When {
  readonly window?: string;
  readonly on?: string;
  readonly time?: string;
}

/** Column that tells when a single event was; the first that the mapping names, where it has none. */
const columnOfTime = (mapping: Mapping): string =>
  mapping.when !== undefined && 'day' in mapping.when ? mapping.when.day.column : (namesIn(mapping)[0] ?? '');

function whenReader(mapping: Mapping, columns: Columns, options: ImportOptions): Reader<When> {
  const { when, kind } = mapping;
  const timing = timingOf(kind);
  if (when === undefined) {
    const fixed = timing === 'day' ? { on: options.on ?? '' } : { window: options.period ?? '' };
    return () => fixed;
  }
  if ('window' in when) return () => ({ window: when.window });
  if ('month' in when) return mapTo(dateCell(when.month, columns), ({ day }) => ({ window: `${isoOf(day)}/P1M` }));
  if ('financialYear' in when) return yearReader(when.financialYear, columns);
  if ('first' in when) return spanReader(when, mapping, columns);
  const [cellOf, dateOf] = [columns(when.day.column), dateCell(when.day, columns)];
  return (row, report) => {
    const date = dateOf(row, report);
    if (date === null) return null;
    const iso = isoOf(date.day);
    if (timing === 'window') return { window: `${iso}/P1D` };
    if (timing === 'day' || (date.second === null && 'on' in dataFieldsOf(kind))) return { on: iso };
    // A day without a time is told by its noon, which is on that day in summer and in winter.
    const time = date.second === null ? `${iso}T12:00:00Z` : londonTime(date.day, date.second);
    if (time !== null) return { time };
    report.refuse([row.row, cellOf(row).header], 'not-a-date', cellOf(row).text, 'a time that there was: clocks went forward over this one'); // prettier-ignore
    return null;
  };
}

const mapTo =
  <T, R>(read: Reader<T>, to: (value: T) => R): Reader<R> =>
  (row, report) => {
    const value = read(row, report);
    return value === null ? null : to(value);
  };

function dateCell({ column, written }: { column: string; written: string }, columns: Columns): Reader<WrittenDate> {
  const [cellOf, read] = [columns(column), remembering(dateReader(written))];
  return (row, report) => {
    const { text, header } = cellOf(row);
    const date = read(text);
    if (date === null)
      report.refuse([row.row, header], text === '' ? 'value-missing' : 'not-a-date', text, `a date between 1970 and 2099 written ${written}, as the mapping says`); // prettier-ignore
    return date;
  };
}

type When1<K extends string> = Extract<NonNullable<Mapping['when']>, Record<K, unknown>>;

function yearReader({ column, written }: When1<'financialYear'>['financialYear'], columns: Columns): Reader<When> {
  const cellOf = columns(column);
  const pattern = new RegExp(`^(\\d{4})${written.charAt(4) === '/' ? '\\/' : '-'}(\\d{${written.length - 5}})$`);
  return (row, report) => {
    const { text, header } = cellOf(row);
    const [, first = '', last = ''] = pattern.exec(text) ?? [];
    const isNext = first !== '' && String(Number(first) + 1).endsWith(last);
    if (isNext && first >= '1970' && first < '2099') return { window: `${first}-04-01/P1Y` };
    report.refuse([row.row, header], text === '' ? 'value-missing' : 'not-a-date', text, `a financial year written ${written}, as the mapping says`); // prettier-ignore
    return null;
  };
}

function spanReader({ first, last }: When1<'first'>, mapping: Mapping, columns: Columns): Reader<When> {
  const { method } = mapping.with;
  const mayBeSample = method === 'sample-week' || typeof method === 'object';
  const [start, end, cellOf] = [dateCell(first, columns), dateCell(last, columns), columns(last.column)];
  return (row, report) => {
    const [from, to] = [start(row, report), end(row, report)];
    if (from === null || to === null) return null;
    const { header, text } = cellOf(row);
    const window = { first: from.day, last: to.day };
    if (window.last < window.first) {
      report.refuse([row.row, header], 'end-before-start', `${columns(first.column)(row).text} to ${text}`, 'an end on or after the start'); // prettier-ignore
      return null;
    }
    // A sample week may lie across two months; every other count has to lie in a period of the calendar.
    if (!mayBeSample && granularityOf(window) === null) {
      report.refuse([row.row, header], 'window-without-period', `${columns(first.column)(row).text} to ${text}`, 'days within one month, or whole months within one quarter, half-year or financial year'); // prettier-ignore
      return null;
    }
    return { window: intervalOf(window) };
  };
}

type Stated = Readonly<Record<string, number>> | { readonly absent: Absence };

function numberReader({ kind, number }: Mapping, columns: Columns): Reader<Stated> | null {
  if (number === undefined) return null;
  const cellOf = columns(number.column);
  const schema = dataFieldsOf(kind)[number.field];
  const missing = new Map(Object.entries(number.missing));
  const read = writtenNumber(number);
  return (row, report) => {
    const { text, header } = cellOf(row);
    const absent = missing.get(text);
    if (absent !== undefined) return { absent };
    const value = read(text);
    if (value !== null && schema?.safeParse(value).success === true) return { [number.field]: value };
    const words = missing.size === 0 ? '' : `, or one of: ${[...missing.keys()].map((word) => (word === '' ? 'an empty cell' : word)).join(', ')}`; // prettier-ignore
    report.refuse([row.row, header], text === '' ? 'value-missing' : 'not-a-number', text, `a number for "${number.field}" ${howWritten(number)}${words}`); // prettier-ignore
    return null;
  };
}

const howWritten = ({ thousands, decimal }: NonNullable<Mapping['number']>): string => {
  const parts = [
    ...(thousands === undefined ? [] : [`"${thousands}" between thousands`]),
    ...(decimal === undefined ? [] : [`"${decimal}" before decimals`]),
  ];
  return parts.length === 0 ? 'in digits only' : `in digits, with ${parts.join(' and ')} at most`;
};

/** The field is left out, as the mapping says of the word in the cell. */
const LEFT_OUT = Symbol('left out');
type FieldValue = string | number | boolean | typeof LEFT_OUT;

function fieldReader(
  { kind }: Mapping,
  name: string,
  value: Mapping['with'][string],
  columns: Columns,
): Reader<FieldValue> {
  if (typeof value !== 'object') return () => value;
  const cellOf = columns(value.column);
  const schema = dataFieldsOf(kind)[name];
  if (value.words !== undefined) {
    const words = new Map(Object.entries(value.words));
    return (row, report) => {
      const { text, header } = cellOf(row);
      const meaning = words.get(text);
      if (meaning !== undefined) return meaning ?? LEFT_OUT;
      report.refuse([row.row, header], text === '' ? 'value-missing' : 'category-unmapped', text, `a word that the mapping gives a meaning: ${[...words.keys()].join(', ')}`); // prettier-ignore
      return null;
    };
  }
  return (row, report) => {
    const { text, header } = cellOf(row);
    const asNumber = /^(0|[1-9]\d{0,8})$/.test(text) ? [Number(text)] : [];
    const fits = [text, ...asNumber].find((each) => schema?.safeParse(each).success === true);
    if (fits !== undefined && !namesATotal(text)) return fits;
    const code = text === '' ? 'value-missing' : namesATotal(text) ? 'totals-row' : 'contract';
    report.refuse([row.row, header], code, text, `a value that "${name}" of ${kind} can have`);
    return null;
  };
}
