/** How long the log waits for what. Every call to the client has a timer of its own: some of its calls never settle. */
export interface Timing {
  /** For an answer to one append, or for the next event of a read. */
  readonly attempt_ms: number;
  /** For a call of the log to succeed, all attempts together. */
  readonly total_ms: number;
  /** For a subscription to say something, before it is asked whether something was there to be said. */
  readonly silence_ms: number;
}

/** The server gives an append up 2 s after it came; a total of 30 s outlasts its restart and the choice of a leader. */
export const TIMING: Timing = { attempt_ms: 5_000, total_ms: 30_000, silence_ms: 30_000 };

/** Raised by our own timer. What became of the call is not known. */
export class NoAnswer extends Error {
  constructor(what: string, ms: number) {
    super(`no answer to ${what} within ${ms} ms`);
    this.name = 'NoAnswer';
  }
}

/** What `call` settles as, or a rejection with `NoAnswer` after `ms`; then nobody waits for it any more. */
export async function within<T>(ms: number, what: string, call: Promise<T>): Promise<T> {
  call.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(what, ms)), ms);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 2_000;

/** Waits before attempt `failures + 1`: twice as long each time, with up to half of it taken off by chance. */
export function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE_MS);
  return pause(longest * (1 - Math.random() / 2), signal);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
