/**
 * Item types of the open-data schema: `Type`, in loans and in stock, is each service's own item category. Counts by place,
 * time and type without repeats and totals. What a category means is no matter of the file: see docs/readings.md.
 */
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { wordsOfCategory } from '../../domain/itemCategory.ts';
import { keyOf } from '../../domain/labels.ts';
import { textCell } from '../table/cells.ts';
import { rowOf } from '../identity.ts';
import type { ImportOptions, Report } from '../importer.ts';
import { A_READ_CATEGORY, isUnread, KEPT_UNREAD } from '../lendingSystems/itemCategories.ts';
import { countedOnce, flagSameLibraries, withoutSums } from './openData.ts';
import { grouped, type NamedRow } from '../table/rows.ts';
import { holdsAContact, namesATotal } from '../table/text.ts';

export const TYPE = 'Type';
const LONGEST_TYPE = 80;

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
  return kept;
}

/** Rows whose type has all words of this one's and more: "Adult" would be the sum of "Adult fiction" and "Adult DVDs". */
function narrowerTypes<R extends ItemRow>({ type }: R, group: readonly R[]): readonly R[] {
  const words = wordsOfCategory(type);
  return group.filter((row) => {
    const theirs = wordsOfCategory(row.type);
    return theirs.length > words.length && words.every((word) => theirs.includes(word));
  });
}

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

/** One finding for each category that no reading gives a format, at the row where it first stands. */
export function noteUnread(
  events: readonly (EventOf<'loans.counted'> | EventOf<'stock.counted'>)[],
  options: ImportOptions,
  report: Report,
): void {
  const unread = events.filter((event) => isUnread(event, options));
  for (const [first, ...more] of grouped(unread, ({ data }) => keyOf(data.localCategory ?? ''))) {
    const type = first.data.localCategory ?? '';
    const found =
      more.length === 0 ? type : `${type} (and in ${more.length} more ${more.length === 1 ? 'row' : 'rows'})`;
    report.note([rowOf(first), TYPE], 'category-unmapped', found, A_READ_CATEGORY, KEPT_UNREAD);
  }
}
