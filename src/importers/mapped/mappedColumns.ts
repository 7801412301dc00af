/** The columns of a file that a mapping names. */
import type { Mapping } from '../../../contracts/mapping.ts';
import { keyOf } from '../../domain/labels.ts';
import { FILE_REFUSED, type Report, type TableRow } from '../importer.ts';
import { plainText } from '../table/text.ts';

/** A cell of a row, under the header that it stands under. */
export interface Cell {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly text: string;
}
/** A column that the mapping names. */
type ColumnReader = (row: TableRow) => Cell;

/** The cells of the columns that a mapping names. */
export type Columns = (name: string) => ColumnReader;

/** Every column that a mapping names, each once. */
function namesIn({ authority, library, when, number, with: fields, leaveOut }: Mapping): readonly string[] {
  const times: unknown[] = Object.values(when ?? {});
  const parts = [authority, library, number, ...times, ...Object.values(fields), ...leaveOut];
  return [...new Set(parts.flatMap(columnIn))];
}

const columnIn = (part: unknown): string[] =>
  typeof part === 'object' && part !== null && 'column' in part && typeof part.column === 'string' ? [part.column] : [];

/** The columns, or null and findings where the header has not each of them once. */
export function columnsOf(mapping: Mapping, header: readonly string[], report: Report): Columns | null {
  const positions = new Map<string, number>();
  const keys = header.map(keyOf);
  const names = namesIn(mapping);
  let isSound = true;
  for (const name of names) {
    const [position = -1, ...more] = keys.flatMap((key, at) => (key === keyOf(name) ? [at] : []));
    positions.set(name, position);
    if (position >= 0 && more.length === 0) continue;
    isSound = false;
    if (position >= 0) report.refuse([1, name], 'column-repeated', name, `one column "${name}"`, FILE_REFUSED);
    else report.refuse([1, name], 'column-missing', `the columns ${header.map((label) => label.trim()).join(', ')}`, `a column "${name}", as the mapping says`, FILE_REFUSED); // prettier-ignore
  }
  if (!isSound) return null;
  const taken = new Set(positions.values());
  for (const [position, label] of header.entries())
    if (!taken.has(position) && label.trim() !== '')
      report.note([1, label.trim()], 'column-unknown', label.trim(), 'a column that the mapping names', 'The column was not read.'); // prettier-ignore
  return (name) => {
    const position = positions.get(name) ?? -1;
    const label = plainText(header[position] ?? name);
    return ({ row, cells }) => {
      const raw = cells[position] ?? '';
      return { row, header: label, raw, text: raw.trim() };
    };
  };
}

/** Column that tells when a single event was; the first that the mapping names, where it has none. */
export const columnOfTime = (mapping: Mapping): string =>
  mapping.when !== undefined && 'day' in mapping.when ? mapping.when.day.column : (namesIn(mapping)[0] ?? '');
