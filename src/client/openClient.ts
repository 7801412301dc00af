/**
 * Sends events to an Outcome Ledger. What `send` has acknowledged is on this machine's disk, and is sent until the server
 * has answered for it, by this process or the next one that opens the same spool; however often that takes, it counts
 * once.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from './batches.ts';
import { drawn, waitBefore } from './backoff.ts';
import { ClientError } from './clientError.ts';
import { deliver, type Trouble } from './deliver.ts';
import { REAL_EFFECTS, type Effects } from './effects.ts';
import { lockFolder } from './lock.ts';
import { newId } from './newId.ts';
import { postBatch, toBatched, type Batched } from './postBatch.ts';
import { refusals } from './refusals.ts';
import { openSpool } from './spool.ts';
import { toLines } from './toLines.ts';
import type { EventToSend, Outcome } from './wire.ts';

export interface ClientOptions {
  /** Where the server is, such as `https://ledger.example.org`. */
  readonly address: string;
  /** Sent as a bearer token. */
  readonly key?: string;
  /** The feed that all events of this client are of: a `urn:` or `http(s)` URI. */
  readonly source: string;
  /** A folder on a local disk, of this client alone. Made where there is none. */
  readonly spool: string;
  /** Most that the spool may hold; beyond it new events are refused, and old ones kept. */
  readonly spool_bytes: number;
  /**
   * Told what became of the events of a batch, before they leave the spool. Told again when it throws, and after a crash
   * at that moment.
   */
  readonly onOutcomes: (outcomes: readonly Outcome[]) => void | Promise<void>;
  /** Told each time that a batch could not be finished; it is tried again. Must not throw. */
  readonly onTrouble: (trouble: Trouble) => void;
}

export interface Client {
  /**
   * Keeps events, to be sent at once. They are safe when this returns their ids, in order: those that they came with, or
   * new ones. Those with new ids are numbered within the source, so that the server can tell what never came. Throws ClientError `invalid-event`, `spool-full`, `spool-failed`, `closed`; then none of them is sent.
   */
  send(events: EventToSend | readonly EventToSend[]): Promise<string[]>;
  /**
   * Waits until everything that was kept before has an outcome. Throws ClientError `not-taken` when the server refuses
   * requests as they are, and `closed`; the events stay in the spool and are tried again.
   */
  flush(): Promise<void>;
  /** Stops sending, and gives the spool back. What was not answered stays in it. */
  close(): Promise<void>;
}

/**
 * Opens a client, which begins to send what is in its spool.
 * Throws ClientError `spool-in-use` and `spool-failed`.
 */
export async function openClient(options: ClientOptions, effects: Effects = REAL_EFFECTS): Promise<Client> {
  const { address, key, source, onOutcomes, onTrouble } = options;
  const url = new URL('v1/events', `${address.replace(/\/+$/, '')}/`).href;
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const nextId = (): string => newId(effects);

  await mkdir(options.spool, { recursive: true });
  const release = await lockFolder(options.spool, nextId().slice(-8));
  const spool = await openSpool(options.spool, source, options.spool_bytes, nextId).catch(async (cause: unknown) => {
    await release();
    throw new ClientError('spool-failed', `The spool ${options.spool} cannot be opened: ${(cause as Error).message}`, { cause }); // prettier-ignore
  });

  const closing = new AbortController();
  const { signal } = closing;
  const closed = (): ClientError =>
    new ClientError('closed', `The client is closed. What it has not sent is in ${join(options.spool, 'waiting')}.`);
  let flushes: { upTo: number; done: () => void; failed: (why: ClientError) => void }[] = [];
  let wake: () => void = () => undefined;

  function told(trouble: Trouble): void {
    onTrouble(trouble);
    if (!trouble.refused) return;
    for (const { failed } of flushes.splice(0)) failed(new ClientError('not-taken', trouble.why));
  }

  /** Sends batch after batch for as long as the client is open. What comes meanwhile makes the next batch. */
  async function work(): Promise<void> {
    while (!signal.aborted) {
      const news = new Promise<void>((come) => (wake = come));
      const batch = await spool.take();
      if (batch === null) await news;
      else await settleBatch(batch);
    }
  }

  async function settleBatch(batch: Batch): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const batched = toBatched(await spool.read(batch), batch.id);
        const post = (some: Batched) => postBatch(url, headers, some, effects, signal);
        const outcomes = await deliver(batched, post, told, effects, signal);
        await onOutcomes(outcomes);
        await spool.settle(batch, refusals(batched.lines, outcomes, new Date(effects.now())));
        const isOver = ({ upTo }: { upTo: number }): boolean => upTo <= batch.number;
        for (const { done } of flushes.filter(isOver)) done();
        flushes = flushes.filter((flush) => !isOver(flush));
        return;
      } catch (error) {
        if (signal.aborted) return;
        const wait_ms = waitBefore(failures, null, drawn(effects));
        told({ why: `Batch ${batch.number} could not be finished: ${(error as Error).message}`, failures, wait_ms, refused: false }); // prettier-ignore
        await effects.wait(wait_ms, signal).catch(() => undefined);
      }
    }
  }

  const working = work();
  return {
    async send(events) {
      if (signal.aborted) throw closed();
      const lines = toLines([events].flat(), source, nextId);
      await spool.append(lines);
      wake();
      return lines.map(({ id }) => id);
    },
    async flush() {
      if (signal.aborted) throw closed();
      const last = spool.last();
      if (last === null) return;
      await new Promise<void>((done, failed) => flushes.push({ upTo: last.number, done, failed }));
    },
    async close() {
      if (signal.aborted) return working;
      closing.abort(closed());
      wake();
      for (const { failed } of flushes.splice(0)) failed(closed());
      await working;
      await spool.close();
      await release();
    },
  };
}
