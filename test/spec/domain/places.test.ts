/** Which place holds which, by its code. */
import { describe, expect, it } from 'vitest';
import { isMadeUp, placeAt, placeName } from '../../../src/domain/places.ts';
import { nationOf } from '../../../src/importers/publishedFigures.ts';

describe('the place that holds a place', () => {
  it.each([
    ['E08000021/city-library', 'E08000021/city-library', 'E08000021', 'E92000001'],
    ['E08000021', null, 'E08000021', 'E92000001'],
    ['E92000001', null, null, 'E92000001'],
    ['W06000015/central', 'W06000015/central', 'W06000015', 'W92000004'],
    ['S12000036', null, 'S12000036', 'S92000003'],
    ['N09000003', null, 'N09000003', 'N92000002'],
    ['X00000001/high-street', 'X00000001/high-street', 'X00000001', 'X92000001'],
    // Wider than a nation: in no nation but itself, so that the United Kingdom is never added to England.
    ['K02000001', null, null, 'K02000001'],
    ['K03000001', null, null, 'K03000001'],
    ['K04000001', null, null, 'K04000001'],
    // A code of no nation that is known.
    ['L93000001', null, 'L93000001', null],
  ])('%s: service point %s, authority %s, nation %s', (place, servicePoint, authority, nation) => {
    expect(placeAt('service-point', place)).toBe(servicePoint);
    expect(placeAt('authority', place)).toBe(authority);
    expect(placeAt('nation', place)).toBe(nation);
  });

  it('is itself, once found', () => {
    for (const level of ['service-point', 'authority', 'nation'] as const) {
      const holding = placeAt(level, 'E08000021/city-library') ?? '';
      expect(placeAt(level, holding)).toBe(holding);
    }
  });
});

describe('the name of a place', () => {
  it.each([
    ['E92000001', 'England'],
    ['K02000001', 'United Kingdom'],
    ['K03000001', 'Great Britain'],
    ['K04000001', 'England and Wales'],
    ['E08000021', 'E08000021'],
    ['E08000021/city-library', 'City library (E08000021)'],
    ['X00000001', 'Made-up authority X00000001'],
    ['X92000001', 'Made-up nation'],
  ])('%s is %s', (place, name) => expect(placeName(place)).toBe(name));

  it.each(['UK', 'Great Britain', 'England and Wales', 'England', 'Wales', 'Scotland', 'Northern Ireland'])(
    'every area that published figures are put under has one: %s',
    (scope) => {
      const { place } = nationOf(scope);
      expect(placeName(place)).not.toBe(place);
      expect(placeAt('authority', place)).toBeNull();
    },
  );
});

it('only codes that start with X are made up', () => {
  expect(['X00000001/high-street', 'E08000021', 'K02000001'].map(isMadeUp)).toEqual([true, false, false]);
});
