/**
 * Days of one counter in one direction, from its readings. A day is whole where nothing of it is missing; what cannot be
 * told apart by day is kept together, over the days that it covers.
 */
import { isRegular, type Reading, type Rhythm, type Step } from './counterSteps.ts';

/** `edge`: the readings begin or end within the day, so that another file has the rest of it. */
export type Quality = 'exact' | 'least' | 'unknown' | 'edge';

export interface CounterDay {
  count: number;
  quality: Quality;
  /** What kept the day from being exact, or is worth knowing. */
  why: NonNullable<Step['why']> | 'part-of-a-day' | null;
  /** The first reading of the day, or the last before it where it has none. */
  readonly witness: Reading;
  /** First and last row, in the file, of the readings of the day. */
  rows: RowSpan;
}

export interface RowSpan {
  readonly first: number;
  readonly last: number;
}

/** The rows of both. */
export const spanning = (a: RowSpan, b: RowSpan): RowSpan => ({
  first: Math.min(a.first, b.first),
  last: Math.max(a.last, b.last),
});
const rowsOf = ({ row }: Reading): RowSpan => ({ first: row, last: row });

export interface CounterDays {
  readonly days: ReadonlyMap<number, CounterDay>;
  /** First and last of days that are counted together only. */
  readonly together: readonly (readonly [first: number, last: number])[];
  readonly first: number;
  readonly last: number;
}

const RANK: Readonly<Record<Quality, number>> = { exact: 0, least: 1, unknown: 2, edge: 3 };
/** The worse of two. */
export const worse = (a: Quality, b: Quality): Quality => (RANK[a] >= RANK[b] ? a : b);

const DAY_SECONDS = 86_400;
/** A pause that comes so often is the counter's habit. */
const OFTEN = 3;

/**
 * @param readings at least two, in the order of time, no two at one time
 * @param ordered  whether they stand in this order in the file, too
 * @param initial  what was counted up to the first reading, on its day
 * @param stepOf   what was counted from one to the next
 */
export function counterDays(
  readings: readonly [Reading, Reading, ...Reading[]],
  ordered: boolean,
  initial: number,
  stepOf: (from: Reading, to: Reading, rhythm: Rhythm) => Step,
): CounterDays {
  const { rhythm, pauses } = rhythmOf(readings, ordered);
  const days = new Map<number, CounterDay>();
  const together: [number, number][] = [];
  const dayAt = (day: number, witness: Reading): CounterDay => {
    const known = days.get(day) ?? { count: 0, quality: 'exact', why: null, witness, rows: rowsOf(witness) };
    if (witness.day === day) known.rows = spanning(known.rows, rowsOf(witness));
    days.set(day, known);
    return known;
  };
  const mark = (day: CounterDay, quality: Quality, why: CounterDay['why']): void => {
    if (day.why === null || RANK[quality] > RANK[day.quality]) day.why = why;
    day.quality = worse(day.quality, quality);
  };

  const [begin, end] = [readings[0], readings.at(-1) as Reading];
  dayAt(begin.day, begin).count = initial;
  for (let at = 1; at < readings.length; at++) {
    const [from, to] = [readings[at - 1] as Reading, readings[at] as Reading];
    const step = stepOf(from, to, rhythm);
    dayAt(to.day, to).count += step.count;
    if (step.why !== undefined) {
      // What is lost may have been lost on any of these days.
      for (let day = from.day; day <= to.day; day++) mark(dayAt(day, from), step.quality, step.why);
      continue;
    }
    const isClose = isRegular(to.ms - from.ms, rhythm) || rhythm.isPause(from, to);
    if (isClose || from.day === to.day) continue;
    // Nothing is lost, but nothing tells on which of the days it was counted.
    for (let day = from.day + 1; day < to.day; day++) dayAt(day, from);
    if (step.count > 0) together.push([from.day, to.day]);
  }
  const near = (rhythm.cadence * 1.5) / 1000;
  if (begin.second > near && !pauses.ends.has(begin.second)) mark(dayAt(begin.day, begin), 'edge', 'part-of-a-day');
  if (DAY_SECONDS - end.second > near && !pauses.begins.has(end.second))
    mark(dayAt(end.day, end), 'edge', 'part-of-a-day');
  return { days, together, first: begin.day, last: end.day };
}

interface Pauses {
  /** Seconds of the day at which usual pauses begin and end. */
  readonly begins: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

function rhythmOf(readings: readonly Reading[], ordered: boolean): { rhythm: Rhythm; pauses: Pauses } {
  const steps = readings.slice(1).map((to, at) => ({ from: readings[at] as Reading, to }));
  const lengths = steps.map(({ from, to }) => to.ms - from.ms).sort((a, b) => a - b);
  const cadence = lengths[Math.floor((lengths.length - 1) / 2)] as number;
  const keyOf = (from: Reading, to: Reading): string => `${from.second} ${to.second} ${to.day - from.day}`;
  const seen = new Map<string, number>();
  for (const { from, to } of steps) {
    if (from.day === to.day || to.ms - from.ms <= cadence * 1.5) continue;
    seen.set(keyOf(from, to), (seen.get(keyOf(from, to)) ?? 0) + 1);
  }
  const usual = [...seen].filter(([, times]) => times >= OFTEN).map(([key]) => key.split(' ').map(Number));
  return {
    rhythm: {
      cadence,
      ordered,
      mostGrown: steps.reduce((most, { from, to }) => Math.max(most, to.value - from.value), 0),
      isPause: (from, to) => from.day !== to.day && (seen.get(keyOf(from, to)) ?? 0) >= OFTEN,
    },
    pauses: { begins: new Set(usual.map(([begin = -1]) => begin)), ends: new Set(usual.map(([, end = -1]) => end)) },
  };
}
