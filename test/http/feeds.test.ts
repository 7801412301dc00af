/** What a sender is told of its feeds: with every answer, and whenever it asks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../../contracts/errors.ts';
import { receiptSchema, type Receipt } from '../../src/http/receipt.ts';
import { testServer, visits, type TestServer } from './testServer.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({ filled: false });
});
afterAll(() => server.close());

// The clock of the tests stands at 1 November 2026.
const FEED = 'urn:library:X01000001:counters';
const numbered = (library: string, month: string, sequence: string, more: object = {}) =>
  visits(library, month, 1, { sequence, ...more });
const expectation = (more: object = {}, feed = FEED) => ({
  specversion: '1.0',
  id: `expected-${feed}`,
  source: feed,
  type: 'org.outcome-ledger.feed.expected.v1',
  time: '2026-01-05T09:00:00Z',
  data: { feed, cadence: 'monthly', graceDays: 14, from: '2026-01-01', ...more },
});
async function post(body: unknown, type = 'application/json'): Promise<Receipt> {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await server.app.inject({ method: 'POST', url: '/v1/events', payload, headers: { 'content-type': type } }); // prettier-ignore
  return receiptSchema.parse(answer.json());
}
const get = (path: string, headers: Record<string, string> = {}) => server.app.inject({ url: path, headers });
interface Page {
  readonly feeds: readonly { readonly source: string }[];
  readonly next: string | null;
}
const pathOf = (feed: string): string => `/v1/feeds/${encodeURIComponent(feed)}`;

describe('the answer to events', () => {
  test('says nothing of a feed of which nothing can be missed', async () => {
    expect((await post([visits('plain', '2026-01', 1, { source: 'urn:library:X01000001:plain' })])).feeds).toEqual([]);
  });

  test('tells of numbers that never came, this request counted in, before anything is projected', async () => {
    const receipt = await post([numbered('a', '2026-01', '1'), numbered('a', '2026-02', '4')]);
    expect(receipt.feeds).toMatchObject([
      {
        source: FEED,
        sequence: { highest: 4, missing: 2, gaps: [{ first: 2, last: 3 }] },
        says: [expect.any(String), 'events 2–3 never came'],
      },
    ]);
  });

  test('tells the same of duplicates alone, and of what was projected meanwhile', async () => {
    await server.ledger.project();
    const receipt = await post([numbered('a', '2026-01', '1')]);
    expect([receipt.duplicates, receipt.feeds?.[0]?.sequence?.gaps]).toEqual([1, [{ first: 2, last: 3 }]]);
    expect(receipt.feeds?.[0]?.sequence?.repeats).toBe(0);
  });

  test('does not ask again for what came in the request before, though nothing was projected meanwhile', async () => {
    const source = 'urn:library:X01000001:batches';
    const batch = (from: number) => [0, 1, 2].map((i) => numbered(`b${from + i}`, '2026-01', String(from + i), { source })); // prettier-ignore
    expect((await post(batch(4))).feeds?.[0]?.sequence?.missing).toBe(3);
    expect((await post(batch(1))).feeds?.[0]?.sequence).toMatchObject({ highest: 6, missing: 0, repeats: 0 });
  });

  test('tells, line by line, when the gap is closed', async () => {
    const lines = [numbered('a', '2026-03', '3'), numbered('a', '2026-04', '2'), 'no event'];
    const receipt = await post(lines.map((line) => JSON.stringify(line)).join('\n'), 'application/x-ndjson');
    expect([receipt.accepted, receipt.refused]).toEqual([2, 1]);
    expect(receipt.feeds?.[0]?.sequence).toMatchObject({ highest: 4, missing: 0, gaps: [] });
  });

  test('takes the number as a part of the event: the same id with another is a conflict', async () => {
    const receipt = await post([numbered('a', '2026-01', '9'), visits('a', '2026-01', 1)]);
    expect(receipt.outcomes.map(({ problem }) => problem?.code)).toEqual(['event-conflict', 'event-conflict']);
    expect(receipt.feeds).toEqual([]);
  });

  test('tells of periods that are due, by what came in the same request', async () => {
    const receipt = await post([expectation(), numbered('a', '2026-07', '5')]);
    expect(receipt.feeds).toMatchObject([
      {
        state: 'overdue',
        overduePeriods: 2,
        dueBy: '2026-09-14',
        missing: { periods: 2, runs: [{ kind: null, from: '2026-05-01', to: '2026-06-30', periods: 2 }] },
        says: ['nothing since July 2026: 2 months overdue', 'no data for May to Jun 2026'],
      },
    ]);
  });

  test('of one event alone tells it, too', async () => {
    expect((await post(numbered('a', '2026-08', '6'))).feeds).toMatchObject([{ overduePeriods: 1 }]);
  });

  test('stays short whatever was sent', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) =>
      visits(`many-${i}`, '2026-01', 1, { source: `urn:library:many:${i % 200}`, sequence: String(1_000 * i + 2) }),
    );
    const receipt = await post(many);
    expect(receipt.accepted).toBe(2_000);
    expect(receipt.feeds).toHaveLength(100);
    expect(JSON.stringify(receipt.feeds).length).toBeLessThan(200_000);
  });
});

describe('GET /v1/feeds', () => {
  test('lists every feed with its state and what never came', async () => {
    await server.ledger.project();
    const answer = await get('/v1/feeds');
    expect(answer.statusCode).toBe(200);
    const { feeds, position, on, next } = answer.json<{ feeds: { source: string }[] } & Record<string, unknown>>();
    expect([position, on, next]).toEqual([await server.ledger.size(), '2026-11-01', null]);
    expect(feeds.map(({ source }) => source)).toEqual(feeds.map(({ source }) => source).toSorted());
    expect(feeds.find(({ source }) => source === FEED)).toMatchObject({
      authority: { code: 'X01000001' },
      events: 7,
      firstDay: '2026-01-01',
      lastDay: '2026-08-31',
      state: 'overdue',
      expectation: { cadence: 'monthly', said: { source: FEED } },
    });
    expect(feeds.find(({ source }) => source === 'urn:library:X01000001:plain')).toMatchObject({
      state: 'no-expectation',
      sequence: null,
    });
  });

  test('answers one feed by its source, percent-encoded', async () => {
    const answer = await get(pathOf(FEED));
    expect(answer.json()).toMatchObject({ feeds: [{ source: FEED }], next: null });
    const long = `https://example.org/${'a/'.repeat(90)}`;
    await post([visits('long', '2026-01', 1, { source: long })]);
    await server.ledger.project();
    expect((await get(pathOf(long))).json()).toMatchObject({ feeds: [{ source: long, events: 1 }] });
  });

  test.each([
    ['a feed that is not known', pathOf('urn:library:nobody'), 404, 'not-found'],
    ['an option that is not known', '/v1/feeds?state=overdue', 400, 'invalid-query'],
    ['a format that is not known', `${pathOf(FEED)}?format=xml`, 400, 'invalid-query'],
    ['a place to go on from that is no source', '/v1/feeds?after=x', 400, 'invalid-query'],
  ])('refuses %s', async (_, path, status, code) => {
    const answer = await get(path);
    expect([answer.statusCode, problemSchema.parse(answer.json()).code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  test.each([
    ['asked by Accept', '/v1/feeds', { accept: 'text/csv' }],
    ['asked by format', '/v1/feeds?format=csv', {}],
  ])('is a table when %s', async (_, path, headers) => {
    const answer = await get(path, headers);
    expect(answer.headers['content-type']).toMatch(/^text\/csv/);
    const [header, ...rows] = answer.body.trim().split('\r\n');
    expect(header).toMatch(/^source,authority,state,judged_on,cadence,/);
    expect(rows.find((row) => row.startsWith(`${FEED},`))).toMatch(
      /^urn:library:X01000001:counters,X01000001,overdue,2026-11-01,monthly,14,,2026-01-01,,2026-10-14,1,2,7,/,
    );
  });

  test('goes on after a feed, a thousand at a time', async () => {
    const feeds = Array.from({ length: 1_100 }, (_, i) => `urn:library:paged:${String(i).padStart(4, '0')}`);
    await server.ledger.record(feeds.map((source) => visits('p', '2026-01', 1, { source })));
    await server.ledger.project();
    const listed: string[] = [];
    for (let path: string | null = '/v1/feeds'; path !== null;) {
      const page: Page = (await get(path)).json<Page>();
      listed.push(...page.feeds.map(({ source }) => source));
      path = page.next === null ? null : `/v1/feeds?after=${encodeURIComponent(page.next)}`;
    }
    expect(listed.filter((source) => source.startsWith('urn:library:paged:'))).toEqual(feeds);
    expect(new Set(listed).size).toBe(listed.length);
  });
});

test('metrics count feeds that are overdue, and numbers that never came', async () => {
  const other = await testServer({ filled: false });
  try {
    await other.ledger.record([
      expectation(),
      expectation({ kinds: ['loans.counted'] }, 'urn:library:X01000001:lms'),
      expectation({ cadence: 'irregular' }, 'urn:library:X01000001:odd'),
      numbered('a', '2026-09', '11'),
    ]);
    await other.ledger.project();
    const { body } = await other.app.inject('/metrics');
    expect(body).toMatch(/^outcomes_feeds_overdue 1$/m);
    expect(body).toMatch(/^outcomes_sequence_numbers_missing 10$/m);
  } finally {
    await other.close();
  }
});
