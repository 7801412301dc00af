/** Every route of the API, one group after another. */
import type { Api } from './api.ts';
import { chartRoutes } from './chart.ts';
import { collectRoutes, openapiRoute } from './collectRoutes.ts';
import { openImportJobs, type ImportJobsPorts } from '../app/importJobs.ts';
import { commandRoutes } from './commands.ts';
import { contractRoutes } from './contracts.ts';
import { feedRoutes } from './feeds.ts';
import { healthRoutes } from './health.ts';
import { importRoutes } from './imports.ts';
import { indicatorRoutes } from './indicators.ts';
import { metricsRoute, newMetrics, type Metrics } from './metrics.ts';
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
  await app.register(async (group: Api) => commandRoutes(group, ports));
  const jobs = openImportJobs({ ...ports.imports, run: importing(ports, metrics) });
  app.addHook('preClose', () => jobs.close());
  await app.register(async (group: Api) => importRoutes(group, { ...ports, jobs }));
}

/** Imports a file, tells the metrics, and ends when the figures contain it. */
const importing =
  ({ ledger }: HttpPorts, metrics: Metrics): ImportJobsPorts['run'] =>
  async (file, choices, progress, signal) => {
    const report = await ledger.import(file, choices, progress, signal);
    if (report.dryRun) return report;
    metrics.told('accepted', report.accepted + report.corrected);
    metrics.told('duplicate', report.duplicates);
    metrics.told('refused', report.refused);
    await ledger.project(progress);
    return report;
  };
