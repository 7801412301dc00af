/** P3: a vocabulary that anyone may add words to neither stops the engine nor confuses its words. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { activityEvent, typeOf } from '../../../contracts/activityEvent.ts';
import { planIndicator } from '../../../src/domain/plan.ts';
import { evaluate, evaluations, observations } from '../../../src/facts/evaluate.ts';
import { openFactStore } from '../../../src/facts/factStore.ts';
import { ownDefinitions } from '../../support/ledger.ts';

/** More words than fit into 16 bits, of one authority that reports for fifteen years. */
const WORDS = 70_000;
const MONTHS = 180;

const sessions = (n: number) => {
  const month = n % MONTHS;
  const start = `${2005 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
  return activityEvent.parse({
    specversion: '1.0',
    id: `n${n}`,
    source: 'urn:library:E08000021:booking',
    type: typeOf('digital-sessions.counted'),
    subject: 'E08000021',
    data: { window: `${start}/P1M`, method: 'system', channel: 'online-resource', resource: `r${n}`, sessions: n + 1 },
  });
};

it('of 70,000 online resources each has its own figure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facts-'));
  try {
    const store = openFactStore(folder);
    store.append(
      Array.from({ length: WORDS }, (_, n) => ({ position: String(n).padStart(6, '0'), event: sessions(n) })),
    );
    const own = ownDefinitions().find(({ id }) => id === 'digital-sessions')!;
    const plan = planIndicator({ ...own, places: ['authority'], granularities: ['month'] });
    const [evaluation] = evaluations([plan], store, WORDS);
    for (const _rows of evaluate([evaluation!], store, 0, WORDS));
    const values = new Map<string, (number | null)[]>();
    let total = 0;
    for (const { breakdown, value } of observations(evaluation!, store, WORDS)) {
      if (breakdown === '') total += value ?? 0;
      else values.set(breakdown, [...(values.get(breakdown) ?? []), value]);
    }
    expect(total).toBe((WORDS * (WORDS + 1)) / 2);
    const wrong = Array.from({ length: WORDS }, (_, n) => n).filter(
      (n) => values.get(`resource=r${n}`)?.join() !== `${n + 1}`,
    );
    expect(wrong).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
