/** What a definition may cut by is what the facts of the events really carry. */
import { expect, it } from 'vitest';
import fc from 'fast-check';
import { FACT_KINDS } from '../../../contracts/activityEvent.ts';
import { dimensionsIn, fieldOf } from '../../../contracts/dimensions.ts';
import { toFact } from '../../../src/facts/toFact.ts';
import { events } from '../../support/arbitraries.ts';

it.each(FACT_KINDS)('a fact of %s has no dimension, and no word, that a definition may not ask for', (kind) => {
  fc.assert(
    fc.property(events([kind]), (log) => {
      for (const fact of log.map(toFact)) {
        for (const [dimension, word] of Object.entries(fact.dimensions)) {
          expect(dimensionsIn(kind)).toContain(dimension);
          const field = fieldOf(kind, dimension as 'site')!;
          expect(field.safeParse(word).success || field.safeParse(Number(word)).success).toBe(true);
        }
      }
    }),
    { numRuns: 20 },
  );
});
