import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { planIndicator } from '../../src/domain/plan.ts';
import type { Definition } from '../../contracts/definition.ts';
import { evaluations, extentOf, observations } from '../../src/facts/evaluate.ts';
import { columnsOf, folding } from '../../src/facts/fold.ts';
import type { Evaluation } from '../../src/facts/planState.ts';
import { openFactStore, type FactStore } from '../../src/facts/factStore.ts';
import { toFact } from '../../src/facts/toFact.ts';
import { referenceObservations } from '../../src/memory/referenceEvaluator.ts';
import { cases } from '../support/arbitraries.ts';
import { runs } from '../support/share.ts';

const keyOf = (o: Observation): string => `${o.basis} ${o.place} ${o.period} ${o.breakdown}`;
const sorted = (list: readonly Observation[]): Observation[] => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

function withStore<T>(log: readonly ActivityEvent[], use: (store: FactStore) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    const store = openFactStore(folder);
    store.append(log.map((event, i) => ({ position: String(i + 1), event })));
    return use(store);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param room numbers in a dense table: with less than is needed, tables are sparse, or become so on the way */
function columnar(definition: Definition, store: FactStore, room?: number): Observation[] {
  const plan = planIndicator(definition);
  const half = room === undefined ? 0 : store.rows() >> 1;
  const [evaluation] = evaluations([plan], store, half, room) as [Evaluation];
  // Amendments may reach back: what is superseded at the end is left out from the start.
  const superseded = store.superseded(store.rows());
  for (const [from, to] of [
    [0, half],
    [half, store.rows()],
  ] as const) {
    const fold = folding([evaluation], store.dictionaries, superseded, extentOf(store, from, to));
    for (const chunk of store.chunks((zone) => columnsOf(plan, zone), from, to)) fold(chunk);
  }
  return [...observations(evaluation, store, store.rows())];
}

describe('the two evaluators', () => {
  it('give equal observations on random definitions and random facts', () => {
    let nonEmpty = 0;
    let total = 0;
    fc.assert(
      fc.property(cases, ([definition, log]) => {
        const fast = withStore(log, (store) => columnar(definition, store));
        const slow = referenceObservations(planIndicator(definition), log.map(toFact));
        total += 1;
        if (slow.length > 0) nonEmpty += 1;
        expect(sorted(fast)).toEqual(sorted(slow));
      }),
      { numRuns: runs(400) },
    );
    // A property over empty results would prove nothing.
    expect(nonEmpty / total).toBeGreaterThan(0.5);
  });

  it('give equal observations where tables are sparse, or become so half way', () => {
    let sparse = 0;
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 60, 600), ([definition, log], room) => {
        withStore(log, (store) => {
          const whole = columnar(definition, store);
          if (whole.some(({ breakdown }) => breakdown !== '')) sparse += 1;
          expect(columnar(definition, store, room)).toEqual(whole);
        });
      }),
      { numRuns: runs(300) },
    );
    expect(sparse).toBeGreaterThan(40);
  });
});
