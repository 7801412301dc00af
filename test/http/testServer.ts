/** A whole server on memory parts, with a little history: monthly visits of two libraries, loans, and published figures. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { definitionOf } from '../../src/files/readDefinitions.ts';
import { mappingOf } from '../../src/files/readMapping.ts';
import { openBytes } from '../../src/files/openFile.ts';
import { uploadFolder } from '../../src/files/uploadFolder.ts';
import type { HttpPorts } from '../../src/http/ports.ts';
import { httpServer } from '../../src/http/server.ts';
import { findingsPage } from '../../src/web/findingsPage.ts';
import { webPages } from '../../src/web/webPages.ts';
import { memoryKeptReceipts } from '../../src/memory/memoryKeptReceipts.ts';
import { renderPng } from '../../src/render/renderPng.ts';
import { renderSvg } from '../../src/render/renderSvg.ts';
import { NOW, testLedger, type TestLedger } from '../support/ledger.ts';

export const KEY = 'owner-key-for-tests';
export const AUTHORITY = 'X01000001';

export interface TestServer {
  readonly app: FastifyInstance;
  readonly ledger: TestLedger['ledger'];
  readonly log: TestLedger['log'];
  readonly folder: string;
  /** Starts to listen on a free port of this machine and gives the address. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** An event of visits, the simplest there is. */
export const visits = (library: string, month: string, count: number, more: Record<string, unknown> = {}) => ({
  specversion: '1.0',
  id: `${library}:${month}`,
  source: `urn:library:${AUTHORITY}:counters`,
  type: 'org.outcome-ledger.visits.counted.v1',
  subject: `${AUTHORITY}/${library}`,
  data: { window: `${month}-01/P1M`, method: 'automatic-counter', count },
  ...more,
});

export const loans = (library: string, month: string, format: string, count: number) => ({
  specversion: '1.0',
  id: `${library}:${month}:${format}`,
  source: `urn:library:${AUTHORITY}:lms`,
  type: 'org.outcome-ledger.loans.counted.v1',
  subject: `${AUTHORITY}/${library}`,
  data: { window: `${month}-01/P1M`, method: 'system', count, format, counts: 'issues' },
});

const months = (years: readonly number[]): string[] =>
  years.flatMap((year) => Array.from({ length: 12 }, (_, m) => `${year}-${String(m + 1).padStart(2, '0')}`));

/** Three years of two libraries, with one month that nobody reported and one in which a library was shut. */
export function history(): unknown[] {
  return months([2018, 2019, 2020]).flatMap((month, at) => {
    const absent = (reason: string) => ({
      data: { window: `${month}-01/P1M`, method: 'automatic-counter', absent: reason },
    });
    return [
      visits('central', month, 20_000 + 100 * at, month === '2020-04' ? absent('not-open') : {}),
      ...(month === '2020-02' ? [] : [visits('east', month, 5_000 - 10 * at)]),
      loans('central', month, 'physical-book', 3_000 + at),
      loans('central', month, 'e-book', 100 + 10 * at),
    ];
  });
}

/** Imports the figures that the product comes with. */
export async function importFigures(ledger: TestLedger['ledger']): Promise<void> {
  const fileName = 'published-figures.csv';
  const bytes = readFileSync(`projections/publishedFigures/${fileName}`);
  await ledger.import({ ...(await openBytes(fileName, bytes)), options: {} }, {});
}

/** Opens one. `filled: false` leaves the ledger empty; parts of the ports can be replaced. */
export async function testServer(
  choices: { filled?: boolean; ports?: Partial<HttpPorts>; parts?: Parameters<typeof testLedger>[0] } = {},
): Promise<TestServer> {
  const opened = await testLedger(choices.parts);
  const { ledger, log, folder } = opened;
  if (choices.filled !== false) {
    await ledger.record(history());
    await importFigures(ledger);
    await ledger.project();
  }
  const ports: HttpPorts = {
    ledger,
    keptReceipts: memoryKeptReceipts({ now: () => NOW }),
    renderSvg,
    renderPng,
    imports: { uploads: uploadFolder(join(folder, 'uploads')), now: () => NOW, newId: randomUUID },
    findingsPage: findingsPage('src/web/templates'),
    definitionOf,
    mappingOf,
    key: KEY,
    version: '0.0.0-test',
    ready: () => true,
    projectionFailures: () => 0,
    ...choices.ports,
  };
  const app = httpServer(ports, webPages({ ...ports, templatesFolder: 'src/web/templates' }));
  return {
    app,
    ledger,
    log,
    folder,
    listen: () => app.listen({ host: '127.0.0.1', port: 0 }),
    close: async () => {
      await app.close();
      await opened.close();
    },
  };
}
