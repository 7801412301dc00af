/** P1, P2 seen from a service: whatever goes wrong between its client and the server, each event is recorded once. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BATCH_EVENTS, EVENT_BYTES } from '../../../src/client/limits.ts';
import { FAULTS, faultProxy, type Fault } from '../../support/faultProxy.ts';
import { hasty, linesIn, numbered, sending, SOURCE, withSpool } from '../../support/sending.ts';
import { SEED, seeded } from '../../support/seeded.ts';
import { runs } from '../../support/share.ts';
import { testServer } from '../../http/testServer.ts';

const VISITS = 'org.outcome-ledger.visits.counted.v1';

/** Numbers of what is in the log, in its order; each event is of a library of its own. */
async function recorded(server: Awaited<ReturnType<typeof testServer>>): Promise<number[]> {
  const events = await server.log.read(null, 1_000_000);
  return events.map(({ event }) => Number(event.type === VISITS ? event.data.count : NaN));
}
/** Takes the quotation marks out of the second line of the first batch. */
function damage(spool: string): void {
  const path = join(spool, 'waiting', readdirSync(join(spool, 'waiting'))[0]!);
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.with(1, lines[1]!.replaceAll('"', '\0')).join('\n'));
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

it.each(FAULTS.filter((fault) => fault !== 'none'))('%s, three times: recorded once, and told', async (fault) => {
  const server = await testServer({ filled: false });
  let left = 3;
  const proxy = await faultProxy(await server.listen(), () => (left-- > 0 ? fault : 'none'));
  const waits: number[] = [];
  try {
    await withSpool(async (spool) => {
      const { client, outcomes, troubles } = await sending({ address: proxy.address, spool }, hasty(200, waits));
      const ids = await client.send(upTo(5).map((number) => numbered(number)));
      await client.flush();
      await client.close();
      expect(sorted(await recorded(server))).toEqual(upTo(5));
      expect(outcomes.map(({ id }) => id)).toEqual(ids);
      // An answer that was given once is given again under its key; what half a body brought is a duplicate by then.
      for (const { outcome } of outcomes) expect(fault === 'dropped halfway' || outcome === 'accepted').toBe(true);
      expect(linesIn(spool, 'waiting')).toEqual([]);
      expect(troubles.length).toBeGreaterThanOrEqual(3);
      expect(troubles.every(({ refused }) => !refused)).toBe(true);
      const asked_ms = { '503 with Retry-After': 2_000, '429 with Retry-After': 3_000 }[fault as string] ?? 0;
      waits.forEach((ms) => expect(ms).toBeGreaterThanOrEqual(asked_ms));
    });
  } finally {
    await proxy.close();
    await server.close();
  }
});

it('any mixture of faults, with clients that are closed and opened again: recorded once, refused once', async () => {
  const draw = seeded(SEED);
  let turn = 0;
  const nextFault = (): Fault => (draw.chance(0.4) ? 'none' : FAULTS[turn++ % FAULTS.length]!);
  const server = await testServer({ filled: false });
  const proxy = await faultProxy(await server.listen(), nextFault, 120);
  try {
    await withSpool(async (spool) => {
      let made = 0;
      for (let round = runs(12); round > 0; round--) {
        const { client } = await sending({ address: proxy.address, spool }, hasty(80));
        for (let calls = 1 + draw.below(40); calls > 0; calls--) {
          const events = upTo(1 + draw.below(60)).map(() => {
            const number = made++;
            return numbered(number, number % 50 === 7 ? { data: { count: -number } } : {});
          });
          await client.send(events);
        }
        if (draw.chance(0.3)) await client.flush();
        await client.close();
      }
      const last = await sending({ address: proxy.address, spool }, hasty(80));
      await last.client.flush();
      await last.client.close();
      const [bad, good] = [upTo(made).filter((n) => n % 50 === 7), upTo(made).filter((n) => n % 50 !== 7)];
      expect(sorted(await recorded(server))).toEqual(good);
      const refused = linesIn(spool, 'refused').map((line) => JSON.parse(line) as { event: { data: { count: number } } }); // prettier-ignore
      expect(sorted(refused.map(({ event }) => -event.data.count))).toEqual(bad);
      expect(linesIn(spool, 'waiting')).toEqual([]);
    });
    const each = FAULTS.map((fault: Fault) => `${proxy.happened.get(fault) ?? 0} ${fault}`).join(', ');
    console.log(`requests of a client through faults: ${each}; seed ${SEED}`);
    expect(proxy.happened.size).toBe(FAULTS.length);
  } finally {
    await proxy.close();
    await server.close();
  }
});

it('the largest event and the fullest batch that the client makes are taken in one go', async () => {
  const server = await testServer({ filled: false });
  try {
    await withSpool(async (spool) => {
      const { client, outcomes, troubles } = await sending({ address: await server.listen(), spool }, hasty(20_000));
      const frame = JSON.stringify({ specversion: '1.0', source: SOURCE, ...numbered(0, { id: 'x', data: { x: '' } }) }).length; // prettier-ignore
      await client.send(numbered(0, { id: 'x', data: { x: 'x'.repeat(EVENT_BYTES - 1 - frame) } }));
      await client.flush();
      await client.send(upTo(BATCH_EVENTS).map((number) => numbered(number)));
      await client.flush();
      await client.close();
      // Refused for what is in it, not for its length.
      expect(outcomes[0]).toMatchObject({ outcome: 'refused', problem: { code: 'invalid-event' } });
      expect(outcomes.slice(1).map(({ outcome }) => outcome)).toEqual(Array(BATCH_EVENTS).fill('accepted'));
      expect(troubles).toEqual([]);
    });
  } finally {
    await server.close();
  }
});

it('a line that the disk damaged is refused by the server, and kept with its reason', async () => {
  const server = await testServer({ filled: false });
  try {
    await withSpool(async (spool) => {
      const address = await server.listen();
      const away = await sending({ address: 'http://127.0.0.1:9', spool }, hasty(100));
      await away.client.send([numbered(0), numbered(1), numbered(2)]);
      await away.client.close();
      damage(spool);
      const { client, outcomes } = await sending({ address, spool }, hasty(2_000));
      await client.flush();
      await client.close();
      expect(outcomes.map(({ outcome, id }) => [outcome, id === null])).toEqual([
        ['accepted', false],
        ['refused', true],
        ['accepted', false],
      ]);
      const [line] = linesIn(spool, 'refused');
      expect(JSON.parse(line!)).toMatchObject({
        problem: { code: 'invalid-json' },
        line: expect.any(String) as string,
      });
    });
  } finally {
    await server.close();
  }
});
