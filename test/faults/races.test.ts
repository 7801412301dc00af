/** P1, P2, P5 when two projectors share the same read models, and when the database goes down under them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReadModels } from '../../src/app/ports.ts';
import { memoryLog } from '../../src/memory/memoryLog.ts';
import { memoryReadModels } from '../../src/memory/memoryReadModels.ts';
import { newClient } from '../support/client.ts';
import { batchMaker, BRANCHES, eventOf } from '../support/clientBatches.ts';
import { clientLedger, differences } from '../support/clientLedger.ts';
import { freeze, openTransactions } from '../support/frozen.ts';
import { NOW, testLedger, type TestLedger } from '../support/ledger.ts';
import { outcomes, served, withData } from '../support/outcomes.ts';
import { describeWithPostgres } from '../support/postgres.ts';
import { findServer, startCluster } from '../support/postgresCluster.ts';
import { seeded, SEED } from '../support/seeded.ts';
import { runs } from '../support/share.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'races-'));
  folders.push(made);
  return made;
};
afterEach(() => folders.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

/** `branch month` → loans, as a ledger in this process says. */
async function figuresOf({ ledger }: TestLedger): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const place of BRANCHES) {
    const { points } = await ledger
      .series({ indicator: 'loans', place, granularity: 'month' })
      .catch(() => ({ points: [] }));
    for (const { start, value } of points) if (value !== null) found.set(`${place} ${start}`, value);
  }
  return found;
}

/** Projects; a projector that stood where the other has been since is told once, and then stands where that one does. */
async function goOn({ ledger }: TestLedger): Promise<void> {
  await ledger.project().catch(async (error: { code?: string }) => {
    if (error.code !== 'checkpoint-moved') throw error;
    await ledger.project();
  });
}

/** Read models whose commits wait, while they are held, until they are let go. */
function held(inner: ReadModels): {
  readonly readModels: ReadModels;
  readonly hold: () => void;
  readonly letGo: () => void;
  readonly waiting: () => boolean;
} {
  let gate: Promise<void> | null = null;
  let open = (): void => undefined;
  let waits = false;
  return {
    readModels: {
      ...inner,
      async commit(...change) {
        waits = gate !== null;
        await gate;
        waits = false;
        return inner.commit(...change);
      },
    },
    hold: () => {
      gate = new Promise((resolve) => (open = resolve));
    },
    letGo: () => {
      gate = null;
      open();
    },
    waiting: () => waits,
  };
}

describe('two projectors on the same log and read models', () => {
  it('one that wakes up after the other moved on is told so, changes nothing, and goes on rightly', async () => {
    const rounds = runs(6);
    for (let round = 0; round < rounds; round++) {
      const draw = seeded(SEED + round);
      const client = clientLedger();
      const make = batchMaker(draw, client);
      const log = memoryLog({ now: () => NOW });
      const store = memoryReadModels();
      const gate = held(store);
      const sleeper = await testLedger({ log, readModels: gate.readModels, folder: folder() });
      const other = await testLedger({ log, readModels: store, folder: folder() });
      const record = async (): Promise<void> => {
        const batch = make(60);
        client.answered(batch, { outcomes: await sleeper.ledger.record(batch.map(eventOf)) });
      };
      for (let step = 0; step < 5; step++) {
        await record();
        if (draw.chance(0.5)) await goOn(other);
        await record();
        gate.hold();
        const asleep = sleeper.ledger.project();
        asleep.catch(() => undefined);
        await expect.poll(gate.waiting).toBe(true);
        if (draw.chance(0.5)) await record();
        await goOn(other);
        const before = await store.checkpoint();
        gate.letGo();
        await expect(asleep).rejects.toMatchObject({ code: 'checkpoint-moved' });
        expect(await store.checkpoint()).toEqual(before);
        if (draw.chance(0.5)) await record();
        await goOn(sleeper);
        await goOn(other);
        expect(differences(client.expected(), await figuresOf(sleeper))).toEqual([]);
      }
      for (const engine of [sleeper, other]) expect((await engine.ledger.verify()).differences).toEqual([]);
    }
  });
});

describeWithPostgres('two servers on one PostgreSQL', (freshDatabase) => {
  it('that race, and of which one is frozen while the other moves on, count everything once', async () => {
    const url = await freshDatabase();
    const env = { OUTCOMES_LOG_URL: url, OUTCOMES_READ_MODELS_URL: url };
    await withData((here) =>
      withData(async (there) => {
        const one = await served(here, env);
        const two = await served(there, env);
        const clients = [newClient(seeded(SEED)), newClient(seeded(SEED))] as const;
        try {
          // Both are sent the same, at the same time: what one accepts is a duplicate for the other.
          const [first, second] = clients;
          const rounds = runs(8);
          for (let round = 0; round < rounds; round++) {
            const sending = [one, two].map(async ({ address }, at) => {
              const batch = Array.from({ length: 40 }, (_, n) => ({ id: `r${round}-${n}`, branch: BRANCHES[n % 4]!, month: '2019-05-01', count: n })); // prettier-ignore
              clients[at]!.ledger.unanswered(batch);
              await clients[at]!.send(address, batch);
            });
            await Promise.all(sending);
            if (round % 2 === 1) continue;
            await freeze(two.child);
            await first.send(one.address, [{ id: `f${round}`, branch: BRANCHES[0]!, month: '2019-06-01', count: 7 }]);
            await pause(400);
            two.child.kill('SIGCONT');
          }
          expect(first.ledger.recorded().length).toBeGreaterThan(second.ledger.recorded().length);
          // Whichever lost a race said so and went on.
          await expect.poll(() => one.said() + two.said(), { timeout: 20_000 }).toContain('checkpoint');
          await first.compare(one.address);
          await first.compare(two.address);
        } finally {
          await one.end('SIGTERM');
          await two.end('SIGTERM');
        }
        expect((await outcomes(here, ['verify'], env)).out).toContain('byte-identical');
      }),
    );
  });
});

const server = findServer();
describe.skipIf('reason' in server)('a server whose PostgreSQL crashes in mid-transaction', () => {
  it('loses nothing, doubles nothing, and goes on by itself', async () => {
    const cluster = await startCluster((server as { bin: string }).bin);
    const env = { OUTCOMES_LOG_URL: cluster.url, OUTCOMES_READ_MODELS_URL: cluster.url };
    const crashes = runs(4);
    const draw = seeded(SEED);
    const hit = { projection: 0, append: 0, neither: 0 };
    try {
      await withData(async (data) => {
        const { address, child, end } = await served(data, env);
        const client = newClient(draw);
        let stop = false;
        const sending = (async () => {
          while (!stop) {
            await client.sendNew(address, 200);
            await pause(20);
          }
        })();
        for (let crash = 0; crash < crashes; crash++) {
          const transactions = await catchTransaction(cluster.url, draw.chance(0.7) ? /observations|projections|checkpoints/ : /append_events/); // prettier-ignore
          if (transactions.some((query) => query.includes('append_events'))) hit.append += 1;
          else if (transactions.length > 0) hit.projection += 1;
          else hit.neither += 1;
          if (crash % 2 === 0) await cluster.crash();
          else await killBackends(cluster.url);
          await pause(draw.below(500));
        }
        stop = true;
        await sending;
        expect(child.exitCode).toBeNull();
        await client.sendAgain(address);
        await client.compare(address);
        await end('SIGTERM');
        expect((await outcomes(data, ['verify'], env)).out).toContain('byte-identical');
        console.log(`PostgreSQL crashed ${crashes} times: ${JSON.stringify(hit)}; ${client.ledger.recorded().length} events acknowledged, 0 lost, 0 counted twice`); // prettier-ignore
      });
    } finally {
      await cluster.stop();
    }
    expect(hit.projection + hit.append).toBeGreaterThan(0);
  });
});

/** Waits, not for ever, until a transaction of the wanted sort is open; answers those that are then. */
async function catchTransaction(url: string, wanted: RegExp): Promise<string[]> {
  let last: string[] = [];
  for (const start = Date.now(); Date.now() - start < 3_000;) {
    last = await openTransactions(url).catch(() => []);
    if (last.some((query) => wanted.test(query))) return last;
  }
  return last;
}

/** Kills the processes that serve the engine's connections with -9: PostgreSQL then ends all others and recovers. */
async function killBackends(url: string): Promise<void> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'outcome-ledger'",
  );
  for (const { pid } of rows.slice(0, 1)) process.kill(pid, 'SIGKILL');
  await client.end().catch(() => undefined);
}
