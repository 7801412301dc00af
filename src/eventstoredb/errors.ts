import { LedgerError } from '../domain/ledgerError.ts';
import { NoAnswer } from './timing.ts';

/**
 * What an error of the client means for the call that met it.
 *
 * - `moved`: the stream is not at the expected revision; nothing was stored by this call.
 * - `refused`: nothing was stored, and trying again would end the same way.
 * - `missing`: there is no such stream.
 * - `unsettled`: whether the call took effect is not known; it may be tried again as it was.
 */
export type ErrorKind = 'moved' | 'refused' | 'missing' | 'unsettled';

const REFUSED = new Set([
  'access-denied',
  'stream-deleted',
  'maximum-append-size-exceeded',
  'invalid-argument',
  'unsupported',
  'missing-required-metadata-property',
]);
/** gRPC status of raw errors: 7 permission denied, 12 unimplemented, 16 not signed in. */
const REFUSED_CODES = new Set([7, 12, 16]);

/**
 * Errors are told apart by `type`, else by gRPC `code`: classes differ between installed copies of the client, and some
 * errors reach the caller raw. Whatever is not known to be final counts as unsettled, because the server says "unknown"
 * for what passes, such as not being ready yet.
 */
export function kindOf(error: unknown): ErrorKind {
  const { type, code, message } = told(error);
  if (type === 'wrong-expected-version') return 'moved';
  if (type === 'stream-not-found') return 'missing';
  if (type !== undefined && REFUSED.has(type)) return 'refused';
  if (code !== undefined && REFUSED_CODES.has(code)) return 'refused';
  if (type === 'unknown' && message.includes('BadRequest')) return 'refused';
  return 'unsettled';
}

/**
 * Whether the client object that met the error may not go on. It may when the server itself said that it was too slow,
 * and when it named the leader of its cluster: the client goes there by itself.
 */
export function spoils(error: unknown): boolean {
  const { type } = told(error);
  return type !== 'timeout' && type !== 'deadline-exceeded' && type !== 'not-leader';
}

/** The server ended a subscription because events came faster than they were taken. It does so after any burst. */
export function isTooSlow(error: unknown): boolean {
  return told(error).message.includes('Consumer too slow');
}

/** The server was given a position at which no event stands. Releases differ in what they say. */
export function isNoPosition(error: unknown): boolean {
  const { code, message } = told(error);
  return code === 3 || (code === 2 && message.includes('Exception was thrown by handler'));
}

/** The error for a call that was refused for good. */
export function refusal(error: unknown, what: string): LedgerError {
  const { type, code, message } = told(error);
  if (type === 'maximum-append-size-exceeded') {
    const { maxAppendSize } = error as { maxAppendSize?: number };
    return new LedgerError(
      'event-too-large',
      `EventStoreDB takes ${maxAppendSize} bytes in one append, too few for ${what}. Nothing of it was stored.`,
      { hint: 'Raise MaxAppendSize on the server to 1048576 bytes or more, or send smaller events.' },
    );
  }
  if (type === 'stream-deleted') {
    return new LedgerError('unavailable', `EventStoreDB refused ${what}: the stream was deleted.`, {
      hint: 'Streams of the log must never be deleted: restore the server from a backup.',
    });
  }
  return new LedgerError('unavailable', `EventStoreDB refused ${what}: ${type ?? `code ${code}`}, ${message}.`, {
    hint: 'Check the user, password and certificates in EVENTSTORE_URL, and what this user may do on the server.',
  });
}

/** The error for a call that never succeeded, `error` being how the last attempt ended. */
export function unavailable(error: unknown, what: string): LedgerError {
  const { type, code, message } = told(error);
  return new LedgerError('unavailable', `EventStoreDB cannot be used now for ${what}: ${message || type || code}.`, {
    hint: 'Check that the server runs and can be reached at EVENTSTORE_URL. Then try again.',
  });
}

function told(error: unknown): { type?: string; code?: number; message: string } {
  const { type, code, message } = (error ?? {}) as { type?: unknown; code?: unknown; message?: unknown };
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof code === 'number' ? { code } : {}),
    message: typeof message === 'string' ? message : error instanceof NoAnswer ? error.message : '',
  };
}
