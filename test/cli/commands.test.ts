/** Every command, on the data directory itself and through a server that has it open. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Series } from '../../contracts/series.ts';
import { migrate } from '../../src/sql/migrations.ts';
import { openSqlite } from '../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../src/sql/sqliteLog.ts';
import { outcomes, post, served, withData, type Ran } from '../support/outcomes.ts';

const FIGURES = 'projections/publishedFigures/published-figures.csv';
const VISITS = 'Library,2018-04,2018-05,2018-06\nCity,100,200,\nWalker,10,20,30\n';

/** Puts an event into a log that its contract would not have let through. */
async function storeUnreadable(data: string): Promise<void> {
  mkdirSync(data, { recursive: true });
  const database = openSqlite(join(data, 'ledger.sqlite'));
  await migrate(database);
  const source = 'urn:library:E08000021:counters';
  const body = JSON.stringify({
    specversion: '1.0', id: 'unreadable', source, type: 'org.outcome-ledger.visits.counted.v1', subject: 'E08000021/city',
    data: { window: '2018-06-01/P1M', method: 'manual', count: -1 },
  }); // prettier-ignore
  const hash = createHash('sha256').update(body).digest('hex');
  await sqliteLog(database, { now: () => new Date() }).append(source, [{ id: 'unreadable', body, hash }], 'any');
  await database.close();
}

const json = <T>(ran: Ran): T => JSON.parse(ran.out) as T;

describe.each([
  ['on the directory itself', false],
  ['through the server that has it open', true],
])('commands %s', (_, through) => {
  const inPlace = (use: (data: string) => Promise<void>): Promise<void> =>
    withData(async (data) => {
      const server = through ? await served(data) : null;
      try {
        await use(data);
      } finally {
        if (server !== null) expect(await server.end('SIGINT')).toBe(0);
      }
    });

  it('import, series, chart, replay, rebuild and verify do their work', () =>
    inPlace(async (data) => {
      const first = await outcomes(data, ['--json', 'import', FIGURES]);
      expect(first.err).toBe('');
      expect(json<{ imports: unknown[] }>(first).imports).toMatchObject([
        { events: 57, accepted: 57, duplicates: 0, refused: 0, format: 'published-figures' },
      ]);
      const again = await outcomes(data, ['--json', 'import', FIGURES]);
      expect(json<{ imports: unknown[] }>(again).imports).toMatchObject([{ accepted: 0, duplicates: 57 }]);

      const listed = json<{ indicators: { id: string }[] }>(await outcomes(data, ['--json', 'indicators'])).indicators;
      expect(listed).toContainEqual(
        expect.objectContaining({ id: 'visits', title: 'Visits to public libraries', unit: 'visits' }),
      );
      const list = (await outcomes(data, ['indicators'])).out.trim().split('\n');
      expect(list).toHaveLength(listed.length);
      expect(list.find((line) => line.startsWith('visits '))).toMatch(
        /\(visits\); baseline 2018\/19 \(computed\), 2015\/16 \(published\)$/,
      );

      const series = json<Series>(await outcomes(data, ['--json', 'series', 'bipc-businesses-created']));
      expect(series.progress).toMatchObject({
        status: 'better',
        from: 'Jan 2016 to Dec 2018',
        to: 'Apr 2020 to Mar 2023',
        percentChange: 47.91,
      });
      const text = await outcomes(data, ['series', 'bipc-businesses-created']);
      expect(text.out).toContain('12,288');
      const csv = await outcomes(data, ['series', 'bipc-businesses-created', '--csv']);
      expect(csv.out.split('\n')[0]).toContain('period');
      expect(csv.out).toContain('18175');

      const chart = join(data, 'chart.png');
      expect((await outcomes(data, ['chart', 'bipc-businesses-created', chart])).code).toBe(0);
      expect(readFileSync(chart).subarray(1, 4).toString()).toBe('PNG');

      const draft = join(data, 'draft.yaml');
      writeFileSync(
        draft,
        readFileSync('projections/indicators/greater-prosperity/bipc-businesses-created.yaml', 'utf8').replace(
          'version: 1',
          'version: 2',
        ),
      );
      const replayed = json<Record<string, unknown>>(await outcomes(data, ['--json', 'replay', draft]));
      expect(replayed).toMatchObject({
        stored: true,
        position: 57,
        comparison: { same: 2, changed: 0, added: 0, removed: 0 },
      });

      expect(json(await outcomes(data, ['--json', 'rebuild']))).toEqual({ events: 57 });
      const verified = await outcomes(data, ['verify']);
      expect(verified.out).toContain('byte-identical');
      expect(verified.code).toBe(0);
    }));

  it('parked lists what could not be read, and dismiss settles it', () =>
    withData(async (data) => {
      await storeUnreadable(data);
      const server = through ? await served(data) : null;
      try {
        const listed = await outcomes(data, ['parked']);
        expect(listed.out).toMatch(/^1 event could not be read; figures that may depend on it are incomplete:/);
        expect(listed.out).toMatch(/ 1 {2}urn:library:E08000021:counters unreadable: .*\/data\/count/);
        const dismissed = await outcomes(data, ['parked', 'dismiss', '1', '--by', 'analyst', '--why', 'unreadable']);
        expect(dismissed.out).toBe('Event 1 is recorded as not to count.\n');
        expect(json(await outcomes(data, ['--json', 'parked']))).toEqual({ parked: [] });
        const again = await outcomes(data, ['parked', 'dismiss', '1', '--by', 'analyst', '--why', 'unreadable']);
        expect(again.err).toMatch(/No parked event has the number 1\. \[not-found\]/);
        expect(again.code).toBe(4);
      } finally {
        if (server !== null) expect(await server.end('SIGINT')).toBe(0);
      }
    }));

  it('refusals name the place, say what to do, and have their exit codes', () =>
    inPlace(async (data) => {
      const bad = join(data, 'visits.csv');
      writeFileSync(bad, VISITS.replace('200', '2OO'));
      const partly = await outcomes(data, ['import', bad, '--authority', 'E08000021']);
      expect([partly.code, partly.err]).toEqual([
        9,
        expect.stringMatching(/^1 thing was refused and not imported; the rest is recorded\./m),
      ]);
      expect(partly.out).toMatch(/refused {2}row 2, 2018-05: found 2OO/);
      const strict = await outcomes(data, ['import', bad, '--authority', 'E08000021', '--strict']);
      expect([strict.code, strict.out]).toEqual([3, '']);
      expect(strict.err).toMatch(/visits\.csv, row 2, 2018-05/);

      const good = join(data, 'more-visits.csv');
      writeFileSync(good, VISITS.replaceAll('2018', '2019'));
      const missing = await outcomes(data, ['import', good, join(data, 'none.csv'), '--authority', 'E08000021']);
      expect([missing.code, missing.out]).toEqual([4, '']);
      writeFileSync(bad, 'Library,2035-02\nCity,5\n');
      const second = await outcomes(data, ['import', good, bad, '--authority', 'e08000021']);
      expect([second.code, second.out]).toEqual([3, expect.stringMatching(/^more-visits\.csv: [^]* 5 recorded, /)]);
      expect(second.err).toMatch(/^outcomes: visits\.csv: nothing was imported; 1 thing was refused\./);
      for (const wrong of ['Newcastle', 'E92000001']) {
        const authority = await outcomes(data, ['import', good, '--authority', wrong]);
        expect([authority.code, authority.err]).toEqual([2, expect.stringContaining(`--authority ${wrong}: `)]);
      }

      const draft = join(data, 'draft.yaml');
      writeFileSync(draft, 'id: visits\nversion: one\n');
      const definition = await outcomes(data, ['replay', draft]);
      expect(definition.code).toBe(3);
      expect(definition.err).toMatch(/line 2, column 10/);

      const unknown = await outcomes(data, ['--json', 'series', 'visitz']);
      expect([unknown.code, (JSON.parse(unknown.err) as { code: string }).code]).toEqual([4, 'not-found']);
      expect((await outcomes(data, ['import', 'no-such-file.csv'])).code).toBe(4);
      expect((await outcomes(data, ['chart', 'visits', 'chart.gif'])).code).toBe(2);
      expect((await outcomes(data, ['verfy'])).err).toMatch(/Did you mean verify/);
    }));
});

describe('two processes and one data directory', () => {
  it('a second server is refused while the first lives, and not after it was killed', () =>
    withData(async (data) => {
      const first = await served(data);
      const second = await outcomes(data, ['serve', '--port', '0']);
      expect(second.code).toBe(7);
      expect(second.err).toContain('data-directory-in-use');
      await first.end('SIGKILL');
      expect(existsSync(join(data, 'server.json'))).toBe(true);
      const third = await served(data);
      expect(await third.end('SIGTERM')).toBe(0);
    }));

  it('the key of the server is for its owner only, and is gone with the server', () =>
    withData(async (data) => {
      const server = await served(data);
      expect((statSync(join(data, 'server.json')).mode & 0o777).toString(8)).toBe('600');
      const { key } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as { key: string };
      for (const authorization of [undefined, 'Bearer wrong', `Bearer ${key}x`]) {
        const response = await fetch(`${server.address}/v1/commands/rebuild`, {
          method: 'POST',
          headers: authorization === undefined ? {} : { authorization },
        });
        expect([401, 403]).toContain(response.status);
      }
      await server.end('SIGINT');
      expect(existsSync(join(data, 'server.json'))).toBe(false);
    }));
});

describe('verify', () => {
  const loans = (count: number): object[] =>
    Array.from({ length: count }, (_, n) => ({
      specversion: '1.0', id: `l${n}`, source: 'urn:library:E08000021:lms', type: 'org.outcome-ledger.loan.issued.v1', subject: `E08000021/branch-${n % 7}`,
      time: new Date(Date.UTC(2023, 3, 1) + n * 600_000).toISOString(), data: { format: 'physical-book' },
    })); // prettier-ignore

  it('names an altered segment, and an altered observation, and ends with 8', () =>
    withData(async (data) => {
      const server = await served(data);
      expect(await post(server.address, loans(5_000))).toMatchObject({ accepted: 5_000 });
      await server.end('SIGTERM');
      expect((await outcomes(data, ['verify'])).out).toContain('byte-identical');

      const segment = join(data, 'facts', '000000000000-4096.facts.arrow');
      const bytes = readFileSync(segment);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(segment, bytes);
      const damaged = await outcomes(data, ['verify']);
      expect(damaged.code).toBe(8);
      expect(damaged.err).toContain('000000000000-4096.facts.arrow');
      expect((await outcomes(data, ['rebuild'])).code).toBe(0);
      expect((await outcomes(data, ['verify'])).code).toBe(0);

      const { default: Libsql } = await import('libsql');
      const database = new Libsql(join(data, 'ledger.sqlite'));
      const changed = database
        .prepare(
          "update observations_v2 set cells = replace(cells, '\"observed\",', '\"observed\",1') where place = 'E08000021' and breakdown = '' and projection like 'loans@%'",
        )
        .run();
      expect(changed.changes).toBe(1);
      database.close();
      const altered = await outcomes(data, ['verify']);
      expect(altered.code).toBe(8);
      expect(altered.out).toMatch(/loans@1:.*E08000021 financial-year 2023-04-01\/P1Y/);
    }));

  it('a damaged segment is found by a server that is running, too', () =>
    withData(async (data) => {
      const server = await served(data);
      await post(server.address, loans(5_000));
      const segment = join(data, 'facts', '000000000000-4096.facts.arrow');
      for (let tries = 0; tries < 200 && !existsSync(segment); tries++)
        await new Promise((done) => setTimeout(done, 25));
      const bytes = readFileSync(segment);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(segment, bytes);
      const found = await outcomes(data, ['verify']);
      expect([found.code, found.out]).toEqual([8, expect.stringContaining('facts/000000000000-4096.facts.arrow')]);
      await server.end('SIGTERM');
    }));
});
