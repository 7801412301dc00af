/**
 * Rows of a wide table that are sums of the others: a total without the word "total" (the authority's own name, say)
 * would double every figure. Totals are found one after the other, because one hides another; so are subtotals, which are
 * sums of the rows beside them.
 */
import type { Report } from '../importer.ts';
import { isNearSum, TOTAL_IMPORTED } from './rows.ts';
import { subtotalAt, type Figure } from './subtotals.ts';

export interface WideRow {
  readonly row: number;
  readonly name: string;
}

interface Series<R> {
  readonly row: R;
  readonly figures: readonly Figure[];
  /** Equal for rows with the same figures in every month. */
  readonly key: string;
  readonly largest: number;
}

/** Counts below this are the sum of others by chance too often. */
const LARGE = 100;
/** So many large counts that are the sum of the others to the last digit are no chance. */
const EXACT_ENOUGH = 3;
/** So many months that are about the sum are none either; of others that cannot all be read, there must be many. */
const MONTHS_ENOUGH = 12;
const OTHERS_ENOUGH = 10;
const NEARLY_ALL = 0.9;
/** What a library that was never read may add to all the others: more would make a large library a total. */
const UNREAD_SHARE = 0.15;

/**
 * The rows without those that are sums of the others, which are refused; what may be a sum is flagged and kept.
 * @param figures what the cells of a row's months say, in the order of the months
 * @param header  header of the column to name in the findings
 * @param one     what a row should be, for the findings
 */
export function withoutTotals<R extends WideRow>(
  rows: readonly R[],
  figures: (row: R) => readonly Figure[],
  header: string,
  report: Report,
  one = 'a library',
): readonly R[] {
  let left: readonly Series<R>[] = rows.map((row) => seriesOf(row, figures(row)));
  for (;;) {
    const judged = judgements(left);
    const total = judged.find(({ verdict }) => verdict === 'total') ?? subtotals(left).find(({ verdict }) => verdict === 'total'); // prettier-ignore
    if (total === undefined) {
      for (const { series, verdict, found } of [...judged, ...subtotals(left)]) {
        if (verdict !== 'perhaps') continue;
        report.flag([series.row.row, header], 'looks-like-total', found, one, TOTAL_IMPORTED);
      }
      return left.map(({ row }) => row);
    }
    report.refuse([total.series.row.row, header], 'totals-row', total.found, one);
    left = left.filter((series) => series !== total.series);
  }
}

function seriesOf<R>(row: R, figures: readonly Figure[]): Series<R> {
  const largest = figures.reduce<number>((most, f) => (typeof f === 'number' && f > most ? f : most), 0);
  return { row, figures, key: figures.join(' '), largest };
}

interface Judgement<R> {
  readonly series: Series<R>;
  readonly verdict: 'total' | 'perhaps' | 'library';
  readonly found: string;
}

/** The rows that are sums of rows beside them. */
function subtotals<R extends WideRow>(all: readonly Series<R>[]): readonly Judgement<R>[] {
  const figures = all.map((series) => series.figures);
  return all.flatMap((series, at): Judgement<R>[] => {
    const subtotal = subtotalAt(figures, at);
    if (subtotal === null) return [];
    const [first, last] = [all[subtotal.from]?.row.name, all[subtotal.to]?.row.name];
    const found = `${series.row.name}, the sum of the rows ${first} to ${last} beside it`;
    return [{ series, verdict: subtotal.isSure ? 'total' : 'perhaps', found }];
  });
}

/** All rows in one month. */
interface Month<R> {
  readonly sum: number;
  /** Rows with a count above 0, by that count. */
  readonly byCount: ReadonlyMap<number, readonly Series<R>[]>;
  readonly counted: number;
  readonly unreadable: readonly Series<R>[];
}

function judgements<R extends WideRow>(all: readonly Series<R>[]): readonly Judgement<R>[] {
  const months = (all[0]?.figures ?? []).map((_, i) => monthOf(all, i));
  const copies = new Map<string, number>();
  for (const { key } of all) copies.set(key, (copies.get(key) ?? 0) + 1);
  const checkable = months.filter(({ counted, unreadable }) => counted >= 2 && counted + unreadable.length >= 3).length;
  return all.map((series) => judged(series, months, copies.get(series.key) ?? 1, checkable));
}

function monthOf<R>(all: readonly Series<R>[], i: number): Month<R> {
  const byCount = new Map<number, Series<R>[]>();
  const unreadable: Series<R>[] = [];
  let [sum, counted] = [0, 0];
  for (const series of all) {
    const figure = series.figures[i];
    if (figure === 'unreadable') unreadable.push(series);
    if (typeof figure !== 'number' || figure === 0) continue;
    sum += figure;
    counted += 1;
    const same = byCount.get(figure);
    if (same === undefined) byCount.set(figure, [series]);
    else same.push(series);
  }
  return { sum, byCount, counted, unreadable };
}

/**
 * Whether a row is the sum of the others, wherever that can be checked: of all of them, or of all but one.
 * @param copies how many rows have its very figures, itself among them: they are no part of one another
 */
function judged<R extends WideRow>(
  series: Series<R>,
  months: readonly Month<R>[],
  copies: number,
  checkable: number,
): Judgement<R> {
  let [checked, exact, largeExact, near, within, loose, crowded] = [0, 0, 0, 0, 0, 0, 0];
  const butOne = new Map<Series<R>, number>();
  for (const [i, { sum, byCount, counted, unreadable }] of months.entries()) {
    const count = series.figures[i];
    if (typeof count !== 'number' || count === 0) continue;
    const known = sum - copies * count;
    const others = counted - copies;
    if (others < 1 || others + unreadable.length < 2) continue;
    checked += 1;
    if (others >= OTHERS_ENOUGH) crowded += 1;
    if (unreadable.length > 0) {
      // What cannot be read adds hardly more than its library ever had, and little where it was never read.
      const room = (unread: number): number =>
        unreadable.reduce((most, { largest }) => most + (largest * 1.5 || unread), 0);
      const over = count - known;
      if (over >= 0 && over <= room(known * UNREAD_SHARE)) within += 1;
      else if (over >= 0 && over <= room(Math.max(0, ...[...byCount.keys()].filter((other) => other < count))))
        loose += 1;
    } else if (count === known) {
      exact += 1;
      if (count >= LARGE) largeExact += 1;
    } else if (isNearSum(count, known)) near += 1;
    else if (others > 2 && count >= LARGE) {
      for (const other of byCount.get(known - count) ?? []) butOne.set(other, (butOne.get(other) ?? 0) + 1);
    }
  }
  const { name } = series.row;
  const [left, withoutLeft] = [...butOne].reduce((most, each) => (each[1] > most[1] ? each : most), [series, 0]);
  if (withoutLeft >= EXACT_ENOUGH && withoutLeft > checked / 2) {
    const found = `${name}, the sum of the other rows but ${left.row.name} in ${ofMonths(withoutLeft, checked)}`;
    return { series, verdict: 'total', found };
  }
  const about = exact + near + within;
  const everywhere = exact === checkable && (exact > 1 || largeExact > 0);
  const mostly = largeExact >= EXACT_ENOUGH && exact > checked / 2;
  const always =
    about >= MONTHS_ENOUGH && about >= NEARLY_ALL * checked && (within === 0 || crowded >= NEARLY_ALL * checked);
  if (checked > 0 && (everywhere || mostly || always)) {
    const where = exact === checked ? '' : ` in ${ofMonths(about, checked)}`;
    const asFar = within > exact ? ', as far as they can be read,' : '';
    return { series, verdict: 'total', found: `${name}, the sum of the other rows${asFar}${where}` };
  }
  // By rounding, or by a slip in one month of several, or where it cannot be told for what cannot be read.
  const slip = checked > 2 && exact === checked - 1;
  const perhaps =
    checked > 0 && (exact + near === checked || slip || (checked > 2 && about + loose >= NEARLY_ALL * checked));
  return { series, verdict: perhaps ? 'perhaps' : 'library', found: `${name}, nearly the sum of the other rows` };
}

const ofMonths = (some: number, all: number): string => `${some === all ? 'all' : `${some} of`} ${all} months`;
