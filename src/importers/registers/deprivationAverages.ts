/**
 * Averages of neighbourhood deprivation deciles by authority: `code` and a column for each domain of the English Indices
 * of Deprivation, 1 the most deprived. An average of deciles is kept as one, and never taken for a decile.
 *
 * The columns do not say which edition of the indices they are of; the option `on` tells it, as the last one published
 * by that day. Populations and ages beside them have no year, and are not taken.
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
  type Table,
  type TableImporter,
} from '../importer.ts';
import { authorityCell, cellOf, COMPILED, eachOnce, factOf, numberCell, type Bounds } from './registers.ts';
import { layoutScore, namedRows, type NamedRow } from '../table/rows.ts';

const FORMAT = 'deprivation-averages';
const CODE = 'code';
/** Column of a domain or sub-domain → its name as a slug. The first is the index itself. */
const DOMAINS: Readonly<Record<string, string>> = {
  multiple: 'multiple',
  income: 'income',
  employment: 'employment',
  education: 'education',
  health: 'health',
  crime: 'crime',
  housing: 'housing',
  environment: 'environment',
  idaci: 'income-of-children',
  idaopi: 'income-of-older-people',
  'education children': 'education-of-children',
  adultskills: 'adult-skills',
  services: 'geographical-barriers',
  wider: 'wider-barriers',
  indoors: 'indoors',
  outdoors: 'outdoors',
};
const ALSO_CALLED: Readonly<Record<string, readonly string[]>> = {
  [CODE]: ['GSS code', 'Authority code', 'Local authority code'],
  multiple: ['imd', 'index of multiple deprivation'],
  'education children': ['children and young people'],
  adultskills: ['adult skills'],
  services: ['geographical barriers'],
  wider: ['wider barriers'],
};
const LAYOUT = {
  required: [CODE, 'multiple'],
  optional: Object.keys(DOMAINS).filter((column) => column !== 'multiple'),
  notKept: [
    'authority_id', 'name', 'hectares', 'population', 'dependent_children', 'working_age', 'sixteen_fiftynine', 'over_sixty',
  ],
  alsoCalled: ALSO_CALLED,
}; // prettier-ignore
/** So many domains tell the format: a code and "income" may be anything. */
const DOMAINS_ENOUGH = 3;
const MEAN_DECILE: Bounds = {
  least: 1,
  most: 10,
  decimals: 3,
  expected: 'a mean of deciles, from 1 to 10, at most three decimals',
};

/** Editions of the English Indices of Deprivation, by the day on which each was published. */
const EDITIONS: readonly (readonly [day: string, year: string])[] = [
  ['2010-03-24', '2010'],
  ['2015-09-30', '2015'],
  ['2019-09-26', '2019'],
  ['2025-10-30', '2025'],
];

export const deprivationAverages: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Averages of deprivation deciles by authority',
  windowColumn: null,
  recognises: ({ header }) => {
    const domains = new Set(header.map(keyOf).filter((label) => Object.hasOwn(DOMAINS, label)));
    return domains.size < DOMAINS_ENOUGH ? 0 : layoutScore(header, LAYOUT);
  },
  read,
};

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const on = dayOfRegister(source.options, report);
  if (on === null) return { events: [], findings: report.findings };
  const edition = EDITIONS.filter(([day]) => day <= on).at(-1)?.[1];
  if (edition === undefined) {
    const expected = `--on ("on" over HTTP) a day from ${EDITIONS[0]?.[0]} on, when the first of the indices known here was published`;
    report.refuse([1, null], 'option-unusable', on, expected, FILE_REFUSED);
    return { events: [], findings: report.findings };
  }
  const done = `Recorded as imd-${edition}, the last edition published by ${on}.`;
  report.note([1, null], 'index-by-day', 'no word on the edition of the indices', '--on a day of its time', done);
  const rows = namedRows(withoutRepeated(source.table, report), LAYOUT, report);
  const read = rows.flatMap((row) => authorityOf(row, report) ?? []);
  noteLacking(source.table, report);
  const kept = eachOnce(
    read,
    CODE,
    ({ code }) => code,
    ({ means }) => JSON.stringify(means),
    report,
  );
  const origin = { owner: COMPILED, format: FORMAT, sha256: source.sha256 };
  const events: ActivityEvent[] = kept.flatMap(({ cells, code, means }) =>
    means.map(([column, meanDecile]) =>
      factOf('reference.deprivation', origin, cellOf(cells, column), code, {
        on,
        index: `imd-${edition}`,
        domain: DOMAINS[column] ?? column,
        meanDecile,
        source: `Means of neighbourhood deciles, English Indices of Deprivation ${edition}`,
      }),
    ),
  );
  return { events, findings: report.findings };
}

/**
 * The table without columns of domains that stand twice: which of two columns headed `education` is the domain and which
 * its part for children and young people, their header does not say. The others can be used.
 */
function withoutRepeated(table: Table, report: Report): Table {
  const keys = table.header.map(keyOf);
  const repeated = new Set(keys.filter((key, at) => Object.hasOwn(DOMAINS, key) && keys.indexOf(key) !== at));
  for (const key of repeated) {
    const columns = keys.flatMap((each, at) => (each === key ? [at + 1] : []));
    const found = `${key} in columns ${columns.join(' and ')}`;
    const expected = `one column "${key}"${key === 'education' ? '; that of children and young people is headed "education_children"' : ''}`;
    report.refuse([1, key], 'column-repeated', found, expected, 'None of these columns was read; the others were.');
  }
  if (repeated.size === 0) return table;
  const others = <T>(cells: readonly T[]): readonly T[] => cells.filter((_, at) => !repeated.has(keys[at] ?? ''));
  return {
    ...table,
    header: others(table.header),
    rows: table.rows.map((row) => ({ ...row, cells: others(row.cells) })),
  };
}

/** Domains without a column: an edition may have fewer, and a column may have been lost on the way. */
function noteLacking({ header }: Table, report: Report): void {
  const keys = new Set(header.map(keyOf));
  const names = (column: string): readonly string[] => [column, ...(ALSO_CALLED[column] ?? [])];
  const lacking = Object.keys(DOMAINS).filter((column) => !names(column).some((name) => keys.has(keyOf(name))));
  if (lacking.length === 0) return;
  const domains = Object.keys(DOMAINS).length;
  const found = `columns for ${domains - lacking.length} of ${domains} domains`;
  const done = `Nothing is recorded of ${lacking.join(', ')}.`;
  report.note([1, null], 'domain-lacking', found, 'a column for each domain', done);
}

/** What a row says of an authority, or null with a finding where it has no code; a faulty mean is left out by itself. */
function authorityOf(row: NamedRow, report: Report) {
  const means = Object.keys(DOMAINS).flatMap((column): (readonly [string, number])[] => {
    if (!row.has(column)) return [];
    const mean = numberCell(row, column, MEAN_DECILE, report);
    if (mean === undefined) report.refuse([row.row, row.header(column)], 'value-missing', '', MEAN_DECILE.expected);
    return typeof mean === 'number' ? [[column, mean]] : [];
  });
  const code = authorityCell(row, CODE, report);
  return code === null ? null : { row: row.row, cells: row, code, means };
}
