/**
 * Which of the counts of one place are taken for a period, where counts of the same time must not be added: those that
 * together cover the most days of it, so that a day never stands for the month that somebody else counted. Pure, and
 * without knowledge of where counts come from.
 */
import { daysInMonth } from '../domain/periods.ts';

/** A count that competes with others of its place. */
export interface WindowCount {
  /** First month, counted from January 1970, and number of months. */
  readonly month: number;
  readonly span: number;
  /** Days of them that the count covers, and how many of these are estimated. */
  readonly days: number;
  readonly estimated: number;
  /** Best method, as an index of METHODS: lower is better. */
  readonly rank: number;
  readonly source: string;
  /** Among equals, the lower comes first. */
  readonly order: number;
}

export interface Choice<T> {
  readonly taken: readonly T[];
  /** Days of the period that are covered, and those of months in which the place was shut. */
  readonly days: number;
}

/** From a month to the end of the period: what covers most days, in the order in which a choice is judged. */
interface Rest<T> {
  readonly days: number;
  readonly estimated: number;
  readonly windows: number;
  readonly ranks: number;
  readonly taken: { readonly count: T; readonly then: Rest<T> } | null;
  /** Where nothing is taken for the month: what follows. */
  readonly then: Rest<T> | null;
}

/**
 * The counts taken for the months from `begin` up to, not including, `end`: no two that share a month. Most days first; of
 * equals the fewest days that are estimated, then the shortest windows, then the best methods, then the first source by
 * name. A month in which the place was shut, and of which there is no count, is as good as covered.
 * @param counts every window lies in the period
 */
export function chooseWindows<T extends WindowCount>(
  counts: readonly T[],
  begin: number,
  end: number,
  isShut: (month: number) => boolean,
): Choice<T> {
  const starting = new Map<number, T[]>();
  for (const count of [...counts].sort(inTurn)) {
    const group = starting.get(count.month);
    if (group === undefined) starting.set(count.month, [count]);
    else group.push(count);
  }
  const rests: Rest<T>[] = [{ days: 0, estimated: 0, windows: 0, ranks: 0, taken: null, then: null }];
  const restFrom = (month: number): Rest<T> => rests[end - month] as Rest<T>;
  for (let month = end - 1; month >= begin; month--) {
    const here = starting.get(month) ?? [];
    const without = restFrom(month + 1);
    const spared = isShut(month) && !here.some(({ span }) => span === 1) ? daysInMonth(month) : 0;
    let best: Rest<T> = { ...without, days: without.days + spared, taken: null, then: without };
    for (const count of here) {
      const then = restFrom(month + count.span);
      const rest = {
        days: then.days + count.days,
        estimated: then.estimated + count.estimated,
        windows: then.windows + 1,
        ranks: then.ranks + count.rank,
        taken: { count, then },
        then: null,
      };
      if (isBetter(rest, best)) best = rest;
    }
    rests.push(best);
  }
  const taken: T[] = [];
  for (let rest: Rest<T> | null = restFrom(begin); rest !== null; rest = rest.taken?.then ?? rest.then) {
    if (rest.taken !== null) taken.push(rest.taken.count);
  }
  return { taken, days: restFrom(begin).days };
}

/** A count of days of one month, as bits. */
export interface MonthCount extends WindowCount {
  readonly bits: number;
}

/** Counts of one month of one place that are weighed against one another: of more, those that cover most days. */
const WEIGHED = 12;

/**
 * Of counts of one month those that together cover most of its days, no day twice. Of equals those with the fewest days
 * that are estimated, then the better methods (of several that of the worst), then the fewest, then the first by source.
 */
export function bestOfMonth<T extends MonthCount>(counts: readonly T[]): readonly T[] {
  const weighed = [...counts]
    .sort((a, b) => b.days - a.days || a.rank - b.rank || inTurn(a, b))
    .slice(0, WEIGHED)
    .sort(inTurn);
  let best: MonthChoice<T> = { counts: [], days: 0, estimated: 0, rank: 0 };
  const extend = (choice: MonthChoice<T>, bits: number, from: number): void => {
    if (isBetterMonth(choice, best)) best = choice;
    for (let at = from; at < weighed.length; at++) {
      const count = weighed[at] as T;
      if ((count.bits & bits) !== 0) continue;
      const longer = {
        counts: [...choice.counts, count],
        days: choice.days + count.days,
        estimated: choice.estimated + count.estimated,
        rank: Math.max(choice.rank, count.rank),
      };
      extend(longer, bits | count.bits, at + 1);
    }
  };
  extend(best, 0, 0);
  return best.counts;
}

interface MonthChoice<T> {
  readonly counts: readonly T[];
  readonly days: number;
  readonly estimated: number;
  readonly rank: number;
}

const isBetterMonth = (a: MonthChoice<unknown>, b: MonthChoice<unknown>): boolean =>
  (a.days - b.days || b.estimated - a.estimated || b.rank - a.rank || b.counts.length - a.counts.length) > 0;

const isBetter = (a: Rest<unknown>, b: Rest<unknown>): boolean =>
  (a.days - b.days || b.estimated - a.estimated || a.windows - b.windows || b.ranks - a.ranks) > 0;

const inTurn = (a: WindowCount, b: WindowCount): number =>
  a.span - b.span || (a.source < b.source ? -1 : a.source > b.source ? 1 : a.order - b.order);
