/**
 * The owner's commands. Each asks for `Authorization: Bearer <key>`: without one 401, with another 403, both the problem
 * `not-allowed`. One command at a time: another is refused with 503 `overloaded` and Retry-After.
 *
 * | command | body | query |
 * |---|---|---|
 * | `POST /v1/commands/replay` | a definition, `application/yaml` (or `text/yaml`, `text/plain`); or `{"indicator":"visits"}`, `application/json` | `file` (name of the YAML, for messages) |
 * | `POST /v1/commands/reconcile` | `{"forms":["ace-activity-return","ace-long-visits"]}`, `application/json` | |
 * | `POST /v1/commands/rebuild` | none | |
 * | `POST /v1/commands/verify` | none | |
 *
 * What is wrong with the request itself, or with a definition, is an ordinary problem answer (400,
 * 404, 413, 415, 422). Otherwise the answer is 200 `application/x-ndjson`, one JSON object a line:
 *
 *     {"progress":{"doing":"recording events","done":5000,"total":20000}}     none or more, about five a second; total 0: not known
 *     {"result":…}   or   {"problem":{…}}                                     the last line, always one of them
 *
 * A stream that ends without such a line was cut off: what the command did is not known, and asking again is harmless.
 *
 * | command | result |
 * |---|---|
 * | replay | `{projection, against, position, observations, comparison:{same, changed, added, removed, largest:[{key, before, after}]}, stored}` |
 * | reconcile | `{forms, compared:[{means, lines, totals, places, equal, different, onlyIn, examples}], mismatches:[{code, line, means, holds:[{line, means, cells}], cells, found}], notCompared}`; of two values the first is that of the first form |
 * | rebuild | `{events}` |
 * | verify | `{position, facts, segments, projections, observations, feeds, differences:[{where, what}]}`; differences are a result, not a problem |
 *
 * A client that goes away cancels a replay. The other commands go on to their end.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Definition } from '../../contracts/definition.ts';
import { slugField } from '../../contracts/fields.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { problems, type Api } from './api.ts';
import { ownerOnly } from './guards.ts';
import { parseJson } from './parseJson.ts';
import type { HttpPorts } from './ports.ts';
import { unsupportedMedia } from './problems.ts';
import { streamWork } from './progressStream.ts';

const DEFINITION_BYTES = 256 * 1024;
const FORMS_BYTES = 1024;
export const YAML_TYPES = ['application/yaml', 'text/yaml', 'text/plain'] as const;
const REPLAY_TYPES = [...YAML_TYPES, 'application/json'];

const lines = z.string().describe('Lines of progress, then one line with the result or the problem');
const streamed = { 200: { description: 'A stream of lines', content: { 'application/x-ndjson': { schema: lines } } } };
const security = [{ owner: [] }];

type CommandPorts = Pick<HttpPorts, 'ledger' | 'definitionOf' | 'key'>;

/** Adds the routes under `/v1/commands`. */
export function commandRoutes(app: Api, { ledger, definitionOf, key }: CommandPorts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...YAML_TYPES, 'application/json'], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', ownerOnly(key));
  const alone = oneAtATime();

  app.post(
    '/v1/commands/replay',
    {
      bodyLimit: DEFINITION_BYTES,
      config: { takes: REPLAY_TYPES },
      schema: {
        summary: 'Replay a definition over the whole history',
        tags: ['commands'],
        security,
        querystring: z.strictObject({ file: z.string().max(255).optional().describe('Name of the definition’s file') }),
        response: { ...streamed, ...problems(400, 401, 403, 404, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const definition = definitionIn(request);
      const work = alone('replay');
      return streamWork(request, reply, (progress, signal) =>
        work(async () => {
          await ledger.project(progress);
          return ledger.replay(definition, progress, signal);
        }),
      );
    },
  );

  /** The definition sent, or the active one that is named. A bad one dies here, before any work. */
  function definitionIn(request: FastifyRequest): Definition {
    const body = bodyOf(request, REPLAY_TYPES);
    if ((request.headers['content-type'] ?? '').startsWith('application/json')) {
      const named = activeSchema.safeParse(parseJson(body));
      if (!named.success) throw new LedgerError('usage', 'Expected {"indicator": "<id>"}, or a definition as YAML.');
      return ledger.catalogue.find(named.data.indicator).definition;
    }
    const { file } = request.query as { file?: string };
    return definitionOf(body.toString('utf8'), file ?? 'the definition');
  }

  app.post(
    '/v1/commands/reconcile',
    {
      bodyLimit: FORMS_BYTES,
      config: { takes: ['application/json'] },
      schema: {
        summary: 'Compare what two forms state of the same places and times',
        tags: ['commands'],
        security,
        querystring: z.strictObject({}),
        response: { ...streamed, ...problems(400, 401, 403, 404, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const named = formsSchema.safeParse(parseJson(bodyOf(request, ['application/json'])));
      if (!named.success) throw new LedgerError('usage', 'Expected {"forms": ["<form>", "<form>"]}.');
      const work = alone('reconcile');
      return streamWork(request, reply, (progress) => work(() => ledger.reconcile(named.data.forms, progress)));
    },
  );

  const plain = { querystring: z.strictObject({}), tags: ['commands'], security };
  app.post(
    '/v1/commands/rebuild',
    { schema: { ...plain, summary: 'Make facts and figures again from the log', response: { ...streamed, ...problems(400, 401, 403, 503) } } }, // prettier-ignore
    async (request, reply) => {
      const work = alone('rebuild');
      return streamWork(request, reply, (progress) => work(() => ledger.rebuild(progress)));
    },
  );
  app.post(
    '/v1/commands/verify',
    { schema: { ...plain, summary: 'Compare what is stored with a rebuild beside it', response: { ...streamed, ...problems(400, 401, 403, 503) } } }, // prettier-ignore
    async (request, reply) => {
      const work = alone('verify');
      return streamWork(request, reply, (progress) => work(() => ledger.verify(progress)));
    },
  );
}

/** Commands read and replace the same facts, so they take turns; who comes second is told to come again. */
function oneAtATime(): (name: string) => <T>(work: () => Promise<T>) => Promise<T> {
  let running: string | null = null;
  return (name) => {
    if (running !== null) {
      throw new LedgerError('overloaded', `Another command is running: ${running}.`, { hint: 'Try again when it is done.' }); // prettier-ignore
    }
    running = name;
    return async (work) => {
      try {
        return await work();
      } finally {
        running = null;
      }
    };
  };
}

function bodyOf(request: FastifyRequest, types: readonly string[]): Buffer {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!Buffer.isBuffer(request.body) || !types.includes(type)) throw unsupportedMedia(request, types);
  return request.body;
}

const formsSchema = z.strictObject({ forms: z.tuple([slugField, slugField]) });
const activeSchema = z.strictObject({ indicator: z.string() });
