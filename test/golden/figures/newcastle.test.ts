import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Series } from '../../../contracts/series.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';
import { describeWithRealData } from '../../support/realData.ts';

describeWithRealData('Newcastle visits, imported from the file as published', (readReal) => {
  let engine: TestLedger;
  let years: Series;
  const FILE = 'newcastle/2008-onwards-monthly-visits.csv';

  const importFile = async (path: string, options = {}) => {
    const bytes = readReal(path);
    const fileName = path.split('/').at(-1) ?? path;
    const source = { fileName, sha256: sha256Of(bytes), table: readTable({ fileName, bytes }), options };
    const report = await engine.ledger.import(source, {});
    await engine.ledger.project();
    return report;
  };
  const year = (label: string) => years.points.find((point) => point.label === label);

  beforeAll(async () => {
    engine = await testLedger();
    await importFile(FILE, { authority: 'E08000021' });
    years = await engine.ledger.series({ indicator: 'visits', place: 'E08000021', granularity: 'financial-year' });
  });
  afterAll(() => engine.close());

  it.each([
    ['2008/09', 1_663_709],
    ['2009/10', 2_533_500],
    ['2012/13', 2_154_873],
    ['2018/19', 893_681],
    ['2019/20', 728_634],
    ['2021/22', 253_084],
    ['2022/23', 439_097],
    ['2023/24', 551_116],
  ])('%s is %d', (label, visits) => {
    expect(year(label)).toMatchObject({ state: 'observed', value: visits });
  });

  it('2020/21 is not reported, which is not 0', () => {
    expect(year('2020/21')).toMatchObject({
      state: 'not-reported',
      value: null,
      coverage: { reported: 0, expected: 156 },
    });
  });

  it('2019/20 carries its coverage: 149 of 156 service-point months', () => {
    expect(year('2019/20')).toMatchObject({ partial: true, coverage: { reported: 149, expected: 156 } });
  });

  it('2024/25 has begun and says how far it has come', () => {
    expect(year('2024/25')).toMatchObject({ partial: true, coverage: { reported: 64, expected: 156 } });
  });

  it('progress is 2018/19 to 2023/24, −38.33 %', () => {
    expect(years.baseline).toMatchObject({ label: '2018/19', value: 893_681 });
    expect(years.progress).toMatchObject({ status: 'worse', from: '2018/19', to: '2023/24', percentChange: -38.33 });
    expect(years.progress.sentence).toBe(
      'From 893,681 visits in 2018/19 to 551,116 in 2023/24: −38.33%, worse. 2024/25 is left out: 64 of 156 service-point months reported.',
    );
  });

  it('importing the file again records nothing', async () => {
    const report = await importFile(FILE, { authority: 'E08000021' });
    expect(report).toMatchObject({ accepted: 0, refused: 0 });
    expect(report.duplicates).toBe(report.events);
  });

  it('the open-data file of the same visits is held beside them and does not add to them', async () => {
    await importFile('schema-librarydata/physical_visits_newcastle.csv', {
      authorities: { 'Newcastle City Council': 'E08000021' },
    });
    const again = await engine.ledger.series({
      indicator: 'visits',
      place: 'E08000021',
      granularity: 'financial-year',
    });
    expect(again.points.find((p) => p.label === '2018/19')).toMatchObject({ value: 893_681 });
  });
});

describeWithRealData('weekly samples in the open-data file', (readReal) => {
  it.each([
    ['outer-west', '2019-02-01/P1M', 3_324],
    ['outer-west', '2019-04-01/P1M', 3_324],
    ['outer-west', '2019-05-01/P1M', 2_873],
    ['gosforth', '2019-03-01/P1M', 3_679],
    ['kenton', '2019-02-01/P1M', 1_226],
  ])('%s %s grosses up to %d', async (library, period, visits) => {
    const engine = await testLedger();
    const path = 'schema-librarydata/physical_visits_newcastle.csv';
    const bytes = readReal(path);
    const fileName = 'physical_visits_newcastle.csv';
    await engine.ledger.import(
      {
        fileName,
        sha256: sha256Of(bytes),
        table: readTable({ fileName, bytes }),
        options: { authorities: { 'Newcastle City Council': 'E08000021' } },
      },
      {},
    );
    await engine.ledger.project();
    const months = await engine.ledger.series({
      indicator: 'visits',
      place: `E08000021/${library}`,
      granularity: 'month',
    });
    expect(months.points.find((p) => p.period === period)).toMatchObject({
      value: visits,
      notes: ['estimated-from-sample-weeks'],
    });
    await engine.close();
  });
});
