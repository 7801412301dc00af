/** The server: the engine, live, behind HTTP, until it is told to stop. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LedgerError } from '../domain/ledgerError.ts';
import type { Progress } from '../app/progress.ts';
import { uploadFolder } from '../files/uploadFolder.ts';
import { definitionOf } from '../files/readDefinitions.ts';
import { mappingOf } from '../files/readMapping.ts';
import { httpServer } from '../http/server.ts';
import { fontSelfTest, renderPng } from '../render/renderPng.ts';
import { renderSvg } from '../render/renderSvg.ts';
import { findingsPage } from '../web/findingsPage.ts';
import { webPages } from '../web/webPages.ts';
import type { Config } from './config.ts';
import { openEngine, type Engine } from './openEngine.ts';
import { packageRoot } from './packageRoot.ts';
import { removeServerRecord, writeServerRecord } from './serverRecord.ts';

type HttpServer = ReturnType<typeof httpServer>;

export interface RunningServer {
  readonly address: string;
  readonly key: string;
  readonly ledger: Engine['ledger'];
  stop(): Promise<void>;
}

/** The port of the configuration is taken: with another, the server may start. */
export class PortInUse extends LedgerError {
  constructor({ host, port }: Pick<Config, 'host' | 'port'>) {
    super('unavailable', `Port ${port} of ${host} is in use.`, {
      hint: 'Choose another with --port, or 0 for any free one.',
    });
  }
}

/** Pause before what was recorded before the start is projected again after a failure, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Starts the server and resolves when it answers. `port` 0 takes any free one. Throws `PortInUse`, or what opening the
 * engine throws; nothing is left open then.
 */
export async function serve(config: Config, log: (line: string) => void, progress?: Progress): Promise<RunningServer> {
  fontSelfTest();
  let failures = 0;
  const onFailure = (error: unknown): void => {
    failures += 1;
    log(`projection failed, trying again: ${String(error)}`);
  };
  const engine = await openEngine(config, { onFailure }, progress);
  const { ledger } = engine;
  const key = randomBytes(32).toString('hex');
  let ready = false;
  let server: HttpServer | undefined;
  const close = async (): Promise<void> => {
    try {
      await server?.close();
    } finally {
      await engine.close();
    }
  };
  let address: string;
  try {
    const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
    const templatesFolder = join(packageRoot(), 'src', 'web', 'templates');
    server = httpServer(
      {
        ledger,
        keptReceipts: engine.keptReceipts,
        renderSvg,
        renderPng,
        imports: { uploads: uploadFolder(join(config.data, 'uploads')), now: () => new Date(), newId: randomUUID },
        findingsPage: findingsPage(templatesFolder),
        definitionOf,
        mappingOf,
        key,
        version,
        ready: () => ready,
        projectionFailures: () => failures,
        logger: { level: 'warn', stream: process.stderr },
      },
      webPages({ ledger, renderSvg, templatesFolder }),
    );
    await server.listen({ host: config.host, port: config.port });
    address = addressOf(server, config);
    writeServerRecord(config.data, { address, key, pid: process.pid });
  } catch (error) {
    await close();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortInUse(config) : error;
  }
  ledger.goLive();
  const stopping = new AbortController();
  // Ready is who shows what was recorded before the start, however often that fails first: another server may have
  // moved the checkpoint, a database may have been away.
  async function becomeReady(): Promise<void> {
    while (!ready && !stopping.signal.aborted) {
      try {
        await ledger.project();
        ready = !stopping.signal.aborted;
      } catch (error) {
        log(`projection failed at the start, trying again: ${String(error)}`);
        await pause(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }
  void becomeReady();
  return {
    address,
    key,
    ledger,
    async stop() {
      stopping.abort();
      ready = false;
      removeServerRecord(config.data);
      await close();
    },
  };
}

/** Where a server answers that listens. */
function addressOf(server: HttpServer, config: Config): string {
  const bound = server.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `http://${host}:${port}`;
}
