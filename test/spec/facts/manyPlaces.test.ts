/** P3: places that anyone may name, however many, do not stop the engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { activityEvent, typeOf } from '../../../contracts/activityEvent.ts';
import { settleRepeats } from '../../../src/importers/table/rows.ts';
import { planIndicator } from '../../../src/domain/plan.ts';
import type { Observation } from '../../../src/domain/observation.ts';
import { evaluate, evaluations } from '../../../src/facts/evaluate.ts';
import { openFactStore } from '../../../src/facts/factStore.ts';
import { observe } from '../../../src/facts/observe.ts';
import { packYears } from '../../../src/sql/observationRows.ts';
import { ownDefinitions } from '../../support/ledger.ts';

/** More than one call can be given as arguments. */
const MANY = 150_000;

it('a batch that touches 150,000 places is observed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    const store = openFactStore(folder);
    const event = activityEvent.parse({
      specversion: '1.0',
      id: 'one',
      source: 'urn:library:E08000021:counters',
      type: typeOf('visits.counted'),
      subject: 'E08000021/city',
      data: { window: '2024-05-01/P1M', method: 'manual', count: 5 },
    });
    store.append([{ position: '1', event }]);
    const plan = planIndicator(ownDefinitions().find(({ id }) => id === 'visits')!);
    const [evaluation] = evaluations([plan], store, 1);
    for (const _rows of evaluate([evaluation!], store, 0, 1));
    // Month 652 is May 2024; the one place that there is has code 1.
    const touched = new Map(Array.from({ length: MANY }, (_, place) => [place, { from: 652, to: 652 }]));
    const observed = [...observe(plan, evaluation!.state, store.dictionaries, touched)];
    expect(observed.find(({ granularity }) => granularity === 'month')).toMatchObject({ value: 5 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a place with 150,000 categories is packed into rows', () => {
  const observation = (place: string, breakdown: string): Observation => ({
    place, granularity: 'month', period: '2024-05-01/P1M', breakdown, basis: 'computed', state: 'observed', value: 1,
    numerator: 1, denominator: null, n: null, low: null, high: null, coverage: null, events: 1, scope: null, source: null, notes: [],
  }); // prettier-ignore
  const wide = Array.from({ length: MANY }, (_, n) => observation('E08000021', `resource=r${n}`));
  const other = observation('E08000022', '');
  const rows = [...packYears([...wide, other], 1_000)].flat();
  expect(rows.length).toBe(MANY + 1);
});

it('a row that a file repeats 150,000 times is refused as often', () => {
  const same = settleRepeats(Array.from({ length: MANY }, (_, n) => n), () => 'thing', () => 'says'); // prettier-ignore
  expect([same.kept.length, same.repeats.length]).toEqual([1, MANY - 1]);
  const other = settleRepeats(Array.from({ length: MANY }, (_, n) => n), () => 'thing', String); // prettier-ignore
  expect(other.contradicted.length).toBe(MANY);
});
