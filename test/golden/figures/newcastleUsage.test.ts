/** One service's visits stand in two of its files, wide and long. They are two sources of one count, and are not added. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Series } from '../../../contracts/series.ts';
import { readReadings } from '../../../src/files/readReadings.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';
import { describeWithRealData } from '../../support/realData.ts';

describeWithRealData('Newcastle visits, from the wide file and from the long one', (readReal) => {
  let engine: TestLedger;
  const importFile = async (path: string) => {
    const bytes = readReal(path);
    const fileName = path.split('/').at(-1) ?? path;
    const options = { authority: 'E08000021', citation: 'Newcastle Libraries open data' };
    const source = { fileName, sha256: sha256Of(bytes), table: readTable({ fileName, bytes }), options };
    const report = await engine.ledger.import(source, {});
    await engine.ledger.project();
    return report;
  };
  const years = (): Promise<Series> =>
    engine.ledger.series({ indicator: 'visits', place: 'E08000021', granularity: 'financial-year' });
  const valueOf = ({ points }: Series, label: string) => points.find((point) => point.label === label)?.value;

  beforeAll(async () => {
    engine = await testLedger({ readings: readReadings(['projections/readings']) });
  });
  afterAll(() => engine.close());

  it('the long file alone gives 2,154,873 in 2012/13 less the mobile library, which it does not have', async () => {
    const report = await importFile('newcastle/newcastle_usage_2008-2017_long.csv');
    expect(report).toMatchObject({ format: 'monthly-usage-long', refused: 0 });
    const [header = [], ...rows] = new TextDecoder().decode(readReal('newcastle/2008-onwards-monthly-visits.csv')).split('\r\n').map((row) => row.split(',')); // prettier-ignore
    const mobile = rows.find(([name]) => name === 'Mobile') ?? [];
    const april = header.indexOf('2012-04');
    const visits = mobile.slice(april, april + 12).reduce((sum, cell) => sum + Number(cell), 0);
    expect(visits).toBe(763);
    expect(valueOf(await years(), '2012/13')).toBe(2_154_873 - visits);
  });

  it('both give the same, with what only the wide one has beside it', async () => {
    await importFile('newcastle/2008-onwards-monthly-visits.csv');
    const series = await years();
    expect(valueOf(series, '2008/09')).toBe(1_663_709);
    expect(valueOf(series, '2009/10')).toBe(2_533_500);
    expect(valueOf(series, '2012/13')).toBe(2_154_873);
    expect(valueOf(series, '2023/24')).toBe(551_116);
  });

  it('figures of computer use and Wi-Fi users move none of them, and a second edition adds nothing', async () => {
    const before = await years();
    for (const path of ['newcastle/2008-onwards-monthly-computer-use.csv', 'newcastle/2019-onwards-monthly-wifi-users.csv']) {
      const first = await importFile(path);
      expect(first.accepted).toBe(first.events);
      expect(await importFile(path)).toMatchObject({ accepted: 0, duplicates: first.events });
    }
    expect((await years()).points).toEqual(before.points);
  }); // prettier-ignore
});
