/** What an area became by a day: chains, merging, splitting, other codes, and registers that make no sense. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { successorsOf, type Succession } from '../../../src/domain/successors.ts';

const link = (place: string, day: number, by: string[], change: Succession['change'] = 'merged'): Succession => ({
  place,
  day,
  by,
  change,
});

describe('the successors of an area', () => {
  it('are itself where nothing followed, or not yet', () => {
    expect(successorsOf('A', 10, [])).toEqual({ places: ['A'], sameArea: true });
    expect(successorsOf('A', 9, [link('A', 10, ['B'])])).toEqual({ places: ['A'], sameArea: true });
  });

  it('are the others from their first day on, in order', () => {
    const split = [link('A', 10, ['C', 'B'], 'split')];
    expect(successorsOf('A', 10, split)).toEqual({ places: ['B', 'C'], sameArea: false });
  });

  it('are the same area under another code only where every link says so', () => {
    const recoded = [link('A', 10, ['B'], 'recoded'), link('B', 20, ['C'], 'recoded')];
    expect(successorsOf('A', 20, recoded)).toEqual({ places: ['C'], sameArea: true });
    expect(successorsOf('A', 30, [...recoded, link('C', 30, ['D'])])).toEqual({ places: ['D'], sameArea: false });
    expect(successorsOf('A', 10, [link('A', 10, ['B'], 'unknown')]).sameArea).toBe(false);
  });

  it('are one where parts were joined again, which is not known to be the same area', () => {
    const joined = [link('A', 10, ['B', 'C'], 'split'), link('B', 20, ['D']), link('C', 20, ['D'])];
    expect(successorsOf('A', 20, joined)).toEqual({ places: ['D'], sameArea: false });
  });

  it('do not depend on the order of the register, and a circle ends', () => {
    const places = fc.constantFrom('A', 'B', 'C', 'D');
    const register = fc.array(
      fc.record({
        place: places,
        day: fc.nat(5),
        by: fc.array(places, { minLength: 1, maxLength: 3 }),
        change: fc.constantFrom<Succession['change']>('recoded', 'merged', 'split', 'unknown'),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(register, places, fc.nat(6), (links, place, day) => {
        const found = successorsOf(place, day, links);
        expect(successorsOf(place, day, [...links].reverse())).toEqual(found);
        if (found.places.length > 1) expect(found.sameArea).toBe(false);
        expect(found.places).not.toContain(links.some((each) => each.place === place && each.day <= day) ? place : '');
      }),
      { numRuns: 300, seed: 20_230_401 },
    );
  });
});
