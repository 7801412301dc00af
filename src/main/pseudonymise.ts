/** Copies of files without the numbers of borrowers: what may leave this machine, or go to a server on it. */
import { importerFor, type SingleContent } from '../app/importParts.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { OpenedFile } from '../files/openFile.ts';
import { csvOf } from '../files/writeCsv.ts';
import {
  foundAndExpected,
  type FileSource,
  type Finding,
  type ImportOptions,
  type RowImporter,
} from '../importers/importer.ts';

type File = OpenedFile & { readonly options: ImportOptions };

/**
 * The text of such a copy, in pieces; null where the format names nobody, so that the file may go as it is.
 * @throws LedgerError `unknown-format` where it is of none, `invalid-file` where it would be refused as a whole
 */
export function withoutBorrowers(file: File, format: string | undefined): Iterable<string> | null {
  if ('sheets' in file) {
    if (!file.sheets.some((table) => namesBorrowers({ ...file, table }, format))) return null;
    throw new LedgerError('invalid-file', `${file.fileName} is a workbook that may name borrowers.`, {
      hint: 'Save the sheet as "CSV UTF-8" and take that.',
    });
  }
  const importer = importerFor(file, format);
  if (importer.reads === 'rows' && !('document' in file)) return tableCopy(file, importer);
  if (importer.reads !== 'document' || importer.pseudonymised === undefined || !('document' in file)) return null;
  const copy = importer.pseudonymised(file);
  if (copy === null) throw refused(file.fileName, importer.read(file).findings);
  return [`${JSON.stringify(copy, null, 1)}\n`];
}

function tableCopy(file: FileSource & Exclude<SingleContent, { document: unknown }>, importer: RowImporter) {
  if (importer.pseudonymised === undefined) return null;
  const { fileName, sha256, options } = file;
  const [header, pages] = 'table' in file ? [file.table.header, () => [file.table]] : [file.header, file.pages];
  const source = { fileName, sha256, options, header };
  const copy = importer.pseudonymised(source);
  if (copy === null) throw refused(fileName, importer.begin(source).end().findings);
  return (function* () {
    yield csvOf([copy.header]);
    for (const { rows } of pages()) yield csvOf(rows.map(copy.cells));
  })();
}

/** Whether a sheet is of a format that names borrowers; one of no known format is not read at all. */
function namesBorrowers(file: FileSource & SingleContent, format: string | undefined): boolean {
  try {
    return 'pseudonymised' in importerFor(file, format);
  } catch {
    return false;
  }
}

function refused(fileName: string, findings: readonly Finding[]): LedgerError {
  const bad = findings.filter(({ severity }) => severity === 'refused');
  return new LedgerError('invalid-file', `${fileName}: nothing can be made of it.`, {
    hint: 'Give the options that are named, or correct the header.',
    faults: bad.map((finding) => ({ message: foundAndExpected(finding), file: fileName, row: finding.row })),
  });
}
