/** What the double answers: the messages of success and the errors, in the shape in which real servers send them. */
import { Metadata, status } from '@grpc/grpc-js';
import anyMessage from 'google-protobuf/google/protobuf/any_pb.js';
import emptyMessage from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Message } from 'google-protobuf';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statusMessage from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { Expected } from './decideAppend.ts';
import type { Outcome } from './store.ts';

export const MAX_APPEND_BYTES = 1_048_576;

/** An error of a whole call. `exception` and what belongs to it go into the trailers. */
export function callError(code: number, details: string, trailers: Readonly<Record<string, string>> = {}) {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const notReadyError = () => callError(status.UNAVAILABLE, 'Server Is Not Ready');
export const unavailableError = () => callError(status.UNAVAILABLE, 'Connection dropped');
export const handlerError = () => callError(status.UNKNOWN, 'Exception was thrown by handler.');
export const streamDeletedError = (stream: string) =>
  callError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
export const tooLargeError = () =>
  callError(status.INVALID_ARGUMENT, `Maximum Append Size of ${MAX_APPEND_BYTES} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(MAX_APPEND_BYTES),
  });
export const notLeaderError = (host: string, port: number) =>
  callError(status.NOT_FOUND, `Leader info available: ${host}:${port}`, {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
/** `delete` and `tombstone` report a wrong revision by trailers, unlike the two appends. */
export const wrongRevisionError = (stream: string, expected: Expected, actual: number) =>
  callError(status.FAILED_PRECONDITION, `Append failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(versionNumber(expected)),
    ...(actual >= 0 && { 'actual-version': String(actual) }),
  });

/** The old protocol's numbers for the names of an expected revision. */
function versionNumber(expected: Expected): number {
  const names = { no_stream: -1, any: -2, stream_exists: -4 };
  return typeof expected === 'number' ? expected : names[expected];
}

/** Why one append of the batch call was refused. */
export type BatchRefusal =
  | { readonly kind: 'wrong revision'; readonly expected: Expected; readonly actual: number }
  | { readonly kind: 'deleted' | 'bad request' | 'too large' | 'not ready' | 'timeout' };

export function batchError(response: BatchAppendResp, stream: string, refusal: BatchRefusal): BatchAppendResp {
  const [code, message, details, type] = describe(stream, refusal);
  const packed = new anyMessage.Any();
  packed.pack(details.serializeBinary(), type);
  const error = new statusMessage.Status();
  error.setCode(code);
  error.setMessage(message);
  error.setDetails(packed);
  response.setError(error);
  return response;
}

/** Code, message, details and their type name. The client knows the error by the type name alone. */
function describe(stream: string, refusal: BatchRefusal): [number, string, Message, string] {
  switch (refusal.kind) {
    case 'wrong revision': {
      const details = new shared.WrongExpectedVersion();
      const { expected, actual } = refusal;
      if (actual >= 0) details.setCurrentStreamRevision(String(actual));
      else details.setCurrentNoStream(new emptyMessage.Empty());
      if (expected === 'any') details.setExpectedAny(new emptyMessage.Empty());
      else if (expected === 'no_stream') details.setExpectedNoStream(new emptyMessage.Empty());
      else if (expected === 'stream_exists') details.setExpectedStreamExists(new emptyMessage.Empty());
      else details.setExpectedStreamPosition(String(expected));
      return [status.FAILED_PRECONDITION, 'WrongExpectedVersion', details, 'event_store.client.WrongExpectedVersion'];
    }
    case 'deleted': {
      const details = new shared.StreamDeleted();
      details.setStreamIdentifier(streamIdentifier(stream));
      return [status.FAILED_PRECONDITION, 'StreamDeleted', details, 'event_store.client.StreamDeleted'];
    }
    case 'too large': {
      const details = new shared.MaximumAppendSizeExceeded();
      details.setMaxappendsize(MAX_APPEND_BYTES);
      const type = 'event_store.client.MaximumAppendSizeExceeded';
      return [status.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details, type];
    }
    case 'timeout':
      return [status.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout(), 'event_store.client.Timeout'];
    case 'bad request':
      return [status.INVALID_ARGUMENT, 'BadRequest', new shared.BadRequest(), 'event_store.client.BadRequest'];
    case 'not ready':
      return [status.UNAVAILABLE, 'Server Is Not Ready', new emptyMessage.Empty(), 'google.protobuf.Empty'];
  }
}

export function streamIdentifier(name: string) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name).toString('base64'));
  return identifier;
}

export function batchSuccess(
  response: BatchAppendResp,
  outcome: Extract<Outcome, { kind: 'appended' }>,
): BatchAppendResp {
  const success = new streams.BatchAppendResp.Success();
  if (outcome.lastRevision < 0) success.setNoStream(new emptyMessage.Empty());
  else success.setCurrentRevision(String(outcome.lastRevision));
  if (outcome.position === null) success.setNoPosition(new emptyMessage.Empty());
  else {
    const position = new shared.AllStreamPosition();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    success.setPosition(position);
  }
  response.setSuccess(success);
  return response;
}

/** The classic call answers a wrong revision as a message, not as an error. */
export function appendAnswer(outcome: Extract<Outcome, { kind: 'appended' | 'wrong revision' }>, expected: Expected) {
  const response = new streams.AppendResp();
  if (outcome.kind === 'appended') {
    const success = new streams.AppendResp.Success();
    if (outcome.lastRevision < 0) success.setNoStream(new shared.Empty());
    else success.setCurrentRevision(String(outcome.lastRevision));
    if (outcome.position === null) success.setNoPosition(new shared.Empty());
    else {
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(outcome.position));
      position.setPreparePosition(String(outcome.position));
      success.setPosition(position);
    }
    response.setSuccess(success);
    return response;
  }
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (outcome.actual >= 0) wrong.setCurrentRevision(String(outcome.actual));
  else wrong.setCurrentNoStream(new shared.Empty());
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(String(expected));
  response.setWrongExpectedVersion(wrong);
  return response;
}
