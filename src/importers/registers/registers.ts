/**
 * What registers and reference lists share: an event made from one cell, rows that speak of the same thing, and numbers
 * that are no counts. A row of a register says several things of one place, each with the cell that it came from.
 */
import { typeOf, type ActivityEvent, type EventOf, type FactKind } from '../../../contracts/activityEvent.ts';
import { ANY_PLACE } from '../../../contracts/vocabulary.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import type { FindingCode, Report } from '../importer.ts';
import { isAuthorityCode } from '../places.ts';
import { settleRepeats, type NamedRow } from '../table/rows.ts';
import { countOf, isPlain } from '../table/text.ts';

/** The feed of lists that were compiled of many places, so that none of them owns it. */
export const COMPILED = 'compiled';

/** Whose file of which format, by its content hash. */
export interface Origin {
  readonly owner: string;
  readonly format: string;
  readonly sha256: string;
}

/** A cell of a file: what a fact was read from. */
export interface Cell {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  /** Of a JSON document: the pointer to it. */
  readonly path?: string;
  /** Headers of all cells of the row that made a number together, this one the first. */
  readonly headers?: readonly string[];
}

/** The cell in a column of a row. Of a blank one nothing is kept: it may be a line break, or very many spaces. */
export const cellOf = (row: NamedRow, column: string): Cell => ({
  row: row.row,
  header: row.header(column),
  raw: row.text(column) === '' ? '' : row.raw(column),
});

const columnName = (header: string): string => header.replace(/\s+/g, ' ');

/** What a cell says of a place, as an event of a kind. The id is that of the cell. */
export function factOf<K extends FactKind>(
  kind: K,
  { owner, format, sha256 }: Origin,
  { row, header, raw, path, headers = [] }: Cell,
  subject: string,
  data: Omit<EventOf<K>['data'], 'provenance'>,
): ActivityEvent {
  const columns = headers.map(columnName);
  const provenance = {
    file: sha256,
    ...(path === undefined ? {} : { path }),
    row,
    column: columnName(header),
    raw,
    ...(columns.length > 1 ? { columns } : {}),
  };
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(owner, format),
    type: typeOf(kind),
    subject,
    data: { ...data, provenance },
  } as unknown as ActivityEvent;
}

/**
 * The rows that speak of each thing once: the same again is refused as a repeat; where two differ, both are.
 * @param column the header to name in the findings
 * @param thing  what a row speaks of
 * @param says   what it says of it
 */
export function eachOnce<R extends { readonly row: number }>(
  rows: readonly R[],
  column: string,
  thing: (row: R) => string,
  says: (row: R) => string,
  report: Report,
): readonly R[] {
  const { kept, repeats, contradicted } = settleRepeats(rows, thing, says);
  for (const { row, first } of repeats) {
    const found = `${thing(row)}, the same as in row ${first.row}`;
    report.refuse([row.row, column], 'row-repeated', found, 'each once', `Not imported; row ${first.row} was kept.`);
  }
  for (const { row, other } of contradicted) {
    const found = `${thing(row)}, of which row ${other.row} says something else`;
    report.refuse([row.row, column], 'row-contradicted', found, 'each once', 'None of these rows was imported.');
  }
  return kept;
}

/** A number with decimals, or null where the cell is anything but plain digits with at most so many decimals. */
export function decimalOf(raw: string, decimals: number): number | null {
  const text = raw.trim();
  const plain = new RegExp(`^-?(0|[1-9]\\d{0,8})(\\.\\d{1,${decimals}})?$`);
  return isPlain(raw) && plain.test(text) ? Number(text) : null;
}

/** The code of a library authority in a column, or null with a finding at the cell. */
export const authorityCell = (row: NamedRow, column: string, report: Report): string | null =>
  codeCell(row, column, isAuthorityCode, 'authority-unknown', 'the GSS code of an authority', report);

/** The code of an area of any kind in a column, or null with a finding at the cell. */
export const areaCodeCell = (row: NamedRow, column: string, report: Report): string | null =>
  codeCell(row, column, isAreaCode, 'place-unknown', 'the nine-character GSS code of an area', report);

const isAreaCode = (text: string): boolean => ANY_PLACE.test(text) && !text.includes('/');

function codeCell(
  row: NamedRow,
  column: string,
  isCode: (text: string) => boolean,
  unknown: FindingCode,
  expected: string,
  report: Report,
): string | null {
  const text = row.text(column);
  if (isCode(text)) return text;
  report.refuse([row.row, row.header(column)], text === '' ? 'value-missing' : unknown, text, expected);
  return null;
}

/** Bounds of a number, and how a finding says what was expected. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly decimals: number;
  readonly expected: string;
}

export const WEEKLY_HOURS: Bounds = {
  least: 0,
  most: 168,
  decimals: 2,
  expected: 'hours a week, from 0 to 168, digits and a point only',
};

/** A number within bounds in a column, null with a finding at its cell, or undefined where the cell is blank. */
export function numberCell(
  row: NamedRow,
  column: string,
  { least, most, decimals, expected }: Bounds,
  report: Report,
): number | undefined | null {
  if (row.text(column) === '') return undefined;
  const value = decimalOf(row.raw(column), decimals);
  if (value !== null && value >= least && value <= most) return value;
  report.refuse([row.row, row.header(column)], 'not-a-number', row.text(column), expected);
  return null;
}

const MANY_COMPUTERS = 10_000;

/** Computers for the public, null with a finding at the cell, or undefined where it is blank. */
export function computersIn(row: NamedRow, column: string, report: Report): number | undefined | null {
  if (row.text(column) === '') return undefined;
  const count = countOf(row.raw(column));
  if (count !== null && count <= MANY_COMPUTERS) return count;
  const expected = `a whole number from 0 to ${MANY_COMPUTERS}, digits only`;
  report.refuse([row.row, row.header(column)], 'not-a-whole-number', row.text(column), expected);
  return null;
}

/**
 * Where a building stands, by two columns of degrees: nothing where both are blank, and refused, the rest of the row
 * being read, where one is blank or not to be used.
 */
export function coordinatesOf(
  row: NamedRow,
  latitude: string,
  longitude: string,
  report: Report,
): { latitude?: number; longitude?: number } {
  if (row.text(latitude) === '' && row.text(longitude) === '') return {};
  const [north, east] = [decimalOf(row.raw(latitude), 15), decimalOf(row.raw(longitude), 15)];
  if (north !== null && east !== null && Math.abs(north) <= 90 && Math.abs(east) <= 180)
    return { latitude: north, longitude: east };
  const found = `${row.text(latitude)}, ${row.text(longitude)}`;
  const expected = 'degrees north (-90 to 90) and east (-180 to 180), digits and a point only, or both blank';
  const done = 'The coordinates were left out; the rest of the row was read.';
  report.refuse([row.row, row.header(latitude)], 'coordinates-unusable', found, expected, done);
  return {};
}

const WORDS_SHOWN = 8;
/** The first of several things, for a finding that speaks of all of them. */
export const someOf = (things: readonly (string | number)[]): string =>
  things.length <= WORDS_SHOWN
    ? things.join(', ')
    : `${things.slice(0, WORDS_SHOWN).join(', ')} and ${things.length - WORDS_SHOWN} more`;
