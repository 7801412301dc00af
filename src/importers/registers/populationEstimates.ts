/**
 * Estimates of the population by single year of age, an area a row, as the Office for National Statistics publishes
 * them: `Code, Name, Geography, All ages, 0, 1, ... 89, 90+`.
 *
 * Of each area four numbers are kept: all ages, and the bands that readers are counted in, which are sums of single
 * years. A band names the columns of all its years, and the cell of the first. The columns do not say of which year they are: the
 * name of the file does (`mye24...` is mid-2024, which is 30 June), or the option `on`.
 */
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import { dateField } from '../../../contracts/fields.ts';
import { POPULATION_AGES } from '../../../contracts/vocabulary.ts';
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
import { areaCodeCell, cellOf, COMPILED, eachOnce, factOf } from './registers.ts';
import { layoutScore, namedRows, type Layout, type NamedRow } from '../table/rows.ts';
import { countHint, countOf, WHOLE_NUMBER } from '../table/text.ts';

const FORMAT = 'population-estimates';
const [CODE, NAME, GEOGRAPHY, ALL, SEX] = ['Code', 'Name', 'Geography', 'All ages', 'Sex'] as const;
const ALSO_CALLED = {
  [CODE]: ['Area code', 'Geography code', 'LA code'],
  [ALL]: ['All', 'Total', 'Persons'],
  [SEX]: ['Gender'],
};
/** What stands under `Sex` in a row of everybody: a row of women alone must not become the population. */
const EVERYBODY = /^(all|all persons|persons?|people|both|both sexes|total)$/i;

type Band = (typeof POPULATION_AGES)[number];
/** First and last year of each band; the widest ages have no last. */
const BANDS: Readonly<Record<Exclude<Band, 'all'>, readonly [first: number, last: number]>> = {
  '0-11': [0, 11],
  '12-17': [12, 17],
  '18-plus': [18, Infinity],
};
/** The last column of single years must begin after the last band that is not open. */
const FEWEST_AGES = 19;

export const populationEstimates: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Population estimates by single year of age',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, layoutOf(header)),
  read,
};

/** Headers of single years: 0, 1, ... and the open last one, `90+` or `90 and over`. */
function agesIn(header: readonly string[]): readonly { label: string; age: number; open: boolean }[] {
  return header.flatMap((label) => {
    const found = /^(?:age )?(\d{1,3})( ?\+| and (?:over|older))?$/.exec(keyOf(label));
    return found === null ? [] : [{ label: label.trim(), age: Number(found[1]), open: found[2] !== undefined }];
  });
}

function layoutOf(header: readonly string[]): Layout {
  const ages = agesIn(header).map(({ label }) => label);
  const required = [CODE, ALL, ...(ages.length >= FEWEST_AGES ? ages : Object.values(BANDS).map(([age]) => `${age}`))];
  return { required, optional: [SEX], notKept: [NAME, GEOGRAPHY], alsoCalled: ALSO_CALLED };
}

interface Area {
  readonly row: number;
  readonly cells: NamedRow;
  readonly code: string;
  readonly people: ReadonlyMap<Band, number>;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const { header } = source.table;
  const ages = agesIn(header);
  const on = dayOfEstimates(source, report);
  if (on === null || !yearsFollow(ages, report)) return { events: [], findings: report.findings };
  const rows = namedRows(source.table, layoutOf(header), report);
  const read = rows.flatMap((row) => areaOf(row, ages, report) ?? []);
  const kept = eachOnce(read, CODE, ({ code }) => code, ({ people }) => JSON.stringify([...people]), report); // prettier-ignore
  const bands = POPULATION_AGES.map((band) => ({ band, columns: columnsOf(band, ages) }));
  const origin = { owner: COMPILED, format: FORMAT, sha256: source.sha256 };
  const events: ActivityEvent[] = kept.flatMap(({ cells, code, people }) =>
    bands.map(({ band, columns: [column = ALL, ...others] }) =>
      factOf(
        'reference.population',
        origin,
        { ...cellOf(cells, column), headers: [column, ...others].map((each) => cells.header(each)) },
        code,
        {
          on,
          population: people.get(band) ?? 0,
          ages: band,
          source: `Population estimates by single year of age, ${on.endsWith('-06-30') ? `mid-${on.slice(0, 4)}` : on}`,
        },
      ),
    ),
  );
  return { events, findings: report.findings };
}

/** The columns that make a band: that of all ages, or those of its years, the first of them first. */
function columnsOf(band: Band, ages: ReturnType<typeof agesIn>): readonly string[] {
  if (band === 'all') return [ALL];
  const [first, last] = BANDS[band];
  const years = ages.filter(({ age }) => age >= first && age <= last);
  return years.toSorted((one, other) => one.age - other.age).map(({ label }) => label);
}

/** The day of the estimates: what the option says, or the middle of the year in the file's name. */
function dayOfEstimates({ fileName, options }: ImportSource, report: Report): string | null {
  const named = /(?:^|[^a-z])mye(?:20)?(\d\d)(?!\d)/i.exec(fileName)?.[1];
  const middle = named === undefined ? null : `20${named}-06-30`;
  if (middle === null || options.on !== undefined) {
    const on = dayOfRegister(options, report);
    if (on !== null && middle !== null && on !== middle) {
      const done = `Recorded as of ${on}, as the option says.`;
      report.flag([1, null], 'day-disagrees', fileName, `${middle}, which the name of the file says`, done);
    }
    return on;
  }
  report.note([1, null], 'day-of-file-name', fileName, 'the day of the estimates', `Recorded as of ${middle}.`);
  return dateField.parse(middle);
}

/** Whether the columns are every year from 0 to the last, which alone is open: a year that is missing makes a band short. */
function yearsFollow(ages: ReturnType<typeof agesIn>, report: Report): boolean {
  const sorted = [...ages].sort((a, b) => a.age - b.age);
  const last = sorted.at(-1);
  const follow = sorted.every(({ age, open }, at) => age === at && open === (at === sorted.length - 1));
  if (follow && last !== undefined && last.age >= FEWEST_AGES - 1) return true;
  const found = `the ages ${ages.map(({ label }) => label).join(', ')}`;
  const expected = 'a column for each year of age from 0 on, the last of them open, such as 90+';
  report.refuse([1, null], 'column-missing', found, expected, FILE_REFUSED);
  return false;
}

/** The people of an area by band, or null with a finding at each faulty cell. */
function areaOf(row: NamedRow, ages: ReturnType<typeof agesIn>, report: Report): Area | null {
  const code = areaCodeCell(row, CODE, report);
  const isEverybody = !row.has(SEX) || EVERYBODY.test(row.text(SEX));
  if (!isEverybody)
    report.refuse([row.row, row.header(SEX)], 'word-unknown', row.text(SEX), 'a row of all persons: Persons');
  const all = countIn(row, ALL, report);
  const years = ages.map(({ label, age }) => ({ age, people: countIn(row, label, report) }));
  if (code === null || !isEverybody || all === null || years.some(({ people }) => people === null)) return null;
  const sum = (first: number, last: number): number =>
    years.reduce((total, { age, people }) => (age >= first && age <= last ? total + (people ?? 0) : total), 0);
  if (sum(0, Infinity) !== all) {
    const expected = `${sum(0, Infinity)}, the sum of the single years of age`;
    report.refuse([row.row, row.header(ALL)], 'parts-disagree', `${all}`, expected);
    return null;
  }
  const people = new Map<Band, number>([['all', all]]);
  for (const [band, [first, last]] of Object.entries(BANDS)) people.set(band as Band, sum(first, last));
  const empty = [...people].find(([, number]) => number === 0);
  if (empty !== undefined) {
    const found = `nobody of the ages ${empty[0]}`;
    report.refuse([row.row, row.header(ALL)], 'not-a-whole-number', found, 'people of every band');
    return null;
  }
  return { row: row.row, cells: row, code, people };
}

function countIn(row: NamedRow, column: string, report: Report): number | null {
  const count = countOf(row.raw(column));
  const expected = `${WHOLE_NUMBER}${countHint(row.raw(column))}`;
  if (count === null) report.refuse([row.row, row.header(column)], 'not-a-whole-number', row.text(column), expected);
  return count;
}
