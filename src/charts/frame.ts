/** What is the same around every chart: headline and subtitle, the made-up banner, a key, the footer, the size. */
import type { TopLevelSpec } from 'vega-lite';
import type { Series } from '../../contracts/series.ts';
import { footer, headline, subtitle } from './headline.ts';
import { textAlternative } from './textAlternative.ts';
import { textWidth, wrapText } from './textWidth.ts';
import {
  COLOUR,
  FONT,
  LINE_HEIGHT,
  MARGIN,
  SIZE,
  TOTAL_WIDTH,
  boxLayer,
  lineLayer,
  textLayer,
  type Layer,
} from './theme.ts';
import { MADE_UP } from './words.ts';

/** The part of a chart that differs from one kind to another. */
export interface Plot {
  /** Pixels left and right of the plot, within the picture's width. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Pixels below the plot that its own labels take, before the footer. */
  readonly below: number;
  /** Title of the value axis, above it; empty for none. */
  readonly axisTitle: string;
  readonly key: readonly KeyItem[];
  readonly layers: readonly Layer[];
}

/** One entry of the key above the plot: a small drawing and what it stands for. */
export interface KeyItem {
  readonly symbol: 'partial' | 'interval' | 'gap' | 'baseline';
  readonly text: string;
}

const KEY_SYMBOL_WIDTH = 24;
const KEY_GAP = 28;
const INNER_WIDTH = TOTAL_WIDTH - 2 * MARGIN;
const BANNER_HEIGHT = 28;

/** A whole chart: the plot with everything that must stand around it. */
export function framed(series: Series, plot: Plot): TopLevelSpec {
  // Downwards from the top of the plot, everything above has a negative y.
  const edge = MARGIN - plot.left;
  const axisTitleTop = plot.axisTitle === '' ? 0 : -14 - LINE_HEIGHT.text;
  const keyLines = flowed(plot.key);
  const keyTop = axisTitleTop - (keyLines.length === 0 ? 0 : keyLines.length * LINE_HEIGHT.text + 8);
  const bannerTop = keyTop - (series.madeUp ? BANNER_HEIGHT + 10 : 0);

  const title = wrapText(headline(series), INNER_WIDTH, SIZE.headline, 'bold');
  const lines = subtitle(series).flatMap((line) => wrapText(line, INNER_WIDTH, SIZE.subtitle));
  const titleHeight = title.length * LINE_HEIGHT.headline + lines.length * LINE_HEIGHT.subtitle + 8;
  const foot = footer(series).flatMap((line) => wrapText(line, INNER_WIDTH, SIZE.text));
  const footTop = plot.height + plot.below + 14;

  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: textAlternative(series),
    title: {
      text: title,
      subtitle: lines,
      anchor: 'start',
      frame: 'group',
      dx: edge,
      // Vega stands the title on the highest thing drawn: the banner, the key, the axis title or the top of the plot.
      offset: 12,
    },
    width: TOTAL_WIDTH - plot.left - plot.right,
    height: plot.height,
    // No automatic size: it would rest on guessed text widths. Every margin here is worked out from real ones.
    autosize: { type: 'none' },
    padding: {
      left: plot.left,
      right: plot.right,
      top: MARGIN + titleHeight + 12 - bannerTop,
      bottom: footTop - plot.height + foot.length * LINE_HEIGHT.text + MARGIN,
    },
    background: COLOUR.paper,
    config: {
      font: FONT,
      // The picture as a whole has a title and a description; a label on every mark would only be noise to a reader.
      aria: false,
      view: { stroke: null },
      title: {
        fontSize: SIZE.headline,
        fontWeight: 700,
        color: COLOUR.text,
        lineHeight: LINE_HEIGHT.headline,
        subtitleFontSize: SIZE.subtitle,
        subtitleFontWeight: 400,
        subtitleColor: COLOUR.text,
        subtitleLineHeight: LINE_HEIGHT.subtitle,
        subtitlePadding: 6,
        limit: 0,
      },
      axis: {
        labelFontSize: SIZE.text,
        labelFontWeight: 400,
        labelColor: COLOUR.text,
        labelLimit: 0,
        labelAngle: 0,
        labelOverlap: false,
        gridColor: COLOUR.grid,
        gridWidth: 1,
        domain: false,
        ticks: false,
        title: null,
      },
    },
    layer: [
      ...(series.madeUp ? madeUpBanner(edge, bannerTop) : []),
      ...keyLayers(keyLines, edge, keyTop),
      ...(plot.axisTitle === '' ? [] : [textLayer([plot.axisTitle], { x: edge, y: axisTitleTop })]),
      ...plot.layers,
      textLayer(foot, { x: edge, y: footTop }),
    ],
  };
}

/** Nobody must be able to take a demonstration for a fact, not even from a picture cut out of its page. */
function madeUpBanner(x: number, y: number): Layer[] {
  return [
    boxLayer({ x, x2: x + INNER_WIDTH, y, y2: y + BANNER_HEIGHT }, COLOUR.warning),
    textLayer([MADE_UP], { x: x + 10, y: y + 6, size: SIZE.subtitle, weight: 'bold', colour: COLOUR.paper }),
  ];
}

/** Key items set in lines, as words are, each with its offset from the left. */
function flowed(items: readonly KeyItem[]): (KeyItem & { x: number })[][] {
  const lines: (KeyItem & { x: number })[][] = [];
  let x = Infinity;
  for (const item of items) {
    const width = KEY_SYMBOL_WIDTH + textWidth(item.text, SIZE.text);
    if (x + width > INNER_WIDTH) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push({ ...item, x });
    x += width + KEY_GAP;
  }
  return lines;
}

function keyLayers(lines: readonly (readonly (KeyItem & { x: number })[])[], left: number, top: number): Layer[] {
  return lines.flatMap((line, row) =>
    line.flatMap((item) => {
      const x = left + item.x;
      const y = top + row * LINE_HEIGHT.text;
      return [...keySymbol(item.symbol, x + 8, y + 8), textLayer([item.text], { x: x + KEY_SYMBOL_WIDTH, y })];
    }),
  );
}

function keySymbol(symbol: KeyItem['symbol'], x: number, y: number): Layer[] {
  const at = { x: { value: x }, y: { value: y } };
  switch (symbol) {
    case 'partial':
      return [{ data: { values: [{}] }, mark: { type: 'point', ...HOLLOW, size: 80 }, encoding: at }];
    case 'baseline':
      return [{ data: { values: [{}] }, mark: { type: 'point', ...DIAMOND, size: 110 }, encoding: at }];
    case 'interval':
      return [
        lineLayer({ x, x2: x, y: y - 7, y2: y + 7 }, { colour: COLOUR.baseline, width: 2 }),
        lineLayer({ x: x - 4, x2: x + 4, y: y - 7, y2: y - 7 }, { colour: COLOUR.baseline, width: 2 }),
        lineLayer({ x: x - 4, x2: x + 4, y: y + 7, y2: y + 7 }, { colour: COLOUR.baseline, width: 2 }),
      ];
    case 'gap':
      return [
        {
          data: { values: [{}] },
          mark: { type: 'rect', color: COLOUR.gap, stroke: COLOUR.zero, strokeWidth: 1 },
          encoding: { x: { value: x - 8 }, x2: { value: x + 8 }, y: { value: y - 7 }, y2: { value: y + 7 } },
        },
      ];
  }
}

/** A figure that stands for fewer than should have reported. */
export const HOLLOW = {
  shape: 'circle',
  filled: true,
  fill: COLOUR.paper,
  stroke: COLOUR.progress,
  strokeWidth: 2.5,
  opacity: 1,
} as const;

/** A figure that stands for everybody. */
export const SOLID = {
  shape: 'circle',
  filled: true,
  fill: COLOUR.progress,
  stroke: COLOUR.paper,
  strokeWidth: 1,
  opacity: 1,
} as const;

/** The baseline. */
export const DIAMOND = {
  shape: 'diamond',
  filled: true,
  fill: COLOUR.baseline,
  strokeWidth: 0,
  opacity: 1,
} as const;
