/**
 * P1, P2 with a service that is killed again and again while it sends: what its client acknowledged is recorded, or
 * refused with a reason, once. Requests go through faults on the way, so that some are under way at each kill.
 */
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { testServer } from '../../http/testServer.ts';
import { FAULTS, faultProxy } from '../../support/faultProxy.ts';
import { hasty, linesIn, sending, withSpool } from '../../support/sending.ts';
import { SEED, seeded } from '../../support/seeded.ts';
import { runs } from '../../support/share.ts';

const KILLS = runs(20);
const LOADER = new URL('../../support/runTypeScript.mjs', import.meta.url).pathname;
const VICTIM = new URL('sendAndTell.ts', import.meta.url).pathname;

/** Starts a sender, kills it so many milliseconds after it was started or opened its spool, and answers what it had acknowledged. */
async function killSender(
  address: string,
  spool: string,
  first: number,
  after: { start_ms: number } | { open_ms: number },
): Promise<number[]> {
  const sender = spawn(process.execPath, ['--import', LOADER, VICTIM, address, spool, `${first}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((done) => sender.once('close', done));
  let told = '';
  const opened = new Promise<void>((done) =>
    sender.stdout.on('data', (text: Buffer) => {
      told += text.toString();
      done();
    }),
  );
  try {
    if ('open_ms' in after) await Promise.race([opened, gone]);
    await pause('open_ms' in after ? after.open_ms : after.start_ms);
  } finally {
    sender.kill('SIGKILL');
  }
  await gone;
  // The last line may have been cut short.
  const [open, ...numbers] = told.split('\n').slice(0, -1);
  if ('open_ms' in after) expect(open).toBe('open');
  return numbers.map(Number);
}

const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

it(
  `${KILLS} kills of a sender lose nothing that was acknowledged, and double nothing`,
  { timeout: 1_800_000 },
  async () => {
    const draw = seeded(SEED);
    const server = await testServer({ filled: false });
    const proxy = await faultProxy(await server.listen(), () => (draw.chance(0.7) ? 'none' : draw.of(FAULTS)), 600);
    try {
      await withSpool(async (spool) => {
        const acknowledged: number[] = [];
        for (let kill = 0; kill < KILLS; kill++) {
          const after = draw.chance(0.15) ? { start_ms: 100 + draw.below(400) } : { open_ms: draw.below(250) };
          acknowledged.push(...(await killSender(proxy.address, spool, kill * 100_000, after)));
        }
        const waiting = linesIn(spool, 'waiting').length;
        const { client } = await sending({ address: proxy.address, spool }, hasty(500));
        await client.flush();
        await client.close();

        const events = await server.log.read(null, 10_000_000);
        const recorded = events.map(({ event }) => Number('subject' in event ? event.subject.split('-')[1] : NaN));
        const refusedEvents = linesIn(spool, 'refused').map(
          (line) => (JSON.parse(line) as { event: { subject: string; sequence: string } }).event,
        );
        const refused = refusedEvents.map(({ subject }) => Number(subject.split('-')[1]));
        const sequences = [...events.map(({ event }) => event), ...refusedEvents].map(({ sequence }) =>
          Number(sequence),
        );
        const settled = [...recorded, ...refused];
        const once = new Set(settled);
        expect(linesIn(spool, 'waiting')).toEqual([]);
        expect(sorted(settled)).toEqual(sorted(once));
        expect(refused.every((number) => number % 20 === 3)).toBe(true);
        expect(sorted(acknowledged).filter((number) => !once.has(number))).toEqual([]);
        expect(acknowledged.length).toBeGreaterThan(KILLS * 5);
        // Numbered through all the kills, without a gap and none twice.
        expect(sorted(sequences)).toEqual(sequences.map((_, at) => at + 1));
        console.log(
          `${KILLS} kills of a sender, seed ${SEED}: ${acknowledged.length} events acknowledged, ${recorded.length} recorded, ` +
            `${refused.length} refused, ${waiting} were left waiting by the last kill; 0 lost, 0 doubled`,
        );
      });
    } finally {
      await proxy.close();
      await server.close();
    }
  },
);
