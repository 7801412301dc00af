/** A log moved into another kind of log: the same events, order, ordinals and times, whatever interrupts it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityEvent } from '../../../contracts/activityEvent.ts';
import { migrateLog } from '../../../src/app/migrateLog.ts';
import type { EventLog } from '../../../src/app/ports.ts';
import { newEvent } from '../../../src/app/recordEvents.ts';
import { eventStoreLog } from '../../../src/eventstoredb/eventStoreLog.ts';
import { memoryFeedIdentities } from '../../../src/memory/memoryFeedIdentities.ts';
import { memoryLog } from '../../../src/memory/memoryLog.ts';
import { migrate } from '../../../src/sql/migrations.ts';
import { openPostgres } from '../../../src/sql/postgresDatabase.ts';
import { postgresLog } from '../../../src/sql/postgresLog.ts';
import { openSqlite } from '../../../src/sql/sqliteDatabase.ts';
import { sqliteLog } from '../../../src/sql/sqliteLog.ts';
import { startDouble } from '../../support/eventstoredb/startDouble.ts';
import { describeWithPostgres } from '../../support/postgres.ts';

const effects = { now: () => new Date() };
const source = (n: number) => `urn:feed:${Math.floor(n / 7) % 3}`;
const activity = (n: number) =>
  ({ specversion: '1.0', id: `e${n}`, source: source(n), type: 'test.v1', data: { n } }) as unknown as ActivityEvent;

/** A log of `count` events in three feeds that take turns, each append at a time of its own. */
async function filled(count: number): Promise<EventLog> {
  let time = Date.parse('2024-03-30T22:00:00.000Z');
  const log = memoryLog({ now: () => new Date((time += 61_001)) });
  for (let n = 0; n < count; n++) await log.append(source(n), [newEvent(activity(n))], 'any');
  return log;
}

const contentOf = async (log: EventLog) =>
  (await log.read(null, 100_000)).map(({ event, recordedAt }) => ({ event, recordedAt }));

function itMoves(name: string, make: () => Promise<{ log: EventLog; dispose: () => Promise<void> }>): void {
  describe(`a log moved into ${name}`, () => {
    let target: EventLog;
    let dispose: () => Promise<void>;
    beforeEach(async () => {
      ({ log: target, dispose } = await make());
    });
    afterEach(() => dispose());

    it('is the same there, event for event, and doing so again changes nothing', async () => {
      const from = await filled(100);
      expect(await migrateLog(from, target)).toEqual({ events: 100, copiedBefore: 0 });
      expect(await contentOf(target)).toEqual(await contentOf(from));
      expect(await migrateLog(from, target)).toEqual({ events: 100, copiedBefore: 100 });
      expect(await target.size()).toBe(100);
    });

    it('goes on where it was stopped', async () => {
      const from = await filled(60);
      let appends = 0;
      const stopping: EventLog = {
        ...target,
        async append(...given) {
          appends += 1;
          if (appends > 4) throw new Error('stopped');
          return target.append(...given);
        },
      };
      await expect(migrateLog(from, stopping)).rejects.toThrow('stopped');
      expect(await migrateLog(from, target)).toEqual({ events: 60, copiedBefore: 28 });
      expect(await contentOf(target)).toEqual(await contentOf(from));
    });

    it('is refused, with the place, where the target holds something else', async () => {
      await target.append(source(0), [newEvent(activity(0))], 'any');
      await expect(migrateLog(await filled(10), target)).rejects.toMatchObject({
        code: 'verification-failed',
        message: expect.stringContaining('Event 1 is not the same') as string,
      });
      expect(await target.size()).toBe(1);
    });
  });
}

itMoves('memory', async () => ({ log: memoryLog(effects), dispose: async () => {} }));

itMoves('the embedded database', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-migrate-'));
  const database = openSqlite(join(folder, 'ledger.sqlite'));
  await migrate(database);
  return {
    log: sqliteLog(database, effects),
    async dispose() {
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
});

itMoves('EventStoreDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-migrate-'));
  const double = await startDouble({ folder });
  const log = eventStoreLog(double.url, memoryFeedIdentities(), effects);
  return {
    log,
    async dispose() {
      await log.close();
      await double.stop();
      rmSync(folder, { recursive: true });
    },
  };
});

describeWithPostgres('with PostgreSQL,', (freshDatabase) => {
  itMoves('PostgreSQL', async () => {
    const database = await openPostgres(await freshDatabase());
    await migrate(database);
    const log = postgresLog(database);
    return {
      log,
      async dispose() {
        await log.close();
        await database.close();
      },
    };
  });
});

describe('a log that is written to while it is moved', () => {
  it('is not said to have been moved', async () => {
    const from = await filled(20);
    const target = memoryLog(effects);
    const late: EventLog = {
      ...target,
      async append(...given) {
        const done = await target.append(...given);
        if ((await target.size()) === 20) await from.append(source(20), [newEvent(activity(20))], 'any');
        return done;
      },
    };
    await expect(migrateLog(from, late)).rejects.toMatchObject({ code: 'verification-failed' });
  });
});
