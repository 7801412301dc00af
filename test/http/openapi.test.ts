import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { EVENT_KINDS } from '../../contracts/activityEvent.ts';
import { openApiDocument } from '../../src/http/openApi.ts';
import { AUTHORITY, KEY, testServer, visits, type TestServer } from './testServer.ts';

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly { name: string; in: string }[];
  readonly requestBody?: { content: Record<string, unknown> };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  readonly security?: unknown;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, object> };
}

let server: TestServer;
let document: Document;
beforeAll(async () => {
  server = await testServer();
  document = (await server.app.inject('/openapi.json')).json();
});
afterAll(() => server.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('the document is OpenAPI 3.1 with every route of the interface', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(
    operations()
      .map(({ path, method }) => `${method} ${path}`)
      .sort(),
  ).toEqual([
    'delete /v1/imports/{id}',
    'get /health/live',
    'get /health/ready',
    'get /metrics',
    'get /v1/contracts',
    'get /v1/contracts/{kind}',
    'get /v1/feeds',
    'get /v1/feeds/{source}',
    'get /v1/imports',
    'get /v1/imports/{id}',
    'get /v1/imports/{id}/findings',
    'get /v1/indicators',
    'get /v1/indicators/{id}',
    'get /v1/indicators/{id}/chart',
    'get /v1/indicators/{id}/chart.json',
    'get /v1/indicators/{id}/chart.png',
    'get /v1/indicators/{id}/chart.svg',
    'get /v1/indicators/{id}/series',
    'get /v1/indicators/{id}/series.csv',
    'get /v1/indicators/{id}/series.json',
    'get /v1/parked',
    'post /v1/commands/rebuild',
    'post /v1/commands/reconcile',
    'post /v1/commands/replay',
    'post /v1/commands/verify',
    'post /v1/events',
    'post /v1/imports',
    'post /v1/parked/{ordinal}/dismissal',
  ]);
});

test('it is the same without a server', async () => {
  expect(await openApiDocument()).toEqual(document);
});

test('every operation is described, and every reference leads somewhere', () => {
  for (const { path, operation } of operations()) {
    expect(operation.summary, path).toMatch(/\w/);
    for (const [status, response] of Object.entries(operation.responses)) {
      expect(response.description, `${path} ${status}`).toMatch(/\w/);
    }
    for (const name of path.matchAll(/\{(\w+)\}/g)) {
      expect(operation.parameters).toContainEqual(expect.objectContaining({ name: name[1], in: 'path' }));
    }
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of new Set(references)) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference ?? '')?.[1];
    expect(document.components.schemas, reference).toHaveProperty(name ?? '');
  }
});

test('bodies that the routes read themselves are described, owner routes ask for the key', () => {
  const events = document.paths['/v1/events']?.post;
  expect(Object.keys(events?.requestBody?.content ?? {})).toEqual([
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'application/json',
    'application/x-ndjson',
  ]);
  const one = events?.requestBody?.content['application/cloudevents+json'] as { schema: { oneOf: unknown[] } };
  expect(one.schema.oneOf.length).toBe(EVENT_KINDS.length);
  for (const { path, operation } of operations().filter((each) => /^\/v1\/(commands|imports)/.test(each.path))) {
    expect(operation.security, path).toEqual([{ owner: [] }]);
  }
});

/** The schema of a response as zod, to hold an answer against what the document says of it. */
function documented(schema: object): z.ZodType {
  // References are to the document's components; as JSON Schema they are to definitions.
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as Parameters<typeof z.fromJSONSchema>[0]); // prettier-ignore
}

/** The id of an import that has ended. */
async function uploaded(): Promise<string> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'text/csv' };
  const url = '/v1/imports?file=visits.csv&options=%7B%22authority%22%3A%22E08000021%22%7D';
  const answer = await server.app.inject({ method: 'POST', url, headers, payload: 'Library,2018-05\nCity,100\n' });
  const { id } = answer.json<{ id: string }>();
  await expect
    .poll(async () => (await server.app.inject({ url: `/v1/imports/${id}`, headers })).json<{ state: string }>().state)
    .toBe('done');
  return id;
}

test('every operation is reachable and answers what the document says', async () => {
  const body = JSON.stringify(visits('unreadable', '2021-01', -1));
  await server.log.append('urn:library:foreign', [{ id: 'unreadable', body, hash: '0'.repeat(64) }], 'any');
  await server.ledger.project();
  const ordinal = String(server.ledger.parked()[0]?.ordinal);
  const source = encodeURIComponent(visits('documented', '2021-01', 1).source);
  const values: Record<string, string> = { id: 'visits', kind: 'visits.counted', ordinal, source };
  const bodies: Record<string, [string, string]> = {
    '/v1/events': ['application/json', JSON.stringify([visits('documented', '2021-01', 1)])],
    '/v1/imports': ['text/csv', 'Library,2018-04\nCity,100\n'],
    '/v1/commands/replay': ['application/json', '{"indicator":"visits"}'],
    '/v1/commands/reconcile': ['application/json', '{"forms":["one","two"]}'],
    '/v1/parked/{ordinal}/dismissal': ['application/json', '{"by":"analyst","why":"unreadable"}'],
  };
  const job = await uploaded();
  const valueOf = (path: string, name: string): string =>
    path.startsWith('/v1/imports/') ? job : (values[name] ?? '');
  for (const { path, method, operation } of operations()) {
    const [type, payload] = bodies[path] ?? [];
    const query =
      method === 'post' && path === '/v1/imports'
        ? '?file=visits.csv&options=%7B%22authority%22%3A%22E08000021%22%7D'
        : path.includes('/series')
          ? `?place=${AUTHORITY}`
          : '';
    const answer = await server.app.inject({
      method: method.toUpperCase() as 'GET',
      url: path.replace(/\{(\w+)\}/g, (_, name: string) => valueOf(path, name)) + query,
      headers: { authorization: `Bearer ${KEY}`, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(payload === undefined ? {} : { payload }),
    });
    const where = `${method} ${path}`;
    const expected = [200, 202, 204].find((status) => operation.responses[status] !== undefined) ?? 200;
    expect(answer.statusCode, where).toBe(expected);
    if (expected === 204) continue;
    const content = operation.responses[expected]?.content ?? {};
    const media = String(answer.headers['content-type']).split(';')[0] ?? '';
    expect(Object.keys(content), where).toContain(media);
    if (!media.includes('json') || media.includes('ndjson')) continue;
    const checked = documented(content[media]?.schema ?? {}).safeParse(answer.json());
    expect(checked.error?.issues, where).toBeUndefined();
  }
});

test('problems answer as the document says', async () => {
  const cases = [
    ['/v1/indicators/visits/series?by=week', '/v1/indicators/{id}/series', '400'],
    ['/v1/indicators/nothing/chart.svg', '/v1/indicators/{id}/chart.svg', '404'],
  ] as const;
  for (const [url, path, status] of cases) {
    const answer = await server.app.inject(url);
    expect(String(answer.statusCode)).toBe(status);
    const schema = document.paths[path]?.get?.responses[status]?.content?.['application/problem+json']?.schema;
    expect(documented(schema ?? {}).safeParse(answer.json()).error).toBeUndefined();
  }
});
