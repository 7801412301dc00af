/**
 * Registers and reference lists as they are really published. Each expected number was worked out from the text of the
 * file by other means, or is the publisher's own.
 */
import { expect, it } from 'vitest';
import type { ActivityEvent, EventOf, FactKind } from '../../../contracts/activityEvent.ts';
import { typeOf } from '../../../contracts/activityEvent.ts';
import { successorsOf, type Succession } from '../../../src/domain/successors.ts';
import { dayOf } from '../../../src/domain/periods.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { annualByBranch } from '../../../src/importers/usage/annualByBranch.ts';
import { authorityRegister } from '../../../src/importers/registers/authorityRegister.ts';
import { branchInformation } from '../../../src/importers/registers/branchInformation.ts';
import { currentLibraries } from '../../../src/importers/registers/currentLibraries.ts';
import { deprivationAverages } from '../../../src/importers/registers/deprivationAverages.ts';
import type { ImportResult } from '../../../src/importers/importer.ts';
import { librariesBasicDataset } from '../../../src/importers/registers/librariesBasicDataset.ts';
import { libraryAuthorities } from '../../../src/importers/registers/libraryAuthorities.ts';
import { nearestNeighbours } from '../../../src/importers/registers/nearestNeighbours.ts';
import { openingHoursByYear } from '../../../src/importers/registers/openingHoursByYear.ts';
import { populationEstimates } from '../../../src/importers/registers/populationEstimates.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { detectFormat, importBytes, refusals, said, withCode } from './importing.ts';

const eventsOf = <K extends FactKind>({ events }: ImportResult, kind: K): readonly EventOf<K>[] =>
  events.filter((event): event is EventOf<K> & ActivityEvent => event.type === typeOf(kind));
const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/^\ufeff/, '');
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describeWithRealData('population estimates, mid-2024', (readReal) => {
  const FILE = 'mye24tablesew.csv';
  const read = () => importBytes(populationEstimates, readReal(`geography/${FILE}`), {}, { fileName: FILE });

  it('has the people of England and of Newcastle that were published, on 30 June 2024', () => {
    const people = eventsOf(read(), 'reference.population');
    const of = (place: string) => people.filter(({ subject }) => subject === place).map(({ data }) => data);
    expect(of('E92000001').find(({ ages }) => ages === 'all')).toMatchObject({
      population: 58_620_101,
      on: '2024-06-30',
    });
    expect(of('E08000021').find(({ ages }) => ages === 'all')).toMatchObject({ population: 320_605 });
  });

  it('has four numbers of each of 357 areas, whose bands add up to all ages', () => {
    const result = read();
    expect(refusals(result)).toEqual([]);
    const people = eventsOf(result, 'reference.population');
    expect(people).toHaveLength(4 * 357);
    const parts = (all: boolean) =>
      sum(people.filter(({ data }) => (data.ages === 'all') === all).map(({ data }) => data.population));
    expect(parts(true)).toBe(parts(false));
  });

  it('a band is the sum of its years, worked out from the text of the row', () => {
    const line =
      textOf(readReal(`geography/${FILE}`))
        .split('\r\n')
        .find((text) => text.startsWith('E08000021,')) ?? '';
    const years = line.split(',').slice(4).map(Number);
    const found = eventsOf(read(), 'reference.population').filter(({ subject }) => subject === 'E08000021');
    expect(found.map(({ data }) => [data.ages, data.population, data.provenance?.column])).toEqual([
      ['all', 320_605, 'All ages'],
      ['0-11', sum(years.slice(0, 12)), '0'],
      ['12-17', sum(years.slice(12, 18)), '12'],
      ['18-plus', sum(years.slice(18)), '18'],
    ]);
  });
});

describeWithRealData('authorities and what they became', (readReal) => {
  const register = () =>
    importBytes(authorityRegister, readReal('geography/uk_local_authorities.csv'), { on: '2023-12-01' });
  const successions = (): readonly Succession[] =>
    eventsOf(register(), 'place.succeeded').map(({ subject, data }) => ({
      place: subject,
      day: dayOf(data.on),
      by: data.by,
      change: data.change,
    }));
  const on = (place: string, day: string) => successorsOf(place, dayOf(day), successions());

  it.each([
    ['Cumbria, split in 2023', 'E10000006', '2023-04-01', ['E06000063', 'E06000064'], false],
    ['Somerset, recoded in 2023', 'E10000027', '2023-04-01', ['E06000066'], true],
    ['North Yorkshire, recoded in 2023', 'E10000023', '2023-04-01', ['E06000065'], true],
    ['Northamptonshire, split in 2021', 'E10000021', '2021-04-01', ['E06000061', 'E06000062'], false],
    ['Dorset, without Christchurch from 2019', 'E10000009', '2019-04-01', ['E06000059'], false],
    ['Bournemouth, merged in 2019', 'E06000028', '2019-04-01', ['E06000058'], false],
    ['Poole, merged in 2019', 'E06000029', '2019-04-01', ['E06000058'], false],
    ['Buckinghamshire, recoded in 2020', 'E10000002', '2020-04-01', ['E06000060'], true],
  ])('%s', (_, place, day, places, sameArea) => {
    expect(on(place, day)).toEqual({ places, sameArea });
    const before = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
    expect(on(place, before)).toEqual({ places: [place], sameArea: true });
  });

  it('follows a chain: Taunton Deane, merged in 2019 and again in 2023', () => {
    expect(on('E07000190', '2022-01-01').places).toEqual(['E07000246']);
    expect(on('E07000190', '2024-01-01').places).toEqual(['E06000066']);
  });

  it('takes an end-date for the last day, or the day after, by the first day of the successor', () => {
    const until = new Map(eventsOf(register(), 'place.described').map(({ subject, data }) => [subject, data.until]));
    expect([until.get('E10000006'), until.get('E10000009')]).toEqual(['2023-03-31', '2019-03-31']);
  });

  it('refuses what has no code or is no authority, and leaves recodings without a day out', () => {
    const result = register();
    expect(eventsOf(result, 'place.described')).toHaveLength(466 - 25 - 11);
    expect(withCode(result, 'value-missing')).toHaveLength(25);
    expect(withCode(result, 'level-unknown')).toHaveLength(11);
    expect(withCode(result, 'day-unknown').filter(({ severity }) => severity === 'flagged')).toHaveLength(11);
    expect(eventsOf(result, 'place.succeeded')).toHaveLength(48);
  });

  it('describes 208 library authorities, one of them under the code of its nation', () => {
    const bytes = readReal('geography/library_authorities.json');
    const document: unknown = JSON.parse(textOf(bytes));
    const source = {
      fileName: 'library_authorities.json',
      sha256: sha256Of(bytes),
      options: { on: '2024-10-01' },
      document,
    };
    expect(libraryAuthorities.recognises(source)).toBe(1);
    const result = libraryAuthorities.read(source);
    expect(result.events).toHaveLength(208);
    expect(said(result, 'refused')).toEqual([]);
    expect(withCode(result, 'level-unknown').map(({ row }) => row)).toEqual([
      1 + (document as { code: string }[]).findIndex(({ code }) => code === 'N92000002'),
    ]);
    expect(result.events[0]).toMatchObject({
      data: { provenance: { path: '/0/nice_name', row: 1, raw: 'Hartlepool' } },
    });
  });
});

describeWithRealData('deprivation and neighbours', (readReal) => {
  it('takes 14 means of each of 151 authorities, and neither of the columns headed education', () => {
    const result = importBytes(deprivationAverages, readReal('geography/authorities_imd_population_2016.csv'), {
      on: '2016-04-01',
    });
    expect(refusals(result)).toEqual(['r1 education column-repeated']);
    const means = eventsOf(result, 'reference.deprivation');
    expect(means).toHaveLength(14 * 151);
    expect(means[0]).toMatchObject({
      subject: 'E09000002',
      data: { index: 'imd-2015', domain: 'multiple', meanDecile: 2.6 },
    });
    expect(withCode(result, 'column-not-kept').map(({ found }) => found)).toContain('population');
  });

  it('takes 152 neighbours of each of 153 authorities in their order', () => {
    const result = importBytes(nearestNeighbours, readReal('geography/localauthoritynearestneighboursengland.csv'), {
      on: '2023-04-01',
    });
    expect(refusals(result)).toEqual([]);
    const events = eventsOf(result, 'reference.neighbours');
    expect(events).toHaveLength(153);
    expect(new Set(events.map(({ data }) => data.neighbours.length))).toEqual(new Set([152]));
    expect(events[0]?.data.neighbours.slice(0, 2)).toEqual(['E08000018', 'E06000003']);
  });
});

describeWithRealData('the basic dataset for libraries 2023', (readReal) => {
  const FILE = 'basic-dataset-libraries-2023/basic-dataset-for-libraries-2023-enhanced.csv';
  const read = () => importBytes(librariesBasicDataset, readReal(FILE));
  const result = () => (kept ??= read());
  let kept: ImportResult | undefined;
  const statusesIn = (year: number) =>
    eventsOf(result(), 'service-point.status').filter(({ data }) => data.on.startsWith(`${year}-`));
  const statutoryIn = (year: number, kinds = ['static']) =>
    new Set(
      statusesIn(year)
        .filter(({ data }) => data.statutory === 'yes' && kinds.includes(data.kind ?? ''))
        .map(({ subject }) => subject),
    );

  it('takes each year as of the day on which services were asked', () => {
    const days = new Set(eventsOf(result(), 'service-point.status').map(({ data }) => data.on));
    expect([...days].sort()).toEqual([
      '2010-04-01',
      '2016-07-01',
      '2019-12-31',
      '2021-12-31',
      '2022-12-31',
      '2023-12-31',
    ]);
    expect(refusals(result()).filter((text) => !text.endsWith('place-named-twice'))).toEqual([]);
    expect(withCode(result(), 'year-unusable').map(({ found }) => found)).toEqual(Array(6).fill('2024'));
  });

  it('has 3,308 static libraries, each a place of its own', () => {
    const statics = eventsOf(result(), 'service-point.status').filter(({ data }) => data.kind === 'static');
    expect(new Set(statics.map(({ subject }) => subject)).size).toBe(3_308);
  });

  it.each([
    [2010, 3_011],
    [2016, 2_802],
    [2019, 2_645],
    [2021, 2_611],
    [2022, 2_654],
    [2023, 2_660],
  ])('counts the statutory static libraries of %i', (year, expected) => {
    expect(statutoryIn(year).size).toBe(expected);
  });

  it('499 that were statutory in 2010 are not in 2023, and 148 others are', () => {
    const [before, after] = [statutoryIn(2010), statutoryIn(2023)];
    expect([...before].filter((place) => !after.has(place))).toHaveLength(499);
    expect([...after].filter((place) => !before.has(place))).toHaveLength(148);
  });

  it.each([
    ['1', 399, 83, 25],
    ['10', 228, 27, 20],
  ])(
    'of decile %s: %i statutory in 2010, of which %i are not in 2023 and %i still have an operator',
    (decile, all, lost, run) => {
      const places = new Set(
        eventsOf(result(), 'place.described')
          .filter(({ data }) => data.imdDecile === decile)
          .map(({ subject }) => subject),
      );
      const before = [...statutoryIn(2010)].filter((place) => places.has(place));
      const after = statutoryIn(2023);
      const without = new Set(before.filter((place) => !after.has(place)));
      const operated = statusesIn(2023).filter(({ subject, data }) => without.has(subject) && data.runBy !== undefined);
      expect([before.length, without.size, operated.length]).toEqual([all, lost, run]);
      expect(operated.every(({ data }) => data.open === 'open')).toBe(true);
    },
  );

  it('adds 21 local history libraries where they are counted too', () => {
    expect(statutoryIn(2010, ['static', 'other']).size).toBe(3_032);
  });

  it('makes no two rows one place: those told apart by type are flagged, the others refused', () => {
    const twice = withCode(result(), 'place-named-twice');
    expect(twice.filter(({ severity }) => severity === 'refused').map(({ row }) => row)).toEqual([
      2218, 2219, 2220, 2221, 2222,
    ]);
    expect(twice.filter(({ severity }) => severity === 'flagged').map(({ row }) => row)).toEqual([450, 2427, 2440]);
    const places = eventsOf(result(), 'place.described').map(({ subject }) => subject);
    expect(new Set(places).size).toBe(places.length);
    expect(places).toHaveLength(3_539 - 5);
  });

  it('keeps no address, postcode, contact or department, and names the columns', () => {
    const names = withCode(result(), 'column-not-kept').map(({ found }) => found);
    for (const column of [
      'Address 1',
      'Postcode',
      'Email or website',
      'Department',
      'Unique property reference number',
    ])
      expect(names).toContain(column);
    expect(JSON.stringify(result())).not.toMatch(/[\w.]@[\w-]+\.\w/);
  });

  it('says every status of which it does not know whether the library was open', () => {
    expect(said(result(), 'noted').filter((text) => text.includes('not-told')).length).toBeGreaterThan(0);
    expect(withCode(result(), 'told-otherwise')).toEqual([]);
  });
});

describeWithRealData('Newcastle, its libraries and their hours', (readReal) => {
  const NEWCASTLE = { authority: 'E08000021', on: '2024-09-24' };

  it('has 13 libraries with 258 computers and Wi-Fi in each', () => {
    const result = importBytes(currentLibraries, readReal('newcastle/current-libraries.csv'), NEWCASTLE);
    expect(refusals(result)).toEqual([]);
    const statuses = eventsOf(result, 'service-point.status').map(({ data }) => data);
    const numbers = textOf(readReal('newcastle/current-libraries.csv')).trim().split(/\r?\n/).slice(1);
    expect(statuses).toHaveLength(13);
    expect(sum(statuses.map(({ computers }) => computers ?? 0))).toBe(
      sum(numbers.map((line) => Number(line.split(',')[3]))),
    );
    expect(statuses.every(({ wifi }) => wifi === 'yes')).toBe(true);
  });

  it('has the hours that add up to the total of each year, and refuses the total', () => {
    const FILE = 'opening-hours-per-week.csv';
    const result = importBytes(openingHoursByYear, readReal(`newcastle/${FILE}`), NEWCASTLE, { fileName: FILE });
    expect(refusals(result)).toEqual(['r21 Library totals-row']);
    const hours = (year: number) =>
      sum(
        eventsOf(result, 'service-point.status')
          .filter(({ data }) => data.on === `${year}-03-31`)
          .map(({ data }) => data.hoursPerWeek ?? 0),
      );
    // 2020 is 8 hours short of nothing: the file gives Blakelaw 0 there, which is read as closed.
    expect([2010, 2013, 2019, 2020, 2022].map((year) => Math.round(hours(year) * 10) / 10)).toEqual([
      797.1, 723.3, 305.5, 297.5, 0,
    ]);
    const closed = eventsOf(result, 'service-point.status').filter(({ data }) => data.open === 'closed');
    expect(
      closed.some(({ subject, data }) => subject === 'E08000021/dinnington-library' && data.on === '2014-03-31'),
    ).toBe(true);
    expect(withCode(result, 'no-data').every(({ found }) => found.includes('2022'))).toBe(true);
  });
});

describeWithRealData('Toronto', (readReal) => {
  const folder = 'toronto-public-library';
  const VISITS = `${folder}/tpl-visits-annual-by-branch-2012-2022.csv`;
  const SESSIONS = `${folder}/tpl-workstation-usage-annual-by-branch-2012-2017.csv`;
  const BRANCHES = `${folder}/tpl-branch-general-information-2023.csv`;
  const OPTIONS = { authority: 'CA-OTP', on: '2023-12-31' };
  const yearly = (result: ImportResult, year: number) =>
    sum(
      eventsOf(result, 'figure.published')
        .filter(({ data }) => data.window === `${year}-01-01/P1Y`)
        .map(({ data }) => data.value),
    );

  it.each([
    [2012, 18_872_613],
    [2019, 17_248_761],
    [2020, 5_557_751],
    [2022, 9_566_486],
  ])('quotes the visits of each branch, which in %i are those of the whole', (year, total) => {
    const result = importBytes(annualByBranch, readReal(VISITS), OPTIONS);
    expect(refusals(result)).toEqual([]);
    expect(result.events).toHaveLength(1_129);
    expect(yearly(result, year)).toBe(total);
  });

  it('quotes 598 counts of workstation sessions', () => {
    const result = importBytes(annualByBranch, readReal(SESSIONS), OPTIONS);
    expect(result.events).toHaveLength(598);
    const lines = textOf(readReal(SESSIONS))
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(yearly(result, 2015)).toBe(
      sum(lines.filter(([, year]) => year === '2015').map(([, , , sessions]) => Number(sessions))),
    );
  });

  it('describes 100 branches by the codes of the counts, and refuses 12 that are no building, of which four have counts', () => {
    const branches = importBytes(branchInformation, readReal(BRANCHES), OPTIONS);
    expect(eventsOf(branches, 'place.described')).toHaveLength(100);
    expect(withCode(branches, 'level-unknown')).toHaveLength(12);
    const described = new Set(eventsOf(branches, 'place.described').map(({ subject }) => subject));
    const counted = new Set(
      importBytes(annualByBranch, readReal(VISITS), OPTIONS).events.map(
        (event) => (event as { subject: string }).subject,
      ),
    );
    expect([...counted].filter((place) => !described.has(place)).sort()).toEqual([
      'CA-OTP/bkone',
      'CA-OTP/me',
      'CA-OTP/os',
      'CA-OTP/sb',
    ]);
  });
});

describeWithRealData('which format is which', (readReal) => {
  it.each([
    ['geography/mye24tablesew.csv', populationEstimates],
    ['geography/uk_local_authorities.csv', authorityRegister],
    ['geography/authorities_imd_population_2016.csv', deprivationAverages],
    ['geography/localauthoritynearestneighboursengland.csv', nearestNeighbours],
    ['basic-dataset-libraries-2023/basic-dataset-for-libraries-2023-enhanced.csv', librariesBasicDataset],
    ['newcastle/current-libraries.csv', currentLibraries],
    ['newcastle/opening-hours-per-week.csv', openingHoursByYear],
    ['toronto-public-library/tpl-visits-annual-by-branch-2012-2022.csv', annualByBranch],
    ['toronto-public-library/tpl-workstation-usage-annual-by-branch-2012-2017.csv', annualByBranch],
    ['toronto-public-library/tpl-branch-general-information-2023.csv', branchInformation],
  ])('%s', (path, importer) => {
    const fileName = path.split('/').at(-1) ?? '';
    const { header, rows } = readTable({ fileName, bytes: readReal(path) });
    expect(detectFormat(header, fileName, {}, rows.slice(0, 20)).format).toBe(importer.format);
  });
});
