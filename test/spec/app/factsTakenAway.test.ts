/** Facts are a cache: where they are taken away under a running engine, it says so and what to do. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testLedger } from '../../support/ledger.ts';

const visit = (n: number) => ({
  specversion: '1.0',
  id: `v${n}`,
  source: 'urn:library:E08000021:counters',
  type: 'org.outcome-ledger.visits.counted.v1',
  subject: `E08000021/branch-${n % 40}`,
  data: { window: '2024-06-01/P1M', method: 'automatic-counter', count: n },
});
const visits = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => visit(from + i));

const damaged = expect.objectContaining({ code: 'facts-damaged', hint: expect.stringContaining('rebuild') as string }) as Error; // prettier-ignore

it.each([0, 5_000])('verifying says that files are missing, after %i more events, and a rebuild mends it', async (more) => {
  const under = await testLedger();
  const { ledger, folder } = under;
  try {
    await ledger.record(visits(0, 5_000));
    await ledger.project();
    rmSync(join(folder, 'facts'), { recursive: true });
    await ledger.record(visits(5_000, 5_000 + more));
    if (more === 0) {
      const file = { where: expect.stringMatching(/^facts\/.*arrow$/) as string, what: 'is missing' };
      expect((await ledger.verify()).differences).toContainEqual(file);
    } else await expect(ledger.verify()).rejects.toThrow(damaged);
    await ledger.rebuild();
    expect((await ledger.verify()).differences).toEqual([]);
  } finally {
    await under.close();
  }
}); // prettier-ignore
