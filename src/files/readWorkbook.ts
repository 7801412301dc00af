/**
 * Bytes of a workbook (.xlsx) as tables of text, one for each sheet, so that an importer reads a layout from it as from a
 * CSV file. A sheet reads as the CSV that a spreadsheet program saves of it, but for what formats only dress up:
 *
 * - Numbers are their digits: `1234` whatever separators, decimals or currency are shown, and never with an exponent.
 * - Percentages are `39%`; booleans `TRUE` and `FALSE`; errors as they are shown, such as `#REF!`.
 * - Dates are `2019-04-01`, `2019-04-01 09:30` where there is a time, `2019-04` where the format shows only month and year
 *   and it is the first of it; times are `09:30`, with seconds where there are any.
 * - A formula is its stored value, and its column is named; one that was never calculated is `#NO-VALUE`.
 * - Merged cells have their value in the first of them.
 *
 * Nothing is calculated, no macro is looked at, and no link is followed.
 */
import type { UnreadSheet } from '../app/importParts.ts';
import type { LedgerError } from '../domain/ledgerError.ts';
import { unescapeText } from './cellText.ts';
import { builtInFormat, numberFormat, type NumberFormat } from './numberFormat.ts';
import { isTrue, readSheet, type Book, type Sheet } from './readSheet.ts';
import { invalidFile } from './invalidFile.ts';
import { readXml, type Attributes, type XmlHandlers } from './readXml.ts';
import { damaged, openParts, PROTECTED, REMOVE_PASSWORD, tooLarge, type Parts } from './zipParts.ts';

export interface Workbook {
  /** The visible sheets, in the order of their tabs. A sheet without a filled row 1 has a blank header. */
  readonly sheets: readonly Sheet[];
  /** Sheets that were not read: hidden ones, and charts and others that are no tables. */
  readonly unread: readonly UnreadSheet[];
}

/** Cells of all sheets that may be held at once, empty ones among filled ones counted. A full sheet of 15 columns. */
export const MOST_CELLS = 20_000_000;

/** Whether a file begins as a workbook does, of today's format (a ZIP archive) or the one before (an OLE document). */
export const isWorkbook = (bytes: Uint8Array): boolean => begins(bytes, ZIP) || begins(bytes, OLE);
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLE = [0xd0, 0xcf, 0x11, 0xe0];
const begins = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);

/**
 * Reads every visible sheet of a workbook.
 * @throws LedgerError `invalid-file`: no .xlsx, protected, damaged, or larger than is read; with what to do
 */
export async function readWorkbook(file: { fileName: string; bytes: Uint8Array }): Promise<Workbook> {
  const { fileName, bytes } = file;
  refuseOtherFormats(fileName, bytes);
  const parts = await openParts(fileName, bytes);
  // 1. What there is, and where
  const main = await mainPart(fileName, parts);
  const { tabs, date1904 } = await readTabs(fileName, parts, main);
  const linked = await readLinks(fileName, parts, main);
  // 2. What sheets share
  const partOf = (kind: string): string | undefined => [...linked.values()].find((link) => link.kind === kind)?.part;
  let left = MOST_CELLS;
  const book: Book = {
    fileName,
    date1904,
    strings: await readStrings(fileName, parts, partOf('sharedStrings')),
    formats: await readFormats(fileName, parts, partOf('styles')),
    spend(cells) {
      left -= cells;
      if (left < 0) throw tooLarge(fileName, `its sheets span more than ${MOST_CELLS} cells`);
    },
  };
  // 3. The sheets
  const sheets: Sheet[] = [];
  const unread: UnreadSheet[] = [];
  for (const { sheet, link, hidden } of tabs) {
    const target = linked.get(link);
    if (target === undefined) throw damaged(fileName, `there is no part for the sheet "${sheet}"`);
    if (hidden || target.kind !== 'worksheet') unread.push({ sheet, why: hidden ? 'hidden' : 'no-table' });
    else sheets.push(await readSheet(sheet, target.part, parts.read(target.part), book));
  }
  return { sheets, unread };
}

const SAVE_AS_XLSX = 'Open it in a spreadsheet program and save it as .xlsx ("Excel Workbook").';

function refuseOtherFormats(fileName: string, bytes: Uint8Array): void {
  const refuse = (what: string, hint: string): LedgerError => invalidFile(fileName, what, { row: 1 }, hint);
  if (begins(bytes, OLE)) {
    // An .xlsx with a password is an OLE document with the archive in a stream of this name.
    const encrypted = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(
      'EncryptedPackage',
      0,
      'utf16le',
    );
    throw encrypted
      ? refuse(PROTECTED, REMOVE_PASSWORD)
      : refuse('is a workbook of the old format .xls, or another old document', SAVE_AS_XLSX);
  }
  if (!begins(bytes, ZIP)) throw refuse('is no workbook', 'If it is a CSV file, give it a name that ends in .csv.');
}

/** Where the workbook itself stands in the archive. */
async function mainPart(fileName: string, parts: Parts): Promise<string> {
  const notOne = (what: string): LedgerError => invalidFile(fileName, what, { row: 1 }, SAVE_AS_XLSX);
  if (parts.has('content.xml')) throw notOne('is an OpenDocument file, not an .xlsx workbook');
  if (!parts.has('_rels/.rels')) throw notOne('is a ZIP archive, but not an .xlsx workbook');
  const main = [...(await readLinks(fileName, parts, '')).values()].find(({ kind }) => kind === 'officeDocument');
  if (main === undefined) throw notOne('is a ZIP archive, but not an .xlsx workbook');
  if (main.part.endsWith('.bin')) throw notOne('is a binary workbook (.xlsb), not an .xlsx workbook');
  return main.part;
}

interface Link {
  /** Last part of the type, the same in the transitional and the strict format. */
  readonly kind: string;
  readonly part: string;
}

/** What a part links to within the archive, by the ids of the links. Links out of it are left out. */
async function readLinks(fileName: string, parts: Parts, from: string): Promise<ReadonlyMap<string, Link>> {
  const folder = from.slice(0, from.lastIndexOf('/') + 1);
  const links = new Map<string, Link>();
  await readElements(fileName, parts, `${folder}_rels/${from.slice(folder.length)}.rels`, {
    open(name, { Id = '', Type = '', Target = '', TargetMode }) {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      links.set(Id, { kind: Type.slice(Type.lastIndexOf('/') + 1), part: resolvePart(folder, Target) });
    },
  });
  return links;
}

/** Name of the part that a link means: `/xl/a.xml` from the root, `a.xml` and `../a.xml` from the folder of the link. */
function resolvePart(folder: string, target: string): string {
  const path: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') path.pop();
    else if (step !== '' && step !== '.') path.push(step);
  }
  return path.join('/');
}

interface Tab {
  readonly sheet: string;
  /** Id of the link to its part. */
  readonly link: string;
  readonly hidden: boolean;
}

async function readTabs(
  fileName: string,
  parts: Parts,
  main: string,
): Promise<{ tabs: readonly Tab[]; date1904: boolean }> {
  const tabs = new Map<string, Tab>();
  let date1904 = false;
  let isOne = false;
  await readElements(fileName, parts, main, {
    open(name, attributes) {
      if (name === 'workbook') isOne = true;
      if (name === 'workbookPr') date1904 = isTrue(attributes['date1904']);
      if (name !== 'sheet') return;
      const { name: sheet = '', state = 'visible' } = attributes;
      // Provenance names a cell by its sheet.
      if (tabs.has(sheet.toLowerCase())) throw damaged(fileName, `it has two sheets "${sheet}"`);
      tabs.set(sheet.toLowerCase(), { sheet, link: linkOf(attributes), hidden: state !== 'visible' });
    },
  });
  if (!isOne) throw invalidFile(fileName, 'is an Office document, but not a workbook', { row: 1 }, SAVE_AS_XLSX);
  if ([...tabs.values()].every(({ hidden }) => hidden)) throw damaged(fileName, 'it has no visible sheet');
  return { tabs: [...tabs.values()], date1904 };
}

/** `r:id`, whatever the prefix. */
const linkOf = (attributes: Attributes): string =>
  Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? '';

/** Texts that cells name by number. Their runs are joined; what only says how to pronounce them is left out. */
async function readStrings(fileName: string, parts: Parts, part: string | undefined): Promise<readonly string[]> {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let string = '';
  let wanted = false;
  let phonetic = false;
  await readElements(fileName, parts, part, {
    open(name) {
      if (name === 'si') string = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') wanted = !phonetic;
    },
    text(text) {
      if (wanted) string += text;
    },
    close(name) {
      if (name === 't') wanted = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') strings.push(unescapeText(string));
    },
  });
  return strings;
}

/** Number formats by the number that cells name; null where there are none. */
async function readFormats(
  fileName: string,
  parts: Parts,
  part: string | undefined,
): Promise<readonly NumberFormat[] | null> {
  if (part === undefined) return null;
  const defined = new Map<number, NumberFormat>();
  const ids: number[] = [];
  let inCells = false;
  await readElements(fileName, parts, part, {
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'numFmt') defined.set(Number(numFmtId), numberFormat(formatCode));
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) ids.push(Number(numFmtId));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return ids.map((id) => defined.get(id) ?? builtInFormat(id));
}

const readElements = (fileName: string, parts: Parts, part: string, handlers: XmlHandlers): Promise<void> =>
  readXml({ fileName, part }, parts.read(part), handlers);
