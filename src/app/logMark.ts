import { fingerprintOf } from './fingerprint.ts';
import type { EventLog, Position } from './ports.ts';

/** An event of a log, by which a log that was restored from an older copy since, or is another one, is told apart. */
export interface LogMark {
  readonly position: Position;
  readonly fingerprint: string;
}

/** The mark of the last event of the log; null when it is empty. */
export async function lastMark(log: EventLog): Promise<LogMark | null> {
  const position = await log.head();
  const last = position === null ? null : await log.at(position);
  return last === null ? null : { position: last.position, fingerprint: fingerprintOf(last) };
}

/** Whether the event of the mark stands where it stood, and so does every event before it: a log only grows. */
export async function holdsMark(log: EventLog, { position, fingerprint }: LogMark): Promise<boolean> {
  const found = await log.at(position);
  return found !== null && fingerprintOf(found) === fingerprint;
}
