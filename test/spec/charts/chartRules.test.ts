/** The chart rules as a lint: every golden chart is held to every one of them. */
import { compile } from 'vega-lite';
import { describe, expect, test } from 'vitest';
import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import vegaLiteSchema from 'vega-lite/vega-lite-schema.json' with { type: 'json' };
import { baselineProgressChart } from '../../../src/charts/baselineProgressChart.ts';
import { headline } from '../../../src/charts/headline.ts';
import { textAlternative } from '../../../src/charts/textAlternative.ts';
import { COLOUR } from '../../../src/charts/theme.ts';
import { formatNumber } from '../../../src/domain/formatNumber.ts';
import { renderSvg } from '../../../src/render/renderSvg.ts';
import type { Series } from '../../../contracts/series.ts';
import { caseNames, goldenSeries, placedTexts, point } from './cases.ts';

const specSchema = z.fromJSONSchema(vegaLiteSchema as Parameters<typeof z.fromJSONSchema>[0]);

/** Contrast of two colours by WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Categorical colours of the Government Analysis Function, in its order. */
const PALETTE = ['#12436D', '#28A197', '#801650', '#F46A25', '#3D3D3D', '#A285D1'] as const;
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const coloursOf = (svg: string): string[] => [
  ...new Set([...svg.matchAll(/(?:fill|stroke)="(#[0-9a-fA-F]{6}|[a-z]+)"/g)].map((match) => match[1] ?? '')),
];
const layersOf = (spec: TopLevelSpec) =>
  (spec as unknown as { layer: { name?: string; data: { values: Record<string, unknown>[] } }[] }).layer;
const layerNamed = (spec: TopLevelSpec, name: string) => layersOf(spec).find((layer) => layer.name === name);

describe('contrast', () => {
  test('is computed as the palette states it', () => {
    expect(PALETTE.map((colour) => Number(contrast(colour, '#ffffff').toFixed(2)))).toEqual([
      10.25, 3.17, 9.77, 3.03, 10.86, 3.08,
    ]);
  });
});

describe.each(caseNames)('chart rules: %s', (name) => {
  const series = goldenSeries(name);
  const spec = baselineProgressChart(series);

  test("is valid by Vega-Lite's own schema and compiles without a warning", () => {
    expect(specSchema.safeParse(JSON.parse(JSON.stringify(spec))).success).toBe(true);
    const warnings: unknown[] = [];
    const logger = {
      level: () => logger,
      error: (...words: unknown[]) => (warnings.push(words), logger),
      warn: (...words: unknown[]) => (warnings.push(words), logger),
      info: () => logger,
      debug: () => logger,
    };
    compile(spec, { logger: logger });
    expect(warnings).toEqual([]);
  });

  test('colours come from the palette, at most four of them, with enough contrast', async () => {
    const svg = await renderSvg(spec);
    const colours = coloursOf(svg).filter((colour) => colour !== 'none' && colour !== 'transparent');
    const neutral: string[] = [COLOUR.text, COLOUR.grid, COLOUR.zero, COLOUR.gap, COLOUR.quiet, COLOUR.paper];
    const categorical = colours.filter((colour) => PALETTE.some((each) => same(each, colour)));
    const strange = colours.filter((colour) => ![...PALETTE, ...neutral].some((each) => same(each, colour)));
    expect(strange).toEqual([]);
    expect(categorical.length).toBeLessThanOrEqual(4);
    for (const colour of categorical) expect(contrast(colour, '#ffffff')).toBeGreaterThanOrEqual(3);
  });

  test('text is 14 px or more, horizontal, in Public Sans, and dark enough', async () => {
    const { texts } = await placedTexts(spec);
    expect(texts.length).toBeGreaterThan(4);
    for (const { text, size, angle, colour } of texts) {
      expect(size, text).toBeGreaterThanOrEqual(14);
      expect(angle, text).toBe(0);
      const ground = same(colour, COLOUR.paper) ? COLOUR.warning : COLOUR.paper;
      expect(contrast(colour, ground), text).toBeGreaterThanOrEqual(4.5);
    }
    const families = [...(await renderSvg(spec)).matchAll(/font-family="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(families.length).toBeGreaterThan(0);
    expect(families.every((family) => family.startsWith('Public Sans'))).toBe(true);
  });

  test('no text is cut off and none runs into another', async () => {
    const { texts, width, height } = await placedTexts(spec);
    for (const each of texts) {
      expect(each.x, each.text).toBeGreaterThanOrEqual(0);
      expect(each.x2, each.text).toBeLessThanOrEqual(width);
      expect(each.y, each.text).toBeGreaterThanOrEqual(0);
      expect(each.y2, each.text).toBeLessThanOrEqual(height);
      for (const other of texts) {
        if (other === each) continue;
        const apart = each.x2 <= other.x || other.x2 <= each.x || each.y2 <= other.y || other.y2 <= each.y;
        expect(apart, `"${each.text}" runs into "${other.text}"`).toBe(true);
      }
    }
  });

  test('headline of at most ten words, statistical subtitle, description, source and status', async () => {
    const title = spec.title as { text: string[]; subtitle: string[] };
    const words = title.text.join(' ').split(/\s+/);
    expect(words.length).toBeGreaterThan(1);
    expect(words.length).toBeLessThanOrEqual(10);
    const sub = title.subtitle.join(' ');
    for (const part of [series.indicator.title, series.place.name, series.indicator.unit]) expect(sub).toContain(part);
    expect(spec.description).toBe(textAlternative(series));
    const all = (await placedTexts(spec)).texts.map((each) => each.text).join(' ');
    expect(all).toContain(series.source);
    expect(all).toContain(series.status);
    expect(all.includes('MADE-UP DEMONSTRATION DATA')).toBe(series.madeUp);
  });

  test('at most ten gridlines, and the value axis holds zero', () => {
    for (const layer of layersOf(spec) as {
      encoding?: { y?: { axis?: { values?: number[] }; scale?: { domain: number[] } } };
    }[]) {
      const values = layer.encoding?.y?.axis?.values;
      if (values === undefined) continue;
      expect(values.length).toBeLessThanOrEqual(10);
      expect(values).toContain(0);
      expect(layer.encoding?.y?.scale?.domain).toEqual([values[0], values.at(-1)]);
    }
  });

  test('every figure drawn is the figure of the series, and no missing figure is drawn', () => {
    const known = new Map(series.points.map((each) => [each.label, each.value]));
    let drawn = 0;
    for (const layer of ['progress', 'whole', 'partial', 'end', 'partial-end']) {
      for (const row of layerNamed(spec, layer)?.data.values ?? []) {
        expect(row.value).toBe(known.get(row.period as string));
        expect(row.value).not.toBeNull();
        drawn += 1;
      }
    }
    for (const row of layerNamed(spec, 'bars')?.data.values ?? []) {
      expect([...known.values(), series.baseline?.value]).toContain(row.value);
      drawn += 1;
    }
    expect(drawn > 0).toBe(series.points.some((each) => each.value !== null));
    const absent = series.points.filter((each) => each.value === null).map((each) => each.label);
    const rows = layersOf(spec).flatMap((layer) => layer.data.values.map((row) => row.period));
    expect(rows.filter((period) => absent.includes(period as string))).toEqual([]);
  });

  test('every number in a label is a number of the series', async () => {
    const { texts } = await placedTexts(spec);
    const title = spec.title as { text: string[]; subtitle: string[] };
    const footTop = texts.find((each) => each.text.startsWith('Source: '))?.y ?? 0;
    const labels = texts.filter((each) => each.y < footTop && ![...title.text, ...title.subtitle].includes(each.text));
    const values = series.points.flatMap((each) => [each.value, each.low, each.high]);
    const stated = [...values, series.baseline?.value, series.target?.value].filter((each) => each != null);
    const ticks = layersOf(spec).flatMap(
      (layer) => (layer as { encoding?: { y?: { axis?: { values?: number[] } } } }).encoding?.y?.axis?.values ?? [],
    );
    const allowed = new Set([
      ...stated.map((each) => formatNumber(each, series.indicator.decimals, series.basis === 'published')),
      ...ticks.flatMap((tick) => [0, 1, 2].map((decimals) => formatNumber(tick, decimals))),
    ]);
    // Numbers that could only be values: with a thousands separator, with decimals, or in per cent.
    const numbers = labels.flatMap((each) => each.text.match(/−?\d{1,3}(?:,\d{3})+|−?\d+\.\d+|−?\d+(?=%)/g) ?? []);
    expect(numbers.filter((number) => !allowed.has(number))).toEqual([]);
  });
});

describe('a line breaks where the figures do', () => {
  /** Number of points of each stroke of the progress line in the rendered SVG. */
  async function strokes(series: Series): Promise<number[]> {
    const svg = await renderSvg(baselineProgressChart(series));
    const paths = [...svg.matchAll(/<path[^>]*\bd="([^"]*)"[^>]*stroke="#12436D"[^>]*stroke-width="3"[^>]*>/g)];
    for (const path of paths) expect(path[0]).toContain('stroke-linecap="round"');
    return paths.map((path) => (path[1] ?? '').split('L').length);
  }
  const visits = goldenSeries('visits-by-financial-year');

  test('a period not reported: twelve years, then three', async () => {
    expect(await strokes(visits)).toEqual([12, 3]);
  });

  test('a period that is not there at all', async () => {
    const points = visits.points.filter((each) => each.label !== '2012/13' && each.value !== null);
    expect(await strokes({ ...visits, points })).toEqual([4, 7, 3]);
  });

  test('a change of scope', async () => {
    const points = visits.points.map((each, index) => ({ ...each, scope: index < 5 ? 'Counters' : null }));
    expect(await strokes({ ...visits, points })).toEqual([5, 7, 3]);
  });

  test('a figure alone between gaps has a marker and no stroke', async () => {
    const points = visits.points.map((each) =>
      each.label === '2022/23' ? { ...each, value: null, state: 'not-reported' as const } : each,
    );
    expect(await strokes({ ...visits, points })).toEqual([12]);
    const marked = layerNamed(baselineProgressChart({ ...visits, points }), 'whole')?.data.values.map(
      (row) => row.period,
    );
    expect(marked).toContain('2021/22');
  });

  test('a figure alone has a marker in a long series too', () => {
    const months = goldenSeries('visits-by-month');
    const points = months.points.map((each, index) =>
      index === 20 || index === 22 ? { ...each, value: null, state: 'suppressed' as const } : each,
    );
    const marked = layerNamed(baselineProgressChart({ ...months, points }), 'whole')?.data.values.map(
      (row) => row.period,
    );
    expect(marked).toEqual([months.points[21]?.label]);
  });

  test('not comparable: no stroke at all, the arithmetic only as labelled', async () => {
    expect(await strokes(goldenSeries('line-not-comparable'))).toEqual([]);
    const title = baselineProgressChart(goldenSeries('reading-challenge-not-comparable')).title as {
      subtitle: string[];
    };
    expect(title.subtitle.join(' ')).toContain('Not comparable: scope. Arithmetic only, not progress: −8.23%.');
  });

  test('the arithmetic is said once in words, however large it is', () => {
    const series = goldenSeries('line-not-comparable');
    const progress = {
      ...series.progress,
      arithmetic: { percentChange: 1234.5, label: 'Arithmetic only' },
      sentence: 'Not comparable: +1,234.50% as arithmetic.',
    };
    expect(textAlternative({ ...series, progress }).match(/arithmetic/gi)).toHaveLength(1);
  });

  test('a partial figure is hollow, a whole one is not', () => {
    const spec = baselineProgressChart(visits);
    expect(layerNamed(spec, 'partial')?.data.values.map((row) => row.period)).toEqual(['2019/20']);
    expect((layerNamed(spec, 'partial') as unknown as { mark: { fill: string } }).mark.fill).toBe('#ffffff');
    expect((layerNamed(spec, 'whole') as unknown as { mark: { fill: string } }).mark.fill).toBe('#12436D');
  });

  test('a later figure that is not compared is drawn and labelled as such; the headline says its own period', async () => {
    const late = point('2024-04-01/P1Y', 120_300, { partial: true, coverage: { reported: 30, expected: 156 } });
    const series = { ...visits, points: [...visits.points, late] };
    const spec = baselineProgressChart(series);
    expect(layerNamed(spec, 'end')?.data.values).toMatchObject([{ period: '2023/24', value: 551_116 }]);
    expect(layerNamed(spec, 'partial-end')?.data.values).toMatchObject([{ period: '2024/25', value: 120_300 }]);
    const words = (await placedTexts(spec)).texts.map((each) => each.text).join(' ');
    expect(words).toContain('2024/25: 120,300 (partial, not compared)');
    expect(headline(series)).toBe('Library visits down 38% in 2023/24 on 2018/19 baseline');
  });

  test('a baseline of another length is not drawn beside the line, but told', async () => {
    const months = goldenSeries('visits-by-month');
    const progress = { ...months.progress, status: 'not-comparable' as const, reasons: ['length of period'] };
    const series = { ...months, baseline: visits.baseline, progress };
    const spec = baselineProgressChart(series);
    expect(layerNamed(spec, 'baseline')).toBeUndefined();
    expect((await strokes(series)).length).toBe(3);
    const words = (await placedTexts(spec)).texts.map((each) => each.text).join(' ');
    expect(words).toContain('Baseline 2018/19: 893,681 visits; not drawn, for it is of another length.');
  });

  test('no line runs through a figure at the end of a bar', async () => {
    const bars = goldenSeries('businesses-two-windows');
    const points = bars.points.map((each, at) => (at === 1 ? { ...each, value: 11_000 } : each));
    const spec = baselineProgressChart({ ...bars, points });
    const rules = layersOf(spec) as unknown as { mark: { type: string; strokeWidth?: number }; encoding: { x?: { value?: number } } }[]; // prettier-ignore
    const [line] = rules.filter(({ mark }) => mark.type === 'rule' && mark.strokeWidth === 2).map(({ encoding }) => encoding.x?.value ?? 0); // prettier-ignore
    const left = (spec.padding as { left: number }).left;
    const label = (await placedTexts(spec)).texts.find(({ text }) => text === '11,000 businesses');
    expect(line).toBeGreaterThan(0);
    expect(label!.x).toBeGreaterThan(left + line!);
  });

  test('zero is a figure: it is drawn', () => {
    const points = [...visits.points.slice(0, -1), point('2023-04-01/P1Y', 0)];
    expect(layerNamed(baselineProgressChart({ ...visits, points }), 'end')?.data.values).toMatchObject([{ value: 0 }]);
  });
});

describe('headline', () => {
  const visits = goldenSeries('visits-by-financial-year');
  const businesses = goldenSeries('businesses-two-windows');
  test.each([
    ['a fall', visits, 'Library visits down 38% on 2018/19 baseline'],
    ['a rise, too long with its period', businesses, 'Businesses created with BIPC help up 48% on baseline'],
    [
      'a small change',
      { ...visits, progress: { ...visits.progress, percentChange: 2.64 } },
      'Library visits up 2.6% on 2018/19 baseline',
    ],
    [
      'a tiny change',
      { ...visits, progress: { ...visits.progress, percentChange: -0.01 } },
      'Library visits down by less than 0.1% on 2018/19 baseline',
    ],
    [
      'none',
      { ...visits, progress: { ...visits.progress, status: 'unchanged' as const } },
      'Library visits unchanged on 2018/19 baseline',
    ],
    ['a share', goldenSeries('survey-with-intervals'), 'Down 14.2 percentage points on 2005/06 baseline'],
    [
      'from nothing',
      { ...visits, progress: { ...visits.progress, percentChange: null, change: 1200 } },
      'Library visits up by 1,200 on 2018/19 baseline',
    ],
    [
      'no baseline',
      { ...visits, progress: { ...visits.progress, status: 'no-baseline' as const } },
      'Library visits: 551,116 in 2023/24',
    ],
    [
      'no later figure',
      { ...visits, progress: { ...visits.progress, status: 'no-progress-value' as const } },
      'Library visits: nothing to compare with baseline',
    ],
    ['not comparable', goldenSeries('line-not-comparable'), 'Loans per person: not comparable with baseline'],
    ['empty', goldenSeries('no-figures-reported'), 'Library visits: no figures reported'],
  ])('%s', (_, series, expected) => {
    expect(headline(series)).toBe(expected);
  });
});
