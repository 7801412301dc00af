/** Folds a slice of the store into the states of some plans: the live batch, a whole replay, or a prefix. */
import type { Dimension } from '../../contracts/definition.ts';
import type { Observation } from '../domain/observation.ts';
import { monthOf } from '../domain/periods.ts';
import type { Plan } from '../domain/plan.ts';
import { wordsOf, type ColumnName } from './columns.ts';
import type { FactStore } from './factStore.ts';
import { observe, observeFigures } from './observe.ts';
import { columnsOf, emptyState, fold, type PlanState } from './fold.ts';

export interface Evaluation {
  readonly plan: Plan;
  readonly state: PlanState;
}

/** Empty states, with room for what the first `to` rows of the store hold, so that a replay grows nothing on its way. */
export function evaluations(plans: readonly Plan[], store: FactStore, to: number): Evaluation[] {
  let from = Infinity;
  let last = -Infinity;
  for (const { zone } of store.chunks([], 0, to)) {
    from = Math.min(from, monthOf(zone.minDay));
    last = Math.max(last, monthOf(zone.maxDay));
  }
  const places = wordsOf(store.dictionaries, 'place').values.length;
  const extent = last < from ? { from: 0, to: -1, places } : { from, to: last, places };
  const categories = (dimension: Dimension): number => wordsOf(store.dictionaries, dimension).values.length;
  return plans.map((plan) => ({ plan, state: emptyState(plan, extent, categories) }));
}

/**
 * Adds rows `from` to `to` to the evaluations, leaving out what is superseded as of row `to`. Yields the number of rows
 * done after each piece, so that a caller can show progress, breathe, and stop.
 */
export function* evaluate(
  evaluations: readonly Evaluation[],
  store: FactStore,
  from: number,
  to: number,
): Generator<number, void, undefined> {
  const columnsIn = (plain: boolean): ColumnName[] => [
    ...new Set(evaluations.flatMap(({ plan }) => columnsOf(plan, plain))),
  ];
  const [ofPlain, ofOthers] = [columnsIn(true), columnsIn(false)];
  const superseded = store.superseded(to);
  for (const { first, rows, zone } of store.chunks([], from, to)) {
    for (const chunk of store.chunks(zone.plain ? ofPlain : ofOthers, first, first + rows)) {
      fold(evaluations, chunk, store.dictionaries, superseded);
    }
    yield first + rows - from;
  }
}

/** Everything that the evaluation of the first `to` rows says: computed and quoted. */
export function observations({ plan, state }: Evaluation, store: FactStore, to: number): Observation[] {
  return [...observe(plan, state, store.dictionaries), ...observeFigures(plan, store.figures(to))];
}
