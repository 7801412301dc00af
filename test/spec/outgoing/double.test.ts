/** The server that stands in for COUNTER APIs answers as the Code of Practice says, of the official sample reports too. */
import { afterEach, describe, expect, it } from 'vitest';
import { CREDENTIALS, startCounterApi, type CounterApi } from '../../support/counter/counterApi.ts';
import { database, lastDayOf, madeUpReport, type CounterDocument, type Item } from '../../support/counter/reports.ts';
import { describeWithRealData } from '../../support/realData.ts';

let api: CounterApi;
afterEach(() => api.stop());

async function ask(
  path: string,
  query: Record<string, string>,
): Promise<{ status: number; body: CounterDocument & { Code?: number } }> {
  const url = new URL(`${api.url.href}/r51/${path}?${new URLSearchParams(query).toString()}`);
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as CounterDocument };
}
const keys = {
  customer_id: CREDENTIALS.customerId,
  requestor_id: CREDENTIALS.requestorId,
  api_key: CREDENTIALS.apiKey,
};
const monthOf = (month: string): Record<string, string> => ({
  ...keys,
  begin_date: `${month}-01`,
  end_date: lastDayOf(month),
});

const REPORT = madeUpReport(
  'DR_D1',
  ['2022-01', '2022-03'],
  [
    database('Database 1', { Searches_Regular: { '2022-01': 5, '2022-03': 7 } }),
    database('Database 2', { Searches_Regular: { '2022-01': 2 } }),
  ],
);

describe('the stand-in for a COUNTER API', () => {
  it('leaves out what was not used in the months that are asked for', async () => {
    api = await startCounterApi([REPORT]);
    const { body } = await ask('reports/dr_d1', monthOf('2022-03'));
    expect(body.Report_Items).toEqual([database('Database 1', { Searches_Regular: { '2022-03': 7 } })]);
    expect(body.Report_Header.Report_Filters).toMatchObject({ Begin_Date: '2022-03-01', End_Date: '2022-03-31' });
  });

  it('says why a report is empty', async () => {
    api = await startCounterApi([REPORT], { first: '2022-01', last: '2022-03' });
    const codeOf = async (month: string): Promise<unknown> => (await ask('reports/dr_d1', monthOf(month))).body.Report_Header.Exceptions?.[0]?.Code; // prettier-ignore
    expect([await codeOf('2022-02'), await codeOf('2022-04'), await codeOf('2021-12')]).toEqual([3030, 3031, 3032]);
  });

  it('turns away who may not ask, and what cannot be asked', async () => {
    api = await startCounterApi([REPORT]);
    const answer = async (query: Record<string, string>, path = 'reports/dr_d1'): Promise<unknown[]> => {
      const { status, body } = await ask(path, query);
      return [status, body.Code];
    };
    const january = monthOf('2022-01');
    expect(await answer({ ...january, requestor_id: 'x' })).toEqual([401, 2000]);
    expect(await answer({ ...january, api_key: 'x' })).toEqual([401, 2020]);
    expect(await answer({ ...january, customer_id: 'x' })).toEqual([403, 2010]);
    expect(await answer(keys)).toEqual([400, 1030]);
    expect(await answer({ ...january, end_date: '2021-01-31' })).toEqual([400, 3020]);
    expect(await answer(january, 'reports/tr_zz')).toEqual([404, undefined]);
    expect((await fetch(`${api.url.href}/r51/status`)).status).toBe(200);
  });
});

describeWithRealData('the stand-in, with the official sample reports', (readReal) => {
  const SAMPLES = ['DRD1', 'PRP1', 'TRB1'] as const;
  const sample = (name: string): CounterDocument =>
    JSON.parse(
      Buffer.from(readReal(`counter-r51-samples/${name}_sample_r51.json`)).toString('utf8'),
    ) as CounterDocument;
  const numbersIn = (items: readonly Item[]): string[] =>
    items.flatMap(({ Attribute_Performance: all = [], ...item }) =>
      all.flatMap(({ Performance: metrics, ...split }) =>
        Object.entries(metrics).flatMap(([metric, months]) =>
          Object.entries(months).map((number) => JSON.stringify([item, split, metric, number])),
        ),
      ),
    );

  it.each(SAMPLES)('answers %s for its year as it is', async (name) => {
    const report = sample(name);
    api = await startCounterApi([report]);
    const id = report.Report_Header.Report_ID.toLowerCase();
    const { status, body } = await ask(`reports/${id}`, { ...keys, begin_date: '2022-01-01', end_date: '2022-12-31' });
    expect([status, body]).toEqual([200, report]);
  });

  it.each(SAMPLES)('answers %s month by month with every number once', async (name) => {
    const report = sample(name);
    api = await startCounterApi([report]);
    const found: string[] = [];
    for (let month = 1; month <= 12; month++) {
      const id = report.Report_Header.Report_ID.toLowerCase();
      const { body } = await ask(`reports/${id}`, monthOf(`2022-${String(month).padStart(2, '0')}`));
      found.push(...numbersIn(body.Report_Items));
    }
    expect(found.length).toBeGreaterThan(40);
    expect(found.sort()).toEqual(numbersIn(report.Report_Items).sort());
  });
});
