/** Every format that can be imported, and the choice of one for a file. */
import { LedgerError } from '../domain/ledgerError.ts';
import type { Importer, ImportOptions } from './importer.ts';
import { isMonthlyTable, monthlyWide } from './monthlyWide.ts';
import { openDataLoans } from './openDataLoans.ts';
import { openDataVisits } from './openDataVisits.ts';
import { publishedFigures } from './publishedFigures.ts';

export const IMPORTERS: readonly Importer[] = [publishedFigures, monthlyWide, openDataVisits, openDataLoans];

const FORMATS = IMPORTERS.map(({ format }) => format).join(', ');
/** Under this an importer is guessing; somebody must name the format. */
const SURE_ENOUGH = 0.5;

/**
 * The importer for a file, by its header and name.
 * @throws LedgerError `unknown-format` where none is sure enough, or two are equally sure
 */
export function detectFormat(header: readonly string[], fileName: string, options: ImportOptions = {}): Importer {
  const [best, next] = IMPORTERS.map((importer) => ({
    importer,
    sure: importer.recognises(header, fileName, options),
  })).sort((a, b) => b.sure - a.sure);
  if (best !== undefined && best.sure >= SURE_ENOUGH && best.sure > (next?.sure ?? 0)) return best.importer;
  throw new LedgerError('unknown-format', `No importer recognises ${fileName} by its header.`, {
    hint: isMonthlyTable(header)
      ? `This looks like ${monthlyWide.format}: say what it counts, with --measure visits ("measure" over HTTP). Nothing else of this layout can be imported.`
      : `Name the format (one of ${FORMATS}), or write the header as docs/importing.md shows it.`,
    faults: [{ message: `Found the columns ${header.slice(0, 20).join(', ')}`, file: fileName, row: 1 }],
  });
}

/**
 * The importer of a named format.
 * @throws LedgerError `unknown-format` for any other name
 */
export function importerOf(format: string): Importer {
  const importer = IMPORTERS.find((known) => known.format === format);
  if (importer !== undefined) return importer;
  throw new LedgerError('unknown-format', `There is no format "${format}".`, { hint: `Use one of ${FORMATS}.` });
}
