import { describe, expect, it } from 'vitest';
import { typeOf, type ActivityEvent } from '../../../contracts/activityEvent.ts';
import { readFact } from '../../../src/facts/readFact.ts';

/** An estimate of a population on a day, as an older program may have stored it unchecked. */
const estimate = (on: string): ActivityEvent => ({
  specversion: '1.0',
  id: on,
  source: 'urn:library:feed',
  type: typeOf('reference.population'),
  subject: 'E08000021',
  data: { on, population: 1, ages: 'all', source: 'A census' },
});

describe('a fact', () => {
  it.each([
    ['1849-12-31', 'parked'],
    ['1850-01-01', 'reference.population'],
    ['2099-12-31', 'reference.population'],
    ['2100-01-01', 'parked'],
  ])('speaks of the days that the contracts allow: %s is %s', (on, kind) => {
    expect(readFact({ position: '1', event: estimate(on) }).kind).toBe(kind);
  });
});
