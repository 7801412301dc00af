import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { findServer, startCluster, type Cluster } from './postgresCluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers a GET with the URL of the run's PostgreSQL. */
    postgresBroker: string;
  }
}

/**
 * One private PostgreSQL for the whole run, started when the first test asks for it, so that runs which need none pay
 * nothing. Test processes ask over loopback; the run's own process keeps the server and stops it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<Cluster> | undefined;
  const broker = createServer((_request, response) => {
    const found = findServer();
    cluster ??= 'bin' in found ? startCluster(found.bin) : Promise.reject(new Error(found.reason));
    cluster.then(
      ({ url }) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  project.provide('postgresBroker', `http://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  return async () => {
    broker.close();
    await cluster?.then(
      (started) => started.stop(),
      () => {},
    );
  };
}
