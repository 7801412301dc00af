/** The double measures itself, so that a benchmark can say what part of its figures is the double's. */
import { expect, it } from 'vitest';
import { measureDouble } from '../../support/eventstoredb/ceiling.ts';

it('gives its rates of appending, reading and catching up', async () => {
  const ceiling = await measureDouble(10, 1_000, 250);
  console.log(`ceiling of the double, 10 batches of 1,000 events of 250 bytes: ${JSON.stringify(ceiling)}`);
  // Far below any machine's rate: this only says that each of the three was really done and timed.
  for (const rate of Object.values(ceiling)) expect(rate).toBeGreaterThan(100);
});
