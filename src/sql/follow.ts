import type { EventLog, Position, StoredEvent } from '../app/ports.ts';

/** Wakes those who wait for an append. */
export interface Bell {
  /** How often it rang: taken before a read, it tells whether an append came since. */
  readonly rings: number;
  ring(): void;
  /** Resolves when the bell has rung more than `rings` times, `signal` is aborted, or `patience_ms` have passed. */
  next(rings: number, signal: AbortSignal, patience_ms: number): Promise<void>;
}

/** A bell that nobody has rung yet. */
export function newBell(): Bell {
  let rings = 0;
  const waiting = new Set<() => void>();
  return {
    get rings() {
      return rings;
    },
    ring() {
      rings += 1;
      for (const wake of [...waiting]) wake();
    },
    next(seen, signal, patience_ms) {
      if (rings > seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          clearTimeout(timer);
          resolve();
        };
        const timer = setTimeout(wake, patience_ms);
        signal.addEventListener('abort', wake);
        waiting.add(wake);
      });
    },
  };
}

/** Looks anyway after this long without a bell: one that was lost with its connection delays, and never loses. */
const PATIENCE_MS = 1000;

/**
 * The subscription of a log that can only be read and rung for: pages after `after` until `signal` is aborted.
 * While a full page is being worked on the next one is already on its way. Throws what `read` throws.
 */
export async function* follow(
  read: EventLog['read'],
  bell: Bell,
  after: Position | null,
  pageSize: number,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredEvent[]> {
  const startReading = (from: Position | null) => {
    const rings = bell.rings;
    const page = read(from, pageSize);
    page.catch(() => {}); // Awaited below, or given up with the subscription.
    return { rings, page };
  };

  let position = after;
  let reading = startReading(position);
  while (!signal.aborted) {
    const page = await reading.page;
    if (signal.aborted) return;
    position = page.at(-1)?.position ?? position;
    if (page.length === pageSize) {
      reading = startReading(position);
      yield page;
    } else {
      if (page.length > 0) yield page;
      await bell.next(reading.rings, signal, PATIENCE_MS);
      reading = startReading(position);
    }
  }
}
