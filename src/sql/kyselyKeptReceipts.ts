import { KEPT_MS, type KeptReceipts } from '../app/keptReceipts.ts';
import type { Database } from './database.ts';

/**
 * Receipts in either database, which must have been migrated. `effects.now` is the clock by which they grow old; old ones
 * go when another is kept. Throws LedgerError `unavailable` when the connection fails.
 */
export function kyselyKeptReceipts({ kysely }: Database, effects: { now: () => Date }): KeptReceipts {
  const oldest = (): number => effects.now().getTime() - KEPT_MS;
  return {
    async find(key) {
      const found = await kysely
        .selectFrom('kept_receipts')
        .select(['fingerprint', 'receipt'])
        .where('key', '=', key)
        .where('kept_ms', '>=', oldest())
        .executeTakeFirst();
      return found ?? null;
    },

    async keep(key, { fingerprint, receipt }) {
      await kysely.transaction().execute(async (tx) => {
        await tx.deleteFrom('kept_receipts').where('kept_ms', '<', oldest()).execute();
        await tx
          .insertInto('kept_receipts')
          .values({ key, fingerprint, receipt, kept_ms: effects.now().getTime() })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },

    async clear() {
      await kysely.deleteFrom('kept_receipts').execute();
    },
  };
}
