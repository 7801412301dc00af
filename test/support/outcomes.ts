/** The built command line in processes of its own: what users run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const CLI = resolve('dist/src/main/cli.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs one command to its end. */
export function outcomes(data: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  if (!existsSync(CLI)) throw new Error('dist/ is not built: run "npm run build" first.');
  const child = spawn(process.execPath, [CLI, '--data', data, ...args], {
    env: { ...process.env, EVENTSTORE_URL: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })));
}

export interface Starting {
  readonly child: ChildProcess;
  /** Where it answers; fails when it ends before it does. */
  readonly address: Promise<string>;
  /** All that it has said so far. */
  said(): string;
  /** Ends it by the signal, and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}
export type Served = Omit<Starting, 'address'> & { readonly address: string };

/** Starts a server on a free port. */
export function starting(data: string, env: NodeJS.ProcessEnv = {}): Starting {
  const child = spawn(process.execPath, [CLI, '--data', data, 'serve', '--port', '0'], {
    env: { ...process.env, EVENTSTORE_URL: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  let said = '';
  const address = new Promise<string>((found, failed) => {
    const look = (piece: Buffer): void => {
      said += piece.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (match !== null) found(match[0]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    void gone.then((code) => failed(new Error(`the server ended with ${code}: ${said}`)));
  });
  // Whoever ends it while it starts need not ask where it would have answered.
  address.catch(() => undefined);
  return {
    child,
    address,
    said: () => said,
    async end(signal) {
      child.kill(signal);
      return gone;
    },
  };
}

/** Starts a server on a free port and waits until it answers. */
export async function served(data: string, env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const server = starting(data, env);
  return { ...server, address: await server.address };
}

/** A data directory that is removed afterwards, whatever happens. */
export async function withData<T>(use: (data: string) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'outcomes-'));
  try {
    return await use(data);
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface Receipt {
  readonly status: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly outcomes: readonly {
    readonly index: number;
    readonly outcome: string;
    readonly problem?: { code: string };
  }[];
}

/** Posts events as lines. Throws where the server cannot be reached or breaks off. */
export async function post(address: string, events: readonly object[]): Promise<Receipt> {
  const response = await fetch(`${address}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  return { ...((await response.json()) as Receipt), status: response.status };
}
