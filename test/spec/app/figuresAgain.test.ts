/** A published figure that is recorded under its reference is not recorded again, and not otherwise. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { readTable } from '../../../src/files/readTable.ts';
import { publishedFigures } from '../../../src/importers/publishedFigures.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const HEADER = 'figure_id,indicator,scope,period_start,period_end,value,unit,source,note\n';
const row = (id: string, year: number, value: number, scope: string, note = '', source = 'A publisher'): string =>
  `${id},Summer Reading Challenge participants,${scope},${year},${year},${value},children,${source},${note}\n`;
const as = row('PF024', 2017, 761_758, 'UK and overseas') + row('PF025', 2018, 699_076, 'UK');

function fileOf(rows: string) {
  const bytes = Buffer.from(HEADER + rows);
  const fileName = 'published_figures.csv';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { fileName, sha256, table: readTable({ fileName, bytes }), options: {} };
}
const take = (rows: string) => under.ledger.import(fileOf(rows), {});
async function challenge() {
  await under.ledger.project();
  return under.ledger.series({ indicator: 'summer-reading-challenge-participants', basis: 'published' });
}

it('is recorded before where only its note or its citation is worded anew', async () => {
  expect(await take(as)).toMatchObject({ accepted: 2, refused: 0 });
  const reworded = row('PF024', 2017, 761_758, 'UK and overseas', 'as stated') + row('PF025', 2018, 699_076, 'UK', '', 'Publisher'); // prettier-ignore
  expect(await take(reworded)).toMatchObject({ accepted: 0, duplicates: 2, refused: 0 });
});

it('is recorded before where it was recorded without the cell that it came from', async () => {
  const before = publishedFigures.read(fileOf(as)).events.map((event) => {
    const { provenance: _, ...data } = event.data as EventOf<'figure.published'>['data'];
    return { ...event, data };
  });
  expect((await under.ledger.record(before)).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
  expect(await take(as)).toMatchObject({ accepted: 0, duplicates: 2, refused: 0 });
});

it('of another month and library is refused at its cell, with what stands there', async () => {
  const monthly = (cell: string) => {
    const bytes = Buffer.from(`Library,2019-04\nCity,${cell}\n`);
    const fileName = 'wifi-users.csv';
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const options = { authority: 'E08000021', citation: 'A publisher' };
    return under.ledger.import({ fileName, sha256, table: readTable({ fileName, bytes }), options }, {});
  };
  expect(await monthly('120')).toMatchObject({ accepted: 1 });
  await expect(monthly('121')).rejects.toMatchObject({
    faults: [
      {
        row: 2,
        cell: '2019-04',
        message: expect.stringMatching(/^found 121; expected 120, which is recorded under this reference/) as string,
      },
    ],
  });
});

it('is refused at the cell in which it differs from what is recorded, and the rest is taken', async () => {
  await take(as);
  const exchanged = row('PF024', 2017, 761_758, 'UK') + row('PF025', 2018, 699_077, 'UK') + row('PF026', 2019, 722_731, 'UK'); // prettier-ignore
  const report = await take(exchanged);
  expect(report).toMatchObject({ accepted: 1, duplicates: 0, refused: 2 });
  expect(report.findings.filter(({ severity }) => severity === 'refused')).toMatchObject([
    { code: 'recorded-otherwise', row: 2, cell: 'scope', found: 'UK', expected: expect.stringContaining('UK and overseas, which is recorded') as string }, // prettier-ignore
    { code: 'recorded-otherwise', row: 3, cell: 'value', found: '699077' },
  ]);
  expect((await challenge()).points.map(({ value }) => value)).toEqual([761_758, 699_076, 722_731]);
});

it('is not comparable where a service sends it with another scope', async () => {
  await take(as);
  await under.ledger.record(
    [['a', '2017-01-01/P1Y', 761_758, 'UK'] as const, ['b', '2018-01-01/P1Y', 699_076, 'UK and overseas'] as const].map(
      ([id, window, value, scope]) => ({
        specversion: '1.0',
        id,
        source: 'urn:library:K02000001:another',
        type: 'org.outcome-ledger.figure.published.v1',
        subject: 'K02000001',
        data: { statistic: 'summer-reading-challenge-participants', window, value, unit: 'children', scope, survey: false, source: 'Another' }, // prettier-ignore
      }),
    ),
  );
  const { points, progress } = await challenge();
  expect(progress).toMatchObject({ status: 'not-comparable', reasons: ['scope'], percentChange: null });
  for (const { notes } of points) expect(notes).toContain('sources-differ-in-scope');
});
