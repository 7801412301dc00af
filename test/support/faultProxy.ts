/** Stands between a client and a server, and does to each request what goes wrong on the way. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export const FAULTS = [
  'none',
  'dropped before it was delivered',
  'dropped halfway',
  'dropped after it was delivered',
  'answer cut off',
  'answer too slow',
  '503 with Retry-After',
  '429 with Retry-After',
  '502 of a proxy',
  '200 of something else',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What is answered where the server is not asked. */
const INSTEAD: Partial<Record<Fault, { status: number; headers: Record<string, string>; text: string }>> = {
  '503 with Retry-After': { status: 503, headers: { 'retry-after': '2' }, text: '' },
  '429 with Retry-After': { status: 429, headers: { 'retry-after': '3' }, text: 'slow down' },
  '502 of a proxy': { status: 502, headers: { 'content-type': 'text/html' }, text: '<h1>Bad Gateway</h1>' },
  '200 of something else': { status: 200, headers: { 'content-type': 'text/html' }, text: '<h1>Sign in here</h1>' },
};

export interface FaultProxy {
  readonly address: string;
  /** How often each happened. */
  readonly happened: ReadonlyMap<Fault, number>;
  close(): Promise<void>;
}

/**
 * @param target  the server's address
 * @param next    what is to happen to the next request
 * @param slow_ms how long a slow answer takes
 */
export async function faultProxy(target: string, next: () => Fault, slow_ms = 300): Promise<FaultProxy> {
  const happened = new Map<Fault, number>();

  async function handle(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await whole(asked);
    const fault = next();
    happened.set(fault, (happened.get(fault) ?? 0) + 1);
    const drop = (): unknown => asked.socket.destroy();
    if (fault === 'dropped before it was delivered') return void drop();
    if (fault === 'dropped halfway') return void (await halfDelivered(target, asked, body).then(drop));
    const instead = INSTEAD[fault];
    if (instead !== undefined) return void answer.writeHead(instead.status, instead.headers).end(instead.text);
    const came = await delivered(target, asked, body);
    if (fault === 'dropped after it was delivered') return void drop();
    if (fault === 'answer cut off') {
      answer.writeHead(came.status, { 'content-length': came.body.length });
      return void answer.write(came.body.subarray(0, came.body.length / 2), drop);
    }
    if (fault === 'answer too slow') await pause(slow_ms);
    answer.writeHead(came.status, came.headers).end(came.body);
  }

  const server = createServer((asked, answer) => void handle(asked, answer).catch(() => asked.socket.destroy()));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    happened,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

const passedOn = (target: string, { url, method, headers }: IncomingMessage) =>
  httpRequest(new URL(url ?? '/', target), { method, headers: { ...headers, host: new URL(target).host } });

async function delivered(target: string, asked: IncomingMessage, body: Buffer) {
  const answer = await new Promise<IncomingMessage>((came, failed) =>
    passedOn(target, asked).on('response', came).on('error', failed).end(body),
  );
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await whole(answer) };
}

/** The server gets the head and half of the body, and then nothing any more. */
async function halfDelivered(target: string, asked: IncomingMessage, body: Buffer): Promise<void> {
  const half = passedOn(target, asked).on('error', () => undefined);
  await new Promise<void>((done) => half.write(body.subarray(0, body.length / 2), () => done()));
  await pause(20);
  half.destroy();
}
