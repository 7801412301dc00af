/** Registers and reference lists that are made up: what each cell may hold, and what becomes of every other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityEvent, typeOf, type EventOf, type FactKind } from '../../../contracts/activityEvent.ts';
import { sha256Of } from '../../../src/files/readTable.ts';
import { annualByBranch } from '../../../src/importers/usage/annualByBranch.ts';
import { authorityRegister } from '../../../src/importers/registers/authorityRegister.ts';
import { branchInformation } from '../../../src/importers/registers/branchInformation.ts';
import { currentLibraries } from '../../../src/importers/registers/currentLibraries.ts';
import { deprivationAverages } from '../../../src/importers/registers/deprivationAverages.ts';
import type { ImportOptions, ImportResult, TableImporter } from '../../../src/importers/importer.ts';
import { librariesBasicDataset } from '../../../src/importers/registers/librariesBasicDataset.ts';
import { libraryAuthorities } from '../../../src/importers/registers/libraryAuthorities.ts';
import { nearestNeighbours } from '../../../src/importers/registers/nearestNeighbours.ts';
import { openingHoursByYear } from '../../../src/importers/registers/openingHoursByYear.ts';
import { populationEstimates } from '../../../src/importers/registers/populationEstimates.ts';
import { bytesOf, importBytes, importText, refusals, said, withCode } from './importing.ts';

const eventsOf = <K extends FactKind>({ events }: ImportResult, kind: K): readonly EventOf<K>[] =>
  events.filter((event): event is Extract<typeof event, EventOf<K>> => event.type === typeOf(kind));
const subjects = ({ events }: ImportResult): string[] =>
  events.map((event) => ('subject' in event ? event.subject : ''));

/** Single years from 0 to 17 and an open last one; each as many as given. */
const AGES = [...Array.from({ length: 18 }, (_, age) => `${age}`), '18+'];
const people = (code: string, each = 10, all = each * AGES.length): string =>
  [code, 'A place', all, ...AGES.map(() => each)].join(',');
const POPULATION = ['Code', 'Name', 'All ages', ...AGES].join(',');

describe('population estimates', () => {
  const read = (rows: readonly string[], options: ImportOptions = { on: '2024-06-30' }, fileName = 'people.csv') =>
    importText(populationEstimates, [POPULATION, ...rows].join('\n'), options, { fileName });

  it('are four numbers of an area, each with the cells that it was added up from', () => {
    const found = eventsOf(read([people('E08000021')]), 'reference.population').map(({ data }) => data);
    expect(
      found.map(({ ages, population, provenance }) => [ages, population, provenance?.column, provenance?.raw, provenance?.columns]), // prettier-ignore
    ).toEqual([
      ['all', 190, 'All ages', '190', undefined],
      ['0-11', 120, '0', '10', AGES.slice(0, 12)],
      ['12-17', 60, '12', '10', AGES.slice(12, 18)],
      ['18-plus', 10, '18+', '10', undefined],
    ]);
  });

  it('are refused where the years do not add up to all ages, or a cell is no count', () => {
    expect(refusals(read([people('E08000021', 10, 191)]))).toEqual(['r2 All ages parts-disagree']);
    expect(refusals(read([people('E08000021').replace(',190,10', ',190,*')]))).toEqual(['r2 0 not-a-whole-number']);
    expect(refusals(read([people('E08000021').replace(',190,', ',,')]))).toEqual(['r2 All ages not-a-whole-number']);
  });

  it('are of everybody: rows of women or of men alone are refused', () => {
    const text = [`${POPULATION},Sex`, ...['F', 'Male', 'Persons'].map((sex, at) => `${people(`E0800002${at + 1}`)},${sex}`)].join('\n'); // prettier-ignore
    const result = importText(populationEstimates, text, { on: '2024-06-30' });
    expect(refusals(result)).toEqual(['r2 Sex word-unknown', 'r3 Sex word-unknown']);
    expect(result.events).toHaveLength(4);
  });

  it('are of the day that is given, or of the middle of the year in the name of the file', () => {
    expect(refusals(read([people('E08000021')], {}))).toEqual(['r1 * day-not-given']);
    const named = read([people('E08000021')], {}, 'mye23.csv');
    expect(eventsOf(named, 'reference.population')[0]?.data.on).toBe('2023-06-30');
    const both = read([people('E08000021')], { on: '2022-06-30' }, 'mye23.csv');
    expect(eventsOf(both, 'reference.population')[0]?.data.on).toBe('2022-06-30');
    expect(withCode(both, 'day-disagrees')).toHaveLength(1);
  });

  it('are refused as a whole where a year is missing, or the last is not open', () => {
    for (const header of [
      POPULATION.replace(',7,', ',70,'),
      POPULATION.replace('18+', '18'),
      POPULATION.replace(',7,', ',6,'),
    ]) {
      const result = importText(populationEstimates, `${header}\n${people('E08000021')}`, { on: '2024-06-30' });
      expect(result.events, header).toEqual([]);
      expect(refusals(result), header).toContain('r1 * column-missing');
    }
  });

  it('are of nine-character codes, each once', () => {
    const result = read([
      people('E08000021'),
      people('E08000021', 20),
      people('Newcastle'),
      people('E12000001'),
      people('E12000001'),
    ]);
    expect(new Set(subjects(result))).toEqual(new Set(['E12000001']));
    expect(refusals(result)).toEqual([
      'r4 Code place-unknown',
      'r6 Code row-repeated',
      'r2 Code row-contradicted',
      'r3 Code row-contradicted',
    ]);
  });
});

const REGISTER =
  'local-authority-code,nice-name,gss-code,start-date,end-date,replaced-by,former-gss-codes,region,local-authority-type,county-la';
describe('a register of authorities', () => {
  const read = (rows: readonly string[], options: ImportOptions = { on: '2023-12-01' }) =>
    importText(authorityRegister, [REGISTER, ...rows].join('\n'), options);
  const changes = (result: ImportResult) =>
    eventsOf(result, 'place.succeeded').map(({ subject, data }) =>
      [subject, data.on, data.by.join(), data.change].join(' '),
    );

  const NEW = 'N,New,E06000001,2020-04-01,,,,North East,UA,';
  it('tells by the successor whether an end-date is the last day or the day after', () => {
    const result = read([
      'A,Old,E07000001,1974-04-01,2020-03-31,N,,,NMD,',
      'B,Other,E07000002,1974-04-01,2020-04-01,N,,,NMD,',
      NEW,
    ]);
    expect(eventsOf(result, 'place.described').map(({ data }) => data.until)).toEqual([
      '2020-03-31',
      '2020-03-31',
      undefined,
    ]);
    expect(changes(result)).toEqual(['E07000001 2020-04-01 E06000001 merged', 'E07000002 2020-04-01 E06000001 merged']);
  });

  it('records neither where it cannot be told', () => {
    const result = read([
      'A,Old,E07000001,1974-04-01,2019-12-31,N,,,NMD,',
      'B,Gone,E07000002,1974-04-01,2020-04-01,,,,NMD,',
      NEW,
    ]);
    expect(changes(result)).toEqual([]);
    expect(eventsOf(result, 'place.described').map(({ data }) => data.until)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(withCode(result, 'day-unknown').map(({ row, severity }) => [row, severity])).toEqual([
      [2, 'flagged'],
      [3, 'flagged'],
    ]);
  });

  it('a county that became one authority with all its districts is recoded; with one elsewhere, or one left, merged', () => {
    const county = 'C,County,E10000001,1974-04-01,2020-03-31,N,,,CTY,';
    const district = (code: string, by: string) =>
      `D${code},District,E0700000${code},1974-04-01,2020-03-31,${by},,,NMD,C`;
    const whole = read([county, district('1', 'N'), district('2', 'N'), NEW]);
    expect(changes(whole)[0]).toBe('E10000001 2020-04-01 E06000001 recoded');
    const part = read([county, district('1', 'N'), district('2', 'M'), NEW, 'M,More,E06000002,2020-04-01,,,,,UA,']);
    expect(changes(part)[0]).toBe('E10000001 2020-04-01 E06000001 merged');
    const left = read([county, district('1', 'N'), 'D2,District,E07000002,1974-04-01,,,,,NMD,C', NEW]);
    expect(changes(left)[0]).toBe('E10000001 2020-04-01 E06000001 merged');
  });

  it('refuses unknown successors, unions, missing codes, impossible days, and makes up no day for another code', () => {
    const result = read([
      'A,Old,E07000001,1974-04-01,2020-03-31,Z,,,NMD,',
      'U,Union,E47000001,2014-04-01,,,,,COMB,',
      'X,Nameless,,1974-04-01,,,,,NMD,',
      'Y,Backwards,E07000003,2020-04-01,2019-04-01,,,,NMD,',
      'W,Words,E07000004,01/04/1974,,,,,NMD,',
      'G,Recoded,E08000037,1974-04-01,,,E08000020,,MD,',
    ]);
    expect(refusals(result)).toEqual([
      'r3 local-authority-type level-unknown',
      'r4 gss-code value-missing',
      'r5 end-date end-before-start',
      'r6 start-date not-a-date',
      'r2 replaced-by place-unknown',
    ]);
    expect(changes(result)).toEqual([]);
    expect(said(result, 'flagged')).toEqual(['flagged r7 [former-gss-codes] day-unknown "E08000020"']);
  });

  it('describes one without a first day on the day of the register, and refuses it without that', () => {
    const rows = ['A,Old,E07000001,,,,,,NMD,'];
    expect(eventsOf(read(rows), 'place.described')[0]?.data.on).toBe('2023-12-01');
    expect(read(rows, {}).events).toEqual([]);
    expect(refusals(read(rows, {}))).toEqual(['r1 * day-not-given']);
  });
});

describe('a list of library authorities', () => {
  const read = (document: unknown, options: ImportOptions = { on: '2024-04-01' }) =>
    libraryAuthorities.read({ fileName: 'authorities.json', sha256: sha256Of(bytesOf('')), options, document });
  const NEWCASTLE = {
    code: 'E08000021',
    name: 'Newcastle City Council',
    nice_name: 'Newcastle',
    region: 'North East',
    nation: 'England',
  };

  it('refuses what is no authority, a nation that is another, and a name that is none, at its key', () => {
    const result = read([
      NEWCASTLE,
      { ...NEWCASTLE, code: 'E12000001' },
      { ...NEWCASTLE, nation: 'Wales' },
      { ...NEWCASTLE, nice_name: '' },
      { ...NEWCASTLE, code: 7 },
      { ...NEWCASTLE, nice_name: 'Two\u0000lines' },
    ]);
    expect(subjects(result)).toEqual(['E08000021']);
    expect(refusals(result)).toEqual([
      'r2 code authority-unknown',
      'r3 nation authority-other',
      'r4 nice_name value-missing',
      'r5 code word-unknown',
      'r6 nice_name word-unknown',
    ]);
  });

  it.each([[{}], [[]], ['text'], [null], [[1]], [[{ code: 'E08000021' }]]])('%j is not recognised', (document) => {
    const source = { fileName: 'x.json', sha256: '', options: {}, document };
    expect(libraryAuthorities.recognises(source)).toBe(0);
    expect(read(document).events).toEqual([]);
  });
});

describe('averages of deprivation deciles', () => {
  const read = (text: string, on = '2016-04-01') => importText(deprivationAverages, text, { on });

  it('are of the edition that was the last by the day', () => {
    const text = 'code,multiple,income,health\nE08000021,3.932,4.1,2.673';
    const indexOn = (on: string) => eventsOf(read(text, on), 'reference.deprivation')[0]?.data.index;
    expect([indexOn('2015-09-30'), indexOn('2019-09-25'), indexOn('2019-09-26')]).toEqual([
      'imd-2015',
      'imd-2015',
      'imd-2019',
    ]);
    expect(refusals(read(text, '2009-01-01'))).toEqual(['r1 * option-unusable']);
  });

  it('take neither of two columns of one name, refuse a mean that can be none, and no population', () => {
    const result = read(
      'code,multiple,education,education,health,population\nE08000021,3.932,4.1,2.6,0.9,200000\nNewcastle,3,1,1,1,1',
    );
    expect(eventsOf(result, 'reference.deprivation').map(({ data }) => [data.domain, data.meanDecile])).toEqual([
      ['multiple', 3.932],
    ]);
    expect(refusals(result)).toEqual([
      'r1 education column-repeated',
      'r2 health not-a-number',
      'r3 code authority-unknown',
    ]);
    expect(withCode(result, 'column-not-kept').map(({ found }) => found)).toEqual(['population']);
  });
});

describe('nearest neighbours', () => {
  const read = (rows: readonly string[], header = 'Code,Name,Neighbour 1,Neighbour 2,Neighbour 3') =>
    importText(nearestNeighbours, [header, ...rows].join('\n'), { on: '2023-04-01' });

  it('keep their order, by the numbers of the columns', () => {
    const result = read(['E06000001,E08000003,E08000001,E08000002,A'], 'Code,Neighbour 3,Neighbour 1,Neighbour 2,Name');
    expect(eventsOf(result, 'reference.neighbours')[0]?.data.neighbours).toEqual([
      'E08000001',
      'E08000002',
      'E08000003',
    ]);
  });

  it('refuse an authority beside itself, one named twice, a code that is none, and a gap', () => {
    const result = read([
      'E06000001,A,E06000001,E08000002,E08000003',
      'E06000002,B,E08000002,E08000002,E08000003',
      'E06000003,C,E08000002,Gateshead,E08000003',
      'E06000004,D,E08000002,,E08000003',
      'E06000005,E,E08000002,E08000003,',
      'E06000006,F,,,',
    ]);
    expect(subjects(result)).toEqual(['E06000005']);
    expect(refusals(result)).toEqual([
      'r2 Neighbour 1 row-repeated',
      'r3 Neighbour 2 row-repeated',
      'r4 Neighbour 2 authority-unknown',
      'r5 Neighbour 3 value-missing',
      'r7 Neighbour 1 value-missing',
    ]);
  });

  it('are refused as a whole where a number is missing', () => {
    expect(refusals(read(['E06000001,A,E08000002,E08000003'], 'Code,Name,Neighbour 1,Neighbour 3'))).toContain(
      'r1 * column-missing',
    );
  });
});

const LIBRARIES =
  'Reporting service code,Name,Type,Statutory in 2016,Statutory in 2023,Operation in 2016,Operation in 2023,Year opened,Year closed,Hours open per week,Staffed hours per week,Co-located,Email or website';
describe('the basic dataset for libraries', () => {
  const read = (rows: readonly string[], options: ImportOptions = {}, header = LIBRARIES) =>
    importText(librariesBasicDataset, [header, ...rows].join('\n'), options);
  const row = (
    name: string,
    more: Partial<Record<'type' | 'years' | 'opened' | 'closed' | 'hours' | 'staffed' | 'shared', string>> = {},
  ) =>
    [
      'E08000021',
      name,
      more.type ?? 'Static Library',
      more.years ?? 'Yes,Yes,LA,LA',
      more.opened ?? '',
      more.closed ?? '',
      more.hours ?? '40',
      more.staffed ?? '30',
      more.shared ?? 'No',
      'someone@example.org',
    ].join(',');
  const statuses = (result: ImportResult) =>
    eventsOf(result, 'service-point.status').map(({ data }) =>
      [data.on, data.open, data.statutory, data.runBy].filter((each) => each !== undefined).join(' '),
    );

  it('gives the status of each year as of the day on which services were asked', () => {
    const result = read([row('City')]);
    expect(statuses(result)).toEqual(['2016-07-01 open yes authority', '2023-12-31 open yes authority']);
    const [, latest] = eventsOf(result, 'service-point.status');
    expect(latest?.data).toMatchObject({ kind: 'static', hoursPerWeek: 40, staffedHoursPerWeek: 30, coLocated: 'no' });
    expect(eventsOf(result, 'service-point.status')[0]?.data).not.toHaveProperty('hoursPerWeek');
    expect(statuses(read([row('City')], { on: '2023-03-31' }))[1]).toContain('2023-03-31');
    expect(refusals(read([row('City')], { on: '2022-03-31' }))).toEqual(['r1 * option-unusable']);
    expect(JSON.stringify(result)).not.toContain('example.org');
  });

  it.each([
    [
      'no longer statutory and still run',
      'Yes,No,LA,CR',
      '',
      ['2016-07-01 open yes authority', '2023-12-31 open no community'],
    ],
    ['closed by 2023', 'yes,no,C,', '2018', ['2016-07-01 open yes commissioned', '2023-12-31 closed no']],
    [
      'run up to the end of its last year',
      'Yes,No,LA,LA',
      '2023',
      ['2016-07-01 open yes authority', '2023-12-31 open no authority'],
    ],
    ['statutory, and by whom is not said', 'Yes,YES,,', '', ['2016-07-01 open yes', '2023-12-31 open yes']],
    ['nothing that tells', 'No,No,,LAU', '', ['2023-12-31 open no authority-unstaffed']],
  ])('%s', (_, years, closed, expected) => {
    expect(statuses(read([row('City', { years, closed })]))).toEqual(expected);
  });

  it('names the rows that do not tell whether they were open, but not those that had not opened', () => {
    const untold = read([row('A', { years: 'No,No,,' }), row('B', { years: 'No,Yes,,LA', opened: '2019' })]);
    expect(withCode(untold, 'not-told').map(({ row: at, cell }) => [at, cell])).toEqual([
      [2, 'Operation in 2016'],
      [2, 'Operation in 2023'],
    ]);
  });

  it('refuses words, years and hours that are none, and an operator after the closing', () => {
    const result = read([
      row('A', { years: 'Perhaps,Yes,LA,LA' }),
      row('B', { years: 'Yes,Yes,XX,LA' }),
      row('C', { closed: '18' }),
      row('D', { hours: '200' }),
      row('E', { years: 'Yes,Yes,LA,LA', closed: '2010' }),
      row('F', { type: 'Cinema' }),
      row('Total'),
      row('G', { hours: '20', staffed: '30' }),
    ]);
    expect(refusals(result)).toEqual([
      'r2 Statutory in 2016 word-unknown',
      'r3 Operation in 2016 word-unknown',
      'r4 Year closed year-unusable',
      'r6 Operation in 2016 told-otherwise',
      'r6 Operation in 2023 told-otherwise',
      'r7 Type word-unknown',
      'r8 Name totals-row',
      'r5 Hours open per week not-a-number',
    ]);
    expect(withCode(result, 'parts-disagree')).toHaveLength(1);
  });

  it('never makes two libraries one place', () => {
    const result = read([
      row('Central'),
      row('Central', { type: 'Archive' }),
      row('Mobile', { type: 'Mobile Library', hours: '10', staffed: '10' }),
      row('Mobile', { type: 'Mobile Library', hours: '12', staffed: '12' }),
      row('Kenton'),
      row('Kenton'),
    ]);
    expect(eventsOf(result, 'place.described').map(({ subject }) => subject)).toEqual([
      'E08000021/central',
      'E08000021/central-archive',
      'E08000021/kenton',
    ]);
    expect(refusals(result)).toEqual([
      'r7 Name row-repeated',
      'r4 Name place-named-twice',
      'r5 Name place-named-twice',
    ]);
    expect(said(result, 'flagged').map((text) => text.slice(0, 36))).toEqual(['flagged r3 [Name] place-named-twice ']);
  });

  it('takes any years, and names of authorities by their codes only', () => {
    const header = 'Reporting service,Name,Type,Statutory in 2031,Operation in 2031';
    const unknown = read(['Newcastle City Council,City,Static Library,Yes,LA'], {}, header);
    expect(refusals(unknown)).toEqual(['r2 Reporting service authority-unknown']);
    const known = read(
      ['Newcastle City Council,City,Static Library,Yes,LA'],
      { authorities: { 'Newcastle City Council': 'E08000021' } },
      header,
    );
    expect(statuses(known)).toEqual(['2031-12-31 open yes authority']);
  });
});

describe('the libraries that a service has now', () => {
  const HEADER = 'Library,Type,Computer Provision,No of PCs,Wi-Fi Provision,Latitude,Longitude';
  const read = (rows: readonly string[], options: ImportOptions = { authority: 'E08000021', on: '2024-09-24' }) =>
    importText(currentLibraries, [HEADER, ...rows].join('\n'), options);

  it('need an authority and a day', () => {
    expect(refusals(read(['City,Library,x,90,Public Wi-Fi,54.9,-1.6'], {}))).toEqual([
      'r1 * option-unusable',
      'r1 * day-not-given',
    ]);
  });

  it('go by the names that are given for them', () => {
    const options = { authority: 'E08000021', on: '2024-09-24', libraries: { Cruddas: 'cruddas-park' } };
    expect(subjects(read(['Cruddas,Library,x,12,Public Wi-Fi,54.9,-1.6'], options))).toContain(
      'E08000021/cruddas-park',
    );
  });

  it('refuse what is no number, no word and no place, and keep the rest of a row without coordinates', () => {
    const result = read([
      'A,Library,x,1.5,Public Wi-Fi,54.9,-1.6',
      'B,Library,x,8,perhaps,54.9,-1.6',
      'C,Library,x,8,Public Wi-Fi,154.9,-1.6',
      'D,Cafe,x,8,,,',
      ' Total,Library,x,98,,,',
    ]);
    expect(refusals(result)).toEqual([
      'r2 No of PCs not-a-whole-number',
      'r3 Wi-Fi Provision word-unknown',
      'r6 Library totals-row',
      'r4 Latitude coordinates-unusable',
    ]);
    expect(said(result, 'flagged')).toEqual(['flagged r5 [Type] category-unmapped "Cafe"']);
    expect(eventsOf(result, 'service-point.status').map(({ data }) => data.computers)).toEqual([8, 8]);
  });
});

describe('opening hours by year', () => {
  const read = (text: string, options: ImportOptions = { authority: 'E08000021' }) =>
    importText(openingHoursByYear, text, options, { fileName: 'opening-hours.csv' });
  const saidBy = (result: ImportResult) =>
    eventsOf(result, 'service-point.status').map(({ subject, data }) =>
      [subject.slice(10), data.on, data.open, data.hoursPerWeek].filter((each) => each !== undefined).join(' '),
    );

  it('are hours, closed, or nothing where blank; 0 is closed, unless it is said to be none', () => {
    const text = 'Library,2020,2021,2022\nCity,45,closed,\nKenton,0,18.5,x';
    expect(saidBy(read(text))).toEqual([
      'city 2020-03-31 open 45',
      'city 2021-03-31 closed',
      'kenton 2020-03-31 closed',
      'kenton 2021-03-31 open 18.5',
    ]);
    expect(refusals(read(text))).toEqual(['r3 2022 not-a-number']);
    expect(saidBy(read(text, { authority: 'E08000021', zero: 'count' }))).toContain('kenton 2020-03-31 open 0');
  });

  it('are not doubled by a total, named or not', () => {
    const rows = 'Library,2020,2021,2022\nCity,45.5,45.5,40\nKenton,20,18.5,18\nWalker,30,31,32';
    for (const name of ['Total', 'Newcastle'])
      expect(refusals(read(`${rows}\n${name},95.5,95,90`))).toEqual(['r5 Library totals-row']);
  });

  it('of two rows of one library are refused where they differ', () => {
    expect(refusals(read('Library,2020\nCity,45\nCity,46'))).toEqual([
      'r2 Library row-contradicted',
      'r3 Library row-contradicted',
    ]);
  });
});

describe('activity of branches by calendar year', () => {
  const read = (
    rows: readonly string[],
    options: ImportOptions = { authority: 'CA-OTP' },
    header = '_id,Year,BranchCode,Visits',
  ) => importText(annualByBranch, [header, ...rows].join('\n'), options);

  it('is quoted for the branch and the year, and never a count', () => {
    const [event] = eventsOf(read(['1,2012,AB,522309']), 'figure.published');
    expect(event).toMatchObject({
      subject: 'CA-OTP/ab',
      data: {
        statistic: 'visits',
        window: '2012-01-01/P1Y',
        value: 522_309,
        unit: 'visits',
        survey: false,
        reference: 'visits-2012-ab',
        provenance: { row: 2, column: 'Visits', raw: '522309' },
      },
    });
    const sessions = read(['1,2012,AB,132024'], { authority: 'CA-OTP' }, '_id,Year,BranchCode,Sessions');
    expect(eventsOf(sessions, 'figure.published')[0]?.data.statistic).toBe('workstation-sessions');
  });

  it('refuses years and counts that are none, two counts of one year, and totals', () => {
    const result = read([
      '1,12,AB,5',
      '2,2012,AB,*',
      '3,2012,AC,',
      '4,2012,AD,"1,234"',
      '5,2012,AE,5',
      '6,2012,AE,6',
      '7,2012,Total,11',
      '8,2013,AE,7',
      '9,2013,AE,7',
    ]);
    expect(subjects(result)).toEqual(['CA-OTP/ae']);
    expect(refusals(result)).toEqual([
      'r2 Year year-unusable',
      'r3 Visits not-a-whole-number',
      'r4 Visits not-a-whole-number',
      'r5 Visits not-a-whole-number',
      'r8 BranchCode totals-row',
      'r10 Visits row-repeated',
      'r6 Visits row-contradicted',
      'r7 Visits row-contradicted',
    ]);
  });

  it('refuses a row that is the sum of the others of its year', () => {
    const rows = ['2012', '2013', '2014'].flatMap((year, at) => [
      `1,${year},A,${100 + at}`,
      `2,${year},B,200`,
      `3,${year},ALLB,${300 + at}`,
    ]);
    expect(new Set(subjects(read(rows)))).toEqual(new Set(['CA-OTP/a', 'CA-OTP/b']));
  });
});

describe('the branches of a library system', () => {
  const read = (rows: readonly string[]) =>
    importText(
      branchInformation,
      ['BranchCode,PhysicalBranch,BranchName,Address,Telephone,Lat,Long,Workstations', ...rows].join('\n'),
      { authority: 'CA-OTP', on: '2023-12-31' },
    );

  it('go by their codes, and nothing of addresses and telephones is kept', () => {
    const result = read([
      'AB,1,Albion,1 A Street,416-000-0000,43.7,-79.5,38',
      'AL,0,Answerline,,416-000-0001,,,',
      'AC,1,Annex,,,43.7,-79.5,',
      'AD,maybe,Alder,,,43.7,-79.5,x',
    ]);
    expect(eventsOf(result, 'place.described').map(({ subject, data }) => [subject, data.name])).toEqual([
      ['CA-OTP/ab', 'Albion'],
      ['CA-OTP/ac', 'Annex'],
    ]);
    expect(eventsOf(result, 'service-point.status').map(({ data }) => data.computers)).toEqual([38, undefined]);
    expect(refusals(result)).toEqual([
      'r3 PhysicalBranch level-unknown',
      'r5 PhysicalBranch word-unknown',
      'r5 Workstations not-a-whole-number',
    ]);
    expect(JSON.stringify(result)).not.toContain('416');
  });
});

/** Sound files of each format, to be spoilt. */
const SOUND: readonly (readonly [string, TableImporter, string, ImportOptions])[] = [
  [
    'people.csv',
    populationEstimates,
    [POPULATION, people('E08000021'), people('E08000037', 7), people('E06000001', 3)].join('\n'),
    { on: '2024-06-30' },
  ],
  [
    'register.csv',
    authorityRegister,
    `${REGISTER}\nA,Old,E07000001,1974-04-01,2020-03-31,N,,East,NMD,\nN,New,E06000001,2020-04-01,,,,North East,UA,\nM,More,E06000002,2020-04-01,,,,,UA,`,
    { on: '2023-12-01' },
  ],
  [
    'imd.csv',
    deprivationAverages,
    'code,name,multiple,income,health\nE08000021,N,3.932,4.1,2.673\nE08000037,G,3.9,4.2,2.6\nE06000001,H,1.5,2.5,3.5',
    { on: '2016-04-01' },
  ],
  [
    'neighbours.csv',
    nearestNeighbours,
    'Code,Name,Neighbour 1,Neighbour 2\nE06000001,A,E06000002,E06000003\nE06000002,B,E06000001,E06000003\nE06000003,C,E06000001,E06000002',
    { on: '2023-04-01' },
  ],
  [
    'basic.csv',
    librariesBasicDataset,
    'Reporting service code,Name,Type,Statutory in 2023,Operation in 2023,Hours open per week\nE08000021,City,Static Library,Yes,LA,45\nE08000021,Kenton,Static Library,No,CR,20\nE08000021,Walker,Static Library,Yes,C,30',
    {},
  ],
  [
    'current.csv',
    currentLibraries,
    'Library,Type,No of PCs,Latitude,Longitude\nCity,Library,90,54.9,-1.6\nKenton,Library,14,55.0,-1.65\nWalker,Library,7,54.97,-1.5',
    { authority: 'E08000021', on: '2024-09-24' },
  ],
  [
    'hours.csv',
    openingHoursByYear,
    'Library,2020,2021\nCity,45,45.5\nKenton,20,20\nWalker,30,31',
    { authority: 'E08000021' },
  ],
  [
    'annual.csv',
    annualByBranch,
    '_id,Year,BranchCode,Visits\n1,2012,AB,1000\n2,2012,AC,2500\n3,2013,AB,1100',
    { authority: 'CA-OTP' },
  ],
  [
    'branches.csv',
    branchInformation,
    'BranchCode,PhysicalBranch,BranchName,Workstations\nAB,1,Albion,38\nAC,1,Annex,11\nAD,1,Alder,7',
    { authority: 'CA-OTP', on: '2023-12-31' },
  ],
];

/** What the events say, apart from where they stood. */
const facts = ({ events }: ImportResult): string[] =>
  events.map((event) => {
    const { subject, type, data } = event as EventOf<'service-point.status'>;
    const { provenance: _, ...rest } = data;
    return JSON.stringify([type, subject, rest]);
  });

describe.each(SOUND)('%s on a bad day', (fileName, importer, text, options) => {
  const read = (changed: string) => importBytes(importer, bytesOf(changed), options, { fileName });
  const sound = read(text);
  const [header = '', ...rows] = text.split('\n');

  it('is sound, and recognised', () => {
    expect(refusals(sound)).toEqual([]);
    expect(sound.events.length).toBeGreaterThan(2);
    expect(importer.recognises({ fileName, header: header.split(','), rows: [], options })).toBeGreaterThan(0.8);
  });

  it('says the same with other line ends, a byte order mark, turned columns, and headers in other letters', () => {
    const turned = text
      .split('\n')
      .map((line) => line.split(',').reverse().join(','))
      .join('\n');
    for (const changed of [
      text.replaceAll('\n', '\r'),
      text.replaceAll('\n', '\r\n'),
      `\ufeff${text}`,
      turned,
      `${header.toUpperCase()}\n${rows.join('\n')}`,
    ])
      expect(facts(read(changed)).sort()).toEqual(facts(sound).sort());
  });

  it('says nothing twice with a block pasted twice and a header in the middle, and names what it left', () => {
    const twice = read([header, ...rows, header, ...rows].join('\n'));
    expect(facts(twice).sort()).toEqual(facts(sound).sort());
    expect(refusals(twice).length).toBeGreaterThanOrEqual(rows.length + 1);
  });

  it('gives nothing with a blank header over its first column, unless that is of no use', () => {
    const first = header.split(',')[0] ?? '';
    const blank = read(text.replace(first, ''));
    // The number of a row is needed by nobody.
    if (first === '_id') expect(facts(blank)).toEqual(facts(sound));
    else expect(blank.events).toEqual([]);
  });

  it.each(['*', 'x', '..', 'closed', '1,234', 'N/A', '03/04/2019', '-5', '1e3', 'nan'])(
    'takes no figure from %s',
    (mark) => {
      for (const [at, row] of rows.entries()) {
        const cells = row.split(',');
        for (const column of cells.keys()) {
          // Degrees may be below nothing: every other number here is refused then.
          if (!/^[\d.-]+$/.test(cells[column] ?? '') || /itude/.test(header.split(',')[column] ?? '')) continue;
          const spoilt = cells.map((cell, each) => (each === column ? `"${mark}"` : cell)).join(',');
          const result = read([header, ...rows.map((each, i) => (i === at ? spoilt : each))].join('\n'));
          const extra = facts(result).filter((fact) => !facts(sound).includes(fact));
          // What the spoilt cell was of is left out or refused: nothing that is new is a number.
          const told = result.findings.filter(({ severity }) => severity !== 'noted').length + extra.length;
          expect(
            told === 0 && facts(result).length === facts(sound).length && header.split(',')[column] !== '_id',
            spoilt,
          ).toBe(false);
          for (const fact of extra) expect(fact).not.toContain(mark === '1,234' ? '1234' : `:${mark}`);
        }
      }
    },
  );
});

describe('a list of library authorities that is junk', () => {
  it('never throws, and never breaks the contract', () => {
    const value = fc.oneof(
      fc.constantFrom('E08000021', 'England', 'Newcastle', ''),
      fc.string({ unit: 'grapheme' }),
      fc.anything(),
    );
    const entry = fc.dictionary(fc.constantFrom('code', 'name', 'nice_name', 'region', 'nation', '__proto__'), value);
    const document = fc.oneof(fc.array(entry, { maxLength: 5 }), fc.anything());
    let fruitful = 0;
    fc.assert(
      fc.property(document, (junk) => {
        const source = { fileName: 'x.json', sha256: 'a'.repeat(64), options: { on: '2024-04-01' }, document: junk };
        expect(libraryAuthorities.recognises(source)).toBeLessThanOrEqual(1);
        const { events } = libraryAuthorities.read(source);
        for (const event of events) activityEvent.parse(event);
        fruitful += events.length;
      }),
      { numRuns: 1_000, seed: 20_240_401 },
    );
    expect(fruitful).toBeGreaterThan(0);
  });
});
