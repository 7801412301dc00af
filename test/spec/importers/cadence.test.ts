/** Which time a figure of a return is of, told from what stands beside it. `#` a number, `0` zero, `x` a sign, `.` a blank. */
import { expect, it } from 'vitest';
import { cadenceOf, type CellOf } from '../../../src/importers/returns/cadence.ts';
import { unlikeItsRow } from '../../../src/importers/returns/unlikeItsRow.ts';

const LETTERS: Readonly<Record<CellOf, string>> = {
  month: 'm',
  quarter: 'q',
  year: 'y',
  unclear: '?',
  nothing: '-',
  outside: '.',
};
const cadence = (cells: string): string =>
  cadenceOf(
    [...cells].map((cell) => (cell === '.' ? 'blank' : cell === 'x' ? 'other' : 'number')),
    [...cells].map((cell) => cell === '0'),
  )
    .map((of) => LETTERS[of])
    .join('');

it.each([
  ['every month', '############', 'mmmmmmmmmmmm'],
  ['no month', '............', '............'],
  ['the last month of every quarter', '..#..#..#..#', '..q..q..q..q'],
  ['March alone', '...........#', '...........y'],
  ['one month lacking', '####.#######', 'mmmm-mmmmmmm'],
  ['begun in the year', '.........###', '---------mmm'],
  ['begun in the year with the last month of a quarter', '..##########', '--?mmmmmmmmm'],
  ['a quarter before months', '..#..#######', '--?--?mmmmmm'],
  ['a month that is no end of a quarter, alone', '...#........', '...?........'],
  ['quarters in the wrong months', '.#..#..#..#.', '.?..?..?..?.'],
  ['three quarters of four', '..#..#..#...', '..?..?..?...'],
  ['two months far apart', '...#.......#', '...?.......?'],
  ['nothing but zeros', '000000000000', 'mmmmmmmmmmmm'],
  ['zeros where a quarter has blanks', '00#00#00#00#', '..q..q..q..q'],
  ['zeros, and two quarters', '00#00#000000', '..q..q..q..q'],
  ['zeros where a year has blanks', '00000000000#', '...........y'],
  ['a sign in a month of a row by the month', '###x########', 'mmmmmmmmmmmm'],
  ['signs where a quarter has blanks', 'xx#xx#xx#xx#', '????????????'],
  ['a sign for a quarter', '..x..#..#..#', '..?..?..?..?'],
  ['a sign alone', '...x........', '...?........'],
])('%s: %s is %s', (_, cells, is) => {
  expect(cadence(cells)).toBe(is);
});

it('never makes a month of a figure that is alone at the end of its quarter', () => {
  for (let pattern = 0; pattern < 4096; pattern++) {
    const cells = Array.from({ length: 12 }, (_, at) => ((pattern >> at) & 1 ? '#' : '.'));
    const of = cadence(cells.join(''));
    for (const at of [2, 5, 8, 11]) {
      const alone = cells[at] === '#' && cells[at - 1] === '.' && cells[at - 2] === '.';
      if (alone) expect(of[at], cells.join('')).not.toBe('m');
    }
    // What is filled is of some time, and what is blank is of none.
    for (const [at, cell] of cells.entries()) expect(cell === '#' ? 'mqy?' : '-.', cells.join('')).toContain(of[at]);
  }
});

it('a figure is unlike its row above six times its median, or below an eighth of it', () => {
  const row = (...figures: (number | null)[]) => unlikeItsRow(figures).map(({ at }) => at);
  const alike = [1000, 1000, 1000, 1000, 1000, 1000, 1000];
  expect(row(6001, ...alike)).toEqual([0]);
  expect(row(6000, ...alike)).toEqual([]);
  expect(row(...alike, 124, null)).toEqual([7]);
  expect(row(...alike, 125)).toEqual([]);
  expect(row(...alike, 0)).toEqual([7]);
  // Seven figures are too few, and a median of 500 is too small.
  expect(row(9000, ...alike.slice(1), null, null)).toEqual([]);
  expect(row(9000, ...alike.map(() => 500))).toEqual([]);
  expect(row()).toEqual([]);
});
