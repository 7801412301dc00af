/** How fast each log takes events in, and how fast an empty engine catches up with one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueOf } from '../../src/app/catalogue.ts';
import { openProjector } from '../../src/app/projector.ts';
import { openFactStore } from '../../src/facts/factStore.ts';
import { readDefinitions } from '../../src/files/readDefinitions.ts';
import { packageRoot } from '../../src/main/packageRoot.ts';
import type { Bench, Timing } from './bench.ts';
import { withEmbedded, withMemory, withServed, type Stores } from './databases.ts';
import { withEventStore, type BareClient } from './eventStore.ts';
import { once, rate } from './measure.ts';
import { fillLog, newBatches } from './newEvents.ts';

const REPETITIONS = 3;
/** Size of a batch → events appended in one repetition. */
const APPENDED = [
  [1, 2_000],
  [100, 20_000],
  [1_000, 100_000],
] as const;
const CATCH_UP_EVENTS = 100_000;
const QUICK_SHARE = 20;

export const logs: Bench = {
  name: 'logs',
  title: 'Appending to each log, and catching up from empty',
  what: 'Batches of one feed are appended one after the other, each durable before the next (the one in memory is not durable). Then an engine with no facts and no observations takes the whole log in, with all the definitions of the product, up to committed observations. On EventStoreDB the same batches are also appended, and read, by the bare client.',
  needsFacts: false,
  async run({ folder, quick, say }) {
    const timings: Timing[] = [];
    const notes: string[] = [];
    const share = quick ? QUICK_SHARE : 1;
    const measure = async (stores: Stores): Promise<void> => {
      for (const [size, events] of APPENDED) {
        say(`${stores.name}: batches of ${size}`);
        timings.push(await appending(stores, size, Math.max(size, events / share)));
      }
      await fillLog(stores.log, CATCH_UP_EVENTS / share);
      say(`${stores.name}: catching up`);
      timings.push(await catchingUp(stores, folder));
    };
    await withMemory(measure);
    await withEmbedded(join(folder, 'logs'), measure);
    await withServed(notes, measure);
    await withEventStore(join(folder, 'eventstore'), async (stores, bare) => {
      await measure(stores);
      for (const [size, events] of APPENDED) {
        say(`${stores.name}: the bare client, batches of ${size}`);
        timings.push(await appendingBare(stores.name, bare, size, Math.max(size, events / share)));
      }
      say(`${stores.name}: the bare client reads`);
      timings.push(await readingBare(stores.name, bare));
      if (stores.name !== 'EventStoreDB') {
        notes.push(
          'EVENTSTORE_URL was not set: the double of the wire stood in. Its figures say what our log adds to the bare client, and nothing about EventStoreDB, which was seen to take 24,000 events/s in batches of 1,000 one after the other, and to give 34,000 events/s, on two cores.',
        );
      }
    });
    return { figures: [], timings, notes };
  },
};

async function appending({ name, log }: Stores, size: number, count: number): Promise<Timing> {
  const repetitions = Array.from({ length: REPETITIONS + 1 }, (_, i) =>
    newBatches(count, size, `b${size}-${i}`, 'now'),
  );
  const appendNext = async (): Promise<void> => {
    for (const { source, events } of repetitions.pop() ?? []) await log.append(source, events, 'any');
  };
  await appendNext();
  return rate(`${name}: append, batches of ${size}`, await once('', REPETITIONS, appendNext), count);
}

async function appendingBare(name: string, bare: BareClient, size: number, count: number): Promise<Timing> {
  const batches = newBatches(count, size, `bare-${size}`, 'now');
  await bare.append(batches);
  return rate(
    `${name}: bare client, batches of ${size}`,
    await once('', REPETITIONS, () => bare.append(batches)),
    count,
  );
}

async function readingBare(name: string, bare: BareClient): Promise<Timing> {
  let events = 0;
  const timing = await once('', REPETITIONS, async () => (events = await bare.readAll()));
  return rate(`${name}: bare client reads ${events.toLocaleString('en-GB')} events`, timing, events);
}

async function catchingUp({ name, log, readModels }: Stores, folder: string): Promise<Timing> {
  const { indicators } = catalogueOf(readDefinitions(join(packageRoot(), 'projections', 'indicators')));
  const timing = await once('', REPETITIONS, async () => {
    const facts = mkdtempSync(join(folder, 'catch-up-'));
    try {
      await readModels.clear();
      const projector = await openProjector({ log, facts: openFactStore(facts), readModels }, indicators);
      await projector.catchUp();
    } finally {
      rmSync(facts, { recursive: true });
    }
  });
  const events = await log.size();
  return rate(`${name}: catch-up of ${events.toLocaleString('en-GB')} events`, timing, events);
}
