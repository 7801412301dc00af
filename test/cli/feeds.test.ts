/** `outcomes feeds`, on the data directory itself and through a server that has it open. */
import { describe, expect, it } from 'vitest';
import { outcomes, post, served, withData } from '../support/outcomes.ts';

const FEED = 'urn:library:X01000001:counters';
const event = (id: string, more: object) => ({
  specversion: '1.0',
  id,
  source: FEED,
  type: 'org.outcome-ledger.visits.counted.v1',
  subject: 'X01000001/central',
  ...more,
});
const visits = (month: string, sequence: string) =>
  event(month, { sequence, data: { window: `${month}-01/P1M`, method: 'manual', count: 1 } });
const EVENTS = [
  event('expected', {
    type: 'org.outcome-ledger.feed.expected.v1',
    subject: undefined,
    time: '2020-01-05T09:00:00Z',
    sequence: '1',
    data: { feed: FEED, cadence: 'monthly', graceDays: 14, from: '2020-01-01' },
  }),
  visits('2020-01', '2'),
  visits('2020-04', '1041'),
];

describe.each([
  ['on the directory itself', false],
  ['through the server that has it open', true],
])('feeds %s', (_, through) => {
  it('says what is missing, of all feeds or one, and ends with 0; after a restart and a rebuild it says the same', () =>
    withData(async (data) => {
      let server = await served(data);
      expect((await post(server.address, EVENTS)).accepted).toBe(3);
      if (!through) expect(await server.end('SIGINT')).toBe(0);
      try {
        const all = await outcomes(data, ['feeds']);
        expect([all.code, all.err]).toEqual([0, '']);
        expect(all.out).toContain(`${FEED} (Made-up authority X01000001): overdue\n  3 events, received `);
        expect(all.out).toContain('; data of 1 Jan 2020 to 30 Apr 2020; monthly, 14 days of grace, from 1 Jan 2020\n');
        expect(all.out).toMatch(/^ {2}nothing since April 2020: \d+ months overdue$/m);
        expect(all.out).toMatch(/^ {2}no data for Feb to Mar 2020$/m);
        expect(all.out).toMatch(/^ {2}events 3–1040 never came$/m);
        expect(all.out).toMatch(/^Judged on \d+ \w+ \d{4}, knowledge position 3\.\n$/m);
        const one = await outcomes(data, ['--json', 'feeds', FEED]);
        expect(JSON.parse(one.out)).toMatchObject({
          position: 3,
          feeds: [{ source: FEED, state: 'overdue', sequence: { highest: 1041, missing: 1038 } }],
          next: null,
        });
        const none = await outcomes(data, ['feeds', 'urn:library:nobody']);
        expect([none.code, none.err]).toEqual([4, expect.stringContaining('[not-found]')]);

        if (through) {
          expect(await server.end('SIGKILL')).toBeNull();
          server = await served(data);
          expect((await outcomes(data, ['--json', 'feeds', FEED])).out).toBe(one.out);
        }
        expect((await outcomes(data, ['rebuild'])).code).toBe(0);
        expect((await outcomes(data, ['--json', 'feeds', FEED])).out).toBe(one.out);
        const verified = await outcomes(data, ['verify']);
        expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('1 feed.')]);
      } finally {
        if (through) expect(await server.end('SIGINT')).toBe(0);
      }
    }));
});

it('feeds of an empty ledger are none, and that is no error', () =>
  withData(async (data) => {
    const { code, out } = await outcomes(data, ['feeds']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^No feed is known: nothing was recorded yet\.\n/)]);
  }));
