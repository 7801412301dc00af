/**
 * The register of libraries in England that the Arts Council publishes (basic dataset for libraries): one service point
 * a row, with a column `Statutory in <year>` and `Operation in <year>` for each year that the edition speaks of, and its
 * hours, building and neighbourhood as they were in the latest of them.
 *
 * Each service point is described once, and its status recorded for every year of which the row tells whether it was
 * open: by who ran it, by being statutory, or by the year in which it closed. "No longer statutory" is not "closed".
 */
import type { ActivityEvent, EventOf } from '../../../contracts/activityEvent.ts';
import { dateField } from '../../../contracts/fields.ts';
import { keyOf } from '../../domain/labels.ts';
import { authoritiesOf } from '../authorities.ts';
import { libraryCell, textCell, wordCell, YES_NO } from '../table/cells.ts';
import {
  FILE_REFUSED,
  reportFor,
  type ImportResult,
  type ImportSource,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { LIBRARY_NAME } from '../places.ts';
import { cellOf, coordinatesOf, factOf, numberCell, WEEKLY_HOURS } from './registers.ts';
import { grouped, layoutScore, namedRows, settleRepeats, type Layout, type NamedRow } from '../table/rows.ts';
import { LONGEST_RAW, slugOf } from '../table/text.ts';

const FORMAT = 'libraries-basic-dataset';
const [SERVICE, CODE, NAME, TYPE] = ['Reporting service', 'Reporting service code', 'Name', 'Type'] as const;
const [OPENED, CLOSED, SHARED] = ['Year opened', 'Year closed', 'Co-located'] as const;
const [HOURS, STAFFED] = ['Hours open per week', 'Staffed hours per week'] as const;
const [LATITUDE, LONGITUDE] = ['Latitude', 'Longitude'] as const;
const [RURAL, DECILE] = ['Rural urban classification description', 'Index of multiple deprivation decile'] as const;
const WITHIN = [
  'archives', 'arts centre', 'care home or hostel', 'catering, bars or pub', 'civic', 'community', 'faith buildings', 'health',
  'hotel', 'industrial or business', 'library', 'museum', 'retail', 'schools or colleges', 'universities or higher education',
  'other', 'other text',
]; // prettier-ignore
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const OPTIONAL = [SERVICE, CODE, OPENED, CLOSED, SHARED, HOURS, STAFFED, LATITUDE, LONGITUDE, RURAL, DECILE];
const NOT_KEPT = [
  'Address 1', 'Address 2', 'Address 3', 'Postcode', 'Unique property reference number', 'Easting', 'Northing',
  'Upper tier local authority', 'Operating organisation', 'Department', ...WITHIN.map((what) => `Co-located ${what}`),
  ...DAYS.map((day) => `${day} opening times`), 'Automated', 'Email or website', 'Email', 'Website',
  'Rural urban classification code', 'Index of multiple deprivation rank',
]; // prettier-ignore
const ALSO_CALLED = {
  [SERVICE]: ['Reporting library service', 'Library service', 'Authority', 'Local authority'],
  [CODE]: ['Authority code', 'Local authority code', 'Service code'],
  [NAME]: ['Library name', 'Library'],
  [TYPE]: ['Library type', 'Type of library'],
  [SHARED]: ['Colocated'],
  [HOURS]: ['Hours per week', 'Opening hours per week'],
  [STAFFED]: ['Staffed hours'],
  'Unique property reference number': ['UPRN'],
};
/**
 * The day of a year on which the services were asked: 1 April 2010 and 1 July 2016, and the last of the year since then
 * (written answer 135182 of the House of Commons, 3 February 2023). The option `on` says another of the latest year.
 */
const DAYS_ASKED: Readonly<Record<number, string>> = { 2010: '04-01', 2016: '07-01' };
const dayAsked = (year: number): string => `${year}-${DAYS_ASKED[year] ?? '12-31'}`;
/** Closures that are announced stand in the register, so far ahead of its latest year. */
const YEARS_AHEAD = 2;

type Status = EventOf<'service-point.status'>['data'];
type Kind = NonNullable<Status['kind']>;

const KINDS = {
  meanings: new Map<string, Kind>([
    ['static library', 'static'],
    ['static', 'static'],
    ['mobile library', 'mobile'],
    ['mobile', 'mobile'],
    ['archive', 'archive'],
    ['prison library', 'institution'],
    ['hospital library', 'institution'],
    ['home service', 'home-service'],
    ['home library service', 'home-service'],
    // Its collection is lent in part or not at all: counted with neither libraries nor archives.
    ['static local history library', 'other'],
  ]),
  words:
    'one of: Static Library, Mobile Library, Archive, Prison Library, Hospital Library, Home Service, Static Local History Library',
};
/** Who runs a library: by the authority, unstaffed, commissioned, by the community, or independent. */
const RUN_BY = {
  meanings: new Map<string, NonNullable<Status['runBy']>>([
    ['la', 'authority'],
    ['lal', 'authority'],
    ['lau', 'authority-unstaffed'],
    ['c', 'commissioned'],
    ['cl', 'commissioned'],
    ['cr', 'community'],
    ['crl', 'community'],
    ['icl', 'independent'],
  ]),
  words: 'one of: LA, LAU, C, CR, ICL, or nothing where nobody runs it',
};

export const librariesBasicDataset: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'The basic dataset for libraries',
  windowColumn: null,
  recognises: ({ header }) => (yearsIn(header).length === 0 ? 0 : layoutScore(header, layoutOf(header))),
  read,
};

/** What a row may say of one year, and under which headers. */
interface YearColumns {
  readonly year: number;
  readonly statutory: string | null;
  readonly operation: string | null;
}

/** The years of which a header speaks, the earliest first: `Statutory in 2016`, `Operation in 2016`. */
function yearsIn(header: readonly string[]): readonly YearColumns[] {
  const years = new Map<number, { statutory: string | null; operation: string | null }>();
  for (const label of header) {
    const found = /^(statutory|operation|operated|how run|run by) (?:(?:in|at|on|as at) )?((?:19|20)\d\d)$/.exec(
      keyOf(label),
    );
    if (found === null) continue;
    const columns = years.get(Number(found[2])) ?? { statutory: null, operation: null };
    years.set(Number(found[2]), columns);
    columns[found[1] === 'statutory' ? 'statutory' : 'operation'] ??= label.trim();
  }
  return [...years].map(([year, columns]) => ({ year, ...columns })).sort((a, b) => a.year - b.year);
}

const NEW_BUILD = /^new build in (19|20)\d\d$/;

function layoutOf(header: readonly string[]): Layout {
  const ofYears = yearsIn(header).flatMap(({ statutory, operation }) => [statutory, operation]);
  return {
    required: [NAME, TYPE],
    optional: [...OPTIONAL, ...ofYears.filter((label) => label !== null)],
    notKept: [...NOT_KEPT, ...header.map((label) => label.trim()).filter((label) => NEW_BUILD.test(keyOf(label)))],
    alsoCalled: ALSO_CALLED,
  };
}

/** What a row says of one year. */
interface YearSaid {
  readonly columns: YearColumns;
  readonly open: 'open' | 'closed';
  readonly statutory: 'yes' | 'no' | null;
  readonly runBy: Status['runBy'] | null;
}

/** Rows that do not tell whether they were open in a year. */
type Untold = Map<YearColumns, number[]>;

interface Library {
  readonly row: number;
  readonly cells: NamedRow;
  readonly authority: string;
  readonly slug: string;
  readonly name: string;
  readonly kind: Kind;
  readonly opened: number | null;
  readonly closed: number | null;
  readonly years: readonly YearSaid[];
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const { header } = source.table;
  const years = yearsIn(header);
  const latest = years.at(-1);
  const on = latest === undefined ? null : dayOfEdition(source, latest.year, report);
  if (latest === undefined) {
    report.refuse(
      [1, null],
      'column-missing',
      'no column of a year',
      'columns such as Statutory in 2023',
      FILE_REFUSED,
    );
  }
  if (latest === undefined || on === null) return { events: [], findings: report.findings };
  const rows = namedRows(source.table, layoutOf(header), report);
  const column = rows[0]?.has(CODE) === true ? CODE : SERVICE;
  const authority = authoritiesOf(
    rows,
    { nameOf: (row) => row.text(column), header: rows[0]?.header(column) ?? column },
    source.options,
    report,
  );
  const untold: Untold = new Map();
  const read = rows.flatMap((row) => libraryOf(row, years, authority, untold, report) ?? []);
  const kept = toldApart(withoutCopies(read, source, report), report);
  const dayIn = (year: number): string => (on.startsWith(`${year}-`) ? on : dayAsked(year));
  noteDays(years, dayIn, report);
  for (const [{ year, operation, statutory }, without] of untold) {
    const found = `${without.length} service points without an operator, a yes to being statutory or a year of closing by ${year}, the first in row ${without[0]}`;
    const expected = 'who ran it, or the year in which it closed';
    report.note(
      [without[0] ?? 1, operation ?? statutory],
      'not-told',
      found,
      expected,
      `No status of ${year} was recorded of them.`,
    );
  }
  const events = kept.flatMap((library) => eventsOf(library, latest.year, on, dayIn, source, report));
  return { events, findings: report.findings };
}

/** The day of the edition: in its latest year. */
function dayOfEdition({ options: { on } }: ImportSource, latest: number, report: Report): string | null {
  if (on === undefined) return dayAsked(latest);
  if (dateField.safeParse(on).success && on.startsWith(`${latest}-`)) return on;
  const expected = `--on ("on" over HTTP) a day of ${latest}, the latest year of the columns`;
  report.refuse([1, null], 'option-unusable', on, expected, FILE_REFUSED);
  return null;
}

function noteDays(years: readonly YearColumns[], dayIn: (year: number) => string, report: Report): void {
  const found = `columns of the years ${years.map(({ year }) => year).join(', ')}`;
  const done = `Recorded as of ${years.map(({ year }) => dayIn(year)).join(', ')}.`;
  report.note([1, null], 'day-assumed', found, 'the day of each year; --on for that of the latest', done);
}

/** A library whose every cell that is kept can be used, or null with a finding at each that cannot. */
function libraryOf(
  row: NamedRow,
  years: readonly YearColumns[],
  authorityOfRow: (row: NamedRow) => string | null,
  untold: Untold,
  report: Report,
): Library | null {
  const authority = authorityOfRow(row);
  const name = textCell(row, NAME, { longest: LONGEST_RAW, expected: LIBRARY_NAME }, report);
  const slug = name === null ? null : libraryCell(row, NAME, report);
  const kind = wordCell(row, TYPE, KINDS, report);
  const latest = years.at(-1)?.year ?? 0;
  const [opened, closed] = [OPENED, CLOSED].map((column) => yearCell(row, column, latest, report));
  const shared = row.text(SHARED) === '' || wordCell(row, SHARED, YES_NO, report) !== null;
  const words = years.map((columns) => yearOf(row, columns, report));
  if (authority === null || name === null || slug === null || kind === null || !shared) return null;
  if (opened === 'faulty' || closed === 'faulty' || opened === undefined || closed === undefined) return null;
  if (words.includes(null)) return null;
  const said = words.flatMap((word): YearSaid[] => {
    if (word === null) return [];
    const { year } = word.columns;
    const open = openIn(word, closed);
    if (open === null) {
      if (opened !== null && opened > year) return [];
      const rows = untold.get(word.columns);
      if (rows === undefined) untold.set(word.columns, [row.row]);
      else rows.push(row.row);
      return [];
    }
    if (open === 'contradicted') {
      const column = word.columns.operation ?? CLOSED;
      const found = `${row.text(column)}, though closed in ${closed}`;
      const done = `No status of ${year} was recorded; the rest of the row was.`;
      report.refuse(
        [row.row, row.header(column)],
        'told-otherwise',
        found,
        'an operator up to the year of closing',
        done,
      );
      return [];
    }
    return [{ ...word, open }];
  });
  return { row: row.row, cells: row, authority, slug, name, kind, opened, closed, years: said };
}

/** A year, null where the cell is blank, or `faulty` with a finding. */
function yearCell(row: NamedRow, column: string, latest: number, report: Report): number | null | 'faulty' {
  const text = row.text(column);
  if (text === '') return null;
  const year = /^(1[6-9]|20)\d\d$/.test(text) ? Number(text) : NaN;
  const usable = year <= latest + YEARS_AHEAD && (column === OPENED || year >= FIRST_CLOSURE);
  if (usable && year > latest) {
    const expected = `a year up to ${latest}, the latest of the columns`;
    report.flag([row.row, row.header(column)], 'year-unusable', text, expected, 'Recorded as announced.');
  }
  if (usable) return year;
  const expected = `a year of four digits, hardly after ${latest}, the latest of the columns`;
  report.refuse([row.row, row.header(column)], 'year-unusable', text, expected);
  return 'faulty';
}
/** The year of the Public Libraries Act: no library of a council closed before. */
const FIRST_CLOSURE = 1850;

/** The words of a year, or null with a finding at each cell that cannot be used. */
function yearOf(row: NamedRow, columns: YearColumns, report: Report): Omit<YearSaid, 'open'> | null {
  const { statutory, operation } = columns;
  const yes = statutory === null || row.text(statutory) === '' ? 'blank' : wordCell(row, statutory, YES_NO, report);
  const runBy = operation === null || row.text(operation) === '' ? 'blank' : wordCell(row, operation, RUN_BY, report);
  if (yes === null || runBy === null) return null;
  return { columns, statutory: yes === 'blank' ? null : yes, runBy: runBy === 'blank' ? null : runBy };
}

/** Whether it was open: null where the row does not tell. A library may still be run in the year in which it closes. */
function openIn(
  { columns: { year, operation }, statutory, runBy }: Omit<YearSaid, 'open'>,
  closed: number | null,
): 'open' | 'closed' | 'contradicted' | null {
  if (closed !== null && closed < year) return runBy === null ? 'closed' : 'contradicted';
  if (runBy !== null) return 'open';
  if (closed === year && operation !== null) return 'closed';
  return statutory === 'yes' ? 'open' : null;
}

/** The libraries without rows that are the same as an earlier one in every cell: a block that was pasted twice. */
function withoutCopies(libraries: readonly Library[], { table }: ImportSource, report: Report): readonly Library[] {
  const cellsOf = new Map(table.rows.map(({ row, cells }) => [row, cells.join('\n')]));
  const { kept, repeats } = settleRepeats(libraries, ({ row }) => cellsOf.get(row) ?? '', () => ''); // prettier-ignore
  for (const { row, first } of repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse([row.row, row.cells.header(NAME)], 'row-repeated', `the same as row ${first.row}`, 'each library once', done); // prettier-ignore
  }
  return kept;
}

/**
 * Each service point as a place of its own. Of several rows of one name in one authority, those of different kinds are
 * told apart by the kind (the static library keeps the name); of those of one kind nothing tells which is which.
 */
function toldApart(libraries: readonly Library[], report: Report): readonly Library[] {
  const thing = ({ authority, slug, kind }: Library): string => `${authority}/${slug} ${kind}`;
  const { kept, repeats } = settleRepeats(libraries, thing, () => '');
  const several = new Set(repeats.map(({ row }) => thing(row)));
  for (const library of libraries.filter((each) => several.has(thing(each)))) {
    const found = `${library.name}, a name of several rows of ${library.authority} of the type ${library.cells.text(TYPE)}`;
    const expected = 'a name of its own for each service point, as "Mobile (North)"';
    report.refuse([library.row, library.cells.header(NAME)], 'place-named-twice', found, expected, 'None of these rows was imported.'); // prettier-ignore
  }
  return grouped(kept.filter((library) => !several.has(thing(library))), ({ authority, slug }) => `${authority}/${slug}`).flatMap((group) =>
    group.length === 1 ? group : group.map((library) => byKind(library, report)),
  ); // prettier-ignore
}

function byKind(library: Library, report: Report): Library {
  if (library.kind === 'static') return library;
  const slug = `${library.slug}-${slugOf(library.cells.text(TYPE))}`;
  const found = `${library.name}, a name of several rows of ${library.authority}`;
  const expected = 'a name of its own for each service point';
  report.flag([library.row, library.cells.header(NAME)], 'place-named-twice', found, expected, `Recorded as ${library.authority}/${slug}, by its type.`); // prettier-ignore
  return { ...library, slug };
}

/** What a row says of the place, and of how it was in each year. */
function eventsOf(
  library: Library,
  latest: number,
  on: string,
  dayIn: (year: number) => string,
  { sha256 }: ImportSource,
  report: Report,
): readonly ActivityEvent[] {
  const { cells, authority, slug, name, kind, opened, closed, years } = library;
  const origin = { owner: authority, format: FORMAT, sha256 };
  const place = `${authority}/${slug}`;
  const described = factOf('place.described', origin, cellOf(cells, NAME), place, {
    on,
    name,
    level: 'service-point',
    ...coordinatesOf(cells, LATITUDE, LONGITUDE, report),
    ...ruralUrbanOf(cells, report),
    ...imdDecileOf(cells, report),
    ...(opened === null ? {} : { yearOpened: opened }),
    ...(closed === null ? {} : { yearClosed: closed }),
  });
  const now = ofLatestYear(library, latest, report);
  const statuses = years.map(({ columns, open, statutory, runBy }) =>
    factOf('service-point.status', origin, cellOf(cells, columns.operation ?? columns.statutory ?? TYPE), place, {
      on: dayIn(columns.year),
      open,
      ...(statutory === null ? {} : { statutory }),
      kind,
      ...(runBy === null || runBy === undefined ? {} : { runBy }),
      ...(columns.year === latest && open === 'open' ? now : {}),
    }),
  );
  return [described, ...statuses];
}

/** What only the latest year has: hours, and whether the building is shared. */
function ofLatestYear(
  { row, cells, years }: Library,
  latest: number,
  report: Report,
): Pick<Status, 'hoursPerWeek' | 'staffedHoursPerWeek' | 'coLocated'> {
  const hoursPerWeek = numberCell(cells, HOURS, WEEKLY_HOURS, report) ?? undefined;
  const staffedHoursPerWeek = numberCell(cells, STAFFED, WEEKLY_HOURS, report) ?? undefined;
  const shared = YES_NO.meanings.get(keyOf(cells.text(SHARED)));
  const isOpen = years.some(({ columns, open }) => columns.year === latest && open === 'open');
  if (!isOpen && (hoursPerWeek ?? 0) > 0) {
    const done = 'The hours were left out; the rest of the row was read.';
    report.flag([row, cells.header(HOURS)], 'told-otherwise', `${hoursPerWeek} hours a week`, `no hours where it is not told to be open in ${latest}`, done); // prettier-ignore
  }
  if ((staffedHoursPerWeek ?? 0) > (hoursPerWeek ?? Infinity)) {
    const found = `${staffedHoursPerWeek} staffed hours of ${hoursPerWeek}`;
    report.flag([row, cells.header(STAFFED)], 'parts-disagree', found, 'no more than the hours open', 'Recorded as they stand.'); // prettier-ignore
  }
  return {
    ...(hoursPerWeek === undefined ? {} : { hoursPerWeek }),
    ...(staffedHoursPerWeek === undefined ? {} : { staffedHoursPerWeek }),
    ...(shared === undefined ? {} : { coLocated: shared }),
  };
}

const LONGEST_CLASS = 64;
function ruralUrbanOf(row: NamedRow, report: Report): { ruralUrban?: string } {
  const text = row.text(RURAL);
  if (text === '') return {};
  const ruralUrban = slugOf(text);
  if (ruralUrban !== '' && ruralUrban.length <= LONGEST_CLASS) return { ruralUrban };
  report.refuse([row.row, row.header(RURAL)], 'word-unknown', text, `words of at most ${LONGEST_CLASS} letters`, 'It was left out; the rest of the row was read.'); // prettier-ignore
  return {};
}

type Decile = NonNullable<EventOf<'place.described'>['data']['imdDecile']>;
function imdDecileOf(row: NamedRow, report: Report): { imdDecile?: Decile } {
  const text = row.text(DECILE);
  if (text === '') return {};
  if (/^([1-9]|10)$/.test(text)) return { imdDecile: text as Decile };
  report.refuse([row.row, row.header(DECILE)], 'not-a-whole-number', text, 'a decile from 1 to 10', 'It was left out; the rest of the row was read.'); // prettier-ignore
  return {};
}
