/** Two forms of one return: both can be recorded, and whoever does is told what counts twice then. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openBytes } from '../../../src/files/openFile.ts';
import { testLedger, type TestLedger } from '../../support/ledger.ts';

let under: TestLedger;
beforeEach(async () => {
  under = await testLedger();
});
afterEach(() => under.close());

const MONTHS = ['april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december', 'january', 'february', 'march']; // prettier-ignore
const wide = (...places: readonly string[]): string =>
  [
    `authority,${MONTHS.map((month) => `total_physical_book_issues_${month}`).join(',')}`,
    ...places.map((place) => `${place},${MONTHS.map((_, at) => 1000 + at).join(',')}`),
  ].join('\n');
const long = (...places: readonly string[]): string =>
  ['Authority,Format,Content age group,Period,Count', ...places.map((place) => `${place},Physical book,Adult,2023-04-01/P1M,1000`)].join('\n'); // prettier-ignore

async function twice(fileName: string, text: string): Promise<readonly string[]> {
  const file = await openBytes(fileName, Buffer.from(text));
  const { findings, accepted } = await under.ledger.import({ ...file, options: {} }, {});
  await under.ledger.project();
  return findings.flatMap(({ code, severity, found }) => (code === 'stated-twice' ? [`${severity} ${accepted > 0} ${found}`] : [])); // prettier-ignore
}

it('is flagged of the second, whichever it is, and of places that both state', async () => {
  expect(await twice('return-2023-24.csv', wide('X01000001', 'X01000002', 'X01000003'))).toEqual([]);
  expect(await twice('loans.csv', long('X01000004'))).toEqual([]);
  expect(await twice('loans.csv', long('X01000002', 'X01000003'))).toEqual([
    'flagged true X01000002 and 1 more, of which ace-activity-return is recorded',
  ]);
  expect(await twice('return-2023-24.csv', wide('X01000004'))).toEqual([
    'flagged true X01000004, of which ace-long-loans is recorded',
  ]);
});
