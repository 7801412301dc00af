/**
 * What the open-data schema's files of counts share (schema-librarydata, Frictionless Table Schema): the authority and
 * library of a row, the count in its last column, rows that repeat or contradict each other, and rows that look like
 * sums of others.
 */
import { authoritiesOf } from '../authorities.ts';
import type { ImportOptions, Report } from '../importer.ts';
import { libraryCell } from '../table/cells.ts';
import { grouped, isNearSum, settleRepeats, TOTAL_IMPORTED, type NamedRow } from '../table/rows.ts';
import { flagSameFigures } from '../table/sameFigures.ts';
import { subtotalAt } from '../table/subtotals.ts';
import { countHint, countOf, WHOLE_NUMBER } from '../table/text.ts';

export const AUTHORITY = 'Local authority';
export const LIBRARY = 'Library name';
/** Older files of the schema say "Library authority". */
export const ALSO_CALLED = { [AUTHORITY]: ['Library authority'] };

/** Says of a row which authority it is about, or null where that was refused. */
export type AuthorityOfRow = (row: NamedRow) => string | null;

/**
 * The place of a row, or null with findings at each faulty cell.
 * @param column of the name of the library
 */
export function placeOf(
  row: NamedRow,
  authorityOfRow: AuthorityOfRow,
  report: Report,
  column = LIBRARY,
): { authority: string; place: string } | null {
  const authority = authorityOfRow(row);
  const library = libraryCell(row, column, report);
  return authority === null || library === null ? null : { authority, place: `${authority}/${library}` };
}

/**
 * The authority of each row: see `authoritiesOf`.
 * @param column of the name of the authority
 */
export const authoritiesIn = (
  rows: readonly NamedRow[],
  options: ImportOptions,
  report: Report,
  column = AUTHORITY,
): AuthorityOfRow =>
  authoritiesOf(
    rows,
    { nameOf: (row) => row.text(column), header: rows[0]?.header(column) ?? column },
    options,
    report,
  );

/** The count in a column, or null with a finding at the cell. The schema wants an integer: no word stands for one. */
export function countCell(row: NamedRow, column: string, report: Report): number | null {
  const raw = row.raw(column);
  const count = countOf(raw);
  if (count === null) {
    report.refuse([row.row, row.header(column)], 'not-a-whole-number', raw.trim(), `${WHOLE_NUMBER}${countHint(raw)}`);
  }
  return count;
}

interface Counted {
  readonly row: number;
  readonly count: number;
}

/**
 * The rows that count each thing once. A row that says again what an earlier one said is refused; rows that count the
 * same thing differently are all refused. Two doors of one library must be added up by whoever knows they are doors.
 * @param sameThing  what a row counts, for comparison
 * @param says       what it says of it, the count included
 * @param column     header to name in the findings
 * @param otherwiseIn how another row says it otherwise, as the end of a sentence
 */
export function countedOnce<R extends { readonly row: number; readonly count: number | null }>(
  rows: readonly R[],
  sameThing: (row: R) => string,
  says: (row: R) => string,
  column: string,
  otherwiseIn: (other: R, row: R) => string,
  report: Report,
): readonly R[] {
  const { kept, repeats, contradicted } = settleRepeats(rows, sameThing, says);
  for (const { row, first } of repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse([row.row, column], 'row-repeated', `the same count as row ${first.row}`, 'each count once', done);
  }
  for (const { row, other } of contradicted) {
    const found = `${row.count ?? 'suppressed'}, but ${otherwiseIn(other, row)}`;
    report.refuse([row.row, column], 'row-contradicted', found, 'one count', 'None of these rows was imported.');
  }
  return [...kept].sort((a, b) => a.row - b.row);
}

const GROUPS_ENOUGH = 3;
const LARGE_COUNT = 100;

/** How the counts under one label compare with the sums that each may be. */
type Compared<R> = { readonly exact: R[]; readonly near: R[]; readonly off: R[] };

/** A way in which a row can be a sum of others. */
export interface SumOf<R> {
  /** The rows among which one may be the sum. */
  readonly groupOf: (row: R) => string;
  /** What would be a total under this name: the library, or the type. */
  readonly labelOf: (row: R) => string;
  /** Of a group, the rows that this one would be the sum of; left out: all others, two of them at least. */
  readonly partsOf?: (row: R, group: readonly R[]) => readonly R[];
  /** Whether a row may be the sum of those beside it, as the subtotal of an area is among libraries. */
  readonly hasSubtotals?: boolean;
}

/**
 * The rows without those that are sums of others beside them, which would double every figure. A library or a type that
 * is a sum wherever that can be checked is a total, and refused; then the rest is looked at again, because one total
 * hides another. One that is so only here and there may be so by chance; one that misses by rounding, or in a single
 * place, by a slip: these are flagged.
 */
export function withoutSums<R extends Counted>(
  rows: readonly R[],
  ways: readonly SumOf<R>[],
  column: string,
  report: Report,
): readonly R[] {
  let left = rows;
  for (let at = 0; at < ways.length; at++) {
    const way = ways[at] as SumOf<R>;
    const all = totalsAmong(left, way);
    const totals = all.size > 0 ? all : new Set(subtotalsAmong(left, way).flatMap(({ rows: own, isSure }) => isSure ? own : [])); // prettier-ignore
    if (totals.size === 0) continue;
    for (const { row, count } of totals) {
      const others = all.size === 0 ? NEIGHBOURS : way.partsOf === undefined ? 'the other' : 'narrower';
      const found = `${count}, the sum of ${others} rows beside it`;
      report.refuse([row, column], 'totals-row', found, 'one count: totals are worked out, not imported');
    }
    left = left.filter((row) => !totals.has(row));
    at = -1;
  }
  for (const way of ways) {
    flagSums(left, way, column, report);
    for (const { row, count } of subtotalsAmong(left, way).flatMap(({ rows: own }) => own)) {
      const found = `${count}, the sum of ${NEIGHBOURS} rows beside it`;
      report.flag([row, column], 'looks-like-total', found, 'one count', TOTAL_IMPORTED);
    }
  }
  return left;
}

const NEIGHBOURS = 'neighbouring';

/** Labels that are sums of those that stand beside them in the file, with their rows; the first alone of those that are sure. */
function subtotalsAmong<R extends Counted>(
  rows: readonly R[],
  { groupOf, labelOf, hasSubtotals = false }: SumOf<R>,
): readonly { readonly rows: readonly R[]; readonly isSure: boolean }[] {
  if (!hasSubtotals) return [];
  const groups = new Map([...new Set(rows.map(groupOf))].map((group, at) => [group, at]));
  const labels = grouped(rows, labelOf);
  const figures = labels.map((own) => {
    const counts = Array.from<number | 'none'>({ length: groups.size }).fill('none');
    for (const row of own) counts[groups.get(groupOf(row)) ?? 0] = row.count;
    return counts;
  });
  const found = labels.flatMap((own, at) => {
    const subtotal = subtotalAt(figures, at);
    return subtotal === null ? [] : [{ rows: own, isSure: subtotal.isSure }];
  });
  // Without one total, another may be seen to be none.
  const sure = found.find(({ isSure }) => isSure);
  return sure === undefined ? found : [sure];
}

/** By label, how the counts compare with the sums of their parts. */
function comparedSums<R extends Counted>(
  rows: readonly R[],
  { groupOf, labelOf, partsOf }: SumOf<R>,
): readonly Compared<R>[] {
  const labels = new Map<string, Compared<R>>();
  for (const group of grouped(rows, groupOf)) {
    const all = { sum: sumOf(group), counted: countedIn(group) };
    for (const row of group) {
      const parts = partsOf?.(row, group);
      const sum = parts === undefined ? all.sum - row.count : sumOf(parts);
      if (parts === undefined ? all.counted < 3 : countedIn(parts) === 0) continue;
      const compared = labels.get(labelOf(row)) ?? { exact: [], near: [], off: [] };
      labels.set(labelOf(row), compared);
      compared[row.count === sum ? 'exact' : isNearSum(row.count, sum) ? 'near' : 'off'].push(row);
    }
  }
  return [...labels.values()];
}

const sumOf = (rows: readonly Counted[]): number => rows.reduce((total, { count }) => total + count, 0);
const countedIn = (rows: readonly Counted[]): number => rows.filter(({ count }) => count > 0).length;

/** Three small counts add up by chance: only what is large, or so time and again, is taken for a total. */
const isTotal = <R extends Counted>({ exact, near, off }: Compared<R>): boolean =>
  (exact.length >= GROUPS_ENOUGH || exact.some(({ count }) => count >= LARGE_COUNT)) &&
  near.length === 0 &&
  off.length === 0;

const totalsAmong = <R extends Counted>(rows: readonly R[], way: SumOf<R>): ReadonlySet<R> =>
  new Set(
    comparedSums(rows, way)
      .filter(isTotal)
      .flatMap(({ exact }) => exact),
  );

function flagSums<R extends Counted>(rows: readonly R[], way: SumOf<R>, column: string, report: Report): void {
  const others = way.partsOf === undefined ? 'the other' : 'narrower';
  for (const { exact, near, off } of comparedSums(rows, way)) {
    for (const { row, count } of exact) {
      const found = `${count}, the sum of ${others} rows beside it`;
      report.flag([row, column], 'looks-like-total', found, 'one count', TOTAL_IMPORTED);
    }
    const slips = off.length === 0 ? near : exact.length > 1 && near.length + off.length === 1 ? [...near, ...off] : [];
    for (const { row, count } of slips) {
      const found = `${count}, nearly the sum of ${others} rows beside it`;
      report.flag([row, column], 'looks-like-total', found, 'one count', TOTAL_IMPORTED);
    }
  }
}

/** Flags libraries whose counts are all those of another: see `flagSameFigures`. */
export function flagSameLibraries<R extends Counted & { readonly place: string }>(
  rows: readonly R[],
  thing: (row: R) => string,
  column: string,
  report: Report,
): void {
  const libraries = grouped(rows, ({ place }) => place).map((own) => ({
    row: own[0].row,
    name: own[0].place,
    figures: new Map(own.map((row) => [thing(row), row.count])),
  }));
  flagSameFigures(libraries, column, report);
}
