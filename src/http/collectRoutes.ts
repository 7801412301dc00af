/** How routes become an OpenAPI document: from their own schemas. */
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Api } from './api.ts';
import { YAML_TYPES } from './commands.ts';
import { FILE_TYPES } from './imports.ts';
import { EVENT_BODIES } from './postEvents.ts';

/** Of the interface, not of the program: it changes when what clients may rely on does. */
const API_VERSION = '1.0.0';

type Json = Record<string, unknown>;

/** Bodies that the routes read themselves, byte by byte, and so have no schema for the framework. */
const RAW_BODIES: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>> = {
  '/v1/events': EVENT_BODIES,
  '/v1/imports': Object.fromEntries(FILE_TYPES.map((type) => [type, z.string().meta({ format: 'binary' })])),
  '/v1/commands/replay': {
    ...Object.fromEntries(YAML_TYPES.map((type) => [type, z.string().describe('An indicator definition')])),
    'application/json': z.strictObject({ indicator: z.string() }),
  },
};

/** Collects the routes that are added after it. */
export async function collectRoutes(app: Api): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Outcome Ledger',
        version: API_VERSION,
        description: 'Activity events in, outcome indicators out: baseline against progress, traceable to the event.',
      },
      components: { securitySchemes: { owner: { type: 'http', scheme: 'bearer' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) =>
      withoutUnused(withRawBodies(jsonSchemaTransformObject(document) as unknown as Json)) as unknown as Document,
  });
}

/** Adds `/openapi.json`. */
export function openapiRoute(app: Api): void {
  let text: Buffer | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= Buffer.from(JSON.stringify(app.swagger()));
    return reply.type('application/json; charset=utf-8').send(text);
  });
}

type Document = ReturnType<typeof jsonSchemaTransformObject>;

function withRawBodies(document: Json): Json {
  const paths = document.paths as Record<string, { post?: Json }>;
  for (const [path, bodies] of Object.entries(RAW_BODIES)) {
    const post = paths[path]?.post;
    if (post === undefined) continue;
    const content = Object.entries(bodies).map(([type, schema]) => [type, { schema: plainSchema(schema) }]);
    post.requestBody = { required: true, content: Object.fromEntries(content) as Json };
  }
  return document;
}

/** A schema of what comes in, with references to the document's components, which have such schemas under `…Input`. */
function plainSchema(schema: z.ZodType): Json {
  const { $schema: _, $defs: __, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(rest).replace(/#\/\$defs\/(\w+)/g, '#/components/schemas/$1Input')) as Json;
}

/** Leaves out components that nothing refers to: which there are depends on what else the process has loaded. */
function withoutUnused(document: Json): Json {
  const components = document.components as { schemas: Record<string, object> };
  const used = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      visit(components.schemas[name]);
    }
  };
  visit(document.paths);
  const schemas = Object.fromEntries([...used].sort().map((name) => [name, components.schemas[name]]));
  return { ...document, components: { ...components, schemas } };
}
