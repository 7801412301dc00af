/** The calls that write: BatchAppend, the classic Append, Delete and Tombstone. */
import { randomUUID } from 'node:crypto';
import type * as grpc from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import {
  appendAnswer,
  batchError,
  batchSuccess,
  handlerError,
  MAX_APPEND_BYTES,
  notLeaderError,
  notReadyError,
  streamDeletedError,
  streamIdentifier,
  tooLargeError,
  unavailableError,
  wrongRevisionError,
  type BatchRefusal,
} from './answers.ts';
import type { Expected } from './decideAppend.ts';
import type { Serving } from './server.ts';
import type { Outcome, Proposed } from './store.ts';

const UUID_TEXT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Batch {
  readonly stream: string;
  readonly expected: Expected;
  readonly deadlineMs: number;
  readonly messages: (AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage)[];
}

/** Collects the messages of each correlation id, and answers each append when its last message has come. */
export function batchAppend(
  { store, faults, address, resetPeer }: Serving,
  call: grpc.ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
): void {
  const open = new Map<string, Batch>();
  const fail = (error: Error): void => void call.emit('error', error);

  const settle = async (id: UUID, batch: Batch): Promise<void> => {
    const response = new streams.BatchAppendResp();
    response.setCorrelationId(id);
    response.setStreamIdentifier(streamIdentifier(batch.stream));
    const refuse = (refusal: BatchRefusal): void => void call.write(batchError(response, batch.stream, refusal));

    if (faults.fires('notReady')) return refuse({ kind: 'not ready' });
    if (faults.fires('notLeader')) return fail(notLeaderError(address.host, address.port));
    if (batch.deadlineMs < Date.now()) return refuse({ kind: 'timeout' });
    if (batch.stream === '' || !batch.messages.every(isWellFormed)) return refuse({ kind: 'bad request' });
    if (dataBytes(batch.messages) > MAX_APPEND_BYTES) return refuse({ kind: 'too large' });
    if (faults.fires('silentNotCommitted')) return;
    const outcome = await store.append(batch.stream, batch.expected, batch.messages.map(proposedOf));
    if (faults.fires('silentCommitted')) return;
    if (faults.fires('ackLost')) return fail(unavailableError());
    if (faults.fires('wrongCorrelationId')) response.setCorrelationId(uuid(randomUUID()));
    if (outcome.kind === 'never answered') return;
    if (outcome.kind === 'appended') call.write(batchSuccess(response, outcome));
    else refuse(outcome.kind === 'deleted' ? outcome : { ...outcome, expected: batch.expected });
  };

  call.on('data', (request: BatchAppendReq) => {
    const id = request.getCorrelationId() as UUID;
    const options = request.getOptions();
    if (options !== undefined) {
      if (faults.fires('resetMidBatch')) return resetPeer(call.getPeer());
      const deadlineMs = options.getDeadline()?.toDate().getTime() ?? Infinity;
      open.set(id.getString(), {
        stream: nameOf(options.getStreamIdentifier()),
        expected: expectedOf(options, options.hasStreamPosition() ? options.getStreamPosition() : null),
        deadlineMs,
        messages: [],
      });
    }
    const batch = open.get(id.getString());
    if (batch === undefined) return fail(handlerError());
    batch.messages.push(...request.getProposedMessagesList());
    if (request.getIsFinal()) {
      open.delete(id.getString());
      void settle(id, batch);
    }
  });
  call.on('end', () => call.end());
  call.on('error', () => open.clear());
}

/** One append a call: the options first, then one event a message. */
export function append(
  { store, faults, address, resetPeer }: Serving,
  call: grpc.ServerReadableStream<AppendReq, AppendResp>,
  answer: grpc.sendUnaryData<AppendResp>,
): void {
  let options: AppendReq.Options | undefined;
  const messages: AppendReq.ProposedMessage[] = [];

  const settle = async (): Promise<void> => {
    if (options === undefined) return answer(handlerError());
    const stream = nameOf(options.getStreamIdentifier());
    const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : null);
    if (faults.fires('notReady')) return answer(notReadyError());
    if (faults.fires('notLeader')) return answer(notLeaderError(address.host, address.port));
    if (stream === '' || !messages.every(isWellFormed)) return answer(handlerError());
    if (dataBytes(messages) > MAX_APPEND_BYTES) return answer(tooLargeError());
    if (faults.fires('silentNotCommitted')) return;
    const outcome = await store.append(stream, expected, messages.map(proposedOf));
    if (faults.fires('silentCommitted') || outcome.kind === 'never answered') return;
    if (faults.fires('ackLost')) return answer(unavailableError());
    if (outcome.kind === 'deleted') return answer(streamDeletedError(stream));
    answer(null, appendAnswer(outcome, expected));
  };

  call.on('data', (request: AppendReq) => {
    const message = request.getProposedMessage();
    if (message === undefined) options = request.getOptions();
    else if (messages.push(message) === 1 && faults.fires('resetMidBatch')) resetPeer(call.getPeer());
  });
  // A connection that breaks ends the stream of requests too, and says only afterwards that it was broken.
  call.on('end', () => setImmediate(() => void (call.cancelled || settle())));
}

export function softDelete(
  { store, faults }: Serving,
  call: grpc.ServerUnaryCall<DeleteReq, DeleteResp>,
  answer: grpc.sendUnaryData<DeleteResp>,
): void {
  if (faults.fires('notReady')) return answer(notReadyError());
  const response = new streams.DeleteResp();
  const options = call.request.getOptions() as DeleteReq.Options;
  const stream = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : null);
  void store.softDelete(stream, expected).then((outcome) => {
    const error = deletionError(stream, expected, outcome);
    if (error !== null) return answer(error);
    response.setPosition(positioned(new streams.DeleteResp.Position(), outcome));
    answer(null, response);
  });
}

export function tombstone(
  { store, faults }: Serving,
  call: grpc.ServerUnaryCall<TombstoneReq, TombstoneResp>,
  answer: grpc.sendUnaryData<TombstoneResp>,
): void {
  if (faults.fires('notReady')) return answer(notReadyError());
  const response = new streams.TombstoneResp();
  const options = call.request.getOptions() as TombstoneReq.Options;
  const stream = nameOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.hasRevision() ? options.getRevision() : null);
  void store.tombstone(stream, expected).then((outcome) => {
    const error = deletionError(stream, expected, outcome);
    if (error !== null) return answer(error);
    response.setPosition(positioned(new streams.TombstoneResp.Position(), outcome));
    answer(null, response);
  });
}

function deletionError(stream: string, expected: Expected, outcome: Outcome) {
  if (outcome.kind === 'deleted') return streamDeletedError(stream);
  return outcome.kind === 'wrong revision' ? wrongRevisionError(stream, expected, outcome.actual) : null;
}

interface PositionMessage {
  setCommitPosition(value: string): unknown;
  setPreparePosition(value: string): unknown;
}

function positioned<P extends PositionMessage>(message: P, outcome: Outcome): P {
  const position = outcome.kind === 'appended' ? String(outcome.position) : '0';
  message.setCommitPosition(position);
  message.setPreparePosition(position);
  return message;
}

interface ExpectedOptions {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

function expectedOf(options: ExpectedOptions, revision: string | null): Expected {
  if (revision !== null) return Number(revision);
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString();

function uuid(text: string): UUID {
  const id = new shared.UUID();
  id.setString(text);
  return id;
}

type ProposedMessage = Batch['messages'][number];

const isWellFormed = (message: ProposedMessage): boolean =>
  UUID_TEXT.test(message.getId()?.getString() ?? '') && (message.getMetadataMap().get('type') ?? '') !== '';

/** Only data counts towards the limit, metadata of 1.2 MB was taken. */
const dataBytes = (messages: readonly ProposedMessage[]): number =>
  messages.reduce((sum, message) => sum + message.getData_asU8().length, 0);

const proposedOf = (message: ProposedMessage): Proposed => ({
  id: (message.getId() as UUID).getString().toLowerCase(),
  type: message.getMetadataMap().get('type') as string,
  contentType: message.getMetadataMap().get('content-type') ?? 'application/octet-stream',
  customMetadata: message.getCustomMetadata_asU8(),
  data: message.getData_asU8(),
});
