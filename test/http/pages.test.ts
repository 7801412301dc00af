import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../contracts/fields.ts';
import type { Series } from '../../contracts/series.ts';
import { seriesTable } from '../../src/charts/seriesTable.ts';
import { seriesCoverage } from '../../src/charts/words.ts';
import { textAlternative } from '../../src/charts/textAlternative.ts';
import { AUTHORITY, testServer, visits, type TestServer } from './testServer.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const page = async (url: string) => {
  const answer = await server.app.inject({ url, headers: { accept: 'text/html' } });
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  return { status: answer.statusCode, html: answer.body, headers: answer.headers };
};

const unescaped = (html: string): string =>
  html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'); // prettier-ignore
const cells = (html: string): string[] =>
  [...html.matchAll(/<t[hd][^>]*>([^<]*)<\/t[hd]>/g)].map(([, text]) => unescaped(text ?? ''));

describe('every page', () => {
  test.each(['/', '/indicators/visits', '/indicators/digital-hours', '/indicators/nothing'])(
    '%s has a language, one h1, a skip link that leads somewhere, and no script',
    async (url) => {
      const { html, headers } = await page(url);
      expect(html).toContain('<html lang="en-GB">');
      expect(html.match(/<h1[ >]/g)?.length).toBe(1);
      expect(html).toContain('href="#main"');
      expect(html).toContain('id="main"');
      expect(html).not.toMatch(/<script|javascript:| on\w+=| style=/i);
      expect(headers['content-security-policy']).not.toContain('script-src');
      expect(headers['content-security-policy']).not.toContain('unsafe');
    },
  );

  test('headings go down one level at a time, ids are there once, labels belong to fields', async () => {
    for (const url of ['/', `/indicators/visits?place=${AUTHORITY}&by=month`]) {
      const { html } = await page(url);
      const levels = [...html.matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level));
      levels.forEach((level, at) => expect(level - (levels[at - 1] ?? 0), url).toBeLessThanOrEqual(1));
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of html.matchAll(/ (?:for|aria-labelledby|aria-describedby)="([^"]+)"/g)) {
        expect(ids).toContain(id);
      }
    }
  });

  test('every link within the site leads somewhere', async () => {
    const { html } = await page('/');
    const one = await page(`/indicators/visits?place=${AUTHORITY}&by=month`);
    const links = [...`${html}${one.html}`.matchAll(/href="(\/[^"]*)"/g)].map(([, link]) => unescaped(link ?? ''));
    for (const link of new Set(links)) {
      expect((await server.app.inject(link.split('#')[0] ?? '')).statusCode, link).toBe(200);
    }
  });
});

describe('the first page', () => {
  test('has all indicators under the seven outcomes, and says which have no figures', async () => {
    const html = unescaped((await page('/')).html);
    expect([...html.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id)).toEqual([...OUTCOMES]);
    for (const { plan, definition } of server.ledger.catalogue.indicators) {
      expect(html).toContain(`<h3><a href="/indicators/${plan.id}">${definition.title}</a></h3>`);
    }
    let without = 0;
    for (const { plan } of server.ledger.catalogue.indicators) {
      if ((await server.ledger.held(plan.id)).length === 0) without += 1;
    }
    expect(html.match(/No figures yet\./g)?.length).toBe(without);
  });

  test('has baseline, latest figure, sentence and status of each series, and marks what is made up', async () => {
    const { html } = await page('/');
    const text = unescaped(html);
    let madeUp = 0;
    for (const { plan } of server.ledger.catalogue.indicators) {
      for (const basis of ['computed', 'published'] as const) {
        const held = await server.ledger.held(plan.id);
        if (!held.some((each) => each.basis === basis)) continue;
        const series = await server.ledger.series({ indicator: plan.id, basis });
        expect(text, plan.id).toContain(series.progress.sentence);
        expect(text, plan.id).toContain(series.status);
        if (series.madeUp) madeUp += 1;
      }
    }
    expect(madeUp).toBeGreaterThan(0);
    // One more, in the notice that says what the mark means.
    expect(html.match(/<strong class="made-up">/g)?.length).toBe(madeUp + 1);
  });

  test('says of each series where it comes from and how much of it was reported', async () => {
    const html = unescaped((await page('/')).html);
    const visited = await server.ledger.series({ indicator: 'visits', basis: 'computed' });
    expect(html).toContain(`Coverage: ${seriesCoverage(visited)}. Source: ${visited.source}. ${visited.status}`);
    const quoted = await server.ledger.series({ indicator: 'visits', basis: 'published' });
    expect(html).toContain(`Source: ${quoted.source}. ${quoted.status}`);
  });

  test('says why there is no figure where no population is held', async () => {
    expect((await page('/')).html).toContain('No value: not available, no population is held near the period');
  });

  test('before the first event it says that there are no figures', async () => {
    const own = await testServer({ filled: false });
    const { body, statusCode } = await own.app.inject('/');
    const indicators = own.ledger.catalogue.indicators.length;
    await own.close();
    expect([statusCode, body.match(/No figures yet\./g)?.length]).toEqual([200, indicators]);
  });
});

describe('the page of an indicator', () => {
  test.each([
    ['visits', `?place=${AUTHORITY}&by=month`],
    ['visits', `?place=${AUTHORITY}%2Fcentral&by=month`],
    ['loans', `?place=${AUTHORITY}&by=quarter&breakdown=format%3De-book`],
    ['summer-reading-challenge-participants', ''],
  ])('%s%s has the figures of the series, cell by cell, and the chart in words', async (id, query) => {
    const series = (await server.app.inject(`/v1/indicators/${id}/series${query}`)).json<Series>();
    const { html, status } = await page(`/indicators/${id}${query}`);
    const table = seriesTable(series);
    expect(status).toBe(200);
    expect(cells(html)).toEqual([...table.columns.map(({ label }) => label), ...table.rows.flat()]);
    const text = unescaped(html);
    expect(text).toContain(`<caption>${table.caption}</caption>`);
    expect(text).toContain(`<p>${textAlternative(series)}</p>`);
    for (const note of table.notes) expect(text).toContain(`<li>${note}</li>`);
    for (const { shorthand, meaning } of table.legend) expect(text).toContain(`<b>${shorthand}</b> ${meaning}`);
    expect(html).toContain('<svg role="img"');
    expect(text).toContain(`<code>${series.indicator.definition}</code>`);
    expect(text).toContain(series.status);
  });

  test('shows the nearest there is for a combination that is not held, and says so', async () => {
    const { html, status } = await page('/indicators/visits?place=E92000001&by=month&breakdown=');
    expect(status).toBe(200);
    expect(html).toContain('There are no figures for this combination.');
    expect(html).toContain('another kind of period');
    expect(html).toContain('<option value="E92000001" selected>England</option>');
  });

  test('a place that is not held is a page that says so with 404; a bad parameter one with 400', async () => {
    const none = await page('/indicators/visits?place=E08000021');
    expect([none.status, none.html.includes('Not found')]).toEqual([404, true]);
    const bad = await page('/indicators/visits?by=week');
    expect([bad.status, unescaped(bad.html).includes('"by" must be one of month')]).toEqual([400, true]);
  });

  test('an indicator that there is not: a link to what was meant and to the list, and no commands', async () => {
    const { html, status } = await page('/indicators/vists');
    expect(status).toBe(404);
    expect(html).toContain('<a href="/indicators/visits">Visits to public libraries</a> (visits)');
    expect(html).toContain('<p><a href="/">All indicators</a></p>');
    expect(html).not.toMatch(/outcomes indicators|GET \/v1/);
  });

  test('text from outside stays text', async () => {
    const own = await testServer({ filled: false });
    const attack = '<img src=x onerror=alert(1)>"\'&';
    await own.ledger.record([
      visits('central', '2021-01', 1),
      {
        specversion: '1.0',
        id: 'attack',
        source: 'urn:test:figures',
        type: 'org.outcome-ledger.figure.published.v1',
        subject: 'E92000001',
        data: {
          statistic: 'physical-visits-to-public-libraries',
          window: '2015-04-01/P1Y',
          value: 5,
          unit: 'visits',
          scope: attack,
          survey: false,
          source: attack,
          note: attack,
        },
      },
    ]);
    await own.ledger.project();
    for (const url of [
      '/',
      '/indicators/visits',
      `/indicators/${encodeURIComponent(attack)}`,
      '/indicators/visits?x=%3Cimg',
    ]) {
      const { body } = await own.app.inject({ url, headers: { accept: 'text/html' } });
      expect(body, url).not.toContain('<img');
    }
    await own.close();
  });
});
