/**
 * Item types of the open-data schema: `Type`, in loans and in stock, is each service's own item category. What a category
 * is, and counts by place, time and type without repeats and totals.
 */
import type { EventOf } from '../../contracts/activityEvent.ts';
import { keyOf } from '../domain/labels.ts';
import { textCell } from './cells.ts';
import type { Report } from './importer.ts';
import { countedOnce, flagSameLibraries, withoutSums } from './openData.ts';
import { grouped, type NamedRow } from './rows.ts';
import { holdsAContact, namesATotal } from './text.ts';

export const TYPE = 'Type';
const LONGEST_TYPE = 80;

type LoansData = EventOf<'loans.counted'>['data'];
type Format = LoansData['format'];
type ContentAge = NonNullable<LoansData['contentAge']>;

/**
 * A category is understood when it is an audience, a kind, or both in this
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
const KINDS: Readonly<Record<string, Format>> = {
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

/** A count of one type of item at one place. */
export interface ItemRow {
  readonly row: number;
  /** Header of the count, and the cell as written. */
  readonly header: string;
  readonly raw: string;
  readonly authority: string;
  readonly place: string;
  /** The window or the day of the count. */
  readonly when: string;
  readonly type: string;
  readonly count: number;
}

/**
 * The rows that count each type at each place and time once, and are no sums of others. A total may stand among the types
 * of one library, or among the libraries for one type.
 * @param time what `when` is, for the findings: `month`, `day`
 */
export function itemsOnce<R extends ItemRow>(rows: readonly R[], time: string, report: Report): readonly R[] {
  const column = rows[0]?.header ?? TYPE;
  const thing = ({ place, when, type }: R): string => `${place} ${when} ${keyOf(type)}`;
  const otherwiseIn = (other: R): string =>
    `row ${other.row} gives ${other.count} for the same library, ${time} and type`;
  const once = countedOnce(rows, thing, ({ count }) => String(count), column, otherwiseIn, report);
  const types = {
    groupOf: ({ place, when }: R) => `${place} ${when}`,
    labelOf: ({ authority, type }: R) => `${authority} ${keyOf(type)}`,
  };
  const subtotals = { ...types, hasSubtotals: true };
  const libraries = {
    groupOf: ({ authority, when, type }: R) => `${authority} ${when} ${keyOf(type)}`,
    labelOf: ({ place }: R) => place,
    hasSubtotals: true,
  };
  const kept = withoutSums(once, [{ ...types, partsOf: narrowerTypes }, subtotals, libraries], column, report);
  flagSameLibraries(kept, ({ when, type }) => `${when} ${keyOf(type)}`, column, report);
  noteUnmapped(kept, report);
  return kept;
}

/** Rows whose type has all words of this one's and more: "Adult" would be the sum of "Adult fiction" and "Adult DVDs". */
function narrowerTypes<R extends ItemRow>({ type }: R, group: readonly R[]): readonly R[] {
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

/** The category of a row, or null with a finding at the cell. */
export function typeCell(row: NamedRow, report: Report): string | null {
  const expected = "the service's own item category, such as Adult fiction";
  const type = textCell(row, TYPE, { longest: LONGEST_TYPE, expected }, report);
  if (type !== null && holdsAContact(type)) {
    report.refuse([row.row, row.header(TYPE)], 'word-unknown', '…', `${expected}: a contact is none, and is not kept`);
    return null;
  }
  if (type === null || !namesATotal(type)) return type;
  report.refuse([row.row, row.header(TYPE)], 'totals-row', type, 'a type of item: totals are worked out, not imported');
  return null;
}

/** One finding for each category that is not in the tables, at the row where it first stands. */
function noteUnmapped(rows: readonly ItemRow[], report: Report): void {
  const unmapped = rows.filter(({ type }) => categoryOf(type).format === 'unknown');
  for (const [first, ...more] of grouped(unmapped, ({ type }) => keyOf(type))) {
    const found = more.length === 0 ? first.type : `${first.type} (and in ${more.length} more rows)`;
    const done = 'Imported with an unknown format; the category is kept as written.';
    report.note([first.row, TYPE], 'category-unmapped', found, 'a category of known format', done);
  }
}
