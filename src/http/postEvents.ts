/**
 * Events in: one, a batch, or a stream of lines. Every event gets its own outcome, and sending again is harmless.
 *
 * | sent | answered |
 * |---|---|
 * | one event | 201 accepted, 200 duplicate, each with a receipt; a problem (422, 409) when refused |
 * | batch or NDJSON | 200 with a receipt; 422 with a receipt when every event was refused |
 */
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { activityEvent } from '../../contracts/activityEvent.ts';
import { oneOf } from '../../contracts/oneOf.ts';
import type { KeptReceipts } from '../app/keptReceipts.ts';
import type { Ledger } from '../app/ledger.ts';
import type { EventOutcome } from '../app/recordEvents.ts';
import type { SentFeeds } from '../app/sentFeeds.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import { problems, type Api } from './api.ts';
import { hasMoreMembers } from './arrayMembers.ts';
import { atMost } from './guards.ts';
import { idempotencyHeaders, keyIn, oncePerKey } from './idempotencyKey.ts';
import type { Metrics } from './metrics.ts';
import { parseJson } from './parseJson.ts';
import { sendProblem, unsupportedMedia } from './problems.ts';
import { readLines, type Line } from './readLines.ts';
import { receiptBook, receiptSchema, receiptStatus, type Receipt } from './receipt.ts';

/** Whole bodies are held in memory: this many bytes each, and at most so many requests at once. */
const BODY_BYTES = 8 * 1024 * 1024;
const REQUESTS_AT_ONCE = 8;
/** Members of a JSON array. Each is parsed before the first is recorded, and answered for itself. */
const BATCH_MEMBERS = 100_000;
/** Events that are validated and recorded in one go; between them other requests get their turn. */
const BATCH_EVENTS = 1_000;
const LINES = { lineBytes: 64 * 1024, batchLines: BATCH_EVENTS, batchBytes: 1024 * 1024 };
/** A sender that brings less than so many bytes in so long holds a place that others wait for. */
const SLOW_MS = 60_000;
const SLOW_BYTES = 4_096;

const JSON_TYPES = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'] as const;
const NDJSON = 'application/x-ndjson';
const EVENT_TYPES = [...JSON_TYPES, NDJSON];

/** What `POST /v1/events` takes, for the OpenAPI document: bodies are checked event by event, not by the framework. */
export const EVENT_BODIES = {
  'application/cloudevents+json': activityEvent,
  'application/cloudevents-batch+json': z.array(activityEvent).max(BATCH_MEMBERS),
  'application/json': z.union([activityEvent, z.array(activityEvent).max(BATCH_MEMBERS)]),
  [NDJSON]: z.string().describe('One event a line, at most 64 KiB each, as many as you like'),
} as const;

type Lines = AsyncIterable<Buffer>;
interface EventPorts {
  readonly ledger: Ledger;
  readonly metrics: Metrics;
  readonly keptReceipts: KeptReceipts;
}

/** Adds `POST /v1/events`. */
export function eventRoutes(app: Api, ports: EventPorts): void {
  const once = oncePerKey(ports.keptReceipts, ports.ledger);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...JSON_TYPES], { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));

  app.post(
    '/v1/events',
    {
      bodyLimit: BODY_BYTES,
      config: { takes: EVENT_TYPES },
      onRequest: [refuseEncoded, refuseOtherCharsets, atMost(REQUESTS_AT_ONCE, 'batches of events'), hangUpOnTrickle],
      schema: {
        summary: 'Record events',
        description:
          'One CloudEvent, a JSON array of them, or one a line. Sending the same event again is harmless: it is a duplicate. ' +
          'An event that is refused does not keep the others from being recorded. ' +
          'An array has at most 100,000 events and 8 MiB; lines have no limit. Texts are UTF-8. ' +
          'The answer says what is missing of the feeds sent: of numbers in `sequence`, and of periods that are due. ' +
          'With an Idempotency-Key the same request sent again within a day is answered as it was first.',
        tags: ['events'],
        headers: idempotencyHeaders,
        querystring: z.strictObject({
          outcomes: oneOf(['all', 'refused']).default('all').describe('Which outcomes to list; counts are of all'),
        }),
        response: {
          200: receiptSchema.describe('At least one is recorded, now or before'),
          201: receiptSchema.describe('The one event sent was accepted'),
          ...problems(400, 409, 413, 415, 503),
          422: {
            description: 'One event: a problem. Several: the receipt of a batch of which every event was refused',
            content: {
              'application/json': { schema: receiptSchema },
              ...problems(422)[422].content,
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { body } = request as { body: unknown };
      const list = request.query.outcomes;
      if (body === undefined) throw unsupportedMedia(request, EVENT_TYPES);
      const key = keyIn(request.headers['idempotency-key']);
      const digest = createHash('sha256').update(`${list}\n${mediaTypeOf(request)}\n`);
      const fingerprint = (): string => digest.digest('hex');
      if (!Buffer.isBuffer(body)) {
        const lines = key === null ? (body as Lines) : digested(body as Lines, digest);
        const work = (): Promise<Receipt> => recordLines(ports, lines, list);
        const receipt = await (key === null
          ? work()
          : once({ key, work, readOnly: () => toTheEnd(lines), fingerprint }));
        return reply.code(receiptStatus(receipt)).send(receipt);
      }
      if (hasMoreMembers(body, BATCH_MEMBERS)) throw tooManyMembers();
      const sent = batchOrEvent(request, parseJson(body));
      const work = (): Promise<Receipt> => recordAll(ports, sent.candidates, list);
      if (key !== null) digest.update(body);
      const receipt = await (key === null ? work() : once({ key, work, readOnly: async () => {}, fingerprint }));
      if (sent.isBatch) return reply.code(receiptStatus(receipt)).send(receipt);
      const problem = receipt.outcomes[0]?.problem;
      if (problem !== undefined) return sendProblem(reply, problem);
      return reply.code(receipt.accepted === 1 ? 201 : 200).send(receipt);
    },
  );
}

/** The media type without its parameters: the same body with a charset named is the same request. */
const mediaTypeOf = ({ headers }: FastifyRequest): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();

async function* digested(lines: Lines, digest: Hash): AsyncGenerator<Buffer> {
  for await (const piece of lines) {
    digest.update(piece);
    yield piece;
  }
}

async function toTheEnd(lines: Lines): Promise<void> {
  for await (const _piece of lines);
}

/** Nothing is unpacked here: a small packed body can be a very large one. */
async function refuseEncoded(request: FastifyRequest): Promise<void> {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new LedgerError('unsupported-media-type', `Content-Encoding "${encoding.slice(0, 50)}" is not accepted here.`, {
    hint: 'Send the events as they are.',
  });
}

/** Bytes are read as UTF-8: another encoding would be refused as broken text, or read as other characters. */
async function refuseOtherCharsets({ headers }: FastifyRequest): Promise<void> {
  const named = (headers['content-type'] ?? '').matchAll(/;\s*charset\s*=\s*"?([^";\s]*)/gi);
  const other = [...named].map(([, charset = '']) => charset).find((charset) => !/^utf-?8$/i.test(charset));
  if (other === undefined) return;
  throw new LedgerError('unsupported-media-type', `The charset "${other.slice(0, 50)}" is not accepted here.`, {
    hint: 'Send the events as UTF-8.',
  });
}

const tooManyMembers = (): LedgerError =>
  new LedgerError('event-too-large', `The array has more than ${BATCH_MEMBERS} events.`, {
    hint: 'Send a long batch as application/x-ndjson, one event a line: it has no limit.',
  });

/** What was recorded by then stays, and counts once when it is sent again. */
async function hangUpOnTrickle({ raw }: FastifyRequest): Promise<void> {
  const { socket } = raw;
  let before = socket.bytesRead;
  const watch = setInterval(() => {
    if (raw.complete) return clearInterval(watch);
    if (socket.bytesRead - before < SLOW_BYTES) socket.destroy();
    before = socket.bytesRead;
  }, SLOW_MS);
  watch.unref();
  raw.once('close', () => clearInterval(watch));
}

function batchOrEvent(request: FastifyRequest, sent: unknown): { candidates: readonly unknown[]; isBatch: boolean } {
  const isBatch = Array.isArray(sent);
  const type = request.headers['content-type'] ?? '';
  if (isBatch && !type.startsWith('application/cloudevents+json')) return { candidates: sent, isBatch };
  if (!isBatch && !type.startsWith('application/cloudevents-batch+json')) return { candidates: [sent], isBatch };
  throw new LedgerError(
    'invalid-event',
    isBatch ? 'Found an array, expected one event.' : 'Expected an array of events, found something else.',
    { hint: 'application/cloudevents+json is one event, application/cloudevents-batch+json an array of them.' },
  );
}

async function recordAll(
  { ledger, metrics }: EventPorts,
  candidates: readonly unknown[],
  list: 'all' | 'refused',
): Promise<Receipt> {
  const book = receiptBook(list, metrics.told);
  const sent = ledger.sentFeeds();
  for (let at = 0; at < candidates.length; at += BATCH_EVENTS) {
    if (at > 0) await setImmediate();
    const batch = candidates.slice(at, at + BATCH_EVENTS);
    const outcomes = await ledger.record(batch);
    sent.add(batch, outcomes);
    book.add(at === 0 ? outcomes : outcomes.map((outcome) => ({ ...outcome, index: at + outcome.index })));
  }
  return { ...book.total(), feeds: feedsOf(await sent.told()) };
}

/** Of each feed what whoever sends it is told at once; the rest is at `/v1/feeds`. */
const feedsOf = (told: Awaited<ReturnType<SentFeeds['told']>>): Receipt['feeds'] =>
  told?.map(({ source, state, overduePeriods, dueBy, missing, sequence, says }) => ({
    source,
    state,
    overduePeriods,
    dueBy,
    missing: { ...missing, runs: [...missing.runs] },
    sequence: sequence === null ? null : { ...sequence, gaps: [...sequence.gaps], repeated: [...sequence.repeated] },
    says: [...says],
  })) ?? null;

/** The stream is read only as fast as its batches are recorded. */
async function recordLines({ ledger, metrics }: EventPorts, stream: Lines, list: 'all' | 'refused'): Promise<Receipt> {
  const book = receiptBook(list, metrics.told);
  const sent = ledger.sentFeeds();
  let before = 0;
  for await (const lines of readLines(stream, LINES)) {
    const candidates: unknown[] = [];
    const outcomes: (EventOutcome & { line: number })[] = [];
    /** For each candidate, its place among the lines. */
    const places: number[] = [];
    lines.forEach((line, place) => {
      const parsed = parseLine(line);
      if (!(parsed instanceof LedgerError)) {
        candidates.push(parsed);
        places.push(place);
        return;
      }
      const problem = toProblem(parsed);
      outcomes[place] = { index: before + place, line: line.line, source: null, id: null, outcome: 'refused', problem };
    });
    const recorded = await ledger.record(candidates);
    sent.add(candidates, recorded);
    for (const outcome of recorded) {
      const place = places[outcome.index] ?? 0;
      outcomes[place] = { ...outcome, index: before + place, line: lines[place]?.line ?? 0 };
    }
    book.add(outcomes);
    before += lines.length;
    await setImmediate();
  }
  return { ...book.total(), feeds: feedsOf(await sent.told()) };
}

function parseLine({ bytes, line }: Line): unknown {
  if (bytes === null) {
    const message = `is longer than ${LINES.lineBytes} bytes`;
    return new LedgerError('event-too-large', `Line ${line} ${message}.`, { faults: [{ message, line }] });
  }
  try {
    return parseJson(bytes, line);
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
}
