/**
 * Membership in the open-data schema: `Local authority, Count date, Area code, Members`, the active members who live in
 * one area a row (schema-librarydata, membership). Its earliest files say `Active members`.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { isoOf } from '../../domain/periods.ts';
import { dayCell } from '../table/cells.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { areaCell, membersCell, membersOf } from './members.ts';
import { ALSO_CALLED, authoritiesIn, AUTHORITY, countedOnce, withoutSums, type AuthorityOfRow } from './openData.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';

const FORMAT = 'open-data-membership';
const [DATE, AREA, MEMBERS] = ['Count date', 'Area code', 'Members'] as const;
const LAYOUT = {
  required: [AUTHORITY, DATE, AREA, MEMBERS],
  optional: [],
  alsoCalled: { ...ALSO_CALLED, [MEMBERS]: ['Active members'] },
};

export const openDataMembership: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Membership in the public library open-data schema',
  windowColumn: DATE,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface MembersRow {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly authority: string;
  readonly on: string;
  readonly area: string;
  /** Null where it is suppressed. */
  readonly count: number | null;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report);
  const rows = named.flatMap((row) => membersRow(row, authority, report) ?? []);
  const thing = ({ authority: code, on, area }: MembersRow): string => `${code} ${on} ${area}`;
  const once = countedOnce(rows, thing, ({ count }) => String(count), MEMBERS, otherwiseIn, report);
  const among = {
    groupOf: ({ authority: code, on }: CountedRow) => `${code} ${on}`,
    labelOf: ({ area }: CountedRow) => area,
  };
  const apart = new Set<MembersRow>(withoutSums(once.filter(isCounted), [among], MEMBERS, report));
  const kept = once.filter((row) => !isCounted(row) || apart.has(row));
  return { events: kept.map((row) => eventOf(row, source)), findings: report.findings };
}

type CountedRow = MembersRow & { readonly count: number };
const isCounted = (row: MembersRow): row is CountedRow => row.count !== null;

const otherwiseIn = (other: MembersRow): string =>
  `row ${other.row} gives ${other.count ?? 'suppressed'} for the same authority, day and area`;

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function membersRow(row: NamedRow, authorityOfRow: AuthorityOfRow, report: Report): MembersRow | null {
  const authority = authorityOfRow(row);
  const day = dayCell(row, DATE, report);
  const area = areaCell(row, AREA, report);
  const members = membersCell(row, MEMBERS, report);
  if (authority === null || day === null || area === null || members === null) return null;
  const count = members === 'suppressed' ? null : members;
  return { row: row.row, header: row.header(MEMBERS), raw: row.raw(MEMBERS), authority, on: isoOf(day), area, count };
}

function eventOf(
  { row, header, raw, authority, on, area, count }: MembersRow,
  { sha256 }: ImportSource,
): EventOf<'membership.counted'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('membership.counted'),
    subject: authority,
    data: {
      on,
      ...membersOf(count ?? 'suppressed'),
      area,
      membership: 'active',
      provenance: { file: sha256, row, column: header, raw },
    },
  };
}
