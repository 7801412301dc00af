/** One request, and what its answer means for the events in it. */
import { retryAfter } from './backoff.ts';
import type { Effects } from './effects.ts';
import { readProblem, readReceipt } from './readReceipt.ts';
import type { Outcome, Problem } from './wire.ts';

/**
 * | answered | means |
 * |---|---|
 * | `settled` | each event has its outcome |
 * | `too-large` | fewer at once, please |
 * | `key-reused` | the key came with other events before: a spool was put back from a copy. Their ids still hold |
 * | `again` | not taken, or nobody knows: the same again later. `refused` where the request itself is at fault |
 */
export type Answered =
  | { readonly as: 'settled'; readonly outcomes: readonly Outcome[] }
  | { readonly as: 'too-large'; readonly problem: Problem }
  | { readonly as: 'key-reused' }
  | { readonly as: 'again'; readonly why: string; readonly retryAfter_ms: number | null; readonly refused: boolean };

export interface Batched {
  readonly lines: readonly string[];
  /** Ids of the events in the lines. */
  readonly ids: readonly (string | null)[];
  /** Idempotency-Key; null sends none. */
  readonly key: string | null;
}

/** The lines of a batch with the ids in them. A line that is not JSON is sent as well: the server says so of it. */
export const toBatched = (lines: readonly string[], key: string): Batched => ({
  lines,
  ids: lines.map((line) => idIn(line)),
  key,
});

function idIn(line: string): string | null {
  try {
    return (JSON.parse(line) as { id: string }).id;
  } catch {
    return null;
  }
}

/** A request that takes longer than this is given up, and sent again. */
const LONGEST_MS = 60_000;
/** Answers of 4xx that time may mend by itself: too slow, in use, too early, too many. */
const PASSING = new Set([408, 409, 425, 429]);

/** Sends events as lines to `url`. Never throws: what goes wrong is an answer, too. */
export async function postBatch(
  url: string,
  headers: Readonly<Record<string, string>>,
  { lines, ids, key }: Batched,
  { fetch, now }: Pick<Effects, 'fetch' | 'now'>,
  signal: AbortSignal,
): Promise<Answered> {
  const again = (why: string, retryAfter_ms: number | null = null, refused = false): Answered => ({ as: 'again', why, retryAfter_ms, refused }); // prettier-ignore
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/x-ndjson',
        ...(key === null ? {} : { 'idempotency-key': `"${key}"` }),
      },
      body: lines.map((line) => `${line}\n`).join(''),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
    });
    const { status } = answer;
    const text = await answer.text();
    const outcomes = status === 200 || status === 422 ? readReceipt(text, ids) : null;
    if (outcomes !== null) return { as: 'settled', outcomes };
    const problem = readProblem(text);
    if (problem?.code === 'idempotency-key-reused') return { as: 'key-reused' };
    if (status === 413) return { as: 'too-large', problem: problem ?? tooLarge(url) };
    const says = problem === null ? 'in a way that names no events' : `${problem.detail} ${problem.hint ?? ''}`.trim();
    const refused = status >= 400 && status < 500 && !PASSING.has(status);
    return again(`${url} answered ${status}: ${says}`, retryAfter(answer.headers.get('retry-after'), now()), refused);
  } catch (error) {
    return again(`${url} could not be asked: ${causes(error)}`);
  }
}

/** What something between us and the server leaves unsaid. */
const tooLarge = (url: string): Problem => ({
  code: 'event-too-large',
  title: 'The event or batch is too large',
  status: 413,
  detail: `${url} does not take this event, and not by the server’s own limit.`,
  hint: 'Raise the limit of the proxy before the server to 1 MiB or more, then send the event again.',
});

/** `fetch` says only that it failed; why is in the cause. */
function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${causes(error.cause)})`;
}
