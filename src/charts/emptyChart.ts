/** A series without a single figure: a picture that says so, and why. */
import type { Series } from '../../contracts/series.ts';
import type { Plot } from './frame.ts';
import { absencesOf, inOrder } from './gaps.ts';
import { countedByReason } from './textAlternative.ts';
import { COLOUR, LINE_HEIGHT, MARGIN, SIZE, TOTAL_WIDTH, boxLayer, textLayer } from './theme.ts';
import { wrapText } from './textWidth.ts';
import { capitalised, noFiguresText, valueWithUnit } from './words.ts';

const PADDING = 20;

/** No frame and no axes, for they would look like a chart that failed: a note with the reasons and the baseline. */
export function emptyChart(series: Series): Plot {
  const width = TOTAL_WIDTH - 2 * MARGIN;
  const lines = reasons(series).flatMap((line) => wrapText(line, width - 2 * PADDING, SIZE.text));
  const height = 2 * PADDING + 26 + lines.length * LINE_HEIGHT.text;
  return {
    left: MARGIN,
    right: MARGIN,
    height,
    below: 0,
    axisTitle: '',
    key: [],
    layers: [
      boxLayer({ x: 0, x2: width, y: 0, y2: height }, COLOUR.gap),
      textLayer([capitalised(noFiguresText(series))], { x: PADDING, y: PADDING, size: SIZE.subtitle, weight: 'bold' }),
      textLayer(lines, { x: PADDING, y: PADDING + 26 }),
    ],
  };
}

function reasons(series: Series): string[] {
  const absences = absencesOf(inOrder(series));
  const named = absences.slice(0, 4).map((run) => `${run.words}: ${run.span}.`);
  const why =
    absences.length === 0
      ? ['There are no periods to show.']
      : absences.length <= 4
        ? named
        : [`No figure in ${countedByReason(absences)}.`];
  const { baseline } = series;
  return baseline?.value == null
    ? why
    : [...why, `Baseline ${baseline.label}: ${valueWithUnit(series, baseline.value)}.`];
}
