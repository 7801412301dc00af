/**
 * Files of libraries over HTTP. `POST /v1/imports` takes the bytes of a file and answers 202 with the job that imports it
 * when they are durable; `GET /v1/imports/{id}` says how far it has come and what came of it, and the findings are there
 * as JSON, CSV and a page. All of it is for the owner: without the key 401, with another 403, problem `not-allowed`.
 */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { citationField, dateField, methodField, slugField, windowField } from '../../contracts/fields.ts';
import { oneOf } from '../../contracts/oneOf.ts';
import { plainFault } from '../../contracts/plainFault.ts';
import { pointerOf } from '../../contracts/pointer.ts';
import { AUTHORITY_CODE } from '../../contracts/vocabulary.ts';
import type { ImportJob, ImportJobs } from '../app/importJobs.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { MEASURES } from '../importers/importer.ts';
import { problems, type Api } from './api.ts';
import { findingsCsv } from './findingsCsv.ts';
import { ownerOnly } from './guards.ts';
import { preferred } from './negotiate.ts';
import { parseJson } from './parseJson.ts';
import type { HttpPorts } from './ports.ts';
import { unsupportedMedia } from './problems.ts';

export const FILE_TYPES = [
  'application/octet-stream',
  'text/csv',
  'text/tab-separated-values',
  'application/json',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
] as const;

const flag = (what: string) =>
  oneOf(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe(what);

const uploadQuery = z.strictObject({
  file: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line of text')
    .describe('Name of the file: findings name it, and some formats are told by it'),
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
/** Options stand in the address of a request, which a server reads up to 16 KiB of. */
const LONGEST_MAPPING = 8_000;
const importOptions = z.strictObject({
  authority: authorityCode.optional(),
  authorities: z.record(z.string(), authorityCode).optional(),
  measure: z.enum(MEASURES).optional(),
  citation: citationField.optional(),
  zero: z.enum(['closed', 'count']).optional(),
  method: methodField.optional(),
  libraries: z.record(z.string(), z.string()).optional(),
  period: windowField.optional(),
  on: dateField.optional(),
  survey: slugField.optional(),
  mapping: z.string().max(LONGEST_MAPPING).optional().describe('A mapping of columns, as YAML text'),
  countsBothWays: z.boolean().optional(),
});

const jobSchema = z
  .object({
    id: z.string(),
    file: z.string(),
    received: z.string(),
    ended: z.string().nullable(),
    state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    progress: z
      .object({
        doing: z.string(),
        done: z.int(),
        total: z.int().describe('0: not known'),
        perSecond: z.int(),
        secondsLeft: z.int().nullable(),
      })
      .nullable(),
    report: z
      .looseObject({})
      .nullable()
      .describe('What became of the file, its findings among it; also of one of which nothing was recorded'),
    problem: z.looseObject({}).nullable().describe('Why nothing became of it: a problem document'),
  })
  .meta({ id: 'Import' });

/** A job as it is told: its options stay with the owner of the file. */
function shown({ request, ...job }: ImportJob): z.infer<typeof jobSchema> {
  return { file: request.fileName, ...job } as unknown as z.infer<typeof jobSchema>;
}

const FORMS = { html: 'text/html', csv: 'text/csv', json: 'application/json' } as const;

const security = [{ owner: [] }];
const byId = z.strictObject({ id: z.uuid() });

/** Adds the routes under `/v1/imports`. */
export function importRoutes(
  app: Api,
  { jobs, findingsPage, mappingOf, key }: Pick<HttpPorts, 'findingsPage' | 'mappingOf' | 'key'> & { jobs: ImportJobs },
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...FILE_TYPES], (_request, body, done) => done(null, body));
  app.addHook('onRequest', ownerOnly(key));

  app.post(
    '/v1/imports',
    {
      bodyLimit: Number.MAX_SAFE_INTEGER,
      config: { takes: FILE_TYPES },
      schema: { summary: 'Upload a file to be imported', tags: ['imports'], security, querystring: uploadQuery, response: { 202: jobSchema, ...problems(400, 401, 403, 415, 422, 503) } }, // prettier-ignore
    },
    async (request, reply) => {
      const { file, encoding, options, ...choices } = request.query;
      if (!isStream(request.body)) throw unsupportedMedia(request, FILE_TYPES);
      const job = await jobs.submit(
        { fileName: file, encoding, choices, options: optionsIn(options, mappingOf) },
        request.body,
      );
      return reply.code(202).header('location', `/v1/imports/${job.id}`).send(shown(job));
    },
  );

  app.get(
    '/v1/imports',
    { schema: { summary: 'The last imports', tags: ['imports'], security, querystring: z.strictObject({}), response: { 200: z.object({ imports: z.array(jobSchema) }), ...problems(400, 401, 403) } } }, // prettier-ignore
    async () => ({ imports: jobs.list().map((job) => ({ ...shown(job), report: null })) }),
  );

  app.get(
    '/v1/imports/:id',
    { schema: { summary: 'How far an import has come, and what came of it', tags: ['imports'], security, params: byId, querystring: z.strictObject({}), response: { 200: jobSchema, ...problems(400, 401, 403, 404) } } }, // prettier-ignore
    async (request) => shown(jobs.get(request.params.id)),
  );

  app.get(
    '/v1/imports/:id/findings',
    { schema: { summary: 'The findings of an import, as a page, CSV or JSON', tags: ['imports'], security, params: byId, querystring: z.strictObject({}), response: { 200: { description: 'Findings', content: { 'text/html': { schema: z.string() }, 'text/csv': { schema: z.string() }, 'application/json': { schema: z.looseObject({}) } } }, ...problems(400, 401, 403, 404) } } }, // prettier-ignore
    async (request, reply) => {
      const { report, state } = jobs.get(request.params.id);
      if (report === null)
        throw new LedgerError('not-found', `The import is ${state}: there are no findings yet, or none at all.`, {
          hint: 'GET /v1/imports/{id} says how far it has come, and why it failed if it did.',
        });
      switch (preferred(request.headers.accept, FORMS)) {
        case 'html':
          return sendText(reply, 'text/html', findingsPage(report));
        case 'csv':
          return sendText(reply, 'text/csv', findingsCsv(report));
        case 'json':
          return sendText(reply, 'application/json', JSON.stringify(report));
      }
    },
  );

  app.delete(
    '/v1/imports/:id',
    { schema: { summary: 'Cancel an import; what it recorded so far stays', tags: ['imports'], security, params: byId, querystring: z.strictObject({}), response: { 200: jobSchema, ...problems(400, 401, 403, 404) } } }, // prettier-ignore
    async (request) => shown(jobs.cancel(request.params.id)),
  );
}

const sendText = (reply: FastifyReply, type: string, text: string): FastifyReply =>
  reply
    .header('vary', 'accept')
    .header('cache-control', 'no-store')
    .type(`${type}; charset=utf-8`)
    // As bytes: no serialiser comes between.
    .send(Buffer.from(text));

const isStream = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Options as JSON text, because some of them are tables. */
function optionsIn(text: string | undefined, mappingOf: HttpPorts['mappingOf']): ImportJob['request']['options'] {
  const parsed = importOptions.safeParse(text === undefined ? {} : parseJson(Buffer.from(text)), { error: plainFault });
  if (parsed.success) {
    const { mapping, ...options } = parsed.data;
    const given = mapping === undefined ? {} : { mapping: mappingOf(mapping, 'the mapping') };
    return { ...options, ...given } as ImportJob['request']['options'];
  }
  const faults = parsed.error.issues.map(({ path, message }) => ({
    message,
    pointer: pointerOf(['options', ...path]),
  }));
  throw new LedgerError('invalid-query', `"options": ${faults.map(({ message }) => message).join('; ')}.`, { faults });
}
