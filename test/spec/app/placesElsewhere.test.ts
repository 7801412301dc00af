/** A library system outside the United Kingdom, from its files to its figures: nothing is tied to one country. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { typeOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import { baselineProgressChart } from '../../../src/charts/baselineProgressChart.ts';
import { seriesTable } from '../../../src/charts/seriesTable.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { ownDefinitions, testLedger, type TestLedger } from '../../support/ledger.ts';
import { bytesOf } from '../importers/importing.ts';

const TORONTO = 'CA-OTP';
/** The product's own visits, with the statistic of the files of branches as what is quoted beside them. */
const visits = { ...ownDefinitions().find(({ id }) => id === 'visits')!, published: { statistic: 'visits' } };

let under: TestLedger;
const importText = (fileName: string, text: string) => {
  const bytes = bytesOf(text);
  const options = { authority: TORONTO, on: '2023-12-31' };
  return under.ledger.import({ fileName, sha256: sha256Of(bytes), table: readTable({ fileName, bytes }), options }, {});
};
const counted = (place: string, month: string, count: number): ActivityEvent => ({
  specversion: '1.0',
  id: `${place}:${month}`,
  source: `urn:library:${TORONTO}:counts`,
  type: typeOf('visits.counted'),
  subject: place,
  data: { window: `${month}-01/P1M`, method: 'automatic-counter', count },
});

beforeAll(async () => {
  under = await testLedger({ definitions: [visits] });
  const branches = 'BranchCode,PhysicalBranch,BranchName,Workstations\nAB,1,Albion,38\nAC,1,Annex,11\n';
  const annual = 'Year,BranchCode,Visits\n2019,AB,500\n2019,AC,300\n2020,AB,200\n';
  expect(await importText('branches.csv', branches)).toMatchObject({ format: 'branch-information', accepted: 4 });
  expect(await importText('annual.csv', annual)).toMatchObject({ format: 'annual-by-branch', accepted: 3 });
  await under.ledger.record([
    counted(`${TORONTO}/ab`, '2024-04', 40),
    counted(`${TORONTO}/ac`, '2024-04', 30),
    counted('E08000021/city', '2024-04', 1_000),
  ]);
  await under.ledger.project();
});
afterAll(() => under.close());

describe('a library system elsewhere', () => {
  it('has activity of its own, counted up from its branches, and in no nation of the United Kingdom', async () => {
    const own = await under.ledger.series({ indicator: 'visits', place: TORONTO, granularity: 'month' });
    expect(own.points.map(({ value }) => value)).toEqual([70]);
    const england = await under.ledger.series({ indicator: 'visits', place: 'E92000001', granularity: 'month' });
    expect(england.points.map(({ value }) => value)).toEqual([1_000]);
  });

  it('has its calendar years quoted branch by branch, and never added up', async () => {
    const albion = await under.ledger.series({ indicator: 'visits', basis: 'published', place: `${TORONTO}/ab` });
    expect(albion.points.map(({ label, value }) => [label, value])).toEqual([
      ['2019', 500],
      ['2020', 200],
    ]);
    const whole = under.ledger.series({ indicator: 'visits', basis: 'published', place: TORONTO });
    await expect(whole).rejects.toThrow('holds no series');
  });

  it('has a chart, a table and words like any other', async () => {
    const albion = await under.ledger.series({ indicator: 'visits', basis: 'published', place: `${TORONTO}/ab` });
    expect(JSON.stringify(baselineProgressChart(albion))).toContain('CA-OTP');
    expect(JSON.stringify(seriesTable(albion))).toContain('500');
    expect(textAlternative(albion)).toContain('CA-OTP');
  });

  it('says nothing twice when its files come again, and names a figure that is recorded otherwise', async () => {
    expect(
      await importText('annual.csv', 'Year,BranchCode,Visits\n2019,AB,500\n2019,AC,300\n2020,AB,200\n2020,AC,90\n'),
    ).toMatchObject({
      accepted: 1,
      duplicates: 3,
    });
    const other = await importText('annual.csv', 'Year,BranchCode,Visits\n2019,AB,501\n2019,AC,300\n');
    expect(other.findings.map(({ code, row, cell }) => [code, row, cell])).toContainEqual([
      'recorded-otherwise',
      2,
      'Visits',
    ]);
  });
});
