/** P10: places that requests hold are free again when their senders go, however they go. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testServer, visits, type TestServer } from './testServer.ts';

let server: TestServer;
let address: URL;
beforeEach(async () => {
  server = await testServer({ filled: false });
  address = new URL(await server.listen());
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const BODY = JSON.stringify(visits('central', '2021-06', 10));
const head = (length: number): string =>
  `POST /v1/events HTTP/1.1\r\nhost: ${address.host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

async function sender(text: string): Promise<Socket> {
  const socket = connect(Number(address.port), address.hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}
const honest = async (): Promise<number> =>
  (await fetch(new URL('/v1/events', address), { method: 'POST', body: BODY, headers: { 'content-type': 'application/json' } })).status; // prettier-ignore

test('also those of requests in a pipeline whose connection is reset', async () => {
  for (let round = 0; round < 12; round++) {
    const socket = await sender(`${head(BODY.length)}${BODY}`.repeat(4));
    await pause(round % 6);
    socket.resetAndDestroy();
  }
  await expect.poll(honest).toBe(200);
});

test('also those of senders that trickle', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const slow = await Promise.all(Array.from({ length: 8 }, () => sender(`${head(1_000_000)} `)));
  await expect.poll(honest).toBe(503);
  slow.forEach((socket) => socket.write(' '));
  await pause(50);
  vi.advanceTimersByTime(60_000);
  await Promise.all(slow.filter((socket) => !socket.destroyed).map((socket) => once(socket, 'close')));
  await expect.poll(honest).toBe(201);
});
