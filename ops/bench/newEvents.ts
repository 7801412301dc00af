/** Synthetic events as a log takes them, in batches of one feed each. */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { EventLog, NewEvent } from '../../src/app/ports.ts';
import { newEvent } from '../../src/app/recordEvents.ts';
import { authorityCode, AUTHORITIES, eventOf, forEachRow } from './rows.ts';

export interface Batch {
  readonly source: string;
  readonly events: readonly ActivityEvent[];
}

/** Calls `visit` with one batch after another, `count` events in all; ids start with `prefix`. */
export function forEachBatch(count: number, size: number, prefix: string, visit: (batch: Batch) => void): void {
  let events: ActivityEvent[] = [];
  let source = sourceOfBatch(0);
  let batches = 0;
  forEachRow(count, (row, index) => {
    events.push(eventOf(row, `${prefix}-${index}`, source));
    if (events.length < size && index < count - 1) return;
    visit({ source, events });
    events = [];
    batches += 1;
    source = sourceOfBatch(batches);
  });
}

const sourceOfBatch = (batch: number): string => `urn:library:${authorityCode(batch % AUTHORITIES)}:lms`;

export interface NewBatch {
  readonly source: string;
  readonly events: readonly NewEvent[];
}

export function newBatches(count: number, size: number, prefix: string): NewBatch[] {
  const batches: NewBatch[] = [];
  forEachBatch(count, size, prefix, ({ source, events }) => batches.push({ source, events: events.map(newEvent) }));
  return batches;
}

/** Appends `count` events in batches of 5,000, a part at a time so that they need not all be in memory. */
export async function fillLog(log: EventLog, count: number): Promise<void> {
  const PART = 100_000;
  const BATCH = 5_000;
  for (let at = 0; at < count; at += PART) {
    for (const { source, events } of newBatches(Math.min(PART, count - at), BATCH, `fill-${at}`)) {
      await log.append(source, events, 'any');
    }
  }
}
