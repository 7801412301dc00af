/**
 * P1, P2, P5 with a real process that is killed again and again: nothing acknowledged is lost, nothing is counted twice.
 *
 * The process is frozen, looked at, and killed as it stands or let run on: so each kill falls where the test wants it,
 * the product knows nothing of tests, and what is printed is what was seen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { newClient, type Client } from '../support/client.ts';
import { startDouble } from '../support/eventstoredb/startDouble.ts';
import { freeze, openTransactions, writesToSqlite } from '../support/frozen.ts';
import { outcomes, starting, withData, type Starting } from '../support/outcomes.ts';
import { describeWithPostgres } from '../support/postgres.ts';
import { seeded, SEED, type Draw } from '../support/seeded.ts';
import { wholeProof } from '../support/share.ts';
import { settled } from '../support/shownFigures.ts';

/** Kills in `npm run prove` that hit a batch unanswered or a transaction open; one in twenty of them in `npm test`. */
const KILLS = { embedded: 680, PostgreSQL: 160, EventStoreDB: 160 };
const SHARE = wholeProof ? 1 : 20;
const BATCH_EVENTS = 120;
/** Every so many kills the figures are compared with the model, and at the end of each lane. */
const COMPARE_EVERY = 8;

/** Where a kill is wanted. */
const AIMS = [
  ...Array<'answer'>(5).fill('answer'),
  ...Array<'append'>(5).fill('append'),
  ...Array<'projection'>(9).fill('projection'),
  'start',
  'idle',
] as const;
type Aim = (typeof AIMS)[number];

/**
 * What the frozen process was seen to be at. With no batch under way, an open transaction is a projection's; with the
 * log on EventStoreDB it may also be the one that keeps the identities of what was answered last.
 */
type Seen =
  'starting' | 'a batch unanswered' | 'a batch unanswered and a transaction open' | 'a projection open' | 'idle';

interface Lane {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the frozen process has a transaction open. */
  readonly isWriting: (data: string) => Promise<boolean>;
}

const onSqlite = async (data: string): Promise<boolean> => writesToSqlite(join(data, 'ledger.sqlite'));

/** Kills one server after another on one data directory, with one client, and answers where the kills fell. */
async function killAgainAndAgain({ name, env, isWriting }: Lane, kills: number, seed: number): Promise<Seen[]> {
  const draw = seeded(seed);
  const fell: Seen[] = [];
  await withData(async (data) => {
    const client = newClient(draw);
    for (let kill = 1; kill <= kills; kill++) {
      const server = starting(data, env);
      const seen = await killOnce(server, client, draw, () => isWriting(data), kill);
      if (seen === 'starting' || seen === 'idle') kill -= 1;
      fell.push(seen);
    }
    const server = starting(data, env);
    try {
      await client.sendAgain(await server.address);
      await client.compare(await server.address);
    } finally {
      await server.end('SIGTERM');
    }
    const verified = await outcomes(data, ['verify'], env);
    expect(verified.out + verified.err, name).toContain('byte-identical');
    expect(client.ledger.recorded().length).toBeGreaterThan(kills * 20);
  });
  return fell;
}

/** Lets the server work for a while, and ends it with SIGKILL. */
async function killOnce(
  server: Starting,
  client: Client,
  draw: Draw,
  isWriting: () => Promise<boolean>,
  kill: number,
): Promise<Seen> {
  // However few kills there are, both of these are among them.
  const aim: Aim = kill === 1 ? 'answer' : kill === 2 ? 'projection' : draw.of(AIMS);
  try {
    if (aim === 'start') {
      await Promise.race([pause(100 + draw.below(1_500)), server.address]);
      return 'starting';
    }
    const address = await server.address;
    await client.sendAgain(address);
    if (kill % COMPARE_EVERY === 0) await client.compare(address);
    for (let round = draw.below(3); round > 0; round--) await client.sendNew(address, BATCH_EVENTS);
    return await huntDown(server, address, client, draw, aim, isWriting);
  } finally {
    await server.end('SIGKILL');
  }
}

/** Works on the server, freezing it now and then, until it is where the kill is wanted; after a time anywhere will do. */
async function huntDown(
  { child }: Starting,
  address: string,
  client: Client,
  draw: Draw,
  aim: Exclude<Aim, 'start'>,
  isWriting: () => Promise<boolean>,
): Promise<Seen> {
  if (aim === 'idle') {
    await settled(address);
    await pause(draw.below(100));
    return 'idle';
  }
  for (const start = Date.now(); ;) {
    let open = true;
    const sending = client.sendNew(address, BATCH_EVENTS).finally(() => (open = false));
    // Not awaited while the process is frozen, and of no interest once it is dead.
    sending.catch(() => undefined);
    if (aim === 'projection') await sending;
    for (let looks = 0; looks < 40; looks++) {
      await pause(aim === 'projection' ? draw.below(8) : draw.below(4));
      if (aim !== 'projection' && !open) break;
      await freeze(child);
      // What was answered before the freeze is read now: it is no longer under way.
      await pause(3);
      const writing = await isWriting();
      const seen: Seen = open
        ? writing ? 'a batch unanswered and a transaction open' : 'a batch unanswered'
        : writing ? 'a projection open' : 'idle'; // prettier-ignore
      const wanted = { answer: open, append: open && writing, projection: !open && writing }[aim];
      if (wanted || Date.now() - start > 4_000) return seen;
      child.kill('SIGCONT');
    }
    await sending;
  }
}

/** Two lanes at a time, so that one works while the other waits. Prints where the kills fell. */
async function killsOn(log: keyof typeof KILLS, lanes: readonly Lane[]): Promise<void> {
  const kills = Math.ceil(KILLS[log] / SHARE);
  const replay = `OUTCOMES_SEED=${SEED} npx vitest run --config test/vitest.config.ts test/faults/kill.test.ts -t '${log}'`;
  console.log(`${log}: ${kills} of ${KILLS[log]} kills; the same events and aims again: ${replay}`);
  const began = Date.now();
  const each = Math.ceil(kills / lanes.length);
  const fell = (await Promise.all(lanes.map((lane, at) => killAgainAndAgain(lane, each, SEED + 1_000 * at)))).flat();
  const counts = new Map<Seen, number>();
  for (const seen of fell) counts.set(seen, (counts.get(seen) ?? 0) + 1);
  const shown = [...counts].map(([seen, count]) => `${count} ${seen}`).join(', ');
  console.log(`${log}: ${fell.length} kills in ${seconds(began)} s: ${shown}; 0 acknowledged lost, 0 counted twice`);
  expect(counts.get('a projection open') ?? 0, 'kills of an open projection').toBeGreaterThan(0);
  expect(counts.get('a batch unanswered') ?? 0, 'kills before the answer').toBeGreaterThan(0);
}

const seconds = (began: number): number => Math.round((Date.now() - began) / 1_000);

const HOURS_2 = 7_200_000;

describe('a server that is killed loses nothing and doubles nothing', () => {
  it('with everything embedded', { timeout: HOURS_2 }, async () => {
    await killsOn(
      'embedded',
      [1, 2].map((lane) => ({ name: `embedded ${lane}`, env: {}, isWriting: onSqlite })),
    );
  });

  it('with its log on EventStoreDB', { timeout: HOURS_2 }, async () => {
    const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'outcomes-eventstore-')));
    const doubles = await Promise.all(folders.map((folder) => startDouble({ folder })));
    try {
      await killsOn('EventStoreDB', doubles.map(({ url }) => ({ name: url, env: { EVENTSTORE_URL: url }, isWriting: onSqlite }))); // prettier-ignore
    } finally {
      for (const double of doubles) await double.stop();
      for (const folder of folders) rmSync(folder, { recursive: true });
    }
  });
});

describeWithPostgres('a server that is killed loses nothing and doubles nothing', (freshDatabase) => {
  it('with everything on PostgreSQL', { timeout: HOURS_2 }, async () => {
    const urls = [await freshDatabase(), await freshDatabase()];
    await killsOn('PostgreSQL', urls.map((url) => ({
      name: url,
      env: { OUTCOMES_LOG_URL: url, OUTCOMES_READ_MODELS_URL: url },
      isWriting: async () => (await openTransactions(url)).length > 0,
    }))); // prettier-ignore
  });
});
