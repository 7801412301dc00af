/** A batch, sent until each of its events has an outcome. */
import { drawn, waitBefore } from './backoff.ts';
import type { Effects } from './effects.ts';
import type { Answered, Batched } from './postBatch.ts';
import type { Outcome } from './wire.ts';

/** Why events are not through yet. They are safe, and sent again after `wait_ms`. */
export interface Trouble {
  /** In a sentence. */
  readonly why: string;
  /** How often in a row. */
  readonly failures: number;
  readonly wait_ms: number;
  /** Whether somebody has to do something: the server refuses such requests, and will go on to. */
  readonly refused: boolean;
}

/**
 * Outcomes of the events of a batch, in order. A batch that is too large for what is on the way is sent in halves, each
 * under a key that is made of the batch's: cut the same again, it has the same.
 * Throws only the reason of `signal`.
 */
export async function deliver(
  batch: Batched,
  post: (batch: Batched) => Promise<Answered>,
  tell: (trouble: Trouble) => void,
  effects: Effects,
  signal: AbortSignal,
): Promise<Outcome[]> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    const answered = await post(batch);
    switch (answered.as) {
      case 'settled':
        return [...answered.outcomes];
      case 'key-reused':
        return deliver({ ...batch, key: null }, post, tell, effects, signal);
      case 'too-large': {
        const [id] = batch.ids;
        if (batch.ids.length === 1) return [{ id: id ?? null, outcome: 'refused', problem: answered.problem }];
        const outcomes: Outcome[] = [];
        for (const half of halves(batch)) outcomes.push(...(await deliver(half, post, tell, effects, signal)));
        return outcomes;
      }
      case 'again': {
        signal.throwIfAborted();
        const wait_ms = waitBefore(failures, answered.retryAfter_ms, drawn(effects));
        tell({ why: answered.why, failures, wait_ms, refused: answered.refused });
        await effects.wait(wait_ms, signal).catch(() => undefined);
      }
    }
  }
}

function halves({ lines, ids, key }: Batched): Batched[] {
  const middle = Math.ceil(ids.length / 2);
  const part = (from: number, to: number, which: string): Batched => ({
    lines: lines.slice(from, to),
    ids: ids.slice(from, to),
    key: key === null ? null : `${key}.${which}`,
  });
  return [part(0, middle, 'a'), part(middle, ids.length, 'b')];
}
