/**
 * Colours, sizes and the few marks that every chart shares. The palette and its order are those of the Government
 * Analysis Function; text is at least 14 px, horizontal, and near-black on white.
 */
import type { TopLevelSpec } from 'vega-lite';
import { textWidth, type Weight } from './textWidth.ts';

/**
 * What each colour is for. Baseline, progress and target also differ in stroke (thin, thick, dashed) and in marker,
 * so that colour never carries the meaning alone.
 */
export const COLOUR = {
  progress: '#12436D',
  baseline: '#3D3D3D',
  /** The quieter of two bars (the focus palette): always outlined and labelled, for it has little contrast. */
  quiet: '#BFBFBF',
  target: '#801650',
  warning: '#801650',
  text: '#414042',
  grid: '#d9d9d9',
  zero: '#b3b3b3',
  /** Behind periods without a figure: decoration, the words say it. */
  gap: '#f0f0f0',
  paper: '#ffffff',
} as const;

/** Public Sans is bundled; the others are for a web page that has not loaded it. */
export const FONT = 'Public Sans, Arial, Helvetica, sans-serif';

export const SIZE = { text: 14, subtitle: 16, headline: 22 } as const;
export const LINE_HEIGHT = { text: 19, subtitle: 22, headline: 28 } as const;

/** Whole picture, edge to edge, in pixels. */
export const TOTAL_WIDTH = 800;
/** White around everything. */
export const MARGIN = 16;

type LayeredSpec = Extract<TopLevelSpec, { layer: unknown }>;
export type Layer = LayeredSpec['layer'][number];

export interface TextAt {
  readonly x: number;
  readonly y: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly weight?: Weight;
  readonly size?: number;
  readonly colour?: string;
}

/** Text at a place of the picture, in pixels from the plot's top left corner; `y` is the top of the first line. */
export function textLayer(lines: readonly string[], at: TextAt): Layer {
  return {
    data: { values: [{}] },
    mark: {
      type: 'text',
      text: [...lines],
      align: at.align ?? 'left',
      baseline: 'top',
      lineHeight: LINE_HEIGHT.text,
      fontSize: at.size ?? SIZE.text,
      fontWeight: at.weight === 'bold' ? 700 : 400,
      color: at.colour ?? COLOUR.text,
    },
    encoding: { x: { value: at.x }, y: { value: at.y } },
  };
}

/** One line of text on a white ground, so that a line which passes under it does not run through the words. */
export function groundedText(text: string, at: TextAt): Layer[] {
  const size = at.size ?? SIZE.text;
  const x2 = at.x + textWidth(text, size, at.weight) + 2;
  return [
    boxLayer({ x: at.x - 2, x2: Math.ceil(x2), y: at.y - 1, y2: at.y + size + 2 }, COLOUR.paper),
    textLayer([text], at),
  ];
}

export interface Box {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
}

/** A filled rectangle at a place of the picture, in pixels. */
export function boxLayer(box: Box, colour: string): Layer {
  return {
    data: { values: [{}] },
    mark: { type: 'rect', color: colour },
    encoding: { x: { value: box.x }, x2: { value: box.x2 }, y: { value: box.y }, y2: { value: box.y2 } },
  };
}

/** A straight line at a place of the picture, in pixels. */
export function lineLayer(box: Box, stroke: { colour: string; width: number; dash?: readonly number[] }): Layer {
  return {
    data: { values: [{}] },
    mark: {
      type: 'rule',
      color: stroke.colour,
      strokeWidth: stroke.width,
      ...(stroke.dash === undefined ? {} : { strokeDash: [...stroke.dash] }),
    },
    encoding: { x: { value: box.x }, x2: { value: box.x2 }, y: { value: box.y }, y2: { value: box.y2 } },
  };
}
