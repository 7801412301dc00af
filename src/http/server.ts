/** The HTTP server: guards first, then one group of routes after another. */
import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Api } from './api.ts';
import { addSecurityHeaders, refuseOtherHosts } from './guards.ts';
import type { HttpPorts, Pages } from './ports.ts';
import { answerProblems, problemOf, sendProblem } from './problems.ts';
import { apiRoutes } from './routes.ts';

export type { HttpPorts } from './ports.ts';

const setBelow = (): never => {
  throw new Error('the compilers of schemas are set before any route is');
};

/** The server with all its routes, not listening yet. Without `pages` it has the API alone. */
export function httpServer(ports: HttpPorts, pages?: Pages): FastifyInstance {
  const app: Api = fastify({
    logger: ports.logger ?? false,
    genReqId: () => randomUUID(),
    // The source of a feed stands in a path, percent-encoded: up to 200 characters become three times as many.
    routerOptions: { maxParamLength: 600 },
    // A stream of events may be open for longer than any fixed time; a trickle is what ends it.
    requestTimeout: 0,
    // Both are set below. Fastify would load those of its own, which takes a tenth of a start.
    schemaController: { compilersFactory: { buildValidator: setBelow, buildSerializer: setBelow } },
    frameworkErrors: (error, request, reply) => void sendProblem(reply, problemOf(error, request)),
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  // Answers are checked against their schemas by the tests, not again for every reader.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  addSecurityHeaders(app);
  answerProblems(app, pages?.sendProblemPage ?? sendProblem);
  refuseOtherHosts(app);

  void app.register((api: Api) => apiRoutes(api, ports));
  if (pages !== undefined) void app.register(pages.routes);
  return app;
}
