/** Promises P1 and P2 of the log in EventStoreDB, on the double of its wire, each in a way that its breach cannot pass. */
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import type * as Logs from '../../../src/eventstoredb/eventStoreLog.ts';
import type * as Identities from '../../../src/memory/memoryFeedIdentities.ts';
import type { FeedIdentities } from '../../../src/app/feedIdentities.ts';
import type { EventLog, NewEvent, StoredEvent } from '../../../src/app/ports.ts';
import { event } from '../../support/events.ts';
import { startDouble, type Double } from '../../support/eventstoredb/startDouble.ts';
import { takeOut } from '../../support/eventstoredb/takeOut.ts';
import { failure, hold, same, type Check, type Surroundings } from './check.ts';

interface Under {
  double: Double;
  readonly where: string;
  readonly identities: () => FeedIdentities;
  readonly open: (identities?: FeedIdentities) => EventLog;
}

/** A check with a double and logs on it; all are closed with it. */
const onDouble =
  (check: (under: Under) => Promise<void>): Check =>
  async ({ build, folder }: Surroundings) => {
    const { eventStoreLog } = await build<typeof Logs>('src/eventstoredb/eventStoreLog.js');
    const { memoryFeedIdentities } = await build<typeof Identities>('src/memory/memoryFeedIdentities.js');
    const where = join(folder, 'double');
    mkdirSync(where);
    const logs: EventLog[] = [];
    const under: Under = {
      double: await startDouble({ folder: where }),
      where,
      identities: memoryFeedIdentities,
      open(identities = memoryFeedIdentities()) {
        const timing = { attempt_ms: 200, total_ms: 3_000, silence_ms: 150 };
        const log = eventStoreLog(under.double.url, identities, { now: () => new Date() }, { timing });
        logs.push(log);
        return log;
      },
    };
    try {
      await under.double.fill('orders-1', 30);
      await check(under);
    } finally {
      for (const log of logs) await log.close();
      await under.double.stop();
    }
  };

const batchOf = (name: string, size: number, content = 'content'): NewEvent[] =>
  Array.from({ length: size }, (_, at) => event(`${name}-${at}`, content));
const idsOf = async (log: EventLog): Promise<string[]> => (await log.read(null, 100_000)).map((one) => one.event.id);

/** The log holds exactly these, in this order, and says how many they are, whether it counts them or they were read. */
async function expectHeld(log: EventLog, ids: readonly string[]): Promise<void> {
  same(await log.size(), ids.length, 'size of the log before a read');
  same(await idsOf(log), ids, 'events in the log');
  same(await log.size(), ids.length, 'size of the log');
}

/** Answers are lost, or never given, or the connection goes: each is stored once, and answered truly. */
const appends = onDouble(async (under) => {
  const log = under.open();
  const ids: string[] = [];
  for (const [at, fault] of (['ackLost', 'silentCommitted', 'silentNotCommitted', 'resetMidBatch', 'ackLost'] as const).entries()) {
    await under.double.faults.set(fault, { times: 1 });
    const fresh = batchOf(`b${at}`, 6);
    const given = [...fresh, event('b0-0'), event('b0-0', 'other'), ...fresh.slice(0, 1)];
    const { outcomes } = await log.append('urn:feed', given, 'any');
    const wanted = fresh.map(() => 'appended');
    same(outcomes, [...wanted, 'duplicate', 'conflict', 'duplicate'], `outcomes under ${fault}`);
    hold(((await under.double.faults.fired())[fault] ?? 0) > 0, `${fault} never came`);
    ids.push(...fresh.map(({ id }) => id));
    await under.double.fill('orders-1', 5);
  }
  await under.double.faults.clear();
  await expectHeld(log, ids);
  await expectHeld(under.open(), ids);
  same((await log.append('urn:other', [event('b0-0')], 'any')).outcomes, ['appended'], 'the same id in another feed');
}); // prettier-ignore

/** After a restart of both sides, with identities that were kept or lost, what is there is known, and is there once. */
const restarts = onDouble(async (under) => {
  const identities = under.identities();
  const batch = batchOf('e', 8);
  await under.open(identities).append('urn:feed', batch, 'any');
  const { port } = under.double;
  await under.double.kill();
  under.double = await startDouble({ folder: under.where, port });
  for (const kept of [identities, under.identities()]) {
    const { outcomes } = await under.open(kept).append('urn:feed', [...batch, event('e-0', 'other')], 'any');
    same(outcomes, [...batch.map(() => 'duplicate'), 'conflict'], 'outcomes after a restart');
  }
  // Identities of another log must not make events of this one duplicates.
  await under.double.kill();
  rmSync(under.where, { recursive: true });
  mkdirSync(under.where);
  under.double = await startDouble({ folder: under.where, port });
  const fresh = under.open(identities);
  same(
    (await fresh.append('urn:feed', batch, 'any')).outcomes,
    batch.map(() => 'appended'),
    'outcomes in another log',
  );
  await expectHeld(fresh, batch.map(({ id }) => id)); // prettier-ignore
});

/** Two writers, one stream: each event once, and whoever named a revision is told. */
const writers = onDouble(async (under) => {
  const [one, two] = [under.open(), under.open()];
  for (let round = 0; round < 4; round++) {
    await one.append('urn:feed', batchOf(`one${round}`, 3), 'any');
    await two.append('urn:feed', batchOf(`two${round}`, 3), 'any');
    const both = batchOf(`both${round}`, 3);
    const outcomes = (await Promise.all([one, two].map((log) => log.append('urn:feed', both, 'any')))).flatMap((r) => r.outcomes); // prettier-ignore
    same(outcomes.filter((outcome) => outcome === 'appended').length, 3, 'events that both sent');
  }
  same(await failure(one.append('urn:feed', [event('late')], 2), 'an append at a wrong revision'), 'wrong-expected-revision', 'code'); // prettier-ignore
  const ids = await idsOf(one);
  same([ids.length, new Set(ids).size], [36, 36], 'events and different ones');
});

/**
 * Another writer comes in between while an attempt goes unanswered: what was not stored is stored after it, and what
 * was stored before it is not stored again.
 */
const overtaken = onDouble(async (under) => {
  const [one, two] = [under.open(), under.open()];
  await one.append('urn:feed', batchOf('first', 2), 'any');
  await two.append('urn:feed', batchOf('second', 2), 'any');
  const sizes = [
    { batch: batchOf('small', 3), after: 0 },
    { batch: batchOf('large', 14, 'x'.repeat(100_000)), after: 1 },
  ];
  const ids = ['first-0', 'first-1', 'second-0', 'second-1'];
  for (const [at, { batch, after }] of sizes.entries()) {
    await under.double.faults.set('silentNotCommitted', { after, times: 1 });
    const slow = one.append('urn:feed', batch, 'any');
    for (const start = Date.now(); (await under.double.faults.fired()).silentNotCommitted !== at + 1;) {
      hold(Date.now() - start < 3_000, 'the attempt was answered');
      await pause(5);
    }
    const between = batchOf(`between${at}`, 2);
    await two.append('urn:feed', between, 'any');
    same((await slow).outcomes, batch.map(() => 'appended'), 'outcomes of the one that was overtaken'); // prettier-ignore
    ids.push(...between.map(({ id }) => id), ...batch.map(({ id }) => id));
  }
  const held = await idsOf(under.open());
  same(held.toSorted(), ids.toSorted(), 'events in the log');
});

/** More than one append takes: in parts, in order, each once, however they are read. */
const large = onDouble(async (under) => {
  const log = under.open();
  const batch = batchOf('large', 14, 'x'.repeat(100_000));
  same(
    (await log.append('urn:feed', batch, 'any')).outcomes,
    batch.map(() => 'appended'),
    'outcomes',
  );
  const small = batchOf('small', 300);
  await log.append('urn:feed', small, 'any');
  const ids = [...batch, ...small].map(({ id }) => id);
  await expectHeld(log, ids);
  const found: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page: readonly StoredEvent[] = await log.read(after, 90);
    if (page.length === 0) break;
    found.push(...page.map((one) => one.event.id));
    after = page.at(-1)!.position;
  }
  same(found, ids, 'events page by page');
});

/** Subscriptions end, fall silent, repeat themselves: every event comes once and in order. */
const subscriptions = onDouble(async (under) => {
  const log = under.open();
  await log.append('urn:feed', batchOf('early', 40), 'any');
  const seen: string[] = [];
  const stop = new AbortController();
  let failed: unknown = null;
  const following = (async () => {
    for await (const page of log.subscribe(null, 10, stop.signal)) {
      seen.push(...page.map((one) => one.event.id));
      await pause(1);
    }
  })().catch((error: unknown) => (failed = error));
  await under.double.faults.set('duplicateDelivery', { events: 5 });
  await under.double.faults.set('subscriptionEnd', { chance: 0.02, times: 2 });
  await under.double.faults.set('subscriptionDrop', { chance: 0.03 });
  await under.double.faults.set('subscriptionStall', { after: 20, times: 1 });
  for (let batch = 0; batch < 8; batch++) {
    await log.append(`urn:feed:${batch % 2}`, batchOf(`s${batch}`, 30), 'any');
    await under.double.fill('orders-1', 10);
    await pause(15);
  }
  const wanted = await idsOf(log);
  for (const start = Date.now(); seen.length < wanted.length && Date.now() - start < 6_000 && failed === null;) await pause(10); // prettier-ignore
  stop.abort();
  await following;
  hold(failed === null, `the subscription failed: ${String((failed as Error | null)?.message)}`);
  same(seen, wanted, 'events of the subscription');
});

/** An event that is missing in a stream is told to whoever reads past it, page by page or following. */
const leftOut = onDouble(async (under) => {
  const { port } = under.double;
  const log = under.open();
  for (const one of batchOf('e', 6)) await log.append('urn:feed', [one], 'any');
  await under.double.kill();
  takeOut(under.where, 'urn:feed', 3);
  under.double = await startDouble({ folder: under.where, port });
  const reader = under.open();
  same((await reader.read(null, 3)).map((one) => one.event.id), ['e-0', 'e-1', 'e-2'], 'events before the gap');
  const [, , third] = await reader.read(null, 3);
  for (const after of [null, third!.position])
    same(await failure(reader.read(after, 10), 'a read past a missing event'), 'verification-failed', 'code');
  for (const after of [null, third!.position]) {
    const stop = new AbortController();
    const following = (async () => {
      for await (const _page of reader.subscribe(after, 2, stop.signal));
    })();
    same(await failure(following, 'a subscription past a missing event'), 'verification-failed', 'code');
    stop.abort();
  }
}); // prettier-ignore

/** What was counted in one log says nothing of another, whether its events stand at other places or at the same. */
const counts = onDouble(async (under) => {
  const { port } = under.double;
  const identities = under.identities();
  const first = under.open(identities);
  await first.append('urn:feed', batchOf('old', 8), 'any');
  same(await first.size(), 8, 'size of the log');
  await first.close();
  same((await identities.census('outcomes-'))?.ordinal, 8, 'census that was kept');
  for (const filling of [3, 30]) {
    await under.double.kill();
    rmSync(under.where, { recursive: true });
    mkdirSync(under.where);
    under.double = await startDouble({ folder: under.where, port });
    await under.double.fill('orders-1', filling);
    const other = under.open(identities);
    same(await other.size(), 0, 'size of another log');
    await other.append('urn:feed', batchOf('new', 12), 'any');
    await expectHeld(under.open(identities), batchOf('new', 12).map(({ id }) => id));
  }
}); // prettier-ignore

/** A place where no event of this log stands is refused, not gone on from. */
const places = onDouble(async (under) => {
  const log = under.open();
  await log.append('urn:feed', batchOf('e', 4), 'any');
  const [first] = await log.read(null, 1);
  const beyond = first!.position.replace(/\d{20}/g, (half) => String(Number(half) + 1e9).padStart(20, '0'));
  const reading = (async () => {
    for await (const _page of log.subscribe(beyond, 10, new AbortController().signal));
  })();
  same(await failure(reading, 'a subscription from beyond the end'), 'verification-failed', 'code');
  same(await failure(log.read(beyond, 10), 'a read from beyond the end'), 'verification-failed', 'code');
});

export const EVENT_STORE: Readonly<Record<string, Check>> = {
  appends,
  restarts,
  writers,
  overtaken,
  large,
  subscriptions,
  leftOut,
  counts,
  places,
};
