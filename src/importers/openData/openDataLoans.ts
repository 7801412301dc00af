/**
 * Loans in the open-data schema: `Local authority, Library name, Month, Type, Loans`, one type of item in one month a
 * row (schema-librarydata, loans). The schema counts renewals as loans, so `counts` is issues and renewals together.
 * Older files of the schema have `Count start` and `Count end` in the place of `Month`.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import { firstDayOfMonth, intervalOf, type DayWindow } from '../../domain/periods.ts';
import { dayCell } from '../table/cells.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { itemsOnce, noteUnread, TYPE, typeCell, type ItemRow } from './itemTypes.ts';
import { ALSO_CALLED, authoritiesIn, AUTHORITY, countCell, LIBRARY, placeOf, type AuthorityOfRow } from './openData.ts';
import { areFinancialYears } from '../table/monthHeaders.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';
import { monthIndexOf } from '../table/text.ts';
import { soundDays, withoutOverlaps } from '../table/windows.ts';

const FORMAT = 'open-data-loans';
const [MONTH, START, END, LOANS] = ['Month', 'Count start', 'Count end', 'Loans'] as const;
const BY_MONTH = { required: [AUTHORITY, LIBRARY, MONTH, TYPE, LOANS], optional: [], alsoCalled: ALSO_CALLED };
const BY_WINDOW = { required: [AUTHORITY, LIBRARY, START, END, TYPE, LOANS], optional: [], alsoCalled: ALSO_CALLED };

export const openDataLoans: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Loans in the public library open-data schema',
  windowColumn: MONTH,
  recognises: ({ header }) => Math.max(layoutScore(header, BY_MONTH), layoutScore(header, BY_WINDOW)),
  read,
};

interface LoansRow extends ItemRow {
  readonly window: DayWindow;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const { header } = source.table;
  const isByWindow = layoutScore(header, BY_WINDOW) > layoutScore(header, BY_MONTH);
  const named = namedRows(source.table, isByWindow ? BY_WINDOW : BY_MONTH, report);
  const authority = authoritiesIn(named, source.options, report);
  const areYears = !isByWindow && areFinancialYears(named.map((row) => row.raw(MONTH)));
  const windowOfRow = isByWindow ? windowCells : areYears ? yearCell : monthCell;
  const rows = named.flatMap((row) => loansRow(row, authority, windowOfRow, report) ?? []);
  const once = itemsOnce(rows, isByWindow ? 'days' : 'month', report);
  const kept = withoutOverlaps(once, ({ place, type }) => `${place} ${keyOf(type)}`, START, report);
  const events = kept.map((row) => eventOf(row, source));
  noteUnread(events, source.options, report);
  return { events, findings: report.findings };
}

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function loansRow(
  row: NamedRow,
  authority: AuthorityOfRow,
  windowOfRow: (row: NamedRow, report: Report) => DayWindow | null,
  report: Report,
): LoansRow | null {
  const where = placeOf(row, authority, report);
  const window = windowOfRow(row, report);
  const type = typeCell(row, report);
  const count = countCell(row, LOANS, report);
  if (where === null || window === null || type === null || count === null) return null;
  const when = intervalOf(window);
  return { row: row.row, header: row.header(LOANS), raw: row.raw(LOANS), ...where, window, when, type, count };
}

function monthCell(row: NamedRow, report: Report): DayWindow | null {
  const month = monthIndexOf(row.raw(MONTH));
  if (month !== null) return { first: firstDayOfMonth(month), last: firstDayOfMonth(month + 1) - 1 };
  const expected = 'a month written YYYY-MM, such as 2019-12';
  report.refuse([row.row, row.header(MONTH)], 'not-a-month', row.text(MONTH), expected);
  return null;
}

/** Financial years where the schema has months. */
function yearCell(row: NamedRow, report: Report): null {
  const expected = 'a month, of which a file has others than 2009-10 and 2010-11: all of them may be financial years. Give years as Count start and Count end'; // prettier-ignore
  report.refuse([row.row, row.header(MONTH)], 'not-a-month', row.text(MONTH), expected);
  return null;
}

function windowCells(row: NamedRow, report: Report): DayWindow | null {
  const first = dayCell(row, START, report);
  const last = dayCell(row, END, report);
  if (first === null || last === null) return null;
  return soundDays(row, { first, last }, END, report) ? { first, last } : null;
}

function eventOf(
  { row, header, raw, authority, place, when, type, count }: LoansRow,
  { sha256 }: ImportSource,
): EventOf<'loans.counted'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('loans.counted'),
    subject: place,
    data: {
      window: when,
      method: 'system',
      count,
      counts: 'issues-and-renewals',
      format: 'unknown',
      localCategory: type,
      provenance: { file: sha256, row, column: header, raw },
    },
  };
}
