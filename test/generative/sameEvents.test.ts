/** P2 and P4 at size: the same events, however they come, give the same observations. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { events } from '../support/arbitraries.ts';
import type { EventLog } from '../../src/app/ports.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { NOW, ownDefinitions, testLedger, type TestLedger } from '../support/ledger.ts';
import { seeded, SEED } from '../support/seeded.ts';
import { wholeProof } from '../support/share.ts';

const EVENTS = wholeProof ? 100_000 : 10_000;

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

const allSeries = ({ ledger, readModels }: TestLedger): Promise<(readonly Observation[])[]> =>
  Promise.all(ledger.catalogue.indicators.map(async ({ projection }) => readModels.series({ projection })));

const UNHEARD = 'the answer was lost';

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  const draw = seeded(SEED);
  for (let at = result.length - 1; at > 0; at--) {
    const other = draw.below(at + 1);
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
      return await allSeries(engine);
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
  it('each one to three times, out of order, by four senders at once that hear nothing of some of what they send', async () => {
    const draw = seeded(SEED);
    const deliveries = shuffled(all.flatMap((event) => Array<ActivityEvent>(1 + draw.below(3)).fill(event)));
    const inner = memoryLog({ now: () => NOW });
    let unheard = 0;
    const log: EventLog = {
      ...inner,
      async append(...given) {
        // Half of what goes wrong does so before the events are stored, half after.
        const fate = draw.below(500);
        if (fate === 0) throw new Error(UNHEARD);
        const result = await inner.append(...given);
        if (fate === 1) throw new Error(UNHEARD);
        return result;
      },
    };
    const engine = await testLedger({ definitions: ownDefinitions(), log });
    try {
      const queue = Array.from({ length: Math.ceil(deliveries.length / 333) }, (_, at) =>
        deliveries.slice(at * 333, (at + 1) * 333),
      );
      const senders = [1, 2, 3, 4].map(async () => {
        for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
          const outcomes = await engine.ledger.record(batch).catch((error: Error) => {
            if (error.message !== UNHEARD) throw error;
            return null;
          });
          if (outcomes === null) {
            unheard += 1;
            queue.push(batch);
          } else expect(outcomes.find((o) => o.outcome === 'refused')).toBeUndefined();
          if (draw.chance(0.1)) await engine.ledger.project();
        }
      });
      await Promise.all(senders);
      await engine.ledger.project();
      expect(unheard).toBeGreaterThan(2);
      expect(await engine.ledger.size()).toBe(all.length);
      expect(await allSeries(engine)).toEqual(once);
    } finally {
      await engine.close();
    }
  });
});
