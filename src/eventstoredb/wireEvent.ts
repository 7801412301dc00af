import { hash as digest } from 'node:crypto';
import type { AllStreamRecordedEvent, JSONEventData, RecordedEvent } from '@eventstore/db-client';
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { canonicalJson } from '../app/canonicalJson.ts';
import { identityOf, type Identity } from '../app/eventIdentity.ts';
import type { NewEvent, StoredEvent } from '../app/ports.ts';
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
  const digits = digest('sha256', text);
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

/** The event if it lies in a stream of the log, else null. What somebody else wrote there says which stream. */
export function ourEvent(prefix: string, recorded: AllStreamRecordedEvent): OurEvent | null {
  if (!recorded.streamId.startsWith(prefix)) return null;
  const { event, recordedAt, isOurs } = contentOf(recorded);
  const stream = recorded.streamId.slice(prefix.length);
  // Whoever copies our events into another stream has not recorded them there.
  const isChecked = isOurs && (event as ActivityEvent | null)?.source === stream;
  return {
    stream,
    revision: Number(recorded.revision),
    stored: {
      position: positionOf(recorded.position),
      recordedAt,
      event,
      ...(isChecked ? {} : { foreignStream: stream }),
    },
  };
}

/** What the log knows a stored event by. */
export function identityIn(stream: string, recorded: RecordedEvent): Identity {
  const { id, hash } = contentOf(recorded);
  return identityOf(stream, id, hash);
}

/**
 * What an event says of itself. It is ours, and was checked against its contract, if its metadata hold the hash of its
 * content; anybody with the right to write can put other events into the same stream.
 */
function contentOf(recorded: RecordedEvent) {
  const event = (recorded.data ?? null) as unknown as ActivityEvent;
  const stated = (recorded.metadata ?? {}) as { hash?: unknown; recordedAt?: unknown };
  const hash = digest('sha256', canonicalJson(recorded.isJson ? event : [...recorded.data]));
  const isOurs = stated.hash === hash && typeof stated.recordedAt === 'string';
  return {
    event,
    isOurs,
    hash,
    id: typeof (event as Partial<ActivityEvent> | null)?.id === 'string' ? event.id : recorded.id,
    recordedAt: isOurs ? (stated.recordedAt as string) : recorded.created.toISOString(),
  };
}
