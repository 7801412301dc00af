/**
 * The columnar evaluator, second half: state in, observations out. Cells of month × service point are rolled up to
 * every granularity and level of place at once, in dense tables; then each cell is concluded.
 */
import type { Absence } from '../../contracts/fields.ts';
import { conclude, NOTES, type Against, type Tally } from '../domain/conclude.ts';
import { firstExpected, isExpected, PANEL_MONTHS_AFTER_LAST } from '../domain/coverage.ts';
import type { Coverage, Observation, ObservationKey } from '../domain/observation.ts';
import {
  daysInMonth,
  firstDayOfMonth,
  firstMonthOf,
  monthOf,
  MONTHS,
  periodInterval,
  periodOfMonth,
  type CalendarGranularity,
} from '../domain/periods.ts';
import { nearestEstimate } from '../domain/population.ts';
import type { Part, Plan } from '../domain/plan.ts';
import { quoteFigures } from '../domain/publishedFigures.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import { GRAINS, wordsOf, type Dictionaries } from './columns.ts';
import type { Figure } from './fact.ts';
import { dayBits } from './foldReporting.ts';
import { levelOf, type Level } from './level.ts';
import { panelOf, type Panel } from './panel.ts';
import { countPeople } from './people.ts';
import type { PartState, People, PlanState, Reporting } from './planState.ts';
import { settle, type Settlement } from './settle.ts';

/**
 * First and last month of which something changed, by place code (of service points, or whatever the facts name): the
 * periods that hold one of the months, at these places and at those that hold them, are observed anew.
 */
export type Touched = ReadonlyMap<number, { readonly from: number; readonly to: number }>;

interface Span {
  readonly granularity: CalendarGranularity;
  /** Numbers of the first and last period. */
  readonly first: number;
  readonly last: number;
}

/**
 * Computed observations of a plan: all, or those that new facts may have changed. They come series after series: one
 * granularity and place at a time. `vanished` is filled with the keys looked at of which nothing is known any more: a
 * place may turn out not to have been expected, and a category may have been known only from a source that is no longer
 * the one chosen.
 */
export function* observe(
  plan: Plan,
  state: PlanState,
  dictionaries: Dictionaries,
  touched?: Touched,
  vanished?: ObservationKey[],
): Generator<Observation, void, undefined> {
  const { measure } = plan;
  if (measure === null) return;
  const known = monthsKnown(state);
  if (known === null) return;
  const panel = state.reporting === null ? null : panelOf(state.reporting);
  const horizon = Math.max(known.to, panel?.last ?? -Infinity);
  const ranges = touched === undefined ? null : [...touched.values()];
  const begin = panel === null ? known.from : Math.min(known.from, panel.first);
  const from = Math.max(begin, ranges === null ? -Infinity : Math.min(...ranges.map((range) => range.from)));
  const to = Math.min(horizon, ranges === null ? Infinity : Math.max(...ranges.map((range) => range.to)));
  if (from > to) return;

  // Settled once, for whole financial years: every shorter period lies in one.
  const years: Span = {
    granularity: 'financial-year',
    first: periodOfMonth('financial-year', from),
    last: periodOfMonth('financial-year', to),
  };
  const settled = (part: PartState | null): Settlement =>
    part === null || (part.special.size === 0 && part.owners === null)
      ? NOTHING_SETTLED
      : settle(plan, part, firstMonth(years), lastMonth(years), dictionaries);
  const [settledNumerator, settledDenominator] = [settled(state.numerator), settled(state.denominator)];
  for (const placeLevel of plan.places) {
    const level = levelOf(placeLevel, dictionaries, touched);
    if (level.names.length === 0) continue;
    const wanted = touched === undefined ? null : wantedAt(level, touched);
    for (const granularity of plan.granularities) {
      const span = { granularity, first: periodOfMonth(granularity, from), last: periodOfMonth(granularity, to) };
      const cubes = {
        numerator: cubeOf(plan, measure.numerator, state.numerator, settledNumerator, span, level, dictionaries),
        denominator:
          state.denominator === null || measure.denominator === null || measure.denominator.fold === 'population'
            ? null
            : cubeOf(plan, measure.denominator, state.denominator, settledDenominator, span, level, dictionaries),
        coverage: state.reporting === null || panel === null ? null : coverageOf(state.reporting, panel, span, level),
      };
      yield* emit(plan, state, span, level, wanted, cubes, dictionaries, vanished);
    }
  }
}

const NOTHING_SETTLED: Settlement = { cells: [], contested: new Set() };

/** The months touched at each place of a level: those of every place in it. */
function wantedAt(level: Level, touched: Touched): Map<number, { from: number; to: number }> {
  const wanted = new Map<number, { from: number; to: number }>();
  for (const [place, { from, to }] of touched) {
    const number = level.of[place] ?? -1;
    if (number < 0) continue;
    const range = wanted.get(number);
    wanted.set(
      number,
      range === undefined ? { from, to } : { from: Math.min(range.from, from), to: Math.max(range.to, to) },
    );
  }
  return wanted;
}

/** Observations quoted from published figures, one granularity and place after the other. */
export function observeFigures(plan: Plan, figures: readonly Figure[]): Observation[] {
  const { published } = plan;
  if (published === null) return [];
  const group = ({ place, granularity }: Observation): string => `${place} ${granularity}`;
  return quoteFigures(
    figures.filter((figure) => figure.statistic === published.statistic),
    published.prefer,
  ).sort((a, b) => (group(a) < group(b) ? -1 : group(a) > group(b) ? 1 : 0));
}

/** First and last month of which the state knows anything. */
function monthsKnown(state: PlanState): { from: number; to: number } | null {
  let from = Infinity;
  let to = -Infinity;
  const see = (first: number, last: number): void => {
    from = Math.min(from, first);
    to = Math.max(to, last);
  };
  for (const part of [state.numerator, state.denominator]) {
    if (part === null) continue;
    for (const { from: first, months } of part.grids) if (months > 0) see(first, first + months - 1);
    for (const [month, cells] of part.special) {
      for (const cell of cells.values()) see(month, month + (cell.sampled ? SAMPLE_MONTHS : cell.span) - 1);
    }
    for (const month of part.people.keys()) see(month, month);
    for (const status of part.statuses) see(monthOf(status.day), monthOf(status.day));
  }
  return to < from ? null : { from, to };
}

/** Totals and numbers of events over period × place × category, with the reasons and notes of the few cells that have some. */
interface Cube {
  readonly width: number;
  readonly cells: Float64Array;
  readonly marks: Map<number, { absences: Set<Absence>; notes: Set<string> }>;
}
/** The total first, then one for each breakdown. */
type Cubes = readonly Cube[];

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

function cubeOf(
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

const firstMonth = (span: Span): number => firstMonthOf(span.granularity, span.first);
const lastMonth = (span: Span): number => firstMonthOf(span.granularity, span.last + 1) - 1;

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

interface CoverageCube {
  readonly reported: Int32Array;
  readonly expected: Int32Array;
  /** 1: some month is covered only by a longer window. */
  readonly longer: Uint8Array;
  /** 1: some month is covered for a part of its days. */
  readonly part: Uint8Array;
}

function coverageOf({ days, grain, shut }: Reporting, panel: Panel, span: Span, level: Level): CoverageCube {
  const size = (span.last - span.first + 1) * level.names.length;
  const cells: CoverageCube = {
    reported: new Int32Array(size),
    expected: new Int32Array(size),
    longer: new Uint8Array(size),
    part: new Uint8Array(size),
  };
  const finest = GRAINS.indexOf(span.granularity) + 1;
  for (const place of level.members) {
    if (place >= grain.places) continue;
    const number = level.of[place] as number;
    const first = panel.firstReported[place] as number;
    const last = panel.lastReported[place] as number;
    if (last < first) continue;
    const end = Math.min(lastMonth(span), last + PANEL_MONTHS_AFTER_LAST);
    for (let month = Math.max(firstMonth(span), firstExpected(first)); month <= end; month++) {
      const period = periodOfMonth(span.granularity, month);
      // A period that begins after the last month anybody reported has not been reached yet.
      if (firstMonthOf(span.granularity, period) > panel.last) continue;
      const inside = month >= grain.from && month < grain.from + grain.months;
      const at = (month - grain.from) * grain.places + place;
      const seen = inside ? (grain.cells[at] as number) : 0;
      const isShut = inside && shut.cells[at] === 1 && seen === 0;
      if (!isExpected(month, first, last, isShut)) continue;
      const cell = (period - span.first) * level.names.length + number;
      cells.expected[cell]! += 1;
      if (seen === 0) continue;
      if (seen > finest) cells.longer[cell] = 1;
      else {
        cells.reported[cell]! += 1;
        if (days.cells[at] !== dayBits(1, daysInMonth(month))) cells.part[cell] = 1;
      }
    }
  }
  return cells;
}

function* emit(
  plan: Plan,
  state: PlanState,
  span: Span,
  level: Level,
  wanted: ReadonlyMap<number, { from: number; to: number }> | null,
  cubes: { numerator: Cubes; denominator: Cubes | null; coverage: CoverageCube | null },
  dictionaries: Dictionaries,
  vanished: ObservationKey[] | undefined,
): Generator<Observation, void, undefined> {
  const places = level.names.length;
  const toPeople = plan.measure?.denominator?.fold === 'population';
  const periods = Array.from({ length: span.last - span.first + 1 }, (_, at) => periodAt(span, at));
  const cuts = plan.breakdowns.map((dimension) =>
    wordsOf(dictionaries, dimension).values.map((word, code) => `${dimension}=${code === 0 ? 'not-stated' : word}`),
  );
  for (let number = 0; number < places; number++) {
    const place = level.names[number] as string;
    const range = wanted?.get(number);
    if (wanted !== null && range === undefined) continue;
    const placeCode = toPeople ? (wordsOf(dictionaries, 'place').find(place) ?? -1) : -1;
    for (const [at, { interval, firstMonth: begin, lastMonth: end, firstDay, lastDay }] of periods.entries()) {
      if (range !== undefined && (range.from > end || range.to < begin)) continue;
      const cell = at * places + number;
      const covered = cubes.coverage;
      const coverage: Coverage | null =
        covered === null || covered.expected[cell] === 0
          ? null
          : { reported: covered.reported[cell] as number, expected: covered.expected[cell] as number };
      const people = toPeople
        ? { people: nearestEstimate(state.population.get(placeCode) ?? [], firstDay, lastDay) }
        : undefined;
      const against = (cut: number, index: number): Against =>
        cubes.denominator === null ? people : { tally: tallyOf(cubes.denominator[cut] as Cube, index, []) };
      const part = covered !== null && covered.part[cell] === 1 ? [NOTES.partMonth] : [];
      const key = blank(place, span.granularity, interval, '');
      const total = conclude(
        plan,
        key,
        tallyOf(cubes.numerator[0] as Cube, cell, part),
        against(0, cell),
        coverage,
        covered !== null && covered.longer[cell] === 1,
      );
      if (total === null) {
        if (plan.coverage) vanished?.push(key);
        continue;
      }
      yield total;
      for (const [k, names] of cuts.entries()) {
        const numerator = cubes.numerator[k + 1] as Cube;
        for (let code = 0; code < numerator.width / 2; code++) {
          const index = (cell * numerator.width) / 2 + code;
          const tally = tallyOf(numerator, index, []);
          if (tally === null && cubes.denominator === null && !plan.chooseOne) continue;
          const cutKey = blank(place, span.granularity, interval, names[code] as string);
          const cut = conclude(plan, cutKey, tally, against(k + 1, index), null, false);
          if (cut !== null) yield cut;
          else if (plan.chooseOne) vanished?.push(cutKey);
        }
      }
    }
  }
}

function periodAt({ granularity, first }: Span, at: number) {
  const begin = firstMonthOf(granularity, first + at);
  const end = firstMonthOf(granularity, first + at + 1);
  return {
    interval: periodInterval(granularity, first + at),
    firstMonth: begin,
    lastMonth: end - 1,
    firstDay: firstDayOfMonth(begin),
    lastDay: firstDayOfMonth(end) - 1,
  };
}

/**
 * A key in the shape of a whole observation: filling that in takes a twentieth of the time that engines need to copy a
 * key into a larger object, and a replay makes hundreds of thousands.
 */
const blank = (place: string, granularity: CalendarGranularity, period: string, breakdown: string): Observation => ({
  place,
  granularity,
  period,
  breakdown,
  basis: 'computed',
  state: 'not-reported',
  value: null,
  numerator: null,
  denominator: null,
  n: null,
  low: null,
  high: null,
  coverage: null,
  events: 0,
  scope: null,
  source: null,
  notes: [],
});

function tallyOf(from: Cube, index: number, notes: readonly string[]): Tally | null {
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
