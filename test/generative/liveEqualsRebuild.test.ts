/** P4, P5 where it is hardest: counts of one place from several sources, over windows that displace one another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeOf } from '../../contracts/activityEvent.ts';
import { definitionSchema, type Definition } from '../../contracts/definition.ts';
import { planIndicator } from '../../src/domain/plan.ts';
import { evaluate, evaluations, observations } from '../../src/facts/evaluate.ts';
import { openFactStore } from '../../src/facts/factStore.ts';
import { testLedger } from '../support/ledger.ts';
import { runs } from '../support/share.ts';

const definition = (coverage: 'none' | 'service-point-months'): Definition =>
  definitionSchema.parse({
    id: 'visits',
    version: 1,
    title: 'Visits',
    question: 'How many visits were there?',
    outcome: 'reading-and-literacy',
    unit: { label: 'visits', decimals: 0 },
    direction: 'up',
    evidence: 'count',
    coverage,
    overlap: 'choose-one',
    places: ['service-point', 'authority', 'nation'],
    granularities: ['month', 'quarter', 'half-year', 'financial-year'],
    breakdowns: ['site'],
    measure: { sum: { of: ['visits.counted'], field: 'quantity' } },
  });

interface Count {
  readonly place: string;
  readonly source: string;
  readonly window: string;
  readonly method?: string;
  readonly count: number;
}
const event = ({ place, source, window, method, count }: Count, at: number): object => ({
  specversion: '1.0', id: `e${at}`, source: `urn:library:${source}`, type: typeOf('visits.counted'), subject: place,
  data: { window, method: method ?? 'manual', count },
}); // prettier-ignore

/** Takes each batch in by itself, and compares what stands there with a rebuild. */
async function differencesOf(batches: readonly (readonly object[])[], coverage: 'none' | 'service-point-months') {
  const under = await testLedger({ definitions: [definition(coverage)] });
  try {
    for (const batch of batches) {
      for (const outcome of await under.ledger.record(batch)) expect(outcome.problem).toBeUndefined();
      await under.ledger.project();
    }
    return (await under.ledger.verify()).differences;
  } finally {
    await under.close();
  }
}

const CITY = 'E08000021/city';
const AUTHORITY = 'E08000021';

describe('live figures of counts among which one is chosen', () => {
  it.each<[string, Count[]]>([
    [
      'a month displaces a quarter, which lets a total of the authority back in',
      [
        { place: CITY, source: 'a', window: '2018-04-01/P3M', count: 300 },
        { place: AUTHORITY, source: 'b', window: '2018-05-01/P1M', count: 70 },
        { place: CITY, source: 'c', window: '2018-04-01/P1M', count: 50 },
      ],
    ],
    [
      'a quarter takes the place of a total of the authority',
      [
        { place: AUTHORITY, source: 'b', window: '2018-05-01/P1M', count: 70 },
        { place: CITY, source: 'a', window: '2018-04-01/P3M', count: 300 },
      ],
    ],
    [
      'a shorter window displaces a quarter',
      [
        { place: CITY, source: 'a', window: '2018-04-01/P3M', count: 300 },
        { place: CITY, source: 'b', window: '2018-06-01/P2M', count: 70 },
      ],
    ],
  ])('are those of a rebuild where %s', async (_, counts) => {
    for (const coverage of ['none', 'service-point-months'] as const) {
      expect(await differencesOf(counts.map((count, at) => [event(count, at)]), coverage)).toEqual([]); // prettier-ignore
    }
  });

  it('are those of a rebuild for any counts in any small batches', async () => {
    const month = fc.integer({ min: 0, max: 23 });
    const window = fc.oneof(
      month.map((m) => `${2018 + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}-01/P1M`),
      fc.constantFrom(
        '2018-04-02/P7D',
        '2018-04-05/P7D',
        '2018-04-04/P1D',
        '2018-04-01/P14D',
        '2018-04-15/P16D',
        '2018-06-04/P7D',
      ),
      fc.constantFrom('2018-04-01/P3M', '2018-06-01/P2M', '2018-04-01/P5M', '2018-04-01/P6M', '2018-10-01/P6M', '2018-04-01/P1Y', '2018-08-01/P4M'), // prettier-ignore
    );
    const count = fc.record({
      place: fc.constantFrom(CITY, 'E08000021/east', AUTHORITY, 'E09000001/north', 'E09000001'),
      source: fc.constantFrom('a', 'b', 'c'),
      window,
      method: fc.constantFrom('manual', 'automatic-counter', 'estimate'),
      count: fc.integer({ min: 0, max: 500 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(count, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('none' as const, 'service-point-months' as const),
        async (batches, coverage) => {
          let at = 0;
          const events = batches.map((batch) => batch.map((one) => event(one, at++)));
          expect(await differencesOf(events, coverage)).toEqual([]);
        },
      ),
      { numRuns: runs(40) },
    );
  });
});

describe('sample weeks of two sources', () => {
  it('are two estimates, in a sealed segment as in memory, alone as beside other plans', () => {
    const plan = planIndicator({
      ...definition('none'),
      overlap: 'add',
      breakdowns: [],
      measure: { count: { of: ['visits.counted'] } },
    });
    const weeks = ['a', 'b'].map((source, at) =>
      event({ place: CITY, source, window: '2018-06-04/P7D', method: 'sample-week', count: 100 }, at),
    );
    const others = Array.from({ length: 4_200 }, (_, at) =>
      event({ place: 'E09000001/north', source: 'c', window: '2018-06-01/P1M', count: 1 }, at + 10),
    );
    const folder = mkdtempSync(join(tmpdir(), 'two-sources-'));
    try {
      const said = [weeks, [...weeks, ...others]].map((events, at) => {
        const store = openFactStore(join(folder, String(at)));
        store.append(events.map((one, n) => ({ position: String(n + 1).padStart(6, '0'), event: one })));
        const [evaluation] = evaluations([plan], store, store.rows());
        if (evaluation === undefined) throw new Error('no evaluation');
        for (const _rows of evaluate([evaluation], store, 0, store.rows()));
        return [...observations(evaluation, store, store.rows())].filter(({ place }) => place === CITY);
      });
      // One week each, grossed up by 52/12 and rounded: 4 and 4, not 4 for both.
      expect(said[0]?.find(({ period }) => period === '2018-06-01/P1M')).toMatchObject({ value: 8, events: 2 });
      expect(said[1]).toEqual(said[0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
