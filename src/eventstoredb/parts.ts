import type { NewEvent } from '../app/ports.ts';

/**
 * Bytes of one append. The server takes 1 MiB of data by default; what an event needs beside its data is counted too,
 * because a release may do so.
 */
const PART_BYTES = 1_000_000;
const BESIDE_BYTES = 200;

/**
 * The events in parts that are appended one after another, each whole or not at all. Where a part ends follows from the
 * events alone, so that the same events are always cut in the same places.
 */
export function partsOf(events: readonly NewEvent[]): readonly (readonly NewEvent[])[] {
  const parts: NewEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(event.body) + BESIDE_BYTES;
    if (parts.length === 0 || bytes > room) {
      parts.push([]);
      room = PART_BYTES;
    }
    parts.at(-1)!.push(event);
    room -= bytes;
  }
  return parts;
}
