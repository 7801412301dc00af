/**
 * The register of libraries in the open-data schema: one library a row, with how it is run, whether it is statutory and
 * its opening hours (schema-librarydata, libraries). Older files have one column of hours a day, and write `Colocated`.
 *
 * The file does not say of which day it is. Addresses, postcodes, contacts, links and notes are not kept.
 */
import { typeOf, type ActivityEvent, type EventOf } from '../../../contracts/activityEvent.ts';
import {
  checkFilled,
  checkNotKept,
  EMAIL_ADDRESS,
  POSTCODE,
  textCell,
  WEB_ADDRESS,
  wordCell,
  YES_NO,
} from '../table/cells.ts';
import { dayOfRegister } from '../registers/dayOfRegister.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { ALSO_CALLED, authoritiesIn, AUTHORITY, LIBRARY, placeOf, type AuthorityOfRow } from './openData.ts';
import { hoursOf, minutesIn, OPENING_HOURS, spansOf, type Span } from '../registers/openingHours.ts';
import { layoutScore, namedRows, settleRepeats, type NamedRow } from '../table/rows.ts';
import { LONGEST_RAW } from '../table/text.ts';

const FORMAT = 'open-data-libraries';
const [STATUTORY, TYPE, OPENED, CLOSED, CO_LOCATED] = [
  'Statutory',
  'Type of library',
  'Year opened',
  'Year closed',
  'Co-located',
] as const;
const [POST, UPRN, URL, EMAIL] = ['Postcode', 'Unique property reference number', 'URL', 'Email address'] as const;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const staffedOn = (day: string): string => `${day} staffed hours`;
const unstaffedOn = (day: string): string => `${day} unstaffed hours`;
/** In older files: hours in which everybody may come in; who is there they do not say. */
const openOn = (day: string): string => `${day} hours`;

const LAYOUT = {
  required: [AUTHORITY, LIBRARY, STATUTORY, TYPE],
  optional: [OPENED, CLOSED, CO_LOCATED, ...[staffedOn, unstaffedOn, openOn].flatMap((column) => DAYS.map(column))],
  notKept: [
    'Address 1', 'Address 2', 'Address 3', POST, UPRN, 'Special hours', 'Co-located with', 'Notes', URL, EMAIL,
  ], // prettier-ignore
  alsoCalled: { ...ALSO_CALLED, [CO_LOCATED]: ['Colocated'], 'Co-located with': ['Colocated with'] },
};

type Status = EventOf<'service-point.status'>['data'];

/** How a library is run. "IL" is how the guide to older files writes "ICL". */
const RUN_BY = {
  meanings: new Map<string, NonNullable<Status['runBy']>>([
    ['lal', 'authority'],
    ['cl', 'commissioned'],
    ['crl', 'community'],
    ['icl', 'independent'],
    ['il', 'independent'],
  ]),
  words: 'one of: LAL, LAL-, CL, CRL, ICL',
};
const UPRN_FORM = { kind: 'a property reference number: digits only, not 1.0E+11', test: /^\d{1,14}$/ };

export const openDataLibraries: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'The register of libraries in the public library open-data schema',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface Library {
  readonly row: NamedRow;
  readonly authority: string;
  readonly place: string;
  readonly name: string;
  readonly statutory: 'yes' | 'no';
  readonly runBy: NonNullable<Status['runBy']>;
  readonly coLocated: 'yes' | 'no' | null;
  readonly opened: number | null;
  readonly closed: number | null;
  readonly hours: Pick<Status, 'hoursPerWeek' | 'staffedHoursPerWeek'>;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const on = dayOfRegister(source.options, report);
  if (on === null) return { events: [], findings: report.findings };
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report);
  const libraries = named.flatMap((row) => libraryOf(row, Number(on.slice(0, 4)), authority, report) ?? []);
  const kept = eachOnce(libraries, report);
  return { events: kept.flatMap((library) => eventsOf(library, on, source)), findings: report.findings };
}

/** A library whose every cell that is kept can be used, or null with a finding at each that cannot. */
function libraryOf(row: NamedRow, year: number, authorityOfRow: AuthorityOfRow, report: Report): Library | null {
  const where = placeOf(row, authorityOfRow, report);
  const name = where === null ? null : textCell(row, LIBRARY, { longest: LONGEST_RAW, expected: 'a name' }, report);
  const statutory = wordCell(row, STATUTORY, YES_NO, report);
  const runBy = runByCell(row, report);
  const coLocated = row.text(CO_LOCATED) === '' ? 'unsaid' : wordCell(row, CO_LOCATED, YES_NO, report);
  const opened = yearCell(row, OPENED, year, report);
  const closed = yearCell(row, CLOSED, year, report);
  checkContacts(row, report);
  const hours = weeklyHours(row, report);
  if (where === null || name === null || statutory === null || runBy === null || coLocated === null) return null;
  if (opened === null || closed === null) return null;
  if (opened !== 'unsaid' && closed !== 'unsaid' && closed < opened) {
    const found = `${opened} to ${closed}`;
    report.refuse([row.row, row.header(CLOSED)], 'end-before-start', found, 'a year from that of its opening on');
    return null;
  }
  return {
    row,
    ...where,
    name,
    statutory,
    runBy,
    coLocated: coLocated === 'unsaid' ? null : coLocated,
    opened: opened === 'unsaid' ? null : opened,
    closed: closed === 'unsaid' ? null : closed,
    hours: closed === 'unsaid' ? hours : withoutHours(row, hours, report),
  };
}

/** `LAL-` is another type than `LAL`: a hyphen that other words are compared without. */
function runByCell(row: NamedRow, report: Report): Library['runBy'] | null {
  return /^lal *-$/i.test(row.text(TYPE)) ? 'authority-unstaffed' : wordCell(row, TYPE, RUN_BY, report);
}

/** A year up to that of the register, or `unsaid`; null with a finding at the cell. */
function yearCell(row: NamedRow, column: string, latest: number, report: Report): number | 'unsaid' | null {
  const text = row.text(column);
  if (text === '') return 'unsaid';
  const year = /^(1[6-9]|20)\d\d$/.test(text) ? Number(text) : NaN;
  if (year <= latest && (column === OPENED || year >= FIRST_CLOSURE)) return year;
  const expected = `a year of four digits, not after ${latest}, the year of the register`;
  report.refuse([row.row, row.header(column)], 'year-unusable', text, expected);
  return null;
}
/** The year of the Public Libraries Act: no library of a council closed before. */
const FIRST_CLOSURE = 1850;

/** What is not kept must still be what its column should hold. */
function checkContacts(row: NamedRow, report: Report): void {
  if (row.has(POST)) checkFilled(row, POST, POSTCODE.kind, report);
  checkNotKept(row, POST, POSTCODE, report);
  checkNotKept(row, UPRN, UPRN_FORM, report);
  checkNotKept(row, URL, WEB_ADDRESS, report);
  checkNotKept(row, EMAIL, EMAIL_ADDRESS, report);
}

/** Hours of the week, left out where a day cannot be read or none is given: part of a week is no week. */
function weeklyHours(row: NamedRow, report: Report): Library['hours'] {
  const staffed = spansByDay(row, staffedOn, report);
  const others = [unstaffedOn, openOn].map((column) => spansByDay(row, column, report));
  const week = (days: readonly (readonly Span[])[]): number =>
    hoursOf(days.reduce((sum, spans) => sum + minutesIn(spans), 0));
  const all = [staffed, ...others];
  const given = all.filter((days) => days !== 'none');
  if (given.length === 0 || given.includes('unreadable'))
    return typeof staffed === 'string' ? {} : { staffedHoursPerWeek: week(staffed) };
  const together = DAYS.map((_, day) => given.flatMap((days) => (typeof days === 'string' ? [] : (days[day] ?? []))));
  return {
    hoursPerWeek: week(together),
    ...(typeof staffed === 'string' ? {} : { staffedHoursPerWeek: week(staffed) }),
  };
}

/** The spans of each day, `none` where no day has any cell filled, `unreadable` with a finding at each cell that is. */
function spansByDay(
  row: NamedRow,
  columnOf: (day: string) => string,
  report: Report,
): readonly (readonly Span[])[] | 'none' | 'unreadable' {
  if (DAYS.every((day) => row.text(columnOf(day)) === '')) return 'none';
  const days = DAYS.map((day) => {
    const column = columnOf(day);
    const spans = spansOf(row.text(column));
    if (spans === null) {
      const done = 'The hours of the week were left out; the rest of the row was read.';
      report.refuse([row.row, row.header(column)], 'hours-unreadable', row.text(column), OPENING_HOURS, done);
    }
    return spans;
  });
  return days.every((spans) => spans !== null) ? days : 'unreadable';
}

/** A library that is closed has no hours. */
function withoutHours(row: NamedRow, hours: Library['hours'], report: Report): Library['hours'] {
  if (hours.hoursPerWeek === undefined && hours.staffedHoursPerWeek === undefined) return {};
  const found = `${hours.hoursPerWeek ?? hours.staffedHoursPerWeek} hours a week`;
  report.flag(
    [row.row, row.header(CLOSED)],
    'hours-of-closed',
    found,
    'no hours, as the library is closed',
    'Recorded as closed, without hours.',
  );
  return {};
}

/** Each library once: of two rows of one name, nothing says which is meant. */
function eachOnce(libraries: readonly Library[], report: Report): readonly Library[] {
  const says = ({ row: _, ...rest }: Library): string => JSON.stringify(rest);
  const { kept, repeats, contradicted } = settleRepeats(libraries, ({ place }) => place, says);
  for (const { row, first } of repeats) {
    const found = `the same library as in row ${first.row.row}`;
    const done = `Not imported; row ${first.row.row} was kept.`;
    report.refuse([row.row.row, row.row.header(LIBRARY)], 'row-repeated', found, 'each library once', done);
  }
  for (const { row, other } of contradicted) {
    const found = `${row.name}, of which row ${other.row.row} says something else`;
    const expected = 'each library once, or names that tell a library from the one before it';
    const done = 'None of these rows was imported.';
    report.refuse([row.row.row, row.row.header(LIBRARY)], 'row-contradicted', found, expected, done);
  }
  return kept;
}

/** What the register says of the place, and what it says of how the library was on its day. */
function eventsOf(library: Library, on: string, { sha256 }: ImportSource): ActivityEvent[] {
  const { row, authority, place, name, statutory, runBy, coLocated, opened, closed, hours } = library;
  const from = (column: string) => {
    const header = row.header(column);
    const provenance = { file: sha256, row: row.row, column: header, raw: row.raw(column) };
    const identity = { id: eventIdOf(sha256, row.row, header), source: sourceOf(authority, FORMAT) };
    return { identity: { specversion: '1.0' as const, ...identity, subject: place }, provenance };
  };
  const [described, status] = [from(LIBRARY), from(TYPE)];
  return [
    {
      ...described.identity,
      type: typeOf('place.described'),
      data: {
        on,
        name,
        level: 'service-point',
        ...(opened === null ? {} : { yearOpened: opened }),
        ...(closed === null ? {} : { yearClosed: closed }),
        provenance: described.provenance,
      },
    },
    {
      ...status.identity,
      type: typeOf('service-point.status'),
      data: {
        on,
        open: closed === null ? 'open' : 'closed',
        statutory,
        // The schema lists libraries that stay where they are: mobile ones have a file of their own.
        kind: 'static',
        runBy,
        ...(coLocated === null ? {} : { coLocated }),
        ...hours,
        provenance: status.provenance,
      },
    },
  ];
}
