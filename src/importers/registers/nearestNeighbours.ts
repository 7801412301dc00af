/**
 * The authorities most like each authority: its code and name, then `Neighbour 1`, `Neighbour 2`, ... by code, the
 * nearest first. The file does not say of which day it is.
 */
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import { keyOf } from '../../domain/labels.ts';
import { dayOfRegister } from './dayOfRegister.ts';
import {
  FILE_REFUSED,
  reportFor,
  type ImportResult,
  type ImportSource,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { isAuthorityCode } from '../places.ts';
import { authorityCell, cellOf, COMPILED, eachOnce, factOf, someOf } from './registers.ts';
import { layoutScore, namedRows, type Layout, type NamedRow } from '../table/rows.ts';

const FORMAT = 'nearest-neighbours';
const [CODE, NAME, FIRST] = ['Upper tier local authority code', 'Upper tier local authority name', 'Neighbour 1'];
const ALSO_CALLED = {
  [CODE]: ['Code', 'Authority code', 'Local authority code', 'LA code', 'GSS code'],
  [NAME]: ['Name', 'Authority name', 'Local authority name', 'LA name', 'Authority', 'Local authority'],
};
/** As many as the contract takes. */
const MOST = 200;

export const nearestNeighbours: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Nearest neighbours of authorities',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, layoutOf(header)),
  read,
};

/** Headers of neighbours by their number. */
const neighbourColumns = (header: readonly string[]): readonly { label: string; number: number }[] =>
  header
    .flatMap((label) => {
      const number = /^(?:nearest )?neighbou?r ?(\d{1,3})$/.exec(keyOf(label))?.[1];
      return number === undefined ? [] : [{ label: label.trim(), number: Number(number) }];
    })
    .sort((a, b) => a.number - b.number);

function layoutOf(header: readonly string[]): Layout {
  const columns = neighbourColumns(header).map(({ label }) => label);
  return {
    required: [CODE, ...(columns.length === 0 ? [FIRST] : columns)],
    optional: [],
    notKept: [NAME],
    alsoCalled: ALSO_CALLED,
  };
}

interface Neighbours {
  readonly row: number;
  readonly cells: NamedRow;
  readonly code: string;
  readonly neighbours: readonly string[];
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const on = dayOfRegister(source.options, report);
  const columns = neighbourColumns(source.table.header);
  if (on === null || !numbersFollow(columns, report)) return { events: [], findings: report.findings };
  const rows = namedRows(source.table, layoutOf(source.table.header), report);
  const labels = columns.map(({ label }) => label);
  const read = rows.flatMap((row) => neighboursOf(row, labels, report) ?? []);
  const kept = eachOnce(
    read,
    CODE,
    ({ code }) => code,
    ({ neighbours }) => neighbours.join(),
    report,
  );
  flagStrangers(kept, report);
  const origin = { owner: COMPILED, format: FORMAT, sha256: source.sha256 };
  const events: ActivityEvent[] = kept.map(({ cells, code, neighbours }) =>
    factOf('reference.neighbours', origin, cellOf(cells, labels[0] ?? FIRST), code, {
      on,
      neighbours: [...neighbours],
      source: `List of the nearest neighbours of local authorities, as of ${on}`,
    }),
  );
  return { events, findings: report.findings };
}

function numbersFollow(columns: ReturnType<typeof neighbourColumns>, report: Report): boolean {
  if (columns.every(({ number }, at) => number === at + 1) && columns.length <= MOST) return true;
  const found = `the numbers ${someOf(columns.map(({ number }) => number))}`;
  const expected = `one column for each neighbour, numbered from 1 without a gap, at most ${MOST}`;
  report.refuse([1, null], 'column-missing', found, expected, FILE_REFUSED);
  return false;
}

/** The neighbours of an authority, the nearest first, or null with a finding at each faulty cell. */
function neighboursOf(row: NamedRow, labels: readonly string[], report: Report): Neighbours | null {
  const code = authorityCell(row, CODE, report);
  let usable = true;
  const neighbours: string[] = [];
  let gap: string | null = null;
  for (const label of labels) {
    const neighbour = row.text(label);
    const refuse = (why: 'value-missing' | 'authority-unknown' | 'row-repeated', found: string, expected: string) => {
      usable = false;
      report.refuse([row.row, row.header(label)], why, found, expected, 'The row was not imported.');
    };
    if (neighbour === '') gap ??= label;
    else if (gap !== null) refuse('value-missing', `${neighbour} after a blank`, `a neighbour in ${gap}`);
    else if (!isAuthorityCode(neighbour)) refuse('authority-unknown', neighbour, 'the GSS code of an authority');
    else if (neighbour === code) refuse('row-repeated', neighbour, 'another authority: none is its own neighbour');
    else if (neighbours.includes(neighbour)) refuse('row-repeated', neighbour, 'each neighbour once');
    else neighbours.push(neighbour);
  }
  if (code === null || !usable) return null;
  if (neighbours.length === 0) {
    report.refuse([row.row, row.header(labels[0] ?? FIRST)], 'value-missing', '', 'the nearest neighbour');
    return null;
  }
  return { row: row.row, cells: row, code, neighbours };
}

/** Flags neighbours that have no row of their own: perhaps codes of areas that are no more. */
function flagStrangers(rows: readonly Neighbours[], report: Report): void {
  const known = new Set(rows.map(({ code }) => code));
  const strangers = new Set(rows.flatMap(({ neighbours }) => neighbours.filter((code) => !known.has(code))));
  if (strangers.size === 0 || rows.length < 2) return;
  const found = `${someOf([...strangers])} without a row`;
  report.flag([1, null], 'authority-unknown', found, 'a row for each authority that is named', 'Imported as they stand.'); // prettier-ignore
}
