/** A changed definition from its draft to stored observations and a comparison with what is active. */
import { join } from 'node:path';
import { catalogueOf } from '../../src/app/catalogue.ts';
import type { ReadModels } from '../../src/app/ports.ts';
import { replay } from '../../src/app/replay.ts';
import { evaluate, evaluations, observations } from '../../src/facts/evaluate.ts';
import type { Evaluation } from '../../src/facts/planState.ts';
import { openFactStore, type FactStore } from '../../src/facts/factStore.ts';
import type { Bench, Figure, Timing } from './bench.ts';
import { withEmbedded, withServed } from './databases.ts';
import { definition } from './definitions.ts';
import { median, once } from './measure.ts';
import { factsFolder } from './prepare.ts';

const REPETITIONS = 3;
const BAR_SECONDS = 3;

const WIDE = {
  measure: { sum: { of: ['loan.issued', 'loan.renewed', 'loans.counted'], field: 'quantity' } },
  places: ['service-point'],
};
const active = definition('loans', WIDE);
const withoutRenewals = { sum: { of: ['loan.issued', 'loans.counted'], field: 'quantity' } };
const draft = definition('loans', { ...WIDE, version: 2, measure: withoutRenewals });
const byAuthority = definition('loans', { version: 3, places: ['authority'], measure: withoutRenewals });

export const endToEnd: Bench = {
  name: 'end-to-end',
  title: 'Draft in → observations stored → comparison out',
  what: 'The use case behind `outcomes replay`: the draft leaves renewals out; it is evaluated over all facts, its observations are stored in one transaction, and compared with those of the active version. Once for every library and month, and once for every authority and month.',
  needsFacts: true,
  async run({ folder }) {
    const store = openFactStore(factsFolder(folder));
    const figures: Figure[] = [];
    const timings: Timing[] = [];
    const notes: string[] = [];
    const measure = async ({ name, readModels }: { name: string; readModels: ReadModels }): Promise<void> => {
      await storeActive(store, readModels);
      for (const [what, changed] of [
        ['month × library', draft],
        ['month × authority', byAuthority],
      ] as const) {
        let said = '';
        const timing = await once(`${what}, ${name}`, REPETITIONS, async () => {
          const result = await replayIn(store, readModels, changed);
          const { same, changed: moved, added, removed } = result.comparison;
          said = `${what}, ${name}: ${result.observations.toLocaleString('en-GB')} observations stored; ${same} the same, ${moved} changed, ${added} added, ${removed} removed.`;
        });
        timings.push(timing);
        notes.push(said);
        figures.push({ name: `${what}, ${name}`, value: median(timing.runs), unit: 's', bar: { atMost: BAR_SECONDS } });
      }
    };
    await withEmbedded(join(folder, 'end-to-end'), measure);
    await withServed(notes, measure);
    return { figures, timings, notes };
  },
};

const replayIn = (facts: FactStore, readModels: ReadModels, changed: typeof draft): ReturnType<typeof replay> =>
  replay(
    { facts, readModels, catalogue: catalogueOf([active]), ordinal: () => facts.rows(), inTurn: (work) => work() },
    changed,
  );

async function storeActive(facts: FactStore, readModels: ReadModels): Promise<void> {
  const { plan, projection } = catalogueOf([active]).planned(active);
  const [evaluation] = evaluations([plan], facts, facts.rows()) as [Evaluation];
  for (const _rows of evaluate([evaluation], facts, 0, facts.rows()));
  await readModels.replace(projection, observations(evaluation, facts, facts.rows()));
}
