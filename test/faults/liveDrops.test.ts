/** P2, P3: a live projector behind a steady stream of bursts, through as many dropped subscriptions as come. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { typeOf } from '../../contracts/activityEvent.ts';
import { eventStoreLog } from '../../src/eventstoredb/eventStoreLog.ts';
import { newEvent } from '../../src/app/recordEvents.ts';
import { memoryFeedIdentities } from '../../src/memory/memoryFeedIdentities.ts';
import { startDouble } from '../support/eventstoredb/startDouble.ts';
import { NOW, testLedger } from '../support/ledger.ts';
import { wholeProof } from '../support/share.ts';

const PER_SECOND = 12_000;
const BATCH = 1_000;
const SECONDS = wholeProof ? 10 : 2;
const FEEDS = 6;

/** Each feed counts a library of its own: two that count one place would not be added up. */
const visit = (source: string, id: string): Parameters<typeof newEvent>[0] => ({
  specversion: '1.0', id, source, type: typeOf('visits.counted'), subject: `E08000021/${source.split(':').at(-1)}`,
  data: { window: '2018-06-01/P1D', method: 'manual', count: 1 },
}); // prettier-ignore

it(`misses none and doubles none of ${PER_SECOND.toLocaleString('en-GB')} events a second in batches of ${BATCH.toLocaleString('en-GB')}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'live-drops-'));
  const double = await startDouble({ folder, inProcess: false });
  const effects = { now: () => NOW };
  // One process appends and another projects: each has identities of its own, as two servers would share theirs.
  const writer = eventStoreLog(double.url, memoryFeedIdentities(), effects);
  const reader = eventStoreLog(double.url, memoryFeedIdentities(), effects);
  const under = await testLedger({ log: reader });
  try {
    const batches = (SECONDS * PER_SECOND) / BATCH;
    const acknowledged: { ordinal: number; at: number }[] = [];
    const waits: number[] = [];
    under.ledger.goLive();
    const total = batches * BATCH;
    const watching = (async () => {
      while (under.ledger.ordinal() < total) {
        const reached = under.ledger.ordinal();
        while (acknowledged[0] !== undefined && acknowledged[0].ordinal <= reached)
          waits.push(performance.now() - (acknowledged.shift()?.at ?? 0));
        await pause(5);
      }
    })();
    const start = performance.now();
    let late = 0;
    for (let batch = 0; batch < batches; batch++) {
      const source = `urn:library:E08000021:feed-${batch % FEEDS}`;
      const events = Array.from({ length: BATCH }, (_, at) => newEvent(visit(source, `b${batch}-${at}`)));
      const due = start + (batch * BATCH * 1_000) / PER_SECOND;
      if (performance.now() < due) await pause(due - performance.now());
      late = Math.max(late, performance.now() - due);
      await writer.append(source, events, 'any');
      acknowledged.push({ ordinal: (batch + 1) * BATCH, at: performance.now() });
    }
    await watching;
    const sorted = waits.sort((a, b) => a - b);
    const { liveDrop } = (await double.faults.fired()) as { liveDrop?: number };
    console.log(
      `live: ${total} events in ${SECONDS} of 10 seconds, ${liveDrop ?? 0} subscriptions dropped, latest batch ${Math.round(late)} ms late, ` +
        `acknowledged → in the figures p99 ${Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? NaN)} ms`,
    );
    const { points } = await under.ledger.series({ indicator: 'visits', place: 'E08000021', granularity: 'month', from: '2018-06-01' }); // prettier-ignore
    expect(points).toMatchObject([{ value: total, events: total }]);
    expect(await reader.size()).toBe(total);
  } finally {
    await under.close();
    await writer.close();
    await double.stop();
    rmSync(folder, { recursive: true });
  }
}, 120_000);
