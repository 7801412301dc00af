import type { Readable } from 'node:stream';

/** Takes what a stream of the client delivers, when it is asked for: what is not taken holds the server back. */
export interface Taker<T> {
  /**
   * At most `limit` items: as soon as there are some, and those that follow within moments. Else `silent` when nothing
   * came within `wait_ms`, `ended` at the end of the stream or when `signal` is aborted. Throws what the stream met,
   * after the items that came before.
   */
  take(limit: number, wait_ms: number, signal: AbortSignal): Promise<readonly T[] | 'silent' | 'ended'>;
}

/**
 * How long to look for more before a page that is not full is given out. Events of one burst arrive well within it, and
 * a page of many costs the reader little more than a page of one.
 */
const GATHER_MS = 4;
/** A steady flow fills no page for longer than this. */
const PAGE_MS = 250;

/** The listeners stay on the stream: a stream of the client may meet a second error after its end. */
export function takerOf<T>(stream: Readable): Taker<T> {
  let ended = false;
  let met: { error: unknown } | null = null;
  let wake = () => {};
  stream.on('error', (error: unknown) => {
    met ??= { error };
    wake();
  });
  stream.on('end', () => {
    ended = true;
    wake();
  });
  stream.on('readable', () => wake());

  /** Resolves when the stream has something to say, `ms` have passed, or `signal` is aborted. */
  function stir(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        wake = () => {};
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      wake = done;
    });
  }

  return {
    async take(limit, wait_ms, signal) {
      const items: T[] = [];
      const drain = () => {
        for (let item: unknown; items.length < limit && (item = stream.read()) !== null;) items.push(item as T);
      };
      const deadline = performance.now() + wait_ms;
      for (;;) {
        drain();
        const left = deadline - performance.now();
        if (items.length > 0 || ended || met !== null || signal.aborted || left <= 0) break;
        await stir(left, signal);
      }
      const full = performance.now() + PAGE_MS;
      for (let before = 0; items.length > before && items.length < limit && performance.now() < full;) {
        if (ended || met !== null || signal.aborted) break;
        before = items.length;
        await stir(GATHER_MS, signal);
        drain();
      }
      if (items.length > 0) return items;
      if (met !== null) throw met.error;
      return ended || signal.aborted ? 'ended' : 'silent';
    },
  };
}
