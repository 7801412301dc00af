/**
 * Stock in the open-data schema: `Local authority, Library name, Count date, Type, Items`, the items of one type at one
 * library on one day a row (schema-librarydata, stock_summary).
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { isoOf } from '../../domain/periods.ts';
import { dayCell } from '../table/cells.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { itemsOnce, noteUnread, TYPE, typeCell, type ItemRow } from './itemTypes.ts';
import { ALSO_CALLED, authoritiesIn, AUTHORITY, countCell, LIBRARY, placeOf, type AuthorityOfRow } from './openData.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';

const FORMAT = 'open-data-stock';
const [DATE, ITEMS] = ['Count date', 'Items'] as const;
const LAYOUT = { required: [AUTHORITY, LIBRARY, DATE, TYPE, ITEMS], optional: [], alsoCalled: ALSO_CALLED };

export const openDataStock: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Stock in the public library open-data schema',
  windowColumn: DATE,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report);
  const rows = named.flatMap((row) => stockRow(row, authority, report) ?? []);
  const events = itemsOnce(rows, 'day', report).map((row) => eventOf(row, source));
  noteUnread(events, source.options, report);
  return { events, findings: report.findings };
}

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function stockRow(row: NamedRow, authority: AuthorityOfRow, report: Report): ItemRow | null {
  const where = placeOf(row, authority, report);
  const day = dayCell(row, DATE, report);
  const type = typeCell(row, report);
  const count = countCell(row, ITEMS, report);
  if (where === null || day === null || type === null || count === null) return null;
  return { row: row.row, header: row.header(ITEMS), raw: row.raw(ITEMS), ...where, when: isoOf(day), type, count };
}

function eventOf(
  { row, header, raw, authority, place, when, type, count }: ItemRow,
  { sha256 }: ImportSource,
): EventOf<'stock.counted'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('stock.counted'),
    subject: place,
    data: {
      on: when,
      items: count,
      format: 'unknown',
      localCategory: type,
      provenance: { file: sha256, row, column: header, raw },
    },
  };
}
