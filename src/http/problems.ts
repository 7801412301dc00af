/** Errors → `application/problem+json`, in one place. The text of an unexpected error goes to the log and nowhere else. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, Problem } from '../../contracts/errors.ts';
import { LedgerError, toProblem } from '../domain/ledgerError.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the body of a request may have here. */
    takes?: readonly string[];
  }
}

/** Seconds after which a refused client may try again. */
const RETRY_AFTER = 1;

export type SendProblem = (reply: FastifyReply, problem: Problem) => FastifyReply;

/** Answers with a problem; `status` only where one code has two (401 and 403). */
export function sendProblem(reply: FastifyReply, problem: Problem, status = problem.status): FastifyReply {
  if (status === 503) reply.header('retry-after', RETRY_AFTER);
  const body: Problem = { ...problem, status, instance: reply.request.id };
  // As bytes: no serialiser comes between.
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(body)));
}

/** The problem that an error shows as; logs what nobody expected. */
export function problemOf(error: unknown, request: FastifyRequest): Problem {
  const known = error instanceof LedgerError ? error : knownError(error as FastifyError, request);
  const problem = toProblem(known ?? error);
  if (problem.status >= 500 && problem.status !== 503) request.log.error({ err: error }, 'request failed');
  return problem;
}

/** Errors of the framework that a sender can do something about. */
function knownError(error: FastifyError, request: FastifyRequest): LedgerError | null {
  if (error.validation !== undefined) return invalidInput(error);
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMedia(request, request.routeOptions.config.takes ?? []);
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const limit = request.routeOptions.bodyLimit;
      return new LedgerError('event-too-large', `The body is larger than ${limit} bytes.`, {
        // Only where the address takes one.
        ...(request.server.hasContentTypeParser('application/x-ndjson')
          ? { hint: 'Send a long batch as application/x-ndjson, one event a line: it has no limit.' }
          : {}),
      });
    }
    default:
      if (error.statusCode === undefined || error.statusCode < 400 || error.statusCode > 499) return null;
      return new LedgerError('usage', error.message);
  }
}

/** A 415 that names what was sent, and what may be. */
export function unsupportedMedia(request: FastifyRequest, types: readonly string[]): LedgerError {
  const sent = request.headers['content-type'];
  return new LedgerError(
    'unsupported-media-type',
    sent === undefined
      ? 'The request does not say what its body is.'
      : `${sent.slice(0, 100)} is not accepted at ${request.routeOptions.url ?? request.url}.`,
    {
      hint:
        types.length === 0
          ? 'Give a Content-Type that /openapi.json lists for this address.'
          : `Give the Content-Type: ${types.join(', or ')}.`,
    },
  );
}

/** What a schema refused in the query, the path or the body. */
function invalidInput(error: FastifyError): LedgerError {
  const faults: Fault[] = (error.validation ?? []).flatMap((each): Fault[] => {
    if (each.keyword === 'unrecognized_keys') {
      const { keys } = each.params as { keys?: string[] };
      return (keys ?? []).map((key) => ({ message: 'is not a parameter here', pointer: `/${key}` }));
    }
    return [{ message: each.message ?? 'is not valid', pointer: each.instancePath }];
  });
  const detail = faults.map(({ pointer, message }) => `"${(pointer ?? '').slice(1)}" ${message}`).join('; ');
  const code = error.validationContext === 'querystring' ? 'invalid-query' : 'usage';
  return new LedgerError(code, `${detail}.`, { hint: 'The parameters are described in /openapi.json.', faults });
}

/**
 * Maps errors, unknown addresses (404) and known addresses asked in another way (405 with `Allow`). To be called before
 * the routes are added. `sendPage` answers a reader with a browser.
 */
export function answerProblems(app: FastifyInstance, sendPage: SendProblem): void {
  const routes: { pattern: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const literal = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+');
    routes.push({ pattern: new RegExp(`^${literal}$`), methods: [method].flat() });
  });
  app.setErrorHandler((error, request, reply) => sendProblem(reply, problemOf(error, request)));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    const allowed = [...new Set(methods)].join(', ');
    if (allowed === '') {
      const detail = `There is nothing at ${path.slice(0, 200)}.`;
      const problem = toProblem(
        new LedgerError('not-found', detail, { hint: 'What there is is described in /openapi.json.' }),
      );
      const inBrowser = request.headers.accept?.includes('text/html') ?? false;
      return inBrowser ? sendPage(reply, problem) : sendProblem(reply, problem);
    }
    reply.header('allow', allowed);
    const error = new LedgerError('method-not-allowed', `${path} takes ${allowed}, not ${request.method}.`);
    return sendProblem(reply, toProblem(error));
  });
}
