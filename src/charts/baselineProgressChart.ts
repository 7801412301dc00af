/**
 * The product's picture: one indicator for one place, its baseline against its progress. Pure: a series in, a Vega-Lite
 * spec with its data inside out.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { Series } from '../../contracts/series.ts';
import { barChart } from './barChart.ts';
import { emptyChart } from './emptyChart.ts';
import { framed } from './frame.ts';
import { isDrawn } from './gaps.ts';
import { lineChart } from './lineChart.ts';

/** Up to this many windows are bars with their names in full; more of them are a line along time. */
const BAR_WINDOWS = 6;

/**
 * A chart of a series as a Vega-Lite 6 spec, plain JSON. Three kinds, by what the figures are: nothing reported, a few
 * published windows, or a line along time. Its `description` is the text alternative. Never throws for a series that
 * its contract accepts.
 */
export function baselineProgressChart(series: Series): TopLevelSpec {
  if (!series.points.some(isDrawn)) return framed(series, emptyChart(series));
  const fewWindows = series.granularity === 'window' && series.points.length <= BAR_WINDOWS;
  return framed(series, fewWindows ? barChart(series) : lineChart(series));
}
