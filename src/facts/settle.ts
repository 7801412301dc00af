/**
 * Settling the cells that need more than adding: sample weeks become months, and where an indicator may take only one
 * count of a place and time, one is chosen for each period. What is settled is a list of plain numbers for spans of
 * months.
 */
import type { Absence } from '../../contracts/vocabulary.ts';
import { NOTES } from '../domain/conclude.ts';
import { daysInMonth } from '../domain/periods.ts';
import type { Plan } from '../domain/plan.ts';
import { grossUp, SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import { authorityNamed, chooseCounts, type Choices } from './chooseCounts.ts';
import { METHODS } from '../domain/fact.ts';
import { wordsOf, type Dictionaries } from './columns.ts';
import { dayBits } from './foldReporting.ts';
import type { Panel } from './panel.ts';
import { ownerOf, type Owners, type PartState, type SpecialCell } from './planState.ts';
import { WHOLE } from './shape.ts';
import { firstMonth, lastMonth, type Span } from './span.ts';
import { sumsAt } from './sumTable.ts';

export interface Settled {
  readonly place: number;
  readonly month: number;
  readonly span: number;
  readonly grain: number;
  readonly total: number;
  readonly events: number;
  readonly absences: ReadonlySet<Absence>;
  readonly notes: readonly string[];
  /** Notes that it has as a part of something larger than its own place. */
  readonly widerNotes?: readonly string[];
  readonly categories: readonly ReadonlyMap<
    number,
    { total: number; events: number; absences: ReadonlySet<Absence> }
  >[];
}

/** Numbers, or reasons for which there are none, of one place, window and source. */
export interface Candidate extends Settled {
  readonly source: number;
  /** Best method seen, as an index of METHODS. */
  readonly rank: number;
  readonly sampled: boolean;
  /** Days of the month that are covered, as bits; all of them where the window has several months. */
  readonly days: number;
  /** See `shapeOf`. */
  readonly shape: number;
}

/** What was settled. */
export interface Settlement {
  readonly cells: readonly Settled[];
  /** Places of which the tables are not to be read: all that counts of them is among the cells. */
  readonly contested: ReadonlySet<number>;
  /** What was chosen for the contested places, by period; null where all counts are added. */
  readonly choices: Choices | null;
}

export const NOTHING_SETTLED: Settlement = { cells: [], contested: new Set(), choices: null };

/**
 * Cells for the periods of a span, settled.
 * @param panel who reported at all; null where coverage is not asked for
 */
export function settle(
  plan: Plan,
  state: PartState,
  span: Span,
  dictionaries: Dictionaries,
  panel: Panel | null,
): Settlement {
  if (state.special.size === 0 && state.owners === null) return NOTHING_SETTLED;
  const [from, to] = [firstMonth(span), lastMonth(span)];
  const plain: Candidate[] = [];
  const samples = new Map<string, SpecialCell[]>();
  // A sample week stands for the two months after its own as well.
  for (let month = from - (SAMPLE_MONTHS - 1); month <= to; month++) {
    for (const cell of state.special.get(month)?.values() ?? []) {
      if (cell.sampled) {
        const key = `${cell.place} ${cell.source}`;
        const group = samples.get(key) ?? [];
        group.push(cell);
        samples.set(key, group);
      }
      if (!cell.sampled && cell.events > 0) plain.push(countedOf(cell));
      if (cell.absences.size > 0) plain.push(absentOf(cell));
    }
  }
  for (const cells of samples.values()) plain.push(...sampledMonths(cells, plan.breakdowns.length));
  if (state.owners === null) return { cells: plain, contested: NOBODY, choices: null };
  const { values: places } = wordsOf(dictionaries, 'place');
  const contested = contestedPlaces(plain, state.owners, places, panel, from, to);
  for (const place of contested) plain.push(...ownedCells(plan, state, state.owners, place, from, to));
  return { ...chooseCounts(plain, span, dictionaries), contested };
}

const NOBODY: ReadonlySet<number> = new Set();

/**
 * The places of each authority of which more than one count may speak of a month: something was kept apart, or the
 * authority as a whole was spoken of. Of the others the tables hold all there is.
 */
function contestedPlaces(
  candidates: readonly Candidate[],
  { source }: Owners,
  places: readonly string[],
  panel: Panel | null,
  from: number,
  to: number,
): ReadonlySet<number> {
  const authorities = new Set<string>();
  for (const { place, events } of candidates) {
    const name = places[place] ?? '';
    // What an authority says of itself, be it that it has no number, is held against what its service points say.
    if (events > 0 || !name.includes('/')) authorities.add(authorityNamed(name));
  }
  places.forEach((name, place) => {
    if (name.includes('/')) return;
    // Whoever counted for the whole authority once is expected to, also in periods without a count of it.
    if (panel !== null && (panel.lastReported[place] ?? -Infinity) >= (panel.firstReported[place] ?? Infinity))
      authorities.add(name);
    if (place >= source.places) return;
    const [first, end] = [Math.max(from, source.from), Math.min(to, source.from + source.months - 1)];
    for (let month = first; month <= end; month++) {
      if (source.cells[(month - source.from) * source.places + place] !== 0) authorities.add(name);
    }
  });
  const contested = new Set<number>();
  if (authorities.size === 0) return contested;
  places.forEach((name, place) => {
    if (authorities.has(authorityNamed(name))) contested.add(place);
  });
  return contested;
}

const NONE: ReadonlySet<Absence> = new Set();

/** What the tables hold of a place, as candidates. */
function ownedCells(
  plan: Plan,
  { sums }: PartState,
  { source, rank, days }: Owners,
  place: number,
  from: number,
  to: number,
): Candidate[] {
  const cells: Candidate[] = [];
  if (place >= source.places) return cells;
  const end = Math.min(to, source.from + source.months - 1);
  for (let month = Math.max(from, source.from); month <= end; month++) {
    const at = (month - source.from) * source.places + place;
    const owner = source.cells[at] as number;
    if (owner === 0) continue;
    const cuts = sums.map(
      (table) => new Map([...sumsAt(table, month, place)].map(([code, sum]) => [code, { ...sum, absences: NONE }])),
    );
    let [total, events] = [0, 0];
    for (const share of cuts[0]?.values() ?? []) {
      total += share.total;
      events += share.events;
    }
    cells.push({
      place,
      source: ownerOf(owner).source,
      rank: rank.cells[at] as number,
      sampled: false,
      days: days.cells[at] as number,
      shape: ownerOf(owner).shape,
      month,
      span: 1,
      grain: 0,
      total,
      events,
      absences: new Set(),
      notes: [],
      // Without breakdowns there is one table, of the total.
      categories: cuts.slice(0, plan.breakdowns.length),
    });
  }
  return cells;
}

/** The numbers of a cell, and apart from them the reasons for which there were none: only numbers compete. */
const countedOf = (cell: SpecialCell): Candidate => ({
  ...cell,
  absences: new Set(),
  notes: cell.estimated ? [NOTES.sourceEstimate] : [],
  categories: cell.categories.map(
    (shares) =>
      new Map([...shares].filter(([, s]) => s.events > 0).map(([code, s]) => [code, { ...s, absences: new Set() }])),
  ),
});
const absentOf = (cell: SpecialCell): Candidate => ({
  ...cell,
  total: 0,
  events: 0,
  notes: [],
  categories: cell.categories.map(
    (shares) =>
      new Map(
        [...shares].filter(([, s]) => s.absences.size > 0).map(([code, s]) => [code, { ...s, total: 0, events: 0 }]),
      ),
  ),
});

/** The monthly estimates of one place's sample weeks from one source. */
function sampledMonths(cells: readonly SpecialCell[], breakdowns: number): Candidate[] {
  const [first] = cells;
  if (first === undefined) return [];
  // A category is divided by the weeks of the whole, so that categories add up to it.
  const estimates = (shareOf: (cell: SpecialCell) => { total: number; events: number } | undefined) =>
    grossUp(
      cells.flatMap((cell) => {
        const share = shareOf(cell);
        if (share === undefined || share.events === 0) return [];
        return [{ month: cell.month, quantity: share.total, weeks: cell.weeks.size }];
      }),
    );
  const months = estimates((cell) => cell);
  const categories = Array.from({ length: breakdowns }, (_, at) => {
    const codes = new Set(cells.flatMap((cell) => [...(cell.categories[at]?.keys() ?? [])]));
    return [...codes].map((code) => ({
      code,
      months: estimates(({ categories }) => categories[at]?.get(code)),
    }));
  });
  return [...months].map(([month, total]) => ({
    place: first.place,
    source: first.source,
    rank: METHODS.indexOf('sample-week'),
    sampled: true,
    days: dayBits(1, daysInMonth(month)),
    shape: WHOLE,
    month,
    span: 1,
    grain: 0,
    total,
    events: 1,
    absences: new Set<Absence>(),
    notes: [NOTES.estimated],
    categories: categories.map(
      (codes) =>
        new Map(
          codes.flatMap(({ code, months: ofCode }) => {
            const share = ofCode.get(month);
            return share === undefined
              ? []
              : [[code, { total: share, events: 1, absences: new Set<Absence>() }] as const];
          }),
        ),
    ),
  }));
}
