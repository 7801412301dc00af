/**
 * A register of local authorities with those that are no more: `local-authority-code, official-name, nice-name,
 * gss-code, start-date, end-date, replaced-by, ...`, one authority a row, as mySociety publishes it for the United
 * Kingdom. An authority is described from its first day to its last, and what it became is recorded with the day.
 *
 * `end-date` is in some rows the last day of the old authority and in others the first of the new one: the start-date
 * of the successor tells which, and where it does not, neither is recorded.
 */
import type { ActivityEvent, EventOf } from '../../../contracts/activityEvent.ts';
import { dateField } from '../../../contracts/fields.ts';
import { dayOf, isoOf } from '../../domain/periods.ts';
import { textCell } from '../table/cells.ts';
import { dayOfRegister } from './dayOfRegister.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { areaCodeCell, cellOf, COMPILED, eachOnce, factOf, someOf } from './registers.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';
import { dateHint, ISO_DATE, LONGEST_RAW } from '../table/text.ts';

const FORMAT = 'authority-register';
const [LOCAL, NAME, GSS, START, END, REPLACED, FORMER, REGION, TYPE, COUNTY] = [
  'local-authority-code', 'nice-name', 'gss-code', 'start-date', 'end-date', 'replaced-by', 'former-gss-codes', 'region',
  'local-authority-type', 'county-la',
] as const; // prettier-ignore

const LAYOUT = {
  required: [LOCAL, NAME, GSS, START, END, REPLACED],
  optional: [FORMER, REGION, TYPE, COUNTY],
  notKept: [
    'official-name', 'nation', 'local-authority-type-name', 'combined-authority', 'alt-names', 'notes', 'current-authority',
    'BS-6879', 'ecode', 'even-older-register-and-code', 'gov-uk-slug', 'area', 'pop-2020', 'x', 'y', 'long', 'lat', 'powers',
    'lower-or-unitary', 'mapit-area-code', 'ofcom', 'old-ons-la-code', 'old-register-and-code', 'open-council-data-id',
    'os-file', 'os', 'snac', 'wdtk-id',
  ],
  alsoCalled: { [NAME]: ['name'], [GSS]: ['gss'] },
}; // prettier-ignore
const LONGEST_NAME = 100;
const WITHOUT_DAY = 'Authorities of which the file says no day were not described; the others were.';
/** Types that are a union of authorities, or an area above them: no level of a place is theirs. */
const UNIONS = new Set(['COMB', 'SRA']);

type Succeeded = EventOf<'place.succeeded'>['data'];

export const authorityRegister: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'A register of local authorities and their successors',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

/** An authority as its row has it. Days are counted from 1970-01-01. */
interface Authority {
  readonly row: number;
  readonly cells: NamedRow;
  readonly local: string;
  readonly code: string;
  readonly name: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly replacedBy: readonly string[];
}

/** That an authority was followed by others. */
interface Followed {
  readonly by: readonly Authority[];
  /** First day of the successors. */
  readonly day: number;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const rows = namedRows(source.table, LAYOUT, report);
  const read = rows.flatMap((row) => authorityOf(row, report) ?? []);
  const says = ({ name, start, end, replacedBy }: Authority) => JSON.stringify([name, start, end, replacedBy]);
  const once = eachOnce(read, GSS, ({ code }) => code, says, report);
  const authorities = eachOnce(once, LOCAL, ({ local }) => local, ({ code }) => code, report); // prettier-ignore
  const byLocal = new Map(authorities.map((authority) => [authority.local, authority]));
  const followed = new Map<Authority, Followed>();
  for (const authority of authorities) {
    const found = followedBy(authority, byLocal, report);
    if (found !== null) followed.set(authority, found);
  }
  const days = describedFrom(authorities, followed, source, report);
  const origin = { owner: COMPILED, format: FORMAT, sha256: source.sha256 };
  const events = authorities.flatMap((authority): ActivityEvent[] => {
    const { cells, code, name } = authority;
    const link = followed.get(authority);
    const on = days.get(authority);
    const until = lastDay(link);
    const region = cells.text(REGION);
    const described =
      on === undefined
        ? []
        : [
            factOf('place.described', origin, cellOf(cells, NAME), code, {
              on: isoOf(on),
              ...(until === null ? {} : { until: isoOf(until) }),
              name,
              level: 'authority',
              ...(region === '' ? {} : { region }),
            }),
          ];
    if (link === undefined) return described;
    const succeeded = factOf('place.succeeded', origin, cellOf(cells, REPLACED), code, {
      on: isoOf(link.day),
      by: link.by.map((successor) => successor.code),
      change: changeOf(authority, link, authorities, followed),
    });
    return [...described, succeeded];
  });
  return { events, findings: report.findings };
}

/** One authority, or null with a finding at each faulty cell. */
function authorityOf(row: NamedRow, report: Report): Authority | null {
  const local = textCell(row, LOCAL, { longest: 40, expected: 'the code of the authority in this register' }, report);
  const name = textCell(row, NAME, { longest: LONGEST_NAME, expected: 'the name of the authority' }, report);
  const [start, end] = [dayIn(row, START, report), dayIn(row, END, report)];
  const replacedBy = [...new Set(row.text(REPLACED).split(/[,;]/).map((each) => each.trim()).filter((each) => each !== ''))]; // prettier-ignore
  const replaced = replacedBy.length === 0 || textCell(row, REPLACED, { longest: LONGEST_RAW, expected: 'codes' }, report) !== null; // prettier-ignore
  const region =
    row.text(REGION) === '' || textCell(row, REGION, { longest: 60, expected: 'a region' }, report) !== null;
  if (UNIONS.has(row.text(TYPE).toUpperCase())) {
    const expected =
      'a local authority: a union of authorities, or a region, is none of the places that figures are of';
    report.refuse([row.row, row.header(TYPE)], 'level-unknown', `${row.text(TYPE)} (${row.text(GSS)})`, expected);
    return null;
  }
  const code = areaCodeCell(row, GSS, report);
  if (
    local === null ||
    name === null ||
    code === null ||
    start === 'faulty' ||
    end === 'faulty' ||
    !region ||
    !replaced
  )
    return null;
  if (start !== null && end !== null && end < start) {
    const found = `${row.text(START)} to ${row.text(END)}`;
    report.refuse([row.row, row.header(END)], 'end-before-start', found, 'an end on or after the start');
    return null;
  }
  flagFormerCodes(row, report);
  return { row: row.row, cells: row, local, code, name, start, end, replacedBy };
}

/** A day since 1850, null where the cell is blank, or `faulty` with a finding. */
function dayIn(row: NamedRow, column: string, report: Report): number | null | 'faulty' {
  const text = row.text(column);
  if (text === '') return null;
  if (dateField.safeParse(text).success) return dayOf(text);
  report.refuse([row.row, row.header(column)], 'not-a-date', text, `${ISO_DATE}${dateHint(text)}`);
  return 'faulty';
}

/** An area had another code until some day: without the day it cannot be recorded. */
function flagFormerCodes(row: NamedRow, report: Report): void {
  if (row.text(FORMER) === '') return;
  const done = `Not recorded: send a place.succeeded event from the old code to ${row.text(GSS)} with its day.`;
  report.flag(
    [row.row, row.header(FORMER)],
    'day-unknown',
    row.text(FORMER),
    'the day from which the new code held',
    done,
  );
}

/** What followed an authority and from which day, or null with a finding where it says that something did. */
function followedBy(authority: Authority, byLocal: ReadonlyMap<string, Authority>, report: Report): Followed | null {
  const { cells, replacedBy, end, local } = authority;
  if (replacedBy.length === 0) {
    if (end !== null) {
      const done = 'The last day was not recorded.';
      report.flag([authority.row, cells.header(END)], 'day-unknown', cells.text(END), 'a successor, whose first day tells whether this is the last day or the day after', done); // prettier-ignore
    }
    return null;
  }
  const spot = [authority.row, cells.header(REPLACED)] as const;
  const unknown = replacedBy.filter((code) => code === local || !byLocal.has(code));
  if (unknown.length > 0) {
    report.refuse(spot, 'place-unknown', someOf(unknown), 'the local-authority-code of other rows that were imported', 'The succession was not imported.'); // prettier-ignore
    return null;
  }
  const by = replacedBy.flatMap((code) => byLocal.get(code) ?? []);
  const starts = [...new Set(by.map(({ start }) => start))];
  const [day] = starts;
  // The end is the last day of the old, or the first of the new: one of the two, if the successors have one first day.
  const tells = starts.length === 1 && day !== undefined && day !== null && (day === end || day - 1 === end);
  if (tells && day > (authority.start ?? -Infinity)) return { by, day };
  const found = `${cells.text(END) === '' ? 'no end-date' : cells.text(END)}, and successors from ${starts.map((start) => (start === null ? 'no day' : isoOf(start))).join(', ')}`;
  const expected = 'an end-date that is the first day of the successors or the day before';
  report.flag([authority.row, cells.header(END)], 'day-unknown', found, expected, 'The succession and the last day were not recorded.'); // prettier-ignore
  return null;
}

/** The last day of an authority, as far as its successor tells which day that is. */
const lastDay = (link: Followed | undefined): number | null => (link === undefined ? null : link.day - 1);

/**
 * From which day each authority is described: its first, where the register has it; else the day of the register, or of
 * one that is no more its last. Those of which no day is known are refused.
 */
function describedFrom(
  authorities: readonly Authority[],
  followed: ReadonlyMap<Authority, Followed>,
  { options }: ImportSource,
  report: Report,
): ReadonlyMap<Authority, number> {
  const days = new Map<Authority, number>();
  const without: Authority[] = [];
  for (const authority of authorities) {
    const day = authority.start ?? lastDay(followed.get(authority));
    if (day !== null) days.set(authority, day);
    else without.push(authority);
  }
  const dayless = authorities.filter(({ start }) => start === null).length;
  if (dayless === 0) return days;
  const on = without.length === 0 ? null : dayOfRegister(options, report, WITHOUT_DAY);
  if (on !== null) for (const authority of without) days.set(authority, dayOf(on));
  const found = `${dayless} authorities without a start-date`;
  const done =
    without.length === 0
      ? 'Described on their last day.'
      : on === null
        ? `${dayless - without.length} described on their last day, ${without.length} not described.`
        : `Described on ${on}, the day of the register, and those that are no more on their last day.`;
  report.note([1, START], 'day-unknown', found, 'their first day', done);
  return days;
}

/**
 * In what way an authority was followed. One that became several was split. One that became another together with others
 * was merged into it, unless it is a county and the others are all of its districts: then it is the same area.
 */
function changeOf(
  authority: Authority,
  { by, day }: Followed,
  authorities: readonly Authority[],
  followed: ReadonlyMap<Authority, Followed>,
): Succeeded['change'] {
  const [successor, ...more] = by;
  if (successor === undefined || more.length > 0) return 'split';
  const merged = authorities.filter((each) => followed.get(each)?.by.includes(successor) === true);
  if (merged.length === 1) return 'recoded';
  const districts = authorities.filter(
    (each) => each.cells.text(COUNTY) === authority.local && (followed.get(each)?.day ?? Infinity) >= day,
  );
  const isWhole = districts.every((each) => merged.includes(each) && followed.get(each)?.by.length === 1);
  return isWhole && districts.length === merged.length - 1 ? 'recoded' : 'merged';
}
