/** A double on a folder of its own, and a client, for the length of one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { startDouble, type Double, type DoubleOptions } from './startDouble.ts';

export interface Standing {
  readonly double: Double;
  readonly client: EventStoreDBClient;
  /** Ends the double as said and starts it again on its folder and port; the client is a new one. */
  readonly restart: (how: 'stop' | 'kill', options?: Partial<DoubleOptions>) => Promise<Standing>;
  readonly folder: string;
}

/** Everything is taken down when `work` ends, and the folder removed. */
export async function withDouble(
  options: Omit<DoubleOptions, 'folder'>,
  work: (standing: Standing) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'outcomes-double-'));
  let current: Standing | null = null;
  const start = async (more: Partial<DoubleOptions>): Promise<Standing> => {
    const double = await startDouble({ ...options, ...more, folder });
    const client = EventStoreDBClient.connectionString(double.url);
    current = {
      double,
      client,
      folder,
      async restart(how, changed = {}) {
        current = null;
        // The failure of its batch stream would reject what the next client of this process has under way.
        await client.dispose();
        await double[how]();
        // Clients of a process share the connection to an address: the next one must not begin on the broken one.
        await pause(50);
        return start({ faults: {}, ...changed, port: double.port });
      },
    };
    return current;
  };
  try {
    await work(await start({}));
  } finally {
    const last = current as Standing | null;
    await last?.client.dispose();
    await last?.double.stop();
    rmSync(folder, { recursive: true });
  }
}
