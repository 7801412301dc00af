/**
 * Stops of mobile libraries in the open-data schema: one stop of a timetable a row, with the rule by which it comes round
 * again (schema-librarydata, mobile-library-stops). Files of version 0.2.0 have neither `type` nor `exceptions`.
 *
 * Addresses, postcodes and links are not kept, and of a stop that is not open to the public nothing is: it may be
 * somebody's home.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { isoOf } from '../../domain/periods.ts';
import { checkNotKept, dayCell, POSTCODE, textCell, WEB_ADDRESS, wordCell } from '../table/cells.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { authoritiesIn, placeOf, type AuthorityOfRow } from './openData.ts';
import { layoutScore, namedRows, settleRepeats, type NamedRow } from '../table/rows.ts';
import { ISO_DATE, isoDayOf, LONGEST_RAW } from '../table/text.ts';

const FORMAT = 'open-data-mobile-stops';
const [ORGANISATION, MOBILE, ROUTE, COMMUNITY, STOP] = [
  'organisation',
  'mobile',
  'route',
  'community',
  'stop',
] as const;
const [X, Y, DAY, TYPE, ARRIVAL, DEPARTURE] = ['geox', 'geoy', 'day', 'type', 'arrival', 'departure'] as const;
const [FREQUENCY, START, END, EXCEPTIONS] = ['frequency', 'start', 'end', 'exceptions'] as const;
const [ADDRESS, POST, TIMETABLE] = ['address', 'postcode', 'timetable'] as const;
const LAYOUT = {
  required: [ORGANISATION, MOBILE, ROUTE, STOP, DAY, ARRIVAL, DEPARTURE, FREQUENCY, START],
  optional: [COMMUNITY, X, Y, TYPE, END, EXCEPTIONS],
  notKept: [ADDRESS, POST, TIMETABLE],
  alsoCalled: { [MOBILE]: ['Mobile name'] },
};

type Stop = EventOf<'mobile-stop.scheduled'>['data'];

const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const WEEKDAYS = {
  meanings: new Map(WEEK.map((day): [string, Stop['day']] => [day, day])),
  words: 'a day in full: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday or Sunday',
};
const TYPES = {
  meanings: new Map([
    ['public', 'public' as const],
    ['dynamic', 'dynamic' as const],
    ['other', 'other' as const],
    ['private', 'private' as const],
  ]),
  words: 'one of: Public, Private, Dynamic, Other',
};

export const openDataMobileStops: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Stops of mobile libraries in the public library open-data schema',
  windowColumn: START,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface StopRow {
  readonly row: NamedRow;
  readonly authority: string;
  readonly place: string;
  readonly says: Omit<Stop, 'provenance'>;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report, ORGANISATION);
  const stops = named.flatMap((row) => stopOf(row, authority, report) ?? []);
  const sameStop = ({ place, says }: StopRow): string => JSON.stringify([place, says]);
  const { kept, repeats } = settleRepeats(stops, sameStop, sameStop);
  for (const { row, first } of repeats) {
    const done = `Not imported; row ${first.row.row} was kept.`;
    const found = `the same stop as row ${first.row.row}`;
    report.refuse([row.row.row, row.row.header(STOP)], 'row-repeated', found, 'each stop once', done);
  }
  return { events: kept.map((stop) => eventOf(stop, source)), findings: report.findings };
}

/** A stop whose every cell that is kept can be used, or null with a finding at each that cannot. */
function stopOf(row: NamedRow, authorityOfRow: AuthorityOfRow, report: Report): StopRow | null {
  const where = placeOf(row, authorityOfRow, report, MOBILE);
  const route = textCell(row, ROUTE, { longest: LONGEST_RAW, expected: 'the name of the route' }, report);
  const community = optional(row, COMMUNITY, () =>
    textCell(row, COMMUNITY, { longest: LONGEST_RAW, expected: 'the name of a village or a part of a town' }, report),
  );
  const stop = textCell(row, STOP, { longest: LONGEST_RAW, expected: 'the name of the stop' }, report);
  const point = pointCells(row, report);
  const day = wordCell(row, DAY, WEEKDAYS, report);
  const type = row.has(TYPE) ? typeCell(row, report) : undefined;
  const arrival = timeCell(row, ARRIVAL, report);
  const departure = timeCell(row, DEPARTURE, report);
  const frequency = ruleCell(row, report);
  const first = dayCell(row, START, report);
  const last = optional(row, END, () => dayCell(row, END, report));
  const exceptions = optional(row, EXCEPTIONS, () => exceptionsCell(row, report));
  checkNotKept(row, POST, POSTCODE, report);
  checkNotKept(row, TIMETABLE, WEB_ADDRESS, report);
  if (where === null || route === null || community === null || stop === null || point === null) return null;
  if (day === null || type === null || arrival === null || departure === null || frequency === null) return null;
  if (first === null || last === null || exceptions === null) return null;
  if (!inOrder(row, { arrival, departure, first, last }, report)) return null;
  flagOtherDay(row, { day, first, frequency }, report);
  const until = last === undefined ? {} : { until: isoOf(last) };
  const says = { on: isoOf(first), ...until, route, stop, day, arrival, departure, frequency, ...point };
  return {
    row,
    ...where,
    says: {
      ...says,
      ...(community === undefined ? {} : { community }),
      ...(type === undefined ? {} : { stopType: type }),
      ...(exceptions === undefined ? {} : { exceptions }),
    },
  };
}

/** What stands in a cell that may be blank. */
const optional = <T>(row: NamedRow, column: string, read: () => T): T | undefined =>
  row.text(column) === '' ? undefined : read();

function typeCell(row: NamedRow, report: Report): NonNullable<Stop['stopType']> | null {
  const type = wordCell(row, TYPE, TYPES, report);
  if (type !== 'private') return type;
  const expected = 'a stop open to the public: nothing is kept of one that may be at a home';
  report.refuse([row.row, row.header(TYPE)], 'stop-not-public', row.text(TYPE), expected);
  return null;
}

/** A time of day as `09:20`; `9:20` and whole minutes with seconds are the same. Null with a finding at the cell. */
function timeCell(row: NamedRow, column: string, report: Report): string | null {
  const text = row.text(column);
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})(?::00)?$/.exec(text) ?? [];
  if (hours !== '' && Number(hours) < 24 && Number(minutes) < 60) return `${hours.padStart(2, '0')}:${minutes}`;
  const expected = 'a time of day on the 24-hour clock, such as 09:20';
  report.refuse([row.row, row.header(column)], text === '' ? 'value-missing' : 'not-a-time', text, expected);
  return null;
}

const RULE = /^FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*$/;
const LONGEST_RULE = 120;

function ruleCell(row: NamedRow, report: Report): string | null {
  const text = row.text(FREQUENCY);
  if (RULE.test(text) && text.length <= LONGEST_RULE) return text;
  const expected = 'an iCalendar rule, such as FREQ=WEEKLY;INTERVAL=2 for every second week';
  report.refuse([row.row, row.header(FREQUENCY)], text === '' ? 'value-missing' : 'rule-unreadable', text, expected);
  return null;
}

function exceptionsCell(row: NamedRow, report: Report): string[] | null {
  const days = row.text(EXCEPTIONS).split(',').map((part) => isoDayOf(part)); // prettier-ignore
  if (days.every((day) => day !== null)) return days.map(isoOf);
  const expected = `days with a comma between them, each ${ISO_DATE}`;
  report.refuse([row.row, row.header(EXCEPTIONS)], 'not-a-date', row.text(EXCEPTIONS), expected);
  return null;
}

/** Longitude and latitude, or neither where both cells are blank; null with a finding. */
function pointCells(row: NamedRow, report: Report): Pick<Stop, 'latitude' | 'longitude'> | null {
  if (row.text(X) === '' && row.text(Y) === '') return {};
  const longitude = degreesCell(row, X, { most: 180, name: 'longitude' }, report);
  const latitude = degreesCell(row, Y, { most: 90, name: 'latitude' }, report);
  if (longitude === null || latitude === null) return null;
  if (longitude < WEST || longitude > EAST || latitude < SOUTH || latitude > NORTH) {
    const found = `longitude ${longitude}, latitude ${latitude}`;
    const expected = 'a point in the United Kingdom: are the two the wrong way round?';
    report.flag([row.row, row.header(X)], 'coordinates-far', found, expected, 'Imported as given.');
  }
  return { latitude, longitude };
}
/** Bounds of the United Kingdom, in degrees, with some sea. */
const [WEST, EAST, SOUTH, NORTH] = [-9, 2.5, 49, 61.5];

function degreesCell(
  row: NamedRow,
  column: string,
  { most, name }: { most: number; name: string },
  report: Report,
): number | null {
  const text = row.text(column);
  const degrees = /^-?\d{1,3}(\.\d{1,20})?$/.test(text) ? Number(text) : NaN;
  if (Math.abs(degrees) <= most) return degrees;
  const expected = `a ${name} in degrees, such as ${name === 'latitude' ? '51.064823' : '-3.47537'}: not an easting or a northing`;
  report.refuse([row.row, row.header(column)], 'coordinates-unusable', text, expected);
  return null;
}

function inOrder(
  row: NamedRow,
  { arrival, departure, first, last }: { arrival: string; departure: string; first: number; last: number | undefined },
  report: Report,
): boolean {
  const isTimed = arrival < departure;
  if (!isTimed) {
    const found = `${arrival} to ${departure}`;
    report.refuse([row.row, row.header(DEPARTURE)], 'end-before-start', found, 'a departure after the arrival');
  }
  if (last === undefined || last >= first) return isTimed;
  const found = `${isoOf(first)} to ${isoOf(last)}`;
  report.refuse([row.row, row.header(END)], 'end-before-start', found, 'an end on or after the start');
  return false;
}

/** The first day of a weekly stop is a day on which it is visited. */
function flagOtherDay(
  row: NamedRow,
  { day, first, frequency }: { day: Stop['day']; first: number; frequency: string },
  report: Report,
): void {
  // 5 January 1970, day 4, was a Monday.
  const weekday = WEEK[(((first - 4) % 7) + 7) % 7];
  if (weekday === day || !frequency.startsWith('FREQ=WEEKLY')) return;
  const found = `${isoOf(first)}, a ${weekday}`;
  report.flag([row.row, row.header(START)], 'day-disagrees', found, `a ${day}, as the day says`, 'Imported as given.');
}

function eventOf({ row, authority, place, says }: StopRow, { sha256 }: ImportSource): EventOf<'mobile-stop.scheduled'> {
  const column = row.header(STOP);
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row.row, column),
    source: sourceOf(authority, FORMAT),
    type: typeOf('mobile-stop.scheduled'),
    subject: place,
    data: { ...says, provenance: { file: sha256, row: row.row, column, raw: row.raw(STOP) } },
  };
}
