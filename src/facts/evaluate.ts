/** Folds a slice of the store into the states of some plans: the live batch, a whole replay, or a prefix. */
import type { Dimension } from '../../contracts/dimensions.ts';
import type { Observation } from '../domain/observation.ts';
import { monthOf } from '../domain/periods.ts';
import type { Plan } from '../domain/plan.ts';
import { wordsOf } from './columns.ts';
import type { FactStore } from './factStore.ts';
import type { Zone } from './zone.ts';
import { columnsOf, folding } from './fold.ts';
import { observe, observeFigures } from './observe.ts';
import type { Extent } from './grid.ts';
import { emptyState, type Evaluation } from './planState.ts';

/**
 * Empty states, with room for what the first `to` rows of the store hold, so that a replay grows nothing on its way.
 * @param room numbers that one dense table of sums may hold
 */
export function evaluations(plans: readonly Plan[], store: FactStore, to: number, room?: number): Evaluation[] {
  const extent = extentOf(store, 0, to);
  const categories = (dimension: Dimension): number => wordsOf(store.dictionaries, dimension).values.length;
  return plans.map((plan) => ({ plan, state: emptyState(plan, extent, categories, room) }));
}

/** First and last month of rows `from` to `to`, and the places known: what tables that hold the rows must cover. */
export function extentOf(store: FactStore, from: number, to: number): Extent {
  const zones = store.zones(from, to).filter(({ minDay, maxDay }) => maxDay >= minDay);
  const places = wordsOf(store.dictionaries, 'place').values.length;
  if (zones.length === 0) return { from: 0, to: -1, places };
  const first = zones.reduce((least, { minDay }) => Math.min(least, minDay), Infinity);
  const last = zones.reduce((most, { maxDay }) => Math.max(most, maxDay), -Infinity);
  return { from: monthOf(first), to: monthOf(last), places };
}

/**
 * Adds rows `from` to `to` to the evaluations, leaving out what is superseded as of row `to`. Yields the number of rows
 * done after each block, so that a caller can show progress, breathe, and stop.
 */
export function* evaluate(
  evaluations: readonly Evaluation[],
  store: FactStore,
  from: number,
  to: number,
): Generator<number, void, undefined> {
  const columns = (zone: Zone) => [...new Set(evaluations.flatMap(({ plan }) => columnsOf(plan, zone)))];
  const fold = folding(evaluations, store.dictionaries, store.superseded(to), extentOf(store, from, to));
  for (const chunk of store.chunks(columns, from, to)) {
    fold(chunk);
    yield chunk.first + chunk.rows - from;
  }
}

/** Everything that the evaluation of the first `to` rows says, series after series: computed and quoted. */
export function* observations(
  { plan, state }: Evaluation,
  store: FactStore,
  to: number,
): Generator<Observation, void, undefined> {
  yield* observe(plan, state, store.dictionaries);
  yield* observeFigures(plan, store.figures(to));
}
