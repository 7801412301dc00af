/** The golden series, and what a rendered chart is made of, for the tests beside this file. */
import { readFileSync, readdirSync } from 'node:fs';
import { View, parse } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { seriesSchema, type Series, type SeriesPoint } from '../../../contracts/series.ts';
import { granularityOfInterval, isoOf, periodLabel, windowOf } from '../../../src/domain/periods.ts';
import { textWidth } from '../../../src/charts/textWidth.ts';

export const GOLDEN = new URL('../../golden/charts/', import.meta.url);

export const caseNames = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export const goldenSeries = (name: string): Series =>
  seriesSchema.parse(JSON.parse(readFileSync(new URL(`${name}/series.json`, GOLDEN), 'utf8')));

/** A point of a period, with everything a test does not care about filled in. */
export function point(period: string, value: number | null, more: Partial<SeriesPoint> = {}): SeriesPoint {
  const window = windowOf(period);
  return {
    period,
    start: isoOf(window.first),
    end: isoOf(window.last),
    label: periodLabel(period),
    granularity: granularityOfInterval(period),
    breakdown: '',
    basis: 'computed',
    state: value === null ? 'not-reported' : value === 0 ? 'zero' : 'observed',
    value,
    numerator: value,
    denominator: null,
    n: null,
    low: null,
    high: null,
    coverage: null,
    partial: false,
    events: value === null ? 0 : 1,
    scope: null,
    source: null,
    notes: [],
    ...more,
  };
}

/** A text as it stands in the picture, in pixels from the picture's top left corner. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly size: number;
  readonly angle: number;
  readonly colour: string;
}

interface SceneItem {
  x?: number;
  y?: number;
  dx?: number;
  dy?: number;
  angle?: number;
  align?: string;
  baseline?: string;
  fontSize?: number;
  fontWeight?: number | string;
  lineHeight?: number;
  fill?: string;
  text?: string | string[];
  items?: SceneMark[];
}
interface SceneMark {
  marktype: string;
  items: SceneItem[];
}

/** Every line of text of a chart, with the box it takes: the layout as Vega has worked it out, the widths as measured. */
export async function placedTexts(spec: TopLevelSpec): Promise<{ texts: PlacedText[]; width: number; height: number }> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  await view.runAsync();
  const texts: PlacedText[] = [];
  const padding = spec.padding as { left: number; right: number; top: number; bottom: number };
  const walk = (mark: SceneMark, x: number, y: number): void => {
    for (const item of mark.items) {
      if (mark.marktype === 'group') {
        for (const child of item.items ?? []) walk(child, x + (item.x ?? 0), y + (item.y ?? 0));
      } else if (mark.marktype === 'text') texts.push(...linesOf(item, x, y));
    }
  };
  walk((view.scenegraph() as unknown as { root: SceneMark }).root, padding.left, padding.top);
  const { width, height } = spec as { width: number; height: number };
  view.finalize();
  return { texts, width: width + padding.left + padding.right, height: height + padding.top + padding.bottom };
}

function linesOf(item: SceneItem, x: number, y: number): PlacedText[] {
  const size = item.fontSize ?? 11;
  const lines = Array.isArray(item.text) ? item.text : [String(item.text ?? '')];
  const lineHeight = item.lineHeight ?? size + 2;
  const weight = String(item.fontWeight) === '700' ? 'bold' : 'regular';
  const block = (lines.length - 1) * lineHeight;
  // Where the top of the first line is, by the part of the text that stands at y.
  const above = item.baseline === 'top' ? 0 : item.baseline === 'middle' ? size / 2 : size * 0.8;
  const lift = item.baseline === 'bottom' ? block : item.baseline === 'middle' ? block / 2 : 0;
  return lines
    .filter((line) => line !== '')
    .map((text, index) => {
      const width = textWidth(text, size, weight);
      const anchor = x + (item.x ?? 0) + (item.dx ?? 0);
      const start = item.align === 'right' ? anchor - width : item.align === 'center' ? anchor - width / 2 : anchor;
      const from = y + (item.y ?? 0) + (item.dy ?? 0) - above - lift + index * lineHeight;
      return {
        text,
        x: start,
        x2: start + width,
        y: from,
        y2: from + size,
        size,
        angle: item.angle ?? 0,
        colour: item.fill ?? '',
      };
    });
}
