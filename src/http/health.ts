/** Whether the process lives, and whether its figures can be asked for. */
import { z } from 'zod';
import { LedgerError } from '../domain/ledgerError.ts';
import { problems, type Api } from './api.ts';
import type { HttpPorts } from './ports.ts';

const liveSchema = z.strictObject({ status: z.literal('live'), version: z.string() });
const readySchema = z.strictObject({
  status: z.enum(['ready', 'starting']),
  version: z.string(),
  position: z.int().describe('Knowledge position: events that are in the figures'),
  size: z.int().describe('Events in the log'),
  lag: z.int().describe('Events recorded that are not in the figures yet'),
});

/** Adds `/health/live` and `/health/ready`. */
export function healthRoutes(
  app: Api,
  { ledger, ready, version }: Pick<HttpPorts, 'ledger' | 'ready' | 'version'>,
): void {
  app.get(
    '/health/live',
    { schema: { summary: 'The process is alive', tags: ['operations'], response: { 200: liveSchema } } },
    async () => ({ status: 'live' as const, version }),
  );
  app.get(
    '/health/ready',
    {
      schema: {
        summary: 'The figures can be asked for',
        tags: ['operations'],
        response: {
          200: readySchema,
          503: {
            description: 'Still reading the log, or the log cannot be read',
            content: { 'application/json': { schema: readySchema }, ...problems(503)[503].content },
          },
        },
      },
    },
    async (_request, reply) => {
      const size = await ledger.size().catch((error: unknown) => {
        throw notReady(error);
      });
      const position = Math.min(ledger.ordinal(), size);
      const isReady = ready();
      reply.header('cache-control', 'no-store');
      if (!isReady) reply.code(503).header('retry-after', 1);
      return {
        status: isReady ? ('ready' as const) : ('starting' as const),
        version,
        position,
        size,
        lag: size - position,
      };
    },
  );
}

/** What the log says of itself makes nobody ready; what nobody expected is told as such. */
const notReady = (error: unknown): unknown =>
  error instanceof LedgerError
    ? new LedgerError('unavailable', error.message, error.hint === undefined ? {} : { hint: error.hint })
    : error;
