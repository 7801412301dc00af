/**
 * The one way out. Every request that this engine makes of its own accord goes through here, so that a configured or
 * redirected address cannot reach into the network it runs in, and no answer can exhaust it: HTTPS only, public addresses
 * only (checked after resolving, and the one that was checked is the one that is called), no other host by redirection,
 * a limit of bytes (also of what is unpacked) and of time, and the content type that was asked for.
 */
import { lookup } from 'node:dns/promises';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createGunzip } from 'node:zlib';
import { LedgerError } from '../domain/ledgerError.ts';
import { isLoopback, isPublicAddress } from './addresses.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface GuardRules {
  /** Bytes of an answer, unpacked. */
  readonly maxBytes: number;
  /** For one request, redirections included, to the last byte. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Media types that may be answered; the first is asked for. */
  readonly accept: readonly string[];
  /** Whether this machine itself may be called, and without TLS: for servers that stand in for others. */
  readonly loopback: boolean;
  /** Addresses of a host name; left out, the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Uint8Array;
}

/** Why there is no answer to be read. `again`: it may be another time without anybody changing anything. */
export interface NoAnswer {
  readonly reason:
    'address-refused' | 'redirected-elsewhere' | 'too-large' | 'too-slow' | 'cut-off' | 'unreachable' | 'other-content';
  readonly detail: string;
  readonly again: boolean;
}

export type Got = { readonly answer: Answer } | { readonly noAnswer: NoAnswer };

/** A guarded GET. Neither its result nor its errors hold the query of the address, which may hold credentials. */
export type Get = (url: URL, signal?: AbortSignal) => Promise<Got>;

const MOST_REDIRECTIONS = 3;
const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** The statuses whose body is worth reading whatever its type: it is thrown away unless it is of a type that is accepted. */
const OK = 200;

const no = (reason: NoAnswer['reason'], detail: string, again = false): Got => ({
  noAnswer: { reason, detail, again },
});

/**
 * Makes the guarded GET.
 * @throws LedgerError `interrupted` where the signal was given
 */
export function guardedGet(rules: GuardRules): Get {
  return async (url, signal) => {
    const deadline = AbortSignal.timeout(rules.timeoutMs);
    const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    try {
      let at = url;
      for (let hop = 0; hop <= MOST_REDIRECTIONS; hop++) {
        const next = await once(at, rules, stop);
        if (!('location' in next)) return next;
        const to = URL.canParse(next.location, at.href) ? new URL(next.location, at) : null;
        if (to?.origin !== at.origin)
          return no('redirected-elsewhere', `${at.origin} sends on to ${to?.origin ?? 'no address'}, which is not followed`); // prettier-ignore
        at = to;
      }
      return no('redirected-elsewhere', `${url.origin} sends on more than ${MOST_REDIRECTIONS} times`);
    } catch (error) {
      if (signal?.aborted === true) throw new LedgerError('interrupted', 'Cancelled.');
      if (deadline.aborted) return no('too-slow', `${url.origin} took more than ${rules.timeoutMs / 1000} s`, true);
      throw error;
    }
  };
}

/** The address to call, or why there is none. */
async function checked(url: URL, rules: GuardRules): Promise<{ pinned: Address } | { refused: Got }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.username !== '' || url.password !== '')
    return { refused: no('address-refused', `The address at ${url.host} holds a name and password`) };
  let addresses: readonly Address[];
  if (isIP(host) !== 0) addresses = [{ address: host, family: isIP(host) }];
  else {
    try {
      addresses = await (rules.resolve ?? ((name: string) => lookup(name, { all: true })))(host);
    } catch {
      return { refused: no('unreachable', `${host} is not known to the resolver of names`, true) };
    }
  }
  const [first] = addresses;
  if (first === undefined) return { refused: no('unreachable', `${host} has no address`, true) };
  const here = rules.loopback && addresses.every(({ address }) => isLoopback(address));
  // All of them: a name with one public and one private address would otherwise be called at either.
  if (!here && !addresses.every(({ address }) => isPublicAddress(address)))
    return { refused: no('address-refused', `${host} is not an address of the public internet`) };
  if (url.protocol !== 'https:' && !(here && url.protocol === 'http:'))
    return { refused: no('address-refused', `${host} is called by ${url.protocol.slice(0, -1)}, not https`) };
  return { pinned: first };
}

async function once(url: URL, rules: GuardRules, stop: AbortSignal): Promise<Got | { location: string }> {
  const check = await checked(url, rules);
  if ('refused' in check) return check.refused;
  stop.throwIfAborted();
  const { pinned } = check;
  const toPinned: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [pinned]);
    else done(null, pinned.address, pinned.family);
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      {
        // A connection of its own: one kept from another name could lead elsewhere.
        agent: false,
        lookup: toPinned,
        signal: stop,
        headers: { accept: rules.accept.join(', '), 'accept-encoding': 'gzip', 'user-agent': rules.userAgent },
      },
      (response) => {
        readAnswer(url, response, rules, stop).then((got) => {
          resolve(got);
          request.destroy();
        }, reject);
      },
    );
    request.on('error', (error) => {
      if (stop.aborted) reject(error);
      else resolve(no('unreachable', `${url.host} cannot be reached (${(error as NodeJS.ErrnoException).code ?? 'no reason'})`, true)); // prettier-ignore
    });
    request.end();
  });
}

async function readAnswer(
  url: URL,
  response: IncomingMessage,
  { maxBytes, accept }: GuardRules,
  stop: AbortSignal,
): Promise<Got | { location: string }> {
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (REDIRECTIONS.has(status) && location !== undefined) return { location };
  const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const readable = accept.includes(type);
  if (!readable && status === OK)
    return no('other-content', `${url.host} answered ${type === '' ? 'no content type' : type}, not ${accept[0]}`);
  const retryAfter = response.headers['retry-after'] ?? null;
  if (!readable) return { answer: { status, retryAfter, body: new Uint8Array() } };
  const packed = response.headers['content-encoding'];
  if (packed !== undefined && packed !== 'gzip' && packed !== 'identity')
    return no('other-content', `${url.host} answered in the encoding ${packed}, which was not asked for`);
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of packed === 'gzip' ? unpacked(response) : response) {
      bytes += (piece as Buffer).byteLength;
      if (bytes > maxBytes) return no('too-large', `${url.host} answered more than ${maxBytes} bytes`);
      pieces.push(piece as Buffer);
    }
  } catch (error) {
    if (stop.aborted) throw error;
    return no('cut-off', `${url.host} broke off in the middle of its answer`, true);
  }
  return { answer: { status, retryAfter, body: Buffer.concat(pieces) } };
}

/** What breaks off while packed must break off unpacked as well: a pipe alone would wait for ever. */
function unpacked(response: IncomingMessage): NodeJS.ReadableStream {
  const gunzip = createGunzip();
  response.on('error', (error) => gunzip.destroy(error));
  response.on('aborted', () => gunzip.destroy(new Error('aborted')));
  return response.pipe(gunzip);
}
