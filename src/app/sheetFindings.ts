/** What a spreadsheet does not show of a sheet, or shows otherwise than it is stored, told once for each run of it. */
import type { Finding, Table } from '../importers/importer.ts';

/** An area of merged cells. Rows as the spreadsheet numbers them, columns from 0. */
export interface MergedArea {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  /** Values that lay under the cells after the first: they are not shown, and were not read. */
  readonly covered: number;
}

/** A sheet of a workbook, with what is known of it beside its cells. */
export interface SheetTable extends Table {
  readonly sheet: string;
  /** Columns, from 0, whose header is a formula of which the stored value was taken. */
  readonly headerFormulas: ReadonlySet<number>;
  /** Rows that the spreadsheet does not show, by their numbers, the header's among them, ascending. They were read. */
  readonly hiddenRows: readonly number[];
  /** Columns that it does not show, from 0, ascending. They were read. */
  readonly hiddenColumns: readonly number[];
  readonly merged: readonly MergedArea[];
}

/** Findings of a kind that are told one by one; a filtered sheet hides thousands of runs of rows. */
const TOLD_ONE_BY_ONE = 20;
const NOT_MEANT = 'Read like the others. If they are not meant to count, delete them and import the file again.';

/** The findings of one sheet that an importer reads, under the name of its file and sheet. */
export function sheetFindings(file: string, table: SheetTable): Finding[] {
  const at = (column: number): string | null => table.header[column]?.trim() || null;
  const finding = (row: number, cell: string | null, rest: Omit<Finding, 'file' | 'row' | 'cell'>): Finding => ({
    file,
    row,
    cell,
    ...rest,
  });
  const rows = runsOf(table.hiddenRows).map(([first, last]) =>
    finding(first, null, {
      severity: 'flagged',
      code: 'hidden-rows',
      found: first === last ? `row ${first}, which is hidden` : `rows ${first} to ${last}, which are hidden`,
      expected: 'rows that the spreadsheet shows',
      done: NOT_MEANT,
    }),
  );
  const columns = runsOf(table.hiddenColumns).map(([first, last]) =>
    finding(1, at(first), {
      severity: 'flagged',
      code: 'hidden-columns',
      found:
        first === last
          ? `column ${columnLetters(first)}, which is hidden`
          : `columns ${columnLetters(first)} to ${columnLetters(last)}, which are hidden`,
      expected: 'columns that the spreadsheet shows',
      done: NOT_MEANT,
    }),
  );
  const headers = [...table.headerFormulas].map((column) =>
    finding(1, at(column), {
      severity: 'flagged',
      code: 'formula-cell',
      found: `${columnLetters(column)}1: ${table.header[column] ?? ''}`,
      expected: 'a header that somebody wrote: this one is worked out by the spreadsheet',
      done: 'Read with the text that the spreadsheet stored.',
    }),
  );
  const merged = table.merged.map(({ top, left, bottom, right, covered }) => {
    const first = `${columnLetters(left)}${top}`;
    const under = covered === 0 ? '' : `, with ${covered} ${covered === 1 ? 'value' : 'values'} underneath`;
    return finding(top, at(left), {
      severity: covered === 0 ? 'noted' : 'flagged',
      code: 'merged-cells',
      found: `${first}:${columnLetters(right)}${bottom}, which are merged${under}`,
      expected: 'cells that are not merged',
      done: `Only ${first} has a value; the others were read as empty.`,
    });
  });
  return [rows, columns, headers, merged].flatMap(shortened);
}

/** The first findings of a kind one by one, and the others as one. */
function shortened(findings: readonly Finding[]): readonly Finding[] {
  const [next, ...others] = findings.slice(TOLD_ONE_BY_ONE);
  if (next === undefined) return findings;
  const more = others.length === 0 ? '' : `; and ${others.length} more like it, down to row ${others.at(-1)?.row}`;
  return [...findings.slice(0, TOLD_ONE_BY_ONE), { ...next, found: next.found + more }];
}

/** Ascending numbers as runs, from and to. */
function runsOf(numbers: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/** Name of a column, counted from 0, as a spreadsheet shows it: `A`, `AB`. */
export function columnLetters(column: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  }
  return letters;
}
