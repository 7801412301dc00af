/** Progress as a line along time, against a baseline drawn across it. */
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { dayOf, windowOf } from '../domain/periods.ts';
import { dateOf, millisOf, tickDecimals, timeTicks, valueTicks, type TimeSpan } from './axes.ts';
import { DIAMOND, HOLLOW, SOLID, type KeyItem, type Plot } from './frame.ts';
import {
  type Absence,
  absencesOf,
  type DrawnPoint,
  inOrder,
  isBaseline,
  isDrawn,
  middleOf,
  progressPointOf,
  segmentsOf,
  sharesScale,
} from './gaps.ts';
import { inLanes, stacked } from './place.ts';
import { countedByReason } from './textAlternative.ts';
import { textWidth, wrapText, type Weight } from './textWidth.ts';
import { COLOUR, LINE_HEIGHT, MARGIN, SIZE, TOTAL_WIDTH, boxLayer, lineLayer, textLayer, type Layer } from './theme.ts';
import { capitalised, labelText, wantingText } from './words.ts';

const HEIGHT = 320;
/** Labels at the right of the plot: wide enough for "Baseline 2018/19:" and for millions. */
const LABEL_WIDTH = 150;
const LABEL_OFFSET = 14;
/** Above this many figures a marker on each would hide the line. */
const MARKED_POINTS = 24;
const TICK_TOP = 8;

/** Everything the layers need to know: worked out once, then only read. */
interface Layout {
  readonly series: Series;
  readonly points: readonly SeriesPoint[];
  readonly drawn: readonly DrawnPoint[];
  /** The figure that progress is measured by, and the last one where that is another: both are labelled. */
  readonly current: DrawnPoint | undefined;
  readonly ends: readonly DrawnPoint[];
  /** The baseline, where it can stand in this picture. */
  readonly baseline: Series['baseline'];
  readonly absences: readonly Absence[];
  readonly comparable: boolean;
  readonly span: TimeSpan;
  readonly ticks: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly xOf: (day: number) => number;
  readonly yOf: (value: number) => number;
}

/** A series with at least one figure, as a line chart. */
export function lineChart(series: Series): Plot {
  const layout = layoutOf(series);
  const gaps = gapMarks(layout);
  return {
    left: layout.left,
    right: layout.right,
    height: HEIGHT,
    below: TICK_TOP + LINE_HEIGHT.text + gaps.height,
    axisTitle: series.indicator.unit === '%' ? 'Per cent (%)' : capitalised(series.indicator.unit),
    key: [...baselineKey(layout), ...partialKey(layout), ...intervalKey(layout), ...gaps.key],
    layers: [
      ...gaps.layers,
      ...referenceLines(layout),
      ...intervalBars(layout),
      progressLine(layout),
      ...pointMarks(layout),
      ...baselineMark(layout),
      ...endLabels(layout),
    ],
  };
}

function layoutOf(series: Series): Layout {
  const points = inOrder(series);
  const drawn = points.filter(isDrawn);
  const { target } = series;
  const baseline = sharesScale(series) ? series.baseline : null;
  const current = progressPointOf(series, drawn);
  const last = drawn.at(-1);
  const baselineWindow = baseline?.value == null ? null : windowOf(baseline.period);
  const span = {
    first: Math.min(...points.map((point) => dayOf(point.start)), baselineWindow?.first ?? Infinity),
    last: Math.max(...points.map((point) => dayOf(point.end)), baselineWindow?.last ?? -Infinity),
  };
  const values = drawn.flatMap((point) => [point.value, point.low ?? point.value, point.high ?? point.value]);
  const ticks = valueTicks(
    [...values, ...(baseline?.value == null ? [] : [baseline.value]), ...(target === null ? [] : [target.value])],
    series.indicator.decimals,
  );
  const decimals = tickDecimals(ticks);
  const left =
    MARGIN + Math.ceil(Math.max(...ticks.map((tick) => textWidth(formatNumber(tick, decimals), SIZE.text)))) + 10;
  const right = LABEL_OFFSET + LABEL_WIDTH + MARGIN;
  const width = TOTAL_WIDTH - left - right;
  const [bottom, top] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const comparable = series.progress.status !== 'not-comparable';
  return {
    series,
    points,
    drawn,
    current,
    ends: [...new Set([current, last])].filter((point) => point !== undefined),
    baseline,
    absences: absencesOf(points),
    comparable,
    span,
    ticks,
    left,
    right,
    width,
    xOf: (day) => ((day - span.first) / (span.last + 1 - span.first)) * width,
    yOf: (value) => ((top - value) / (top - bottom)) * HEIGHT,
  };
}

/**
 * Periods without a figure: shaded, with the reason in words under the axis. Where there are too many to name,
 * the key says how many of each reason.
 */
function gapMarks(layout: Layout): { layers: Layer[]; key: KeyItem[]; height: number } {
  const { absences, xOf } = layout;
  if (absences.length === 0) return { layers: [], key: [], height: 0 };
  const labels = absences.map((run) => `${run.words}: ${run.span}`);
  const placed = inLanes(
    labels.map((text, index) => ({ wanted: middleX(layout, absences[index]), width: textWidth(text, SIZE.text) })),
    { left: MARGIN - layout.left, right: layout.width + layout.right - MARGIN },
    3,
  );
  const lanes = placed === null ? 0 : Math.max(...placed.map((each) => each.lane)) + 1;
  const bands = absences.map((run) =>
    boxLayer({ x: round(xOf(dayOf(run.start))), x2: round(xOf(dayOf(run.end) + 1)), y: 0, y2: HEIGHT }, COLOUR.gap),
  );
  if (placed === null) {
    return {
      layers: bands,
      key: [{ symbol: 'gap', text: `No figure in ${countedByReason(absences)}` }],
      height: 0,
    };
  }
  const top = HEIGHT + TICK_TOP + LINE_HEIGHT.text + 10;
  // No stem to the band: beside the ticks of the axis it would look like one more, without a label.
  const words = placed.map(({ x, lane }, index) =>
    textLayer([labels[index] ?? ''], { x: round(x), y: top + lane * LINE_HEIGHT.text }),
  );
  return { layers: [...bands, ...words], key: [], height: 10 + lanes * LINE_HEIGHT.text };
}

const middleX = (layout: Layout, run: Absence | undefined): number =>
  run === undefined ? 0 : (layout.xOf(dayOf(run.start)) + layout.xOf(dayOf(run.end) + 1)) / 2;

/** Baseline and target across the plot. A baseline that is not comparable is not drawn across: it would compare. */
function referenceLines(layout: Layout): Layer[] {
  const { series, baseline, comparable, width, yOf } = layout;
  const across = (value: number): { x: number; x2: number; y: number; y2: number } => ({
    x: 0,
    x2: width,
    y: round(yOf(value)),
    y2: round(yOf(value)),
  });
  const layers: Layer[] = [];
  if (baseline?.value != null && comparable) {
    layers.push(lineLayer(across(baseline.value), { colour: COLOUR.baseline, width: 1.5 }));
  }
  if (series.target !== null) {
    layers.push(lineLayer(across(series.target.value), { colour: COLOUR.target, width: 2, dash: [7, 5] }));
  }
  return layers;
}

/** The baseline's own period: a thick stretch at its value, with a diamond in the middle. */
function baselineMark(layout: Layout): Layer[] {
  const { baseline } = layout;
  if (baseline?.value == null) return [];
  const window = windowOf(baseline.period);
  const y = round(layout.yOf(baseline.value));
  const middle = Math.floor((window.first + window.last) / 2);
  return [
    lineLayer(
      { x: round(layout.xOf(window.first)), x2: round(layout.xOf(window.last + 1)), y, y2: y },
      { colour: COLOUR.baseline, width: 4 },
    ),
    {
      name: 'baseline',
      data: { values: [{ period: baseline.label, middle: dateOf(middle), value: baseline.value }] },
      mark: { type: 'point', ...DIAMOND, size: 170 },
      encoding: { x: { field: 'middle', type: 'temporal' }, y: { field: 'value', type: 'quantitative' } },
    },
  ];
}

/**
 * The line itself: one path for each unbroken run of figures, so that no stroke crosses a gap. None where the
 * baseline is not comparable: a line would suggest a change. This layer holds the axes.
 */
function progressLine(layout: Layout): Layer {
  const { series, span, ticks, comparable, xOf } = layout;
  const runs =
    comparable || layout.baseline === null ? segmentsOf(layout.points).filter((segment) => segment.length > 1) : [];
  const anchor = series.baseline?.label ?? null;
  const own = layout.points.map((point) => ({ day: middleOf(point), label: point.label }));
  const labels = Object.fromEntries(
    timeTicks(series.granularity, span, anchor, own, xOf).map((tick) => [String(millisOf(tick.day)), tick.label]),
  );
  return {
    name: 'progress',
    data: {
      values: runs.flatMap((segment, run) =>
        segment.map((point) => ({ period: point.label, middle: dateOf(middleOf(point)), value: point.value, run })),
      ),
    },
    mark: { type: 'line', color: COLOUR.progress, strokeWidth: 3, strokeCap: 'round', strokeJoin: 'round' },
    encoding: {
      x: {
        field: 'middle',
        type: 'temporal',
        scale: { type: 'utc', domain: [millisOf(span.first), millisOf(span.last + 1)], nice: false },
        axis: {
          grid: false,
          domain: true,
          domainColor: COLOUR.zero,
          ticks: true,
          tickColor: COLOUR.zero,
          values: Object.keys(labels).map(Number),
          labelExpr: `(${JSON.stringify(labels)})[toString(time(datum.value))]`,
          labelPadding: TICK_TOP - 4,
          labelFlush: false,
        },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        // From zero, always: see valueTicks.
        scale: { domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1], nice: false, zero: true },
        axis: {
          values: [...ticks],
          format: `,.${tickDecimals(ticks)}f`,
          labelPadding: 8,
          gridColor: { condition: { test: 'datum.value === 0', value: COLOUR.zero }, value: COLOUR.grid },
        },
      },
      detail: { field: 'run', type: 'nominal' },
    },
  };
}

/** Published intervals, as upright bars with caps. */
function intervalBars(layout: Layout): Layer[] {
  const values = layout.drawn.flatMap((point) =>
    point.low === null || point.high === null
      ? []
      : [{ period: point.label, middle: dateOf(middleOf(point)), low: point.low, high: point.high }],
  );
  if (values.length === 0) return [];
  const x = { field: 'middle', type: 'temporal' } as const;
  const cap = (field: 'low' | 'high'): Layer => ({
    data: { values },
    mark: { type: 'tick', color: COLOUR.baseline, thickness: 2, size: 10, orient: 'horizontal' },
    encoding: { x, y: { field, type: 'quantitative' } },
  });
  return [
    {
      name: 'intervals',
      data: { values },
      mark: { type: 'rule', color: COLOUR.baseline, strokeWidth: 2 },
      encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
    },
    cap('low'),
    cap('high'),
  ];
}

/** Markers: on each figure where there are few, else only where a reader would miss one: alone, partial, the last. */
function pointMarks(layout: Layout): Layer[] {
  const { points, drawn, comparable, baseline } = layout;
  const ends = new Set(layout.ends);
  const alone = new Set(segmentsOf(points).flatMap((segment) => (segment.length === 1 ? segment : [])));
  const few = drawn.length <= MARKED_POINTS;
  const all = few || (!comparable && baseline !== null);
  // The baseline's diamond takes the place of its marker.
  const shown = drawn.filter((point) => ends.has(point) || point.partial || !isBaseline(layout, point));
  const marked = shown.filter((point) => all || alone.has(point) || point.partial || ends.has(point));
  const layer = (name: string, mark: object, keep: (point: DrawnPoint) => boolean): Layer[] => {
    const kept = marked.filter(keep);
    const values = kept.map((point) => ({ period: point.label, middle: dateOf(middleOf(point)), value: point.value }));
    if (values.length === 0) return [];
    const y = { field: 'value', type: 'quantitative' } as const;
    return [
      {
        name,
        data: { values },
        mark: { type: 'point', ...mark },
        encoding: { x: { field: 'middle', type: 'temporal' }, y },
      },
    ];
  };
  const size = few ? 70 : 40;
  return [
    ...layer('whole', { ...SOLID, size }, (point) => !point.partial && !ends.has(point)),
    ...layer('partial', { ...HOLLOW, size: size + 10 }, (point) => point.partial && !ends.has(point)),
    ...layer('end', { ...SOLID, size: 130 }, (point) => !point.partial && ends.has(point)),
    ...layer('partial-end', { ...HOLLOW, size: 130 }, (point) => point.partial && ends.has(point)),
  ];
}

interface EndLabel {
  readonly value: number;
  readonly lines: readonly string[];
  readonly weight: Weight;
  readonly colour: string;
}

/** Labels at the right, each at the height of its line: the last figure, the baseline and the target. */
function endLabels(layout: Layout): Layer[] {
  const { series, current, ends, comparable, width, xOf, yOf } = layout;
  const label = (text: string, value: number, weight: Weight, colour: string): EndLabel => ({
    value,
    lines: wrapText(text, LABEL_WIDTH, SIZE.text, weight),
    weight,
    colour,
  });
  const labels: EndLabel[] = [];
  for (const point of ends) {
    const asides = [...(point.partial ? ['partial'] : []), ...(point === current ? [] : ['not compared'])];
    const aside = asides.length === 0 ? '' : ` (${asides.join(', ')})`;
    const text = `${point.label}: ${labelText(series, point.value)}${aside}`;
    labels.push(label(text, point.value, point === current ? 'bold' : 'regular', COLOUR.progress));
  }
  if (series.baseline?.value != null && comparable) {
    const { label: name, value } = series.baseline;
    labels.push(label(`Baseline ${name}: ${labelText(series, value)}`, value, 'regular', COLOUR.baseline));
  }
  if (series.target !== null) {
    const { label: name, value } = series.target;
    labels.push(label(`Target ${name}: ${labelText(series, value)}`, value, 'regular', COLOUR.target));
  }
  const tops = stacked(
    labels.map((each) => ({ wanted: yOf(each.value), height: each.lines.length * LINE_HEIGHT.text })),
    HEIGHT,
  );
  const texts = labels.map((each, index) =>
    textLayer(each.lines, {
      x: width + LABEL_OFFSET,
      y: round(tops[index] ?? 0),
      weight: each.weight,
      colour: each.colour,
    }),
  );
  // A figure that is far from the edge keeps its label at the edge, tied to it by a light line. Not where the label
  // had to give way: the line would end at another one.
  const leaders = ends.flatMap((point, index): Layer[] => {
    const from = round(xOf(middleOf(point)) + 9);
    const y = round(yOf(point.value));
    const middle = (tops[index] ?? 0) + ((labels[index]?.lines.length ?? 1) * LINE_HEIGHT.text) / 2;
    const to = width + LABEL_OFFSET - 4;
    const tied = Math.abs(middle - y) < 10 && width - from > 30;
    return tied ? [lineLayer({ x: from, x2: to, y, y2: y }, { colour: COLOUR.zero, width: 1 })] : [];
  });
  return [...leaders, ...texts];
}

/** A baseline that is not comparable has no line across to carry its label: the key names it. */
function baselineKey(layout: Layout): KeyItem[] {
  const { baseline } = layout;
  if (layout.comparable || baseline?.value == null) return [];
  const scope = baseline.scope === null ? '' : ` (${baseline.scope})`;
  return [
    { symbol: 'baseline', text: `Baseline ${baseline.label}${scope}: ${labelText(layout.series, baseline.value)}` },
  ];
}

function partialKey(layout: Layout): KeyItem[] {
  const partial = layout.drawn.filter((point) => point.partial);
  if (partial.length === 0) return [];
  const [only] = partial;
  const where =
    partial.length === 1 && only !== undefined
      ? `: ${[only.label, wantingText(only)].filter((text) => text !== '').join(', ')}`
      : ` (${partial.length} periods)`;
  return [{ symbol: 'partial', text: `Partial${where}` }];
}

const intervalKey = (layout: Layout): KeyItem[] =>
  layout.drawn.some((point) => point.low !== null && point.high !== null)
    ? [{ symbol: 'interval', text: 'Interval as published' }]
    : [];

/** A hundredth of a pixel is enough, and keeps specs short and equal on every machine. */
const round = (pixels: number): number => Math.round(pixels * 100) / 100;
