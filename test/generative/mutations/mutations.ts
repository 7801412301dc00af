/**
 * What officers and spreadsheets do to a file: each takes the cells of a file, the header among them, and gives the bytes
 * that then arrive. Chosen cells are numbers, and are chosen by the seed.
 */
import { stringify } from 'csv-stringify/sync';
import type { Draw } from '../../support/seeded.ts';

export type Cells = readonly (readonly string[])[];

export interface Mutation {
  readonly name: string;
  /** Whether rows stand twice afterwards: of single transactions these are two. */
  readonly repeats?: boolean;
  /** Whether the cell then holds another number, in formats whose numbers may be so. */
  readonly another?: boolean;
  /** Null where the file has nothing that it could be done to. */
  readonly make: (cells: Cells, random: Draw) => Uint8Array | null;
}

const text = (written: string): Uint8Array => new TextEncoder().encode(written);
const csv = (cells: Cells, delimiter = ','): string =>
  stringify(
    cells.map((row) => [...row]),
    { delimiter },
  );
const saved = (cells: Cells | null): Uint8Array | null => (cells === null ? null : text(csv(cells)));

const isNumber = (cell: string): boolean => /^\s*-?\d+(\.\d+)?%?\s*$/.test(cell);

/** The cells with one cell that holds a number (or that `fits`) written otherwise. */
function oneCell(
  write: (cell: string, random: Draw) => string,
  fits: (cell: string) => boolean = isNumber,
): Mutation['make'] {
  return (cells, random) => {
    const places = cells.flatMap((row, at) =>
      at === 0 ? [] : row.flatMap((cell, column) => (fits(cell) ? [[at, column] as const] : [])),
    );
    if (places.length === 0) return null;
    const [row, column] = places[random.below(places.length)] ?? [0, 0];
    return saved(
      cells.map((own, at) => (at === row ? own.map((cell, c) => (c === column ? write(cell, random) : cell)) : own)),
    );
  };
}

const headers =
  (write: (label: string, at: number) => string): Mutation['make'] =>
  (cells) =>
    saved(cells.map((row, at) => (at === 0 ? row.map(write) : row)));
const everyCell =
  (write: (cell: string) => string): Mutation['make'] =>
  (cells) =>
    saved(cells.map((row, at) => (at === 0 ? row : row.map(write))));

const shuffled = <T>(items: readonly T[], random: Draw): T[] => {
  const left = [...items];
  return items.map(() => left.splice(random.below(left.length), 1)[0] as T);
};
const inOrder =
  (order: readonly number[]) =>
  (row: readonly string[]): string[] =>
    order.map((at) => row[at] ?? '');

const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The sum of each column that holds numbers, under a word. */
function totalsRow(cells: Cells, word: string): Cells {
  const [header = [], ...rows] = cells;
  const sums = header.map((_, column) => {
    const numbers = rows.map((row) => row[column] ?? '').filter((cell) => /^\d+$/.test(cell));
    return numbers.length * 2 > rows.length ? String(numbers.reduce((sum, cell) => sum + Number(cell), 0)) : '';
  });
  return [...cells, sums.map((sum, column) => (column === 0 ? word : sum))];
}

export const MUTATIONS: readonly Mutation[] = [
  { name: 'columns in another order', make: (cells, random) => saved(cells.map(inOrder(shuffled((cells[0] ?? []).map((_, at) => at), random)))) },
  { name: 'headers in capitals', make: headers((label) => label.toUpperCase()) },
  { name: 'headers with other joints', make: headers((label) => ` ${label.replace(/[ _]/g, (sign) => (sign === ' ' ? '_' : ' '))} `) },
  { name: 'one header renamed', make: (cells, random) => {
    const column = random.below((cells[0] ?? []).length);
    return saved(cells.map((row, at) => (at === 0 ? row.map((label, c) => (c === column ? 'Something else' : label)) : row)));
  } },
  { name: 'one header blank', make: (cells, random) => {
    const column = random.below((cells[0] ?? []).length);
    return saved(cells.map((row, at) => (at === 0 ? row.map((label, c) => (c === column ? '' : label)) : row)));
  } },
  { name: 'dates day first', make: (cells) => {
    if (!cells.flat().some((cell) => ISO.test(cell))) return null;
    return saved(cells.map((row) => row.map((cell) => cell.replace(ISO, '$3/$2/$1'))));
  } },
  { name: 'dates month first', make: (cells) => {
    if (!cells.flat().some((cell) => ISO.test(cell))) return null;
    return saved(cells.map((row) => row.map((cell) => cell.replace(ISO, '$2/$3/$1'))));
  } },
  { name: 'Windows-1252', make: (cells) => Buffer.from(csv(cells.map((row, at) => (at === 1 ? row.map((cell, c) => (c === 0 ? `${cell}\u00e9` : cell)) : row))), 'latin1') },
  { name: 'a byte order mark', make: (cells) => text(`\ufeff${csv(cells)}`) },
  { name: 'line ends of old Macs', make: (cells) => text(csv(cells).replaceAll('\n', '\r')) },
  { name: 'line ends of Windows', make: (cells) => text(csv(cells).replaceAll('\n', '\r\n')) },
  { name: 'semicolons', make: (cells) => text(csv(cells, ';')) },
  { name: 'tabs', make: (cells) => text(csv(cells, '\t')) },
  { name: 'every cell in quotes', make: (cells) => text(stringify(cells.map((row) => [...row]), { quoted: true })) },
  { name: 'thousands separators everywhere', make: everyCell((cell) => (/^\d{4,}$/.test(cell) ? cell.replace(/\B(?=(\d{3})+$)/g, ',') : cell)) },
  { name: 'a thousands separator without quotes', make: (cells, random) => {
    const rows = cells.map((row) => csv([row]).trimEnd());
    const at = random.below(rows.length);
    return text(rows.map((row, i) => (i === at && i > 0 ? row.replace(/(\d)(\d{3})(,|$)/, '$1,$2$3') : row)).join('\n'));
  } },
  { name: 'a star', make: oneCell(() => '*') },
  { name: 'an x', make: oneCell(() => 'x') },
  { name: 'two dots', make: oneCell(() => '..') },
  { name: 'the word closed', make: oneCell(() => 'closed') },
  { name: 'N/A', make: oneCell(() => 'N/A') },
  { name: 'a blank cell', make: oneCell(() => '') },
  { name: 'decimals', make: oneCell((cell) => `${cell.trim()}.0`, (cell) => /^\d+$/.test(cell)) },
  { name: 'a half', another: true, make: oneCell((cell) => `${cell.trim()}.5`, (cell) => /^\d+$/.test(cell)) },
  { name: 'the letter O', make: oneCell((cell) => cell.replace(/\d/, 'O')) },
  { name: 'a minus', another: true, make: oneCell((cell) => `-${cell.trim()}`, (cell) => /^[1-9]\d*$/.test(cell)) },
  { name: 'a percentage', make: oneCell((cell) => `${cell.trim()}%`, (cell) => /^\d+$/.test(cell)) },
  { name: 'powers of ten', another: true, make: oneCell((cell) => Number(cell).toExponential(), (cell) => /^\d{2,}$/.test(cell)) },
  { name: 'a unit behind the number', make: oneCell((cell) => `${cell} approx`) },
  { name: 'an error of a spreadsheet', make: oneCell(() => '#REF!') },
  { name: 'a totals row', make: (cells) => saved(totalsRow(cells, 'Total')) },
  { name: 'a grand total row', make: (cells) => saved(totalsRow(cells, 'Grand total')) },
  { name: 'a second header', make: (cells) => saved([...cells.slice(0, 3), cells[0] ?? [], ...cells.slice(3)]) },
  { name: 'a title above the header', make: (cells) => saved([['Library figures', ...(cells[0] ?? []).slice(1).map(() => '')], ...cells]) },
  { name: 'a blank row in the middle', make: (cells) => saved([...cells.slice(0, 3), (cells[0] ?? []).map(() => ''), ...cells.slice(3)]) },
  { name: 'a row twice', repeats: true, make: (cells, random) => {
    const at = 1 + random.below(Math.max(1, cells.length - 1));
    return saved([...cells.slice(0, at + 1), ...cells.slice(at, at + 1), ...cells.slice(at + 1)]);
  } },
  { name: 'a block twice', repeats: true, make: (cells) => saved([...cells, ...cells.slice(1, 6)]) },
  { name: 'the whole table twice', repeats: true, make: (cells) => saved([...cells, ...cells]) },
  { name: 'a column twice', make: (cells, random) => {
    const column = random.below((cells[0] ?? []).length);
    return saved(cells.map((row) => [...row, row[column] ?? '']));
  } },
  { name: 'a column missing', make: (cells, random) => {
    const column = random.below((cells[0] ?? []).length);
    return saved(cells.map((row) => row.filter((_, c) => c !== column)));
  } },
  { name: 'one more column', make: (cells) => saved(cells.map((row, at) => [...row, at === 0 ? 'Remarks' : 'see above'])) },
  { name: 'a cell too many in a row', make: (cells, random) => {
    const at = 1 + random.below(Math.max(1, cells.length - 1));
    return saved(cells.map((row, i) => (i === at ? ['', ...row] : row)));
  } },
  { name: 'a row cut off', make: (cells) => saved(cells.map((row, at) => (at === cells.length - 1 ? row.slice(0, -1) : row))) },
  { name: 'blanks round every cell', make: (cells) => saved(cells.map((row) => row.map((cell) => (cell === '' ? '' : ` ${cell} `)))) },
]; // prettier-ignore
