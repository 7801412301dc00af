/** Order, batching, repetition and restarts: whatever happens on the way, the observations are those of the log as a set. */
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Definition } from '../../contracts/definition.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { planIndicator } from '../../src/domain/plan.ts';
import { projectionName } from '../../src/app/projectionName.ts';
import { toFact } from '../../src/facts/toFact.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { referenceObservations } from '../../src/memory/referenceEvaluator.ts';
import { cases } from '../support/arbitraries.ts';
import { NOW, testLedger } from '../support/ledger.ts';
import { runs } from '../support/share.ts';

const keyOf = (o: Observation): string => `${o.basis} ${o.place} ${o.period} ${o.breakdown}`;
const sorted = (list: readonly Observation[]): Observation[] => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** Sends the events in the batches given, projecting after each, and opening everything anew where told to. */
async function live(
  definition: Definition,
  batches: readonly (readonly ActivityEvent[])[],
  restarts: readonly boolean[],
): Promise<Observation[]> {
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  const log = memoryLog({ now: () => NOW });
  const readModels = memoryReadModels();
  const open = () => testLedger({ log, readModels, folder, definitions: [definition] });
  let engine = await open();
  try {
    for (const [at, batch] of batches.entries()) {
      const outcomes = await engine.ledger.record(batch);
      expect(outcomes.filter((o) => o.outcome === 'refused')).toEqual([]);
      await engine.ledger.project();
      if (restarts[at] === true) engine = await open();
    }
    expect((await engine.ledger.verify()).differences).toEqual([]);
    return [...(await readModels.series({ projection: projectionName(planIndicator(definition), '') }))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cut = <T>(items: readonly T[], sizes: readonly number[]): T[][] => {
  const batches: T[][] = [];
  for (let at = 0, i = 0; at < items.length; i++) {
    const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? items.length);
    batches.push(items.slice(at, at + size));
    at += size;
  }
  return batches;
};

describe('P2, P4, P5: live projection', () => {
  it('says the same as the oracle for any order, batching, repetition and restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases.chain(([definition, log]) =>
          fc.record({
            definition: fc.constant(definition),
            log: fc.constant(log),
            order: fc.shuffledSubarray(log, { minLength: log.length, maxLength: log.length }),
            again: fc.subarray(log),
            sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
            restarts: fc.array(fc.boolean(), { maxLength: 12 }),
          }),
        ),
        async ({ definition, log, order, again, sizes, restarts }) => {
          const expected = sorted(referenceObservations(planIndicator(definition), log.map(toFact)));
          expect(sorted(await live(definition, cut([...order, ...again], sizes), restarts))).toEqual(expected);
        },
      ),
      { numRuns: runs(60) },
    );
  });
});
