/** Forty definitions in one pass over the facts, against forty passes. */
import type { Plan } from '../../src/domain/plan.ts';
import { evaluate, evaluations } from '../../src/facts/evaluate.ts';
import { openFactStore, type FactStore } from '../../src/facts/factStore.ts';
import type { Bench } from './bench.ts';
import { fortyPlans } from './definitions.ts';
import { once, ratio } from './measure.ts';
import { factsFolder } from './prepare.ts';

const REPETITIONS = 3;
const SHARE = 0.25;

export const manyDefinitions: Bench = {
  name: 'forty',
  title: 'Forty definitions in one pass',
  what: 'Forty sums with different filters and breakdowns, folded together in one pass over the segments, against one pass for each. The figure is the share of their time.',
  needsFacts: true,
  async run({ folder }) {
    const store = openFactStore(factsFolder(folder));
    const plans = fortyPlans();
    foldTogether(plans.slice(0, 2), store);
    const together = await once('forty in one pass', REPETITIONS, () => foldTogether(plans, store));
    const apart = await once('forty passes', REPETITIONS, () => {
      for (const plan of plans) foldTogether([plan], store);
    });
    return {
      figures: [
        { name: 'forty definitions', value: ratio(together, apart), unit: '×', peer: 'forty single passes', bar: { atMost: SHARE } }, // prettier-ignore
      ],
      timings: [together, apart],
      notes: [],
    };
  },
};

function foldTogether(plans: readonly Plan[], store: FactStore): void {
  for (const _rows of evaluate(evaluations(plans, store, store.rows()), store, 0, store.rows()));
}
