/** What each event changes of its feed, and how the feed is reported then. */
import { describe, expect, it } from 'vitest';
import { activityEvent, typeOf, type ActivityEvent } from '../../../../contracts/activityEvent.ts';
import { feedStanding } from '../../../../projections/feedRegister/feedStanding.ts';
import { evolveFeed, feedsOf, joinedFeed, newFeed, type FeedState } from '../../../../projections/feedRegister/feedState.ts'; // prettier-ignore
import { dayOf } from '../../../../src/domain/periods.ts';

const FEED = 'urn:library:E08000021:counters';
const OFFICE = 'urn:library:E08000021:office';
let ids = 0;
const visits = (window: string, more: object = {}): ActivityEvent =>
  activityEvent.parse({
    specversion: '1.0',
    id: `e${ids++}`,
    source: FEED,
    type: typeOf('visits.counted'),
    subject: 'E08000021/city',
    data: { window, method: 'manual', count: 1 },
    ...more,
  });
const expected = (time: string, data: object, more: object = {}): ActivityEvent =>
  activityEvent.parse({
    specversion: '1.0',
    id: `e${ids++}`,
    source: FEED,
    type: typeOf('feed.expected'),
    time,
    data: { feed: FEED, cadence: 'monthly', graceDays: 0, from: '2024-01-01', ...data },
    ...more,
  });
const T = '2024-05-01T10:00:00.000Z';
const after = (
  events: readonly ActivityEvent[],
  source = FEED,
  recordedAt: (n: number) => string = () => T,
): FeedState =>
  events
    .map((event, n) => ({ event, recordedAt: recordedAt(n), parked: false }))
    .filter((given) => feedsOf(given).includes(source))
    .reduce(evolveFeed, newFeed(source));
const shown = (state: FeedState, parked = 0) => feedStanding(state, parked, dayOf('2024-05-15'), 10);

describe('an event', () => {
  it('of a window, a day or a moment covers just those days', () => {
    const state = after([
      visits('2024-01-01/P1M'),
      visits('', { type: typeOf('service-point.status'), data: { on: '2024-03-31', open: 'open' } }),
      visits('', { type: typeOf('loan.issued'), time: '2024-05-01T23:30:00Z', data: { format: 'e-book' } }),
    ]);
    // Half past eleven in the evening, Greenwich time, is the next day in London in summer.
    expect(shown(state)).toMatchObject({ firstDay: '2024-01-01', lastDay: '2024-05-02', events: 3 });
  });

  it('that says why there is no number has come all the same', () => {
    const absent = { data: { window: '2024-02-01/P1M', method: 'manual', absent: 'not-open' } };
    expect(shown(after([visits('', absent)])).lastDay).toBe('2024-02-29');
  });

  it('that corrects brings the days of its replacement; one that retracts brings none, and takes none away', () => {
    const amendment = { target: { source: FEED, id: 'x' }, by: 'data-officer', why: 'miscounted' };
    const body = { type: typeOf('visits.counted'), subject: 'E08000021/city', data: { window: '2024-04-01/P1M', method: 'manual', count: 1 } }; // prettier-ignore
    const correction = { ...visits('2024-01-01/P1M'), subject: undefined, type: typeOf('fact.corrected'), time: T, data: { ...amendment, replacement: body } }; // prettier-ignore
    const retraction = { ...visits('2024-01-01/P1M'), subject: undefined, type: typeOf('fact.retracted'), time: T, data: amendment }; // prettier-ignore
    const clean = (event: object): ActivityEvent => activityEvent.parse(JSON.parse(JSON.stringify(event)));
    expect(shown(after([clean(correction), clean(retraction)]))).toMatchObject({ lastDay: '2024-04-30', events: 2 });
    expect(shown(after([clean(retraction)])).lastDay).toBeNull();
  });

  it('recorded while the clock was put back neither comes last nor first by mistake', () => {
    const times = ['2024-05-02T00:00:00.000Z', '2024-05-01T00:00:00.000Z', '2024-05-01T12:00:00.000Z'];
    const state = after([visits('2024-01-01/P1M'), visits('2024-02-01/P1M'), visits('2024-03-01/P1M')], FEED, (n) => times[n] ?? T); // prettier-ignore
    expect(shown(state)).toMatchObject({ firstReceived: times[1], lastReceived: times[0] });
  });

  it('names its authority by its source', () => {
    expect(shown(newFeed(FEED)).authority).toMatchObject({ code: 'E08000021' });
    expect(shown(newFeed('https://example.org/feed')).authority).toBeNull();
    expect(shown(newFeed('urn:library:E92000001:nation')).authority).toBeNull();
  });
});

describe('numbers', () => {
  const numbered = (...numbers: string[]) => numbers.map((sequence) => visits('2024-04-01/P1M', { sequence }));

  it('that never came are told as the sender counts them', () => {
    const { sequence, says } = shown(after(numbered('1', '2', '1041', '1043')));
    expect(sequence).toMatchObject({ highest: 1043, missing: 1039, gaps: [{ first: 3, last: 1040 }, { first: 1042, last: 1042 }] }); // prettier-ignore
    expect(says).toEqual(expect.arrayContaining(['events 3–1040 never came', 'event 1042 never came']));
  });

  it('on two events are told', () => {
    expect(shown(after(numbered('1', '2', '2'))).says).toContain('number 2 came on more than one event');
    expect(shown(after(numbered('1', '2', '2', '1'))).says).toContain('numbers 1, 2 came on more than one event');
  });

  it('of corrections and expectations count like those of any event', () => {
    const state = after([...numbered('1'), expected(T, {}, { sequence: '2' }), ...numbered('3')]);
    expect(shown(state).sequence).toMatchObject({ highest: 3, missing: 0 });
  });

  it('of a feed that numbers nothing are not asked for', () => {
    expect(shown(after([visits('2024-01-01/P1M')])).sequence).toBeNull();
  });

  it('of a thousand gaps are told in short', () => {
    const state = after(numbered(...Array.from({ length: 1_500 }, (_, i) => String(3 * i + 1))));
    const { sequence, says } = shown(state);
    expect(sequence).toMatchObject({ missing: 2 * 1_499, unlisted: 2 * 1_489 });
    expect(sequence?.gaps).toHaveLength(10);
    expect(says).toHaveLength(13);
    expect(says.slice(-2)).toEqual(['and 989 more such gaps', 'of the numbers above 2998, 1000 never came']);
  });
});

describe('an event that cannot be read', () => {
  const parked = (more: object): FeedState =>
    [visits('2024-01-01/P1M', { sequence: '1' }), { ...visits('2024-02-01/P1M'), ...more } as ActivityEvent].reduce(
      (state, event, n) => evolveFeed(state, { event, recordedAt: T, parked: n === 1 }),
      newFeed(FEED),
    );

  it('has come, with its number, and says nothing of any day', () => {
    const standing = shown(parked({ sequence: '2', data: 'nonsense' }), 1);
    expect(standing).toMatchObject({
      events: 2,
      lastDay: '2024-01-31',
      sequence: { highest: 2, missing: 0 },
      parked: 1,
    });
    expect(standing.says).toContain('1 event could not be read');
  });

  it.each([[true], ['01'], [-1], [{}], ['9'.repeat(400)], [null]])('may have %j for a number', (sequence) => {
    expect(shown(parked({ sequence })).sequence).toMatchObject({ highest: 1, missing: 0, repeats: 0 });
  });

  it('which is a copy of another is no second event with its number', () => {
    expect(shown(parked({ sequence: '1' })).sequence?.repeats).toBe(0);
  });

  it('expects nothing, whatever it says', () => {
    expect(parked({ type: typeOf('feed.expected'), data: { feed: FEED } }).expectation).toBeNull();
  });
});

describe('what is expected', () => {
  const daily = expected('2024-02-01T00:00:00Z', { cadence: 'daily' });
  const monthly = expected('2024-03-01T00:00:00+01:00', { cadence: 'monthly' });

  it('is what was said last, in whatever order it comes', () => {
    expect(after([daily, monthly]).expectation?.cadence).toBe('monthly');
    expect(after([monthly, daily]).expectation).toEqual(after([daily, monthly]).expectation);
    const other = expected('2024-02-29T23:00:00Z', { cadence: 'weekly' });
    expect(after([other, monthly]).expectation).toEqual(after([monthly, other]).expectation);
  });

  it('may be said by another feed, which it does not change but for having sent it', () => {
    const said = expected(T, { kinds: ['visits.counted'] }, { source: OFFICE });
    expect(feedsOf({ event: said, recordedAt: T, parked: false })).toEqual([OFFICE, FEED]);
    expect(after([said])).toMatchObject({
      events: 0,
      received: null,
      expectation: { said: { source: OFFICE, id: said.id } },
    });
    expect(after([said], OFFICE)).toMatchObject({ events: 1, expectation: null });
    expect(shown(after([said])).says[0]).toMatch(/^nothing of visits.counted has ever come/);
  });
});

it('two accounts joined, the second of which the first holds already, are the first', () => {
  const events = [visits('2024-01-01/P1M', { sequence: '1' }), expected(T, {}, { sequence: '3' })];
  const all = after(events);
  expect(joinedFeed(all, after(events.slice(1)))).toEqual(all);
  expect(shown(joinedFeed(after(events.slice(0, 1)), after(events.slice(1))))).toMatchObject({
    sequence: { highest: 3, missing: 1 },
    state: 'overdue',
  });
});
