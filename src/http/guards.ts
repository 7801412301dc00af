/** Who may ask at all: the right host name on a loopback server, the owner's key, not too many at once. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';
import { sendProblem } from './problems.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/**
 * A server that only this machine can reach answers only to this machine's names. Otherwise a web page could point a
 * name of its own at 127.0.0.1 (DNS rebinding) and read and write here with the visitor's browser.
 */
export function refuseOtherHosts(app: FastifyInstance): void {
  let onlyLoopback: boolean | undefined;
  app.addHook('onListen', async () => {
    // A socket file has a path for an address, and no host to speak of.
    onlyLoopback = app.addresses().every((at) => typeof at === 'string' || isLoopback(at.address));
  });
  app.addHook('onRequest', async (request) => {
    if (onlyLoopback === false) return;
    const host = (request.headers.host ?? '').toLowerCase();
    if (LOOPBACK_NAMES.has(host.replace(/:\d+$/, ''))) return;
    throw new LedgerError('not-allowed', `This server does not answer to the name "${host.slice(0, 100)}".`, {
      hint: 'Ask for localhost or 127.0.0.1.',
    });
  });
}

/** Headers of every answer. What is not a page needs nothing: no script, no style, no frame. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'same-origin');
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    reply.header('x-request-id', request.id);
  });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets pass who gives the key as a bearer token. Digests are compared, so that time says nothing, not even a length. */
export function ownerOnly(key: string): onRequestAsyncHookHandler {
  const expected = digest(key);
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && key !== '' && timingSafeEqual(digest(given), expected)) return;
    const problem = toProblem(
      new LedgerError(
        'not-allowed',
        given === undefined ? 'The owner’s key is needed.' : 'The key is not the owner’s.',
        {
          hint: 'Send it as "Authorization: Bearer <key>". It stands in server.json in the data directory, and is a new one at each start of the server.',
        },
      ),
    );
    reply.header('www-authenticate', 'Bearer realm="owner"');
    return sendProblem(reply, problem, given === undefined ? 401 : 403);
  };
}

/** At most `limit` requests at once; one more is refused before its body is read. */
export function atMost(limit: number, what: string): onRequestAsyncHookHandler {
  let running = 0;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (running >= limit) {
      throw new LedgerError('overloaded', `${limit} ${what} are being taken in already.`, {
        hint: 'Send the same again after the time in Retry-After: what was recorded already counts once.',
      });
    }
    running += 1;
    const { socket } = request.raw;
    let held = true;
    const release = (): void => {
      if (held) running -= 1;
      held = false;
      socket.off('close', release);
    };
    // Whichever comes: an answer sent, or a client that went away. Of several requests in a pipeline whose connection
    // goes, only the answer that is next in turn hears of it: the others by the socket.
    reply.raw.once('finish', release).once('close', release);
    socket.on('close', release);
  };
}
