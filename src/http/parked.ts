/** Events that could not be read: what they are, and the owner's way to settle them. */
import { z } from 'zod';
import { FACT_KINDS } from '../../contracts/activityEvent.ts';
import { factRetracted } from '../../contracts/events/amendments.ts';
import type { Ledger } from '../app/ledger.ts';
import { problems, type Api } from './api.ts';
import { ownerOnly } from './guards.ts';

const parkedSchema = z
  .strictObject({
    ordinal: z.int().describe('Its number in the log'),
    source: z.string(),
    id: z.string(),
    type: z.string(),
    kind: z.enum(FACT_KINDS).nullable().describe('Figures of this kind are incomplete; null: any may be'),
    reason: z.string(),
  })
  .meta({ id: 'ParkedEvent' });

const listSchema = z.strictObject({
  position: z.int().describe('Knowledge position: events looked at'),
  parked: z.array(parkedSchema),
});

/** Adds `GET /v1/parked` and `POST /v1/parked/{ordinal}/dismissal`. */
export function parkedRoutes(app: Api, { ledger, key }: { ledger: Ledger; key: string }): void {
  app.get(
    '/v1/parked',
    {
      schema: {
        summary: 'Events of the log that could not be read',
        description:
          'Each keeps its place in the log and counts nowhere. It is settled by a fact.corrected or fact.retracted event that names it, by a dismissal, or by a rebuild with a program that can read it.',
        tags: ['operations'],
        querystring: z.strictObject({}),
        response: { 200: listSchema, ...problems(400) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { position: ledger.ordinal(), parked: [...ledger.parked()] };
    },
  );
  app.post(
    '/v1/parked/:ordinal/dismissal',
    {
      onRequest: ownerOnly(key),
      schema: {
        summary: 'Record that a parked event is not to count',
        tags: ['operations'],
        security: [{ owner: [] }],
        params: z.strictObject({ ordinal: z.coerce.number().int().min(1) }),
        body: factRetracted.pick({ by: true, why: true }),
        response: { 204: z.null().describe('Recorded, and in the figures'), ...problems(400, 401, 403, 404, 409, 422) },
      },
    },
    async (request, reply) => {
      await ledger.dismiss(request.params.ordinal, request.body);
      return reply.code(204).send(null);
    },
  );
}
