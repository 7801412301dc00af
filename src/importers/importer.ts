/**
 * What an importer is: a table in, events and findings out. Importers are pure, so the same file always gives the same
 * events with the same identities, and importing it again counts nothing twice.
 */
import type { ActivityEvent, EventOf } from '../../contracts/activityEvent.ts';
import type { GivenMapping } from '../../contracts/mapping.ts';
import type { Readings } from '../domain/readings.ts';

/** One row as it stands in the file. `row` is what a spreadsheet shows: the header is row 1. */
export interface TableRow {
  readonly row: number;
  readonly cells: readonly string[];
  /** Positions of cells that a spreadsheet works out: what stands there is the value it stored. */
  readonly formulas?: ReadonlySet<number>;
}

/** A file, or one sheet of a workbook, as rows of text, nothing interpreted yet. */
export interface Table {
  readonly sheet?: string;
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
}

/** Some consecutive rows of a table, and the share of its file, 0 to 1, that is read with them. */
export interface TablePage {
  readonly rows: readonly TableRow[];
  readonly upTo: number;
}

/** How a count was made, in the words of the contracts. */
export type Method = EventOf<'visits.counted'>['data']['method'];

/** What tables that do not say it count. */
export const MEASURES = ['visits', 'wifi-users', 'computer-time-percent'] as const;
export type Measure = (typeof MEASURES)[number];

/** What the file itself does not say. Each importer names the options it reads. */
export interface ImportOptions {
  /** GSS code of the one authority the whole file is about. */
  readonly authority?: string;
  /** Authority name as the file writes it → GSS code, for files that hold several. */
  readonly authorities?: Readonly<Record<string, string>>;
  /** What the numbers of a layout without a word for it count. */
  readonly measure?: Measure;
  /** Whether a 0 says that nobody came or that the library was not open. */
  readonly zero?: 'closed' | 'count';
  /** How the counts were made, where the file does not say and the person importing knows. */
  readonly method?: Method;
  /** Name or code of a library as the file writes it → its name as a service point: `14` → `city`. */
  readonly libraries?: Readonly<Record<string, string>>;
  /** Where the figures were published, as a reader would cite it. */
  readonly citation?: string;
  /** The window that the whole file is about, such as `2011-04-01/P1Y`. */
  readonly period?: string;
  /** The day on which everything in the file was so. */
  readonly on?: string;
  /** Short name of the survey that the file holds answers of. */
  readonly survey?: string;
  /** What the columns mean, for a layout that no other format knows. */
  readonly mapping?: GivenMapping;
  /** Whether counters count whoever passes, in and out alike, so that a visit was counted twice. */
  readonly countsBothWays?: boolean;
  /** Makes the pseudonym of a borrower, or null where its key is not there; left out, nobody is to be recorded. */
  readonly pseudonymOf?: (borrower: Borrower) => string | null;
  /** The readings in force, to tell what none of them knows; events are made without them. */
  readonly readings?: Readings;
}

/** A borrower as a file writes it: never quoted in a finding or a message, and never recorded. */
export interface Borrower {
  /** The feed, which has keys of its own. */
  readonly source: string;
  /** Day of the loan, by which the key may be chosen. */
  readonly day: number;
  readonly number: string;
}

/** A file as every importer gets it. `sha256` is of the bytes, in lower-case hexadecimal. */
export interface FileSource {
  readonly fileName: string;
  readonly sha256: string;
  readonly options: ImportOptions;
}

/** A file that is a table. */
export interface ImportSource extends FileSource {
  readonly table: Table;
}

/** A file that is a JSON document. */
export interface DocumentSource extends FileSource {
  readonly document: unknown;
}

/** `refused`: not imported. `flagged`: imported, and somebody should look. `noted`: imported by a rule worth knowing. */
export type Severity = 'refused' | 'flagged' | 'noted';

/** Stable names of findings, for filters and tests. The sentences beside them may change; these may not. */
export type FindingCode =
  | 'option-unusable'
  | 'measure-unknown'
  | 'column-missing'
  | 'column-repeated'
  | 'column-unknown'
  | 'column-not-kept'
  | 'column-unnamed'
  | 'domain-lacking'
  | 'not-kept-malformed'
  | 'month-unreadable'
  | 'months-absent'
  | 'months-blank'
  | 'month-partial'
  | 'not-a-percentage'
  | 'citation-unstated'
  | 'zero-quoted'
  | 'remark'
  | 'row-ragged'
  | 'row-blank'
  | 'row-repeats-header'
  | 'row-repeated'
  | 'imported-otherwise'
  | 'not-recorded'
  | 'no-rows'
  | 'authority-new'
  | 'recorded-otherwise'
  | 'stated-twice'
  | 'gone-from-edition'
  | 'export-overlaps'
  | 'export-beside'
  | 'borrower-recorded-otherwise'
  | 'row-contradicted'
  | 'totals-row'
  | 'looks-like-total'
  | 'looks-like-running-total'
  | 'same-figures'
  | 'value-missing'
  | 'not-a-whole-number'
  | 'not-a-number'
  | 'not-a-date'
  | 'not-a-month'
  | 'end-before-start'
  | 'window-without-period'
  | 'window-not-a-week'
  | 'window-overlaps'
  | 'part-of-a-month'
  | 'count-type-unknown'
  | 'method-unstated'
  | 'authority-unknown'
  | 'authority-other'
  | 'library-unusable'
  | 'text-too-long'
  | 'category-unmapped'
  | 'closed'
  | 'zero-read-as-closed'
  | 'no-data'
  | 'week-grossed-up'
  | 'place-assumed'
  | 'statistic-shortened'
  | 'figures-disagree'
  | 'period-unknown'
  | 'cadence'
  | 'cadence-unclear'
  | 'zeros-between'
  | 'unlike-its-row'
  | 'parts-disagree'
  | 'line-repeated'
  | 'check-failed'
  | 'check-not-made'
  | 'change-unexplained'
  | 'formula-cell'
  | 'sheet-not-read'
  | 'hidden-rows'
  | 'hidden-columns'
  | 'merged-cells'
  | 'time-twice'
  | 'time-never'
  | 'branch-unmapped'
  | 'branch-code'
  | 'movement-not-a-loan'
  | 'movement-unknown'
  | 'renewals-undated'
  | 'page-of-a-list'
  | 'key-missing'
  | 'pseudonym-unusable'
  | 'text-unusable'
  | 'clock-unset'
  | 'counted-at-midnight'
  | 'clock-fault'
  | 'counter-reset'
  | 'counter-rollover'
  | 'counter-gap'
  | 'part-of-a-day'
  | 'direction-not-counted'
  | 'direction-unknown'
  | 'direction-unstated'
  | 'device-unmapped'
  | 'day-not-given'
  | 'word-unknown'
  | 'area-unusable'
  | 'area-not-given'
  | 'under-five'
  | 'hours-unreadable'
  | 'hours-of-closed'
  | 'year-unusable'
  | 'not-a-time'
  | 'rule-unreadable'
  | 'coordinates-unusable'
  | 'coordinates-far'
  | 'stop-not-public'
  | 'day-disagrees'
  | 'day-of-file-name'
  | 'day-assumed'
  | 'day-unknown'
  | 'place-unknown'
  | 'place-named-twice'
  | 'level-unknown'
  | 'not-told'
  | 'told-otherwise'
  | 'index-by-day'
  | 'contract'
  | 'answer-in-other-words'
  | 'answer-unreadable'
  | 'answers-counted'
  | 'question-ambiguous'
  | 'waves-paired'
  | 'wave-unpaired'
  | 'status-unclear'
  | 'status-contradicts-note'
  | 'outcome-unknown'
  | 'mapping-used'
  | 'row-left-out'
  | 'document-unreadable'
  | 'release-unknown'
  | 'report-unknown'
  | 'period-unreadable'
  | 'filter-narrows'
  | 'resource-unusable'
  | 'metric-unknown'
  | 'row-of-component'
  | 'total-contradicted'
  | 'report-exception'
  | 'spike';

/** One thing a person who imports a file should know, with the place in the file. `row` 1 is the header or the file. */
export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly file: string;
  readonly row: number;
  /** Header of the column, or null where the whole row or file is meant. */
  readonly cell: string | null;
  /** What stands there. */
  readonly found: string;
  readonly expected: string;
  /** What the importer did about it. */
  readonly done: string;
}

export interface ImportResult {
  readonly events: readonly ActivityEvent[];
  /** Where a field of an event stood, where it was another cell than the one that the event names. */
  readonly spotOf?: (event: ActivityEvent, field: string) => Spot;
  readonly findings: readonly Finding[];
}

/** What is known of a table before it is read: enough to tell its format. `rows` are the first few. */
export interface FileHead {
  readonly fileName: string;
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
  readonly options: ImportOptions;
}

interface Format {
  /** Stable short name, part of the source URN of what it produces. */
  readonly format: string;
  readonly title: string;
  /** Of exports of single loans whose rows may have no key: those of two exports are told by what they say. */
  readonly mayOverlap?: true;
  /** Formats that state the same figures in another form: recorded from both, those that add up count twice. */
  readonly alsoStatedIn?: readonly string[];
}

interface TableFormat extends Format {
  /** Header of the column that says of which time a row is; null where the header of the figure's own column does. */
  readonly windowColumn: string | null;
  /** How sure it is, 0 to 1, that a file is in its format. */
  recognises(head: FileHead): number;
}

/** Of formats in which rows bear on one another: totals, repeats, months side by side. The whole table is at hand. */
export interface TableImporter extends TableFormat {
  readonly reads: 'table';
  /** Never throws on what a file holds: what cannot be imported is a refused finding at its cell. */
  read(source: ImportSource): ImportResult;
}

/** Of formats in which each row stands by itself: files of any length, some rows at a time. */
export interface RowImporter extends TableFormat {
  readonly reads: 'rows';
  begin(source: HeadedSource): RowReading;
  /** Of formats that name borrowers: how the same rows are written without their numbers. */
  readonly pseudonymised?: (source: HeadedSource) => DiscreetTable | null;
}

/** A file that is a table, of which only the header is read. */
export type HeadedSource = FileSource & { readonly header: readonly string[] };

/** A table in which pseudonyms stand in the place of borrowers, and nothing that is not needed stands at all. */
export interface DiscreetTable {
  readonly header: readonly string[];
  readonly cells: (row: TableRow) => readonly string[];
}

/** A file while it is read row by row. Neither call throws on what a file holds. */
export interface RowReading {
  /** The next rows, in order: what they say, with the findings since the last call. */
  take(rows: readonly TableRow[]): ImportResult;
  /** What can only be said when all rows are seen. */
  end(): ImportResult;
}

/** Of JSON documents. */
export interface DocumentImporter extends Format {
  readonly reads: 'document';
  recognises(source: DocumentSource): number;
  read(source: DocumentSource): ImportResult;
  /** Of formats that name borrowers: the same document without their numbers. */
  readonly pseudonymised?: (source: DocumentSource) => unknown;
}

export type Importer = TableImporter | RowImporter | DocumentImporter;

/** Where in a file a finding is about: its row, and the header of its column or null. */
export type Spot = readonly [row: number, cell: string | null];

/** Collects the findings of one file. */
export interface Report {
  readonly findings: readonly Finding[];
  refuse(spot: Spot, code: FindingCode, found: string, expected: string, done?: string): void;
  flag(spot: Spot, code: FindingCode, found: string, expected: string, done: string): void;
  note(spot: Spot, code: FindingCode, found: string, expected: string, done: string): void;
}

/** What stands in the place of a finding, and what should. */
export const foundAndExpected = ({ found, expected }: Finding): string =>
  `found ${found === '' ? 'an empty cell' : found}; expected ${expected}`;

/** What is done about a file whose header or options do not let it be read. */
export const FILE_REFUSED = 'The whole file was refused.';

const LONGEST_QUOTE = 120;
/** Text of a file as a finding quotes it: a whole pasted document in a cell must not become the message. */
const quoted = (text: string): string =>
  text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}… (${text.length} characters)`;

/** An empty report for the named file. */
export function reportFor(file: string): Report {
  const findings: Finding[] = [];
  const adder =
    (severity: Severity) =>
    ([row, cell]: Spot, code: FindingCode, found: string, expected: string, done = 'Not imported.'): void => {
      const column = cell === null ? null : quoted(cell);
      findings.push({ severity, code, file, row, cell: column, found: quoted(found), expected, done });
    };
  return { findings, refuse: adder('refused'), flag: adder('flagged'), note: adder('noted') };
}
