/**
 * The libraries that a service has now: `Library, Type, Computer Provision, No of PCs, Wi-Fi Provision, Latitude,
 * Longitude`, one library a row. Neither the authority nor the day stands in the file.
 */
import type { ActivityEvent, EventOf } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import { textCell, wordCell } from '../table/cells.ts';
import { dayOfRegister } from './dayOfRegister.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { LIBRARY_NAME } from '../places.ts';
import { libraryIn } from '../oneAuthority.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { cellOf, computersIn, coordinatesOf, eachOnce, factOf } from './registers.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';
import { LONGEST_RAW } from '../table/text.ts';

const FORMAT = 'current-libraries';
const [LIBRARY, TYPE, PROVISION, COMPUTERS, WIFI, LATITUDE, LONGITUDE] = [
  'Library', 'Type', 'Computer Provision', 'No of PCs', 'Wi-Fi Provision', 'Latitude', 'Longitude',
] as const; // prettier-ignore
const LAYOUT = {
  required: [LIBRARY, TYPE, COMPUTERS],
  optional: [PROVISION, WIFI, LATITUDE, LONGITUDE],
  notKept: ['Address', 'Postcode', 'Telephone', 'Email', 'Website', 'URL'],
  alsoCalled: {
    [LIBRARY]: ['Library name'],
    [COMPUTERS]: ['Number of PCs', 'Number of computers', 'PCs'],
    [WIFI]: ['Wifi', 'WiFi Provision', 'Wi Fi'],
    [LATITUDE]: ['Lat'],
    [LONGITUDE]: ['Long', 'Lng'],
  },
};

const YES_NO = {
  meanings: new Map<string, 'yes' | 'no'>([
    ['public wi fi', 'yes'],
    ['public wifi', 'yes'],
    ['yes', 'yes'],
    ['no public wi fi', 'no'],
    ['none', 'no'],
    ['no', 'no'],
  ]),
  words: 'one of: Public Wi-Fi, Yes, None, No',
};
type Status = EventOf<'service-point.status'>['data'];
/** What a type says of a library. Any other is flagged, and says nothing. */
const TYPES: Readonly<Record<string, Partial<Status>>> = {
  library: { kind: 'static' },
  'library and customer service centre': { kind: 'static', coLocated: 'yes' },
  'mobile library': { kind: 'mobile' },
  mobile: { kind: 'mobile' },
};

export const currentLibraries: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'The libraries that a service has now',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface Library {
  readonly row: number;
  readonly cells: NamedRow;
  readonly place: string;
  readonly name: string;
  readonly status: Omit<Status, 'on' | 'provenance'>;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const authority = authorityOfFile(source, report);
  const on = dayOfRegister(source.options, report);
  if (authority === null || on === null) return { events: [], findings: report.findings };
  const rows = namedRows(source.table, LAYOUT, report);
  const read = rows.flatMap((row) => libraryOf(row, authority, source, report) ?? []);
  const kept = eachOnce(
    read,
    LIBRARY,
    ({ place }) => place,
    ({ status }) => JSON.stringify(status),
    report,
  );
  const origin = { owner: authority, format: FORMAT, sha256: source.sha256 };
  const events = kept.flatMap(({ cells, place, name, status }): ActivityEvent[] => [
    factOf('place.described', origin, cellOf(cells, LIBRARY), place, {
      on,
      name,
      level: 'service-point',
      ...coordinatesOf(cells, LATITUDE, LONGITUDE, report),
    }),
    factOf('service-point.status', origin, cellOf(cells, COMPUTERS), place, { on, ...status }),
  ]);
  return { events, findings: report.findings };
}

/** One library, or null with a finding at each faulty cell. What is in the list is open. */
function libraryOf(row: NamedRow, authority: string, { options }: ImportSource, report: Report): Library | null {
  const name = textCell(row, LIBRARY, { longest: LONGEST_RAW, expected: LIBRARY_NAME }, report);
  const place = name === null ? null : libraryIn(row, LIBRARY, authority, options, report);
  const computers = computersIn(row, COMPUTERS, report);
  const wifi = row.text(WIFI) === '' ? undefined : wordCell(row, WIFI, YES_NO, report);
  if (name === null || place === null || computers === null || wifi === null) return null;
  const status: Library['status'] = {
    open: 'open',
    ...typeOf(row, report),
    ...(wifi === undefined ? {} : { wifi }),
    ...(computers === undefined ? {} : { computers }),
  };
  return { row: row.row, cells: row, place, name, status };
}

function typeOf(row: NamedRow, report: Report): Partial<Status> {
  const key = keyOf(row.text(TYPE));
  const said = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
  if (said !== undefined) return said;
  const expected = 'one of: Library, Library and Customer Service Centre, Mobile Library';
  report.flag([row.row, row.header(TYPE)], 'category-unmapped', row.text(TYPE), expected, 'Recorded without a type.');
  return {};
}
