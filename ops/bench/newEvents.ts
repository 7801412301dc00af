/** Synthetic events as a log takes them, in batches of one feed each. */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { EventLog, NewEvent } from '../../src/app/ports.ts';
import { newEvent } from '../../src/app/recordEvents.ts';
import { AUTHORITIES, authorityOf, DAYS, eventOf, FIRST_DAY, forEachRow, sourceOf } from './rows.ts';

export interface Batch {
  readonly source: string;
  readonly events: readonly ActivityEvent[];
}

/** `years`: five years in time order, as a history is filled in. `now`: the last three days, as feeds send them live. */
export type When = 'years' | 'now';

const LAST_DAY = FIRST_DAY + DAYS - 1;
const LIVE_DAYS = 3;

/**
 * Calls `visit` with one batch after another, `count` events in all; ids start with `prefix`. A batch comes from one
 * authority's feed and speaks of its own libraries.
 */
export function forEachBatch(
  count: number,
  size: number,
  prefix: string,
  when: When,
  visit: (batch: Batch) => void,
): void {
  let events: ActivityEvent[] = [];
  let batches = 0;
  forEachRow(count, (row, index) => {
    const authority = batches % AUTHORITIES;
    row.library += authority - authorityOf(row.library);
    if (when === 'now') row.day = LAST_DAY - (index % LIVE_DAYS);
    const source = sourceOf(row.library);
    events.push(eventOf(row, `${prefix}-${index}`, source));
    if (events.length < size && index < count - 1) return;
    visit({ source, events });
    events = [];
    batches += 1;
  });
}

export interface NewBatch {
  readonly source: string;
  readonly events: readonly NewEvent[];
}

export function newBatches(count: number, size: number, prefix: string, when: When): NewBatch[] {
  const batches: NewBatch[] = [];
  forEachBatch(count, size, prefix, when, ({ source, events }) =>
    batches.push({ source, events: events.map(newEvent) }),
  );
  return batches;
}

/** Appends `count` events of five years in batches of 5,000. */
export async function fillLog(log: EventLog, count: number): Promise<void> {
  const BATCH = 5_000;
  for (const { source, events } of rawBatches(count, BATCH)) await log.append(source, events.map(newEvent), 'any');
}

function rawBatches(count: number, size: number): Batch[] {
  const batches: Batch[] = [];
  forEachBatch(count, size, 'fill', 'years', (batch) => batches.push(batch));
  return batches;
}
