/** Promises P1 to P5 and P10 of an engine with everything embedded, each in a way that its breach cannot pass. */
import { createHash } from 'node:crypto';
import fs, { rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Libsql from 'libsql';
import type * as Servers from '../../../src/http/server.ts';
import type * as FactStores from '../../../src/facts/factStore.ts';
import type * as Projectors from '../../../src/app/projector.ts';
import type * as MemoryLogs from '../../../src/memory/memoryLog.ts';
import type * as Catalogues from '../../../src/app/catalogue.ts';
import type * as Ledgers from '../../../src/app/ledger.ts';
import type * as Recording from '../../../src/app/recordEvents.ts';
import type * as Receipt from '../../../src/app/keptReceipts.ts';
import type * as Engines from '../../../src/main/openEngine.ts';
import type * as KeptReceipts from '../../../src/sql/kyselyKeptReceipts.ts';
import type * as Receipts from '../../../src/memory/memoryKeptReceipts.ts';
import type { AppendResult, EventLog, ReadModels } from '../../../src/app/ports.ts';
import { batchMaker, BRANCHES, eventOf } from '../../support/clientBatches.ts';
import { clientLedger } from '../../support/clientLedger.ts';
import { seeded } from '../../support/seeded.ts';
import { failure, hold, same, type Check } from './check.ts';
import { expectRight, openEmbedded, record } from './engine.ts';

const one = (id: string, count = 1) => ({ id, branch: BRANCHES[0]!, month: '2019-05-01', count });

/** Batches with repeats, contradictions, corrections and retractions; projected now and then; opened again; facts lost. */
const figures: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const make = batchMaker(seeded(7), client);
  let engine = await openEmbedded(build, folder);
  for (let batch = 0; batch < 24; batch++) {
    await record(engine, client, make(40));
    if (batch % 3 === 0) await engine.ledger.project();
    if (batch % 8 === 7) {
      await engine.ledger.project();
      await expectRight(engine, client);
      await engine.close();
      if (batch === 15) rmSync(join(folder, 'facts'), { recursive: true });
      engine = await openEmbedded(build, folder);
      await expectRight(engine, client);
    }
  }
  await record(engine, client, [one('x'), one('x'), one('y')]);
  await record(engine, client, client.recorded().slice(0, 50));
  // A year of which nothing is left.
  const lonely = { ...one('lonely'), month: '2025-05-01' };
  await record(engine, client, [lonely]);
  await engine.ledger.project();
  await record(engine, client, [{ ...lonely, id: 'withdrawal', amends: 'lonely', withdraws: true }]);
  await engine.ledger.project();
  await expectRight(engine, client);
  // Of two corrections of one event the later made holds, whichever comes first.
  const again = [3, 1, 2].map((day) => ({
    ...eventOf({ ...one(`late-${day}`, day), amends: 'y' }),
    time: `2024-07-0${day}T12:00:00Z`,
  }));
  await engine.ledger.record(again);
  await engine.ledger.project();
  const { points } = await engine.ledger.series({ indicator: 'loans', place: BRANCHES[0]!, granularity: 'month', from: '2019-05-01', to: '2019-05-31' }); // prettier-ignore
  const before = client.expected().get(`${BRANCHES[0]!} 2019-05-01`) ?? 0;
  same(points.find(({ start }) => start === '2019-05-01')?.value, before - 1 + 3, 'figure after three corrections');
  await engine.close();
};

/** What is refused is refused for its own reason, and another feed may use the same ids. */
const refusals: Check = async ({ build, folder }) => {
  const { ledger, log, close } = await openEmbedded(build, folder);
  const event = eventOf(one('a')) as { data: object };
  const codes = async (...events: object[]) =>
    (await ledger.record(events)).map(({ outcome, problem }) => problem?.code ?? outcome);
  same(
    await codes(
      event,
      { ...event, id: 'b', type: 'org.outcome-ledger.loans.imagined.v1' },
      { ...event, id: 'c', data: { ...event.data, window: '2030-01-01/P1M' } },
      { ...event, id: 'd', data: { ...event.data, count: -1 } },
      { ...event, data: { ...event.data, count: 2 } },
      { ...event, source: 'urn:library:E08000021:other' },
    ),
    ['accepted', 'unknown-event-type', 'invalid-event', 'invalid-event', 'event-conflict', 'accepted'],
    'outcomes',
  );
  same(await ledger.size(), 2, 'events in the log');
  const stored = { id: 'n', body: '{"id":"n"}', hash: 'ab'.repeat(32) };
  same(await failure(log.append('urn:new', [stored], 3), 'an append at a wrong revision'), 'wrong-expected-revision', 'code'); // prettier-ignore
  await close();
};

/** Nothing is answered before the log has said that it is durable, and what it refuses is not answered as kept. */
const acknowledgement: Check = async ({ build, folder }) => {
  let answer = (): void => undefined;
  let fails = false;
  const held = (log: EventLog): EventLog => ({
    ...log,
    async append(...given): Promise<AppendResult> {
      await new Promise<void>((resolve) => (answer = resolve));
      if (fails) throw new Error('no space left');
      return log.append(...given);
    },
  });
  const { ledger, close } = await openEmbedded(build, folder, { log: held });
  for (fails of [false, true]) {
    let answered = false;
    const recording = ledger.record([eventOf(one(`a${fails}`))]).then((outcomes) => {
      answered = true;
      return outcomes;
    });
    recording.catch(() => undefined);
    await pause(40);
    hold(!answered, 'an event was answered before the log had it');
    answer();
    if (fails) await failure(recording, 'a log that fails');
    else same((await recording)[0]?.outcome, 'accepted', 'outcome');
  }
  same(await ledger.size(), 1, 'events in the log');
  await close();
};

/** A commit that fails half way leaves observations and checkpoint as they were, and the next makes up for it. */
const halfCommits: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const make = batchMaker(seeded(11), client);
  const engine = await openEmbedded(build, folder);
  await record(engine, client, make(40));
  await engine.ledger.project();
  const before = await engine.readModels.checkpoint();
  await record(engine, client, make(40));
  const other = new Libsql(join(folder, 'ledger.sqlite'));
  other.exec("create trigger planted before insert on observations_v2 begin select raise(abort, 'planted'); end");
  await failure(engine.ledger.project(), 'a commit that fails');
  same(await engine.readModels.checkpoint(), before, 'checkpoint after a commit that failed');
  other.exec('drop trigger planted');
  other.close();
  await record(engine, client, make(40));
  await engine.ledger.project();
  await expectRight(engine, client);
  await engine.close();
};

/** Of two projectors on the same read models the one that is behind is told so. */
const stale: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const make = batchMaker(seeded(13), client);
  const one = await openEmbedded(build, folder);
  const two = await openEmbedded(build, folder, { facts: 'facts-of-two' });
  for (let round = 0; round < 3; round++) {
    await record(one, client, make(30));
    await one.ledger.project();
    await record(one, client, make(30));
    same(await failure(two.ledger.project(), 'a projector that is behind'), 'checkpoint-moved', 'code');
    await two.ledger.project();
    await expectRight(two, client);
    same(await failure(one.ledger.project(), 'the other that is behind now'), 'checkpoint-moved', 'code');
    await one.ledger.project();
    same(one.ledger.ordinal(), await one.ledger.size(), 'where the one that was overtaken stands');
  }
  await two.close();
  await one.close();
};

/** Of two projectors that know different definitions, neither takes what the other has not seen for seen. */
const catalogues: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const make = batchMaker(seeded(23), client);
  const loans = await openEmbedded(build, folder);
  const openVisits = () => openEmbedded(build, folder, { facts: 'facts-of-visits', indicator: 'visits' });
  await record(loans, client, make(30));
  await loans.ledger.project();
  let visits = await openVisits();
  for (let round = 0; round < 3; round++) {
    await expectRight(loans, client);
    const seen = await loans.readModels.checkpoint();
    await record(loans, client, make(30));
    await visits.ledger.project();
    const asked = { indicator: 'loans', place: BRANCHES[0]!, granularity: 'month' } as const;
    same((await loans.ledger.series(asked)).position, seen?.ordinal, 'position of what the other does not know');
    const now = await loans.readModels.checkpoint();
    const next = { ordinal: now!.ordinal + 1, position: 'next', fingerprint: 'next' };
    const { projection } = loans.ledger.catalogue.find('loans');
    for (const [from, changes] of [[seen, []], [now, [{ projection, upserts: [], removals: [] }]]] as const) {
      const commit = loans.readModels.commit(from, next, changes);
      same(await failure(commit, 'a commit from where nothing stands'), 'checkpoint-moved', 'code');
    }
    same(await failure(loans.ledger.project(), 'a projector that was overtaken'), 'checkpoint-moved', 'code');
    await loans.ledger.project();
    await visits.close();
    visits = await openVisits();
  }
  await expectRight(loans, client);
  same((await visits.ledger.verify()).differences, [], 'differences from a rebuild at the other');
  await visits.close();
  await loans.close();
}; // prettier-ignore

/** A page that comes twice counts once; read models ahead of the log, or of another one, are refused. */
const positions: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const engine = await openEmbedded(build, folder);
  await record(engine, client, batchMaker(seeded(17), client)(60));
  const { openProjector } = await build<typeof Projectors>('src/app/projector.js');
  const { openFactStore } = await build<typeof FactStores>('src/facts/factStore.js');
  const { log, readModels, ledger } = engine;
  const facts = openFactStore(join(folder, 'taken'));
  const projector = await openProjector({ log, facts, readModels }, ledger.catalogue.indicators);
  const page = await log.read(null, 100);
  await projector.take(page.slice(0, 20));
  await projector.take(page.slice(0, 20));
  await projector.take(page.slice(10));
  same(projector.ordinal(), page.length, 'knowledge position after pages that overlap');
  await engine.close();
  const again = await openEmbedded(build, folder);
  await expectRight(again, client);
  const { memoryLog } = await build<typeof MemoryLogs>('src/memory/memoryLog.js');
  const empty = memoryLog({ now: () => new Date() });
  const opening = openProjector({ log: empty, facts, readModels: again.readModels }, ledger.catalogue.indicators);
  same(await failure(opening, 'read models ahead of the log'), 'unavailable', 'code');
  const other = memoryLog({ now: () => new Date() });
  const { newEvent } = await build<typeof Recording>('src/app/recordEvents.js');
  await other.append('urn:other', page.map((_, n) => newEvent(eventOf(one(`other-${n}`)) as never)), 'any'); // prettier-ignore
  const fresh = openFactStore(join(folder, 'fresh'));
  const elsewhere = openProjector(
    { log: other, facts: fresh, readModels: again.readModels },
    ledger.catalogue.indicators,
  );
  same(await failure(elsewhere, 'read models of another log'), 'unavailable', 'code');
  await again.close();
};

/** What others write into a stream counts once, and not where it says to be of another feed. */
const foreign: Check = async ({ build, folder }) => {
  const { openFactStore } = await build<typeof FactStores>('src/facts/factStore.js');
  const store = openFactStore(folder);
  const event = eventOf(one('foreign')) as { source: string };
  const recordedAt = '2026-11-01T12:00:00.000Z';
  store.append([
    { position: '1', event, recordedAt, foreignStream: event.source },
    { position: '2', event, recordedAt, foreignStream: event.source },
    { position: '3', event: eventOf(one('elsewhere')), recordedAt, foreignStream: 'urn:library:another' },
  ]);
  same(store.parked(3).map(({ row }) => row), [1, 2], 'rows that do not count'); // prettier-ignore
};

/** What cannot be read is parked, shown, and said of the figures that may depend on it. */
const parking: Check = async ({ build, folder }) => {
  const { ledger, log, close } = await openEmbedded(build, folder);
  await ledger.record([eventOf(one('a', 5))]);
  const body = JSON.stringify({ ...eventOf(one('b')), type: 'org.outcome-ledger.loans.imagined.v1' });
  await log.append('urn:library:E08000021:lms', [{ id: 'b', body, hash: createHash('sha256').update(body).digest('hex') }], 'any'); // prettier-ignore
  await ledger.record([eventOf(one('c', 7))]);
  await ledger.project();
  same(ledger.parked().map(({ ordinal, id }) => [ordinal, id]), [[2, 'b']], 'parked events'); // prettier-ignore
  const series = await ledger.series({ indicator: 'loans', place: BRANCHES[0]!, granularity: 'month' });
  same(series.points.find(({ value }) => value !== null)?.value, 12, 'figure beside a parked event');
  hold(JSON.stringify(series).includes('"parked":1'), 'a figure that may depend on a parked event does not say so');
  await ledger.dismiss(2, { by: 'analyst', why: 'unreadable' });
  same(ledger.parked(), [], 'parked events after a dismissal');
  await close();
};

/** Files of facts are flushed before they get their names, their names before the list of them; commits are flushed. */
const durability: Check = async ({ build, folder }) => {
  const done: string[] = [];
  const names = new Map<number, string>();
  const { openSync, fsyncSync, renameSync } = fs;
  const name = (path: unknown): string => String(path).split('/').pop()!;
  fs.openSync = (...given) => {
    const file = openSync(...given);
    names.set(file, name(given[0]));
    return file;
  };
  fs.fsyncSync = (file) => {
    done.push(`flush ${names.get(file)}`);
    fsyncSync(file);
  };
  fs.renameSync = (from, to) => {
    done.push(`name ${name(to)}`);
    renameSync(from, to);
  };
  syncBuiltinESMExports();
  try {
    const { openFactStore } = await build<typeof FactStores>('src/facts/factStore.js');
    const store = openFactStore(join(folder, 'apart', 'facts'));
    const events = Array.from({ length: 4_200 }, (_, n) => ({
      position: String(n).padStart(16, '0'),
      event: eventOf(one(`e${n}`)),
    }));
    store.append(events);
  } finally {
    Object.assign(fs, { openSync, fsyncSync, renameSync });
    syncBuiltinESMExports();
  }
  const segments = done.filter((step) => /^name .*\.facts\.arrow$/.test(step));
  hold(segments.length > 0, 'no segment was written');
  for (const step of done.filter((step) => step.startsWith('name '))) {
    const flushed = done.indexOf(`flush ${step.slice(5)}.partial`);
    hold(flushed >= 0 && flushed < done.indexOf(step), `${step.slice(5)} got its name before it was flushed`);
  }
  const listed = done.lastIndexOf('name manifest.json');
  const between = done.slice(done.lastIndexOf(segments.at(-1)!), listed);
  hold(between.includes('flush facts'), 'a segment was listed before its name was flushed');
  hold(done.slice(listed).includes('flush facts'), 'the name of the list was not flushed');

  const { database, close } = await openEmbedded(build, folder);
  const { sql } = await import('kysely');
  const pragma = async (which: string) =>
    Object.values((await sql<Record<string, unknown>>`pragma ${sql.raw(which)}`.execute(database.kysely)).rows[0]!)[0];
  same([await pragma('synchronous'), await pragma('journal_mode')], [2, 'wal'], 'synchronous and journal mode');
  await close();
};

/** What the API answers: lines by their numbers, refusals when there is no room, each with Retry-After. */
const answers: Check = async ({ build, folder }) => {
  let letGo = (): void => undefined;
  let gate: Promise<void> = Promise.resolve();
  const slow = (log: EventLog): EventLog => ({
    ...log,
    async append(...given) {
      await gate;
      return log.append(...given);
    },
  });
  const engine = await openEmbedded(build, folder, { log: slow });
  const { httpServer } = await build<typeof Servers>('src/http/server.js');
  const { memoryKeptReceipts } = await build<typeof Receipts>('src/memory/memoryKeptReceipts.js');
  let isSameLog = true;
  const app = httpServer({
    ledger: { ...engine.ledger, holds: () => Promise.resolve(isSameLog) },
    keptReceipts: memoryKeptReceipts({ now: () => new Date() }),
    key: 'k',
    version: '0',
    ready: () => true,
    imports: { uploads: { load: () => [] } },
  } as unknown as Parameters<typeof Servers.httpServer>[0]);
  const send = (lines: readonly string[], key: object = {}) =>
    app.inject({ method: 'POST', url: '/v1/events', payload: lines.join('\n'), headers: { 'content-type': 'application/x-ndjson', host: 'localhost', ...key } }); // prettier-ignore
  const keyed = (id: string) => send([JSON.stringify(eventOf(one(id)))], { 'idempotency-key': 'k-1' });
  const first = await keyed('keyed');
  same((await keyed('keyed')).body, first.body, 'a request sent again under its key');
  same((await keyed('another')).statusCode, 422, 'another request under the key');
  isSameLog = false;
  same((await keyed('keyed')).json<{ duplicates: number }>().duplicates, 1, 'duplicates after the log was restored');
  const lines = Array.from({ length: 1_100 }, (_, n) => JSON.stringify(eventOf(one(`l${n}`))));
  lines[1_050] = '{';
  const answer = await send(lines);
  const receipt = answer.json<{ accepted: number; refused: number; outcomes: { index: number; line: number; outcome: string }[] }>(); // prettier-ignore
  same([answer.statusCode, receipt.accepted, receipt.refused], [200, 1_099, 1], 'receipt');
  const refused = receipt.outcomes.find(({ outcome }) => outcome === 'refused');
  same([refused?.index, refused?.line], [1_050, 1_051], 'where the bad line was');
  same(receipt.outcomes.map(({ index }) => index), lines.map((_, index) => index), 'indexes'); // prettier-ignore

  gate = new Promise((resolve) => (letGo = resolve));
  const open = Array.from({ length: 8 }, (_, n) => send([JSON.stringify(eventOf(one(`o${n}`)))]));
  await pause(60);
  const ninth = await Promise.race([send([JSON.stringify(eventOf(one('ninth')))]), pause(2_000)]);
  hold(ninth !== undefined, 'a ninth batch at once was taken in');
  same([ninth.statusCode, ninth.headers['retry-after']], [503, '1'], 'a ninth batch at once');
  letGo();
  same((await Promise.all(open)).map(({ statusCode }) => statusCode), Array(8).fill(200), 'the eight before it'); // prettier-ignore
  await app.close();
  await engine.close();
};

/** A receipt is believed for a day and no longer, and does not lie about for ever. */
const receipts: Check = async ({ build, folder }) => {
  const { database, close } = await openEmbedded(build, folder);
  const { kyselyKeptReceipts } = await build<typeof KeptReceipts>('src/sql/kyselyKeptReceipts.js');
  const { KEPT_MS } = await build<typeof Receipt>('src/app/keptReceipts.js');
  let now = new Date('2026-11-01T12:00:00Z');
  const kept = kyselyKeptReceipts(database, { now: () => now });
  const receipt = { fingerprint: 'f', receipt: '{}', mark: null };
  await kept.keep('a', receipt);
  now = new Date(now.getTime() + KEPT_MS);
  same(await kept.find('a'), receipt, 'a receipt after a day');
  now = new Date(now.getTime() + 1);
  same(await kept.find('a'), null, 'a receipt after more than a day');
  await kept.keep('b', receipt);
  const rows = await database.kysely.selectFrom('kept_receipts').select('key').execute();
  same(rows.map(({ key }) => key), ['b'], 'receipts that are kept'); // prettier-ignore
  await close();
};

/** A rebuild makes read models that were damaged whole again, in a running engine and on a stopped one. */
const rebuilds: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const engine = await openEmbedded(build, folder);
  await record(engine, client, batchMaker(seeded(29), client)(60));
  await engine.ledger.project();
  const damage = (): void => {
    const database = new Libsql(join(folder, 'ledger.sqlite'));
    const { changes } = database.prepare('delete from observations_v2 where place = ?').run(BRANCHES[0]!);
    hold(changes > 0, 'there was nothing to damage');
    database.close();
  };
  damage();
  hold((await engine.ledger.verify()).differences.length > 0, 'damage was not seen');
  await engine.ledger.rebuild();
  await expectRight(engine, client);
  damage();
  await engine.close();
  const { openEngine } = await build<typeof Engines>('src/main/openEngine.js');
  const config = {
    data: folder,
    host: '',
    port: 0,
    readings: null,
    eventStoreUrl: null,
    logUrl: null,
    readModelsUrl: null,
  };
  // It knows all definitions, but a damaged projection that it knows already is not made again by that.
  for (const startAgain of [false, true]) {
    const opened = await openEngine(config, { onFailure: () => undefined }, undefined, { startAgain });
    await opened.ledger.project();
    same((await opened.ledger.verify()).differences.length > 0, !startAgain, 'whether damage is there');
    await opened.close();
  }
};

/** A projector whose read models fail at any one call goes on rightly. */
const failingCalls: Check = async ({ build, folder }) => {
  const client = clientLedger();
  const make = batchMaker(seeded(19), client);
  const engine = await openEmbedded(build, folder);
  const { openLedger } = await build<typeof Ledgers>('src/app/ledger.js');
  const { catalogueOf } = await build<typeof Catalogues>('src/app/catalogue.js');
  const { openFactStore } = await build<typeof FactStores>('src/facts/factStore.js');
  let failing = false;
  const readModels: ReadModels = {
    ...engine.readModels,
    async commit(...given) {
      if (failing) throw new Error('planted');
      return engine.readModels.commit(...given);
    },
  };
  const ledger = await openLedger({
    log: engine.log,
    readModels,
    feedRegister: engine.feedRegister,
    catalogue: catalogueOf(engine.ledger.catalogue.indicators.map(({ definition }) => definition)),
    openFacts: () => openFactStore(join(folder, 'other')),
    discardFacts: () => undefined,
    factsBeside: () => ({ store: openFactStore(join(folder, 'beside-2')), discard: () => rmSync(join(folder, 'beside-2'), { recursive: true }) }),
    now: () => new Date('2026-11-01T12:00:00Z'),
    onFailure: () => undefined,
  }); // prettier-ignore
  const under = { ...engine, ledger };
  for (let round = 0; round < 3; round++) {
    await record(under, client, make(30));
    failing = true;
    await failure(ledger.project(), 'a commit that fails');
    failing = false;
    await record(under, client, make(30));
    await ledger.project();
    await expectRight(under, client);
  }
  await engine.close();
};

export const EMBEDDED: Readonly<Record<string, Check>> = {
  figures,
  refusals,
  acknowledgement,
  halfCommits,
  failingCalls,
  stale,
  catalogues,
  positions,
  foreign,
  parking,
  durability,
  answers,
  receipts,
  rebuilds,
};
