/**
 * A made-up counter at a made-up door, of which the true visits are known. Its readings are lost, doubled, shuffled and its
 * totals start again; what the importers say of a day is the truth, or that there is no number, or an estimate.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../contracts/activityEvent.ts';
import { dayOf, windowOf } from '../../src/domain/periods.ts';
import { peopleCounterIntervals, peopleCounterTotals } from '../../src/importers/peopleCounters/peopleCounters.ts';
import { importText } from '../spec/importers/importing.ts';
import { runs } from '../support/share.ts';

const FIRST = dayOf('2019-04-01');
const STEP = 900;
const SLOTS = 86_400 / STEP;
const OPTIONS = { authority: 'E08000021', libraries: { front: 'city', back: 'city', other: 'walker' } };

interface Door {
  readonly name: string;
  readonly days: number;
  readonly start: number;
  readonly resets: readonly number[];
  readonly visits: (slot: number) => number;
}

/** What happens to the rows on their way. */
interface Way {
  readonly lost: ReadonlySet<number>;
  readonly doubled: ReadonlySet<number>;
  readonly shuffled: boolean;
  readonly numbered: boolean;
}

/** People come in opening hours only; the numbers are drawn from the seed of the door. */
const visitsBy =
  (seed: number, busy: number) =>
  (slot: number): number => {
    const hour = ((slot % SLOTS) * STEP) / 3600;
    if (hour < 9 || hour >= 19) return 0;
    const mixed = Math.imul(slot + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % (busy + 1);
  };

const door = fc.record({
  name: fc.constantFrom('front', 'back', 'other'),
  days: fc.integer({ min: 2, max: 6 }),
  start: fc.constantFrom(0, 0, 57, 1000, 64_900, 65_500, 65_535),
  resets: fc.array(fc.integer({ min: 1, max: 6 * SLOTS }), { maxLength: 2 }),
  visits: fc.tuple(fc.integer(), fc.constantFrom(0, 3, 40)).map(([seed, busy]) => visitsBy(seed, busy)),
});
const doors = fc.uniqueArray(door, { minLength: 1, maxLength: 3, selector: ({ name }) => name });
const way = fc.record({
  lost: fc.array(fc.integer({ min: 0, max: 6 * SLOTS }), { maxLength: 12 }).map((rows) => new Set(rows)),
  doubled: fc.array(fc.integer({ min: 0, max: 6 * SLOTS }), { maxLength: 12 }).map((rows) => new Set(rows)),
  shuffled: fc.boolean(),
  numbered: fc.boolean(),
});
/** Of some doors whole hours are lost, as when the power is off. */
const outage = fc.option(fc.tuple(fc.integer({ min: 0, max: 5 * SLOTS }), fc.integer({ min: 1, max: 150 })), { nil: undefined }); // prettier-ignore

const unix = (slot: number): number => FIRST * 86_400 - 3600 + slot * STEP;

function rowsOf(
  { name, days, start, resets, visits }: Door,
  kind: 'totals' | 'intervals',
  numbered: boolean,
): string[] {
  const rows: string[] = [];
  let [total, seq] = [start, 7];
  let sinceSent = 0;
  for (let slot = 0; slot <= days * SLOTS; slot++) {
    if (slot > 0) {
      const came = visits(slot - 1);
      // Without numbers nothing in a file of intervals would show it, so that it is not done there.
      // The power goes and comes again in the middle of the interval: half of those who came are forgotten.
      if (resets.includes(slot) && (numbered || kind === 'totals')) {
        [total, seq, sinceSent] = [came - Math.floor(came / 2), 0, came - Math.floor(came / 2)];
      } else {
        total = (total + came) % 65_536;
        sinceSent = came;
      }
    }
    seq += 1;
    rows.push([unix(slot), name, 'in', kind === 'totals' ? total : sinceSent, ...(numbered ? [seq] : [])].join(','));
    sinceSent = 0;
  }
  return rows;
}

/** By library and day, who came in truth: a visit belongs to the day on which its interval ends. */
function truth(of: readonly Door[]): Map<string, number> {
  const visits = new Map<string, number>();
  for (const { name, days, visits: came } of of) {
    const place = OPTIONS.libraries[name as 'front'];
    for (let slot = 0; slot < days * SLOTS; slot++) {
      const key = `E08000021/${place} ${FIRST + Math.floor(slot / SLOTS)}`;
      visits.set(key, (visits.get(key) ?? 0) + came(slot));
    }
  }
  return visits;
}

const libraryOf = (row: string): string => OPTIONS.libraries[row.split(',')[1] as 'front'];
/** British Summer Time all through: an hour before UTC. */
const dayIn = (row: string): number => Math.floor((Number(row.split(',')[0]) + 3600) / 86_400);

function onTheirWay(
  rows: readonly string[],
  { lost, doubled, shuffled }: Way,
  off: readonly [number, number] | undefined,
): string[] {
  const kept = rows.flatMap((row, at) => {
    if (lost.has(at) || (off !== undefined && at >= off[0] && at < off[0] + off[1])) return [];
    return doubled.has(at) ? [row, row] : [row];
  });
  if (!shuffled) return kept;
  return kept.map((row, at) => ({ row, by: Math.imul(at + 1, 0x9e3779b1) >>> 0 })).sort((a, b) => a.by - b.by).map(({ row }) => row); // prettier-ignore
}

describe.each([
  ['totals', peopleCounterTotals],
  ['intervals', peopleCounterIntervals],
] as const)('people counters, %s', (kind, importer) => {
  it('say the truth of a day, or that there is no number', () => {
    let [exact, none, estimates] = [0, 0, 0];
    fc.assert(
      fc.property(doors, way, outage, (of, how, off) => {
        const header = ['unixtime', 'hostname', 'direction', kind === 'totals' ? 'total' : 'count', ...(how.numbered ? ['seq'] : [])]; // prettier-ignore
        const rows = of.flatMap((each) => onTheirWay(rowsOf(each, kind, how.numbered), how, off));
        const { events, findings } = importText(importer, [header.join(','), ...rows].join('\n'), OPTIONS);
        const true_ = truth(of);
        const told = new Set<string>();
        for (const event of events as EventOf<'visits.counted'>[]) {
          const { first, last } = windowOf(event.data.window);
          let came = 0;
          for (let day = first; day <= last; day++) {
            const key = `${event.subject} ${day}`;
            expect(told.has(key)).toBe(false);
            told.add(key);
            came += true_.get(key) ?? 0;
          }
          if (event.data.absent !== undefined) none += 1;
          else if (event.data.method === 'estimate') estimates += 1;
          else {
            expect([event.subject, event.data.window, event.data.count]).toEqual([
              event.subject,
              event.data.window,
              came,
            ]);
            exact += 1;
          }
          // With numbers of transmissions an estimate leaves out what was lost, and adds nothing.
          if (event.data.count !== undefined && how.numbered) expect(event.data.count).toBeLessThanOrEqual(came);
        }
        // A day that is not told of is at an edge of the file, and that is told; or no row of it came.
        const came = new Set(rows.map((row) => `E08000021/${libraryOf(row)} ${dayIn(row)}`));
        for (const key of true_.keys()) {
          if (!told.has(key) && came.has(key)) expect(findings.some(({ code }) => code === 'part-of-a-day')).toBe(true);
        }
      }),
      { numRuns: runs(150), seed: 20_190_401 },
    );
    expect(Math.min(exact, none)).toBeGreaterThan(100);
    expect(estimates).toBeGreaterThan(kind === 'totals' ? 20 : -1);
  });
});
