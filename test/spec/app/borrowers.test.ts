/** P12: borrowers counted once, by pseudonyms whose key may be gone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTable, sha256Of } from '../../../src/files/readTable.ts';
import { definitionOf } from '../../../src/files/readDefinitions.ts';
import { destroyKey, makeKey } from '../../../src/identity/pseudonymKeys.ts';
import { keysIn, pseudonymsBy, type Linking } from '../../../src/main/people.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

const SOURCE = 'urn:library:E08000021:koha-statistics';
const indicator = (id: string, evidence: string, measure: string) =>
  definitionOf(
    `id: ${id}
version: 1
title: ${id}
question: How many are there?
outcome: reading-and-literacy
unit: { label: people, decimals: 0 }
direction: up
evidence: ${evidence}
measure: ${measure}
coverage: none
overlap: add
places: [authority]
granularities: [month, financial-year]
breakdowns: [format]
`,
    `${id}.yaml`,
  );
const BORROWERS = indicator('borrowers', 'distinct-people', '{ distinct: { of: [loan.issued, loan.renewed] } }');
const LOANS = indicator('loans-made', 'count', '{ count: { of: [loan.issued, loan.renewed] } }');

let under: TestLedger;
let data: string;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'outcomes-borrowers-'));
  under = await testLedger({ definitions: [BORROWERS, LOANS] });
});
afterEach(async () => {
  await under.close();
  rmSync(data, { recursive: true, force: true });
});

async function lend(rows: readonly (readonly [time: string, borrower: string])[], linking: Linking | null) {
  const text = [
    'datetime,branch,type,itemtype,borrowernumber',
    ...rows.map(([time, who]) => `${time},CPL,issue,BK,${who}`),
  ];
  const bytes = Buffer.from(text.join('\n'));
  const file = { fileName: 'koha.csv', sha256: sha256Of(bytes), table: readTable({ fileName: 'koha.csv', bytes }) };
  const people = linking === null ? {} : { pseudonymOf: pseudonymsBy(data, linking) };
  return under.ledger.import({ ...file, options: { authority: 'E08000021', ...people } }, {});
}
const make = (scope: string): void => makeKey(keysIn(data), { source: SOURCE, scope }, '2020-01-01T00:00:00Z');

async function values(id: string): Promise<Record<string, number | null>> {
  await under.ledger.project();
  const { points } = await under.ledger.series({ indicator: id, place: 'E08000021', granularity: 'financial-year' });
  return Object.fromEntries(points.map(({ period, value }) => [period, value]));
}

const LENT = [
  ['2019-05-01 10:00', '1'],
  ['2019-06-01 10:00', '1'],
  ['2019-06-01 10:00', '2'],
  ['2020-05-01 10:00', '1'],
] as const;

it('counts nobody where no pseudonym is recorded: not one person for all of them', async () => {
  await lend(LENT, null);
  await expect(values('borrowers')).rejects.toThrow('holds no series');
  expect(await values('loans-made')).toEqual({ '2019-04-01/P1Y': 3, '2020-04-01/P1Y': 1 });
});

it('counts who borrowed, beside loans of which nobody is known', async () => {
  make('always');
  await lend(LENT, 'always');
  await lend([['2019-07-01 10:00', '3'], ['2019-07-01 10:00', '4']], null); // prettier-ignore
  expect(await values('borrowers')).toEqual({ '2019-04-01/P1Y': 2, '2020-04-01/P1Y': 1 });
  expect(await values('loans-made')).toEqual({ '2019-04-01/P1Y': 5, '2020-04-01/P1Y': 1 });
});

it('moves no figure when a key is destroyed, and links nobody to those of before with a new one', async () => {
  make('2019-20');
  make('2020-21');
  await lend(LENT, 'financial-year');
  const before = [await values('borrowers'), await values('loans-made')];
  expect(before[0]).toEqual({ '2019-04-01/P1Y': 2, '2020-04-01/P1Y': 1 });
  destroyKey(keysIn(data), { source: SOURCE, scope: '2019-20' }, '2021-01-01T00:00:00Z');
  await under.ledger.rebuild(() => undefined);
  expect([await values('borrowers'), await values('loans-made')]).toEqual(before);
  make('2019-20');
  await lend([['2019-08-01 10:00', '1']], 'financial-year');
  // The same borrower again: nothing tells that it is the same any more.
  expect(await values('borrowers')).toEqual({ '2019-04-01/P1Y': 3, '2020-04-01/P1Y': 1 });
});

it('gives a borrower another pseudonym in each year of its own, and one in all years where it is always', async () => {
  for (const scope of ['2019-20', '2020-21', 'always']) make(scope);
  const people = (linking: Linking) =>
    new Set(['2019-05-01', '2020-03-31', '2020-04-01'].map((date) => pseudonymsBy(data, linking)({ source: SOURCE, day: Date.parse(date) / 86_400_000, number: '1' }))); // prettier-ignore
  expect([people('financial-year').size, people('always').size]).toEqual([2, 1]);
});

it('counts a loan once that two exports hold, where its system gives it an identifier', async () => {
  const take = (rows: readonly string[]) => {
    const bytes = Buffer.from(['id,circ_lib,xact_start,desk_renewal', ...rows].join('\n'));
    const file = { fileName: 'c.csv', sha256: sha256Of(bytes), table: readTable({ fileName: 'c.csv', bytes }) };
    return under.ledger.import({ ...file, options: { authority: 'E08000021' } }, {});
  };
  const [may, june, july] = [
    '1,CPL,2019-05-01 10:00,f',
    '2,CPL,2019-06-01 10:00,f',
    '3,CPL,2019-07-01 10:00,f',
  ] as const;
  await take([may, june]);
  const second = await take([june, july]);
  expect(second).toMatchObject({ accepted: 1, duplicates: 1, refused: 0 });
  expect(await values('loans-made')).toEqual({ '2019-04-01/P1Y': 3 });
});
