/**
 * Rolling up: cells of month × place become totals over period × place of a level × category, in dense tables while those
 * are small, else in maps of the cells that something fell into.
 */
import type { Absence, CalendarGranularity } from '../../contracts/vocabulary.ts';
import type { Tally } from '../domain/conclude.ts';
import { firstDayOfMonth, firstMonthOf, MONTHS, periodOfMonth } from '../domain/periods.ts';
import type { Part, Plan } from '../domain/plan.ts';
import { GRAINS, wordsOf, type Dictionaries } from './columns.ts';
import type { Level } from './level.ts';
import type { Grid } from './grid.ts';
import { countFewPeople, countPeople } from './people.ts';
import type { PartState, People } from './planState.ts';
import type { Settlement } from './settle.ts';
import { firstMonth, lastMonth, type Span } from './span.ts';
import { isSparse, type Pair } from './sumTable.ts';

/**
 * Totals and numbers of events over period × place × category, with the reasons and notes of the few cells that have
 * some. The index of a cell is (period × places + place) × categories + category.
 */
export interface Cube {
  readonly categories: number;
  /** Pairs of total and number of events, each at twice its index; null where there is no room for all of them. */
  readonly cells: Float64Array | null;
  /** What there is where there are no `cells`, by index. */
  readonly sparse: Map<number, Pair>;
  /** The categories that something fell into, where there are no `cells`: by index ÷ categories. */
  readonly codes: Map<number, Set<number>>;
  readonly marks: Map<number, { absences: Set<Absence>; notes: Set<string> }>;
}
/** The total first, then one for each breakdown. */
export type Cubes = readonly Cube[];

function cube(periods: number, places: number, categories: number, room: number): Cube {
  const length = periods * places * categories * 2;
  const cells = length > room ? null : new Float64Array(length);
  return { categories, cells, sparse: new Map(), codes: new Map(), marks: new Map() };
}

const NOTHING: readonly never[] = [];

function add(
  target: Cube,
  cell: number,
  code: number,
  total: number,
  events: number,
  absences: Iterable<Absence> = NOTHING,
  notes: readonly string[] = NOTHING,
): void {
  const index = cell * target.categories + code;
  if (target.cells === null) addSparse(target, cell, code, total, events);
  else {
    target.cells[index * 2]! += total;
    target.cells[index * 2 + 1]! += events;
  }
  for (const absence of absences) markOf(target, index).absences.add(absence);
  for (const note of notes) markOf(target, index).notes.add(note);
}

function addSparse(
  { categories, sparse, codes }: Cube,
  cell: number,
  code: number,
  total: number,
  events: number,
): void {
  const index = cell * categories + code;
  const pair = sparse.get(index);
  if (pair !== undefined) {
    pair.total += total;
    pair.events += events;
    return;
  }
  sparse.set(index, { total, events });
  const known = codes.get(cell);
  if (known === undefined) codes.set(cell, new Set([code]));
  else known.add(code);
}

function markOf(target: Cube, index: number): { absences: Set<Absence>; notes: Set<string> } {
  let mark = target.marks.get(index);
  if (mark === undefined) target.marks.set(index, (mark = { absences: new Set(), notes: new Set() }));
  return mark;
}

/**
 * The cubes of one part of a plan.
 * @param room numbers that one dense cube may hold
 */
export function cubeOf(
  plan: Plan,
  part: Part,
  state: PartState,
  settled: Settlement,
  span: Span,
  level: Level,
  dictionaries: Dictionaries,
  room: number,
): Cubes {
  const periods = span.last - span.first + 1;
  const categories = plan.breakdowns.map((dimension) => wordsOf(dictionaries, dimension).values.length);
  const cubes = [1, ...categories].map((count) => cube(periods, level.names.length, count, room));
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
  state.sums.forEach((table, at) => {
    // Every breakdown holds every row: the total is taken from the first.
    const targets = {
      total: at === 0 ? total : null,
      cut: plan.breakdowns.length === 0 ? null : (cubes[at + 1] as Cube),
    };
    for (let month = Math.max(begin, table.from); month <= Math.min(end, table.from + table.months - 1); month++) {
      const period = periodOfMonth(span.granularity, month) - span.first;
      const first = period * level.names.length;
      if (isSparse(table)) {
        for (const [place, sums] of table.byMonth.get(month) ?? []) {
          const number = level.of[place] ?? -1;
          if (number < 0 || settled.contested.has(place)) continue;
          for (const [code, sum] of sums) addToBoth(targets, first + number, code, sum.total, sum.events);
        }
      } else fillFromGrid(targets, table, month, members, level, first);
    }
  });
  const longest = MONTHS[span.granularity];
  for (const one of settled.cells) {
    const number = level.of[one.place] ?? -1;
    const period = periodOfMonth(span.granularity, one.month) - span.first;
    // A quarter is not shown as a month: a window counts where a period holds the whole of it.
    if (number < 0 || period < 0 || period > span.last - span.first || monthsIn(one.grain) > longest) continue;
    if (!level.isFinest && settled.choices?.isLeftOut(one.place, one.month) === true) continue;
    const cell = period * level.names.length + number;
    const notes = level.isFinest || one.widerNotes === undefined ? one.notes : [...one.notes, ...one.widerNotes];
    add(total, cell, 0, one.total, one.events, one.absences, notes);
    one.categories.forEach((shares, at) => {
      const cut = cubes[at + 1] as Cube;
      for (const [code, share] of shares) {
        add(cut, cell, code, share.total, share.events, share.absences, notes);
      }
    });
  }
}

const monthsIn = (grain: number): number => MONTHS[GRAINS[grain] as CalendarGranularity] ?? Infinity;

interface Targets {
  readonly total: Cube | null;
  readonly cut: Cube | null;
}

function addToBoth({ total, cut }: Targets, cell: number, code: number, value: number, events: number): void {
  if (total !== null) add(total, cell, 0, value, events);
  if (cut !== null) add(cut, cell, code, value, events);
}

/** @param first index of the period's first cell */
function fillFromGrid(
  targets: Targets,
  grid: Grid,
  month: number,
  members: Int32Array,
  level: Level,
  first: number,
): void {
  const totals = targets.total?.cells ?? null;
  const cuts = targets.cut?.cells ?? null;
  const isDense = (targets.total === null) === (totals === null) && (targets.cut === null) === (cuts === null);
  const width = 2 * (targets.cut?.categories ?? 0);
  for (let i = 0; i < members.length; i++) {
    const place = members[i] as number;
    // A word that came after the last fact of this kind.
    if (place >= grid.places) continue;
    const source = ((month - grid.from) * grid.places + place) * grid.width;
    const cell = first + (level.of[place] as number);
    for (let k = 0; k < grid.width; k += 2) {
      const events = grid.cells[source + k + 1] as number;
      if (events === 0) continue;
      const value = grid.cells[source + k] as number;
      if (!isDense) {
        addToBoth(targets, cell, k / 2, value, events);
        continue;
      }
      if (totals !== null) {
        totals[cell * 2]! += value;
        totals[cell * 2 + 1]! += events;
      }
      if (cuts === null) continue;
      cuts[cell * width + k]! += value;
      cuts[cell * width + k + 1]! += events;
    }
  }
}

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
      const cut = at === 0 ? null : at - 1;
      const { categories, cells } = target;
      const end = first + level.names.length;
      if (cells === null) {
        countFewPeople(months, cut, level.of, (number, code, people, rows) =>
          add(target, first + number, code, people, rows),
        );
      } else
        countPeople(months, cut, level.of, categories, cells.subarray(first * categories * 2, end * categories * 2));
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
      add(total, (period - span.first) * level.names.length + number, 0, latest.matches ? 1 : 0, 1);
    }
  }
}

/** What a cell of a cube came to; null where nothing fell into it. */
export function tallyOf({ cells, sparse, marks }: Cube, index: number, notes: readonly string[]): Tally | null {
  const mark = marks.get(index);
  const pair = cells === null ? sparse.get(index) : undefined;
  const events = cells === null ? (pair?.events ?? 0) : (cells[index * 2 + 1] as number);
  if (events === 0 && mark === undefined) return null;
  return {
    total: cells === null ? (pair?.total ?? 0) : (cells[index * 2] as number),
    events,
    absences: mark?.absences ?? NO_ABSENCES,
    notes: mark === undefined ? (notes.length === 0 ? NO_NOTES : new Set(notes)) : new Set([...mark.notes, ...notes]),
  };
}
const NO_ABSENCES: ReadonlySet<Absence> = new Set();
const NO_NOTES: ReadonlySet<string> = new Set();

/** The categories of a cell that something may have fallen into, ascending, in any of the cubes. */
export function codesIn(cubes: readonly (Cube | undefined)[], cell: number): Iterable<number> {
  const codes = new Set<number>();
  for (const one of cubes) {
    if (one === undefined) continue;
    if (one.cells !== null) return Array(one.categories).keys();
    for (const code of one.codes.get(cell) ?? []) codes.add(code);
  }
  return [...codes].sort((a, b) => a - b);
}
