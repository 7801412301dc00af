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
        .select(['fingerprint', 'receipt', 'mark_position', 'mark_fingerprint'])
        .where('key', '=', key)
        .where('kept_ms', '>=', oldest())
        .executeTakeFirst();
      if (found === undefined) return null;
      const { fingerprint, receipt, mark_position: position, mark_fingerprint: event } = found;
      return { fingerprint, receipt, mark: position === null ? null : { position, fingerprint: event ?? '' } };
    },

    async keep(key, { fingerprint, receipt, mark }) {
      await kysely.transaction().execute(async (tx) => {
        await tx.deleteFrom('kept_receipts').where('kept_ms', '<', oldest()).execute();
        await tx
          .insertInto('kept_receipts')
          .values({
            key,
            fingerprint,
            receipt,
            kept_ms: effects.now().getTime(),
            mark_position: mark?.position ?? null,
            mark_fingerprint: mark?.fingerprint ?? null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
    },

    async forget(key) {
      await kysely.deleteFrom('kept_receipts').where('key', '=', key).execute();
    },

    async clear() {
      await kysely.deleteFrom('kept_receipts').execute();
    },
  };
}
