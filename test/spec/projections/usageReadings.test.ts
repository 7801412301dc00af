/** What the readings of monthly usage make of Newcastle's files. Totals were worked out from the text of the files. */
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import { asRead } from '../../../src/domain/readings.ts';
import { monthlyUsageLong } from '../../../src/importers/usage/monthlyUsageLong.ts';
import { onlineResourcesWide } from '../../../src/importers/usage/onlineResourcesWide.ts';
import { deliveredReadings as readings } from '../../support/deliveredReadings.ts';
import { describeWithRealData } from '../../support/realData.ts';
import { statedBody } from '../../support/statedBody.ts';
import { importBytes } from '../importers/importing.ts';

const NEWCASTLE = 'E08000021';
const OPTIONS = { authority: NEWCASTLE };

describe('lines of monthly usage', () => {
  const read = (line: string, place: string, window = '2017-04-01/P1M') =>
    readings(statedBody('monthly-usage-long', line, 9, place, window));

  it.each([
    ['visits', 'visits.counted', { count: 9 }],
    ['enquiries', 'enquiries.counted', { count: 9 }],
    ['issues', 'loans.counted', { count: 9, format: 'unknown', counts: 'issues' }],
    ['renewals', 'loans.counted', { count: 9, format: 'unknown', counts: 'renewals' }],
    ['wi-fi sessions', 'digital-sessions.counted', { sessions: 9, channel: 'wifi' }],
  ])('%s are %s', (line, kind, says) => {
    const { type, data } = read(line, `${NEWCASTLE}/city`);
    expect(type).toContain(kind);
    expect(data).toMatchObject(says);
  });

  it.each(['sessions', 'sessions (%)', 'loans', 'requests', 'new members'])('%s count nowhere', (line) => {
    expect(read(line, `${NEWCASTLE}/city`).type).toContain('return.stated');
  });

  it('enquiries of Newcastle count until they were redefined, and those of others on', () => {
    expect(read('enquiries', `${NEWCASTLE}/city`, '2018-03-01/P1M').type).toContain('enquiries.counted');
    expect(read('enquiries', `${NEWCASTLE}/city`, '2018-04-01/P1M').type).toContain('return.stated');
    expect(read('enquiries', 'E08000024/central', '2018-04-01/P1M').type).toContain('enquiries.counted');
  });
});

describe('lines of online resources', () => {
  const metricOf = (line: string, window: string, place = NEWCASTLE): unknown => {
    const { data } = readings(statedBody('online-resources-wide', line, 9, place, window));
    return (data as { metric?: string }).metric;
  };

  it.each([
    ['Ancestry', '2015-05-01/P1M', 'sessions'],
    ['Ancestry', '2015-06-01/P1M', 'pages-viewed'],
    ['Britannica Online', '2014-06-01/P1M', 'searches'],
    ['Britannica Online', '2014-07-01/P1M', 'sessions'],
    ['Kompass', '2010-06-01/P1M', 'unknown'],
  ])('%s in %s is counted in %s', (line, window, metric) => expect(metricOf(line, window)).toBe(metric));

  it('of another service are not read by what Newcastle says of its own', () => {
    expect(metricOf('Ancestry', '2015-05-01/P1M', 'E08000024')).toBeUndefined();
  });
});

describeWithRealData('the files as they are read', (readReal) => {
  it('every line of the online resources of Newcastle has a meaning, and no metric is mixed with another', () => {
    const { events } = importBytes(onlineResourcesWide, readReal('newcastle/Online Resources Usage.csv'), OPTIONS);
    const used = events.map((event) => asRead(event, readings) as EventOf<'resource-use.counted'>);
    expect(used.filter(({ type }) => !type.includes('resource-use.counted'))).toEqual([]);
    expect(new Set(used.map(({ data }) => data.resource)).size).toBe(52);

    const totals: Record<string, number> = {};
    for (const { data } of used) {
      const key = `${data.resource} ${data.metric}`;
      totals[key] = (totals[key] ?? 0) + (data.count ?? 0);
    }
    expect(Object.keys(totals)).toHaveLength(54);
    const [header = [], ...rows] = new TextDecoder().decode(readReal('newcastle/Online Resources Usage.csv')).replace(/^\ufeff/, '').split(/\r?\n/).map((row) => row.split(',')); // prettier-ignore
    /** The cells of a row up to a month, and those after it. */
    const halves = (name: string, lastMonth: string): [number, number] => {
      const numbers = (rows.find(([first]) => first?.trim() === name) ?? []).map((cell) => Number(cell) || 0);
      const at = header.indexOf(lastMonth) + 1;
      const sum = (some: readonly number[]): number => some.reduce((total, number) => total + number, 0);
      return [sum(numbers.slice(0, at)), sum(numbers.slice(at))];
    };
    expect([totals['ancestry sessions'], totals['ancestry pages-viewed']]).toEqual(halves('Ancestry', 'May-15'));
    expect([totals['britannica-online searches'], totals['britannica-online sessions']]).toEqual(halves('Britannica Online', 'Jun-14')); // prettier-ignore
    expect(totals['bolinda-borrowbox-e-books items-borrowed']).toBe(halves('Bolinda BorrowBox e-books', 'Mar-25')[0]);
    expect(totals['kompass unknown']).toBe(halves('Kompass', 'Mar-25')[0] - 1150);
  });

  it('every line of the monthly usage has an entry', () => {
    const { events } = importBytes(monthlyUsageLong, readReal('newcastle/newcastle_usage_2008-2017_long.csv'), OPTIONS);
    const kinds = new Map<string, number>();
    for (const event of events) {
      const kind = asRead(event, readings).type.split('.').slice(2, -1).join('.');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect([...kinds.keys()].sort()).toEqual(['enquiries.counted', 'loans.counted', 'return.stated', 'visits.counted']);
  });
});
