/**
 * Rolling up: cells of month × place become totals over period × place of a level × category, in dense tables.
 */
import type { Absence } from '../../contracts/fields.ts';
import type { Tally } from '../domain/conclude.ts';
import { firstDayOfMonth, firstMonthOf, MONTHS, periodOfMonth, type CalendarGranularity } from '../domain/periods.ts';
import type { Part, Plan } from '../domain/plan.ts';
import { GRAINS, wordsOf, type Dictionaries } from './columns.ts';
import type { Level } from './level.ts';
import { countPeople } from './people.ts';
import type { PartState, People } from './planState.ts';
import type { Settlement } from './settle.ts';
import { firstMonth, lastMonth, type Span } from './span.ts';

/** Totals and numbers of events over period × place × category, with the reasons and notes of the few cells that have some. */
export interface Cube {
  readonly width: number;
  readonly cells: Float64Array;
  readonly marks: Map<number, { absences: Set<Absence>; notes: Set<string> }>;
}
/** The total first, then one for each breakdown. */
export type Cubes = readonly Cube[];

const cube = (periods: number, places: number, categories: number): Cube => ({
  width: categories * 2,
  cells: new Float64Array(periods * places * categories * 2),
  marks: new Map(),
});

const NOTHING: readonly string[] = [];

function add(
  target: Cube,
  cell: number,
  total: number,
  events: number,
  absences: Iterable<Absence>,
  notes: readonly string[],
): void {
  target.cells[cell * 2]! += total;
  target.cells[cell * 2 + 1]! += events;
  for (const absence of absences) markOf(target, cell).absences.add(absence);
  for (const note of notes) markOf(target, cell).notes.add(note);
}

function markOf(target: Cube, cell: number): { absences: Set<Absence>; notes: Set<string> } {
  let mark = target.marks.get(cell);
  if (mark === undefined) target.marks.set(cell, (mark = { absences: new Set(), notes: new Set() }));
  return mark;
}

/** The cubes of one part of a plan. */
export function cubeOf(
  plan: Plan,
  part: Part,
  state: PartState,
  settled: Settlement,
  span: Span,
  level: Level,
  dictionaries: Dictionaries,
): Cubes {
  const periods = span.last - span.first + 1;
  const categories = plan.breakdowns.map((dimension) => wordsOf(dictionaries, dimension).values.length);
  const cubes = [1, ...categories].map((count) => cube(periods, level.names.length, count));
  if (part.fold === 'latest') fillStatuses(cubes, state, span, level);
  else if (part.fold === 'distinct') fillPeople(cubes, state, span, level);
  else fillSums(plan, cubes, state, settled, span, level);
  return cubes;
}

function fillSums(plan: Plan, cubes: Cubes, state: PartState, settled: Settlement, span: Span, level: Level): void {
  const [total] = cubes as [Cube];
  const begin = firstMonth(span);
  const end = lastMonth(span);
  const members = level.members.filter((place) => !settled.contested.has(place));
  state.grids.forEach((grid, at) => {
    const cut = plan.breakdowns.length === 0 ? undefined : cubes[at + 1];
    for (let month = Math.max(begin, grid.from); month <= Math.min(end, grid.from + grid.months - 1); month++) {
      const period = periodOfMonth(span.granularity, month) - span.first;
      for (let i = 0; i < members.length; i++) {
        const place = members[i] as number;
        // A word that came after the last fact of this kind.
        if (place >= grid.places) continue;
        const source = ((month - grid.from) * grid.places + place) * grid.width;
        const cell = period * level.names.length + (level.of[place] as number);
        for (let k = 0; k < grid.width; k += 2) {
          const events = grid.cells[source + k + 1] as number;
          if (events === 0) continue;
          const value = grid.cells[source + k] as number;
          // Every breakdown holds every row: the total is taken from the first.
          if (at === 0) {
            total.cells[cell * 2]! += value;
            total.cells[cell * 2 + 1]! += events;
          }
          if (cut === undefined) continue;
          cut.cells[cell * cut.width + k]! += value;
          cut.cells[cell * cut.width + k + 1]! += events;
        }
      }
    }
  });
  const longest = MONTHS[span.granularity];
  for (const one of settled.cells) {
    const number = level.of[one.place] ?? -1;
    const period = periodOfMonth(span.granularity, one.month) - span.first;
    // A quarter is not shown as a month: a window counts where a period holds the whole of it.
    if (number < 0 || period < 0 || period > span.last - span.first || monthsIn(one.grain) > longest) continue;
    const cell = period * level.names.length + number;
    add(total, cell, one.total, one.events, one.absences, one.notes);
    one.categories.forEach((shares, at) => {
      const cut = cubes[at + 1] as Cube;
      for (const [code, share] of shares) {
        add(cut, (cell * cut.width) / 2 + code, share.total, share.events, share.absences, one.notes);
      }
    });
  }
}

const monthsIn = (grain: number): number => MONTHS[GRAINS[grain] as CalendarGranularity] ?? Infinity;

/** People are counted once in a period and place. */
function fillPeople(cubes: Cubes, state: PartState, span: Span, level: Level): void {
  for (let period = span.first; period <= span.last; period++) {
    const months: People[] = [];
    const end = firstMonthOf(span.granularity, period + 1);
    for (let month = firstMonthOf(span.granularity, period); month < end; month++) {
      const people = state.people.get(month);
      if (people !== undefined) months.push(people);
    }
    if (months.length === 0) continue;
    const first = (period - span.first) * level.names.length;
    cubes.forEach((target, at) => {
      const width = target.width / 2;
      countPeople(
        months,
        at === 0 ? null : at - 1,
        level.of,
        width,
        target.cells.subarray(first * target.width, (first + level.names.length) * target.width),
      );
    });
  }
}

/** What each service point was at the end of a period, or at the last status known where that is earlier. */
function fillStatuses(cubes: Cubes, state: PartState, span: Span, level: Level): void {
  const [total] = cubes as [Cube];
  const byPlace = new Map<number, PartState['statuses']>();
  for (const status of state.statuses) {
    const group = byPlace.get(status.place) ?? [];
    group.push(status);
    byPlace.set(status.place, group);
  }
  for (const [place, statuses] of byPlace) {
    const number = level.of[place] ?? -1;
    if (number < 0) continue;
    statuses.sort((a, b) => a.day - b.day || a.second - b.second || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
    let next = 0;
    for (let period = span.first; period <= span.last; period++) {
      const end = firstDayOfMonth(firstMonthOf(span.granularity, period + 1)) - 1;
      while (next < statuses.length && (statuses[next]?.day ?? 0) <= end) next += 1;
      const latest = statuses[next - 1];
      if (latest === undefined) continue;
      add(total, (period - span.first) * level.names.length + number, latest.matches ? 1 : 0, 1, [], NOTHING);
    }
  }
}

/** What a cell of a cube came to; null where nothing fell into it. */
export function tallyOf(from: Cube, index: number, notes: readonly string[]): Tally | null {
  const events = from.cells[index * 2 + 1] as number;
  const mark = from.marks.get(index);
  if (events === 0 && mark === undefined) return null;
  return {
    total: from.cells[index * 2] as number,
    events,
    absences: mark?.absences ?? NO_ABSENCES,
    notes: mark === undefined ? (notes.length === 0 ? NO_NOTES : new Set(notes)) : new Set([...mark.notes, ...notes]),
  };
}
const NO_ABSENCES: ReadonlySet<Absence> = new Set();
const NO_NOTES: ReadonlySet<string> = new Set();
