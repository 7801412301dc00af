/**
 * The files that libraries really publish, and the same files as they arrive on a bad day. Each expected total was
 * worked out from the file by other means.
 */
import { expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { monthOf, periodInterval, periodOfMonth, windowOf } from '../../../src/domain/periods.ts';
import { readTable } from '../../../src/files/readTable.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { monthlyWide } from '../../../src/importers/monthlyWide.ts';
import { openDataLoans } from '../../../src/importers/openDataLoans.ts';
import { openDataVisits } from '../../../src/importers/openDataVisits.ts';
import { publishedFigures } from '../../../src/importers/publishedFigures.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { detectFormat, bytesOf, importBytes, lines, refusals, said, withCode } from './importing.ts';

const WIDE = 'newcastle/2008-onwards-monthly-visits.csv';
const SCHEMA = 'schema-librarydata';
const FIGURES = 'published-figures/published_figures.csv';
const NEWCASTLE = { authority: 'E08000021' };
const AUTHORITIES = { authorities: { 'Newcastle City Council': 'E08000021', 'Test authority': 'X00000001' } };

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

  it('is recognised by its name and header, and the same layout of another measure is not', () => {
    const headerOf = (path: string) => readTable({ fileName: path, bytes: readReal(path) }).header;
    expect(detectFormat(headerOf(WIDE), '2008-onwards-monthly-visits.csv')).toBe(monthlyWide);
    for (const other of ['2019-onwards-monthly-wifi-users.csv', '2008-onwards-monthly-computer-use.csv']) {
      expect(() => detectFormat(headerOf(`newcastle/${other}`), other)).toThrow('No importer recognises');
    }
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
    ['loans_success', openDataLoans, 1, []],
    ['loans_fail', openDataLoans, 0, ['Local authority', 'Library name', 'Month', 'Type', 'Loans']],
    ['physical_visits_success', openDataVisits, 1, []],
    [
      'physical_visits_fail',
      openDataVisits,
      0,
      ['Local authority', 'Library name', 'Count start', 'Count end', 'Count type', 'Visits'],
    ],
  ] as const)('%s: as the schema says', (name, importer, events, faulty) => {
    const bytes = readReal(`${SCHEMA}/tests/${name}.csv`);
    expect(detectFormat(readTable({ fileName: name, bytes }).header, name)).toBe(importer);
    const result = importBytes(importer, bytes, AUTHORITIES);
    expect(result.events).toHaveLength(events);
    expect(withSeverity(result, 'refused').map(({ row, cell }) => [row, cell])).toEqual(
      faulty.map((cell) => [2, cell]),
    );
  });

  it('an empty template gives nothing and refuses nothing', () => {
    for (const [name, importer] of [
      ['loans', openDataLoans],
      ['physical_visits', openDataVisits],
    ] as const) {
      expect(importBytes(importer, readReal(`${SCHEMA}/templates/${name}.csv`))).toEqual({ events: [], findings: [] });
    }
  });

  it('the other files of the schema are not taken for one of these', () => {
    for (const name of ['events', 'membership', 'stock_summary', 'libraries', 'mobile_library_stops']) {
      const { header } = readTable({ fileName: name, bytes: readReal(`${SCHEMA}/templates/${name}.csv`) });
      expect(() => detectFormat(header, `${name}.csv`)).toThrow('No importer recognises');
    }
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
