import { EVENT_KINDS } from '../../contracts/activityEvent.ts';
import { request as httpRequest } from 'node:http';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemSchema } from '../../contracts/errors.ts';
import { seriesSchema, type Series, type SeriesPoint } from '../../contracts/series.ts';
import { indicatorListSchema, indicatorSchema } from '../../src/http/indicators.ts';
import { AUTHORITY, testServer, visits, type TestServer } from './testServer.ts';

let server: TestServer;
let address: string;
beforeAll(async () => {
  server = await testServer();
  address = await server.listen();
});
afterAll(() => server.close());

const get = (url: string, headers: Record<string, string> = {}) => server.app.inject({ url, headers });
const codeOf = (answer: { body: string }): string => problemSchema.parse(JSON.parse(answer.body)).code;
const MONTHLY = `?place=${AUTHORITY}&by=month`;

describe('indicators', () => {
  test('the list has every definition, with what it holds', async () => {
    const { indicators, position } = indicatorListSchema.parse((await get('/v1/indicators')).json());
    expect(indicators.map(({ id }) => id)).toEqual(server.ledger.catalogue.indicators.map(({ plan }) => plan.id));
    expect(position).toBe(server.ledger.ordinal());
    const held = indicators.find(({ id }) => id === 'visits')?.holds;
    expect(held).toMatchObject({ bases: ['computed', 'published'], places: 5 });
    expect(held?.granularities).toContain('month');
    expect(indicators.find(({ id }) => id === 'digital-hours')?.holds.series).toBe(0);
  });

  test('one indicator has its definition as written, and its places by name', async () => {
    const one = indicatorSchema.parse((await get('/v1/indicators/visits')).json());
    expect(one.source).toEqual(server.ledger.catalogue.find('visits').definition);
    expect(one.places.find(({ code }) => code === AUTHORITY)?.name).toBe(`Made-up authority ${AUTHORITY}`);
  });

  test('an id that does not exist is 404, with one that does', async () => {
    const answer = await get('/v1/indicators/library-visits');
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, 'not-found']);
    expect(answer.json<{ hint: string }>().hint).toContain('visits');
  });
});

describe('series', () => {
  test('is the series that the ledger gives, to the byte', async () => {
    const series = await server.ledger.series({ indicator: 'visits', place: AUTHORITY, granularity: 'month' });
    const answer = await get(`/v1/indicators/visits/series${MONTHLY}`);
    expect(answer.body).toBe(JSON.stringify(series));
    seriesSchema.parse(answer.json());
  });

  test('every indicator with figures answers by its contract', async () => {
    for (const { plan } of server.ledger.catalogue.indicators) {
      const answer = await get(`/v1/indicators/${plan.id}/series`);
      const held = await server.ledger.held(plan.id);
      expect(answer.statusCode, plan.id).toBe(held.length === 0 ? 404 : 200);
      if (answer.statusCode === 200) seriesSchema.parse(answer.json());
    }
  });

  test('what was left out by the request is not said to be unreported', async () => {
    const sentence = async (to: string): Promise<string> =>
      (await get(`/v1/indicators/visits/series?place=${AUTHORITY}&by=financial-year${to}`)).json<Series>().progress
        .sentence;
    expect(await sentence('')).toMatch(/^From .* in 2018\/19 to /);
    expect(await sentence('&to=2019-12-31')).toBe(
      'Nothing that could be compared with the baseline, 2018/19, is for a period after it that ends by 2019-12-31. Later periods were not asked for.',
    );
    expect(await sentence('&to=2030-12-31')).toBe(await sentence(''));
  });

  test('CSV has the same figures, cell by cell', async () => {
    for (const [id, query] of [
      ['visits', MONTHLY],
      ['loans', `?place=${AUTHORITY}&by=quarter&breakdown=format%3De-book`],
      ['summer-reading-challenge-participants', ''],
      ['adults-who-used-a-library', ''],
    ]) {
      const series = (await get(`/v1/indicators/${id}/series.json${query}`)).json<Series>();
      const csv = await get(`/v1/indicators/${id}/series.csv${query}`);
      expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      const rows = parse<Record<string, string>>(csv.body, { columns: true });
      expect(rows.length).toBe(series.points.length);
      series.points.forEach((point, at) => expect(rows[at]).toMatchObject(cellsOf(point, series)));
    }
  });

  test('a missing value is an empty cell, and the state says why', async () => {
    const csv = await get(`/v1/indicators/visits/series.csv?place=${AUTHORITY}%2Fcentral&by=month`);
    const rows = parse<Record<string, string>>(csv.body, { columns: true });
    expect(rows.find(({ period }) => period === '2020-04-01/P1M')).toMatchObject({ state: 'not-open', value: '' });
  });

  test('text that a spreadsheet would run as a formula is made text', async () => {
    const published = {
      specversion: '1.0',
      id: 'formula',
      source: 'urn:test:figures',
      type: 'org.outcome-ledger.figure.published.v1',
      subject: 'K03000001',
      data: {
        statistic: 'physical-visits-to-public-libraries',
        window: '2001-04-01/P1Y',
        value: 5,
        unit: 'visits',
        scope: '=HYPERLINK("http://example.test")',
        survey: false,
        source: 'A test',
      },
    };
    const payload = JSON.stringify(published);
    const headers = { 'content-type': 'application/json' };
    const own = await testServer({ filled: false });
    expect((await own.app.inject({ method: 'POST', url: '/v1/events', payload, headers })).statusCode).toBe(201);
    await own.ledger.project();
    const csv = await own.app.inject({ url: '/v1/indicators/visits/series.csv?place=K03000001' });
    await own.close();
    const [row] = parse<Record<string, string>>(csv.body, { columns: true });
    expect(row?.scope).toBe('\'=HYPERLINK("http://example.test")');
  });

  test('Accept and format choose the form; the format goes first', async () => {
    const typeOf = async (query: string, accept?: string) =>
      (await get(`/v1/indicators/visits/series${query}`, accept === undefined ? {} : { accept })).headers[
        'content-type'
      ];
    expect(await typeOf('')).toContain('application/json');
    expect(await typeOf('', 'text/csv')).toContain('text/csv');
    expect(await typeOf('', 'application/json;q=0.5, text/*')).toContain('text/csv');
    expect(await typeOf('', 'text/csv;q=0, */*')).toContain('application/json');
    expect(await typeOf('', 'image/webp')).toContain('application/json');
    expect(await typeOf('?format=json', 'text/csv')).toContain('application/json');
    expect(await typeOf('?format=csv')).toContain('text/csv');
  });

  test.each([
    ['foo=1', '/foo'],
    ['by=week', '/by'],
    ['by=month&by=quarter', '/by'],
    ['place=Gateshead', '/place'],
    ['from=2020-02-30', '/from'],
    ['from=2020-02-01&to=2020-01-01', '/to'],
    ['basis=guessed', '/basis'],
    ['breakdown=ebook', '/breakdown'],
    ['format=xlsx', '/format'],
  ])('?%s is refused by name', async (query, pointer) => {
    const answer = await get(`/v1/indicators/visits/series?${query}`);
    expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'invalid-query']);
    const { faults, detail } = answer.json<{ faults: { pointer: string }[]; detail: string }>();
    expect(faults.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(detail).toContain(`"${pointer.slice(1)}"`);
  });

  test('what is not held is 404 and says what is', async () => {
    const answer = await get('/v1/indicators/visits/series?place=E08000021');
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, 'not-found']);
    expect(answer.json<{ hint: string }>().hint).toContain(AUTHORITY);
  });

  test('links lead to the same series in every form', async () => {
    const { headers } = await get('/v1/indicators/visits/series');
    const links = String(headers.link).split(', ');
    expect(links.length).toBe(6);
    for (const link of links) {
      const address = /^<([^>]+)>/.exec(link)?.[1] ?? '';
      const type = /type="([^"]+)"/.exec(link)?.[1] ?? 'application/json';
      const answer = await get(address);
      expect([answer.statusCode, String(answer.headers['content-type']).split(';')[0]]).toEqual([200, type]);
    }
  });
});

function cellsOf(p: SeriesPoint, s: Series): Record<string, string> {
  const text = (value: string | number | null | undefined): string => (value == null ? '' : String(value));
  return {
    indicator: s.indicator.id,
    place: s.place.code,
    granularity: p.granularity,
    basis: p.basis,
    breakdown: p.breakdown,
    period: p.period,
    period_start: p.start,
    period_end: p.end,
    period_label: p.label,
    state: p.state,
    value: text(p.value),
    numerator: text(p.numerator),
    denominator: text(p.denominator),
    n: text(p.n),
    low: text(p.low),
    high: text(p.high),
    coverage_reported: text(p.coverage?.reported),
    coverage_expected: text(p.coverage?.expected),
    partial: text(String(p.partial)),
    events: text(p.events),
    scope: text(p.scope),
    notes: p.notes.join('; '),
    baseline_value: text(s.baseline?.value),
    progress_status: s.progress.status,
    progress_change: text(s.progress.change),
    progress_percent_change: text(s.progress.percentChange),
    knowledge_position: text(s.position),
    status: s.status,
  };
}

describe('chart', () => {
  test('comes as a Vega-Lite spec, as SVG and as PNG of the width asked for', async () => {
    const spec = (await get(`/v1/indicators/visits/chart${MONTHLY}`)).json<{ $schema: string }>();
    expect(spec.$schema).toContain('vega-lite');
    const svg = await get(`/v1/indicators/visits/chart.svg${MONTHLY}`);
    expect(svg.headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(svg.body).toMatch(/^<svg role="img"/);
    const png = await get(`/v1/indicators/visits/chart.png${MONTHLY}&width=640`);
    expect(png.headers['content-type']).toBe('image/png');
    expect(png.rawPayload.subarray(1, 4).toString()).toBe('PNG');
    expect(png.rawPayload.readUInt32BE(16)).toBe(640);
  });

  test('is chosen by Accept too, as a picture in a page would', async () => {
    const accept = 'image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8';
    const answer = await get('/v1/indicators/visits/chart', { accept });
    expect(answer.headers['content-type']).toContain('image/svg+xml');
    const png = await get('/v1/indicators/visits/chart?format=png');
    expect(png.headers['content-type']).toBe('image/png');
  });

  test.each(['chart.svg?width=300', 'chart?width=300', 'chart.png?width=5', 'chart.png?width=wide'])(
    '%s has no such width',
    async (path) => {
      const answer = await get(`/v1/indicators/visits/${path}`);
      expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'invalid-query']);
    },
  );
});

describe('caching', () => {
  test('a client that has it gets 304 without a body, until the next event', async () => {
    const own = await testServer();
    for (const path of ['series.json', 'series.csv', 'chart.svg', 'chart.png', 'chart.json']) {
      const url = `/v1/indicators/visits/${path}${MONTHLY}`;
      const tag = String((await own.app.inject({ url })).headers.etag);
      const again = await own.app.inject({ url, headers: { 'if-none-match': `"other", W/${tag}` } });
      expect([again.statusCode, again.body, again.headers.etag], path).toEqual([304, '', tag]);
      await own.ledger.record([visits('new', '2020-12', 1, { id: path })]);
      await own.ledger.project();
      const after = await own.app.inject({ url, headers: { 'if-none-match': tag } });
      expect([after.statusCode, after.headers.etag === tag], path).toEqual([200, false]);
    }
    await own.close();
  });

  test('the forms of one address have tags of their own, and Vary says so', async () => {
    const json = await get('/v1/indicators/visits/series', { accept: 'application/json' });
    const csv = await get('/v1/indicators/visits/series', { accept: 'text/csv' });
    expect(json.headers.etag).not.toBe(csv.headers.etag);
    expect([json.headers.vary, csv.headers.vary]).toEqual(['accept', 'accept']);
  });
});

describe('contracts and health', () => {
  test('every event type has a JSON Schema and an example in the source tree', async () => {
    const { contracts } = (await get('/v1/contracts')).json<{ contracts: Record<string, string>[] }>();
    expect(contracts.length).toBe(EVENT_KINDS.length);
    for (const { schema, type } of contracts) {
      const answer = await get(schema ?? '');
      expect(answer.headers['content-type']).toContain('application/schema+json');
      const { properties } = answer.json<{ properties: { type: { const: string } } }>();
      expect(properties.type.const).toBe(type);
    }
    expect(codeOf(await get('/v1/contracts/visits'))).toBe('not-found');
  });

  test('ready only when told so, with position, size and lag', async () => {
    let ready = false;
    const own = await testServer({ filled: false, ports: { ready: () => ready } });
    await own.ledger.record([visits('a', '2021-01', 1), visits('a', '2021-02', 1)]);
    const before = await own.app.inject('/health/ready');
    expect([before.statusCode, before.json()]).toEqual([
      503,
      { status: 'starting', version: '0.0.0-test', position: 0, size: 2, lag: 2 },
    ]);
    await own.ledger.project();
    ready = true;
    const after = await own.app.inject('/health/ready');
    expect([after.statusCode, after.json()]).toMatchObject([200, { status: 'ready', position: 2, lag: 0 }]);
    expect((await own.app.inject('/health/live')).json()).toEqual({ status: 'live', version: '0.0.0-test' });
    await own.close();
  });
});

describe('addresses, methods, hosts', () => {
  test('an unknown address is 404: a problem for programs, a page for readers', async () => {
    const problem = await get('/v2/indicators');
    expect([problem.statusCode, codeOf(problem)]).toEqual([404, 'not-found']);
    const page = await get('/v2/indicators', { accept: 'text/html' });
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  });

  test('another method is 405 and names those that are allowed', async () => {
    const answer = await server.app.inject({ method: 'DELETE', url: '/v1/indicators/visits/series.csv?x=1' });
    expect([answer.statusCode, codeOf(answer), answer.headers.allow]).toEqual([405, 'method-not-allowed', 'GET, HEAD']);
    expect((await get('/v1/events')).headers.allow).toBe('POST');
  });

  test('an address that cannot be decoded is a problem too', async () => {
    const answer = await get('/v1/indicators/%ff');
    expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'usage']);
  });

  test('a loopback server answers to no other name (DNS rebinding)', async () => {
    const statusFor = (host: string) =>
      new Promise<number>((resolve, reject) => {
        httpRequest(`${address}/health/live`, { headers: { host } }, (answer) =>
          resolve(answer.resume().statusCode ?? 0),
        )
          .on('error', reject)
          .end();
      });
    const { port } = new URL(address);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', `[::1]:${port}`]) {
      expect(await statusFor(host), host).toBe(200);
    }
    for (const host of ['rebound.example', `rebound.example:${port}`, 'localhost.example', '127.0.0.1.example']) {
      expect(await statusFor(host), host).toBe(403);
    }
    expect(codeOf(await get('/v1/indicators', { host: 'rebound.example' }))).toBe('not-allowed');
    expect((await get('/', { host: 'rebound.example' })).statusCode).toBe(403);
  });

  test('answers say that they are what they say they are', async () => {
    for (const url of ['/', '/v1/indicators', '/nothing']) {
      const { headers } = await get(url);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('same-origin');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });
});
