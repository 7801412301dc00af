/** Long work as a stream of lines: how far it has come, then what came of it. */
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Progress } from '../app/progress.ts';
import { problemOf } from './problems.ts';

/** Shortest time between two progress lines. */
const EVERY_MS = 200;

/**
 * Starts the work and answers with its lines. The status is 200 from the first line on: whether it went well is for
 * the last line to say. `signal` is aborted when the client goes away.
 */
export function streamWork(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (progress: Progress, signal: AbortSignal) => Promise<unknown>,
): FastifyReply {
  const lines = new PassThrough();
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const write = (line: object): void => {
    if (lines.writable) lines.write(`${JSON.stringify(line)}\n`);
  };

  let [lastDoing, lastAt] = ['', 0];
  const progress: Progress = (doing, done, total) => {
    const now = performance.now();
    // The first and the last line of each stage are always told.
    if (doing === lastDoing && now - lastAt < EVERY_MS && done !== total) return;
    [lastDoing, lastAt] = [doing, now];
    write({ progress: { doing, done, total } });
  };

  async function run(): Promise<void> {
    // Headers go out before work begins that may not pause for a while.
    await setImmediate();
    try {
      write({ result: await work(progress, gone.signal) });
    } catch (error) {
      write({ problem: { ...problemOf(error, request), instance: request.id } });
    }
    lines.end();
  }
  void run();
  return reply.header('cache-control', 'no-store').type('application/x-ndjson').send(lines);
}
