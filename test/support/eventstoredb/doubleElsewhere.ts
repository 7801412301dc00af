/** The double in a process of its own, spoken to over the channel between parent and child. */
import { fork } from 'node:child_process';
import type { FaultCounts } from './faults.ts';
import { urlOf } from './security.ts';
import type { Double, DoubleOptions } from './startDouble.ts';

const loader = new URL('../runTypeScript.mjs', import.meta.url).href;
const script = new URL('doubleProcess.ts', import.meta.url).pathname;

/** What is asked of the process: `stop`, `fill`, and the three of the faults. */
export interface Asked {
  readonly id: number;
  readonly what: 'stop' | 'fill' | 'set' | 'clear' | 'fired';
  readonly with: readonly unknown[];
}
/** Its first message has the port; each other answers one that was asked. */
export type Said = { readonly port: number } | { readonly id: number; readonly answer: unknown };

/** Starts the process and waits until it listens; fails if it ends before, and what it says goes to stderr. */
export async function startDoubleProcess(options: DoubleOptions): Promise<Double> {
  const child = fork(script, [JSON.stringify(options)], {
    execArgv: ['--import', loader],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));

  const answers = new Map<number, (answer: unknown) => void>();
  const port = await new Promise<number>((started, failed) => {
    child.on('message', (said: Said) => {
      if ('port' in said) return started(said.port);
      answers.get(said.id)?.(said.answer);
      answers.delete(said.id);
    });
    void gone.then(() => failed(new Error('The process of the double ended before it listened.')));
  });
  let asked = 0;
  const ask = (what: Asked['what'], ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((answered, failed) => {
      const id = ++asked;
      answers.set(id, answered);
      void gone.then(() => failed(new Error('The process of the double is gone.')));
      child.send({ id, what, with: args } satisfies Asked);
    });

  return {
    url: urlOf(port, options.security),
    port,
    pid: child.pid as number,
    async stop() {
      await ask('stop');
      child.disconnect();
      await gone;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    fill: async (stream, count) => void (await ask('fill', stream, count)),
    faults: {
      set: async (name, settings = {}) => void (await ask('set', name, settings)),
      clear: async (name) => void (await ask('clear', name)),
      fired: async () => (await ask('fired')) as FaultCounts,
    },
  };
}
