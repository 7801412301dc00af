/** `serve` and `demo`: what runs until it is stopped. */
import { Command } from 'commander';
import { ERROR_CODES } from '../../../contracts/errors.ts';
import { progressLine } from '../progressLine.ts';
import type { Edge } from './edge.ts';

/** `serve`. */
export const serveCommand = (edge: Edge): Command =>
  new Command('serve')
    .description('serve the API and the pages until stopped')
    .option('--host <address>', 'address to listen on (else OUTCOMES_HOST, else 127.0.0.1)')
    .option('--port <number>', 'port to listen on, 0 for any free one (else OUTCOMES_PORT, else 8017)')
    .action(async (flags: { host?: string; port?: string }) => {
      const { progress, end } = progressLine(process.stderr);
      const { serve } = await import('../serve.ts');
      const server = await serve(edge.config(flags), (line) => process.stderr.write(`${line}\n`), progress).finally(
        end,
      );
      const stopped = untilStopped();
      edge.print({ address: server.address }, `Serving ${server.address}/ until stopped with Ctrl-C.`);
      await stopped;
      await server.stop();
    });

/** `demo`. */
export const demoCommand = (edge: Edge): Command =>
  new Command('demo')
    .description('start the engine, stream made-up events, import published figures, draw charts, and keep serving')
    .option('--port <number>', 'port to listen on (else OUTCOMES_PORT, else 8017, else any free one)')
    .action(async (flags: { port?: string }) => {
      const stopped = untilStopped();
      const { demo } = await import('../demo.ts');
      const work = demo(edge.config(flags), (line) =>
        process.stdout.write(`${line}
`),
      );
      const server = await Promise.race([work, stopped]);
      // Stopped in the middle: everything acknowledged is on disk, and the next start goes on from there.
      if (server === undefined) process.exit(ERROR_CODES.interrupted.exit);
      await stopped;
      await server.stop();
    });

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
