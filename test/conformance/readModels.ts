import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BASES, GRANULARITIES, VALUE_STATES } from '../../contracts/vocabulary.ts';
import type { Checkpoint, ReadModels } from '../../src/app/ports.ts';
import type { Observation, ObservationKey } from '../../src/domain/observation.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { runs } from '../support/share.ts';

export interface ReadModelsUnderTest {
  readonly readModels: ReadModels;
  /** Closes everything and opens the same store again. Left out where nothing outlives the process. */
  readonly reopen?: () => Promise<ReadModels>;
  readonly dispose: () => Promise<void>;
}

/** What every store of read models must do. `make` answers a new, empty one each time. */
export function testReadModels(name: string, make: () => Promise<ReadModelsUnderTest>): void {
  describe(`${name} read models`, () => {
    let under: ReadModelsUnderTest;
    let store: ReadModels;

    beforeEach(async () => {
      under = await make();
      store = under.readModels;
    });
    afterEach(async () => under.dispose());

    it('start empty, without a checkpoint', async () => {
      expect(await store.checkpoint()).toBeNull();
      expect(await store.projections()).toEqual([]);
      expect(await store.series({ projection: visits })).toEqual([]);
    });

    describe('commit', () => {
      it('stores observations and the checkpoint together', async () => {
        await store.commit(null, at(3), [upsert(observation({ value: 12 }))]);
        expect(await store.checkpoint()).toEqual(at(3));
        expect(await store.series({ projection: visits })).toEqual([observation({ value: 12 })]);
      });

      it('replaces the observation of the same key, and leaves others alone', async () => {
        await store.commit(null, at(1), [upsert(observation({ value: 1 }), observation({ period: may, value: 2 }))]);
        await store.commit(at(1), at(2), [upsert(observation({ value: 10 }))]);
        expect(await store.series({ projection: visits })).toEqual([
          observation({ value: 10 }),
          observation({ period: may, value: 2 }),
        ]);
      });

      it('takes observations away, before it puts others in', async () => {
        await store.commit(null, at(1), [upsert(observation({}), observation({ period: may }))]);
        await store.commit(at(1), at(2), [
          {
            projection: visits,
            upserts: [observation({ value: 5 })],
            removals: [observation({}), observation({ period: may })],
          },
        ]);
        expect(await store.series({ projection: visits })).toEqual([observation({ value: 5 })]);
        await store.commit(at(2), at(3), [
          { projection: visits, upserts: [], removals: [observation({}), observation({})] },
        ]);
        expect(await store.series({ projection: visits })).toEqual([]);
        expect(await store.projections()).toEqual([]);
      });

      it('of no changes moves the checkpoint', async () => {
        await store.commit(null, at(1), []);
        await store.commit(at(1), at(900_719_925_474), []);
        expect(await store.checkpoint()).toEqual(at(900_719_925_474));
      });

      it.each([
        ['no checkpoint', null],
        ['an earlier one', at(1)],
        ['a later one', at(9)],
        ['another position', { ...at(2), position: 'elsewhere' }],
        ['another event', { ...at(2), fingerprint: 'another' }],
      ])('that expects %s is refused and changes nothing', async (_, previous) => {
        await store.commit(null, at(2), [upsert(observation({ value: 1 }))]);
        await expect(store.commit(previous, at(3), [upsert(observation({ value: 9 }))])).rejects.toMatchObject({
          code: 'checkpoint-moved',
        });
        expect(await store.checkpoint()).toEqual(at(2));
        expect(await store.series({ projection: visits })).toEqual([observation({ value: 1 })]);
      });

      it('that expects a checkpoint where there is none is refused', async () => {
        await expect(store.commit(at(1), at(2), [])).rejects.toMatchObject({ code: 'checkpoint-moved' });
        expect(await store.checkpoint()).toBeNull();
      });

      it('lets one of several racing projectors through, each time', async () => {
        let previous: Checkpoint | null = null;
        for (let round = 1; round <= 10; round++) {
          const racing = [1, 2, 3, 4].map((value) =>
            store.commit(previous, at(round), [upsert(observation({ value }))]),
          );
          const settled = await Promise.allSettled(racing);
          expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
          const winner = settled.findIndex(({ status }) => status === 'fulfilled') + 1;
          expect(await store.series({ projection: visits })).toEqual([observation({ value: winner })]);
          previous = at(round);
        }
      });
    });

    describe('a projection stands', () => {
      it('nowhere until it is known, and where the last commit that named it has brought it', async () => {
        expect(await store.standing(visits)).toBeNull();
        await store.commit(null, at(1), [upsert(observation({})), unchanged(loans)]);
        await store.commit(at(1), at(900_719_925_474), [unchanged(visits)]);
        expect(await store.standing(visits)).toBe(900_719_925_474);
        expect(await store.standing(loans)).toBe(1);
      });

      it('in the way of a commit that takes it to stand elsewhere, which changes nothing', async () => {
        await store.commit(null, at(1), [upsert(observation({}))]);
        await store.commit(at(1), at(2), []);
        for (const behind of [visits, loans]) {
          const changes = [unchanged('a@1:1'), { ...upsert(observation({ value: 9 })), projection: behind }];
          await expect(store.commit(at(2), at(3), changes)).rejects.toMatchObject({ code: 'checkpoint-moved' });
        }
        expect(await store.checkpoint()).toEqual(at(2));
        expect(await store.series({ projection: visits })).toEqual([observation({})]);
        expect(await Promise.all([visits, loans, 'a@1:1'].map((name) => store.standing(name)))).toEqual([
          1,
          null,
          null,
        ]);
      });

      it('where a replay has brought it, from where commits go on', async () => {
        await store.commit(null, at(2), []);
        await store.replace(visits, [observation({})], 2);
        expect(await store.standing(visits)).toBe(2);
        await store.commit(at(2), at(3), [upsert(observation({ value: 2 }))]);
        await store.replace(visits, [], 1);
        expect(await store.standing(visits)).toBe(1);
        await expect(store.commit(at(3), at(4), [unchanged(visits)])).rejects.toMatchObject({
          code: 'checkpoint-moved',
        });
        await store.replace(visits, []);
        expect(await store.standing(visits)).toBe(0);
      });

      it('nowhere once it is forgotten', async () => {
        for (const forget of [() => store.drop(visits), () => store.clear()]) {
          await store.replace(visits, [observation({})], 2);
          await forget();
          expect(await store.standing(visits)).toBeNull();
        }
      });
    });

    describe('replace', () => {
      it('stores a whole projection in place of what it held, and leaves checkpoint and others alone', async () => {
        await store.commit(null, at(4), [
          upsert(observation({ value: 1 }), observation({ period: may })),
          { projection: loans, upserts: [observation({ value: 7 })], removals: [] },
        ]);
        await store.replace(visits, [observation({ value: 2, place: 'E92000001' })]);
        expect(await store.series({ projection: visits })).toEqual([observation({ value: 2, place: 'E92000001' })]);
        expect(await store.series({ projection: loans })).toEqual([observation({ value: 7 })]);
        expect(await store.checkpoint()).toEqual(at(4));
      });

      it('with nothing leaves a projection that is known and empty', async () => {
        await store.replace(visits, [observation({})]);
        await store.replace(visits, []);
        expect(await store.series({ projection: visits })).toEqual([]);
        expect(await store.projections()).toEqual([visits]);
      });

      it('and commit to one projection at the same time leave one of them whole', async () => {
        const replayed = ['2019', '2020'].map((year) => observation({ period: `${year}-04-01/P1Y`, value: 1 }));
        for (let round = 0; round < 5; round++) {
          await store.clear();
          await Promise.all([
            store.replace(visits, replayed),
            store.commit(null, at(1), [upsert(observation({ period: '2019-04-01/P1Y', value: 2 }))]),
          ]);
          const values = (await store.series({ projection: visits })).map(({ value }) => value);
          expect([
            [1, 1],
            [2, 1],
          ]).toContainEqual(values);
        }
      });
    });

    describe('series', () => {
      const all = [
        observation({ place: 'E08000021', breakdown: 'format=e-book' }),
        observation({ place: 'E08000021/city', granularity: 'financial-year', period: '2018-04-01/P1Y' }),
        observation({ place: 'E08000021/city', granularity: 'month', period: '2017-12-01/P1M' }),
        observation({ place: 'E08000021/city', granularity: 'month', period: '2018-04-01/P1M' }),
        observation({ place: 'E08000021/city', granularity: 'month', period: '2018-05-01/P1M' }),
        observation({ place: 'E08000021/city', granularity: 'month', period: '2018-05-01/P1M', basis: 'published' }),
        observation({ place: 'E08000021/city', granularity: 'window', period: '2018-04-01/2018-06-30' }),
        observation({ place: 'e08', breakdown: 'é' }),
        observation({ place: '\uff21' }),
        observation({ place: '📚' }),
      ];

      it('is ordered by place, granularity, breakdown, basis and period, by the bytes of the text', async () => {
        await store.replace(visits, grouped([...all].reverse()));
        expect(await store.series({ projection: visits })).toEqual(all);
      });

      it('are listed, each once, in order', async () => {
        await store.replace(visits, grouped([...all].reverse()));
        const held = await store.held(visits);
        const place = 'E08000021/city';
        expect(held.slice(0, 5)).toEqual([
          { place: 'E08000021', granularity: 'month', breakdown: 'format=e-book', basis: 'computed' },
          { place, granularity: 'financial-year', breakdown: '', basis: 'computed' },
          { place, granularity: 'month', breakdown: '', basis: 'computed' },
          { place, granularity: 'month', breakdown: '', basis: 'published' },
          { place, granularity: 'window', breakdown: '', basis: 'computed' },
        ]);
        expect(held).toHaveLength(8);
        expect(await store.held(visits, { place })).toEqual(held.filter((one) => one.place === place));
        expect(await store.held(visits, { granularity: 'month', breakdown: '' })).toEqual(
          held.filter((one) => one.granularity === 'month' && one.breakdown === ''),
        );
        expect(await store.held(loans)).toEqual([]);
      });

      it.each<[string, object, number]>([
        ['a place', { place: 'E08000021/city' }, 6],
        ['a granularity', { granularity: 'month' }, 8],
        ['a breakdown', { breakdown: 'format=e-book' }, 1],
        ['the total', { breakdown: '' }, 8],
        ['a basis', { basis: 'published' }, 1],
        [
          'all of these',
          {
            place: 'E08000021/city',
            granularity: 'month',
            breakdown: '',
            basis: 'computed',
          },
          3,
        ],
        ['what is not there', { place: 'nowhere' }, 0],
      ])('answers %s alone when asked to', async (_, query, count) => {
        const oracle = memoryReadModels();
        await oracle.replace(visits, all);
        await store.replace(visits, grouped(all));
        const found = await store.series({ projection: visits, ...query });
        expect(found).toEqual(await oracle.series({ projection: visits, ...query }));
        expect(found).toHaveLength(count);
      });
    });

    it('list projections in order, and forget one, or all', async () => {
      await store.commit(null, at(1), [upsert(observation({})), { projection: 'b@1:2', upserts: [], removals: [] }]);
      await store.replace(loans, []);
      await store.replace('Z@1:1', [observation({})]);
      expect(await store.projections()).toEqual(['Z@1:1', loans, visits]);
      await store.drop(visits);
      await store.drop('never-there@1:0');
      expect(await store.projections()).toEqual(['Z@1:1', loans]);
      expect(await store.series({ projection: visits })).toEqual([]);
      expect(await store.checkpoint()).toEqual(at(1));
      await store.clear();
      expect(await store.projections()).toEqual([]);
      expect(await store.series({ projection: 'Z@1:1' })).toEqual([]);
      expect(await store.checkpoint()).toBeNull();
    });

    it('give any number and text back exactly as it was', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyObservation, { minLength: 1, maxLength: 200 }), async (observations) => {
          const oracle = memoryReadModels();
          await oracle.replace(visits, grouped(observations));
          await store.replace(visits, grouped(observations));
          expect(await store.series({ projection: visits })).toEqual(await oracle.series({ projection: visits }));
        }),
        { numRuns: runs(30) },
      );
    });

    it('hold what plain maps hold after any history of commits', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyChange, { minLength: 1, maxLength: 8 }), async (changes) => {
          const oracle = memoryReadModels();
          await store.clear();
          let previous: Checkpoint | null = null;
          for (const [index, change] of changes.entries()) {
            // A projection that the commit before left out is behind, and refused by both.
            const [expected, found] = await Promise.all(
              [oracle, store].map((each) => each.commit(previous, at(index + 1), change).then(() => 'done', codeOf)),
            );
            expect(found).toBe(expected);
            if (found === 'done') previous = at(index + 1);
          }
          expect(await store.checkpoint()).toEqual(previous);
          expect(await store.projections()).toEqual(await oracle.projections());
          for (const projection of [visits, loans]) {
            expect(await store.series({ projection })).toEqual(await oracle.series({ projection }));
            expect(await store.standing(projection)).toBe(await oracle.standing(projection));
          }
        }),
        { numRuns: runs(30) },
      );
    });

    it('take a large replay', async () => {
      const many = Array.from({ length: 30_000 }, (_, index) =>
        observation({
          place: `E0${String(index % 500).padStart(7, '0')}`,
          period: `${2010 + (Math.floor(index / 500) % 12)}-0${1 + Math.floor(index / 6000)}-01/P1M`,
          value: index / 7,
        }),
      );
      await store.replace(visits, grouped(many));
      expect(await store.series({ projection: visits })).toHaveLength(30_000);
      expect(await store.series({ projection: visits, place: 'E00000007' })).toHaveLength(60);
    });

    it('are as they were after closing and opening them again', async () => {
      if (under.reopen === undefined) return;
      await store.commit(null, at(5), [upsert(observation({ value: 0.1 + 0.2 }))]);
      const again = await under.reopen();
      expect(await again.checkpoint()).toEqual(at(5));
      expect(await again.standing(visits)).toBe(5);
      expect(await again.series({ projection: visits })).toEqual([observation({ value: 0.1 + 0.2 })]);
    });
  });
}

const visits = 'visits@1:9f86d081884c';
const loans = 'loans@2:60303ae22b99';
const april = '2018-04-01/P1M';
const may = '2018-05-01/P1M';

const at = (ordinal: number): Checkpoint => ({
  ordinal,
  position: `position-${ordinal}`,
  fingerprint: `event-${ordinal}`,
});

function observation(given: Partial<Observation>): Observation {
  return {
    place: 'E08000021/city',
    granularity: 'month',
    period: april,
    breakdown: '',
    basis: 'computed',
    state: 'observed',
    value: 1,
    numerator: 1,
    denominator: null,
    n: null,
    low: null,
    high: null,
    coverage: { reported: 1, expected: 1 },
    events: 1,
    scope: null,
    source: null,
    notes: [],
    ...given,
  };
}

const upsert = (...upserts: Observation[]) => ({ projection: visits, upserts, removals: [] });
const unchanged = (projection: string) => ({ projection, upserts: [], removals: [] });
const codeOf = (error: { code?: string }) => error.code;

// −0 is left out: it is 0 in JSON, and no figure tells them apart.
const anyNumber = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()).map((n) => n + 0 || 0);
const anyText = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));
const orNull = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });

const anyKey: fc.Arbitrary<ObservationKey> = fc.record({
  place: fc.constantFrom('E08000021', 'E08000021/city', 'E92000001', '📚'),
  granularity: fc.constantFrom(...GRANULARITIES),
  period: fc.constantFrom('2017-12-01/P1M', april, may, '2018-04-01/P1Y', '2019-01-01/P3M'),
  breakdown: fc.constantFrom('', 'format=e-book', 'age=0–4'),
  basis: fc.constantFrom(...BASES),
});

const anyObservation: fc.Arbitrary<Observation> = fc
  .tuple(
    anyKey,
    fc.record({
      state: fc.constantFrom(...VALUE_STATES),
      value: orNull(anyNumber),
      numerator: orNull(anyNumber),
      denominator: orNull(anyNumber),
      n: orNull(fc.nat()),
      low: orNull(anyNumber),
      high: orNull(anyNumber),
      coverage: orNull(fc.record({ reported: fc.nat(), expected: fc.nat() }, { noNullPrototype: true })),
      events: fc.nat(),
      scope: orNull(anyText),
      source: orNull(anyText),
      notes: fc.array(anyText, { maxLength: 3 }),
    }),
  )
  .map(([key, rest]) => ({ ...key, ...rest }));

const anyChangeOf = (projection: fc.Arbitrary<string>) =>
  fc.record({
    projection,
    upserts: fc.array(anyObservation, { maxLength: 12 }),
    removals: fc.array(anyKey, { maxLength: 12 }),
  });
/** Mostly both projections are named, as by a projector that knows both. */
const anyChange = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(anyChangeOf(fc.constant(visits)), anyChangeOf(fc.constant(loans))) },
  { weight: 1, arbitrary: fc.array(anyChangeOf(fc.constantFrom(visits, loans)), { maxLength: 3 }) },
);

/** As `replace` wants them: each place and basis in one run. */
function grouped(observations: readonly Observation[]): Observation[] {
  const group = ({ place, basis }: Observation): string => `${place}\0${basis}`;
  return observations.toSorted((a, b) => (group(a) < group(b) ? -1 : group(a) > group(b) ? 1 : 0));
}
