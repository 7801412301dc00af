/** What the command line refuses before it does anything, in plain words. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomes, withData } from '../support/outcomes.ts';

describe('a data directory that is not there', () => {
  it.each([
    ['series', 'visits'],
    ['chart', 'visits', 'visits.json'],
    ['indicators'],
    ['parked'],
    ['replay', 'visits'],
    ['rebuild'],
    ['verify'],
    ['migrate-log', 'postgres://127.0.0.1/nowhere'],
  ])('is named and not made by %s', (...args) =>
    withData(async (folder) => {
      const data = join(folder, 'mistyped');
      const ran = await outcomes(data, args);
      expect([ran.code, ran.out]).toEqual([4, '']);
      expect(ran.err).toContain(`There is no data directory ${data}.`);
      expect(existsSync(data)).toBe(false);
    }),
  );

  it('is made by an import', () =>
    withData(async (folder) => {
      const [data, file] = [join(folder, 'new'), join(folder, 'visits.csv')];
      writeFileSync(file, 'Library,2018-04\nCity,100\n');
      expect((await outcomes(data, ['import', file, '--authority', 'E08000021'])).code).toBe(0);
      expect(existsSync(data)).toBe(true);
    }));
});

describe('files', () => {
  it('of which nothing was recorded have a report of all that was found', () =>
    withData(async (folder) => {
      const [data, file, report] = ['data', 'visits.csv', 'findings.csv'].map((name) => join(folder, name)) as [string, string, string]; // prettier-ignore
      writeFileSync(file, `Library,2018-04\n${Array.from({ length: 30 }, (_, at) => `Library ${at},1.5\n`).join('')}`);
      const ran = await outcomes(data, ['import', file, '--authority', 'E08000021', '--report', report]);
      expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('of which the first 20 are listed')]);
      expect(readFileSync(report, 'utf8').match(/^refused,/gm)).toHaveLength(30);
    }));

  it('a chart makes no folders', () =>
    withData(async (data) => {
      const folder = join(data, 'none');
      const ran = await outcomes(data, ['chart', 'visits', join(folder, 'x.svg')]);
      expect([ran.code, ran.err]).toEqual([
        4,
        expect.stringContaining(`There is no folder ${folder} to put x.svg into.`),
      ]);
      expect(existsSync(folder)).toBe(false);
    }));

  it.each([
    [['import'], 'none.csv', 'none.csv cannot be read: there is no such file or folder.'],
    [['import'], '', 'cannot be read: it is a folder.'],
    [['replay'], 'none.yaml', 'none.yaml cannot be read: there is no such file or folder.'],
  ])('%s says why a file cannot be read', (command, name, why) =>
    withData(async (data) => {
      const ran = await outcomes(data, [...command, join(data, name)]);
      expect([ran.code, ran.err]).toEqual([4, expect.stringContaining(why)]);
      expect(ran.err).not.toMatch(/ENOENT|EISDIR/);
    }),
  );
});

describe('a selection', () => {
  it.each([
    [['--csv', '--json'], 'Give --csv or --json, not both.'],
    [['--breakdown', 'foo'], '--breakdown must be dimension=category, such as format=e-book.'],
    [['--from', '2020-01-01', '--to', '2019-01-01'], '--to must not be before "from".'],
    [['--from', '1/1/2020'], '--from must be a date that exists, written YYYY-MM-DD.'],
    [['--place', 'Newcastle'], '--place must be a nine-character GSS code'],
  ])('%s is refused', (flags, why) =>
    withData(async (data) => {
      const ran = await outcomes(data, ['series', 'visits', ...flags]);
      expect([ran.code, ran.out]).toEqual([2, '']);
      expect(ran.err).toContain(why);
    }),
  );
});
