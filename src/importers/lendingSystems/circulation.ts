/**
 * What exports of library systems share: each row is something that happened to an item at a time in a branch, and some of
 * these are loans. Rows stand by themselves, so that a file of any length is read; borrowers are pseudonyms or nobody.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { financialYearOf } from '../../domain/periods.ts';
import { discreetly, isPseudonym, NO_KEY, originalOf, PERSON, personHeader, personOf } from './borrowers.ts';
import { branchesOf, type Branch } from '../branches.ts';
import { gatheredFindings, type GatheredFindings } from '../table/gatheredFindings.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  reportFor,
  type DiscreetTable,
  type FileHead,
  type FindingCode,
  type HeadedSource,
  type ImportOptions,
  type Report,
  type RowImporter,
  type RowReading,
  type Spot,
} from '../importer.ts';
import { A_CATEGORY, A_READ_CATEGORY, isCategory, isUnread, KEPT_UNREAD } from './itemCategories.ts';
import { timeText, type Moment } from './localTime.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { headingOf, isRagged, namedRow, rowsUnder, type Heading, type Layout, type NamedRow } from '../table/rows.ts';
import { dateHint } from '../table/text.ts';

export type Loan = EventOf<'loan.issued'> | EventOf<'loan.renewed'>;
type LoanKind = 'loan.issued' | 'loan.renewed';

/** What a row says happened: a loan, something else that is no loan, or nothing that can be told. */
export type Movement =
  | { readonly kind: LoanKind; readonly channel?: NonNullable<Loan['data']['channel']> }
  | { readonly other: string; readonly column: string; readonly done: string }
  | { readonly code: FindingCode; readonly column: string; readonly expected: string };

/** What sets one system's export apart from another's. */
export interface CirculationFormat {
  readonly format: string;
  /** The feed, where another format brings the same: else the format. */
  readonly feed?: string;
  readonly title: string;
  readonly layout: Layout;
  recognises(head: FileHead): number;
  /** Which column says when, of this row. */
  timeColumn(row: NamedRow): string;
  readonly momentOf: (raw: string) => Moment | null;
  /** What a time is, for findings. */
  readonly aTime: string;
  readonly branch: string;
  /** Columns with the number or identifier of the borrower; the first is pseudonymised, the others are never kept. */
  readonly borrowers: readonly string[];
  /** Columns that say of which kind the item is: the first that is filled. */
  readonly categories: readonly string[];
  /** Column with the publisher's own identifier of the row, where there is one. */
  readonly id?: string;
  /** Columns that are read. The others of the layout are named and not kept. */
  readonly reads: readonly string[];
  movementOf(row: NamedRow, heading: Heading): Movement;
  /** Whether a heading has what is needed to tell movements apart; the finding is the format's. */
  settles?(heading: Heading, report: Report): boolean;
  /** Of a loan that is taken, what else is to be told: found and expected, as a flag. */
  remarkOn?(row: NamedRow): { readonly column: string; readonly code: FindingCode; readonly found: string; readonly expected: string; readonly done: string } | null; // prettier-ignore
}

/** The importer of such a format. */
export function circulationImporter(format: CirculationFormat): RowImporter {
  return {
    reads: 'rows',
    format: format.format,
    title: format.title,
    windowColumn: null,
    mayOverlap: true,
    recognises: (head) =>
      format.recognises({ ...head, header: originalOf(head.header, '').header.filter((label) => label !== PERSON) }),
    begin: (source) => begin(format, source),
    ...(format.borrowers.length === 0
      ? {}
      : { pseudonymised: (source: HeadedSource) => pseudonymised(format, source) }),
  };
}

const layoutOf = ({ layout, borrowers }: CirculationFormat): Layout => ({
  ...layout,
  optional: [...layout.optional, ...borrowers, PERSON],
});

/** What can be used of a file before its rows: its heading, and whose it is; null, with findings, where it cannot be. */
function opened(format: CirculationFormat, source: HeadedSource, report: Report): Opened | null {
  const { header, sha256 } = originalOf(source.header, source.sha256);
  const heading = headingOf(header, layoutOf(format), report);
  const authority = authorityOfFile(source, report);
  if (heading === null || authority === null || format.settles?.(heading, report) === false) return null;
  const feed = sourceOf(authority, format.feed ?? format.format);
  return { format, heading, authority, feed, sha256, options: source.options, placeOf: branchesOf(source.options) };
}

interface Opened {
  readonly format: CirculationFormat;
  readonly heading: Heading;
  readonly authority: string;
  readonly feed: string;
  /** Of the file itself, or of the one that it is a copy of. */
  readonly sha256: string;
  readonly options: ImportOptions;
  readonly placeOf: (branch: string) => Branch;
}

function begin(format: CirculationFormat, source: HeadedSource): RowReading {
  let report = reportFor(source.fileName);
  const nextReport = (): Report => {
    const last = report;
    report = reportFor(source.fileName);
    return last;
  };
  const file = opened(format, source, report);
  if (file === null) {
    return {
      take: () => ({ events: [], findings: nextReport().findings }),
      end: () => ({ events: [], findings: nextReport().findings }),
    };
  }
  tellNotKept(file, report);
  const gathered = gatheredFindings(() => report);
  return {
    take(rows) {
      const events = rowsUnder(file.heading, rows, report).flatMap((row) => loanOf(file, row, report, gathered) ?? []);
      return { events, findings: nextReport().findings };
    },
    end() {
      gathered.tell(report);
      return { events: [], findings: nextReport().findings };
    },
  };
}

/** One finding for each column of the format that is not kept, borrowers first among them. */
function tellNotKept({ format, heading, options }: Opened, report: Report): void {
  const { layout, borrowers, reads } = format;
  const [borrower] = borrowers;
  for (const column of borrowers.filter(heading.has)) {
    if (column === borrower && options.pseudonymOf !== undefined) continue;
    const label = heading.label(column);
    const kept = column === borrower ? 'Nobody is recorded; --people records pseudonyms.' : 'The column was not read.';
    report.note([1, label], 'column-not-kept', label, 'no column that says who borrowed', kept);
  }
  for (const column of [...layout.required, ...layout.optional]) {
    if (!heading.has(column) || reads.includes(column)) continue;
    const label = heading.label(column);
    report.note([1, label], 'column-not-kept', label, `only ${reads.join(', ')}`, 'The column was not read.');
  }
}

/** The loan that a row says, or null with findings at each cell that keeps it from being one. */
function loanOf(file: Opened, row: NamedRow, report: Report, gathered: GatheredFindings): Loan | null {
  const { format, heading, authority, feed, sha256, placeOf } = file;
  const spot = (column: string): Spot => [row.row, row.header(column)];
  const refuseOnce = (column: string, code: FindingCode, expected: string): null => {
    gathered.add({ severity: 'refused', code, spot: spot(column), found: discreetly(row.text(column)), expected });
    return null;
  };
  const movement = format.movementOf(row, heading);
  if ('other' in movement) {
    const { other, column, done } = movement;
    gathered.add({
      severity: 'noted', code: 'movement-not-a-loan', spot: spot(column), found: other, expected: 'a loan or a renewal', done,
    }); // prettier-ignore
    return null;
  }
  if ('code' in movement) return refuseOnce(movement.column, movement.code, movement.expected);

  const timeColumn = format.timeColumn(row);
  const moment = format.momentOf(row.raw(timeColumn));
  if (moment === null) {
    report.refuse(spot(timeColumn), 'not-a-date', discreetly(row.text(timeColumn)), `${format.aTime}${dateHint(row.raw(timeColumn))}`); // prettier-ignore
  }
  const branch = placeOf(row.text(format.branch));
  if ('code' in branch) refuseOnce(format.branch, branch.code, branch.expected);
  const category = categoryIn(format, row);
  if (category !== null && !isCategory(category.text)) refuseOnce(category.column, 'text-unusable', A_CATEGORY);
  const id = format.id === undefined ? '' : row.text(format.id);
  const hasId = heading.has(format.id ?? '');
  if (hasId && !isId(id)) {
    report.refuse(spot(format.id as string), id === '' ? 'value-missing' : 'text-unusable', discreetly(id), AN_ID);
    return null;
  }
  if (moment === null || 'code' in branch || (category !== null && !isCategory(category.text))) return null;
  const person = personIn(file, row, moment, gathered);
  if (person === null) return null;

  // Everything stands: what is told from here on is of a loan that is taken.
  tellClock(moment, spot(timeColumn), row, timeColumn, report);
  if (branch.byCode) {
    const done = `Recorded as ${authority}/${branch.slug}; --library "${row.text(format.branch)}=<library>" names it otherwise.`;
    gathered.add({ severity: 'noted', code: 'branch-code', spot: spot(format.branch), found: row.text(format.branch), expected: 'the name of a library', done }); // prettier-ignore
  }
  const remark = format.remarkOn?.(row) ?? null;
  if (remark !== null) gathered.add({ severity: 'flagged', ...remark, spot: spot(remark.column) });
  const loan: Loan = {
    specversion: '1.0',
    id: hasId ? `${format.feed ?? format.format}:${id}` : eventIdOf(sha256, row.row, row.header(timeColumn)),
    source: feed,
    type: typeOf(movement.kind),
    subject: `${authority}/${branch.slug}`,
    time: timeText(moment),
    data: {
      format: 'unknown',
      ...(movement.channel === undefined ? {} : { channel: movement.channel }),
      ...(category === null ? {} : { localCategory: category.text }),
      ...(person === '' ? {} : { person }),
      provenance: { file: sha256, row: row.row, column: row.header(timeColumn), raw: row.raw(timeColumn) },
    },
  };
  if (category !== null && isUnread(loan, file.options))
    gathered.add({ severity: 'noted', code: 'category-unmapped', spot: spot(category.column), found: category.text, expected: A_READ_CATEGORY, done: KEPT_UNREAD }); // prettier-ignore
  return loan;
}

const AN_ID = 'the identifier of the row in its system, letters and digits';
const isId = (id: string): boolean => /^[A-Za-z0-9-]{1,64}$/.test(id);

/** The first column of a category that is filled, and what stands there; null where none is. */
function categoryIn({ categories }: CirculationFormat, row: NamedRow): { column: string; text: string } | null {
  const column = categories.find((each) => row.text(each) !== '');
  return column === undefined ? null : { column, text: row.text(column) };
}

/** Who borrowed: a pseudonym, empty for nobody, or null with a finding that quotes no cell. */
function personIn(
  { format, heading, feed, options }: Opened,
  row: NamedRow,
  { day }: Moment,
  gathered: GatheredFindings,
): string | null {
  const refuse = (column: string, code: FindingCode, found: string, expected: string): null => {
    gathered.add({ severity: 'refused', code, spot: [row.row, row.header(column)], found, expected });
    return null;
  };
  const noKey = (column: string): null => {
    const expected = `a key of ${feed} for the borrowers of that time: "outcomes keys new" makes one; or leave --people out`;
    return refuse(column, 'key-missing', `a borrower of ${financialYearOf(day)}`, expected);
  };
  if (heading.has(PERSON)) {
    const person = row.text(PERSON);
    if (person === '' || isPseudonym(person)) return person;
    const expected = 'a pseudonym as "outcomes pseudonymise" writes it: 32 lower-case hexadecimal digits';
    return person === NO_KEY ? noKey(PERSON) : refuse(PERSON, 'pseudonym-unusable', 'something else', expected);
  }
  const [borrower] = format.borrowers;
  if (borrower === undefined || !heading.has(borrower)) return '';
  return personOf({ source: feed, day, number: row.text(borrower) }, options) ?? noKey(borrower);
}

function tellClock({ comes }: Moment, spot: Spot, row: NamedRow, column: string, report: Report): void {
  if (comes === 'once') return;
  const expected = 'a time with an offset, or one that clocks in Europe/London show once';
  if (comes === 'twice') report.flag(spot, 'time-twice', row.text(column), expected, 'Clocks go back there: read as the first of the two, in summer time.'); // prettier-ignore
  else report.flag(spot, 'time-never', row.text(column), expected, 'Clocks go forward there: read as if they had not.'); // prettier-ignore
}

/**
 * The rows of a file with pseudonyms in the place of borrowers, and blanks in all that is not read; null where the file
 * would be refused as a whole. A row that cannot be read keeps its length and says nothing.
 */
function pseudonymised(format: CirculationFormat, source: HeadedSource): DiscreetTable | null {
  const file = opened(format, source, reportFor(source.fileName));
  if (file === null) return null;
  const { heading, sha256 } = file;
  const [borrower = ''] = format.borrowers;
  const at = heading.has(PERSON) ? heading.at(PERSON) : heading.at(borrower);
  const read = new Set(format.reads.map(heading.at));
  return {
    header: source.header.map((label, position) => (position === at ? personHeader(sha256) : label)),
    cells({ row, cells }) {
      if (cells.every((cell) => cell.trim() === '')) return cells;
      if (isRagged(cells, source.header.length)) return cells.map(() => '?');
      const named = namedRow(heading, { row, cells });
      return cells.map((cell, position) =>
        position === at ? pseudonymIn(file, named) : read.has(position) ? keptCell(file, named, position, cell) : '',
      );
    },
  };
}

/** The pseudonym that a row of a copy has: none where it is no loan, or its time cannot be read. */
function pseudonymIn(file: Opened, row: NamedRow): string {
  const { format, heading } = file;
  const moment = format.momentOf(row.raw(format.timeColumn(row)));
  if (moment === null || !('kind' in format.movementOf(row, heading))) return '';
  return (
    personIn(
      file,
      row,
      moment,
      gatheredFindings(() => reportFor('')),
    ) ?? NO_KEY
  );
}

/** A cell that is read, without what may be the number of a borrower in the wrong column. */
function keptCell({ format, heading }: Opened, row: NamedRow, position: number, cell: string): string {
  const isTime = position === heading.at(format.timeColumn(row)) && format.momentOf(cell) !== null;
  const isOwnId = format.id !== undefined && position === heading.at(format.id) && isId(cell.trim());
  return isTime || isOwnId ? cell : discreetly(cell);
}
