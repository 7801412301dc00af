/**
 * Loans in the open-data schema: `Local authority, Library name, Month, Type, Loans`, one type of item in one month a
 * row (schema-librarydata, loans). The schema counts renewals as loans, so `counts` is issues and renewals together.
 */
import { typeOf, type EventOf } from '../../contracts/activityEvent.ts';
import { firstDayOfMonth, isoOf } from '../domain/periods.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import { reportFor, type ImportSource, type Report, type TableImporter, type ImportResult } from './importer.ts';
import {
  authoritiesIn,
  AUTHORITY,
  countCell,
  countedOnce,
  flagSameLibraries,
  LIBRARY,
  placeOf,
  withoutSums,
  type AuthorityOfRow,
} from './openData.ts';
import { grouped, layoutScore, namedRows, type NamedRow } from './rows.ts';
import { keyOf } from '../domain/labels.ts';
import { monthIndexOf, namesATotal } from './text.ts';

const FORMAT = 'open-data-loans';
const [MONTH, TYPE, LOANS] = ['Month', 'Type', 'Loans'] as const;
const LAYOUT = { required: [AUTHORITY, LIBRARY, MONTH, TYPE, LOANS], optional: [] };
const LONGEST_TYPE = 80;

type LoansData = EventOf<'loans.counted'>['data'];
type Format = LoansData['format'];
type ContentAge = NonNullable<LoansData['contentAge']>;

/**
 * `Type` is each service's own item category. A category is understood when it is an audience, a kind, or both in this
 * order, and nothing else: "Adult fiction", "Children's e-books", "DVDs". Anything else is kept as written, with an
 * unknown format. Junior stock is that for children under 12, the first band of the Arts Council return.
 */
const AUDIENCES: Readonly<Record<string, ContentAge>> = {
  adult: '18-plus',
  adults: '18-plus',
  junior: 'under-12',
  children: 'under-12',
  childrens: 'under-12',
  teen: '12-17',
  teenage: '12-17',
  'young adult': '12-17',
};
/** An audiobook without more is the one on the shelf: the digital ones are named as such. */
export const KINDS: Readonly<Record<string, Format>> = {
  fiction: 'physical-book',
  'non fiction': 'physical-book',
  nonfiction: 'physical-book',
  book: 'physical-book',
  'large print': 'physical-book',
  'picture book': 'physical-book',
  'board book': 'physical-book',
  audiobook: 'physical-audiobook',
  'audio book': 'physical-audiobook',
  'talking book': 'physical-audiobook',
  ebook: 'e-book',
  'e book': 'e-book',
  eaudiobook: 'e-audiobook',
  'e audiobook': 'e-audiobook',
  'e audio': 'e-audiobook',
  eaudio: 'e-audiobook',
  emagazine: 'e-magazine',
  'e magazine': 'e-magazine',
  music: 'music',
  'music cd': 'music',
  dvd: 'film',
  film: 'film',
  game: 'game',
  'computer game': 'game',
};

/** Format and audience of a local item category; format `unknown` where the tables above do not hold it. */
export function categoryOf(type: string): { format: Format; contentAge?: ContentAge } {
  const words = keyOf(type.replace(/['’]/g, '')).split(' ');
  for (const length of [0, 1, 2]) {
    const audience = words.slice(0, length).join(' ');
    const rest = words.slice(length).join(' ');
    const contentAge = entry(AUDIENCES, audience);
    const format = entry(KINDS, rest) ?? entry(KINDS, rest.replace(/s$/, ''));
    if (length > 0 && contentAge === undefined) continue;
    if (format === undefined && rest !== '') continue;
    return { format: format ?? 'unknown', ...(contentAge === undefined ? {} : { contentAge }) };
  }
  return { format: 'unknown' };
}

/** Own entry only: a category called "constructor" is not one of ours. */
const entry = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

export const openDataLoans: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Loans in the public library open-data schema',
  windowColumn: MONTH,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface LoansRow {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly authority: string;
  readonly place: string;
  readonly month: number;
  readonly type: string;
  readonly count: number;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report);
  const rows = named.flatMap((row) => loansRow(row, authority, report) ?? []);
  const thing = ({ place, month, type }: LoansRow): string => `${place} ${month} ${keyOf(type)}`;
  const once = countedOnce(rows, thing, ({ count }) => String(count), LOANS, otherwiseIn, report);
  // A total may stand among the types of one library, or among the libraries for one type.
  const types = {
    groupOf: ({ place, month }: LoansRow) => `${place} ${month}`,
    labelOf: ({ authority: code, type }: LoansRow) => `${code} ${keyOf(type)}`,
  };
  const libraries = {
    groupOf: ({ authority: code, month, type }: LoansRow) => `${code} ${month} ${keyOf(type)}`,
    labelOf: ({ place }: LoansRow) => place,
  };
  const kept = withoutSums(once, [{ ...types, partsOf: narrowerTypes }, types, libraries], LOANS, report);
  flagSameLibraries(kept, ({ month, type }) => `${month} ${keyOf(type)}`, LOANS, report);
  noteUnmapped(kept, report);
  return { events: kept.map((row) => eventOf(row, source)), findings: report.findings };
}

const otherwiseIn = (other: LoansRow): string =>
  `row ${other.row} gives ${other.count} for the same library, month and type`;

/** Rows whose type has all words of this one's and more: "Adult" would be the sum of "Adult fiction" and "Adult DVDs". */
function narrowerTypes({ type }: LoansRow, group: readonly LoansRow[]): readonly LoansRow[] {
  const words = wordsOf(type);
  return group.filter((row) => {
    const theirs = wordsOf(row.type);
    return theirs.length > words.length && words.every((word) => theirs.includes(word));
  });
}

/** Words of a category, singular, with those that mean another thing together joined. */
const wordsOf = (type: string): readonly string[] =>
  keyOf(type.replace(/['’]/g, ''))
    .replace(/\b(non|young|e) /g, '$1')
    .split(' ')
    .map((word) => word.replace(/s$/, ''));

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function loansRow(row: NamedRow, authority: AuthorityOfRow, report: Report): LoansRow | null {
  const where = placeOf(row, authority, report);
  const month = monthCell(row, report);
  const type = typeCell(row, report);
  const count = countCell(row, LOANS, report);
  if (where === null || month === null || type === null || count === null) return null;
  return { row: row.row, header: row.header(LOANS), raw: row.raw(LOANS), ...where, month, type, count };
}

function monthCell(row: NamedRow, report: Report): number | null {
  const month = monthIndexOf(row.raw(MONTH));
  if (month === null) {
    report.refuse(
      [row.row, row.header(MONTH)],
      'not-a-month',
      row.text(MONTH),
      'a month written YYYY-MM, such as 2019-12',
    );
  }
  return month;
}

function typeCell(row: NamedRow, report: Report): string | null {
  const type = row.text(TYPE);
  const spot = [row.row, row.header(TYPE)] as const;
  if (type === '') report.refuse(spot, 'value-missing', '', "the service's own item category, such as Adult fiction");
  else if (type.length > LONGEST_TYPE) report.refuse(spot, 'text-too-long', type, `at most ${LONGEST_TYPE} characters`);
  else if (namesATotal(type))
    report.refuse(spot, 'totals-row', type, 'a type of item: totals are worked out, not imported');
  else return type;
  return null;
}

/** One finding for each category that is not in the tables, at the row where it first stands. */
function noteUnmapped(rows: readonly LoansRow[], report: Report): void {
  const unmapped = rows.filter(({ type }) => categoryOf(type).format === 'unknown');
  for (const [first, ...more] of grouped(unmapped, ({ type }) => keyOf(type))) {
    const found = more.length === 0 ? first.type : `${first.type} (and in ${more.length} more rows)`;
    const done = 'Imported with an unknown format; the category is kept as written.';
    report.note([first.row, TYPE], 'category-unmapped', found, 'a category of known format', done);
  }
}

function eventOf(
  { row, header, raw, authority, place, month, type, count }: LoansRow,
  { sha256 }: ImportSource,
): EventOf<'loans.counted'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('loans.counted'),
    subject: place,
    data: {
      window: `${isoOf(firstDayOfMonth(month))}/P1M`,
      method: 'system',
      count,
      counts: 'issues-and-renewals',
      ...categoryOf(type),
      localCategory: type,
      provenance: { file: sha256, row, column: header, raw },
    },
  };
}
