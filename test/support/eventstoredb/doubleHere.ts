/** The double in this process. */
import { randomUUID } from 'node:crypto';
import { faultSwitches } from './faults.ts';
import { serve } from './server.ts';
import { urlOf } from './security.ts';
import type { Double, DoubleOptions } from './startDouble.ts';
import { openStore, type Proposed } from './store.ts';

const FILL_COMMIT = 4_000;
const FILLER = {
  type: 'Filler',
  contentType: 'application/json',
  customMetadata: new Uint8Array(),
  data: Buffer.from('{}'),
};

export async function startDoubleHere(options: DoubleOptions): Promise<Double> {
  const { folder, port = 0, seed = 1, version = '23.10.6' } = options;
  const faults = faultSwitches(seed, options.faults ?? {});
  const store = await openStore(folder);
  const server = await serve({ store, faults, version }, port, options.security).catch(async (error: unknown) => {
    await store.abandon();
    throw error;
  });
  return {
    url: urlOf(server.port, options.security),
    port: server.port,
    pid: null,
    async stop() {
      await store.close();
      await server.close();
    },
    async kill() {
      const written = store.abandon();
      await server.close();
      // A process that is gone writes no more: what comes after it on the same folder must not meet a late write.
      await written;
    },
    async fill(stream, count) {
      for (let left = count; left > 0; left -= FILL_COMMIT) {
        const events = Array.from({ length: Math.min(left, FILL_COMMIT) }, (): Proposed => ({
          ...FILLER,
          id: randomUUID(),
        }));
        await store.append(stream, 'any', events);
      }
    },
    faults: {
      set: async (name, settings = {}) => faults.set(name, settings),
      clear: async (name) => faults.clear(name),
      fired: async () => faults.fired(),
    },
  };
}
