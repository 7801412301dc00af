/** Newcastle's files of monthly usage. Each expected total was worked out from the text of the file by other means. */
import { expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { readTable } from '../../../src/files/readTable.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { IMPORTERS } from '../../../src/importers/importers.ts';
import { monthlyComputerUse, monthlyWifiUsers } from '../../../src/importers/usage/monthlyFigures.ts';
import { monthlyUsageLong } from '../../../src/importers/usage/monthlyUsageLong.ts';
import { monthlyWide } from '../../../src/importers/usage/monthlyWide.ts';
import { onlineResourcesWide } from '../../../src/importers/usage/onlineResourcesWide.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { importBytes, refusals, said, withCode } from './importing.ts';

const LONG = 'newcastle/newcastle_usage_2008-2017_long.csv';
const WIDE = 'newcastle/2008-onwards-monthly-visits.csv';
const COMPUTERS = 'newcastle/2008-onwards-monthly-computer-use.csv';
const WIFI = 'newcastle/2019-onwards-monthly-wifi-users.csv';
const RESOURCES = 'newcastle/Online Resources Usage.csv';
const NEWCASTLE = { authority: 'E08000021', citation: 'Newcastle Libraries open data' };
const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

/** The cells of a file without quotes, as they are written. */
const cellsOf = (bytes: Uint8Array): string[][] =>
  new TextDecoder()
    .decode(bytes)
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((row) => row.split(','));
const statedIn = ({ events }: ImportResult) => events as readonly EventOf<'return.stated'>[];
const figuresIn = ({ events }: ImportResult) => events as readonly EventOf<'figure.published'>[];
const sum = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((total, number) => total + (number ?? 0), 0);

describeWithRealData('monthly usage of Newcastle, 2008 to 2017', (readReal) => {
  let once: ImportResult | undefined;
  const long = () => (once ??= importBytes(monthlyUsageLong, readReal(LONG), NEWCASTLE));

  it('is taken whole: every filled cell is a figure or a closed library', () => {
    const result = long();
    expect(refusals(result)).toEqual([]);
    const [, ...rows] = cellsOf(readReal(LONG));
    expect(rows).toHaveLength(2052);
    for (const [at, line] of ['enquiries', 'visits', 'issues', 'sessions (%)'].entries()) {
      const cells = rows.map((row) => row[at + 2] ?? '').filter((cell) => cell !== '');
      const own = statedIn(result).filter(({ data }) => data.line === line);
      expect(own.filter(({ data }) => data.absent !== 'not-reported')).toHaveLength(cells.length);
      expect(sum(own.map(({ data }) => data.value))).toBe(sum(cells.map((cell) => parseInt(cell, 10))));
    }
  });

  it('states the visits of the wide file in all 2,052 cells', () => {
    const said = ({
      absent,
      count,
      value,
    }: Partial<Record<'absent' | 'count' | 'value', string | number | undefined>>): string =>
      absent === 'not-reported' ? '' : String(absent ?? count ?? value);
    const wide = new Map(
      (importBytes(monthlyWide, readReal(WIDE), NEWCASTLE).events as readonly EventOf<'visits.counted'>[]).map(
        ({ subject, data }) => [`${subject} ${data.window}`, said(data)],
      ),
    );
    const visits = new Map(
      statedIn(long())
        .filter(({ data }) => data.line === 'visits')
        .map(({ subject, data }) => [`${subject} ${data.window}`, said(data)]),
    );
    const places = [...new Set(statedIn(long()).map(({ subject }) => subject))];
    const months = Array.from({ length: 114 }, (_, i) => `${2008 + Math.floor((i + 3) / 12)}-${String(((i + 3) % 12) + 1).padStart(2, '0')}-01/P1M`); // prettier-ignore
    const cells = places.flatMap((place) => months.map((month) => `${place} ${month}`));
    const differing = cells.filter((cell) => (visits.get(cell) ?? '') !== (wide.get(cell) ?? ''));
    expect([places.length, months.at(-1), differing]).toEqual([18, '2017-09-01/P1M', []]);
    expect(cells).toHaveLength(2052);
  });
});

describeWithRealData('computer use in Newcastle', (readReal) => {
  const use = () => importBytes(monthlyComputerUse, readReal(COMPUTERS), NEWCASTLE, { fileName: nameOf(COMPUTERS) });

  it('is a figure of each cell; the one above all of the available time is refused', () => {
    const result = use();
    const filled = cellsOf(readReal(COMPUTERS)).slice(1).flatMap((row) => row.slice(1)).filter((cell) => cell !== ''); // prettier-ignore
    expect(said(result, 'refused')).toEqual(['refused r2 [2024-1] not-a-percentage "198%"']);
    expect(result.events).toHaveLength(filled.length - 1);
    expect(sum(figuresIn(result).map(({ data }) => data.value))).toBe(sum(filled.map((cell) => parseInt(cell, 10))) - 198); // prettier-ignore
    expect(withCode(result, 'months-absent')[0]?.found).toBe('10 months without a column: 2020-06 to 2021-03');
  });

  it('holds the Business & IP Centre as a place of its own', () => {
    const bipc = figuresIn(use()).filter(({ subject }) => subject === 'E08000021/bipc');
    expect(bipc).toHaveLength(cellsOf(readReal(COMPUTERS)).find(([name]) => name === 'BIPC')!.slice(1).filter((cell) => cell !== '').length); // prettier-ignore
    expect(bipc[0]?.data).toMatchObject({ scope: 'BIPC', value: 29, unit: 'percent of available time', survey: false });
  });
});

describeWithRealData('Wi-Fi users in Newcastle', (readReal) => {
  it('are 36 figures, those of the first month noted as perhaps a part of it, and none of Walker', () => {
    const result = importBytes(monthlyWifiUsers, readReal(WIFI), NEWCASTLE, { fileName: nameOf(WIFI) });
    expect(said(result)).toEqual([
      'flagged r1 [2019-04] month-partial "2019-04 is below a third of 2019-05 in 11 of 12 libraries"',
      'noted r13 [2019-04] months-blank "Walker: blank in 2019-04 to 2019-06"',
    ]);
    expect(result.events).toHaveLength(36);
    const noted = figuresIn(result).filter(({ data }) => data.note !== undefined);
    expect(new Set(noted.map(({ data }) => data.window))).toEqual(new Set(['2019-04-01/P1M']));
    expect(noted).toHaveLength(12);
  });
});

describeWithRealData('online resources of Newcastle', (readReal) => {
  it('are stated cell by cell; the remark and the figure of twelve months beside it are refused', () => {
    const result = importBytes(onlineResourcesWide, readReal(RESOURCES), NEWCASTLE);
    expect(said(result, 'refused')).toEqual([
      'refused r20 [May-06] remark "April Figure reflects 12month period"',
      'refused r20 [Apr-06] remark "1150"',
    ]);
    expect(withCode(result, 'row-blank')[0]?.found).toBe('2 blank rows, the last in row 43');
    const filled = cellsOf(readReal(RESOURCES)).slice(1).flatMap((row) => row.slice(1)).filter((cell) => cell !== ''); // prettier-ignore
    expect(result.events).toHaveLength(filled.length - 2);
    expect(sum(statedIn(result).map(({ data }) => data.value))).toBe(
      sum(filled.filter((cell) => /^\d+$/.test(cell)).map(Number)) - 1150,
    );
    const eisodos = statedIn(result).find(({ data }) => data.line === 'EISODOS');
    expect(eisodos?.data).toMatchObject({ window: '2008-10-01/P1M', absent: 'not-applicable' });
    const windows = statedIn(result).map(({ data }) => data.window).sort(); // prettier-ignore
    expect([windows[0], windows.at(-1)]).toEqual(['2005-01-01/P1M', '2024-08-01/P1M']);
  });
});

describeWithRealData('each of the files', (readReal) => {
  const OWN: Readonly<Record<string, string>> = {
    [LONG]: 'monthly-usage-long',
    [WIDE]: 'monthly-wide',
    [COMPUTERS]: 'monthly-computer-use',
    [WIFI]: 'monthly-wifi-users',
    [RESOURCES]: 'online-resources-wide',
  };
  const sureOf = (path: string, encoding: 'utf-8' | 'windows-1252' = 'utf-8'): string[] => {
    const { header, rows } = readTable({ fileName: nameOf(path), bytes: readReal(path), encoding });
    const head = { fileName: nameOf(path), header, rows: rows.slice(0, 20), options: {} };
    return IMPORTERS.filter((one) => one.reads !== 'document' && one.recognises(head) >= 0.5).map(({ format }) => format); // prettier-ignore
  };

  it.each(Object.entries(OWN))('%s is recognised as %s and nothing else', (path, format) => {
    expect(sureOf(path)).toEqual([format]);
  });

  it.each([
    'newcastle/current-libraries.csv',
    'newcastle/opening-hours-per-week.csv',
    'newcastle/top-5-most-borrowed-items.csv',
    'newcastle/Work club - branch libraries.csv',
    'schema-librarydata/physical_visits_newcastle.csv',
    'schema-librarydata/templates/loans.csv',
    'schema-librarydata/templates/physical_visits.csv',
    'published-figures/published_figures.csv',
    'toronto-public-library/tpl-visits-annual-by-branch-2012-2022.csv',
  ])('%s is none of these', (path) => {
    for (const format of Object.values(OWN)) expect(sureOf(path)).not.toContain(format);
  });
});
