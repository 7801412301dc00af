/**
 * The files that libraries really publish, and the same files as they arrive on a bad day. Each expected total was
 * worked out from the file by other means.
 */
import { expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { suppressedSum } from '../../../src/domain/suppressedSum.ts';
import { monthOf, periodInterval, periodOfMonth, windowOf } from '../../../src/domain/periods.ts';
import { readTable } from '../../../src/files/readTable.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { detectDocument } from '../../../src/importers/importers.ts';
import { membersByLibrary } from '../../../src/importers/usage/membersByLibrary.ts';
import { monthlyWide } from '../../../src/importers/usage/monthlyWide.ts';
import { openDataEvents } from '../../../src/importers/openData/openDataEvents.ts';
import { openDataLibraries } from '../../../src/importers/openData/openDataLibraries.ts';
import { openDataLoans } from '../../../src/importers/openData/openDataLoans.ts';
import { openDataMembership } from '../../../src/importers/openData/openDataMembership.ts';
import { openDataMobileStops } from '../../../src/importers/openData/openDataMobileStops.ts';
import { openDataStock } from '../../../src/importers/openData/openDataStock.ts';
import { openDataVisits } from '../../../src/importers/openData/openDataVisits.ts';
import { publishedFigures } from '../../../src/importers/publishedFigures.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { detectFormat, bytesOf, importBytes, lines, refusals, said, withCode } from './importing.ts';

const WIDE = 'newcastle/2008-onwards-monthly-visits.csv';
const SCHEMA = 'schema-librarydata';
const FIGURES = 'published-figures/published_figures.csv';
const NEWCASTLE = { authority: 'E08000021' };
const AUTHORITIES = { authorities: { 'Newcastle City Council': 'E08000021' } };

const TESTS = { authorities: { 'Test authority': 'X00000001', Aberdeenshire: 'S12000034' }, on: '2020-01-01' };
const OF_THE_SCHEMA = [
  openDataEvents,
  openDataLibraries,
  openDataLoans,
  openDataMembership,
  openDataMobileStops,
  openDataStock,
  openDataVisits,
  membersByLibrary,
];

/** A field as a Table Schema defines it. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly constraints: { readonly required?: boolean; readonly enum?: readonly string[]; readonly pattern?: string };
}
/** Whether a cell is not what its field is defined to hold. */
function isFault({ type, format, constraints }: Field, cell: string): boolean {
  if (cell === '') return constraints.required === true;
  if (constraints.enum?.includes(cell) === false) return true;
  if (constraints.pattern !== undefined && !new RegExp(constraints.pattern).test(cell)) return true;
  const forms: Readonly<Record<string, RegExp>> = {
    date: format === '%Y-%m' ? /^\d{4}-\d\d$/ : /^\d{4}-(0\d|1[0-2])-\d\d$/,
    integer: /^\d+$/,
    year: /^\d{4}$/,
    uri: /^[a-z]+:/,
    email: /@/,
  };
  return forms[type === 'string' ? format : type]?.test(cell) === false;
}

const membersIn = ({ events }: ImportResult) => events as readonly EventOf<'membership.counted'>[];
const visitsIn = ({ events }: ImportResult) => events as readonly EventOf<'visits.counted'>[];

/** Visits by financial year, from the counts of the events: `2018/19` is under `2018-04-01/P1Y`. */
function byYear(result: ImportResult): Record<string, number> {
  const years: Record<string, number> = {};
  for (const { data } of visitsIn(result)) {
    const year = periodOfMonth('financial-year', monthOf(windowOf(data.window).first));
    const name = periodInterval('financial-year', year);
    if (data.count !== undefined) years[name] = (years[name] ?? 0) + data.count;
  }
  return years;
}
const totalOf = (result: ImportResult): number =>
  visitsIn(result).reduce((sum, { data }) => sum + (data.count ?? 0), 0);

describeWithRealData('Newcastle, monthly visits from 2008', (readReal) => {
  const wide = (text = textOf(readReal(WIDE))) => importBytes(monthlyWide, bytesOf(text), NEWCASTLE);

  it('adds up to the published totals of the financial years', () => {
    const result = wide();
    expect(refusals(result)).toEqual([]);
    expect(byYear(result)).toMatchObject({
      '2008-04-01/P1Y': 1_663_709,
      '2009-04-01/P1Y': 2_533_500,
      '2012-04-01/P1Y': 2_154_873,
      '2018-04-01/P1Y': 893_681,
      '2019-04-01/P1Y': 728_634,
      '2021-04-01/P1Y': 253_084,
      '2022-04-01/P1Y': 439_097,
      '2023-04-01/P1Y': 551_116,
    });
    expect(byYear(result)).not.toHaveProperty('2020-04-01/P1Y');
  });

  it('flags 301 runs of equal months, and takes all months in one for estimates', () => {
    const result = wide();
    expect(withCode(result, 'week-grossed-up')).toHaveLength(301);
    expect(said(result, 'flagged')).toHaveLength(301);
    const methods = visitsIn(result).map(({ data }) => data.method);
    expect(new Set(methods)).toEqual(new Set(['system', 'estimate']));
    // 301 runs: 295 of three months, three of four, one of five and two of six.
    expect(methods.filter((method) => method === 'estimate')).toHaveLength(914);
  });

  it('names the ten months that have no column', () => {
    const [absent, ...others] = withCode(wide(), 'months-absent');
    expect(absent?.found).toBe('10 months without a column: 2020-06 to 2021-03');
    expect(others).toEqual([]);
  });

  it('keeps not reported, not open and no data apart', () => {
    const result = wide();
    expect(lines(result)).toContain('E08000021/walker 2013-07-01/P1M not-reported system');
    expect(lines(result)).toContain('E08000021/outer-west 2023-06-01/P1M not-open system');
    expect(lines(result).filter((text) => text.includes('/dinnington 2013-07'))).toEqual([]);
    expect(withCode(result, 'no-data').map(({ found }) => found)).toContain(
      'Dinnington: blank in 2013-07 to 2020-05, 2021-04 to 2025-03',
    );
    const zeros = importBytes(monthlyWide, readReal(WIDE), { ...NEWCASTLE, zero: 'count' });
    expect(totalOf(zeros)).toBe(totalOf(result));
  });

  it('covers 149 of 156 service-point months in 2019/20', () => {
    const year = visitsIn(wide()).filter(({ data }) => data.window >= '2019-04' && data.window < '2020-04');
    expect([year.filter(({ data }) => data.count !== undefined).length, year.length]).toEqual([149, 156]);
  });

  it('is recognised by its name and header', () => {
    const { header } = readTable({ fileName: WIDE, bytes: readReal(WIDE) });
    expect(detectFormat(header, '2008-onwards-monthly-visits.csv')).toBe(monthlyWide);
  });

  it('gives the same events whatever the line ends and byte order mark, under another identity', () => {
    const text = textOf(readReal(WIDE));
    const cr = text.replaceAll('\r\n', '\r');
    for (const changed of [`\ufeff${text}`, cr, text.replaceAll('\r\n', '\n')]) {
      expect(lines(wide(changed))).toEqual(lines(wide()));
      expect(wide(changed).events[0]?.id).not.toBe(wide().events[0]?.id);
    }
  });

  it('gives the same counts with its columns in another order', () => {
    const reversed = mapRows(textOf(readReal(WIDE)), (cells) => [...cells].reverse());
    expect(byYear(wide(reversed))).toEqual(byYear(wide()));
    expect(withCode(wide(reversed), 'week-grossed-up')).toHaveLength(301);
  });

  it('is refused with its library column renamed', () => {
    const result = wide(textOf(readReal(WIDE)).replace('Library,', 'Branch name,'));
    expect(refusals(result)).toContain('r1 Library column-missing');
    expect(result.events).toEqual([]);
  });

  it('loses only the cells with thousands separators, each named', () => {
    const separated = mapRows(textOf(readReal(WIDE)), (cells, row) =>
      row === 3 ? cells.map((cell) => cell.replace(/^(\d+)(\d{3})$/, '"$1,$2"')) : cells,
    );
    const result = wide(separated);
    expect(refusals(result).length).toBeGreaterThan(150);
    expect(new Set(withCode(result, 'not-a-whole-number').map(({ row }) => row))).toEqual(new Set([3]));
    expect(visitsIn(result).some(({ subject, data }) => subject === 'E08000021/city' && data.count !== undefined)).toBe(
      false,
    );
    // The same without quotes moves every figure along: the row is refused whole.
    const unquoted = wide(separated.replaceAll('"', ''));
    expect(refusals(unquoted)).toEqual(['r3 * row-ragged']);
  });

  it('is not doubled by a totals row, a block pasted twice, or a header in the middle', () => {
    const text = textOf(readReal(WIDE)).trim();
    const [header = '', ...rows] = text.split('\r\n');
    const sums = header
      .split(',')
      .slice(1)
      .map((_, i) => sum(rows.map((row) => Number(row.split(',')[i + 1]))));
    const [total, unnamed] = ['Total', 'Newcastle'].map((name) => wide([text, [name, ...sums].join(',')].join('\r\n')));
    const doubled = wide([text, ...rows].join('\r\n'));
    const second = wide([header, ...rows.slice(0, 9), header, ...rows.slice(9)].join('\r\n'));
    for (const result of [total, unnamed, doubled, second])
      expect(byYear(result as ImportResult)).toEqual(byYear(wide()));
    expect(refusals(total as ImportResult)).toEqual(['r21 Library totals-row']);
    expect(refusals(unnamed as ImportResult)).toEqual(['r21 Library totals-row']);
    expect(refusals(doubled)).toHaveLength(19);
    expect(refusals(second)).toEqual(['r11 * row-repeats-header']);
  });

  it('takes neither of two blocks that differ', () => {
    const text = textOf(readReal(WIDE)).trim();
    const [, ...rows] = text.split('\r\n');
    const revised = rows.map((row) => row.replace(/,(\d+),/, ',9$1,'));
    const result = wide([text, ...revised].join('\r\n'));
    expect(result.events).toEqual([]);
    expect(refusals(result)).toHaveLength(38);
  });
});

describeWithRealData('files of the open-data schema', (readReal) => {
  const visits = (text: string) => importBytes(openDataVisits, bytesOf(text), AUTHORITIES);
  const newcastle = () => textOf(readReal(`${SCHEMA}/physical_visits_newcastle.csv`));

  it('Newcastle: 25 counts by three methods, four of them sample weeks', () => {
    const result = visits(newcastle());
    expect(said(result)).toEqual([]);
    expect(result.events).toHaveLength(25);
    const weeks = visitsIn(result).filter(({ data }) => data.method === 'sample-week');
    expect(weeks.map(({ data }) => [data.window, data.count])).toEqual([
      ['2019-02-11/P7D', 767],
      ['2019-02-11/P7D', 283],
      ['2019-02-11/P7D', 849],
      ['2019-05-13/P7D', 663],
    ]);
    const methods = visitsIn(result).map(({ data }) => data.method);
    expect(methods.filter((method) => method === 'automatic-counter')).toHaveLength(7);
    expect(methods.filter((method) => method === 'manual')).toHaveLength(14);
  });

  it('names places as the wide file does, so that the two can be held side by side', () => {
    const wide = importBytes(monthlyWide, readReal(WIDE), NEWCASTLE);
    const known = new Set(wide.events.map((event) => ('subject' in event ? event.subject : '')));
    for (const { subject } of visitsIn(visits(newcastle()))) expect(known).toContain(subject);
  });

  it.each([
    ['events', openDataEvents, 1],
    ['libraries', openDataLibraries, 2],
    ['loans', openDataLoans, 1],
    ['membership', openDataMembership, 1],
    ['mobile-library-stops', openDataMobileStops, 1],
    ['physical_visits', openDataVisits, 1],
    ['stock_summary', openDataStock, 1],
  ] as const)(
    '%s: what the schema passes is taken, and each cell that it fails is refused',
    (name, importer, events) => {
      const between = name.includes('-') ? '-' : '_';
      const bytesIn = (which: string) => readReal(`${SCHEMA}/tests/${name}${between}${which}.csv`);
      const success = importBytes(importer, bytesIn('success'), TESTS);
      expect([refusals(success), success.events.length]).toEqual([[], events]);
      const fail = importBytes(importer, bytesIn('fail'), TESTS);
      const table = readTable({ fileName: name, bytes: bytesIn('fail') });
      expect(detectFormat(table.header, name, TESTS, table.rows)).toBe(importer);
      const refused = withSeverity(fail, 'refused').map(({ row, cell }) => `${row} ${cell}`);
      const { fields } = JSON.parse(textOf(readReal(`${SCHEMA}/table-schemas/${name}.json`))) as { fields: Field[] };
      const faulty = fields.filter((field) => {
        const at = table.header.indexOf(field.name);
        return at >= 0 && isFault(field, table.rows[0]?.cells[at] ?? '');
      });
      expect(faulty.length).toBeGreaterThan(3);
      expect(refused.sort()).toEqual(faulty.map((field) => `2 ${field.name}`).sort());
      expect(fail.events).toEqual([]);
    },
  );

  it.each(['events', 'libraries', 'loans', 'membership', 'mobile_library_stops', 'physical_visits', 'stock_summary'])(
    'the empty template of %s is recognised, gives nothing and refuses nothing',
    (name) => {
      const bytes = readReal(`${SCHEMA}/templates/${name}.csv`);
      const importer = detectFormat(readTable({ fileName: name, bytes }).header, `${name}.csv`);
      const result = importBytes(importer, bytes, TESTS);
      expect(result.events).toEqual([]);
      expect(refusals(result)).toEqual([]);
    },
  );

  it.each(['events', 'libraries', 'loans', 'membership', 'mobile-library-stops', 'physical_visits', 'stock_summary'])(
    'the definition of the fields of %s is refused as no data',
    (name) => {
      const path = `${SCHEMA}/table-schemas/${name}.json`;
      const document: unknown = JSON.parse(textOf(readReal(path)));
      const source = { fileName: `${name}.json`, sha256: '0'.repeat(64), options: {}, document };
      expect(() => detectDocument(source)).toThrow('defines the fields of a table, and holds no data');
    },
  );

  it('Bristol: 63,330 active members in 388 areas on one day', () => {
    const options = { authorities: { 'Bristol City Council': 'E06000023' } };
    const result = importBytes(openDataMembership, readReal(`${SCHEMA}/membership_bristol.csv`), options);
    expect(said(result)).toEqual([]);
    const members = membersIn(result);
    expect(new Set(members.map(({ data }) => data.area)).size).toBe(388);
    expect(sum(members.map(({ data }) => data.members ?? NaN))).toBe(63_330);
    expect(new Set(members.map(({ data }) => data.on))).toEqual(new Set(['2018-10-23']));
  });

  it('Somerset: 126 stops of a mobile library, each start on its weekday', () => {
    const options = { authorities: { Somerset: 'E10000027' } };
    const result = importBytes(openDataMobileStops, readReal(`${SCHEMA}/mobile_library_stops_somerset.csv`), options);
    expect(said(result)).toEqual(
      ['address', 'postcode', 'timetable'].map((column) => `noted r1 [${column}] column-not-kept "${column}"`),
    );
    expect(result.events).toHaveLength(126);
    expect(new Set(result.events.map((event) => ('subject' in event ? event.subject : '')))).toEqual(
      new Set(['E10000027/mobile']),
    );
    const stored = JSON.stringify(result.events);
    for (const row of readTable({ fileName: 'stops', bytes: readReal(`${SCHEMA}/mobile_library_stops_somerset.csv`) })
      .rows)
      expect(stored).not.toContain(row.cells[6]);
  });

  it('dates the other way round are refused at each cell', () => {
    const turned = newcastle().replace(/(\d{4})-(\d\d)-(\d\d)/g, '$3/$2/$1');
    const result = visits(turned);
    expect(result.events).toEqual([]);
    expect(withCode(result, 'not-a-date')).toHaveLength(50);
  });

  it('rows pasted twice and a header in the middle are refused, and the count stays', () => {
    const [header = '', ...rows] = newcastle().trim().split(/\r?\n/);
    const twice = visits([header, ...rows, header, ...rows].join('\n'));
    expect(totalOf(twice)).toBe(totalOf(visits(newcastle())));
    expect(refusals(twice)).toHaveLength(26);
  });

  it('a name in Windows-1252 is refused as UTF-8 and right when said', () => {
    const text = newcastle().replaceAll('Kenton', 'Kent\u00f3n');
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(() => importBytes(openDataVisits, bytes, AUTHORITIES)).toThrow('is not UTF-8');
    const result = importBytes(openDataVisits, bytes, AUTHORITIES, { encoding: 'windows-1252' });
    expect(lines(result)).toEqual(lines(visits(newcastle())));
  });

  it('a survey in Windows-1252 with line breaks in its cells is refused with the byte', () => {
    const bytes = readReal('newcastle/2016-10-01 Datamorphosis.csv');
    expect(() => readTable({ fileName: 'survey.csv', bytes })).toThrow(/is not UTF-8: byte \d+ \(0x92, line 1\)/);
    const table = readTable({ fileName: 'survey.csv', bytes, encoding: 'windows-1252' });
    expect(table.header[2]).toContain('today’s');
  });
});

describeWithRealData('LibrariesWest, members by library and area', (readReal) => {
  /** Codes of their time: before the reorganisations of 2019 (Dorset, Poole) and 2023 (Somerset). */
  const CODES = {
    Bristol: 'E06000023',
    Somerset: 'E10000027',
    'South Gloucestershire': 'E06000025',
    Dorset: 'E10000009',
    Poole: 'E06000029',
    'North Somerset': 'E06000024',
    'Bath and North East Somerset': 'E06000022',
  };
  const read = () =>
    importBytes(membersByLibrary, readReal('librarieswest-membership/librarieswest_members.csv'), {
      authorities: CODES,
      on: '2018-10-01',
    });

  it('tells 261,744 members and suppresses 12,448 cells, so that there are 274,192 to 311,536', () => {
    const result = read();
    expect(refusals(result)).toEqual([]);
    const members = membersIn(result);
    expect(members).toHaveLength(17_368);
    const suppressed = members.filter(({ data }) => data.absent === 'suppressed').length;
    const disclosed = sum(members.map(({ data }) => data.members ?? 0));
    expect([disclosed, suppressed]).toEqual([261_744, 12_448]);
    expect(suppressedSum(disclosed, suppressed)).toEqual({ low: 274_192, high: 311_536 });
  });

  it('has 352 rows without an area, and says so once', () => {
    const result = read();
    expect(membersIn(result).filter(({ data }) => data.area === 'unknown')).toHaveLength(352);
    expect(said(result)).toEqual([
      'noted r8 [lsoa_code] area-not-given "no lsoa_code in 352 rows, of which 188 name a wider area"',
    ]);
  });

  it('has 166 libraries of seven authorities', () => {
    const places = new Set(membersIn(read()).map(({ subject }) => subject));
    expect(places.size).toBe(166);
    expect(new Set([...places].map((place) => place.slice(0, 9)))).toEqual(new Set(Object.values(CODES)));
  });
});

describeWithRealData('every table there is', (readReal) => {
  it.each([
    ['newcastle/current-libraries.csv', null],
    ['basic-dataset-libraries-2023/basic-dataset-for-libraries-2023-enhanced.csv', null],
    ['california-averages/average_Visits.csv', null],
    ['toronto-public-library/tpl-visits-annual-by-branch-2012-2022.csv', null],
    ['ace-activity-2023-24/derived-long/loans.csv', null],
    ['librarieswest-membership/librarieswest_members.csv', membersByLibrary],
    ['schema-librarydata/membership_bristol.csv', openDataMembership],
    ['schema-librarydata/mobile_library_stops_somerset.csv', openDataMobileStops],
  ] as const)('%s is taken by the importers here only where it is theirs', (path, expected) => {
    const { header, rows } = readTable({ fileName: path, bytes: readReal(path) });
    const head = { header, rows: rows.slice(0, 20), fileName: path, options: {} };
    const takers = OF_THE_SCHEMA.filter((importer) => importer.recognises(head) >= 0.5);
    expect(takers).toEqual(expected === null ? [] : [expected]);
  });
});

describeWithRealData('published figures', (readReal) => {
  it('are 57, none refused', () => {
    const result = importBytes(publishedFigures, readReal(FIGURES));
    expect(refusals(result)).toEqual([]);
    expect(result.events).toHaveLength(57);
    expect(withCode(result, 'figures-disagree').map(({ row }) => row)).toEqual([39]);
    expect(withCode(result, 'place-assumed').map(({ row }) => row)).toEqual([14, 47, 53, 54, 55, 56, 58]);
  });
});

const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const withSeverity = ({ findings }: ImportResult, severity: string) => findings.filter((f) => f.severity === severity);
/** A CSV without quotes, its rows changed. Row 1 is the header. */
const mapRows = (text: string, change: (cells: string[], row: number) => string[]): string =>
  text
    .trim()
    .split('\r\n')
    .map((row, i) => change(row.split(','), i + 1).join(','))
    .join('\r\n');
