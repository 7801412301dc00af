/** P1, P2, P5 with a real process that is killed: nothing acknowledged is lost, nothing is counted twice. */
import { describe, expect, it } from 'vitest';
import type { Series } from '../../contracts/series.ts';
import { outcomes, post, served, withData } from '../support/outcomes.ts';
import { wholeProof } from '../support/share.ts';

const KILLS = wholeProof ? 100 : 6;
const BATCHES = 40;
const BATCH_EVENTS = 250;

/** A small generator of its own, so that a failure can be played again from its seed. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Sent {
  readonly id: string;
  readonly place: string;
  readonly month: number;
  readonly count: number;
}

const eventOf = ({ id, place, month, count }: Sent): object => ({
  specversion: '1.0', id, source: `urn:library:E08000021:${place}`, type: 'org.outcome-ledger.loans.counted.v1', subject: `E08000021/${place}`,
  data: { window: `${2018 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01/P1M`, method: 'system', counts: 'issues', format: 'e-book', count },
}); // prettier-ignore

describe('a server that is killed', () => {
  it(`loses nothing and doubles nothing over ${KILLS} kills with a batch under way`, async () => {
    const seed = Number(process.env['OUTCOMES_SEED'] ?? 20_261_101);
    console.log(
      `kill test: ${KILLS} of 100 kills; replay with OUTCOMES_SEED=${seed} npx vitest run --config test/vitest.config.ts test/faults/kill.test.ts`,
    );
    await withData(async (data) => {
      const draw = generator(seed);
      let server = await served(data);
      const ledger = new Map<string, Sent>();
      const pending: Sent[][] = [];
      const fell = { unanswered: 0, answered: 0 };
      const perKill = Math.ceil(BATCHES / KILLS);
      for (let kill = 0, n = 0; kill < KILLS; kill++) {
        const batches = Array.from({ length: Math.max(2, perKill) }, () =>
          Array.from({ length: 1 + draw(BATCH_EVENTS) }, () => ({
            id: `e${n++}`,
            place: `branch-${draw(4)}`,
            month: draw(30),
            count: draw(1_000),
          })),
        );
        const killer = new Promise<void>((done) =>
          setTimeout(() => void server.end('SIGKILL').then(() => done()), 20 + draw(150)),
        );
        for (const batch of [...pending.splice(0), ...batches]) {
          try {
            const answer = await post(server.address, batch.map(eventOf));
            expect(answer).toMatchObject({ refused: 0, accepted: expect.any(Number) as number });
            for (const sent of batch) ledger.set(sent.id, sent);
            fell.answered += 1;
          } catch {
            pending.push(batch);
            fell.unanswered += 1;
          }
        }
        await killer;
        server = await served(data);
      }
      // What was never answered is sent again: some of it is there already.
      for (const batch of pending) {
        await post(server.address, batch.map(eventOf));
        for (const sent of batch) ledger.set(sent.id, sent);
      }
      console.log(
        `kill test: ${fell.answered} batches answered, ${fell.unanswered} cut off by a kill, ${ledger.size} events in all`,
      );
      const totals = new Map<string, number>();
      for (const { place, month, count } of ledger.values()) {
        const key = `E08000021/${place} ${2018 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
        totals.set(key, (totals.get(key) ?? 0) + count);
      }
      await settled(server.address, ledger.size);
      for (let branch = 0; branch < 4; branch++) {
        const place = `E08000021/branch-${branch}`;
        const response = await fetch(
          `${server.address}/v1/indicators/loans/series?place=${encodeURIComponent(place)}&by=month`,
        );
        const series = (await response.json()) as Series;
        for (const point of series.points.filter((p) => p.value !== null)) {
          expect(point.value, `${place} ${point.period}`).toBe(totals.get(`${place} ${point.start}`));
          totals.delete(`${place} ${point.start}`);
        }
      }
      expect([...totals.keys()], 'months that were acknowledged and are not shown').toEqual([]);
      await server.end('SIGTERM');
      const verified = await outcomes(data, ['verify']);
      expect(verified.err + verified.out).toContain('byte-identical');
      expect(verified.code).toBe(0);
    });
  });
});

async function settled(address: string, events: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const response = await fetch(`${address}/v1/indicators/loans/series?by=month`).catch(() => null);
    const position = response?.ok === true ? ((await response.json()) as Series).position : 0;
    if (position >= events) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${events} events were acknowledged and not all became visible`);
}
