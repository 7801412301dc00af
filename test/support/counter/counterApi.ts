/**
 * A server that answers like a COUNTER API, release 5.1, on this machine: rightly where it is left alone, and wrongly in
 * each way that a test asks for. By the Code of Practice, section 8 and appendix D.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { sliceOf, type CounterDocument } from './reports.ts';

export interface Asked {
  readonly path: string;
  readonly report: string;
  readonly begin: string;
  readonly end: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** Answers one request in a way of its own. `right` is what should have been answered. */
export type Behaviour = (response: ServerResponse, asked: Asked, right: CounterDocument) => void;

export interface CounterApi {
  /** Base of the API, as a configuration gives it. */
  readonly url: URL;
  readonly asked: readonly Asked[];
  /** The most requests that were open at once. */
  mostAtOnce(): number;
  /** The next answers, one each; after them it answers rightly again. */
  next(...behaviours: readonly Behaviour[]): void;
  /** Answers every request so, until told otherwise. */
  always(behaviour: Behaviour | null): void;
  stop(): Promise<void>;
}

export const CREDENTIALS = {
  customerId: 'customer-7f3a',
  requestorId: 'requestor-91bc',
  apiKey: 'key/with+signs=5d2e',
};

/** Starts it with the use it knows of, a document for each report, and the months that are processed. */
export async function startCounterApi(
  documents: readonly CounterDocument[],
  processed: { readonly first?: string; readonly last?: string } = {},
): Promise<CounterApi> {
  const asked: Asked[] = [];
  const queue: Behaviour[] = [];
  let always: Behaviour | null = null;
  let [open, mostAtOnce] = [0, 0];
  const server = createServer((request, response) => {
    open += 1;
    mostAtOnce = Math.max(mostAtOnce, open);
    response.on('close', () => (open -= 1));
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const one: Asked = {
      path: url.pathname,
      report: url.pathname.split('/').at(-1)?.toUpperCase() ?? '',
      begin: url.searchParams.get('begin_date') ?? '',
      end: url.searchParams.get('end_date') ?? '',
      query: url.searchParams,
      headers: request.headers,
    };
    asked.push(one);
    const document = documents.find(({ Report_Header: header }) => header.Report_ID === one.report);
    const behaviour = queue.shift() ?? always;
    if (behaviour !== null && document !== undefined) behaviour(response, one, sliceOf(document, one.begin, one.end));
    else rightly(response, one, document, processed);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/counter`),
    asked,
    mostAtOnce: () => mostAtOnce,
    next: (...behaviours) => void queue.push(...behaviours),
    always: (behaviour) => (always = behaviour),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function rightly(
  response: ServerResponse,
  { path, query, begin, end }: Asked,
  document: CounterDocument | undefined,
  { first = '0000', last = '9999' }: { readonly first?: string; readonly last?: string },
): void {
  if (path === '/counter/r51/status')
    return json(response, 200, [{ Description: 'COUNTER API', Service_Active: true }]);
  if (!path.startsWith('/counter/r51/reports/')) return json(response, 404, {});
  if (query.get('customer_id') === null || begin === '' || end === '')
    return exception(1030, 'Insufficient Information to Process Request')(response);
  if (query.get('requestor_id') !== CREDENTIALS.requestorId)
    return exception(2000, 'Requestor Not Authorized to Access Service')(response);
  if (query.get('api_key') !== CREDENTIALS.apiKey) return exception(2020, 'APIKey Invalid')(response);
  if (query.get('customer_id') !== CREDENTIALS.customerId)
    return exception(2010, 'Requestor is Not Authorized to Access Usage for Institution')(response);
  if (document === undefined) return json(response, 404, {});
  if (end < begin) return exception(3020, 'Invalid Date Arguments')(response);
  const right = sliceOf(document, begin, end);
  if (end.slice(0, 7) > last) return notReady(response, { begin, end }, right);
  if (begin.slice(0, 7) < first) return gone(response, { begin, end }, right);
  return right.Report_Items.length === 0 ? noUsage(response, { begin, end }, right) : json(response, 200, right);
}

const STATUS: Readonly<Record<number, number>> = {
  1000: 503, 1010: 503, 1011: 202, 1020: 429, 1030: 400, 2000: 401, 2010: 403, 2011: 403, 2020: 401, 3020: 400,
}; // prettier-ignore

export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

/** An exception alone, with the status that the Code of Practice gives it. */
export const exception =
  (code: number, message: string, { data, retryAfter }: { data?: string; retryAfter?: string } = {}) =>
  (response: ServerResponse): void =>
    json(
      response,
      STATUS[code] ?? 200,
      { Code: code, Message: message, ...(data === undefined ? {} : { Data: data }) },
      retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    );
export const busy = (retryAfter?: string): Behaviour => exception(1010, 'Service Busy', retryAfter === undefined ? {} : { retryAfter }); // prettier-ignore
export const queued: Behaviour = exception(1011, 'Report Queued for Processing');
export const tooMany = (retryAfter?: string): Behaviour =>
  exception(1020, 'Client has made too many requests', retryAfter === undefined ? {} : { retryAfter });

type Range = Pick<Asked, 'begin' | 'end'>;
const withException = (code: number, message: string, empty: boolean) => (response: ServerResponse, { begin, end }: Range, right: CounterDocument): void =>
  json(response, 200, {
    Report_Header: { ...right.Report_Header, Exceptions: [{ Code: code, Message: message, Data: `asked for ${begin} to ${end}` }] },
    Report_Items: empty ? [] : right.Report_Items,
  }); // prettier-ignore
export const noUsage = withException(3030, 'No Usage Available for Requested Dates', true);
export const notReady = withException(3031, 'Usage Not Ready for Requested Dates', true);
export const gone = withException(3032, 'Usage No Longer Available for Requested Dates', true);
export const partial = withException(3040, 'Partial Data Returned', false);
export const parameterIgnored = withException(3050, 'Parameter Not Recognized in this Context', false);
export const emptyWithoutReason: Behaviour = (response, _, right) =>
  json(response, 200, { ...right, Report_Items: [] });

/** Another report, or another month, than was asked for. */
export const otherReport: Behaviour = (response, _, right) =>
  json(response, 200, { ...right, Report_Header: { ...right.Report_Header, Report_ID: 'TR_J1' } });
export const otherMonth: Behaviour = (response, _, right) => {
  const header = right.Report_Header;
  const filters = { ...header.Report_Filters, Begin_Date: '2020-01-01', End_Date: '2020-01-31' };
  json(response, 200, { ...right, Report_Header: { ...header, Report_Filters: filters } });
};
export const otherRelease: Behaviour = (response, _, right) =>
  json(response, 200, { ...right, Report_Header: { ...right.Report_Header, Release: '5' } });

export const html: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end('<!doctype html><title>Sign in</title>');
};
export const htmlAsJson: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('<!doctype html><title>Sign in</title>');
};
export const brokenStatus =
  (status: number): Behaviour =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<h1>Something went wrong</h1>');
  };
export const redirectTo =
  (location: string): Behaviour =>
  (response) => {
    response.writeHead(302, { location });
    response.end();
  };
/** Says how long the answer is, and ends in the middle of it. */
export const cutOff: Behaviour = (response, _, right) => {
  const text = JSON.stringify(right);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
  response.write(text.slice(0, text.length / 2), () => response.destroy());
};
export const cutOffPacked: Behaviour = (response, _, right) => {
  const bytes = gzipSync(JSON.stringify(right));
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
};
/** Begins to answer, and never ends. */
export const slow: Behaviour = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"Report_Header": ');
};
export const packed: Behaviour = (response, _, right) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.end(gzipSync(JSON.stringify(right)));
};
/** So many bytes of blanks, packed or as they are. */
export const blanks =
  (bytes: number, isPacked: boolean): Behaviour =>
  (response) => {
    const body = Buffer.alloc(bytes, ' ');
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(isPacked ? gzipSync(body) : body);
  };
/** Repeats in its message what it was asked with. */
export const repeatsCredentials: Behaviour = (response, { query }) => {
  const data = `unknown ${query.get('customer_id')} ${query.get('requestor_id')} ${query.get('api_key')} ${query.toString()}`;
  exception(2010, 'Requestor is Not Authorized to Access Usage for Institution', { data })(response);
};
