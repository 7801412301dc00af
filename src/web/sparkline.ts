/** A series as a picture the size of a few words: its shape, its gaps and its baseline, no labels. */
import type { Series } from '../../contracts/series.ts';
import { inOrder, isDrawn, middleOf, segmentsOf, sharesScale } from '../charts/gaps.ts';
import { COLOUR } from '../charts/theme.ts';

const [WIDTH, HEIGHT, EDGE] = [260, 64, 5];

/**
 * SVG made of numbers only, hidden from screen readers: the words beside it say the same. Zero is always in the picture.
 * Empty for a series without a figure.
 */
export function sparkline(series: Series): string {
  const points = inOrder(series);
  const drawn = points.filter(isDrawn);
  const [first, last] = [drawn[0], drawn.at(-1)];
  if (first === undefined || last === undefined) return '';
  const baseline = sharesScale(series) ? (series.baseline?.value ?? null) : null;
  const values = [0, ...drawn.map(({ value }) => value), ...(baseline === null ? [] : [baseline])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [from, to] = [middleOf(first), middleOf(last)];
  const round = (pixels: number): number => Math.round(pixels * 10) / 10;
  const xOf = (day: number): number =>
    round(to === from ? WIDTH / 2 : EDGE + ((day - from) / (to - from)) * (WIDTH - 2 * EDGE));
  const yOf = (value: number): number =>
    round(HEIGHT - EDGE - (high === low ? 0 : ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE)));

  const line = (y: number, stroke: string): string => `<path d="M0 ${y}H${WIDTH}" ${stroke}/>`;
  const lines = segmentsOf(points)
    .filter((run) => run.length > 1)
    .map((run) => `M${run.map((point) => `${xOf(middleOf(point))} ${yOf(point.value)}`).join('L')}`);
  // A point alone between two gaps is no line; without a dot it would be missing.
  const dots = segmentsOf(points)
    .filter((run) => run.length === 1)
    .flat();
  const dot = (point: typeof first, radius: number): string =>
    `<circle cx="${xOf(middleOf(point))}" cy="${yOf(point.value)}" r="${radius}" fill="${COLOUR.progress}"/>`;
  return [
    `<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true" focusable="false">`,
    line(yOf(0), `stroke="${COLOUR.zero}"`),
    baseline === null
      ? ''
      : line(yOf(baseline), `stroke="${COLOUR.baseline}" stroke-width="1.5" stroke-dasharray="5 4"`),
    `<path d="${lines.join('')}" fill="none" stroke="${COLOUR.progress}" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/>`,
    ...dots.map((point) => dot(point, 3)),
    dot(last, 4),
    '</svg>',
  ].join('');
}
