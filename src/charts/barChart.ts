/** A few published windows of different dates, as labelled bars that compare at a glance. */
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import { inOrder, isBaseline, isDrawn } from './gaps.ts';
import type { KeyItem, Plot } from './frame.ts';
import { inLanes } from './place.ts';
import { textWidth } from './textWidth.ts';
import {
  COLOUR,
  LINE_HEIGHT,
  MARGIN,
  SIZE,
  TOTAL_WIDTH,
  groundedText,
  lineLayer,
  textLayer,
  type Layer,
} from './theme.ts';
import { capitalised, labelText, stateWords, valueText, valueWithUnit, wantingText } from './words.ts';

const ROW_HEIGHT = 66;
const BAR_TOP = 24;
const BAR_HEIGHT = 28;
const VALUE_GAP = 10;

interface Row {
  readonly label: string;
  readonly role: 'baseline' | 'progress';
  readonly value: number | null;
  /** What stands at the end of the bar, or in its place. */
  readonly text: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly partial: boolean;
}

/** A series of at most a few windows with at least one figure, as horizontal bars. Each names its window in full. */
export function barChart(series: Series): Plot {
  const rows = rowsOf(series);
  const left = MARGIN;
  const widest = Math.max(...rows.map((row) => textWidth(row.text, SIZE.subtitle, 'bold')));
  const right = Math.ceil(widest) + VALUE_GAP + 8 + MARGIN;
  const width = TOTAL_WIDTH - left - right;
  const height = rows.length * ROW_HEIGHT;
  const reach = rows.flatMap((row) => [row.value ?? 0, row.low ?? 0, row.high ?? 0]);
  const all = [...reach, series.target?.value ?? 0];
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  // Bars start at zero, always: their length is the figure.
  const domain = high === low ? [0, 1] : [low, high];
  const xOf = (value: number): number =>
    Math.round(((value - (domain[0] ?? 0)) / ((domain[1] ?? 1) - (domain[0] ?? 0))) * width * 100) / 100;
  const references = referenceLines(series, height, xOf);
  return {
    left,
    right,
    height,
    below: references.height,
    axisTitle: '',
    key: intervalKey(rows),
    layers: [
      barLayer(rows, domain),
      ...references.layers,
      ...intervalLayers(rows, xOf),
      ...rows.map((_, index) => zeroLine(index, xOf(0))),
      ...rows.flatMap((row, index) => rowLabels(row, index, xOf, references.at)),
    ],
  };
}

/** One row for each window in the order of time, the baseline among them, even where it is not one of the points. */
function rowsOf(series: Series): Row[] {
  const { baseline } = series;
  const points = inOrder(series);
  const rows = points.map((point): Row & { start: string } => ({
    start: point.start,
    label: rowName(point, isBaseline(series, point)),
    role: isBaseline(series, point) ? 'baseline' : 'progress',
    value: point.value,
    text: isDrawn(point) ? figureText(series, point) : capitalised(stateWords(point.state)),
    low: point.low,
    high: point.high,
    partial: point.partial,
  }));
  if (baseline !== null && !points.some((point) => isBaseline(series, point))) {
    const scope = baseline.scope === null ? '' : `, ${baseline.scope}`;
    const words =
      baseline.value === null ? capitalised(stateWords(baseline.state)) : valueWithUnit(series, baseline.value);
    const row = { label: `Baseline: ${baseline.label}${scope}`, value: baseline.value, text: words };
    const start = baseline.period.slice(0, 10);
    const at = rows.findIndex((each) => each.start > start);
    rows.splice(at < 0 ? rows.length : at, 0, {
      ...row,
      start,
      role: 'baseline',
      low: null,
      high: null,
      partial: false,
    });
  }
  return rows;
}

function rowName(point: SeriesPoint, asBaseline: boolean): string {
  const scope = point.scope === null ? '' : `, ${point.scope}`;
  const wanting = wantingText(point);
  const partial = point.partial ? `, partial${wanting === '' ? '' : `: ${wanting}`}` : '';
  return `${asBaseline ? 'Baseline: ' : ''}${point.label}${scope}${partial}`;
}

function figureText(series: Series, point: SeriesPoint & { value: number }): string {
  const interval =
    point.low === null || point.high === null
      ? ''
      : ` (${valueText(series, point.low)} to ${valueText(series, point.high)})`;
  return `${valueWithUnit(series, point.value)}${interval}`;
}

/** The bars. A partial one is hollow; the baseline is grey with an outline, so that it differs without colour too. */
function barLayer(rows: readonly Row[], domain: readonly number[]): Layer {
  const values = rows.flatMap((row, index) =>
    row.value === null
      ? []
      : [
          {
            period: row.label,
            value: row.value,
            top: index * ROW_HEIGHT + BAR_TOP,
            bottom: index * ROW_HEIGHT + BAR_TOP + BAR_HEIGHT,
            fill: row.partial ? COLOUR.paper : row.role === 'baseline' ? COLOUR.quiet : COLOUR.progress,
            stroke: row.role === 'baseline' ? COLOUR.baseline : COLOUR.progress,
          },
        ],
  );
  return {
    name: 'bars',
    data: { values },
    mark: { type: 'rect', strokeWidth: 1.5 },
    encoding: {
      x: { field: 'value', type: 'quantitative', scale: { domain: [...domain], nice: false, zero: true }, axis: null },
      x2: { datum: 0 },
      y: { field: 'top', type: 'quantitative', scale: null, axis: null },
      y2: { field: 'bottom' },
      fill: { field: 'fill', type: 'nominal', scale: null },
      stroke: { field: 'stroke', type: 'nominal', scale: null },
    },
  };
}

/** Where the bar starts: short, so that it does not run through the words above the next one. */
function zeroLine(index: number, x: number): Layer {
  const top = index * ROW_HEIGHT + BAR_TOP;
  return lineLayer({ x, x2: x, y: top - 3, y2: top + BAR_HEIGHT + 3 }, { colour: COLOUR.baseline, width: 1.5 });
}

/** What the bar is, above it; the figure, at its end. */
function rowLabels(row: Row, index: number, xOf: (value: number) => number, lines: readonly number[]): Layer[] {
  const top = index * ROW_HEIGHT;
  const length = textWidth(row.text, SIZE.subtitle, 'bold');
  // A label that a line would run through stands behind the line.
  const end = lines.reduce(
    (from, line) => (line > from && line < from + VALUE_GAP + length + 4 ? line : from),
    row.value === null ? 0 : xOf(Math.max(0, row.value, row.high ?? 0)),
  );
  return [
    ...groundedText(row.label, { x: xOf(0), y: top + 3 }),
    ...groundedText(row.text, {
      x: Math.round(end + VALUE_GAP),
      y: top + BAR_TOP + 7,
      size: SIZE.subtitle,
      weight: row.value === null ? 'regular' : 'bold',
      colour: row.role === 'baseline' || row.value === null ? COLOUR.baseline : COLOUR.progress,
    }),
  ];
}

/**
 * Upright lines at the baseline and at the target, with their labels under the bars. A baseline that is not
 * comparable gets no line: it would compare.
 */
function referenceLines(
  series: Series,
  height: number,
  xOf: (value: number) => number,
): { layers: Layer[]; height: number; at: number[] } {
  const { baseline, target, progress } = series;
  const lines: { value: number; text: string; colour: string; dash?: readonly number[] }[] = [];
  if (baseline?.value != null && progress.status !== 'not-comparable') {
    lines.push({
      value: baseline.value,
      text: `Baseline: ${labelText(series, baseline.value)}`,
      colour: COLOUR.baseline,
    });
  }
  if (target !== null) {
    const text = `Target ${target.label}: ${labelText(series, target.value)}`;
    lines.push({ value: target.value, text, colour: COLOUR.target, dash: [7, 5] });
  }
  lines.sort((a, b) => a.value - b.value);
  const placed = inLanes(
    lines.map((line) => ({ wanted: xOf(line.value), width: textWidth(line.text, SIZE.text) })),
    { left: 0, right: TOTAL_WIDTH - 2 * MARGIN },
    2,
  );
  const layers = lines.flatMap((line, index) => {
    const x = xOf(line.value);
    const { x: left, lane } = placed?.[index] ?? { x: 0, lane: index };
    const y2 = height + 2 + lane * LINE_HEIGHT.text;
    const stroke = { colour: line.colour, width: 2, ...(line.dash === undefined ? {} : { dash: line.dash }) };
    return [
      // A white edge keeps the line in sight where it crosses a dark bar.
      lineLayer({ x, x2: x, y: BAR_TOP - 6, y2 }, { colour: COLOUR.paper, width: 5 }),
      lineLayer({ x, x2: x, y: BAR_TOP - 6, y2 }, stroke),
      textLayer([line.text], { x: left, y: y2 + 3, colour: line.colour }),
    ];
  });
  const lanes = lines.length === 0 ? 0 : Math.max(...lines.map((_, index) => placed?.[index]?.lane ?? index)) + 1;
  return { layers, height: lanes === 0 ? 0 : lanes * LINE_HEIGHT.text + 6, at: lines.map(({ value }) => xOf(value)) };
}

/** Published intervals across the ends of the bars: dark with a white edge, for half of each lies on a dark bar. */
function intervalLayers(rows: readonly Row[], xOf: (value: number) => number): Layer[] {
  return rows.flatMap((row, index) => {
    if (row.low === null || row.high === null) return [];
    const y = index * ROW_HEIGHT + BAR_TOP + BAR_HEIGHT / 2;
    const [x, x2] = [xOf(row.low), xOf(row.high)];
    const strokes = (colour: string, width: number): Layer[] => [
      lineLayer({ x, x2, y, y2: y }, { colour, width }),
      lineLayer({ x, x2: x, y: y - 6, y2: y + 6 }, { colour, width }),
      lineLayer({ x: x2, x2, y: y - 6, y2: y + 6 }, { colour, width }),
    ];
    return [...strokes(COLOUR.paper, 6), ...strokes(COLOUR.baseline, 2)];
  });
}

const intervalKey = (rows: readonly Row[]): KeyItem[] =>
  rows.some((row) => row.low !== null && row.high !== null)
    ? [{ symbol: 'interval', text: 'Interval as published, also in brackets' }]
    : [];
