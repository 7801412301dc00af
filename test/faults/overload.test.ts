/**
 * P10: a server that is sent five times what it can take refuses the rest, stays small, keeps what it acknowledged, and
 * is its old self afterwards. A real process, and real sockets.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BRANCHES, eventOf } from '../support/clientBatches.ts';
import { clientLedger, differences, type Answer, type Sent } from '../support/clientLedger.ts';
import { served, withData } from '../support/outcomes.ts';
import { wholeProof } from '../support/share.ts';
import { settled, shownFigures } from '../support/shownFigures.ts';

const STORM_MS = wholeProof ? 60_000 : 6_000;
const BATCH_EVENTS = 500;
const MEMORY_MIB = 512;

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/**
 * Many senders, each with a connection that it keeps. New connections would tell little: while the embedded database
 * works they wait in the system's queue, which is bounded, and come to the server one by one.
 */
const SENDERS = 200;

function postOnce(agent: Agent, address: string, body: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sending = request(`${address}/v1/events`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/x-ndjson', 'content-length': Buffer.byteLength(body) },
    });
    sending.on('response', (response: IncomingMessage) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body: text }),
      );
      response.on('error', reject);
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

/** The most memory that the process ever held, in MiB; null where the system does not tell. */
function residentPeak(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8'))?.[1]) / 1024);
}

it('P10: at five times its capacity a server answers 429 or 503 with Retry-After, and loses nothing', async () => {
  await withData(async (data) => {
    const server = await served(data);
    const agent = new Agent({ keepAlive: true, maxSockets: SENDERS, maxFreeSockets: SENDERS });
    const ledger = clientLedger();
    let made = 0;
    const batch = (): Sent[] =>
      Array.from({ length: BATCH_EVENTS }, () => {
        const n = made++;
        return { id: `e${n}`, branch: BRANCHES[n % 4]!, month: `2018-0${1 + (n % 9)}-01`, count: n % 100 };
      });
    const lines = (sent: readonly Sent[]): string => sent.map((one) => JSON.stringify(eventOf(one))).join('\n');
    const counts = { acknowledged: 0, refused: 0, broken: 0 };
    /** Sends, and answers whether it was taken. */
    const offer = async (sent: readonly Sent[], body: string): Promise<boolean> => {
      const answer = await postOnce(agent, server.address, body).catch(() => null);
      if (answer?.status === 200) {
        ledger.answered(sent, JSON.parse(answer.body) as Answer);
        counts.acknowledged += 1;
        return true;
      }
      ledger.unanswered(sent);
      if (answer === null) counts.broken += 1;
      else {
        expect([429, 503]).toContain(answer.status);
        expect(Number(answer.retryAfter)).toBeGreaterThan(0);
        counts.refused += 1;
      }
      return false;
    };

    try {
      // 1. What it can take: four senders, each waiting for its answer.
      const began = Date.now();
      await Promise.all(
        [1, 2, 3, 4].map(async () => {
          while (Date.now() - began < 3_000) {
            const sent = batch();
            expect(await offer(sent, lines(sent))).toBe(true);
          }
        }),
      );
      const perSecond = (1_000 * counts.acknowledged) / (Date.now() - began);

      // 2. Five times that, whether it answers or not.
      const offered = Math.ceil((5 * perSecond * STORM_MS) / 1_000);
      const refused: Sent[][] = [];
      const underWay: Promise<void>[] = [];
      await Promise.all(Array.from({ length: SENDERS }, () => offer([], '')));
      Object.assign(counts, { acknowledged: 0, refused: 0, broken: 0 });
      const storm = Date.now();
      for (let n = 0; n < offered; n++) {
        const sent = batch();
        underWay.push(offer(sent, lines(sent)).then((taken) => void (taken || refused.push(sent))));
        const due = storm + (n * STORM_MS) / offered;
        if (Date.now() < due) await pause(due - Date.now());
        else if (n % 8 === 0) await pause(0);
      }
      const stormed = (Date.now() - storm) / 1_000;
      await Promise.all(underWay);
      const peak = residentPeak(server.child.pid!);
      const ratio = offered / stormed / perSecond;
      console.log(
        `overload: capacity ${Math.round(perSecond * BATCH_EVENTS)} events/s, offered ${ratio.toFixed(1)} times that for ${stormed.toFixed(0)} s: ` +
          `${JSON.stringify(counts)} batches of ${BATCH_EVENTS}; resident at most ${peak ?? 'unknown'} MiB`,
      );
      expect(ratio).toBeGreaterThan(2);
      expect(counts.refused).toBeGreaterThan(0);
      if (peak !== null) expect(peak).toBeLessThan(MEMORY_MIB);

      // 3. It recovers at once, and those who were refused are taken when they send again.
      const calm = Date.now();
      const one = batch();
      while (!(await offer(one, lines(one)))) await pause(100);
      expect(Date.now() - calm).toBeLessThan(10_000);
      expect(ledger.recorded().length).toBeGreaterThan(0);
      for (const sent of refused.slice(0, 40)) while (!(await offer(sent, lines(sent)))) await pause(100);

      // 4. What it acknowledged is there, once. What broke off may be there: it was not acknowledged.
      const size = await settled(server.address);
      if (counts.broken === 0) {
        expect(size).toBe(ledger.recorded().length);
        expect(differences(ledger.expected(), await shownFigures(server.address))).toEqual([]);
      } else expect(size).toBeGreaterThanOrEqual(ledger.recorded().length);
      expect(residentPeak(server.child.pid!) ?? 0).toBeLessThan(MEMORY_MIB);
    } finally {
      agent.destroy();
      await server.end('SIGKILL');
    }
  });
});
