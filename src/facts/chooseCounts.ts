/**
 * One count for each place and time, where an indicator may not add them: for each period anew, so that a day beside a
 * month, or a month beside a year, is shown where it is all there is, and does not stand for the longer one. Of an
 * authority either its own total counts or what its service points say, whichever covers more days.
 */
import type { Absence } from '../../contracts/vocabulary.ts';
import { NOTES } from '../domain/conclude.ts';
import { daysInMonth, firstMonthOf, periodOfMonth } from '../domain/periods.ts';
import { METHODS } from '../domain/fact.ts';
import { bestOfMonth, chooseWindows, type MonthCount, type WindowCount } from './chooseWindows.ts';
import { wordsOf, type Dictionaries } from './columns.ts';
import { dayBits } from './foldReporting.ts';
import type { Candidate, Settled } from './settle.ts';
import { SHAPES, WHOLE } from './shape.ts';
import type { Span } from './span.ts';

/** What was chosen, of the periods of one span. */
export interface Choices {
  /** Days of a month that the counts taken of a place cover, as bits; 0 where none was taken. */
  daysTaken(place: number, month: number): number;
  /** Whether a place does not count as a part of a wider one in the period that holds the month. */
  isLeftOut(place: number, month: number): boolean;
}

/** Counts of one place, window, shape and source: they are taken together or not at all. */
interface Group extends MonthCount {
  readonly place: number;
  readonly members: readonly Candidate[];
}

/** What may be taken for a window: one group, or several of one month that share no day. */
interface Option extends WindowCount {
  readonly groups: readonly Group[];
}

interface ChoiceOfPlace {
  readonly place: number;
  readonly taken: readonly Group[];
  readonly dropped: readonly Group[];
  /** Days of the period that are covered, and those of months in which the place was shut. */
  readonly days: number;
}

/** The candidates that count in the periods of a span, and what that says of each place and period. */
export function chooseCounts(
  candidates: readonly Candidate[],
  span: Span,
  dictionaries: Dictionaries,
): { cells: Settled[]; choices: Choices } {
  const places = wordsOf(dictionaries, 'place').values;
  const groups = groupsOf(candidates, wordsOf(dictionaries, 'source').values);
  const shut = shutMonths(candidates);
  const cells: Settled[] = candidates.filter(({ events }) => events === 0);
  const taken = new Map<string, number>();
  const totalTaken = new Map<string, boolean>();
  const choose = (place: number, period: number): ChoiceOfPlace[] => {
    const begin = firstMonthOf(span.granularity, period);
    const end = firstMonthOf(span.granularity, period + 1);
    const inside = (groups.get(place) ?? []).filter((group) => group.month >= begin && group.month + group.span <= end);
    if (inside.length === 0) return [];
    const choice = chooseWindows(optionsOf(inside), begin, end, (month) => shut.has(`${place} ${month}`));
    const chosen = choice.taken.flatMap((option) => option.groups);
    return [{ place, taken: chosen, dropped: inside.filter((group) => !chosen.includes(group)), days: choice.days }];
  };
  const take = ({ place, taken: chosen, dropped }: ChoiceOfPlace, isBesideOthers: boolean): void => {
    for (const group of chosen) {
      const others = dropped.some((other) => overlap(group, other)) ? [NOTES.otherSource] : [];
      const widerNotes = isBesideOthers ? [NOTES.otherSource] : [];
      for (const member of group.members) cells.push({ ...member, notes: [...member.notes, ...others], widerNotes });
      for (const month of monthsOf(group)) {
        const key = `${place} ${month}`;
        taken.set(key, (taken.get(key) ?? 0) | (group.span === 1 ? group.bits : wholeMonth(month)));
      }
    }
  };
  for (const [authority, members] of byAuthority([...new Set(candidates.map(({ place }) => place))], places)) {
    for (let period = span.first; period <= span.last; period++) {
      const choices = members.flatMap((place) => choose(place, period));
      if (choices.length === 0) continue;
      const total = choices.find(({ place }) => places[place] === authority);
      const points = choices.filter((choice) => choice !== total);
      const isTotalTaken = total !== undefined && points.every(({ days }) => days <= total.days);
      for (const choice of choices) take(choice, total !== undefined && points.length > 0);
      totalTaken.set(`${authority} ${period}`, isTotalTaken);
    }
  }
  return {
    cells,
    choices: {
      daysTaken: (place, month) => taken.get(`${place} ${month}`) ?? 0,
      isLeftOut: (place, month) => {
        const name = places[place] ?? '';
        const authority = authorityNamed(name);
        const isTotal = totalTaken.get(`${authority} ${periodOfMonth(span.granularity, month)}`);
        return isTotal !== undefined && isTotal !== (name === authority);
      },
    },
  };
}

/** What may be taken: of each month what is best of it, and each longer window. */
function optionsOf(groups: readonly Group[]): Option[] {
  const months = new Map<number, Group[]>();
  const options: Option[] = [];
  for (const group of groups) {
    if (group.span > 1) options.push({ ...group, groups: [group] });
    else {
      const ofMonth = months.get(group.month);
      if (ofMonth === undefined) months.set(group.month, [group]);
      else ofMonth.push(group);
    }
  }
  for (const ofMonth of months.values()) {
    const best = bestOfMonth(ofMonth);
    options.push({
      ...(best[0] as Group),
      days: best.reduce((sum, { days }) => sum + days, 0),
      estimated: best.reduce((sum, { estimated }) => sum + estimated, 0),
      rank: Math.max(...best.map(({ rank }) => rank)),
      groups: best,
    });
  }
  return options;
}

const FIRST_ESTIMATE = METHODS.indexOf('sample-week');

/** The counts by place, each with all candidates of its window, shape and source. */
function groupsOf(candidates: readonly Candidate[], sources: readonly string[]): ReadonlyMap<number, Group[]> {
  const byKey = new Map<string, Candidate[]>();
  for (const one of candidates) {
    if (one.events === 0) continue;
    const key = [one.place, one.source, one.month, one.span, one.shape, one.sampled].join(' ');
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [one]);
    else members.push(one);
  }
  const groups = new Map<number, Group[]>();
  for (const members of byKey.values()) {
    const [{ place, source, month, span, shape, sampled }] = members as [Candidate];
    const bits = members.reduce((all, { days }) => all | days, 0);
    const rank = Math.min(...members.map(({ rank }) => rank));
    const days = span === 1 ? countOf(bits) : monthsOf({ month, span }).reduce((sum, at) => sum + daysInMonth(at), 0);
    const group: Group = {
      place,
      month,
      span,
      bits,
      members,
      days,
      estimated: rank >= FIRST_ESTIMATE ? days : 0,
      rank,
      source: sources[source] ?? '',
      // Days before whole months, and these before estimates.
      order: sampled ? 2 * SHAPES : shape === WHOLE ? SHAPES : shape,
    };
    const known = groups.get(place);
    if (known === undefined) groups.set(place, [group]);
    else known.push(group);
  }
  return groups;
}

const SHUT: readonly Absence[] = ['not-open', 'not-applicable'];

/** Months for which a place says that it was not open, or that the count does not apply, as `place month`. */
function shutMonths(candidates: readonly Candidate[]): ReadonlySet<string> {
  const shut = new Set<string>();
  for (const one of candidates) {
    if (!SHUT.some((reason) => one.absences.has(reason))) continue;
    for (const month of monthsOf(one)) shut.add(`${one.place} ${month}`);
  }
  return shut;
}

function byAuthority(members: readonly number[], places: readonly string[]): ReadonlyMap<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const place of members) {
    const authority = authorityNamed(places[place] ?? '');
    const group = groups.get(authority);
    if (group === undefined) groups.set(authority, [place]);
    else group.push(place);
  }
  return groups;
}

/** The authority of a place, or the place itself where it is one. */
export const authorityNamed = (place: string): string => {
  const slash = place.indexOf('/');
  return slash < 0 ? place : place.slice(0, slash);
};

const wholeMonth = (month: number): number => dayBits(1, daysInMonth(month));

const monthsOf = ({ month, span }: { month: number; span: number }): number[] =>
  Array.from({ length: span }, (_, i) => month + i);

const overlap = (a: WindowCount, b: WindowCount): boolean => a.month < b.month + b.span && b.month < a.month + a.span;

/** Number of bits that are set. */
function countOf(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
