/** What the guard lets out and in. Names are resolved by the tests: nothing is asked of a network. */
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isLoopback, isPublicAddress } from '../../../src/outgoing/addresses.ts';
import { guardedGet, type Got, type GuardRules } from '../../../src/outgoing/guard.ts';
import {
  blanks,
  brokenStatus,
  cutOff,
  cutOffPacked,
  html,
  packed,
  redirectTo,
  slow,
  startCounterApi,
  type Behaviour,
  type CounterApi,
} from '../../support/counter/counterApi.ts';
import { database, madeUpReport } from '../../support/counter/reports.ts';

const RULES: GuardRules = {
  maxBytes: 100_000,
  timeoutMs: 5_000,
  userAgent: 'outcome-ledger-test',
  accept: ['application/json'],
  loopback: true,
};
const REPORT = madeUpReport(
  'DR_D1',
  ['2022-01', '2022-01'],
  [database('Database 1', { Searches_Regular: { '2022-01': 5 } })],
);

let api: CounterApi;
beforeEach(async () => (api = await startCounterApi([REPORT])));
afterEach(() => api.stop());

const address = (path = 'r51/reports/dr_d1'): URL =>
  new URL(`${api.url.href}/${path}?customer_id=secret&begin_date=2022-01-01&end_date=2022-01-31`);
const get = (rules: Partial<GuardRules> = {}, url = address()): Promise<Got> => guardedGet({ ...RULES, ...rules })(url);
async function got(behaviour: Behaviour, rules?: Partial<GuardRules>): Promise<unknown> {
  api.next(behaviour);
  const result = await get(rules);
  expect(JSON.stringify(result)).not.toContain('secret');
  return 'noAnswer' in result ? [result.noAnswer.reason, result.noAnswer.again] : result.answer.status;
}

describe('addresses', () => {
  it.each([
    '127.0.0.1', '127.8.8.8', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254',
    '100.64.0.1', '192.0.2.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '240.0.0.1', '255.255.255.255',
    '::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1',
    '2001::1', '2001:db8::1', '2002:a00:1::', '3fff::1', 'example.org', '', '8.8.8', '0x7f000001',
  ])('%s is not public', (text) => expect(isPublicAddress(text)).toBe(false)); // prettier-ignore

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.167.255.255', '2a00:1450:4009::1', '2620:fe::fe'])(
    '%s is public',
    (text) => expect(isPublicAddress(text)).toBe(true),
  );

  it('of this machine are its loopback ones alone', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1'].map(isLoopback)).toEqual([true, true, true]);
    expect(['10.0.0.1', '::ffff:127.0.0.1', '0.0.0.0', 'localhost'].map(isLoopback)).toEqual([false, false, false, false]); // prettier-ignore
  });
});

describe('the guard', () => {
  const refusedAt = async (url: string, addresses: readonly string[], loopback = false): Promise<string> => {
    const resolve = async (): Promise<{ address: string; family: number }[]> =>
      addresses.map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 }));
    const result = await get({ loopback, resolve, timeoutMs: 500 }, new URL(url));
    return 'noAnswer' in result ? result.noAnswer.reason : 'answered';
  };

  it.each([
    ['http://127.0.0.1/', []],
    ['https://127.0.0.1/', []],
    ['https://[::1]/', []],
    ['https://2130706433/', []],
    ['https://0x7f.1/', []],
    ['https://10.0.0.1/', []],
    ['https://[::ffff:169.254.169.254]/', []],
    ['https://inside.example/', ['10.0.0.1']],
    ['https://metadata.example/', ['169.254.169.254']],
    ['https://both.example/', ['8.8.8.8', '10.0.0.1']],
    ['https://six.example/', ['fd00::1']],
    ['http://plain.example/', ['8.8.8.8']],
    ['ftp://plain.example/', ['8.8.8.8']],
    ['https://user:pass@named.example/', ['8.8.8.8']],
  ])('does not call %s at %j', async (url, addresses) => {
    expect(await refusedAt(url, addresses)).toBe('address-refused');
  });

  it('calls this machine only where it is told that it may, and another private one not even then', async () => {
    expect(await get()).toMatchObject({ answer: { status: 401 } });
    expect(await get({ loopback: false })).toMatchObject({ noAnswer: { reason: 'address-refused', again: false } });
    expect(await refusedAt('http://both.example/', ['127.0.0.1', '10.0.0.1'], true)).toBe('address-refused');
    expect(await refusedAt('http://inside.example/', ['10.0.0.1'], true)).toBe('address-refused');
  });

  it('calls the address that it has checked, whatever the name says the next time', async () => {
    let times = 0;
    const resolve = async (): Promise<{ address: string; family: number }[]> => {
      times += 1;
      return [{ address: times === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    };
    const url = address();
    url.hostname = 'rebinding.example';
    expect(await get({ resolve }, url)).toMatchObject({ answer: { status: 401 } });
    expect([times, api.asked.length]).toEqual([1, 1]);
    expect(await get({ resolve }, url)).toMatchObject({ noAnswer: { reason: 'address-refused' } });
  });

  it('follows within a host, a few times, and nowhere else', async () => {
    expect(await got(redirectTo('/counter/r51/status'))).toBe(200);
    expect(await got(redirectTo('http://127.0.0.1:1/'))).toEqual(['redirected-elsewhere', false]);
    expect(await got(redirectTo('https://example.org/?customer_id=secret'))).toEqual(['redirected-elsewhere', false]);
    expect(await got(redirectTo('http://['))).toEqual(['redirected-elsewhere', false]);
    api.always(redirectTo(`/counter/r51/reports/dr_d1`));
    expect(await get()).toMatchObject({ noAnswer: { reason: 'redirected-elsewhere' } });
  });

  it('takes no more bytes than it may, packed or not', async () => {
    expect(await got(blanks(100_000, false))).toBe(200);
    expect(await got(blanks(100_001, false))).toEqual(['too-large', false]);
    expect(await got(blanks(50_000_000, true))).toEqual(['too-large', false]);
  });

  it('waits no longer than it may', async () => {
    expect(await got(slow, { timeoutMs: 200 })).toEqual(['too-slow', true]);
  });

  it('stops at once when it is told to', async () => {
    api.next(slow);
    const stop = new AbortController();
    const asked = guardedGet(RULES)(address(), stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('tells an answer that was cut off from one that ended', async () => {
    expect(await got(cutOff)).toEqual(['cut-off', true]);
    expect(await got(cutOffPacked)).toEqual(['cut-off', true]);
    expect(await got(packed)).toBe(200);
  });

  it('takes no page for an answer, and tells its status where that is what matters', async () => {
    expect(await got(html)).toEqual(['other-content', false]);
    expect(await got(brokenStatus(502))).toBe(502);
  });

  it('says who asks, and nothing of what was asked when nobody is there', async () => {
    await get();
    expect(api.asked[0]?.headers['user-agent']).toBe('outcome-ledger-test');
    const result = await get({}, new URL('http://127.0.0.1:1/counter?customer_id=secret'));
    expect(result).toMatchObject({ noAnswer: { reason: 'unreachable', again: true } });
    expect(JSON.stringify(result)).not.toContain('secret');
    const resolve = async (): Promise<never> => Promise.reject(new Error('no such name'));
    expect(await get({ resolve }, new URL('https://nowhere.example/'))).toMatchObject({ noAnswer: { reason: 'unreachable', again: true } }); // prettier-ignore
  });

  it('does not trust a certificate that nobody vouches for', async () => {
    const folder = 'test/support/eventstoredb/certificates';
    const server = createTlsServer(
      { key: readFileSync(`${folder}/server.key`), cert: readFileSync(`${folder}/server.crt`) },
      (_, response) => response.end('{}'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await get({}, url)).toMatchObject({ noAnswer: { reason: 'unreachable' } });
    } finally {
      await new Promise((done) => server.close(done));
    }
  });
});
