/**
 * Members by the library that they are registered with and the area that they live in, one of each a row, as the
 * LibrariesWest consortium publishes them: `registered_authority, registered_library, ..., lsoa_code, users`. The file
 * does not say of which day it is.
 *
 * An area that lies across wards has a row for each: they are parts of it, and each is a fact. Members who live where no
 * small area is given, most of them outside England, are of an unknown area.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { areaCell, membersCell, membersOf } from '../openData/members.ts';
import { authoritiesIn, countedOnce, placeOf, type AuthorityOfRow } from '../openData/openData.ts';
import { dayOfRegister } from '../registers/dayOfRegister.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';

const FORMAT = 'members-by-library';
const [AUTHORITY, LIBRARY, AREA, USERS] = ['registered_authority', 'registered_library', 'lsoa_code', 'users'] as const;
/** Wider areas: of which of them a row is, so that its parts are told apart. */
const WIDER = ['district_code', 'county_code', 'ward_code', 'msoa_code'];
const NAMES = ['district_name', 'county_name', 'ward_name', 'msoa_name', 'lsoa_name'];
const LAYOUT = { required: [AUTHORITY, LIBRARY, AREA, USERS], optional: [...WIDER, ...NAMES] };

export const membersByLibrary: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Members by registered library and area',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface MembersRow {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly authority: string;
  readonly place: string;
  readonly area: string;
  readonly within: string;
  readonly isElsewhere: boolean;
  /** Null where it is suppressed. */
  readonly count: number | null;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const on = dayOfRegister(source.options, report);
  if (on === null) return { events: [], findings: report.findings };
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report, AUTHORITY);
  const rows = named.flatMap((row) => membersRow(row, authority, report) ?? []);
  const thing = ({ place, area, within }: MembersRow): string => `${place} ${area} ${within}`;
  const kept = countedOnce(rows, thing, ({ count }) => String(count), USERS, otherwiseIn, report);
  noteWithoutArea(kept, report);
  return { events: kept.map((row) => eventOf(row, on, source)), findings: report.findings };
}

const otherwiseIn = (other: MembersRow): string =>
  `row ${other.row} gives ${other.count ?? 'suppressed'} for the same library and area`;

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function membersRow(row: NamedRow, authorityOfRow: AuthorityOfRow, report: Report): MembersRow | null {
  const where = placeOf(row, authorityOfRow, report, LIBRARY);
  const area = row.text(AREA) === '' ? 'unknown' : areaCell(row, AREA, report);
  const members = membersCell(row, USERS, report);
  if (where === null || area === null || members === null) return null;
  const wider = WIDER.map((column) => row.text(column));
  return {
    row: row.row,
    header: row.header(USERS),
    raw: row.raw(USERS),
    ...where,
    area,
    within: wider.join(' '),
    isElsewhere: area === 'unknown' && wider.some((code) => code !== ''),
    count: members === 'suppressed' ? null : members,
  };
}

/** Rows of which no small area is known, told once. */
function noteWithoutArea(rows: readonly MembersRow[], report: Report): void {
  const without = rows.filter(({ area }) => area === 'unknown');
  const [first] = without;
  if (first === undefined) return;
  const elsewhere = without.filter(({ isElsewhere }) => isElsewhere).length;
  const found = `no ${AREA} in ${without.length} rows${elsewhere === 0 ? '' : `, of which ${elsewhere} name a wider area`}`;
  report.note(
    [first.row, AREA],
    'area-not-given',
    found,
    'the code of a small area',
    'Recorded as of an unknown area.',
  );
}

function eventOf(
  { row, header, raw, authority, place, area, count }: MembersRow,
  on: string,
  { sha256 }: ImportSource,
): EventOf<'membership.counted'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('membership.counted'),
    subject: place,
    data: {
      on,
      ...membersOf(count ?? 'suppressed'),
      area,
      membership: 'registered',
      provenance: { file: sha256, row, column: header, raw },
    },
  };
}
