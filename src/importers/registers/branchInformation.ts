/**
 * The branches of a library system: `BranchCode, PhysicalBranch, BranchName, Lat, Long, Workstations, ...`, one branch a
 * row, as library systems outside the United Kingdom publish it. A branch goes by its code, as in counts by branch.
 */
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import { textCell, wordCell } from '../table/cells.ts';
import { dayOfRegister } from './dayOfRegister.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { libraryIn } from '../oneAuthority.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { LIBRARY_NAME } from '../places.ts';
import { cellOf, computersIn, coordinatesOf, eachOnce, factOf, someOf } from './registers.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';
import { LONGEST_RAW } from '../table/text.ts';

const FORMAT = 'branch-information';
const [CODE, PHYSICAL, NAME, LATITUDE, LONGITUDE, WORKSTATIONS] = [
  'BranchCode', 'PhysicalBranch', 'BranchName', 'Lat', 'Long', 'Workstations',
] as const; // prettier-ignore
const LAYOUT = {
  required: [CODE, PHYSICAL, NAME, WORKSTATIONS],
  optional: [LATITUDE, LONGITUDE, '_id'],
  // PresentSiteYear is when a branch moved to where it is, and not when it opened.
  notKept: [
    'Address', 'PostalCode', 'Website', 'Telephone', 'SquareFootage', 'PublicParking', 'KidsStop', 'LeadingReading', 'CLC',
    'DIH', 'TeenCouncil', 'YouthHub', 'AdultLiteracyProgram', 'ServiceTier', 'NBHDNo', 'NBHDName', 'TPLNIA', 'WardNo',
    'WardName', 'PresentSiteYear',
  ],
  alsoCalled: { [LATITUDE]: ['Latitude'], [LONGITUDE]: ['Longitude', 'Lng'] },
}; // prettier-ignore
const YES_NO = {
  meanings: new Map([
    ['1', true],
    ['yes', true],
    ['0', false],
    ['no', false],
  ]),
  words: '1 or 0',
};

export const branchInformation: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'The branches of a library system',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface Branch {
  readonly row: number;
  readonly cells: NamedRow;
  readonly place: string;
  readonly name: string;
  readonly computers: number | undefined;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const authority = authorityOfFile(source, report);
  const on = dayOfRegister(source.options, report);
  if (authority === null || on === null) return { events: [], findings: report.findings };
  const rows = namedRows(source.table, LAYOUT, report);
  const read = rows.flatMap((row) => branchOf(row, authority, source, report) ?? []);
  const kept = eachOnce(read, CODE, ({ place }) => place, ({ name, computers }) => `${name}\n${computers ?? ''}`, report); // prettier-ignore
  const unsaid = kept.filter(({ computers }) => computers === undefined);
  if (unsaid.length > 0) {
    const found = `${someOf(unsaid.map(({ name }) => name))}: blank`;
    report.note(
      [unsaid[0]?.row ?? 1, WORKSTATIONS],
      'not-told',
      found,
      'a number of computers',
      'Recorded without one.',
    );
  }
  const origin = { owner: authority, format: FORMAT, sha256: source.sha256 };
  const events = kept.flatMap(({ cells, place, name, computers }): ActivityEvent[] => [
    factOf('place.described', origin, cellOf(cells, NAME), place, {
      on,
      name,
      level: 'service-point',
      ...coordinatesOf(cells, LATITUDE, LONGITUDE, report),
    }),
    factOf('service-point.status', origin, cellOf(cells, WORKSTATIONS), place, {
      on,
      open: 'open',
      kind: 'static',
      ...(computers === undefined ? {} : { computers }),
    }),
  ]);
  return { events, findings: report.findings };
}

/** One branch, or null with a finding at each faulty cell, or where the row is of a service without a building. */
function branchOf(row: NamedRow, authority: string, { options }: ImportSource, report: Report): Branch | null {
  const place = libraryIn(row, CODE, authority, options, report);
  const name = textCell(row, NAME, { longest: LONGEST_RAW, expected: LIBRARY_NAME }, report);
  const physical = wordCell(row, PHYSICAL, YES_NO, report);
  const computers = computersIn(row, WORKSTATIONS, report);
  if (place === null || name === null || physical === null || computers === null) return null;
  if (!physical) {
    const expected = '1: a branch in a building; mobile libraries, collections and services are no places here';
    report.refuse([row.row, row.header(PHYSICAL)], 'level-unknown', `${row.text(PHYSICAL)} (${name})`, expected);
    return null;
  }
  return { row: row.row, cells: row, place, name, computers };
}
