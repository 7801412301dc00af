/**
 * Opening hours a week of each library, with a column for each year: `Library, 2010, 2011, ...`, as they were on
 * 31 March of the year. The layout does not say what it holds: "hours" must stand in the name of the file.
 */
import {
  FILE_REFUSED,
  reportFor,
  type ImportResult,
  type ImportSource,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { libraryIn } from '../oneAuthority.ts';
import { authorityOfFile } from '../returnFacts.ts';
import { cellOf, decimalOf, eachOnce, factOf, someOf, WEEKLY_HOURS } from './registers.ts';
import { absenceOf } from '../table/absence.ts';
import { layoutScore, namedRows, type Layout, type NamedRow } from '../table/rows.ts';
import { withoutTotals } from '../table/wideTotals.ts';

const FORMAT = 'opening-hours-by-year';
const LIBRARY = 'Library';
/** The day of the year, by the publisher's note on the format. */
const DAY_OF_YEAR = '03-31';

export const openingHoursByYear: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Opening hours a week, with a column for each year',
  windowColumn: null,
  recognises: ({ header, fileName }) =>
    /hours/i.test(fileName) && yearsIn(header).length > 0 ? layoutScore(header, layoutOf(header)) : 0,
  read,
};

/** Headers that are years, in their order in the file. */
const yearsIn = (header: readonly string[]): readonly string[] =>
  header.map((label) => label.trim()).filter((label) => /^(19|20)\d\d$/.test(label));

const layoutOf = (header: readonly string[]): Layout => ({
  required: [LIBRARY],
  optional: [...new Set(yearsIn(header))],
  alsoCalled: { [LIBRARY]: ['Library name', 'Branch'] },
});

interface HoursOfYear {
  readonly year: string;
  /** In hundredths, so that sums are exact; null where it was closed. */
  readonly hours: number | null;
}

interface Library {
  readonly row: number;
  readonly cells: NamedRow;
  readonly name: string;
  readonly place: string;
  readonly years: readonly HoursOfYear[];
  readonly unreadable: ReadonlySet<string>;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const authority = authorityOfFile(source, report);
  const years = yearsIn(source.table.header);
  if (years.length === 0) report.refuse([1, null], 'column-missing', 'no column of a year', 'columns such as 2023', FILE_REFUSED); // prettier-ignore
  if (authority === null || years.length === 0) return { events: [], findings: report.findings };
  const rows = namedRows(source.table, layoutOf(source.table.header), report);
  const read = rows.flatMap((row) => libraryOf(row, years, authority, source, report) ?? []);
  const once = eachOnce(read, LIBRARY, ({ place }) => place, ({ years: each }) => JSON.stringify(each), report); // prettier-ignore
  const kept = withoutTotals(once, (library) => figuresOf(library, years), LIBRARY, report);
  const done = `Recorded as of 31 March of each year.`;
  if (kept.length > 0)
    report.note([1, null], 'day-assumed', `the years ${someOf(years)}`, 'the day of each year', done);
  const origin = { owner: authority, format: FORMAT, sha256: source.sha256 };
  const events = kept.flatMap((library) =>
    library.years.map(({ year, hours }) =>
      factOf('service-point.status', origin, cellOf(library.cells, year), library.place, {
        on: `${year}-${DAY_OF_YEAR}`,
        open: hours === null ? 'closed' : 'open',
        ...(hours === null ? {} : { hoursPerWeek: hours / 100 }),
      }),
    ),
  );
  return { events, findings: report.findings };
}

/** One library with its readable years, or null with a finding where it cannot be a place. */
function libraryOf(
  row: NamedRow,
  years: readonly string[],
  authority: string,
  { options }: ImportSource,
  report: Report,
): Library | null {
  const place = libraryIn(row, LIBRARY, authority, options, report);
  if (place === null) return null;
  const blank: string[] = [];
  const unreadable = new Set<string>();
  const read = years.flatMap((year): HoursOfYear[] => {
    const text = row.text(year);
    if (text === '') {
      blank.push(year);
      return [];
    }
    if (absenceOf(text) === 'not-open') return [{ year, hours: null }];
    const hours = decimalOf(row.raw(year), WEEKLY_HOURS.decimals);
    if (hours === null || hours < WEEKLY_HOURS.least || hours > WEEKLY_HOURS.most) {
      unreadable.add(year);
      report.refuse([row.row, row.header(year)], 'not-a-number', text, `${WEEKLY_HOURS.expected}, or "closed"`);
      return [];
    }
    if (hours === 0 && options.zero !== 'count') {
      const done = 'Recorded as closed; --zero count ("zero" over HTTP) takes 0 as open without hours.';
      report.note([row.row, row.header(year)], 'zero-read-as-closed', `${row.text(LIBRARY)}: 0 in ${year}`, 'hours a week, or "closed"', done); // prettier-ignore
      return [{ year, hours: null }];
    }
    return [{ year, hours: Math.round(hours * 100) }];
  });
  if (blank.length > 0) {
    const found = `${row.text(LIBRARY)}: blank in ${blank.join(', ')}`;
    report.note([row.row, row.header(blank[0] ?? LIBRARY)], 'no-data', found, 'hours a week, or "closed"', 'No status was recorded.'); // prettier-ignore
  }
  return { row: row.row, cells: row, name: row.text(LIBRARY), place, years: read, unreadable };
}

const figuresOf = ({ years, unreadable }: Library, columns: readonly string[]) =>
  columns.map((column) =>
    unreadable.has(column) ? 'unreadable' : (years.find(({ year }) => year === column)?.hours ?? 'none'),
  );
