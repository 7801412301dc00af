import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../contracts/activityEvent.ts';
import type { ImportOptions, ImportResult } from '../../../src/importers/importer.ts';
import { peopleCounterIntervals, peopleCounterTotals } from '../../../src/importers/peopleCounters/peopleCounters.ts';
import { detectFormat, importText, lines, refusals, said, withCode } from './importing.ts';

const OPTIONS: ImportOptions = { authority: 'E08000021', libraries: { front: 'city', back: 'city' } };
const totals = (rows: readonly string[], options = OPTIONS, header = 'timestamp,device,direction,total,seq') =>
  importText(peopleCounterTotals, [header, ...rows].join('\n'), options);
const intervals = (rows: readonly string[], options = OPTIONS, header = 'timestamp,device,in,out') =>
  importText(peopleCounterIntervals, [header, ...rows].join('\n'), options);

const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
/** A day of hours: at noon so many, else nobody. */
const dayOfHours = (date: string, noon: number, rest = 'front', out = 0): string[] =>
  HOURS.map((hour) => `${date} ${hour}:00,${rest},${hour === '12' ? noon : 0},${hour === '17' ? out : 0}`);
/** Readings of a total, every hour from midnight to midnight. */
const hourly = (date: string, from: number, seq: number, at: (hour: number) => number): string[] =>
  HOURS.map((hour, i) => `${date} ${hour}:00,front,in,${(from + at(i)) % 65_536},${seq + i}`);
const codes = (result: ImportResult): string[] => [...new Set(result.findings.filter(({ severity }) => severity !== 'noted').map(({ code }) => code))]; // prettier-ignore
const open = (people: number) => (hour: number) => (hour >= 12 ? people : 0);

describe('interval counts', () => {
  it('add up to days of a service point, of people who came in', () => {
    const result = intervals([...dayOfHours('2019-01-10', 40, 'front', 38), ...dayOfHours('2019-01-11', 50)]);
    expect(lines(result)).toEqual([
      'E08000021/city 2019-01-10/P1D 40 automatic-counter',
      'E08000021/city 2019-01-11/P1D 50 automatic-counter',
    ]);
    expect(codes(result)).toEqual([]);
    expect(withCode(result, 'direction-not-counted')).toHaveLength(1);
    const [event] = result.events as EventOf<'visits.counted'>[];
    expect(event?.data.provenance).toMatchObject({ row: 2, column: 'in', raw: '0', rows: { first: 2, last: 25 } });
    expect(event?.data.provenance).not.toHaveProperty('columns');
  });

  it('adds the doors of a library, and halves only when it is told to', () => {
    const doors = [...dayOfHours('2019-01-10', 40, 'front', 38), ...dayOfHours('2019-01-10', 10, 'back', 13)];
    expect(lines(intervals(doors))).toEqual(['E08000021/city 2019-01-10/P1D 50 automatic-counter']);
    const [both] = intervals(doors, { ...OPTIONS, countsBothWays: true }).events as EventOf<'visits.counted'>[];
    expect(both?.data.provenance).toMatchObject({ columns: ['in', 'out'], rows: { first: 2, last: 49 } });
    // 101 passed: an odd one goes to the even side.
    expect(lines(intervals(doors, { ...OPTIONS, countsBothWays: true }))).toEqual(['E08000021/city 2019-01-10/P1D 50 automatic-counter']); // prettier-ignore
  });

  it('does not count a counter that somebody has put together of the others', () => {
    const days = ['2019-01-10', '2019-01-11', '2019-01-12'];
    const doors = (device: string, people: number) =>
      days.flatMap((day, at) => dayOfHours(day, people + 10 * at, device));
    const libraries = { front: 'city', back: 'city', both: 'city' };
    const both = (people: number) => days.flatMap((day, at) => dayOfHours(day, people + 20 * at, 'both'));
    const result = intervals([...doors('front', 40), ...doors('back', 15), ...both(55)], { ...OPTIONS, libraries });
    expect(lines(result).map((line) => line.split(' ')[2])).toEqual(['55', '75', '95']);
    expect(refusals(result)).toEqual(['r146 device totals-row']);
    // A third door of its own is counted.
    const third = intervals([...doors('front', 40), ...doors('back', 15), ...both(56)], { ...OPTIONS, libraries });
    expect(lines(third).map((line) => line.split(' ')[2])).toEqual(['111', '151', '191']);
  });

  it('flags counts that are written at midnight only: of which day they are is not sure', () => {
    const daily = ['2019-01-10', '2019-01-11', '2019-01-12', '2019-01-13'].map((day) => `${day} 00:00,front,40,0`);
    expect(withCode(intervals(daily), 'counted-at-midnight')).toMatchObject([{ severity: 'flagged', row: 2 }]);
    expect(withCode(intervals(dayOfHours('2019-01-10', 40)), 'counted-at-midnight')).toEqual([]);
  });

  it('says where nothing tells the direction', () => {
    const rows = dayOfHours('2019-01-10', 40).map((row) => row.split(',').slice(0, 3).join(','));
    const result = intervals(rows, OPTIONS, 'timestamp,device,count');
    expect(lines(result)).toEqual(['E08000021/city 2019-01-10/P1D 40 automatic-counter']);
    expect(withCode(result, 'direction-unstated')).toHaveLength(1);
  });

  it('has no number of a day with a gap, which is not zero', () => {
    const rows = [...dayOfHours('2019-01-10', 40), ...dayOfHours('2019-01-11', 50), ...dayOfHours('2019-01-12', 60)];
    const result = intervals(rows.filter((row) => !row.startsWith('2019-01-11 14')));
    expect(lines(result)).toEqual([
      'E08000021/city 2019-01-10/P1D 40 automatic-counter',
      'E08000021/city 2019-01-11/P1D not-reported automatic-counter',
      'E08000021/city 2019-01-12/P1D 60 automatic-counter',
    ]);
    expect(withCode(result, 'counter-gap').map(({ found }) => found)).toEqual(['front on 2019-01-11']);
  });

  it('has no number of days without any reading, between others', () => {
    const rows = [...dayOfHours('2019-01-10', 40), ...dayOfHours('2019-01-13', 60)];
    expect(lines(intervals(rows)).filter((text) => text.includes('not-reported'))).toHaveLength(4);
  });

  it('has none of a day on which one of two doors is missing', () => {
    const rows = [
      ...dayOfHours('2019-01-10', 40),
      ...dayOfHours('2019-01-11', 50),
      ...dayOfHours('2019-01-11', 5, 'back'),
    ];
    expect(lines(intervals(rows))).toEqual([
      'E08000021/city 2019-01-10/P1D not-reported automatic-counter',
      'E08000021/city 2019-01-11/P1D 55 automatic-counter',
    ]);
  });

  it('leaves a day that the file has only a part of to another file', () => {
    const result = intervals(dayOfHours('2019-01-10', 40).slice(8));
    expect(result.events).toEqual([]);
    expect(codes(result)).toEqual(['part-of-a-day']);
  });

  it('knows a counter that rests at night, week after week', () => {
    const days = Array.from({ length: 8 }, (_, i) => `2019-01-${String(i + 7).padStart(2, '0')}`);
    const opening = days.flatMap((date) => dayOfHours(date, 40).slice(9, 18));
    const result = intervals(opening);
    expect(lines(result)).toEqual(days.map((date) => `E08000021/city ${date}/P1D 40 automatic-counter`));
    // A reading less in the evening is no rest.
    const lost = intervals(opening.filter((row) => !row.startsWith('2019-01-10 17')));
    expect(lines(lost).filter((text) => text.includes('not-reported'))).toEqual([
      'E08000021/city 2019-01-10/P1D not-reported automatic-counter',
      'E08000021/city 2019-01-11/P1D not-reported automatic-counter',
    ]);
  });

  it('counts an hour that comes twice two times', () => {
    const rows = dayOfHours('2019-10-27', 40);
    const doubled = [
      ...rows.slice(0, 2),
      ...rows.slice(1, 2).map((row) => row.replace(',0,0', ',3,0')),
      ...rows.slice(2),
    ];
    expect(lines(intervals(doubled))).toEqual(['E08000021/city 2019-10-27/P1D 43 automatic-counter']);
  });

  it('counts a row that stands twice once, and none of rows that differ', () => {
    const rows = dayOfHours('2019-01-10', 40);
    const twice = intervals([...rows, ...rows]);
    expect(lines(twice)).toEqual(['E08000021/city 2019-01-10/P1D 40 automatic-counter']);
    expect(withCode(twice, 'row-repeated')).not.toEqual([]);
    const differing = intervals([...rows, rows[12]!.replace('40', '41')]);
    expect(lines(differing)).toEqual(['E08000021/city 2019-01-10/P1D not-reported automatic-counter']);
    expect(withCode(differing, 'row-contradicted')).not.toEqual([]);
  });
});

describe('running totals', () => {
  const days = (...rows: string[][]): string[] => rows.flat();

  it('are differenced', () => {
    const result = totals(days(hourly('2019-01-10', 1000, 1, open(40)), hourly('2019-01-11', 1040, 25, open(50))));
    expect(lines(result)).toEqual([
      'E08000021/city 2019-01-10/P1D 40 automatic-counter',
      'E08000021/city 2019-01-11/P1D 50 automatic-counter',
    ]);
    expect(codes(result)).toEqual([]);
  });

  it('go on after 65,535', () => {
    const result = totals(days(hourly('2019-01-10', 65_530, 1, open(40)), hourly('2019-01-11', 34, 25, open(50))));
    expect(lines(result)).toEqual([
      'E08000021/city 2019-01-10/P1D 40 automatic-counter',
      'E08000021/city 2019-01-11/P1D 50 automatic-counter',
    ]);
    expect(withCode(result, 'counter-rollover')).toHaveLength(1);
  });

  it('are an estimate of a day on which the counter was started again', () => {
    const again = hourly('2019-01-10', 1000, 100, open(40)).map((row, i) => i < 15 ? row : `2019-01-10 ${HOURS[i]}:00,front,in,5,${i - 14}`); // prettier-ignore
    const result = totals(days(again, hourly('2019-01-11', 5, 10, open(50))));
    expect(lines(result)).toEqual([
      'E08000021/city 2019-01-10/P1D 45 estimate',
      'E08000021/city 2019-01-11/P1D 50 automatic-counter',
    ]);
    expect(withCode(result, 'counter-reset')).toHaveLength(1);
  });

  it('tell the number over a gap within a day where transmissions are numbered, and none where they are not', () => {
    const rows = hourly('2019-01-10', 1000, 1, open(40)).filter((_, hour) => hour < 10 || hour > 15);
    expect(lines(totals(rows))).toEqual(['E08000021/city 2019-01-10/P1D 40 automatic-counter']);
    const bare = rows.map((row) => row.slice(0, row.lastIndexOf(',')));
    expect(lines(totals(bare, OPTIONS, 'timestamp,device,direction,total'))).toEqual(['E08000021/city 2019-01-10/P1D not-reported automatic-counter']); // prettier-ignore
  });

  it('tell days together that a gap does not tell apart', () => {
    const rows = days(
      hourly('2019-01-10', 1000, 1, open(40)).slice(0, 12),
      hourly('2019-01-11', 1040, 25, open(50)).slice(6),
    );
    expect(lines(totals(rows))).toEqual(['E08000021/city 2019-01-10/P2D 90 automatic-counter']);
    const overMonths = days(hourly('2019-01-31', 1000, 1, open(40)).slice(0, 12), hourly('2019-02-01', 1040, 25, open(50)).slice(6)); // prettier-ignore
    expect(lines(totals(overMonths))).toEqual([
      'E08000021/city 2019-01-31/P1D not-reported automatic-counter',
      'E08000021/city 2019-02-01/P1D not-reported automatic-counter',
    ]);
  });

  it('are refused where a clock was never set', () => {
    const rows = hourly('2019-01-10', 1000, 1, open(40)).map((row, i) => (i === 3 ? row.replace('2019-01-10 03:00', '1970-01-01 00:05') : row)); // prettier-ignore
    const result = totals(rows);
    expect(refusals(result)).toEqual(['r5 timestamp clock-unset']);
    expect(lines(result)).toEqual(['E08000021/city 2019-01-10/P1D 40 automatic-counter']);
    const unix = importText(
      peopleCounterTotals,
      'unixtime,hostname,direction,total,seq\n300,front,in,5,1\n600,front,in,5,2',
      OPTIONS,
    );
    expect(refusals(unix)).toEqual(['r2 unixtime clock-unset', 'r3 unixtime clock-unset']);
  });

  it('have no number where a clock runs backwards', () => {
    const rows = hourly('2019-01-10', 1000, 1, (hour) => hour * 10);
    const back = rows.map((row, i) => (i < 15 ? row : row.replace(`${HOURS[i]}:00`, `${HOURS[i - 8]}:30`)));
    const result = totals([...back, ...hourly('2019-01-11', 240, 25, () => 0)]);
    expect(lines(result)[0]).toBe('E08000021/city 2019-01-10/P1D not-reported automatic-counter');
    expect(codes(result)).toContain('clock-fault');
  });

  it('have no number where more pass than a door lets through', () => {
    const rows = hourly('2019-01-10', 1000, 1, (hour) => (hour >= 12 ? 20_000 : 0));
    expect(lines(totals(rows))).toEqual(['E08000021/city 2019-01-10/P1D not-reported automatic-counter']);
  });
});

describe('what cannot be used', () => {
  it.each([
    ['2019-01-10 00:00,cellar,in,5,1', 'r2 device branch-unmapped'],
    ['10/01/2019 00:00,front,in,5,1', 'r2 timestamp not-a-date'],
    ['2019-01-10 00:00,front,sideways,5,1', 'r2 direction direction-unknown'],
    ['2019-01-10 00:00,front,in,"1,005",1', 'r2 total not-a-whole-number'],
    ['2019-01-10 00:00,front,in,x,1', 'r2 total not-a-whole-number'],
    ['2019-01-10 00:00,front,in,,1', 'r2 total not-a-whole-number'],
    ['2019-01-10 00:00,front,in,5,', 'r2 seq not-a-whole-number'],
    ['2019-01-10 00:00,Total,in,5,1', 'r2 device totals-row'],
  ])('is refused at its cell: %s', (row, refusal) => {
    expect(refusals(totals([row]))).toContain(refusal);
  });

  it('is a file that says neither counter nor library, without the one that it is of', () => {
    const rows = dayOfHours('2019-01-10', 40).map((row) => row.replace('front,', ''));
    const bare = (libraries: Record<string, string>) => intervals(rows, { ...OPTIONS, libraries }, 'timestamp,in,out');
    expect(refusals(bare({ a: 'city', b: 'walker' }))).toEqual(['r1 * device-unmapped']);
    expect(lines(bare({ door: 'city' }))).toEqual(['E08000021/city 2019-01-10/P1D 40 automatic-counter']);
  });

  it('is told by what stands beside a time and a count', () => {
    expect(detectFormat(['unixtime', 'hostname', 'direction', 'total', 'seq'], 'c.csv')).toBe(peopleCounterTotals);
    expect(detectFormat(['Time', 'Direction', 'count_since_reset', 'count_since_transmit'], 'c.csv')).toBe(
      peopleCounterTotals,
    );
    expect(detectFormat(['Timestamp', 'In', 'Out'], 'c.csv')).toBe(peopleCounterIntervals);
    expect(() => detectFormat(['Time', 'Total'], 'c.csv')).toThrow('No importer recognises');
  });

  it('is the same whatever the order of columns and rows, line ends and the byte order mark', () => {
    const rows = [...dayOfHours('2019-01-10', 40), ...dayOfHours('2019-01-11', 50)];
    const turned = rows.toReversed().map((row) => row.split(',').toReversed().join(','));
    for (const text of [
      ['OUT,In,DEVICE,TimeStamp', ...turned].join('\n'),
      `\ufefftimestamp,device,in,out\r${rows.join('\r')}`,
    ]) {
      expect(lines(importText(peopleCounterIntervals, text, OPTIONS)).toSorted()).toEqual(lines(intervals(rows)));
    }
    expect(said(intervals([...rows, 'timestamp,device,in,out']), 'refused').join()).toContain('row-repeats-header');
  });
});
