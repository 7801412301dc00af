/** The OpenAPI document without a server: for what is generated from it. */
import fastify from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { HttpPorts } from './ports.ts';
import { apiRoutes } from './routes.ts';

/** The document that `GET /openapi.json` answers with. */
export async function openApiDocument(): Promise<unknown> {
  const app = fastify().withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  // Routes only take their parts from the ports when they are asked; here nobody asks, and nothing was uploaded.
  const imports = { uploads: { load: () => [] } };
  await apiRoutes(app, { key: '', version: '', imports } as unknown as HttpPorts);
  await app.ready();
  const document: unknown = JSON.parse(JSON.stringify(app.swagger()));
  await app.close();
  return document;
}
