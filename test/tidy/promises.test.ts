/** The numbered promises, and the tests that carry their numbers. What is not kept yet says so here. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const PROMISES: Readonly<Record<string, readonly string[] | string>> = {
  P1: [
    'test/faults/kill.test.ts',
    'test/faults/races.test.ts',
    'test/faults/eventStore.test.ts',
    'test/faults/client/kill.test.ts',
  ],
  P2: [
    'test/faults/kill.test.ts',
    'test/faults/races.test.ts',
    'test/faults/eventStore.test.ts',
    'test/generative/projection.test.ts',
    'test/faults/projector.test.ts',
    'test/faults/client/faults.test.ts',
  ],
  P3: ['test/faults/parked.test.ts'],
  P4: ['test/generative/projection.test.ts', 'test/generative/sameEvents.test.ts'],
  P5: ['test/generative/projection.test.ts', 'test/faults/kill.test.ts', 'test/faults/projector.test.ts'],
  P6: ['test/spec/domain/conclude.test.ts'],
  P7: 'not yet: there are no snapshots',
  P8: 'not yet: there is no disclosure control; suppressed input stays suppressed',
  P9: ['test/faults/restore.test.ts'],
  P10: ['test/http/events.test.ts', 'test/faults/overload.test.ts'],
  P11: 'not yet: one key for the owner, none for services',
  P12: ['test/spec/contracts/freeText.test.ts', 'test/cli/pseudonyms.test.ts', 'test/spec/app/borrowers.test.ts'],
};

describe('the promises', () => {
  it.each(Object.entries(PROMISES).filter(([, where]) => typeof where !== 'string'))(
    '%s stands in the tests that prove it',
    (promise, files) => {
      for (const file of files) expect(readFileSync(file, 'utf8'), file).toMatch(new RegExp(`\\b${promise}\\b`));
    },
  );

  it('that are not kept yet say so', () => {
    const open = Object.entries(PROMISES).filter(([, where]) => typeof where === 'string');
    for (const [promise, why] of open) expect(why, promise).toMatch(/^not yet: /);
    console.log(open.map(([promise, why]) => `${promise} ${String(why)}`).join('\n'));
  });
});
