/** A file as the importers take it: whole tables, pages of rows, sheets of a workbook, or a JSON document. */
import { createHash } from 'node:crypto';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { inSheet } from '../importers/identity.ts';
import type {
  FileSource,
  Finding,
  Importer,
  ImportResult,
  RowImporter,
  Table,
  TableImporter,
  TablePage,
  TableRow,
} from '../importers/importer.ts';
import { detectDocument, detectTable, importerOf, type Detected } from '../importers/importers.ts';
import { sheetFindings, type SheetTable } from './sheetFindings.ts';
import { sheetsTogether } from './sheetsTogether.ts';

/** What is in a file. Pages can be read as often as they are asked for. */
export type Content =
  | { readonly table: Table }
  | { readonly header: readonly string[]; readonly pages: () => Iterable<TablePage> }
  | WorkbookContent
  | { readonly document: unknown };

interface WorkbookContent {
  readonly sheets: readonly SheetTable[];
  readonly unread: readonly UnreadSheet[];
}

/** A sheet of a workbook that was not read: hidden, or a chart or another one that is no table. */
export interface UnreadSheet {
  readonly sheet: string;
  readonly why: 'hidden' | 'no-table';
}

/** A document, or one table. */
export type SingleContent = Exclude<Content, WorkbookContent>;

export type ImportFile = FileSource & Content;

/** Some rows of a file as its importer read them. */
export interface Piece extends ImportResult {
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
  /** Share of the part, 0 to 1, that is read with this piece. */
  readonly upTo: number;
}

/** What one importer reads of a file: all of it, or one sheet. */
export interface ImportPart {
  readonly importer: Importer;
  readonly sure: number;
  /** The same pieces each time. */
  readonly pieces: () => Iterable<Piece>;
}

export interface ImportParts {
  readonly parts: readonly ImportPart[];
  /** What is found of the file as a whole. */
  readonly findings: readonly Finding[];
}

/** Rows by which a format is told. */
const HEAD_ROWS = 20;
/** A format that has to be seen whole is taken up to this many rows. */
const WHOLE_ROWS = 500_000;

/**
 * The parts of a file, by the named format or the one that is recognised.
 * @throws LedgerError `unknown-format` where there is none, `invalid-file` where it is too long for its format
 */
export function importParts(file: ImportFile, format: string | undefined): ImportParts {
  if ('document' in file) return { parts: [documentPart(file, format)], findings: [] };
  if ('sheets' in file) return sheetParts(file, format);
  return { parts: [tablePart(file, 'table' in file ? paged(file.table) : file, format)], findings: [] };
}

const paged = (table: Table): Paged => ({
  header: table.header,
  ...(table.sheet === undefined ? {} : { sheet: table.sheet }),
  pages: () => [{ rows: table.rows, upTo: 1 }],
});

interface Paged {
  readonly header: readonly string[];
  readonly sheet?: string;
  readonly pages: () => Iterable<TablePage>;
}

function documentPart(file: FileSource & { document: unknown }, format: string | undefined): ImportPart {
  const { importer, sure } = format === undefined ? detectDocument(file) : { importer: importerOf(format), sure: 1 };
  if (importer.reads !== 'document') throw notOfKind(file.fileName, importer, 'a table, and this is a JSON document');
  return { importer, sure, pieces: () => [{ ...importer.read(file), header: [], rows: [], upTo: 1 }] };
}

function tablePart(source: FileSource, table: Paged, format: string | undefined): ImportPart {
  const { fileName } = source;
  const { importer, sure } = detectedIn(source, table, format);
  switch (importer.reads) {
    case 'document':
      throw notOfKind(fileName, importer, 'a JSON document, and this is a table');
    case 'table':
      return { importer, sure, pieces: () => [wholePiece(source, table, importer)] };
    case 'rows':
      return { importer, sure, pieces: () => rowPieces(source, table, importer) };
  }
}

const detectedIn = (
  { fileName, options }: FileSource,
  { header, pages }: Paged,
  format: string | undefined,
): Detected<Importer> =>
  format === undefined
    ? detectTable({ fileName, options, header, rows: firstRows(pages()) })
    : { importer: importerOf(format), sure: 1 };

/**
 * The importer of a document or a single table, by the named format or the one that is recognised.
 * @throws LedgerError `unknown-format` where there is none
 */
export function importerFor(file: FileSource & SingleContent, format: string | undefined): Importer {
  if ('document' in file) return format === undefined ? detectDocument(file).importer : importerOf(format);
  return detectedIn(file, 'table' in file ? paged(file.table) : file, format).importer;
}

const notOfKind = (fileName: string, { format }: Importer, what: string): LedgerError =>
  new LedgerError('unknown-format', `${fileName}: the format ${format} is ${what}.`, {
    hint: 'Leave the format out, or name another.',
  });

function firstRows(pages: Iterable<TablePage>): readonly TableRow[] {
  const rows: TableRow[] = [];
  for (const page of pages) {
    rows.push(...page.rows.slice(0, HEAD_ROWS - rows.length));
    if (rows.length >= HEAD_ROWS) break;
  }
  return rows;
}

function wholePiece({ fileName, sha256, options }: FileSource, table: Paged, importer: TableImporter): Piece {
  const rows: TableRow[] = [];
  for (const page of table.pages()) {
    for (const row of page.rows) rows.push(row);
    if (rows.length > WHOLE_ROWS)
      throw new LedgerError('invalid-file', `${fileName} has more than ${WHOLE_ROWS} rows.`, {
        hint: `Its format, ${importer.format}, has to be seen whole, for its totals and repeats: import it in parts, such as a year each.`,
      });
  }
  const { header } = table;
  const result = importer.read({ fileName, sha256, options, table: { header, rows } });
  return { ...result, header, rows, upTo: 1 };
}

function* rowPieces({ fileName, sha256, options }: FileSource, table: Paged, importer: RowImporter): Generator<Piece> {
  const { header } = table;
  const reading = importer.begin({ fileName, sha256, options, header });
  for (const { rows, upTo } of table.pages()) yield { ...reading.take(rows), header, rows, upTo };
  yield { ...reading.end(), header, rows: [], upTo: 1 };
}

/** Each sheet is a table of its own; those of no known format are named, unless there is no other. */
function sheetParts(
  { sheets, unread, ...source }: FileSource & WorkbookContent,
  format: string | undefined,
): ImportParts {
  const parts: (ImportPart & { readonly name: string })[] = [];
  const findings: Finding[] = unread.map(({ sheet, why }) => notRead(source.fileName, sheet, WHY_UNREAD[why]));
  const seen = new Map<string, string>();
  let unknown: unknown = null;
  sheets.forEach((table, index) => {
    const name = table.sheet;
    const fileName = `${source.fileName}, sheet ${name}`;
    try {
      const part = tablePart({ ...source, fileName }, paged(table), format);
      const pieces = function* (): Generator<Piece> {
        for (const piece of part.pieces()) yield { ...piece, ...ofSheet(piece, name, index + 1) };
      };
      const cells = cellsHash(table);
      const copied = seen.get(cells);
      if (copied !== undefined) findings.push(copyFinding(source.fileName, name, copied));
      else {
        parts.push({ ...part, name, pieces });
        findings.push(...sheetFindings(fileName, table));
      }
      seen.set(cells, copied ?? name);
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'unknown-format') throw error;
      unknown = error;
      findings.push(notRead(source.fileName, name, 'a sheet of no known format'));
    }
  });
  if (parts.length > 0) {
    const together = sheetsTogether(source.fileName, parts);
    return { parts: parts.map((part, at) => ({ ...part, pieces: together[at]?.pieces ?? part.pieces })), findings };
  }
  throw unknown instanceof LedgerError
    ? unknown
    : new LedgerError('invalid-file', `${source.fileName} has no sheet with anything in it.`, {
        hint: 'Show the sheet that is hidden, or import another file.',
      });
}

/** Equal for sheets with the same cells. */
function cellsHash({ header, rows }: Table): string {
  const hash = createHash('sha256');
  for (const cells of [header, ...rows.map((row) => row.cells)]) hash.update(JSON.stringify(cells));
  return hash.digest('hex');
}

function ofSheet({ events, spotOf }: Piece, sheet: string, at: number): Pick<ImportResult, 'events' | 'spotOf'> {
  const before = new Map<ActivityEvent, ActivityEvent>();
  const inIt = events.map((event) => {
    const renamed = inSheet(event, sheet, at);
    before.set(renamed, event);
    return renamed;
  });
  if (spotOf === undefined) return { events: inIt };
  return { events: inIt, spotOf: (event, field) => spotOf(before.get(event) ?? event, field) };
}

const WHY_UNREAD = { hidden: 'a hidden sheet', 'no-table': 'a chart, or another sheet that is no table' };

const copyFinding = (file: string, sheet: string, other: string): Finding => ({
  ...notRead(file, sheet, `the cells of sheet ${other} again`),
  severity: 'refused',
  expected: 'each sheet once: a copy would count twice',
});

const notRead = (file: string, sheet: string, found: string): Finding => ({
  severity: 'noted',
  code: 'sheet-not-read',
  file: `${file}, sheet ${sheet}`,
  row: 1,
  cell: null,
  found,
  expected: 'a sheet that is shown, with a header in row 1',
  done: 'The sheet was not read.',
});
