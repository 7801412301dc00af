/** A series as CSV: one row a point, every row complete by itself, so that files can be put one under another. */
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import { csvOf, type Cell } from './csv.ts';

/** The columns, in order. A missing value is an empty cell, and `state` says why. */
const CSV_COLUMNS: Readonly<Record<string, (point: SeriesPoint, series: Series) => Cell>> = {
  indicator: (_, s) => s.indicator.id,
  indicator_version: (_, s) => s.indicator.version,
  definition: (_, s) => s.indicator.definition,
  place: (_, s) => s.place.code,
  place_name: (_, s) => s.place.name,
  granularity: (p) => p.granularity,
  basis: (p) => p.basis,
  breakdown: (p) => p.breakdown,
  period: (p) => p.period,
  period_start: (p) => p.start,
  period_end: (p) => p.end,
  period_label: (p) => p.label,
  state: (p) => p.state,
  value: (p) => p.value,
  unit: (_, s) => s.indicator.unit,
  numerator: (p) => p.numerator,
  denominator: (p) => p.denominator,
  n: (p) => p.n,
  low: (p) => p.low,
  high: (p) => p.high,
  coverage_reported: (p) => p.coverage?.reported ?? null,
  coverage_expected: (p) => p.coverage?.expected ?? null,
  partial: (p) => String(p.partial),
  events: (p) => p.events,
  scope: (p) => p.scope,
  source: (p) => p.source,
  notes: (p) => p.notes.join('; '),
  baseline_period: (_, s) => s.baseline?.period ?? null,
  baseline_state: (_, s) => s.baseline?.state ?? null,
  baseline_value: (_, s) => s.baseline?.value ?? null,
  target_period: (_, s) => s.target?.period ?? null,
  target_value: (_, s) => s.target?.value ?? null,
  progress_status: (_, s) => s.progress.status,
  progress_from: (_, s) => s.progress.from,
  progress_to: (_, s) => s.progress.to,
  progress_change: (_, s) => s.progress.change,
  progress_percent_change: (_, s) => s.progress.percentChange,
  knowledge_position: (_, s) => s.position,
  parked_events: (_, s) => s.parked,
  made_up: (_, s) => String(s.madeUp),
  status: (_, s) => s.status,
};

/** The points of a series as CSV with a header. */
export const seriesCsv = (series: Series): string =>
  csvOf(
    Object.keys(CSV_COLUMNS),
    series.points.map((point) => Object.values(CSV_COLUMNS).map((cell) => cell(point, series))),
  );
