/**
 * The columnar evaluator, first half: facts in, mergeable state out. Live batch, whole history, prefix and shard are
 * this one function over different slices. Several plans in one pass share the reading, the filters and the look-ups.
 */
import type { Part, Plan, Where } from '../domain/plan.ts';
import {
  calendarOf,
  filterOf,
  monthAt,
  newScratch,
  select,
  type Block,
  type Calendar,
  type Filter,
  type Selection,
} from './block.ts';
import { wordsOf, type ColumnName, type Dictionaries } from './columns.ts';
import type { Chunk } from './factStore.ts';
import type { Extent } from './grid.ts';
import type { Zone } from './zone.ts';
import { foldReporting } from './foldReporting.ts';
import { foldSums } from './foldSums.ts';
import type { Evaluation, PartState, People, PlanState } from './planState.ts';

/**
 * The columns that folding a plan reads of a zone: where every row is a number within a month, nobody asks for its
 * state, and few for its window or source.
 */
export function columnsOf(plan: Plan, { plain }: Pick<Zone, 'plain'>): readonly ColumnName[] {
  const { measure } = plan;
  if (measure === null) return [];
  const names = new Set<ColumnName>(['kind', 'place', 'day', ...plan.breakdowns]);
  for (const part of [measure.numerator, measure.denominator]) {
    if (part === null) continue;
    if (part.fold === 'population') {
      names.add('quantity').add('ages');
      continue;
    }
    for (const { dimension } of part.where) names.add(dimension);
    if (part.fold === 'latest') {
      for (const name of STATUS_COLUMNS) names.add(name);
      names.add('second');
      continue;
    }
    if (part.fold === 'sum') names.add(part.field);
    if (part.fold === 'distinct') {
      names.add('subject');
      continue;
    }
    if (!plain) names.add('state').add('grain').add('method').add('days');
    if (plan.chooseOne) names.add('method');
    if (plan.chooseOne || !plain) names.add('source');
    if (plan.chooseOne || plan.coverage) names.add('days');
  }
  return [...names];
}
const STATUS_COLUMNS = ['open', 'wifi', 'statutory', 'pointKind'] as const;

/**
 * A function that adds a chunk of facts to each evaluation. Rows in `superseded` do not count. It is made for one pass
 * over rows that are there already: words that come later it does not know.
 * @param extent of all rows of the pass, so that tables grow once and not with each month that comes
 */
export function folding(
  evaluations: readonly Evaluation[],
  dictionaries: Dictionaries,
  superseded: ReadonlySet<number>,
  extent: Extent,
): (chunk: Chunk) => void {
  const prepared = evaluations.map(({ plan, state }) => ({ plan, state, filters: filtersOf(plan, dictionaries) }));
  const dead = Int32Array.from(superseded).sort();
  const scratch = newScratch();
  const calendars = new Map<Zone, Calendar>();
  return (chunk) => {
    const { zone } = chunk;
    const calendar = calendars.get(zone) ?? calendarOf(zone);
    calendars.set(zone, calendar);
    const block: Block = {
      rows: chunk.rows,
      zone,
      columns: chunk.columns,
      dictionaries,
      extent,
      calendar,
      scratch,
      live: liveRows(dead, chunk),
      selections: new Map(),
      indices: new Map(),
    };
    for (const { plan, state, filters } of prepared) foldBlock(plan, state, filters, block);
  };
}

interface Filters {
  readonly numerator: Filter | null;
  readonly denominator: Filter | null;
}

function filtersOf(plan: Plan, dictionaries: Dictionaries): Filters {
  const filter = (part: Part): Filter =>
    part.fold === 'latest'
      ? filterOf(dictionaries, ['service-point.status'], [])
      : filterOf(dictionaries, part.kinds, part.where);
  const { numerator, denominator } = plan.measure ?? { numerator: null, denominator: null };
  return {
    numerator: numerator === null ? null : filter(numerator),
    denominator:
      denominator === null
        ? null
        : denominator.fold === 'population'
          ? filterOf(dictionaries, ['reference.population'], [{ dimension: 'ages', values: [denominator.ages] }])
          : filter(denominator),
  };
}

/** @param dead rows that do not count, ascending */
function liveRows(dead: Int32Array, { first, rows }: Chunk): Selection {
  let next = firstFrom(dead, first);
  if (next === dead.length || (dead[next] as number) >= first + rows) return null;
  const live: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (dead[next] === first + row) next += 1;
    else live.push(row);
  }
  return Int32Array.from(live);
}

/** Index of the first number that is not below `least`, in ascending numbers. */
function firstFrom(numbers: Int32Array, least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function foldBlock(plan: Plan, state: PlanState, filters: Filters, block: Block): void {
  const { measure } = plan;
  if (measure === null) return;
  if (filters.numerator !== null) {
    const selection = select(block, filters.numerator);
    if (selection !== 'none') foldPart(plan, measure.numerator, state.numerator, state, true, block, selection);
  }
  const { denominator } = measure;
  if (denominator === null || filters.denominator === null) return;
  const selection = select(block, filters.denominator);
  if (selection === 'none') return;
  if (denominator.fold === 'population') foldPopulation(state, block, selection);
  else if (state.denominator !== null) foldPart(plan, denominator, state.denominator, state, false, block, selection);
}

/** @param reports whether the part says who reported: the numerator does */
function foldPart(
  plan: Plan,
  part: Part,
  state: PartState,
  { reporting, room }: PlanState,
  reports: boolean,
  block: Block,
  selection: Selection,
): void {
  if (part.fold === 'latest') return foldStatuses(part.where, state, block, selection);
  if (part.fold === 'distinct') return foldPeople(plan, state, block, selection);
  if (reports && reporting !== null) foldReporting(reporting, part, block, selection);
  foldSums(plan, part, state, room, block, selection);
}

function foldPeople(plan: Plan, state: PartState, block: Block, selection: Selection): void {
  const { columns } = block;
  const { subject, place } = columns;
  if (subject === undefined) return;
  const dimensions = plan.breakdowns.map((dimension) => columns[dimension]);
  let month = NaN;
  let people: People | undefined;
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    const who = subject[row] as number;
    if (who === 0) continue;
    const when = monthAt(block, row);
    if (people === undefined || when !== month) {
      month = when;
      people = peopleOf(state, month, dimensions.length);
    }
    if (people.rows === people.place.length) widen(people);
    people.place[people.rows] = place?.[row] ?? 0;
    people.subject[people.rows] = who;
    for (let at = 0; at < dimensions.length; at++)
      (people.categories[at] as Int32Array)[people.rows] = dimensions[at]?.[row] ?? 0;
    people.rows += 1;
  }
}

function peopleOf(state: PartState, month: number, dimensions: number): People {
  let people = state.people.get(month);
  if (people === undefined) {
    people = {
      rows: 0,
      place: new Int32Array(64),
      subject: new Uint32Array(64),
      categories: Array.from({ length: dimensions }, () => new Int32Array(64)),
    };
    state.people.set(month, people);
  }
  return people;
}

function widen(people: People): void {
  const larger = <T extends Int32Array | Uint32Array>(old: T): T => {
    const next = new (old.constructor as new (length: number) => T)(old.length * 2);
    next.set(old);
    return next;
  };
  people.place = larger(people.place);
  people.subject = larger(people.subject);
  people.categories.forEach((array, at) => (people.categories[at] = larger(array)));
}

function foldStatuses(where: Where, state: PartState, block: Block, selection: Selection): void {
  const { columns, dictionaries } = block;
  const word = (name: ColumnName, row: number): string =>
    wordsOf(dictionaries, name).values[columns[name]?.[row] ?? 0] ?? '';
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    state.statuses.push({
      place: columns.place?.[row] ?? 0,
      day: columns.day?.[row] ?? 0,
      second: columns.second?.[row] ?? 0,
      text: STATUS_COLUMNS.map((name) => word(name, row)).join(' '),
      matches: where.every(({ dimension, values }) => values.includes(word(dimension, row))),
    });
  }
}

function foldPopulation(state: PlanState, block: Block, selection: Selection): void {
  const { place, day, quantity } = block.columns;
  const count = selection?.length ?? block.rows;
  for (let i = 0; i < count; i++) {
    const row = selection === null ? i : (selection[i] as number);
    const at = place?.[row] ?? 0;
    const estimates = state.population.get(at) ?? [];
    estimates.push({ day: day?.[row] ?? 0, people: quantity?.[row] ?? 1 });
    state.population.set(at, estimates);
  }
}
