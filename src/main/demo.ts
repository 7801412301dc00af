/** The main job on the embedded default, from nothing to charts that can be opened: what a newcomer runs first. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { baselineProgressChart } from '../charts/baselineProgressChart.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { openBytes } from '../files/openFile.ts';
import { renderPng } from '../render/renderPng.ts';
import { renderSvg } from '../render/renderSvg.ts';
import type { Config } from './config.ts';
import { demoEvents } from './demoEvents.ts';
import { packageRoot } from './packageRoot.ts';
import { PortInUse, serve, type RunningServer } from './serve.ts';

const PNG_WIDTH = 1600;
const BATCH_EVENTS = 1_000;
const PUBLISHED = join('projections', 'publishedFigures', 'published-figures.csv');

const where = (path: string): string => relative(process.cwd(), path) || '.';

/** Runs the job, telling each step, and gives the server that keeps serving. */
export async function demo(config: Config, say: (line: string) => void): Promise<RunningServer> {
  say(`Outcome Ledger: starting on the embedded database in ${where(config.data)}/`);
  const server = await serveSomewhere(config, say);
  try {
    await show(server, config, say);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Streams, imports and draws. */
async function show(server: RunningServer, config: Config, say: (line: string) => void): Promise<void> {
  const { ledger, address } = server;
  say(`Engine ready with ${ledger.catalogue.indicators.length} indicators`);

  const events = demoEvents();
  const sent = await stream(address, events);
  say(
    `Streamed ${formatNumber(events.length, 0)} made-up activity events over HTTP: ${formatNumber(sent.accepted, 0)} recorded, ${formatNumber(sent.duplicates, 0)} already there, ${formatNumber(sent.refused, 0)} refused`,
  );

  const bytes = readFileSync(join(packageRoot(), PUBLISHED));
  const fileName = 'published-figures.csv';
  const report = await ledger.import({ ...(await openBytes(fileName, bytes)), options: {} }, {});
  say(
    `Imported ${PUBLISHED}: ${report.accepted} real published figures recorded, ${report.duplicates} already there${report.refused === 0 ? '' : `, ${report.refused} refused, for the data directory holds others under their numbers`}`,
  );

  await ledger.project();
  say(`Projected up to knowledge position ${formatNumber(ledger.ordinal(), 0)}`);
  const folder = join(config.data, 'charts');
  mkdirSync(folder, { recursive: true });
  say('');
  say('Charts of real published figures:');
  const drawn = await Promise.all(ledger.catalogue.indicators.map(({ plan }) => drawBoth(server, folder, plan.id)));
  for (const chart of drawn.flat().filter((c) => !c.madeUp))
    say(`  ${chart.title}\n    ${where(chart.svg)}  ${where(chart.png)}`);
  say('Charts of the made-up authority (demonstration data, marked on every chart):');
  for (const chart of drawn.flat().filter((c) => c.madeUp))
    say(`  ${chart.title}\n    ${where(chart.svg)}  ${where(chart.png)}`);
  say('');
  say(`All indicators on one page: ${address}/`);
  say('Serving until stopped with Ctrl-C.');
}

/** On the port of the configuration, or on a free one where that is taken. */
async function serveSomewhere(config: Config, say: (line: string) => void): Promise<RunningServer> {
  try {
    return await serve(config, say);
  } catch (error) {
    if (!(error instanceof PortInUse)) throw error;
    say(`${error.message} Using a free one.`);
    return serve({ ...config, port: 0 }, say);
  }
}

interface Sent {
  accepted: number;
  duplicates: number;
  refused: number;
}

async function stream(address: string, events: readonly object[]): Promise<Sent> {
  const sent: Sent = { accepted: 0, duplicates: 0, refused: 0 };
  for (let at = 0; at < events.length; at += BATCH_EVENTS) {
    const body = events
      .slice(at, at + BATCH_EVENTS)
      .map((event) => JSON.stringify(event))
      .join('\n');
    const response = await fetch(`${address}/v1/events?outcomes=refused`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    });
    const answer = (await response.json()) as Partial<Sent>;
    if (!response.ok)
      throw new LedgerError(
        'internal',
        `The engine refused its own demonstration events: ${JSON.stringify(answer).slice(0, 400)}`,
      );
    sent.accepted += answer.accepted ?? 0;
    sent.duplicates += answer.duplicates ?? 0;
    sent.refused += answer.refused ?? 0;
  }
  return sent;
}

interface Drawn {
  readonly title: string;
  readonly svg: string;
  readonly png: string;
  readonly madeUp: boolean;
}

/** The published and the made-up series of an indicator, as far as it has them. */
async function drawBoth({ ledger }: RunningServer, folder: string, indicator: string): Promise<Drawn[]> {
  const drawn: Drawn[] = [];
  for (const basis of ['published', 'computed'] as const) {
    const held = (await ledger.held(indicator)).filter((h) => h.basis === basis && h.breakdown === '');
    if (held.length === 0) continue;
    const series = await ledger.series({ indicator, basis });
    const svg = await renderSvg(baselineProgressChart(series));
    const path = join(folder, series.madeUp ? `made-up-${indicator}` : indicator);
    writeFileSync(`${path}.svg`, svg);
    writeFileSync(`${path}.png`, renderPng(svg, PNG_WIDTH));
    drawn.push({
      title: `${series.indicator.title}, ${series.place.name}: ${series.progress.sentence}`,
      svg: `${path}.svg`,
      png: `${path}.png`,
      madeUp: series.madeUp,
    });
  }
  return drawn;
}
