/**
 * The owner's commands. Each asks for `Authorization: Bearer <key>`: without one 401, with another 403, both the problem
 * `not-allowed`. One command at a time: another is refused with 503 `overloaded` and Retry-After.
 *
 * | command | body | query |
 * |---|---|---|
 * | `POST /v1/commands/import` | bytes of the file, `application/octet-stream` or `text/csv`, at most 256 MiB | `file` (its name, required), `format`, `strict=true`, `dryRun=true`, `correct=true`, `encoding`, `options` (JSON: `authority`, `authorities`, `libraries`, `measure`, `zero`, `method`, `period`, `on`, `survey`, `countsBothWays`) |
 * | `POST /v1/commands/replay` | a definition, `application/yaml` (or `text/yaml`, `text/plain`); or `{"indicator":"visits"}`, `application/json` | `file` (name of the YAML, for messages) |
 * | `POST /v1/commands/rebuild` | none | |
 * | `POST /v1/commands/verify` | none | |
 *
 * What is wrong with the request itself, with a definition, or with a file as a table, is an ordinary problem answer (400,
 * 404, 413, 415, 422). Otherwise the answer is 200 `application/x-ndjson`, one JSON object a line:
 *
 *     {"progress":{"doing":"recording events","done":5000,"total":20000}}     none or more, about five a second; total 0: not known
 *     {"result":…}   or   {"problem":{…}}                                     the last line, always one of them
 *
 * A stream that ends without such a line was cut off: what the command did is not known, and asking again is harmless.
 *
 * | command | result |
 * |---|---|
 * | import | `{file, sha256, format, sure, dryRun, events, accepted, duplicates, corrected, refused, counts, findings:[{severity, code, file, row, cell, found, expected, done}], differing, differences:[{file, row, cell, subject, when, recorded, found}]}`, told after the figures contain it |
 * | replay | `{projection, against, position, observations, comparison:{same, changed, added, removed, largest:[{key, before, after}]}, stored}` |
 * | rebuild | `{events}` |
 * | verify | `{position, facts, segments, projections, observations, differences:[{where, what}]}`; differences are a result, not a problem |
 *
 * A client that goes away cancels a replay. The other commands go on to their end.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Definition } from '../../contracts/definition.ts';
import { dateField, methodField, slugField, windowField } from '../../contracts/fields.ts';
import { AUTHORITY_CODE } from '../../contracts/vocabulary.ts';
import { plainFault } from '../../contracts/plainFault.ts';
import { oneOf } from '../../contracts/oneOf.ts';
import { pointerOf } from '../../contracts/pointer.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { problems, type Api } from './api.ts';
import { atMost, ownerOnly } from './guards.ts';
import type { Metrics } from './metrics.ts';
import { parseJson } from './parseJson.ts';
import type { HttpPorts, ImportFile } from './ports.ts';
import { unsupportedMedia } from './problems.ts';
import { streamWork } from './progressStream.ts';

const FILE_BYTES = 256 * 1024 * 1024;
const DEFINITION_BYTES = 256 * 1024;
export const FILE_TYPES = ['application/octet-stream', 'text/csv'] as const;
export const YAML_TYPES = ['application/yaml', 'text/yaml', 'text/plain'] as const;
const REPLAY_TYPES = [...YAML_TYPES, 'application/json'];

const flag = (what: string) =>
  oneOf(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe(what);

const importQuery = z.strictObject({
  file: z.string().min(1).max(255).describe('Name of the file: findings name it, and some formats are told by it'),
  format: z.string().max(64).optional().describe('Left out: recognised by the header'),
  strict: flag('Record nothing where anything in the file is refused'),
  dryRun: flag('Record nothing, and say what would be recorded'),
  correct: flag('Where another number is recorded, record that the file corrects it'),
  encoding: oneOf(['utf-8', 'windows-1252']).optional(),
  options: z.string().max(100_000).optional().describe('What the file itself does not say, as JSON'),
});

const authorityCode = z
  .string()
  .regex(AUTHORITY_CODE, 'must be the GSS code of a library authority, such as E08000021');
const importOptions = z.strictObject({
  authority: authorityCode.optional(),
  authorities: z.record(z.string(), authorityCode).optional(),
  measure: z.literal('visits').optional(),
  zero: z.enum(['closed', 'count']).optional(),
  method: methodField.optional(),
  libraries: z.record(z.string(), z.string()).optional(),
  period: windowField.optional(),
  on: dateField.optional(),
  survey: slugField.optional(),
  countsBothWays: z.boolean().optional(),
});

const lines = z.string().describe('Lines of progress, then one line with the result or the problem');
const streamed = { 200: { description: 'A stream of lines', content: { 'application/x-ndjson': { schema: lines } } } };
const security = [{ owner: [] }];

type CommandPorts = Pick<HttpPorts, 'ledger' | 'openBytes' | 'definitionOf' | 'key'> & {
  metrics: Metrics;
};

/** Adds the routes under `/v1/commands`. */
export function commandRoutes(app: Api, { ledger, openBytes, definitionOf, key, metrics }: CommandPorts): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [...FILE_TYPES, ...YAML_TYPES, 'application/json'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  app.addHook('onRequest', ownerOnly(key));
  const alone = oneAtATime();

  app.post(
    '/v1/commands/import',
    {
      bodyLimit: FILE_BYTES,
      config: { takes: FILE_TYPES },
      // Asked before the body, which is held in memory.
      onRequest: atMost(1, 'files'),
      schema: { summary: 'Import a file', tags: ['commands'], security, querystring: importQuery, response: { ...streamed, ...problems(400, 401, 403, 413, 415, 422, 503) } }, // prettier-ignore
    },
    async (request, reply) => {
      const bytes = bodyOf(request, FILE_TYPES);
      const { file, format, strict, dryRun, correct, encoding } = request.query;
      const source = { ...openBytes(file, bytes, encoding), options: optionsIn(request.query.options) } as ImportFile;
      const work = alone('import');
      return streamWork(request, reply, (progress) =>
        work(async () => {
          const report = await ledger.import(source, { format, strict, dryRun, correct }, progress);
          metrics.told('accepted', report.accepted);
          metrics.told('duplicate', report.duplicates);
          metrics.told('refused', report.refused);
          await ledger.project(progress);
          return report;
        }),
      );
    },
  );

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

/** Options as JSON text, because one of them is a mapping. */
function optionsIn(text: string | undefined): ImportFile['options'] {
  const parsed = importOptions.safeParse(text === undefined ? {} : parseJson(Buffer.from(text)), { error: plainFault });
  if (parsed.success) return parsed.data as ImportFile['options'];
  const faults = parsed.error.issues.map(({ path, message }) => ({
    message,
    pointer: pointerOf(['options', ...path]),
  }));
  throw new LedgerError('invalid-query', `"options": ${faults.map(({ message }) => message).join('; ')}.`, { faults });
}

const activeSchema = z.strictObject({ indicator: z.string() });
