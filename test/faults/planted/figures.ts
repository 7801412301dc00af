/** P4 and P5: what a build makes of facts is what the oracle says of them, at once and step by step. */
import { join } from 'node:path';
import fc from 'fast-check';
import { activityEvent, typeOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import type { Definition } from '../../../contracts/definition.ts';
import type { Observation } from '../../../src/domain/observation.ts';
import type * as Plans from '../../../src/domain/plan.ts';
import { planIndicator } from '../../../src/domain/plan.ts';
import type * as Evaluators from '../../../src/facts/evaluate.ts';
import type * as FactStores from '../../../src/facts/factStore.ts';
import { toFact } from '../../../src/facts/toFact.ts';
import { referenceObservations } from '../../../src/memory/referenceEvaluator.ts';
import { cases } from '../../support/arbitraries.ts';
import { BYKER, CITY, competingCounts, eventsOf, oneCount, WHOLE, type Count } from '../../support/competingCounts.ts';
import { hold, same, type Check } from './check.ts';
import { openEmbedded } from './engine.ts';

const SEED = 7;
const DEFINITIONS = 250;
const COMPETITIONS = 150;
const STEPS = 25;

/** Two doors of one library in one sample week. */
const DOORS: readonly Count[] = [
  [CITY, '2022-07-11/P7D', 700, 'sample-week', 'urn:library:a', 'library-only'],
  [CITY, '2022-07-11/P7D', 300, 'sample-week', 'urn:library:a', 'co-located'],
];

/** A quarter of an hour at a public PC. */
const hours: Definition = {
  ...oneCount,
  overlap: 'add',
  breakdowns: [],
  measure: { sum: { of: ['digital-sessions.counted'], field: 'hours' } },
};
const QUARTER_HOUR = activityEvent.parse({
  specversion: '1.0', id: 'h', source: 'urn:library:a', type: typeOf('digital-sessions.counted'), subject: CITY,
  data: { window: '2022-07-01/P1M', method: 'manual', channel: 'public-pc', hours: 0.25 },
}); // prettier-ignore

/** Visits per head, with an estimate of the people that is too old. */
const perHead: Definition = {
  ...oneCount,
  places: ['authority'],
  breakdowns: [],
  measure: {
    ratio: { numerator: { sum: { of: ['visits.counted'], field: 'quantity' } }, denominator: { population: { ages: 'all' } }, per: 1 },
  },
}; // prettier-ignore
const OLD_ESTIMATE = activityEvent.parse({
  specversion: '1.0', id: 'p', source: 'urn:library:a', type: typeOf('reference.population'), subject: WHOLE,
  data: { on: '2015-06-30', population: 300_000, ages: 'all', source: 'Mid-year estimates' },
}); // prettier-ignore

/** One library goes on to a month that nobody had reached: the other is missed there. */
const FURTHER: readonly (readonly Count[])[] = [
  [
    [CITY, '2022-05-01/P1M', 100],
    [BYKER, '2022-05-01/P1M', 10],
  ],
  [[CITY, '2022-08-01/P1M', 100]],
];

const keyOf = (o: Observation): string => [o.basis, o.place, o.period, o.granularity, o.breakdown].join(' ');
const sorted = (list: readonly Observation[]): Observation[] => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** Any definition over any facts, and counts of which one is to be chosen. */
const oracle: Check = async ({ build, folder }) => {
  const { planIndicator: planOf } = await build<typeof Plans>('src/domain/plan.js');
  const { openFactStore } = await build<typeof FactStores>('src/facts/factStore.js');
  const { evaluate, evaluations, observations } = await build<typeof Evaluators>('src/facts/evaluate.js');
  const made = (definition: Definition, log: readonly ActivityEvent[], at: string): Observation[] => {
    const store = openFactStore(join(folder, at));
    store.append(log.map((event, i) => ({ position: String(i + 1), event })));
    const [evaluation] = evaluations([planOf(definition)], store, store.rows());
    if (evaluation === undefined) return [];
    for (const _rows of evaluate([evaluation], store, 0, store.rows()));
    return [...observations(evaluation, store, store.rows())];
  };
  const drawn: (readonly [Definition, readonly ActivityEvent[]])[] = [
    ...fc.sample(cases, { numRuns: DEFINITIONS, seed: SEED }),
    [oneCount, eventsOf(DOORS)],
    [hours, [QUARTER_HOUR]],
    [perHead, [OLD_ESTIMATE, ...eventsOf([[CITY, '2022-07-01/P1M', 5]])]],
    ...fc.sample(competingCounts, { numRuns: COMPETITIONS, seed: SEED }).map((counts) => [oneCount, eventsOf(counts)] as const), // prettier-ignore
  ];
  let some = 0;
  for (const [at, [definition, log]] of drawn.entries()) {
    const expected = referenceObservations(planIndicator(definition), log.map(toFact));
    some += Math.min(1, expected.length);
    same(sorted(made(definition, log, String(at))), sorted(expected), `case ${at}`);
  }
  hold(some > drawn.length / 2, 'most cases said nothing');
};

/** What is taken in bit by bit stands as if it had been taken in at once. */
const stepByStep: Check = async ({ build, folder }) => {
  const { ledger, close } = await openEmbedded(build, folder, { indicator: 'visits' });
  let at = 0;
  for (const counts of [...FURTHER, ...fc.sample(competingCounts, { numRuns: STEPS, seed: SEED })]) {
    const events = eventsOf(counts).map((event) => ({ ...event, id: `v${at++}` }));
    // Other years: a panel that grows at both ends.
    const moved = FURTHER.includes(counts)
      ? events
      : events.map((event) => JSON.parse(JSON.stringify(event).replaceAll('2022-', `${2012 + (at % 9)}-`)) as object);
    for (const outcome of await ledger.record(moved)) hold(outcome.problem === undefined, 'a count was refused');
    await ledger.project();
    same((await ledger.verify()).differences, [], 'differences from a rebuild');
  }
  await close();
};

export const FIGURES: Readonly<Record<string, Check>> = { oracle, stepByStep };
