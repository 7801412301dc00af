import { KEPT_MS, type KeptReceipt, type KeptReceipts } from '../app/keptReceipts.ts';

/** Receipts in a map: for tests, and as the plain statement of what every store must do. */
export function memoryKeptReceipts(effects: { now: () => Date }): KeptReceipts {
  const all = new Map<string, { kept: KeptReceipt; ms: number }>();
  const expire = (): void => {
    const oldest = effects.now().getTime() - KEPT_MS;
    for (const [key, { ms }] of all) if (ms < oldest) all.delete(key);
  };
  return {
    async find(key) {
      expire();
      return all.get(key)?.kept ?? null;
    },
    async keep(key, kept) {
      expire();
      if (!all.has(key)) all.set(key, { kept, ms: effects.now().getTime() });
    },
    async forget(key) {
      all.delete(key);
    },
    async clear() {
      all.clear();
    },
  };
}
