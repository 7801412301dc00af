/** What may be sent: the event types, each with its JSON Schema. */
import { z } from 'zod';
import { activityEvent, EVENT_KINDS, typeOf, type EventKind } from '../../contracts/activityEvent.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { problems, type Api } from './api.ts';

const contractsSchema = z.strictObject({
  contracts: z.array(
    z.strictObject({
      kind: z.string().describe('Short name, as definitions use it'),
      type: z.string().describe('CloudEvents type'),
      schema: z.string().describe('Address of the JSON Schema of the whole event'),
      example: z.string().describe('Path of an example in the source tree'),
    }),
  ),
});

/** Adds `/v1/contracts` and `/v1/contracts/{kind}`. */
export function contractRoutes(app: Api): void {
  app.get(
    '/v1/contracts',
    { schema: { summary: 'Event types', tags: ['events'], querystring: z.strictObject({}), response: { 200: contractsSchema, ...problems(400) } } }, // prettier-ignore
    async () => ({
      contracts: EVENT_KINDS.map((kind) => ({
        kind,
        type: typeOf(kind),
        schema: `/v1/contracts/${kind}`,
        example: `contracts/examples/valid/${kind}.json`,
      })),
    }),
  );

  app.get(
    '/v1/contracts/:kind',
    {
      schema: {
        summary: 'JSON Schema of an event type',
        tags: ['events'],
        params: z.strictObject({ kind: z.string().describe('Short name, such as visits.counted') }),
        querystring: z.strictObject({}),
        response: {
          200: { description: 'JSON Schema 2020-12', content: { 'application/schema+json': { schema: z.record(z.string(), z.unknown()) } } }, // prettier-ignore
          ...problems(400, 404),
        },
      },
    },
    async (request, reply) => {
      reply.type('application/schema+json');
      return schemaOf(request.params.kind);
    },
  );
}

const schemas = new Map<string, Record<string, unknown>>();

function schemaOf(kind: string): Record<string, unknown> {
  const known = schemas.get(kind);
  if (known !== undefined) return known;
  const contract = EVENT_KINDS.includes(kind as EventKind)
    ? activityEvent.options.find(({ shape }) => shape.type.value === typeOf(kind as EventKind))
    : undefined;
  if (contract === undefined) {
    throw new LedgerError('not-found', `There is no event type "${kind.slice(0, 100)}".`, {
      hint: 'GET /v1/contracts lists them.',
    });
  }
  const schema = z.toJSONSchema(contract, { io: 'input' });
  schemas.set(kind, schema);
  return schema;
}
