/** Every format that can be imported, and the choice of one for a file. */
import { LedgerError } from '../domain/ledgerError.ts';
import { annualByBranch } from './annualByBranch.ts';
import { authorityRegister } from './authorityRegister.ts';
import { branchInformation } from './branchInformation.ts';
import { currentLibraries } from './currentLibraries.ts';
import { deprivationAverages } from './deprivationAverages.ts';
import { actionRegister } from './actionRegister.ts';
import {
  MEASURES,
  type DocumentImporter,
  type DocumentSource,
  type FileHead,
  type Importer,
  type RowImporter,
  type TableImporter,
} from './importer.ts';
import { aceLongLoans, aceLongVisits } from './aceLong.ts';
import { aceReturn } from './aceReturn.ts';
import { cipfaActuals } from './cipfaActuals.ts';
import { counterDocumentReport, counterTableReport } from './counter.ts';
import { librariesBasicDataset } from './librariesBasicDataset.ts';
import { libraryAuthorities } from './libraryAuthorities.ts';
import { evergreenCirculation } from './evergreenCirculation.ts';
import { folioLoans, folioLoansCsv } from './folioLoans.ts';
import { itemMovements } from './itemMovements.ts';
import { kohaStatistics } from './kohaStatistics.ts';
import { monthlyComputerUse, monthlyWifiUsers } from './monthlyFigures.ts';
import { isMonthlyTable } from './monthlyTable.ts';
import { monthlyUsageLong } from './monthlyUsageLong.ts';
import { monthlyWide } from './monthlyWide.ts';
import { onlineResourcesWide } from './onlineResourcesWide.ts';
import { nearestNeighbours } from './nearestNeighbours.ts';
import { openingHoursByYear } from './openingHoursByYear.ts';
import { populationEstimates } from './populationEstimates.ts';
import { openDataLoans } from './openDataLoans.ts';
import { openDataVisits } from './openDataVisits.ts';
import { peopleCounterIntervals, peopleCounterTotals } from './peopleCounters.ts';
import { membersByLibrary } from './membersByLibrary.ts';
import { openDataEvents } from './openDataEvents.ts';
import { openDataLibraries } from './openDataLibraries.ts';
import { openDataMembership } from './openDataMembership.ts';
import { openDataMobileStops } from './openDataMobileStops.ts';
import { openDataStock } from './openDataStock.ts';
import { mapped } from './mapped.ts';
import { whyNoActivity } from './noActivity.ts';
import { projectOutcome } from './projectOutcome.ts';
import { publishedFigures } from './publishedFigures.ts';
import { surveys } from './surveys.ts';
import { shownLabel } from './rows.ts';

/** Formats of tables: CSV files and sheets of workbooks. */
const TABLES: readonly (TableImporter | RowImporter)[] = [
  publishedFigures,
  monthlyWide,
  monthlyComputerUse,
  monthlyWifiUsers,
  monthlyUsageLong,
  onlineResourcesWide,
  openDataVisits,
  openDataLoans,
  aceReturn,
  aceLongVisits,
  aceLongLoans,
  cipfaActuals,
  openDataEvents,
  openDataLibraries,
  openDataMembership,
  openDataMobileStops,
  openDataStock,
  membersByLibrary,
  counterTableReport,
  populationEstimates,
  authorityRegister,
  deprivationAverages,
  nearestNeighbours,
  librariesBasicDataset,
  currentLibraries,
  openingHoursByYear,
  annualByBranch,
  branchInformation,
  surveys,
  projectOutcome,
  actionRegister,
  mapped,
  kohaStatistics,
  evergreenCirculation,
  folioLoansCsv,
  itemMovements,
  peopleCounterTotals,
  peopleCounterIntervals,
];
/** Formats of JSON documents. */
const DOCUMENTS: readonly DocumentImporter[] = [counterDocumentReport, libraryAuthorities, folioLoans];

export const IMPORTERS: readonly Importer[] = [...TABLES, ...DOCUMENTS];

const FORMATS = IMPORTERS.map(({ format }) => format).join(', ');
/** Under this an importer is guessing; somebody must name the format. */
const SURE_ENOUGH = 0.5;

/** The importer of a file, and how sure it is that the file is in its format, 0 to 1: 1 where the format was named. */
export interface Detected<I> {
  readonly importer: I;
  readonly sure: number;
}

/**
 * The importer for a table, by its header, its first rows and the name of its file.
 * @throws LedgerError `unknown-format` where none is sure enough, or two are equally sure; `invalid-file` where it is
 * known to hold no activity
 */
export function detectTable(head: FileHead): Detected<TableImporter | RowImporter> {
  const { fileName, header } = head;
  // Whoever says what the columns mean has chosen the format.
  if (head.options.mapping !== undefined) return { importer: mapped, sure: 1 };
  const why = whyNoActivity(head);
  if (why !== null)
    throw new LedgerError('invalid-file', `${fileName} is not imported: ${why}.`, {
      hint: 'Import the counts that the averages were made from.',
      faults: [{ message: `Found the columns ${header.join(', ')}`, file: fileName, row: 1 }],
    });
  const found = surest(TABLES.map((importer) => ({ importer, sure: importer.recognises(head) })));
  if (found !== null) return found;
  throw new LedgerError('unknown-format', `No importer recognises ${fileName} by its header.`, {
    hint: isMonthlyTable(header)
      ? `This is a table of months: say what it counts, with --measure and one of ${MEASURES.join(', ')} ("measure" over HTTP). Nothing else of this layout can be imported.`
      : `Name the format (one of ${FORMATS}), or write the header as docs/importing.md shows it.`,
    faults: [
      { message: `Found the columns ${header.slice(0, 20).map(shownLabel).join(', ')}`, file: fileName, row: 1 },
    ],
  });
}

/**
 * The importer for a JSON document.
 * @throws LedgerError `unknown-format` where none is sure enough, or two are equally sure
 */
export function detectDocument(source: DocumentSource): Detected<DocumentImporter> {
  const found = surest(DOCUMENTS.map((importer) => ({ importer, sure: importer.recognises(source) })));
  if (found !== null) return found;
  if (isTableSchema(source.document))
    throw new LedgerError('unknown-format', `${source.fileName} defines the fields of a table, and holds no data.`, {
      hint: 'It is a Table Schema (Frictionless). Import the CSV files that are written by it.',
    });
  throw new LedgerError('unknown-format', `No importer recognises ${source.fileName} by what it holds.`, {
    hint: `Name the format (one of ${FORMATS}), or write the document as docs/importing.md shows it.`,
    faults: [{ message: 'Found a JSON document of no known format', file: source.fileName }],
  });
}

/** Whether a document says what the fields of a table are: a list `fields`, of which each has a name and a type. */
function isTableSchema(document: unknown): boolean {
  const { fields } = (document ?? {}) as { fields?: unknown };
  if (!Array.isArray(fields) || fields.length === 0) return false;
  return fields.every((field) => {
    const { name, type } = (field ?? {}) as { name?: unknown; type?: unknown };
    return typeof name === 'string' && typeof type === 'string';
  });
}

function surest<I>(judged: readonly Detected<I>[]): Detected<I> | null {
  const [best, next] = [...judged].sort((a, b) => b.sure - a.sure);
  return best !== undefined && best.sure >= SURE_ENOUGH && best.sure > (next?.sure ?? 0) ? best : null;
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
