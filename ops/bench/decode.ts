/** Events of a log → facts on disk, against reading the log alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pagesAfter } from '../../src/app/pagesAfter.ts';
import type { EventLog, StoredEvent } from '../../src/app/ports.ts';
import { openFactStore } from '../../src/facts/factStore.ts';
import type { Bench, Figure, Timing } from './bench.ts';
import { withEmbedded, withServed, type Stores } from './databases.ts';
import { median, once, rate, ratio } from './measure.ts';
import { fillLog } from './newEvents.ts';

const REPETITIONS = 3;
const PAGE_EVENTS = 20_000;
const FULL_EVENTS = 1_000_000;
const BAR = 150_000;

export const decode: Bench = {
  name: 'decode',
  title: 'Log → facts',
  what: 'Pages of 20,000 events are read from the log and taken into a new fact store, segments and all, as live projection does it; against reading and parsing the same pages alone.',
  needsFacts: false,
  async run({ folder, quick, say }) {
    const events = quick ? FULL_EVENTS / 20 : FULL_EVENTS;
    const figures: Figure[] = [];
    const timings: Timing[] = [];
    const notes: string[] = [`${events.toLocaleString('en-GB')} events in each log.`];
    const measure = async ({ name, log }: Stores): Promise<void> => {
      say(`filling the ${name} log`);
      await fillLog(log, events);
      const alone = await once('', REPETITIONS, () => readAll(log, () => undefined));
      const decoded = await once('', REPETITIONS, () => intoFacts(log, folder));
      timings.push(
        rate(`${name}: reading alone`, alone, events),
        rate(`${name}: reading and decoding`, decoded, events),
      );
      const speed = { name: `${name} log → facts`, value: events / median(decoded.runs), unit: 'events/s' as const };
      figures.push(name === 'PostgreSQL' ? { ...speed, bar: { atLeast: BAR } } : speed, {
        name: `${name}: speed with decoding`,
        value: ratio(alone, decoded),
        unit: '×',
        peer: 'reading the log alone',
      });
    };
    await withServed(notes, measure);
    await withEmbedded(join(folder, 'decode'), measure);
    return { figures, timings, notes };
  },
};

async function readAll(log: EventLog, take: (page: readonly StoredEvent[]) => void): Promise<void> {
  for await (const page of pagesAfter(log, null, PAGE_EVENTS)) take(page);
}

async function intoFacts(log: EventLog, folder: string): Promise<void> {
  const facts = mkdtempSync(join(folder, 'decoded-'));
  try {
    const store = openFactStore(facts);
    await readAll(log, (page) => store.append(page));
  } finally {
    rmSync(facts, { recursive: true });
  }
}
