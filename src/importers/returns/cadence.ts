/**
 * How often a line of a return was given, told from which of its twelve months are filled. The form asks a service that
 * counts by the quarter to put its total in the quarter's last month, so that one column holds months of some services
 * and quarters of others. A quarter must never become a month: what may be either is taken as neither.
 */

/** What stands in the cell of a month: a number, a sign or text that is none, or nothing. */
export type Filling = 'number' | 'other' | 'blank';

/**
 * What the figure in a cell is of: its month, the quarter or the year that ends with it, or a time that cannot be told.
 * `nothing`: the line was given for other months, and not for this. `outside`: there is nothing to give here.
 */
export type CellOf = 'month' | 'quarter' | 'year' | 'unclear' | 'nothing' | 'outside';

const MONTHS = 12;
const QUARTER_ENDS = [2, 5, 8, 11];
const YEAR_END = 11;

/**
 * For each of the twelve months, the first being the first of the year, what its cell is of.
 *
 * - Every month, or two that follow one another anywhere: the line is given by the month, because no quarter's total can
 *   stand in each of two months running. A quarter of which only the last month is filled stays unclear even then.
 * - The last month of every quarter and no other: quarters. The last month of the year alone: the year.
 * - Twelve numbers that are 0 everywhere but in last months of quarters: quarters, or the year. Nobody can tell whether
 *   the zeros are counts, and the sum of the quarter or the year is the same either way.
 * - Anything else: unclear. Two months of ten and nothing between them may be two good months or two late quarters.
 *
 * Signs and text that is no number may stand for a blank or for a count: where that makes a difference to a cell, the
 * cell is unclear.
 * @param zeros which of the numbers are 0
 */
export function cadenceOf(fillings: readonly Filling[], zeros: readonly boolean[]): readonly CellOf[] {
  const filled = cellsOf(
    fillings.map((filling) => filling !== 'blank'),
    zeros,
  );
  if (!fillings.includes('other')) return filled;
  const blank = cellsOf(
    fillings.map((filling) => filling === 'number'),
    zeros,
  );
  return fillings.map((filling, at) => {
    if (filling === 'number') return filled[at] === blank[at] ? (filled[at] ?? 'unclear') : 'unclear';
    // By both ways of counting it, the cell's own time is what its neighbours say.
    return filling === 'other' && blank[at] === 'outside' ? 'unclear' : (filled[at] ?? 'unclear');
  });
}

function cellsOf(filled: readonly boolean[], zeros: readonly boolean[]): CellOf[] {
  const months = Array.from({ length: MONTHS }, (_, at) => at).filter((at) => filled[at] === true);
  const give = (kind: CellOf, at: readonly number[], rest: CellOf): CellOf[] =>
    Array.from({ length: MONTHS }, (_, month) => (at.includes(month) ? kind : rest));
  if (months.length === 0) return give('outside', [], 'outside');
  const counted = months.filter((at) => zeros[at] !== true);
  const isZeroBetween =
    months.length === MONTHS && counted.length > 0 && counted.every((at) => QUARTER_ENDS.includes(at));
  if (same(isZeroBetween ? counted : months, [YEAR_END])) return give('year', [YEAR_END], 'outside');
  if (isZeroBetween || same(months, QUARTER_ENDS)) return give('quarter', QUARTER_ENDS, 'outside');
  if (!months.some((at) => months.includes(at + 1))) return give('unclear', months, 'outside');
  return give('month', months, 'nothing').map((kind, at) => {
    const isAlone = QUARTER_ENDS.includes(at) && !months.includes(at - 1) && !months.includes(at - 2);
    return kind === 'month' && isAlone ? 'unclear' : kind;
  });
}

const same = (one: readonly number[], other: readonly number[]): boolean => one.join(' ') === other.join(' ');
