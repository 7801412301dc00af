/** The pages in a real browser without JavaScript, narrow and wide. Needs /usr/bin/chromium. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Series } from '../../contracts/series.ts';
import { formatNumber } from '../../src/domain/formatNumber.ts';
import { AUTHORITY, testServer, type TestServer } from '../http/testServer.ts';

const CHROMIUM = '/usr/bin/chromium';
const required = (process.env.OUTCOMES_REQUIRE ?? '').split(',').includes('chromium');
const present = existsSync(CHROMIUM);
if (!present && !required) console.log(`SKIPPED: browser tests, because there is no ${CHROMIUM}`);

const INDICATOR = `/indicators/visits?place=${AUTHORITY}&by=month`;

describe.skipIf(!present && !required)('pages in a browser without JavaScript', () => {
  let server: TestServer;
  let address: string;
  let browser: Browser;
  beforeAll(async () => {
    server = await testServer();
    address = await server.listen();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const open = async (url: string, width: number) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled: false });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') refused.push(message.text());
    });
    await page.goto(`${address}${url}`);
    return { page, refused, close: () => context.close() };
  };

  for (const width of [320, 1280]) {
    test.each(['/', INDICATOR, '/indicators/summer-reading-challenge-participants', '/indicators/nothing'])(
      `%s fits ${width} pixels, has its heading, and is refused nothing by its own policy`,
      async (url) => {
        const { page, refused, close } = await open(url, width);
        expect(await page.locator('h1').count()).toBe(1);
        expect(await page.locator('h1').isVisible()).toBe(true);
        const widths = await page
          .locator('html')
          .evaluate((html: { scrollWidth: number; clientWidth: number }) => [html.scrollWidth, html.clientWidth]);
        expect(widths).toEqual([width, width]);
        // The browser itself reports the status 404 of the last one; nothing else.
        expect(refused.filter((text) => !text.includes('404'))).toEqual([]);
        await close();
      },
    );

    test(`the figures in the page at ${width} pixels are those of the series`, async () => {
      const series = (await (await fetch(`${address}/v1${INDICATOR.replace('?', '/series?')}`)).json()) as Series;
      const { page, close } = await open(INDICATOR, width);
      const rows = await page.locator('tbody tr').all();
      expect(rows.length).toBe(series.points.length);
      for (const [at, row] of rows.entries()) {
        const point = series.points[at];
        expect(await row.locator('th').textContent()).toBe(point?.label);
        const value = point?.value == null ? '[' : formatNumber(point.value, series.indicator.decimals);
        expect(await row.locator('td').first().textContent()).toContain(value);
      }
      await close();
    });
  }

  test('the form chooses another series', async () => {
    const { page, close } = await open(INDICATOR, 1280);
    await page.getByLabel('Periods').selectOption('financial-year');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await page.locator('caption').textContent()).toContain('financial years');
    await close();
  });

  test('the first stop of the keyboard is the skip link, and it is seen', async () => {
    const { page, close } = await open('/', 320);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to main content' });
    expect(await skip.evaluate((link: { matches(selector: string): boolean }) => link.matches(':focus'))).toBe(true);
    expect((await skip.boundingBox())?.x).toBe(0);
    await close();
  });
});
