/**
 * Activity of each branch by calendar year: `Year, BranchCode, Visits` or `Year, BranchCode, Sessions`, one branch and
 * year a row, as library systems outside the United Kingdom publish it.
 *
 * A calendar year lies in no financial year, so that such a count is a published figure: quoted for its branch and
 * year, and never added up with activity that is counted from April to March.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { libraryIn } from '../oneAuthority.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { countedOnce, withoutSums } from '../openData/openData.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';
import { countHint, countOf, WHOLE_NUMBER } from '../table/text.ts';

const FORMAT = 'annual-by-branch';
const [YEAR, BRANCH] = ['Year', 'BranchCode'] as const;

/** What a column counts: its statistic and unit as they are quoted. */
interface Measure {
  readonly column: string;
  readonly alsoCalled: readonly string[];
  readonly statistic: string;
  readonly unit: string;
}
const MEASURES: readonly Measure[] = [
  { column: 'Visits', alsoCalled: ['Annual visits', 'In person visits'], statistic: 'visits', unit: 'visits' },
  { column: 'Sessions', alsoCalled: ['Workstation sessions'], statistic: 'workstation-sessions', unit: 'sessions' },
];
const ROW_NUMBER = '_id';

const layoutOf = ({ column, alsoCalled }: Measure) => ({
  required: [YEAR, BRANCH, column],
  optional: [ROW_NUMBER],
  alsoCalled: { [BRANCH]: ['Branch', 'Branch code'], [column]: alsoCalled },
});

/** The measure whose column the header has, the first where it has none. */
function measureIn(header: readonly string[]): Measure {
  const scores = MEASURES.map((measure) => layoutScore(header, layoutOf(measure)));
  return MEASURES[scores.indexOf(Math.max(...scores))] as Measure;
}

export const annualByBranch: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Activity of branches by calendar year',
  windowColumn: YEAR,
  recognises: ({ header }) => layoutScore(header, layoutOf(measureIn(header))),
  read,
};

interface YearOfBranch {
  readonly row: number;
  readonly cells: NamedRow;
  readonly place: string;
  readonly year: string;
  readonly count: number;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const authority = authorityOfFile(source, report);
  if (authority === null) return { events: [], findings: report.findings };
  const measure = measureIn(source.table.header);
  const { column } = measure;
  const rows = namedRows(source.table, layoutOf(measure), report);
  const read = rows.flatMap((row) => yearOfBranch(row, measure, authority, source, report) ?? []);
  const once = countedOnce(
    read,
    ({ place, year }) => `${place} ${year}`,
    ({ count }) => `${count}`,
    column,
    ({ row, count }) => `row ${row} has ${count} for the same branch and year`,
    report,
  );
  const kept = withoutSums(once, [{ groupOf: ({ year }) => year, labelOf: ({ place }) => place }], column, report);
  const events = kept.map((row) => figureOf(row, measure, authority, source.sha256));
  return { events, findings: report.findings };
}

/** One branch and year, or null with a finding at each faulty cell. */
function yearOfBranch(
  row: NamedRow,
  { column }: Measure,
  authority: string,
  { options }: ImportSource,
  report: Report,
): YearOfBranch | null {
  const place = libraryIn(row, BRANCH, authority, options, report);
  const year = /^(19[7-9]\d|20\d\d)$/.test(row.text(YEAR)) ? row.text(YEAR) : null;
  if (year === null)
    report.refuse(
      [row.row, row.header(YEAR)],
      row.text(YEAR) === '' ? 'value-missing' : 'year-unusable',
      row.text(YEAR),
      'a calendar year of four digits, from 1970 to 2099',
    );
  const count = countOf(row.raw(column));
  if (count === null) {
    const expected = `${WHOLE_NUMBER}${countHint(row.raw(column))}`;
    report.refuse([row.row, row.header(column)], 'not-a-whole-number', row.text(column), expected);
  }
  return place === null || year === null || count === null ? null : { row: row.row, cells: row, place, year, count };
}

/** Longest number of its own that a figure can have. */
const LONGEST_REFERENCE = 40;

function figureOf(
  { row, cells, place, year, count }: YearOfBranch,
  { column, statistic, unit }: Measure,
  authority: string,
  sha256: string,
): EventOf<'figure.published'> {
  const branch = place.slice(authority.length + 1);
  const reference = `${unit}-${year}-${branch}`;
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, cells.header(column)),
    source: sourceOf(authority, FORMAT),
    type: typeOf('figure.published'),
    subject: place,
    data: {
      statistic,
      window: `${year}-01-01/P1Y`,
      value: count,
      unit,
      scope: `Branch ${cells.text(BRANCH)} of ${authority}`.slice(0, 120),
      survey: false,
      source: `${authority}: ${statistic.replaceAll('-', ' ')} by branch and calendar year`,
      // By this a newer edition of the file is compared with what is recorded.
      ...(reference.length <= LONGEST_REFERENCE ? { reference } : {}),
      provenance: { file: sha256, row, column: cells.header(column), raw: cells.raw(column) },
    },
  };
}
