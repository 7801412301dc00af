import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { problemSchema } from '../../contracts/errors.ts';

/** The server as route groups see it: schemas are zod, and a handler's query and path are typed by them. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const problem = problemSchema.meta({ id: 'Problem' });

/** A response that is documented as a problem: `problems(404, 503)` for the `response` of a route. */
export const problems = <Status extends number>(...statuses: readonly Status[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'Problem (RFC 9457)', content: { 'application/problem+json': { schema: problem } } },
    ]),
  ) as Record<Status, { description: string; content: { 'application/problem+json': { schema: typeof problem } } }>;
