import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { afterEach, describe, expect, test } from 'vitest';
import { baselineProgressChart } from '../../../src/charts/baselineProgressChart.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { textWidth, wrapText } from '../../../src/charts/textWidth.ts';
import { LedgerError } from '../../../src/domain/ledgerError.ts';
import { fontFiles, fontSelfTest, renderPng } from '../../../src/render/renderPng.ts';
import { renderSvg } from '../../../src/render/renderSvg.ts';
import { goldenSeries } from './cases.ts';

const series = goldenSeries('visits-by-financial-year');
const spec = baselineProgressChart(series);

describe('SVG', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test('has a role, a title and a description that its root points to', async () => {
    const svg = await renderSvg(spec);
    const title = /<title id="([^"]+)">([^<]*)<\/title>/.exec(svg);
    const desc = /<desc id="([^"]+)">([^<]*)<\/desc>/.exec(svg);
    expect(title?.[2]).toBe('Library visits down 38% on 2018/19 baseline');
    expect(desc?.[2]).toBe(textAlternative(series));
    const root = /<svg[^>]*>/.exec(svg)?.[0];
    expect(root).toContain('role="img"');
    expect(root).toContain(`aria-labelledby="${title?.[1]}"`);
    expect(root).toContain(`aria-describedby="${desc?.[1]}"`);
  });

  test('escapes what a title or a source may hold', async () => {
    const odd = { ...series, indicator: { ...series.indicator, title: 'Arts & <crafts>' } };
    const svg = await renderSvg(baselineProgressChart(odd));
    expect(svg).toContain('Arts &amp; &lt;crafts&gt;');
    expect(svg).not.toContain('<crafts>');
  });

  test('is the same bytes again, and in another time zone', async () => {
    const first = await renderSvg(spec);
    expect(await renderSvg(spec)).toBe(first);
    process.env.TZ = 'Pacific/Auckland';
    expect(new Date('2024-01-01T00:00:00Z').getHours()).toBe(13);
    expect(await renderSvg(baselineProgressChart(series))).toBe(first);
  });

  test('two charts have ids that do not clash', async () => {
    const ids = (svg: string): string[] => [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] ?? '');
    const one = ids(await renderSvg(spec));
    const two = ids(await renderSvg(baselineProgressChart(goldenSeries('businesses-two-windows'))));
    expect(new Set([...one, ...two]).size).toBe(4);
  });

  test('a spec that wants data from outside is refused', async () => {
    const outside = {
      data: { url: 'file:///etc/hostname' },
      mark: 'bar',
      encoding: { x: { field: 'a', type: 'nominal' } },
    };
    await expect(renderSvg(outside as never)).rejects.toThrow(/charts carry their own data/);
    await expect(renderSvg(outside as never)).rejects.toBeInstanceOf(LedgerError);
  });
});

describe('PNG', () => {
  const dark = (svg: string, files: string[]): number => {
    const { pixels } = new Resvg(svg, {
      background: '#fff',
      font: { fontFiles: files, loadSystemFonts: false },
    }).render();
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 255) < 110) count += 1;
    return count;
  };

  test('has the width asked for, and its text is really drawn', async () => {
    const svg = await renderSvg(spec);
    const png = renderPng(svg, 1200);
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1200);
    const bare = new Resvg(svg, {
      fitTo: { mode: 'width', value: 1200 },
      background: '#fff',
      font: { loadSystemFonts: false },
    });
    // Without a font the lines alone make a much smaller picture.
    expect(png.length).toBeGreaterThan(1.5 * bare.render().asPng().length);
    expect(dark(svg, fontFiles())).toBeGreaterThan(dark(svg, []) + 4000);
  });

  test('what is not an SVG is refused by name', () => {
    expect(() => renderPng('no picture', 100)).toThrow(LedgerError);
  });

  test('the self-test passes with the bundled fonts and names the cause without them', () => {
    expect(() => fontSelfTest()).not.toThrow();
    const notAFont = createRequire(import.meta.url).resolve('@expo-google-fonts/public-sans/package.json');
    expect(() => fontSelfTest([])).toThrow(/no font file was given/);
    expect(() => fontSelfTest([notAFont])).toThrow(/none was drawn .*package\.json; only TTF and OTF/);
    expect(() => fontSelfTest(['/nowhere/font.ttf'])).toThrow(/Font file missing: \/nowhere\/font\.ttf/);
    expect(() => fontSelfTest(fontFiles().slice(0, 1))).toThrow(/no bold text/);
    try {
      fontSelfTest([]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'internal', hint: expect.stringContaining('npm ci') as unknown });
    }
  });
});

describe('text width', () => {
  test.each([
    ['Library visits down 38% on 2018/19 baseline', 22, 'bold'],
    ['Source: Newcastle City Council, library visits by month.', 14, 'regular'],
    ['1,663,709 WWW iii (149 of 156)', 14, 'regular'],
  ] as const)('of "%s" is what the font draws', (text, size, weight) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60"><text x="10" y="40" font-family="Public Sans" font-size="${size}" font-weight="${weight === 'bold' ? 700 : 400}">${text}</text></svg>`;
    const box = new Resvg(svg, { font: { fontFiles: fontFiles(), loadSystemFonts: false } }).getBBox();
    const drawn = box?.width ?? 0;
    // Kerning takes a little away; what is reckoned must never be too small.
    expect(textWidth(text, size, weight)).toBeGreaterThanOrEqual(drawn - 1);
    expect(textWidth(text, size, weight)).toBeLessThan(drawn * 1.04 + 3);
  });

  test('lines are broken at spaces and kept within their width', () => {
    const lines = wrapText('Baseline Jan 2016 to Dec 2018: 12,288', 150, 14);
    expect(lines.join(' ')).toBe('Baseline Jan 2016 to Dec 2018: 12,288');
    expect(lines.length).toBe(2);
    for (const line of lines) expect(textWidth(line, 14)).toBeLessThanOrEqual(150);
    expect(wrapText('', 100, 14)).toEqual(['']);
  });
});
