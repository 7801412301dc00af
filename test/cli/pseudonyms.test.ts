/** P12: no number of a borrower leaves the file it stands in: not to the log, a report, a server, or a data directory. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { observationsIn } from '../support/observationsIn.ts';
import { outcomes, served, withData, type Ran } from '../support/outcomes.ts';

const NUMBERS = ['73021100', '73021101', '73021102'] as const;
const FEED = 'urn:library:E08000021:koha-statistics';
const row = (time: string, number: string, type = 'issue'): string =>
  `${time},CPL,,0,${type},card ${number},PT,1,BK,GEN,${number},${number},FIC`;
const TEXT = [
  'datetime,branch,proccode,value,type,other,usercode,itemnumber,itemtype,location,borrowernumber,associatedborrower,ccode',
  ...NUMBERS.map((number) => row('2019-05-01 10:15:00', number)),
  row('2019-05-02 10:15:00', NUMBERS[0]),
  row('2019-05-02 10:15:00', NUMBERS[0], 'payment'),
  row('yesterday', NUMBERS[1]),
  `${row('2019-05-02 10:15:00', NUMBERS[1])},${NUMBERS[1]}`,
  row('2019-05-03 10:15:00', NUMBERS[1], NUMBERS[1]),
].join('\n'); // prettier-ignore
/** Every file below a folder that holds one of the numbers. */
function holding(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .filter((path) => NUMBERS.some((number) => readFileSync(path).includes(number)));
}
const speaks = ({ out, err }: Ran): boolean => NUMBERS.some((number) => out.includes(number) || err.includes(number));

/** A folder for the file, which is not in the data directory. */
const withFile = (use: (data: string, file: string) => Promise<void>): Promise<void> =>
  withData((folder) =>
    withData(async (data) => {
      const file = join(folder, 'koha.csv');
      writeFileSync(file, TEXT);
      await use(data, file);
    }),
  );
const AUTHORITY = ['--authority', 'E08000021'] as const;
const PEOPLE = [...AUTHORITY, '--people', 'financial-year'] as const;

describe.each([
  ['on the directory itself', false],
  ['through the server that has it open', true],
])('numbers of borrowers %s', (_, through) => {
  it.each([
    ['with a key', PEOPLE, 2],
    ['without', AUTHORITY, 0],
  ])('are in no report, log or data directory, %s', (_how, options, people) =>
    withFile(async (data, file) => {
      expect((await outcomes(data, ['keys', 'new', FEED, '2019-20'])).code).toBe(0);
      const server = through ? await served(data) : null;
      const ran = await outcomes(data, ['--json', 'import', file, ...options]);
      const again = await outcomes(data, ['import', file, ...options]);
      if (server !== null) {
        const pages = await Promise.all(['/metrics', '/v1/parked', '/'].map(async (path) => (await fetch(server.address + path)).text())); // prettier-ignore
        expect(NUMBERS.some((number) => (server.said() + pages.join('')).includes(number))).toBe(false);
        expect(await server.end('SIGINT')).toBe(0);
      }
      const [report] = (JSON.parse(ran.out) as { imports: { accepted: number; refused: number; counts: { refused: number } }[] }).imports; // prettier-ignore
      expect([report?.accepted, report?.counts.refused, ran.code]).toEqual([4, 3, 9]);
      expect(again.out).toContain('0 recorded, 4 recorded before');
      expect([speaks(ran), speaks(again)]).toEqual([false, false]);
      expect(holding(data)).toEqual([]);
      // The same number has the same pseudonym: of four loans three are of different people.
      const log = readFileSync(join(data, 'ledger.sqlite')).toString('latin1');
      const found = new Set([...log.matchAll(/"person":"([0-9a-f]{32})"/g)].map(([, person]) => person));
      expect(found.size > people).toBe(people > 0);
    }),
  );
});

describe('a file of borrowers', () => {
  it('gives the same events directly, through a server, and from a copy', () =>
    withFile(async (data, file) => {
      await outcomes(data, ['keys', 'new', FEED, 'always']);
      const copy = join(data, 'copy.csv');
      const options = [...AUTHORITY, '--people', 'always'];
      expect(speaks(await outcomes(data, ['pseudonymise', file, copy, ...options]))).toBe(false);
      expect(holding(data)).toEqual([]);
      expect((await outcomes(data, ['pseudonymise', file, copy, ...options])).code).toBe(5);
      expect((await outcomes(data, ['import', copy, ...AUTHORITY])).out).toContain('4 recorded, 0 recorded before');
      expect((await outcomes(data, ['import', file, ...options])).out).toContain('0 recorded, 4 recorded before');
      const server = await served(data);
      expect((await outcomes(data, ['import', file, ...options])).out).toContain('0 recorded, 4 recorded before');
      await server.end('SIGINT');
    }));

  it('is refused where its key is missing, and the copy is not begun', () =>
    withFile(async (data, file) => {
      const ran = await outcomes(data, ['import', file, ...PEOPLE]);
      expect([ran.code, speaks(ran)]).toEqual([3, false]);
      expect(ran.err).toContain('outcomes keys new');
      const copy = await outcomes(data, ['pseudonymise', file, join(data, 'copy.csv'), ...PEOPLE]);
      expect([copy.code, speaks(copy)]).toEqual([4, false]);
      expect(readdirSync(data)).not.toContain('copy.csv');
    }));

  it('counts the same when its key is destroyed', () =>
    withFile(async (data, file) => {
      await outcomes(data, ['keys', 'new', FEED, '2019-20']);
      await outcomes(data, ['import', file, ...PEOPLE]);
      const before = await observationsIn(data, {});
      expect(before).toContain('E08000021/cpl');
      expect((await outcomes(data, ['keys', 'destroy', FEED, '2019-20'])).code).toBe(2);
      expect((await outcomes(data, ['keys', 'destroy', FEED, '2019-20', '--yes'])).code).toBe(0);
      expect((await outcomes(data, ['rebuild'])).code).toBe(0);
      expect(await observationsIn(data, {})).toBe(before);
      expect((await outcomes(data, ['keys', 'list'])).out).toMatch(/2019-20 {2}made .*, destroyed /);
      expect((await outcomes(data, ['keys', 'new', FEED, '2019-20'])).out).toContain('counted twice');
    }));

  it.each([
    ['urn:x', 'always'],
    [FEED, '2019-2020'],
    [FEED, '2019-21'],
    ['nonsense', 'always'],
  ])('has no key of the feed %s and the scope %s', (feed, scope) =>
    withData(async (data) => {
      expect((await outcomes(data, ['keys', 'new', feed, scope])).code).toBe(2);
      expect(readdirSync(data)).toEqual([]);
    }),
  );
});
