/** Which series is read where the request leaves it open, and which baseline and target stand with it. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Definition } from '../../../contracts/definition.ts';
import { catalogueOf } from '../../../src/app/catalogue.ts';
import type { ReadModels } from '../../../src/app/ports.ts';
import { readSeries, type SeriesRequest } from '../../../src/app/readSeries.ts';
import type { Observation } from '../../../src/domain/observation.ts';
import { granularityOfInterval } from '../../../src/domain/periods.ts';
import { memoryReadModels } from '../../../src/memory/memoryReadModels.ts';
import { ownDefinitions } from '../../support/ledger.ts';

const AUTHORITY = 'E08000021';
const YEAR = '2018-04-01/P1Y';
const LATER = '2019-04-01/P1Y';
const observation = (place: string, period: string, value: number, more: Partial<Observation> = {}): Observation => ({
  place, granularity: granularityOfInterval(period), period, breakdown: '', basis: 'computed', state: 'observed', value,
  numerator: value, denominator: null, n: null, low: null, high: null, coverage: null, events: 1, scope: null, source: null, notes: [], ...more,
}); // prettier-ignore

const definition: Definition = {
  ...ownDefinitions().find(({ id }) => id === 'visits')!,
  baselines: [{ basis: 'computed', period: YEAR, value: 90, source: 'A plan' }],
  targets: [{ place: AUTHORITY, value: 200, period: '2024-04-01/P1Y', source: 'A plan' }],
};

let readModels: ReadModels;
const catalogue = catalogueOf([definition]);
const hold = (observations: readonly Observation[]): Promise<void> =>
  readModels.replace(catalogue.indicators[0]!.projection, observations, 5);
const read = (request: Omit<SeriesRequest, 'indicator'> = {}) =>
  readSeries({ readModels, catalogue, parked: () => [] }, { indicator: 'visits', ...request });
beforeEach(() => {
  readModels = memoryReadModels();
});

describe('left open', () => {
  it('the place is a real one, before a made-up one, and the widest', async () => {
    const held = [observation('X99000001', YEAR, 1), observation(`${AUTHORITY}/city`, YEAR, 2)];
    await hold(held);
    expect((await read()).place.code).toBe(`${AUTHORITY}/city`);
    await hold([...held, observation(AUTHORITY, YEAR, 3)]);
    expect((await read()).place.code).toBe(AUTHORITY);
    expect(await read({ place: 'X99000001' })).toMatchObject({ madeUp: true, source: 'Demonstration events' });
  });

  it('the basis is computed, before published', async () => {
    await hold([observation(AUTHORITY, YEAR, 3, { basis: 'published' }), observation(AUTHORITY, YEAR, 3)]);
    expect((await read()).basis).toBe('computed');
  });
});

describe('a target and a stated baseline', () => {
  beforeEach(() =>
    hold([
      observation(AUTHORITY, YEAR, 100),
      observation(AUTHORITY, LATER, 110),
      observation(AUTHORITY, LATER, 60, { breakdown: 'site=library-only' }),
      observation(AUTHORITY, '2019-04-01/P1M', 9),
      observation('E09000001', LATER, 70),
    ]),
  );

  it('stand with the whole, of their own length and place', async () => {
    const series = await read({ place: AUTHORITY, granularity: 'financial-year' });
    expect(series.target).toMatchObject({ value: 200, label: '2024/25' });
    expect(series.baseline).toMatchObject({ value: 90, source: 'A plan' });
    expect(series.progress).toMatchObject({ status: 'better', from: '2018/19', to: '2019/20', change: 20 });
  });

  it.each<[string, Omit<SeriesRequest, 'indicator'>, baseline: number | null]>([
    ['a category', { place: AUTHORITY, granularity: 'financial-year', breakdown: 'site=library-only' }, null],
    ['months', { place: AUTHORITY, granularity: 'month' }, null],
    ['another place', { place: 'E09000001' }, 90],
  ])('but not with %s', async (_, request, baseline) => {
    const series = await read(request);
    expect(series.target).toBeNull();
    expect(series.baseline?.value ?? null).toBe(baseline);
  });
});

it('from and to take in every period that they touch', async () => {
  await hold([observation(AUTHORITY, YEAR, 100), observation(AUTHORITY, LATER, 110)]);
  const periods = async (from: string, to: string) => (await read({ from, to })).points.map(({ period }) => period);
  expect(await periods('2019-03-31', '2019-03-31')).toEqual([YEAR]);
  expect(await periods('2019-03-31', '2019-04-01')).toEqual([YEAR, LATER]);
  expect(await periods('2019-04-01', '2030-01-01')).toEqual([LATER]);
});
