/** A server whose first projection fails is ready all the same once that has passed: P2 and P5 need no operator. */
import { join } from 'node:path';
import Libsql from 'libsql';
import { expect, it } from 'vitest';
import { newClient } from '../support/client.ts';
import { served, withData } from '../support/outcomes.ts';
import { seeded, SEED } from '../support/seeded.ts';

/** Runs statements on the embedded database of a server that may be at work. */
async function onDatabase(data: string, statements: string): Promise<void> {
  await expect
    .poll(() => {
      const database = new Libsql(join(data, 'ledger.sqlite'));
      try {
        database.exec(statements);
        return true;
      } catch {
        return false;
      } finally {
        database.close();
      }
    })
    .toBe(true);
}

it('becomes ready by itself when what kept it from projecting at the start is over', async () => {
  await withData(async (data) => {
    const client = newClient(seeded(SEED));
    const first = await served(data);
    await client.sendNew(first.address, 100);
    await first.end('SIGTERM');
    await onDatabase(
      data,
      `delete from checkpoints; delete from observations_v2;
       create trigger planted before insert on observations_v2 begin select raise(abort, 'planted'); end`,
    );
    const second = await served(data);
    try {
      await expect.poll(() => second.said(), { timeout: 20_000 }).toContain('failed at the start');
      expect((await fetch(`${second.address}/health/ready`)).status).toBe(503);
      await onDatabase(data, 'drop trigger planted');
      await client.compare(second.address);
    } finally {
      await second.end('SIGTERM');
    }
  });
});
