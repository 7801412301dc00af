import { createHash } from 'node:crypto';
import type { AllStreamRecordedEvent, JSONEventData, RecordedEvent } from '@eventstore/db-client';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { identityOf, type Identity } from '../app/eventIdentity.ts';
import type { NewEvent, StoredEvent } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { positionOf } from './positions.ts';

/** An event as the client takes it. Nothing but plain JSON is in it: at anything else the client hangs. */
export type WireEvent = JSONEventData;

/**
 * The event as EventStoreDB keeps it. Its id is a UUID made from stream, id and content, so that the server's own
 * idempotency, which compares ids and nothing else, takes two events for one only if they are.
 */
export function wireEvent(stream: string, { id, body, hash, recordedAt }: NewEvent, now: string): WireEvent {
  const event = JSON.parse(body) as ActivityEvent;
  return {
    id: uuidOf(`${stream}\n${id}\n${hash}`),
    contentType: 'application/json',
    type: event.type,
    data: event,
    metadata: { hash, recordedAt: recordedAt ?? now },
  };
}

/** A UUID of version 8 (made by a rule of one's own) from the SHA-256 of the text. */
function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(digits[16]!, 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** An event of the log as it was read, with what is needed to check the order of its stream. */
export interface OurEvent {
  readonly stream: string;
  readonly revision: number;
  readonly stored: StoredEvent;
}

/** The event if it lies in a stream of the log, else null. Throws LedgerError when somebody else wrote it there. */
export function ourEvent(prefix: string, recorded: AllStreamRecordedEvent): OurEvent | null {
  if (!recorded.streamId.startsWith(prefix)) return null;
  const { event, recordedAt } = contentOf(recorded);
  return {
    stream: recorded.streamId.slice(prefix.length),
    revision: Number(recorded.revision),
    stored: { position: positionOf(recorded.position), recordedAt, event },
  };
}

/** What the log knows a stored event by. Throws LedgerError when somebody else wrote it. */
export function identityIn(stream: string, recorded: RecordedEvent): Identity {
  const { event, hash } = contentOf(recorded);
  return identityOf(stream, event.id, hash);
}

function contentOf(recorded: RecordedEvent): { event: ActivityEvent; hash: string; recordedAt: string } {
  const event = recorded.data as unknown as ActivityEvent | null;
  const { hash, recordedAt } = (recorded.metadata ?? {}) as { hash?: unknown; recordedAt?: unknown };
  if (typeof event?.id === 'string' && typeof hash === 'string' && typeof recordedAt === 'string') {
    return { event, hash, recordedAt };
  }
  throw new LedgerError(
    'verification-failed',
    `Event ${recorded.revision} of the EventStoreDB stream "${recorded.streamId}" was not written by this program.`,
    { hint: 'Nobody else may write to the streams of the log, or delete them: restore the server from a backup.' },
  );
}
