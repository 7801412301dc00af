import type { Position } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { positionOf } from './positions.ts';
import { readStream, type Server } from './reading.ts';
import type { OurEvent } from './wireEvent.ts';

/** Watches that no event of any stream is left out between the events that a reader is given. */
export interface Continuity {
  /**
   * Takes in the events that follow, in log order. Throws LedgerError `verification-failed` at the first that does not
   * follow the one before it in its stream.
   */
  check(events: readonly OurEvent[]): Promise<void>;
}

/**
 * The watch over a reader that starts after `after`. Of a stream it meets for the first time it asks the server where
 * the event before stands: at or before `after`, or it should have been given too.
 */
export function continuityFrom(server: Server, prefix: string, after: Position | null): Continuity {
  const revisions = new Map<string, number>();
  return {
    async check(events) {
      for (const { stream, revision } of events) {
        const before = revisions.get(stream);
        const follows =
          before === undefined
            ? revision === 0 || (after !== null && (await lies(server, prefix + stream, revision - 1, after)))
            : revision === before + 1;
        if (!follows) throw leftOut(prefix + stream, before ?? null, revision);
        revisions.set(stream, revision);
      }
    },
  };
}

/** Whether the event of that revision lies at or before the position. Servers before 22.6 do not say where it lies. */
async function lies(server: Server, name: string, revision: number, position: Position): Promise<boolean> {
  const [found] = await readStream(server, name, revision, 1);
  if (found === undefined || Number(found.revision) !== revision) return false;
  const known = found.position !== undefined && found.position.commit > 0n && found.position.commit < UNKNOWN;
  return !known || positionOf(found.position!) <= position;
}

const UNKNOWN = 2n ** 63n;

const leftOut = (name: string, before: number | null, revision: number): LedgerError =>
  new LedgerError(
    'verification-failed',
    `EventStoreDB gave event ${revision} of the stream "${name}" after ${before === null ? 'none' : `event ${before}`}: events between them are missing.`,
    { hint: 'Start again; if it stays, the streams of the log were altered: restore the server from a backup.' },
  );
