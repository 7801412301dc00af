/** P2 and P4 at size: the same events, however they come, give the same observations. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { events } from '../support/arbitraries.ts';
import { ownDefinitions, testLedger } from '../support/ledger.ts';
import { wholeProof } from '../support/share.ts';

const EVENTS = wholeProof ? 100_000 : 5_000;
const SEED = Number(process.env['OUTCOMES_SEED'] ?? 20_261_101);

/** Many small generated logs, each with names of its own, as one. */
function manyEvents(): ActivityEvent[] {
  const all: ActivityEvent[] = [];
  for (let part = 0; all.length < EVENTS; part++) {
    const [log] = fc.sample(events(), { numRuns: 1, seed: SEED + part }) as [ActivityEvent[]];
    const renamed = JSON.stringify(log).replaceAll('urn:library:', `urn:library:part-${part}:`);
    all.push(...(JSON.parse(renamed) as ActivityEvent[]));
  }
  return all.slice(0, EVENTS);
}

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  let state = SEED;
  for (let at = result.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}

describe(`the same ${EVENTS.toLocaleString('en-GB')} events (share: ${EVENTS / 1_000} of 100 thousand, seed ${SEED})`, () => {
  let all: ActivityEvent[];
  let once: readonly (readonly Observation[])[];

  /** All observations of the product's own indicators after sending batches of a size. */
  async function sent(list: readonly ActivityEvent[], batch: number): Promise<(readonly Observation[])[]> {
    const engine = await testLedger({ definitions: ownDefinitions() });
    try {
      for (let at = 0; at < list.length; at += batch) {
        const outcomes = await engine.ledger.record(list.slice(at, at + batch));
        expect(outcomes.find((o) => o.outcome === 'refused')).toBeUndefined();
        await engine.ledger.project();
      }
      return await Promise.all(
        engine.ledger.catalogue.indicators.map(({ projection }) => engine.readModels.series({ projection })),
      );
    } finally {
      await engine.close();
    }
  }

  beforeAll(async () => {
    all = manyEvents();
    once = await sent(all, 5_000);
  }, 600_000);
  afterAll(() => expect(once.flat().length).toBeGreaterThan(500));

  it('sent twice', async () => {
    expect(await sent([...all, ...all], 5_000)).toEqual(once);
  });
  it('shuffled', async () => {
    expect(await sent(shuffled(all), 5_000)).toEqual(once);
  });
  it('cut into other batches', async () => {
    expect(await sent(all, 1_777)).toEqual(once);
  });
});
