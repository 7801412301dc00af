/** Lines shared out to batches that the server takes in one go, and what the batches are called. */
import { BATCH_BYTES, BATCH_EVENTS } from './limits.ts';
import type { Line } from './toLines.ts';

export interface Batch {
  /** Batches are sent in this order. */
  readonly number: number;
  /** Made before anything of it is sent, and its Idempotency-Key for as long as it is sent. */
  readonly id: string;
  readonly events: number;
  readonly bytes: number;
}

/** What is to be added to a batch, and the batch as it is then. */
export interface Part {
  readonly batch: Batch;
  readonly text: Buffer;
}

/** Fills `last` first, where there is one and it has room, then new ones. */
export function allot(last: Batch | null, lines: readonly Line[], newBatch: () => Batch): Part[] {
  const parts: Part[] = [];
  let batch = last;
  let added: Buffer[] = [];
  const finish = (): void => {
    if (batch !== null && added.length > 0) parts.push({ batch, text: Buffer.concat(added) });
    added = [];
  };
  for (const { bytes } of lines) {
    if (batch === null || batch.events >= BATCH_EVENTS || batch.bytes + bytes.length > BATCH_BYTES) {
      finish();
      batch = newBatch();
    }
    batch = { ...batch, events: batch.events + 1, bytes: batch.bytes + bytes.length };
    added.push(bytes);
  }
  finish();
  return parts;
}

const NAME = /^(\d{12})-([0-9a-f-]{36})\.ndjson$/;

/** The file of a batch. */
export const nameOf = ({ number, id }: Batch): string => `${String(number).padStart(12, '0')}-${id}.ndjson`;

/** Number and id in the name of a file. Throws for a file that is none of ours. */
export function batchOf(name: string): Pick<Batch, 'number' | 'id'> {
  const [, number, id] = NAME.exec(name) ?? [];
  if (number === undefined || id === undefined) throw new Error(`"${name}" is not a batch. Put it somewhere else.`);
  return { number: Number(number), id };
}
