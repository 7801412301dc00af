/** Names of authorities and their codes, from a CSV file with the columns `name` and `code`. */
import { keyOf } from '../domain/labels.ts';
import { invalidFile } from './invalidFile.ts';
import { readTable } from './readTable.ts';

const HINT = 'Give it the columns "name" and "code", both filled in every row, and each name one code.';

/**
 * By row, a name and the code beside it, as they stand there.
 * @throws LedgerError `invalid-file` where a column is missing, a cell is empty, or a name has two codes
 */
export function namesIn(fileName: string, bytes: Uint8Array): readonly (readonly [name: string, code: string])[] {
  const { header, rows } = readTable({ fileName, bytes });
  const [name, code] = ['name', 'code'].map((wanted) => header.findIndex((label) => keyOf(label) === wanted)) as [number, number]; // prettier-ignore
  if (name < 0 || code < 0) throw invalidFile(fileName, `has the columns ${header.join(', ')}`, { row: 1 }, HINT);
  const codes = new Map<string, string>();
  return rows
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
    .map(({ row, cells }) => {
      const pair = [cells[name]?.trim() ?? '', cells[code]?.trim() ?? ''] as const;
      if (pair.includes('')) throw invalidFile(fileName, `has an empty cell in row ${row}`, { row }, HINT);
      const other = codes.get(keyOf(pair[0]));
      if (other !== undefined && other !== pair[1])
        throw invalidFile(fileName, `gives ${pair[0]} the codes ${other} and ${pair[1]}`, { row }, HINT);
      codes.set(keyOf(pair[0]), pair[1]);
      return pair;
    });
}
