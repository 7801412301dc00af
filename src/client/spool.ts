/**
 * Events on the disk until each is answered.
 *
 * | in the folder | what |
 * |---|---|
 * | `waiting/<number>-<batch>.ndjson` | a batch: lines as they are sent, oldest number first |
 * | `numbers.json` | the last number that was given to an event of each source |
 * | `refused/<number>-<batch>.ndjson` | what the server refused of a batch, with the reasons; for people to read and remove |
 *
 * Lines are only ever added to the last batch, and not after it was first taken to be sent: so a batch that is sent
 * again, even by another process after a crash, has the same bytes under the same name.
 */
import { appendFile, mkdir, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { allot, batchOf, nameOf, type Batch } from './batches.ts';
import { ClientError } from './clientError.ts';
import { flushFolder, writeWhole } from './durable.ts';
import { highestIn, keepNumbers, NUMBER_BYTES, numbered, readNumbers, type LastNumbers } from './numbers.ts';
import type { Line } from './toLines.ts';

export interface Spool {
  /**
   * Keeps the lines, numbered: they are on the disk when this returns. Throws ClientError `spool-full` and `spool-failed`, and
   * then has kept none of them.
   */
  append(lines: readonly Line[]): Promise<void>;
  /** The oldest batch, which does not change any more; null where nothing waits. */
  take(): Promise<Batch | null>;
  /** The youngest batch; null where nothing waits. */
  last(): Batch | null;
  /** The lines of a batch, without their ends. */
  read(batch: Batch): Promise<string[]>;
  /** Takes a batch away. What was refused of it, as lines, is kept first. */
  settle(batch: Batch, refused: readonly string[]): Promise<void>;
  /** Waits for what is being written, and takes nothing more: `append` throws ClientError `closed`. */
  close(): Promise<void>;
}

/** Opens the spool in a folder that is locked by then, for events of one source. `limit_bytes` is of all that is in it. */
export async function openSpool(
  folder: string,
  source: string,
  limit_bytes: number,
  newId: () => string,
): Promise<Spool> {
  const [waitingIn, refusedIn] = [join(folder, 'waiting'), join(folder, 'refused')];
  await mkdir(waitingIn, { recursive: true });
  await mkdir(refusedIn, { recursive: true });
  await flushFolder(folder);
  const kept = await readNumbers(folder);
  const { waiting, numbers } = await recover(waitingIn, kept);
  const pathOf = (batch: Batch): string => join(waitingIn, nameOf(batch));

  let nextNumber = (waiting.at(-1)?.number ?? 0) + 1;
  const newBatch = (): Batch => ({ number: nextNumber++, id: newId(), events: 0, bytes: 0 });
  /** Whether lines may still be added to the last batch. */
  let open = false;
  let held_bytes = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  let refused_bytes = await sizeOf(refusedIn);
  let lastNumber = numbers.get(source) ?? 0;
  let keptNumber = kept.get(source) ?? 0;
  let broken: unknown = null;
  let isClosed = false;

  let pending: { lines: readonly Line[]; done: () => void; failed: (why: unknown) => void }[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  /** Whatever came while the disk was busy is written in one go. */
  async function writePending(): Promise<void> {
    const group = pending;
    pending = [];
    try {
      const lines = group.flatMap((each) => each.lines);
      const written_bytes = await write(lines);
      held_bytes += written_bytes - sizeOfLines(lines);
      for (const { done } of group) done();
    } catch (cause) {
      const why = new ClientError('spool-failed', `The events could not be kept: ${(cause as Error).message}`, { cause }); // prettier-ignore
      for (const { failed } of group) failed(why);
    }
  }

  /** How many bytes were written. The numbers of what could not be are given to the next. */
  async function write(given: readonly Line[]): Promise<number> {
    if (broken !== null) throw broken as Error;
    if (given.length === 0) return 0;
    const last = open ? (waiting.at(-1) ?? null) : null;
    const { lines, last: highest } = numbered(given, lastNumber);
    const parts = allot(last, lines, newBatch);
    try {
      for (const { batch, text } of parts) await appendFile(pathOf(batch), text, { flush: true });
      if (parts.some(({ batch }) => batch.number !== last?.number)) await flushFolder(waitingIn);
    } catch (why) {
      await takeBack(last, parts.map(({ batch }) => batch)).catch((error: unknown) => (broken = error)); // prettier-ignore
      throw why;
    }
    if (last !== null && parts[0]?.batch.number === last.number) waiting.pop();
    waiting.push(...parts.map(({ batch }) => batch));
    open = true;
    lastNumber = highest;
    return parts.reduce((sum, { text }) => sum + text.length, 0);
  }

  /** Before the lines that tell it are gone. */
  async function keepLastNumber(): Promise<void> {
    const last = lastNumber;
    if (last === keptNumber) return;
    await keepNumbers(folder, new Map([...numbers, [source, last]]));
    keptNumber = last;
  }

  async function takeBack(last: Batch | null, written: readonly Batch[]): Promise<void> {
    for (const batch of written) {
      if (batch.number === last?.number) await truncate(pathOf(last), last.bytes);
      else await rm(pathOf(batch), { force: true });
    }
  }

  return {
    async append(lines) {
      const bytes = sizeOfLines(lines);
      const isFull = (): boolean => held_bytes + refused_bytes + bytes > limit_bytes;
      // Somebody may have read the refused ones and removed them.
      if (isFull()) refused_bytes = await sizeOf(refusedIn);
      if (isFull()) {
        const what = `${held_bytes} bytes wait in ${waitingIn}, ${refused_bytes} were refused and are in ${refusedIn}`;
        throw new ClientError('spool-full', `The spool has no room for ${bytes} bytes more: ${what}; its limit is ${limit_bytes}.`); // prettier-ignore
      }
      if (isClosed) throw new ClientError('closed', 'The client was closed.');
      held_bytes += bytes;
      try {
        await new Promise<void>((done, failed) => {
          pending.push({ lines, done, failed });
          if (pending.length === 1) void inTurn(writePending);
        });
      } catch (error) {
        held_bytes -= bytes;
        throw error;
      }
    },
    take: () =>
      inTurn(async () => {
        if (waiting.length === 1) open = false;
        return waiting[0] ?? null;
      }),
    last: () => waiting.at(-1) ?? null,
    read: async (batch) => (await readFile(pathOf(batch), 'utf8')).split('\n').slice(0, -1),
    async settle(batch, refused) {
      if (refused.length > 0) {
        const text = refused.map((line) => `${line}\n`).join('');
        await writeWhole(join(refusedIn, nameOf(batch)), text);
        refused_bytes += Buffer.byteLength(text);
      }
      await keepLastNumber();
      await rm(pathOf(batch));
      await inTurn(async () => waiting.shift());
      held_bytes -= batch.bytes;
    },
    async close() {
      isClosed = true;
      await turn;
    },
  };
}

/** What lines may take at most. */
const sizeOfLines = (lines: readonly Line[]): number =>
  lines.reduce((sum, { bytes, isNumbered }) => sum + bytes.length + (isNumbered ? NUMBER_BYTES : 0), 0);

/**
 * The batches that an earlier process left, and the highest numbers that it gave. A line without its end was being written when that one ended: it was never
 * acknowledged, and is cut off.
 */
async function recover(folder: string, kept: LastNumbers): Promise<{ waiting: Batch[]; numbers: LastNumbers }> {
  const waiting: Batch[] = [];
  let numbers = kept;
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const named = batchOf(name);
    const text = await readFile(path);
    const whole = text.lastIndexOf('\n') + 1;
    if (whole === 0) await rm(path);
    else {
      if (whole < text.length) await truncate(path, whole);
      waiting.push({ ...named, events: 0, bytes: whole });
      numbers = highestIn(text.toString('utf8', 0, whole), numbers);
    }
  }
  return { waiting, numbers };
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) {
    bytes += await stat(join(folder, name)).then(({ size }) => size, () => 0); // prettier-ignore
  }
  return bytes;
}
