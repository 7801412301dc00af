/** What an operator watches, in the text format of Prometheus. */
import { Counter, Gauge, Registry, type MetricConfiguration } from 'prom-client';
import { z } from 'zod';
import type { EventOutcome } from '../app/recordEvents.ts';
import { problems, type Api } from './api.ts';
import type { HttpPorts } from './ports.ts';

export interface Metrics {
  /** Counts what senders and importers were told of their events. */
  readonly told: (outcome: EventOutcome['outcome'], count?: number) => void;
  /** Counts a request that was refused because too many were under way. */
  readonly overloaded: () => void;
  /** All of it as it is now. Throws what the log throws when it cannot be asked. */
  readonly text: () => Promise<string>;
}

/** A set of its own for each server: nothing is shared by the process. Counters start at 0 with it. */
export function newMetrics({ ledger, projectionFailures }: Pick<HttpPorts, 'ledger' | 'projectionFailures'>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number | Promise<number>): void => {
    const collect = async function (this: Gauge): Promise<void> {
      this.set(await value());
    };
    new Gauge({ name, help, registers, collect });
  };
  const counter = <T extends string>(name: string, help: string, more: Partial<MetricConfiguration<T>> = {}) =>
    new Counter<T>({ name, help, registers, ...more });

  gauge('outcomes_log_events', 'Events in the log.', () => ledger.size());
  gauge('outcomes_knowledge_position', 'Events of the log that are in the figures.', () => ledger.ordinal());
  gauge('outcomes_lag_events', 'Events of the log that are not in the figures yet.', async () =>
    Math.max(0, (await ledger.size()) - ledger.ordinal()),
  );
  gauge('outcomes_parked_events', 'Events that could not be read and that nobody has settled.', () => ledger.parked().length); // prettier-ignore
  gauge('outcomes_unmatched_amendments', 'Corrections and retractions of events that the log does not hold.', () => ledger.unmatchedAmendments()); // prettier-ignore
  /** Asked once for both, which are asked for at once. */
  let asked: ReturnType<typeof ledger.feedTotals> | null = null;
  const feeds = () => (asked ??= ledger.feedTotals().finally(() => (asked = null)));
  gauge('outcomes_feeds_overdue', 'Feeds of which data should have come by now and have not.', async () => (await feeds()).overdue); // prettier-ignore
  gauge('outcomes_sequence_numbers_missing', 'Sequence numbers below the highest of their feed that never came.', async () => (await feeds()).missingNumbers); // prettier-ignore
  gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.', () =>
    Math.round(performance.timeOrigin / 1000),
  );
  const events = counter('outcomes_events_total', 'Events sent or imported since the start, by what became of them.', {
    labelNames: ['outcome'],
  });
  for (const outcome of ['accepted', 'duplicate', 'refused'] as const) events.inc({ outcome }, 0);
  const overloaded = counter('outcomes_requests_overloaded_total', 'Requests refused because too many were under way.');
  counter('outcomes_projection_failures_total', 'Times that live projection failed and began again.', {
    collect(this: Counter) {
      this.reset();
      this.inc(projectionFailures());
    },
  });
  return {
    told: (outcome, count = 1) => events.inc({ outcome }, count),
    overloaded: () => overloaded.inc(),
    text: () => registry.metrics(),
  };
}

/** Counts refusals of all routes that are added after it, and adds `GET /metrics`. */
export function metricsRoute(app: Api, metrics: Metrics): void {
  app.addHook('onSend', async (_request, reply, payload) => {
    if (reply.statusCode !== 503 && reply.statusCode !== 429) return;
    if (Buffer.isBuffer(payload) && payload.includes('"code":"overloaded"')) metrics.overloaded();
  });
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Counters and gauges for Prometheus',
        tags: ['operations'],
        querystring: z.strictObject({}),
        response: {
          200: { description: 'The text format of Prometheus', content: { 'text/plain': { schema: z.string() } } },
          ...problems(400, 503),
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(Registry.PROMETHEUS_CONTENT_TYPE);
      return reply.send(await metrics.text());
    },
  );
}
