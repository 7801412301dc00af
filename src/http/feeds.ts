/** The register of feeds: how each stands, for whoever sends it and whoever waits for it. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FACT_KINDS } from '../../contracts/activityEvent.ts';
import { sourceField } from '../../contracts/fields.ts';
import { oneOf } from '../../contracts/oneOf.ts';
import { CADENCES } from '../../contracts/vocabulary.ts';
import { FEED_STATES } from '../../projections/feedRegister/dueness.ts';
import type { Ledger } from '../app/ledger.ts';
import type { FeedReport } from '../app/readFeeds.ts';
import { problems, type Api } from './api.ts';
import { feedsCsv } from './feedsCsv.ts';
import { preferred } from './negotiate.ts';

const FORMS = { json: 'application/json', csv: 'text/csv' } as const;
const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

const kind = z.enum(FACT_KINDS as [string, ...string[]]);
const day = z.string().describe('ISO date');
const time = z.string().describe('ISO 8601, UTC');

const expectationSchema = z.strictObject({
  cadence: z.enum(CADENCES),
  graceDays: z.int(),
  kinds: z.array(kind).optional().describe('Each of these is due; left out: anything will do'),
  from: day,
  until: day.optional(),
  said: z
    .strictObject({ time: z.string(), source: z.string(), id: z.string() })
    .describe('The event feed.expected that says so'),
});

/** How a feed stands. */
export const feedSchema = z
  .strictObject({
    source: z.string(),
    authority: z
      .strictObject({ code: z.string(), name: z.string() })
      .nullable()
      .describe('The one whose code stands in the source'),
    events: z.int().describe('In the log'),
    firstReceived: time.nullable().describe('When the log recorded the earliest'),
    lastReceived: time.nullable(),
    firstDay: day.nullable().describe('First day that its data speak of'),
    lastDay: day.nullable(),
    expectation: expectationSchema.nullable(),
    state: z.enum(FEED_STATES),
    overduePeriods: z.int().describe('Periods since the last data whose data should have come by now'),
    dueBy: day.nullable().describe('Last day on which the next data come in time; null where none are expected'),
    missing: z
      .strictObject({
        periods: z.int(),
        runs: z.array(
          z.strictObject({ kind: kind.nullable(), from: day, to: day, periods: z.int() }).describe('First to last day'),
        ),
        unlisted: z.int().describe('Periods in no run listed'),
      })
      .describe('Periods without data, from the first that is due to the last of which there are data'),
    sequence: z
      .strictObject({
        highest: z.int(),
        missing: z.int().describe('Numbers below the highest that never came'),
        gaps: z.array(z.strictObject({ first: z.int(), last: z.int() })),
        unlisted: z.int().describe('Missing numbers in no gap listed'),
        repeats: z.int().describe('Events with a number that another event had before'),
        repeated: z.array(z.int()).describe('The lowest such numbers'),
      })
      .nullable()
      .describe('Null where the feed numbers nothing'),
    parked: z.int().describe('Events that could not be read and that nobody has settled'),
    says: z.array(z.string()).describe('All that somebody should know, in words'),
  })
  .meta({ id: 'Feed' });

const reportSchema = z
  .strictObject({
    position: z.int().describe('Events of the log that are in the register'),
    on: day.describe('The day on which it was judged what is due'),
    feeds: z.array(feedSchema),
    next: z.string().nullable().describe('After which source more may be asked for; null where there are none'),
  })
  .meta({ id: 'FeedReport' });

const response = {
  200: {
    description: 'The feeds',
    content: { [FORMS.json]: { schema: reportSchema }, [FORMS.csv]: { schema: z.string().describe('One row a feed') } },
  },
};
const form = oneOf(['json', 'csv']).optional().describe('Goes before Accept');

/** Adds `GET /v1/feeds` and `GET /v1/feeds/{source}`. */
export function feedRoutes(app: Api, { ledger }: { ledger: Ledger }): void {
  app.get(
    '/v1/feeds',
    {
      schema: {
        summary: 'All feeds: what came last, what is due, what never came',
        description: 'By source, at most 1,000 at a time. Gaps are listed in short; one feed by itself lists more.',
        tags: ['feeds'],
        querystring: z.strictObject({
          after: sourceField.optional().describe('The feeds after this one: "next" of the answer before'),
          format: form,
        }),
        response: { ...response, ...problems(400, 503) },
      },
    },
    async (request, reply) => {
      const report = await ledger.feeds(request.query.after ?? null);
      return answer(reply, request.query.format ?? preferred(request.headers.accept, FORMS), report);
    },
  );
  app.get(
    '/v1/feeds/:source',
    {
      schema: {
        summary: 'One feed: what came last, what is due, what never came',
        tags: ['feeds'],
        params: z.strictObject({ source: z.string().describe('Source of its events, percent-encoded') }),
        querystring: z.strictObject({ format: form }),
        response: { ...response, ...problems(400, 404, 503) },
      },
    },
    async (request, reply) => {
      const report = await ledger.feed(request.params.source);
      return answer(reply, request.query.format ?? preferred(request.headers.accept, FORMS), report);
    },
  );
}

function answer(reply: FastifyReply, wanted: keyof typeof FORMS, report: FeedReport): FastifyReply {
  // What is due changes with the day, without any event.
  reply.header('cache-control', 'no-store').header('vary', 'accept');
  if (wanted === 'json') return reply.type('application/json; charset=utf-8').send(report);
  return reply
    .header('content-disposition', 'inline; filename="feeds.csv"')
    .type(CSV_TYPE)
    .send(Buffer.from(feedsCsv(report)));
}
