/**
 * The oracle's choice among counts of one place and time, where a plan takes only one: every set of windows that do not
 * overlap is tried. What a period takes, what it leaves out and which days that covers are answered from the choice.
 */
import type { Absence } from '../../contracts/vocabulary.ts';
import { NOTES } from '../domain/conclude.ts';
import { METHODS, type Fact } from '../domain/fact.ts';
import { civilOf, daysInMonth } from '../domain/periods.ts';
import { groupBy } from './groupBy.ts';

/** A number, or a reason for its absence, for a span of whole months at one place. */
export interface Entry {
  readonly fact: Fact;
  readonly place: string;
  readonly month: number;
  readonly months: number;
  readonly grainMonths: number;
  readonly value: number;
  readonly absence: Absence | null;
  readonly sampled: boolean;
  readonly category: (dimension: string) => string;
  readonly notes: readonly string[];
}

/** What is left where counts must not be added: for one period, and apart for its places and for what holds them. */
export interface Chosen {
  readonly entries: readonly Entry[];
  /** Entries of places that are left out of wider ones, because others speak for them. */
  readonly leftOut: (place: string) => boolean;
  /** Entries that compete with others of their authority. */
  readonly contested: ReadonlySet<Entry>;
  readonly daysTaken: (place: string, month: number) => ReadonlySet<number>;
}

/** One window of one source at one place: its entries stand or fall together, ranked by the best method among them. */
interface Bid {
  readonly members: readonly Entry[];
  readonly place: string;
  readonly source: string;
  readonly first: number;
  readonly after: number;
  readonly sampled: boolean;
  /** Days of its windows, and on which of as many days they begin; 0 and 0 where it counts whole months. */
  readonly length: number;
  readonly phase: number;
  readonly rank: number;
  readonly days: ReadonlySet<string>;
}

const daysOfEntry = (e: Entry): string[] =>
  Array.from({ length: e.months }, (_, i) => e.month + i).flatMap((month) =>
    (e.sampled ? Array.from({ length: daysInMonth(month) }, (_, i) => i + 1) : daysCovered(e.fact, month)).map(
      (day) => `${month} ${day}`,
    ),
  );

/**
 * Of counts of one place and time, those that cover most of a period.
 * @param entries every entry of a part, whatever period it belongs to
 * @param begin   first month of the period, counted from January 1970
 * @param end     the month after its last
 */
export function chooseFor(entries: readonly Entry[], begin: number, end: number): Chosen {
  const inside = entries.filter((e) => e.absence === null && e.month >= begin && e.month + e.months <= end);
  const isWhole = (e: Entry): boolean =>
    daysOfEntry(e).length ===
    Array.from({ length: e.months }, (_, i) => daysInMonth(e.month + i)).reduce((a, b) => a + b, 0);
  // Windows that begin at a distance of whole lengths from one another do not overlap: days, or weeks from Monday on.
  const tilesOf = (e: Entry): { length: number; phase: number } =>
    isWhole(e) ? { length: 0, phase: 0 } : { length: e.fact.days, phase: civilOf(e.fact.day).date % e.fact.days };
  const keyOf = (e: Entry): string =>
    JSON.stringify([e.place, e.month, e.months, e.sampled, tilesOf(e), e.fact.source]);
  const bids = groupBy(inside, keyOf).map((members): Bid => {
    const [e] = members as [Entry];
    return {
      members, place: e.place, source: e.fact.source, first: e.month, after: e.month + e.months, sampled: e.sampled, ...tilesOf(e),
      rank: Math.min(...members.map((m) => METHODS.indexOf(m.sampled ? 'sample-week' : (m.fact.method as 'manual')))),
      days: new Set(members.flatMap(daysOfEntry)),
    }; // prettier-ignore
  });
  const shutAt = (place: string, month: number): boolean =>
    entries.some(
      (e) =>
        e.place === place &&
        (e.absence === 'not-open' || e.absence === 'not-applicable') &&
        month >= e.month &&
        month < e.month + e.months,
    ) && !bids.some((b) => b.place === place && b.first === month && b.after === month + 1);
  const kept: Bid[] = [];
  const beaten = new Set<Bid>();
  const covered = new Map<string, number>();
  for (const of of groupBy(bids, (b) => b.place)) {
    const { place } = of[0] as Bid;
    const best = bestOf(of, begin, end, (month) => shutAt(place, month));
    kept.push(...best.bids);
    covered.set(place, best.score[0]);
    for (const winner of best.bids)
      if (of.some((b) => !best.bids.includes(b) && b.first < winner.after && winner.first < b.after))
        beaten.add(winner);
  }
  // The total of an authority against its service points: whichever covers more days, the total where they are equal.
  const authorityOf = (place: string): string => place.split('/')[0] ?? '';
  const pointsOf = (authority: string) => [...covered].filter(([place]) => place.startsWith(`${authority}/`));
  const totalWins = (authority: string): boolean =>
    covered.has(authority) && pointsOf(authority).every(([, days]) => days <= (covered.get(authority) ?? 0));
  const noted = (bid: Bid): Entry[] =>
    bid.members.map((m) => (beaten.has(bid) ? { ...m, notes: [...m.notes, NOTES.otherSource] } : m));
  const taken = kept.map((bid) => ({ bid, entries: noted(bid) }));
  return {
    entries: [...entries.filter((e) => e.absence !== null), ...taken.flatMap((t) => t.entries)],
    leftOut: (place) => {
      const authority = authorityOf(place);
      if (!covered.has(authority) && pointsOf(authority).length === 0) return false;
      return totalWins(authority) !== (place === authority);
    },
    contested: new Set(
      taken.flatMap((t) => {
        const authority = authorityOf(t.bid.place);
        return covered.has(authority) && pointsOf(authority).length > 0 ? t.entries : [];
      }),
    ),
    daysTaken: (place, month) =>
      new Set(
        kept
          .filter((b) => b.place === place)
          .flatMap((b) => [...b.days])
          .flatMap((day) => (day.startsWith(`${month} `) ? [Number(day.split(' ')[1])] : [])),
      ),
  };
}

/** Days covered, days estimated (less is better), windows, and methods (less is better). */
type Score = readonly [number, number, number, number];

/** Which of the days on which its windows could begin comes first in a month, from 0. */
const startOf = ({ length, phase }: Bid): number => (length === 0 ? 0 : (phase + length - 1) % length);

/** All sets of bids of which no two share a day, the empty one too. */
function setsApart(bids: readonly Bid[]): readonly (readonly Bid[])[] {
  const [first, ...others] = bids;
  if (first === undefined) return [[]];
  const apart = others.filter((other) => [...other.days].every((day) => !first.days.has(day)));
  return [...setsApart(apart).map((set) => [first, ...set]), ...setsApart(others)];
}

/**
 * Of all ways to take windows of several months, and of the others any that share no day, the best, tried one after the
 * other: of equals, the first.
 */
function bestOf(bids: readonly Bid[], from: number, end: number, isShut: (month: number) => boolean) {
  const ordered = [...bids].sort(
    (a, b) =>
      a.after - b.after ||
      (a.source < b.source ? -1 : a.source > b.source ? 1 : Number(a.sampled) - Number(b.sampled) || Number(a.length === 0) - Number(b.length === 0) || a.length - b.length || startOf(a) - startOf(b)),
  ); // prettier-ignore
  const known = new Map<number, { score: Score; bids: readonly Bid[] }>();
  const better = (a: Score, b: Score): boolean =>
    a[0] !== b[0] ? a[0] > b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] !== b[2] ? a[2] > b[2] : a[3] < b[3];
  const bestFrom = (month: number): { score: Score; bids: readonly Bid[] } => {
    if (month >= end) return { score: [0, 0, 0, 0], bids: [] };
    const seen = known.get(month);
    if (seen !== undefined) return seen;
    const next = bestFrom(month + 1);
    let best = {
      score: [
        next.score[0] + (isShut(month) ? daysInMonth(month) : 0),
        next.score[1],
        next.score[2],
        next.score[3],
      ] as Score,
      bids: next.bids,
    };
    const here = ordered.filter(({ first }) => first === month);
    const sets = setsApart(here.filter(({ after }) => after === month + 1)).filter((set) => set.length > 0);
    const fewestFirst = sets.toSorted((a, b) => a.length - b.length);
    for (const set of [...fewestFirst, ...here.filter(({ after }) => after > month + 1).map((bid) => [bid])]) {
      const rest = bestFrom((set[0] as Bid).after);
      const [days, estimated, windows, ranks] = rest.score;
      const daysOf = (some: readonly Bid[]): number => some.reduce((sum, bid) => sum + bid.days.size, 0);
      const isEstimate = (bid: Bid): boolean => bid.sampled || METHODS[bid.rank] === 'estimate';
      const score: Score = [
        days + daysOf(set), estimated + daysOf(set.filter(isEstimate)), windows + 1, ranks + Math.max(...set.map(({ rank }) => rank)),
      ]; // prettier-ignore
      if (better(score, best.score)) best = { score, bids: [...set, ...rest.bids] };
    }
    known.set(month, best);
    return best;
  };
  return bestFrom(from);
}

/** Days of a month, from 1, that a fact speaks of. A sample week speaks of all of them. */
export function daysCovered(f: Fact, month: number): number[] {
  const whole = f.grain !== 'month' || f.method === 'sample-week';
  const first = whole ? 1 : civilOf(f.day).date;
  const length = whole ? daysInMonth(month) : f.days;
  return Array.from({ length }, (_, i) => first + i);
}
