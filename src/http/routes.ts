/** Every route of the API, one group after another. */
import type { Api } from './api.ts';
import { chartRoutes } from './chart.ts';
import { collectRoutes, openapiRoute } from './collectRoutes.ts';
import { commandRoutes } from './commands.ts';
import { contractRoutes } from './contracts.ts';
import { feedRoutes } from './feeds.ts';
import { healthRoutes } from './health.ts';
import { indicatorRoutes } from './indicators.ts';
import { metricsRoute, newMetrics } from './metrics.ts';
import { parkedRoutes } from './parked.ts';
import type { HttpPorts } from './ports.ts';
import { eventRoutes } from './postEvents.ts';
import { seriesRoutes } from './series.ts';

/** Adds them all. */
export async function apiRoutes(app: Api, ports: HttpPorts): Promise<void> {
  const metrics = newMetrics(ports);
  await collectRoutes(app);
  openapiRoute(app);
  metricsRoute(app, metrics);
  healthRoutes(app, ports);
  contractRoutes(app);
  indicatorRoutes(app, ports);
  seriesRoutes(app, ports);
  chartRoutes(app, ports);
  parkedRoutes(app, ports);
  feedRoutes(app, ports);
  await app.register(async (group: Api) => eventRoutes(group, { ...ports, metrics }));
  await app.register(async (group: Api) => commandRoutes(group, { ...ports, metrics }));
}
