/** What is due of a feed on a day, and what never came, in the words that its sender reads. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventOf, FactKind } from '../../../../contracts/activityEvent.ts';
import { daysIn, joinedDays, type CoveredDays } from '../../../../projections/feedRegister/coveredDays.ts';
import { duenessOf, missingInWords } from '../../../../projections/feedRegister/dueness.ts';
import { newFeed, type FeedState } from '../../../../projections/feedRegister/feedState.ts';
import { duePeriodOf, duePeriods } from '../../../../src/domain/cadence.ts';
import { dayOf, isoOf, windowOf } from '../../../../src/domain/periods.ts';

type Expected = Omit<EventOf<'feed.expected'>['data'], 'feed'>;
const MONTHLY: Expected = { cadence: 'monthly', graceDays: 14, from: '2024-01-01' };

function feed(expected: Expected | null, data: Partial<Record<FactKind, readonly string[]>>): FeedState {
  const days = Object.entries(data)
    .sort()
    .map(
      ([kind, windows]) =>
        [kind as FactKind, windows.map(windowOf).map(daysIn).reduce<CoveredDays>(joinedDays, [])] as const,
    );
  const said = { time: '2024-01-01T00:00:00Z', source: 'urn:library:a', id: 'e' };
  return { ...newFeed('urn:library:a'), days, expectation: expected === null ? null : { ...expected, said } };
}
const visits = (...windows: string[]) => ({ 'visits.counted': windows });
const judged = (state: FeedState, today: string) => {
  const { state: word, says, missing, overduePeriods, dueBy } = duenessOf(state, dayOf(today));
  return { word, says, missing: missing.map(missingInWords), overduePeriods, dueBy: dueBy === null ? null : isoOf(dueBy) }; // prettier-ignore
};

const MARCH = visits('2024-01-01/P1M', '2024-02-01/P1M', '2024-03-01/P1M');

describe('a monthly feed', () => {
  it.each([
    ['2024-04-30', 'on-time', 'the latest data are of March 2024; April 2024 is due by 14 May 2024'],
    ['2024-05-01', 'due', 'April 2024 is due by 14 May 2024'],
    ['2024-05-14', 'due', 'April 2024 is due by 14 May 2024'],
    ['2024-05-15', 'overdue', 'nothing since March 2024: 1 month overdue'],
    ['2024-07-15', 'overdue', 'nothing since March 2024: 3 months overdue'],
    ['2023-01-01', 'on-time', 'the latest data are of March 2024; April 2024 is due by 14 May 2024'],
  ])('on %s, with data up to March, is %s', (today, word, says) => {
    expect(judged(feed(MONTHLY, MARCH), today)).toMatchObject({ word, says: [says], missing: [] });
  });

  it.each([
    ['2023-12-31', 'on-time', 'nothing has come yet; January 2024 is due by 14 Feb 2024'],
    ['2024-02-01', 'due', 'January 2024 is due by 14 Feb 2024'],
    ['2024-04-30', 'never-received', 'nothing has ever come: due from January 2024, 3 months overdue'],
  ])('of which nothing ever came is, on %s, %s', (today, word, says) => {
    expect(judged(feed(MONTHLY, {}), today)).toMatchObject({ word, says: [says], missing: [] });
  });

  it('lacks the months within what it has reported, and those before it that were due', () => {
    const data = visits('2024-03-01/P1M', '2024-06-15/P1D', '2025-03-01/P1M');
    expect(judged(feed(MONTHLY, data), '2025-04-10').missing).toEqual([
      'no data for Jan to Feb 2024',
      'no data for Apr to May 2024',
      'no data for Jul 2024 to Feb 2025',
    ]);
  });

  it('is asked for nothing of before the first month that is due', () => {
    expect(judged(feed(MONTHLY, visits('2019-01-01/P1M', '2024-01-01/P1M')), '2024-02-10').missing).toEqual([]);
  });

  it('whose quarters come in one has all three months', () => {
    expect(judged(feed(MONTHLY, visits('2024-01-01/P3M')), '2024-04-30')).toMatchObject({
      word: 'on-time',
      missing: [],
    });
  });

  it('has ended when the last month that is due has come, and not before', () => {
    const ending = { ...MONTHLY, until: '2024-04-15' };
    expect(judged(feed(ending, MARCH), '2026-01-01')).toMatchObject({ word: 'overdue', overduePeriods: 1 });
    const all = visits('2024-01-01/P3M', '2024-04-01/P1M');
    expect(judged(feed(ending, all), '2026-01-01')).toMatchObject({
      word: 'ended',
      says: ['ended with April 2024; nothing more is due'],
      dueBy: null,
    });
  });
});

describe('other cadences', () => {
  it.each([
    ['daily', '2024-03-04/P1D', '2024-03-07', 'nothing since 4 Mar 2024: 2 days overdue'],
    ['weekly', '2024-03-06/P1D', '2024-03-18', 'nothing since the week of 4 Mar 2024: 1 week overdue'],
    ['quarterly', '2024-01-01/P3M', '2024-10-01', 'nothing since Jan to Mar 2024: 2 quarters overdue'],
    ['yearly', '2024-02-01/P1M', '2026-04-01', 'nothing since 2023/24: 2 years overdue'],
  ] as const)('%s', (cadence, window, today, says) => {
    expect(judged(feed({ cadence, graceDays: 0, from: window.slice(0, 10) }, visits(window)), today).says).toEqual([
      says,
    ]);
  });

  it('irregular: nothing is ever overdue', () => {
    const irregular: Expected = { cadence: 'irregular', graceDays: 0, from: '2010-01-01' };
    expect(judged(feed(irregular, {}), '2026-01-01')).toMatchObject({ word: 'on-time', overduePeriods: 0 });
    expect(judged(feed(irregular, MARCH), '2026-01-01').says).toEqual([
      'nothing is due at a set time; the last data are of 31 Mar 2024',
    ]);
    expect(judged(feed({ ...irregular, until: '2025-01-01' }, MARCH), '2026-01-01').word).toBe('ended');
  });

  it('none: that is said', () => {
    expect(judged(feed(null, MARCH), '2026-01-01')).toMatchObject({ word: 'no-expectation', missing: [] });
  });
});

describe('a feed of several kinds', () => {
  const both: Expected = { ...MONTHLY, kinds: ['visits.counted', 'loans.counted'] };

  it('is as late as the latest of them, and says of which', () => {
    const state = feed(both, { ...MARCH, 'loans.counted': ['2024-01-01/P1M'] });
    expect(judged(state, '2024-04-20')).toMatchObject({
      word: 'overdue',
      overduePeriods: 2,
      says: ['nothing of loans.counted since January 2024: 2 months overdue'],
    });
  });

  it('lacks periods kind by kind', () => {
    const state = feed(both, { ...MARCH, 'loans.counted': ['2024-01-01/P1M', '2024-03-01/P1M'] });
    expect(judged(state, '2024-04-10').missing).toEqual(['no loans.counted for February 2024']);
  });

  it('of which one never came is told of it', () => {
    expect(judged(feed(both, MARCH), '2024-04-20')).toMatchObject({
      word: 'never-received',
      says: ['nothing of loans.counted has ever come: due from January 2024, 3 months overdue'],
    });
  });
});

describe('missing periods', () => {
  it('are those that a look at every period finds', () => {
    const cadence = fc.constantFrom('daily', 'weekly', 'monthly', 'quarterly', 'yearly');
    const days = fc.array(fc.tuple(fc.integer({ min: 19_000, max: 20_500 }), fc.integer({ min: 1, max: 100 })), { maxLength: 12 }); // prettier-ignore
    fc.assert(
      fc.property(cadence, days, fc.integer({ min: 18_900, max: 20_000 }), (cadence, given, from) => {
        const windows = given.map(([first, length]) => ({ first, last: first + length - 1 }));
        const covered = windows.map(daysIn).reduce<CoveredDays>(joinedDays, []);
        const state: FeedState = { ...feed({ cadence, graceDays: 0, from: isoOf(from) }, {}), days: [['visits.counted', covered]] }; // prettier-ignore
        const first = duePeriodOf(cadence, from);
        const last = windows.length === 0 ? first - 1 : duePeriodOf(cadence, Math.max(...windows.map((w) => w.last)));
        const expected: number[] = [];
        for (let period = first; period <= last; period++) {
          const days = duePeriods(cadence, period, period);
          if (!windows.some((w) => w.first <= days.last && w.last >= days.first)) expected.push(period);
        }
        const { missing } = duenessOf(state, 21_000);
        expect(
          missing.flatMap(({ window, periods }) =>
            Array.from({ length: periods }, (_, i) => duePeriodOf(cadence, window.first) + i),
          ),
        ).toEqual(expected);
        for (const { window, periods } of missing)
          expect(duePeriodOf(cadence, window.last) - duePeriodOf(cadence, window.first) + 1).toBe(periods);
      }),
    );
  });

  it('of a daily feed of two and a half centuries are found in one look', () => {
    const state = feed({ cadence: 'daily', graceDays: 0, from: '1850-01-01' }, { 'figure.published': ['1900-01-01/P99Y', '2050-01-01/P1D'] }); // prettier-ignore
    expect(judged(state, '2026-01-01').missing).toEqual([
      'no data for Jan 1850 to Dec 1899',
      'no data for Jan 1999 to Dec 2049',
    ]);
  });
});
