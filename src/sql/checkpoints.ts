/** Checkpoints of read models, each under the name of the table that it belongs to: a new table starts without one. */
import type { Kysely, Transaction } from 'kysely';
import type { Checkpoint } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Tables } from './database.ts';

/** Where the read models stand; null at the start. */
export async function checkpointOf(kysely: Kysely<Tables>, readModels: string): Promise<Checkpoint | null> {
  const found = await kysely
    .selectFrom('checkpoints')
    .select(['ordinal', 'position', 'fingerprint'])
    .where('read_models', '=', readModels)
    .executeTakeFirst();
  return found ?? null;
}

/**
 * Compare and set. The row stays locked until the end of the transaction, so commits follow one another. Throws
 * LedgerError `checkpoint-moved` where another checkpoint than `previous` stands.
 */
export async function moveCheckpoint(
  tx: Transaction<Tables>,
  readModels: string,
  previous: Checkpoint | null,
  next: Checkpoint,
): Promise<void> {
  const { ordinal, position, fingerprint } = next;
  const moved =
    previous === null
      ? await tx
          .insertInto('checkpoints')
          .values({ read_models: readModels, ordinal, position, fingerprint })
          .onConflict((conflict) => conflict.doNothing())
          .returning('ordinal')
          .executeTakeFirst()
      : await tx
          .updateTable('checkpoints')
          .set({ ordinal, position, fingerprint })
          .where('read_models', '=', readModels)
          .where('ordinal', '=', previous.ordinal)
          .where('position', '=', previous.position)
          .where('fingerprint', '=', previous.fingerprint)
          .returning('ordinal')
          .executeTakeFirst();
  if (moved === undefined) {
    throw new LedgerError(
      'checkpoint-moved',
      `The checkpoint is not at ${previous?.ordinal ?? 'the start'} any more.`,
      {
        hint: 'Read the checkpoint again and go on from there.',
      },
    );
  }
}
