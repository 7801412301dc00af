/** Every format that can be imported, and the choice of one for a file. */
import { LedgerError } from '../domain/ledgerError.ts';
import { annualByBranch } from './usage/annualByBranch.ts';
import { authorityRegister } from './registers/authorityRegister.ts';
import { branchInformation } from './registers/branchInformation.ts';
import { currentLibraries } from './registers/currentLibraries.ts';
import { deprivationAverages } from './registers/deprivationAverages.ts';
import { actionRegister } from './registers/actionRegister.ts';
import {
  MEASURES,
  type DocumentImporter,
  type DocumentSource,
  type FileHead,
  type Importer,
  type RowImporter,
  type TableImporter,
} from './importer.ts';
import { aceLongLoans, aceLongVisits } from './returns/aceLong.ts';
import { aceReturn } from './returns/aceReturn.ts';
import { cipfaActuals } from './returns/cipfaActuals.ts';
import { counterDocumentReport, counterTableReport } from './counter/counter.ts';
import { librariesBasicDataset } from './registers/librariesBasicDataset.ts';
import { libraryAuthorities } from './registers/libraryAuthorities.ts';
import { evergreenCirculation } from './lendingSystems/evergreenCirculation.ts';
import { folioLoans, folioLoansCsv } from './lendingSystems/folioLoans.ts';
import { itemMovements } from './lendingSystems/itemMovements.ts';
import { kohaStatistics } from './lendingSystems/kohaStatistics.ts';
import { monthlyComputerUse, monthlyWifiUsers } from './usage/monthlyFigures.ts';
import { isMonthlyTable } from './usage/monthlyTable.ts';
import { monthlyUsageLong } from './usage/monthlyUsageLong.ts';
import { monthlyWide } from './usage/monthlyWide.ts';
import { onlineResourcesWide } from './usage/onlineResourcesWide.ts';
import { nearestNeighbours } from './registers/nearestNeighbours.ts';
import { openingHoursByYear } from './registers/openingHoursByYear.ts';
import { populationEstimates } from './registers/populationEstimates.ts';
import { openDataLoans } from './openData/openDataLoans.ts';
import { openDataVisits } from './openData/openDataVisits.ts';
import { peopleCounterIntervals, peopleCounterTotals } from './peopleCounters/peopleCounters.ts';
import { membersByLibrary } from './usage/membersByLibrary.ts';
import { openDataEvents } from './openData/openDataEvents.ts';
import { openDataLibraries } from './openData/openDataLibraries.ts';
import { openDataMembership } from './openData/openDataMembership.ts';
import { openDataMobileStops } from './openData/openDataMobileStops.ts';
import { openDataStock } from './openData/openDataStock.ts';
import { mapped } from './mapped/mapped.ts';
import { whyNoActivity } from './noActivity.ts';
import { projectOutcome } from './surveys/projectOutcome.ts';
import { publishedFigures } from './publishedFigures.ts';
import { surveys } from './surveys/surveys.ts';
import { shownLabel } from './table/rows.ts';

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
