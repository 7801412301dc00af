import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { revisionOf, wrongRevision } from '../app/expectedRevision.ts';
import type { AppendOutcome, EventLog, Position, StoredEvent } from '../app/ports.ts';

/** The position of an ordinal: as many digits as the largest exact integer has, so that text order is log order. */
const positionOf = (ordinal: number): Position => String(ordinal).padStart(16, '0');

/**
 * The event log as an array: for tests, and as the plain statement of what every log must do.
 * `effects.now` is the clock that dates each append. Errors are those of the port.
 */
export function memoryLog(effects: { now: () => Date }): EventLog {
  const log: StoredEvent[] = [];
  /** For each stream, the hash of the content of each id. Its size is the number of events in the stream. */
  const streams = new Map<string, Map<string, string>>();
  const appended = new EventTarget();

  const read = (after: Position | null, limit: number) => {
    const from = after === null ? 0 : Number(after);
    return log.slice(from, from + limit);
  };

  return {
    async append(stream, events, expected) {
      const held = streams.get(stream) ?? new Map<string, string>();
      if ((revisionOf(expected) ?? held.size - 1) !== held.size - 1)
        throw wrongRevision(stream, expected, held.size - 1);
      const now = effects.now().toISOString();
      const outcomes = events.map(({ id, body, hash, recordedAt = now }): AppendOutcome => {
        const known = held.get(id);
        if (known !== undefined) return known === hash ? 'duplicate' : 'conflict';
        held.set(id, hash);
        log.push({ position: positionOf(log.length + 1), recordedAt, event: JSON.parse(body) as ActivityEvent });
        return 'appended';
      });
      if (held.size > 0) streams.set(stream, held);
      appended.dispatchEvent(new Event('append'));
      return { outcomes, revision: held.size - 1 };
    },

    async read(after, limit) {
      return read(after, limit);
    },

    async *subscribe(after, pageSize, signal) {
      let position = after;
      while (!signal.aborted) {
        const page = read(position, pageSize);
        if (page.length > 0) {
          position = page.at(-1)!.position;
          yield page;
        } else {
          // No await stands between reading and listening, so no append falls between them.
          await nextAppend(appended, signal);
        }
      }
    },

    async at(position) {
      return log.find((event) => event.position === position) ?? null;
    },
    async head() {
      return log.at(-1)?.position ?? null;
    },
    async size() {
      return log.length;
    },
    async close() {},
  };
}

function nextAppend(appended: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      appended.removeEventListener('append', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    appended.addEventListener('append', done);
    signal.addEventListener('abort', done);
  });
}
