/** A harvest against a server on this machine that is well, ill, slow, wrong and rude. No clock runs: waiting is told. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { MOST_ATTEMPTS } from '../../../src/outgoing/askFor.ts';
import { guardedGet } from '../../../src/outgoing/guard.ts';
import {
  harvestCounter,
  plannedHarvest,
  type Harvested,
  type HarvestPorts,
} from '../../../src/outgoing/harvestCounter.ts';
import type { Harvest, Outcome } from '../../../src/outgoing/harvestTasks.ts';
import { patiently } from '../../../src/outgoing/patience.ts';
import * as double from '../../support/counter/counterApi.ts';
import { CREDENTIALS, startCounterApi, type CounterApi } from '../../support/counter/counterApi.ts';
import { database, madeUpReport, type CounterDocument } from '../../support/counter/reports.ts';

const PAUSE_MS = 2_000;
const SINCE_2022 = (2022 - 1970) * 12;
const DAY = 86_400_000;

const use = (metric: string, ...counts: number[]): Record<string, Record<string, number>> => ({
  [metric]: Object.fromEntries(counts.map((count, i) => [`2022-${String(i + 1).padStart(2, '0')}`, count])),
});
const DATABASES = madeUpReport(
  'DR_D1',
  ['2022-01', '2022-12'],
  [
    database('Database 1', use('Searches_Regular', 5, 6, 7, 8, 9, 10)),
    database('Database 2', use('Searches_Regular', 1, 2, 3, 4)),
  ],
);
const PLATFORMS = madeUpReport(
  'PR_P1',
  ['2022-01', '2022-12'],
  [
    {
      Platform: 'Platform 1',
      Attribute_Performance: [{ Data_Type: 'Platform', Performance: use('Searches_Platform', 11, 12, 13, 14, 15, 16) }],
    },
  ],
);

let folder: string;
let api: CounterApi;
let handed: Harvested[];
let slept: number[];
let now: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outcomes-harvest-'));
  await start([DATABASES, PLATFORMS]);
  handed = [];
  slept = [];
  now = Date.parse('2022-04-10T09:00:00Z');
});
afterEach(async () => {
  await api.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Starts another server in the place of the one there may be. */
async function start(documents: readonly CounterDocument[], processed: { last?: string } = {}): Promise<void> {
  if (api !== undefined) await api.stop();
  api = await startCounterApi(documents, processed);
}
const harvestOf = (more: Partial<Harvest> = {}): Harvest => ({
  name: 'example',
  url: api.url,
  credentials: CREDENTIALS,
  reports: ['DR_D1'],
  since: SINCE_2022,
  ...more,
});
async function harvest(
  harvests: readonly Harvest[] = [harvestOf()],
  ports: Partial<HarvestPorts> = {},
): Promise<Outcome[]> {
  const effects = {
    now: () => new Date(now),
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
    random: () => 0.5,
  };
  return harvestCounter(harvests, {
    get: guardedGet({
      maxBytes: 1_000_000,
      timeoutMs: 2_000,
      userAgent: 'test',
      accept: ['application/json'],
      loopback: true,
    }),
    atHost: patiently(effects, PAUSE_MS),
    effects,
    folder,
    handOn: async (report) => {
      handed.push(report);
    },
    ...ports,
  });
}
const said = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map(({ report, month, is }) => `${report} ${month} ${is}`);
const months = (): string[] => api.asked.map(({ report, begin }) => `${report} ${begin.slice(0, 7)}`);
const state = (name = 'example'): string => readFileSync(join(folder, `${name}.json`), 'utf8');

describe('a harvest', () => {
  it('fetches each month that is over, and hands each report on under the hash of its bytes', async () => {
    expect(said(await harvest())).toEqual([
      'DR_D1 2022-01 imported',
      'DR_D1 2022-02 imported',
      'DR_D1 2022-03 imported',
    ]);
    expect(handed.map(({ platform, report, month }) => `${platform} ${report} ${month}`)).toEqual(['example DR_D1 2022-01', 'example DR_D1 2022-02', 'example DR_D1 2022-03']); // prettier-ignore
    for (const { sha256, path } of handed) expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256); // prettier-ignore
    expect(api.asked[0]?.path).toBe('/counter/r51/reports/dr_d1');
    expect([api.asked[1]?.begin, api.asked[1]?.end]).toEqual(['2022-02-01', '2022-02-28']);
  });

  it('asks for nothing again on the same day', async () => {
    await harvest();
    now += DAY / 2;
    expect(await harvest()).toEqual([]);
    expect(api.asked.length).toBe(3);
  });

  it('asks once more for what may have been corrected: the last three months, and each when its time is over', async () => {
    await harvest();
    const asked = async (date: string): Promise<string[]> => {
      now = Date.parse(date);
      const before = api.asked.length;
      await harvest();
      return months().slice(before);
    };
    // January was last fetched in April, within three months of its end: it could still have been corrected.
    expect(await asked('2022-05-10T09:00:00Z')).toEqual(['DR_D1 2022-01', 'DR_D1 2022-02', 'DR_D1 2022-03', 'DR_D1 2022-04']); // prettier-ignore
    expect(await asked('2022-06-10T09:00:00Z')).toEqual(['DR_D1 2022-02', 'DR_D1 2022-03', 'DR_D1 2022-04', 'DR_D1 2022-05']); // prettier-ignore
    expect(await asked('2023-06-10T09:00:00Z')).toEqual(
      ['03', '04', '05', '06', '07', '08', '09', '10', '11', '12']
        .map((month) => `DR_D1 2022-${month}`)
        .concat(['01', '02', '03', '04', '05'].map((month) => `DR_D1 2023-${month}`)),
    );
    expect((await asked('2023-06-12T09:00:00Z')).map((one) => one.slice(-7))).toEqual(['2023-03', '2023-04', '2023-05']); // prettier-ignore
  });

  it('plans without asking, and plans what it then does', async () => {
    const planned = plannedHarvest([harvestOf()], folder, new Date(now));
    expect(said(planned)).toEqual(['DR_D1 2022-01 to-fetch', 'DR_D1 2022-02 to-fetch', 'DR_D1 2022-03 to-fetch']);
    expect([api.asked.length, readdirSync(folder).length]).toEqual([0, 0]);
    await harvest();
    expect(plannedHarvest([harvestOf()], folder, new Date(now))).toEqual([]);
  });
});

describe('a harvest is patient', () => {
  it('asks a host for one thing at a time, with a pause between, from two platforms too', async () => {
    await harvest([harvestOf({ reports: ['DR_D1', 'PR_P1'] }), harvestOf({ name: 'other', reports: ['PR_P1'] })]);
    expect([api.asked.length, api.mostAtOnce()]).toEqual([9, 1]);
    expect(slept).toEqual(Array.from({ length: 8 }, () => PAUSE_MS));
  });

  it.each([
    ['is busy', double.busy()],
    ['has queued the report', double.queued],
    ['has had too many requests', double.tooMany()],
    ['has broken down', double.exception(1000, 'Service Not Available')],
    ['has broken down without a word', double.brokenStatus(502)],
    ['cuts its answer off', double.cutOff],
  ])('asks again, later and later, where the server %s', async (_, behaviour) => {
    api.next(behaviour, behaviour, behaviour);
    expect(said(await harvest())[0]).toBe('DR_D1 2022-01 imported');
    // Half of the wait and half of the other half by chance, of 10, 20 and 40 seconds.
    expect(slept.slice(0, 3)).toEqual([7_500, 15_000, 30_000]);
    expect(months().slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'DR_D1 2022-01'));
  });

  it('waits as long as the server asks for', async () => {
    api.next(double.busy('120'), double.tooMany(new Date(now + 600_000).toUTCString()));
    await harvest();
    expect(slept[0]).toBe(120_000);
    expect(slept[1]).toBe(480_000);
  });

  it('leaves off after a few times, and the next harvest goes on there', async () => {
    api.next(double.packed);
    api.next(...Array.from({ length: MOST_ATTEMPTS }, () => double.queued));
    const first = await harvest();
    expect(said(first)).toEqual(['DR_D1 2022-01 imported', 'DR_D1 2022-02 again-later', 'DR_D1 2022-03 again-later']);
    expect(first[1]?.why).toBe('1011: Report Queued for Processing');
    expect(api.asked.length).toBe(1 + MOST_ATTEMPTS);
    now += DAY / 2;
    expect(said(await harvest())).toEqual(['DR_D1 2022-02 imported', 'DR_D1 2022-03 imported']);
  });

  it('does not come back before the time that the server has named, however often it is started', async () => {
    api.next(double.tooMany('7200'));
    expect(said(await harvest())).toEqual([
      'DR_D1 2022-01 again-later',
      'DR_D1 2022-02 again-later',
      'DR_D1 2022-03 again-later',
    ]);
    now += 3_600_000;
    const [again] = await harvest();
    expect(again?.why).toBe('The server asked not to be asked before 2022-04-10T11:00:00.000Z');
    expect(api.asked.length).toBe(1);
    now += 3_600_001;
    expect(said(await harvest()).length).toBe(3);
    expect(handed.length).toBe(3);
  });

  it('lets one server’s illness not delay the others', async () => {
    const ill = await startCounterApi([DATABASES]);
    try {
      ill.always(double.busy());
      const outcomes = await harvest([harvestOf({ name: 'ill', url: ill.url }), harvestOf()]);
      expect(said(outcomes.filter(({ platform }) => platform === 'example'))).toEqual(['DR_D1 2022-01 imported', 'DR_D1 2022-02 imported', 'DR_D1 2022-03 imported']); // prettier-ignore
      expect(outcomes.filter(({ is }) => is === 'again-later').length).toBe(3);
    } finally {
      await ill.stop();
    }
  });
});

describe('a harvest gives up at once where asking again is of no use', () => {
  it.each([
    ['the requestor is not known', double.exception(2000, 'Requestor Not Authorized to Access Service')],
    ['the customer is not known', double.exception(2010, 'Requestor is Not Authorized to Access Usage')],
    ['the key is not valid', double.exception(2020, 'APIKey Invalid')],
    ['something is missing', double.exception(1030, 'Insufficient Information to Process Request')],
    ['it is sent to another host', double.redirectTo('https://elsewhere.example/')],
    ['a page to sign in is answered', double.html],
    ['the answer is too large', double.blanks(2_000_000, true)],
  ])('with the platform: %s', async (_, behaviour) => {
    api.next(behaviour);
    expect(said(await harvest([harvestOf({ reports: ['DR_D1', 'PR_P1'] })]))).toEqual(
      ['DR_D1', 'PR_P1'].flatMap((report) => ['01', '02', '03'].map((month) => `${report} 2022-${month} given-up`)),
    );
    expect([api.asked.length, slept, handed]).toEqual([1, [], []]);
  });

  it.each([
    ['another report is answered', double.otherReport, 'Another report was answered'],
    ['another month is answered', double.otherMonth, 'Another report was answered'],
    ['another release is answered', double.otherRelease, 'Another report was answered'],
    ['what is answered is a page after all', double.htmlAsJson, 'The answer is no COUNTER report'],
    ['the report is not there', double.brokenStatus(404), 'HTTP status 404'],
    ['the dates are not valid', double.exception(3020, 'Invalid Date Arguments'), '3020'],
  ])('with the report: %s', async (_, behaviour, why) => {
    api.next(behaviour);
    const outcomes = await harvest([harvestOf({ reports: ['DR_D1', 'PR_P1'] })]);
    expect(outcomes.filter(({ is }) => is === 'given-up').length).toBe(3);
    expect(outcomes[0]?.why).toContain(why);
    expect(handed.map(({ report }) => report)).toEqual(['PR_P1', 'PR_P1', 'PR_P1']);
  });
});

describe('a month that is not there', () => {
  it('is asked for again until it is processed', async () => {
    await start([DATABASES], { last: '2022-02' });
    expect(said(await harvest())[2]).toBe('DR_D1 2022-03 not-ready');
    expect(state()).toContain('3031');
    await start([DATABASES]);
    now += 20 * DAY;
    expect(said(await harvest())).toContain('DR_D1 2022-03 imported');
  });

  it('is not asked for again where it is no longer held', async () => {
    api.next(double.gone);
    expect(said(await harvest())[0]).toBe('DR_D1 2022-01 gone');
    now += 2 * DAY;
    await harvest();
    expect(months().slice(3)).toEqual(['DR_D1 2022-02', 'DR_D1 2022-03']);
  });

  it('is no report of zeroes: nothing is handed on', async () => {
    api.next(
      double.noUsage,
      double.emptyWithoutReason,
      double.exception(3030, 'No Usage Available for Requested Dates'),
    );
    expect(said(await harvest())).toEqual([
      'DR_D1 2022-01 no-usage',
      'DR_D1 2022-02 not-ready',
      'DR_D1 2022-03 no-usage',
    ]);
    expect(handed).toEqual([]);
  });

  it('in part is handed on with what the server says of it', async () => {
    api.next(double.partial, double.parameterIgnored);
    expect(said(await harvest())[0]).toBe('DR_D1 2022-01 imported');
    expect(state()).toContain('"code": 3040');
    expect(state()).toContain('"code": 3050');
  });
});

describe('a harvest that is stopped in the middle', () => {
  it('goes on where it stopped, wherever that was', async () => {
    for (const killed of [1, 2, 3]) {
      rmSync(folder, { recursive: true });
      handed = [];
      const before = api.asked.length;
      const dying = harvest(undefined, {
        handOn: async (report) => {
          if (handed.length + 1 === killed) throw new Error('killed');
          handed.push(report);
        },
      });
      await expect(dying).rejects.toThrow('killed');
      expect(said(await harvest())).toEqual(['01', '02', '03'].slice(killed - 1).map((month) => `DR_D1 2022-${month} imported`)); // prettier-ignore
      // What was saved and not handed on is handed on now, and was fetched once.
      expect(api.asked.length - before).toBe(3);
      expect(handed.map(({ month }) => month)).toEqual(['2022-01', '2022-02', '2022-03']);
    }
  });

  it('fetches again what was damaged since', async () => {
    await expect(harvest(undefined, { handOn: async () => Promise.reject(new Error('killed')) })).rejects.toThrow(
      'killed',
    );
    const [saved] = readdirSync(join(folder, 'reports'));
    writeFileSync(join(folder, 'reports', saved!), '{}');
    expect(said(await harvest())[0]).toBe('DR_D1 2022-01 imported');
    expect(months().filter((month) => month === 'DR_D1 2022-01').length).toBe(2);
    expect(readFileSync(handed[0]!.path).byteLength).toBeGreaterThan(2);
  });

  it('does not ask for what could not be imported, and tries again to import it', async () => {
    const refuse = async (): Promise<void> => Promise.reject(new LedgerError('invalid-file', 'Nothing was imported.'));
    expect(said(await harvest(undefined, { handOn: refuse }))[0]).toBe('DR_D1 2022-01 not-imported');
    expect(said(plannedHarvest([harvestOf()], folder, new Date(now)))[0]).toBe('DR_D1 2022-01 to-import');
    expect(said(await harvest())[0]).toBe('DR_D1 2022-01 imported');
    expect(api.asked.length).toBe(3);
  });

  it('is told from one whose memory was written by hand', async () => {
    await harvest();
    writeFileSync(join(folder, 'example.json'), state().replace('"fetched"', '"fetchd"'));
    await expect(harvest()).rejects.toMatchObject({ code: 'invalid-file' });
    writeFileSync(join(folder, 'example.json'), '{');
    await expect(harvest()).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('by hand ends at once, in the middle of a wait too', async () => {
    const stop = new AbortController();
    api.always(double.busy());
    const sleep = async (): Promise<void> => {
      stop.abort();
      throw new LedgerError('interrupted', 'Cancelled.');
    };
    const effects = { now: () => new Date(now), sleep, random: () => 0.5 };
    await expect(harvest(undefined, { effects, signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
    expect(api.asked.length).toBe(1);
  });
});

describe('numbers that a later edition leaves out', () => {
  it('are told: importing it leaves them as they are', async () => {
    await harvest();
    await start([
      madeUpReport('DR_D1', ['2022-01', '2022-12'], [database('Database 1', use('Searches_Regular', 5, 6, 7, 8))]),
    ]);
    now += 2 * DAY;
    const [january] = await harvest();
    expect(january).toMatchObject({ month: '2022-01', is: 'imported' });
    expect(january?.why).toBe('One number of an earlier edition is not in this one, such as database-2 platform-1 searches-regular regular 2022-01: 1. They stand as they are; withdraw them if the provider has'); // prettier-ignore
    await start([madeUpReport('DR_D1', ['2022-01', '2022-12'], [])]);
    now += 2 * DAY;
    const [none] = await harvest();
    expect(none).toMatchObject({ month: '2022-01', is: 'no-usage' });
    expect(none?.why).toContain('database-1 platform-1 searches-regular regular 2022-01: 5');
  });
});

describe('credentials', () => {
  it('go to the server and nowhere else, even where it repeats them', async () => {
    api.next(double.repeatsCredentials);
    const outcomes = await harvest();
    const [asked] = api.asked;
    expect(asked?.query.get('customer_id')).toBe(CREDENTIALS.customerId);
    expect(asked?.query.get('api_key')).toBe(CREDENTIALS.apiKey);
    api.next(double.noUsage);
    const repeated = async (): Promise<Outcome[]> => harvest([harvestOf({ name: 'second' })]);
    api.next((response, { query }, right) =>
      double.json(response, 200, {
        Report_Header: {
          ...right.Report_Header,
          Exceptions: [{ Code: 3031, Message: 'Usage Not Ready', Data: query.toString() }],
        },
        Report_Items: [],
      }),
    );
    const all =
      JSON.stringify([outcomes, await repeated(), readdirSync(folder, { recursive: true })]) + state('second');
    expect(all).toContain('[withheld]');
    for (const secret of Object.values(CREDENTIALS)) {
      expect(all).not.toContain(secret);
      expect(all).not.toContain(encodeURIComponent(secret));
    }
  });
});
