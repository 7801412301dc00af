/** One sheet of a workbook as a table of text: what stands in its cells, as `readWorkbook` says. */
import { columnLetters, type MergedArea, type SheetTable } from '../app/sheetFindings.ts';
import type { LedgerError } from '../domain/ledgerError.ts';
import type { TableRow } from '../importers/importer.ts';
import { isoDateText, numberText, unescapeText } from './cellText.ts';
import { GENERAL, type NumberFormat } from './numberFormat.ts';
import { readXml, type Attributes, type XmlHandlers } from './readXml.ts';
import { damaged } from './zipParts.ts';

export interface SheetRow extends TableRow {
  /** Columns, from 0, that hold a formula whose stored value was taken. */
  readonly formulas: ReadonlySet<number>;
}

export interface Sheet extends SheetTable {
  readonly rows: readonly SheetRow[];
}

/** What the sheets of a workbook share. */
export interface Book {
  readonly fileName: string;
  readonly strings: readonly string[];
  /** Formats by the number that a cell names; null where the workbook defines none. */
  readonly formats: readonly NumberFormat[] | null;
  readonly date1904: boolean;
  /** Takes so many cells from what may be held of the workbook. @throws LedgerError `invalid-file` where they are used up */
  readonly spend: (cells: number) => void;
}

/** What stands for the value of a formula that was never calculated: no number, so that importers refuse the cell. */
export const NO_VALUE = '#NO-VALUE';

const LAST_ROW = 1_048_576;
const LAST_COLUMN = 16_384;
/** What the row itself takes beside its cells, in cells. */
const ROW_COST = 4;
const NONE: ReadonlySet<number> = new Set();

type Area = Omit<MergedArea, 'covered'>;

/** A row while it is read. */
interface FilledRow {
  readonly row: number;
  readonly cells: string[];
  formulas: Set<number> | null;
}

/** What of a sheet is filled, and what is said about it. */
interface Filled {
  rows: FilledRow[];
  readonly merged: Area[];
  readonly hiddenRows: number[];
  readonly hiddenColumns: Set<number>;
}

/**
 * Reads one sheet.
 * @param part  name of its part, for errors
 * @throws LedgerError `invalid-file` naming the cell that is not as the format has it
 */
export async function readSheet(
  name: string,
  part: string,
  pieces: AsyncIterable<Uint8Array>,
  book: Book,
): Promise<Sheet> {
  const filled: Filled = { rows: [], merged: [], hiddenRows: [], hiddenColumns: new Set() };
  await readXml({ fileName: book.fileName, part }, pieces, sheetHandlers(name, book, filled));
  const merged = filled.merged.map((area) => ({ ...area, covered: emptyMerged(area, filled.rows, book) }));
  return tableOf(name, filled, merged, book);
}

/** The cell that is being read. */
interface Cell {
  column: number;
  type: string;
  format: NumberFormat;
  formula: boolean;
  /** Null where there is no value, which is not an empty one. */
  value: string | null;
  inline: string;
}

function sheetHandlers(name: string, book: Book, filled: Filled): XmlHandlers {
  let inRows = false;
  let row: FilledRow | null = null;
  let lastRow = 0;
  let lastColumn = -1;
  let cell: Cell | null = null;
  let target: 'value' | 'inline' | null = null;
  let phonetic = false;
  /** Last row to which array formulas fill each column. */
  const spilled = new Map<number, number>();

  const refuse = (at: string, why: string): LedgerError =>
    damaged(book.fileName, `sheet "${name}", ${at} ${why}`, Math.max(1, lastRow));
  const areaOf = (ref: string): Area => {
    const [from = '', to = from] = ref.split(':');
    const [top, left] = positionOf(from);
    const [bottom, right] = positionOf(to);
    if (top < 1 || left < 0 || bottom < top || right < left) throw refuse(`area ${ref}`, 'is none');
    return { top, left, bottom, right };
  };

  function openRow({ r, hidden }: Attributes): void {
    const number = r === undefined ? lastRow + 1 : Number(r);
    if (!Number.isInteger(number) || number < 1 || number > LAST_ROW) throw refuse(`row ${r}`, 'is no row');
    if (number <= lastRow) throw refuse(`row ${number}`, `stands after row ${lastRow}`);
    lastRow = number;
    lastColumn = -1;
    row = { row: number, cells: [], formulas: null };
    if (isTrue(hidden)) filled.hiddenRows.push(number);
  }
  function openCell({ r, t = 'n', s }: Attributes): void {
    const [at, column] = r === undefined ? [lastRow, lastColumn + 1] : positionOf(r);
    if (at !== lastRow || column < 0 || column >= LAST_COLUMN)
      throw refuse(`cell ${r}`, `is no cell of row ${lastRow}`);
    if (column <= lastColumn) throw refuse(`cell ${refOf(at, column)}`, `stands after ${refOf(at, lastColumn)}`);
    lastColumn = column;
    const format = book.formats === null || s === undefined ? GENERAL : book.formats[Number(s)];
    if (format === undefined) throw refuse(`cell ${refOf(at, column)}`, `names a format ${s} that there is not`);
    cell = { column, type: t, format, formula: false, value: null, inline: '' };
  }
  function openFormula(of: Cell, { ref }: Attributes): void {
    of.formula = true;
    if (ref === undefined) return;
    const { left, bottom, right } = areaOf(ref);
    book.spend(right - left);
    for (let column = left; column <= right; column += 1)
      spilled.set(column, Math.max(bottom, spilled.get(column) ?? 0));
  }
  function closeCell(of: Cell): void {
    const text = textOf(of, book, (why) => refuse(`cell ${refOf(lastRow, of.column)}`, why));
    if (text === '' || row === null) return;
    while (row.cells.length < of.column) row.cells.push('');
    row.cells.push(text);
    const calculated = of.formula || (spilled.get(of.column) ?? 0) >= lastRow;
    if (calculated && text !== NO_VALUE) (row.formulas ??= new Set()).add(of.column);
  }
  function closeRow(): void {
    if (row !== null && row.cells.length > 0) {
      book.spend(ROW_COST + row.cells.length);
      filled.rows.push(row);
    }
    row = null;
  }
  function hideColumns({ min, max, hidden }: Attributes): void {
    if (!isTrue(hidden)) return;
    const [first, last] = [Math.max(1, Number(min)), Math.min(LAST_COLUMN, Number(max))];
    book.spend(Math.max(0, last - first));
    for (let column = first; column <= last; column += 1) filled.hiddenColumns.add(column - 1);
  }

  return {
    open(element, attributes) {
      if (cell !== null) {
        if (element === 'v') {
          target = 'value';
          cell.value = '';
        } else if (element === 'f') openFormula(cell, attributes);
        else if (element === 't' && !phonetic) target = 'inline';
        else if (element === 'rPh') phonetic = true;
      } else if (row !== null) {
        if (element === 'c') openCell(attributes);
      } else if (inRows) {
        if (element === 'row') openRow(attributes);
      } else if (element === 'sheetData') inRows = true;
      else if (element === 'col') hideColumns(attributes);
      else if (element === 'mergeCell') filled.merged.push(areaOf(attributes['ref'] ?? ''));
    },
    text(text) {
      if (cell === null || target === null) return;
      if (target === 'value') cell.value += text;
      else cell.inline += text;
    },
    close(element) {
      if (element === 'v' || element === 't') target = null;
      else if (element === 'rPh') phonetic = false;
      else if (element === 'c' && cell !== null) {
        closeCell(cell);
        cell = null;
      } else if (element === 'row') closeRow();
      else if (element === 'sheetData') inRows = false;
    },
  };
}

/** ECMA-376 part 1, 18.18.11. */
function textOf(
  { type, format, formula, value, inline }: Cell,
  book: Book,
  refuse: (why: string) => LedgerError,
): string {
  if (type === 'inlineStr') return unescapeText(inline);
  // A formula may well give an empty text.
  if (formula && (value === null || (value === '' && type !== 'str'))) return NO_VALUE;
  if (value === null || value === '') return '';
  switch (type) {
    case 'n':
      return numberText(value, format, book.date1904);
    case 's': {
      const string = /^\d+$/.test(value) ? book.strings[Number(value)] : undefined;
      if (string === undefined) throw refuse(`names a text ${value} that there is not`);
      return string;
    }
    case 'str':
      return unescapeText(value);
    case 'b':
      return value === '1' ? 'TRUE' : value === '0' ? 'FALSE' : value.toUpperCase();
    case 'e':
      return value;
    case 'd':
      return isoDateText(value, format);
    default:
      throw refuse(`is of an unknown type ${type}`);
  }
}

/** Whether an attribute says yes, as XML Schema writes it. */
export const isTrue = (flag: string | undefined): boolean => flag === '1' || flag === 'true';

/** Row from 1 and column from 0 of `B7`; 0 and -1 where it is no cell. */
function positionOf(ref: string): readonly [row: number, column: number] {
  let at = 0;
  let column = 0;
  for (; at < ref.length && at < 3; at += 1) {
    const letter = ref.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  const digits = ref.slice(at);
  return column > 0 && /^[1-9]\d{0,6}$/.test(digits) ? [Number(digits), column - 1] : [0, -1];
}

/** `B7` of row 7 and column 1. */
const refOf = (row: number, column: number): string => `${columnLetters(column)}${row}`;

/** What a writer left under merged cells is not shown: only the first cell of them has a value. Says how many had one. */
function emptyMerged({ top, left, bottom, right }: Area, rows: readonly FilledRow[], { spend }: Book): number {
  let covered = 0;
  let from = 0;
  for (let to = rows.length; from < to;) {
    const middle = (from + to) >> 1;
    if ((rows[middle]?.row ?? 0) < top) from = middle + 1;
    else to = middle;
  }
  for (; from < rows.length; from += 1) {
    const { row, cells, formulas } = rows[from] as FilledRow;
    if (row > bottom) break;
    const end = Math.min(right + 1, cells.length);
    spend(1 + Math.max(0, end - left));
    for (let column = row === top ? left + 1 : left; column < end; column += 1) {
      if (cells[column] !== '') covered += 1;
      cells[column] = '';
      formulas?.delete(column);
    }
  }
  return covered;
}

/** All rows from the first to the last that is filled, each as wide as the widest. */
function tableOf(sheet: string, filled: Filled, merged: readonly MergedArea[], { spend }: Book): Sheet {
  for (const { cells } of filled.rows) while (cells.at(-1) === '') cells.pop();
  const rows = filled.rows.filter(({ cells }) => cells.length > 0);
  const width = rows.reduce((widest, { cells }) => Math.max(widest, cells.length), 0);
  const last = rows.at(-1)?.row ?? 0;
  spend((last - rows.length) * ROW_COST);
  spend(rows.reduce((missing, { cells }) => missing + width - cells.length, 0));
  const blank: readonly string[] = Array.from({ length: width }, () => '');
  const body: SheetRow[] = [];
  let header: SheetRow = { row: 1, cells: blank, formulas: NONE };
  for (const { row, cells, formulas } of rows) {
    while (cells.length < width) cells.push('');
    const full = { row, cells, formulas: formulas ?? NONE };
    if (row === 1) header = full;
    else {
      for (let skipped = body.length + 2; skipped < row; skipped += 1)
        body.push({ row: skipped, cells: blank, formulas: NONE });
      body.push(full);
    }
  }
  return {
    sheet,
    header: header.cells,
    headerFormulas: header.formulas,
    rows: body,
    hiddenRows: filled.hiddenRows.filter((row) => row <= last),
    hiddenColumns: [...filled.hiddenColumns].filter((column) => column < width).sort((one, other) => one - other),
    merged: merged.filter(({ top, left, covered }) => covered > 0 || (top <= last && left < width)),
  };
}
