/** What the first page says: every indicator, under the outcome it is about. */
import { OUTCOMES } from '../../contracts/fields.ts';
import type { Series } from '../../contracts/series.ts';
import { inOrder, isDrawn } from '../charts/gaps.ts';
import { absenceText, seriesCoverage, valueWithUnit } from '../charts/words.ts';
import type { Indicator } from '../app/catalogue.ts';
import { selectionQuery } from '../app/selection.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { OUTCOME_NAMES } from './outcomes.ts';
import { sparkline } from './sparkline.ts';
import { STATUS_WORDS } from './statusWords.ts';

/** An indicator with the series shown for it: one computed, one published, as far as there are any. */
export interface Shown {
  readonly indicator: Indicator;
  readonly series: readonly Series[];
}

/** The view of `index.njk`. */
export function indexView(shown: readonly Shown[], position: number) {
  const withFigures = shown.filter(({ series }) => series.length > 0).length;
  return {
    position: position === 1 ? '1 event' : `${formatNumber(position, 0)} events`,
    indicators: shown.length,
    withFigures,
    anyMadeUp: shown.some(({ series }) => series.some(({ madeUp }) => madeUp)),
    outcomes: OUTCOMES.map((outcome) => ({
      id: outcome,
      name: OUTCOME_NAMES[outcome],
      indicators: shown
        .filter(({ indicator }) => indicator.definition.outcome === outcome)
        .map(({ indicator: { definition }, series }) => ({
          id: definition.id,
          title: definition.title,
          question: definition.question,
          // What libraries reported stands before what nobody did.
          entries: series.toSorted((a, b) => Number(a.madeUp) - Number(b.madeUp)).map(entryOf),
        })),
    })),
  };
}

function entryOf(series: Series) {
  const points = inOrder(series);
  const last = points.filter(isDrawn).at(-1);
  const newest = points.at(-1);
  const { baseline, progress } = series;
  return {
    href: `/indicators/${series.indicator.id}?${selectionQuery(series)}`,
    place: series.place.name,
    basis: series.basis === 'published' ? 'Published figures' : 'Computed from events',
    madeUp: series.madeUp,
    baseline:
      baseline === null
        ? null
        : {
            label: baseline.label,
            text: baseline.value === null ? absenceText(baseline) : valueWithUnit(series, baseline.value),
            scope: baseline.scope,
          },
    latest:
      last === undefined
        ? null
        : { label: last.label, text: valueWithUnit(series, last.value), scope: last.scope, partial: last.partial },
    absent: last === undefined && newest !== undefined ? absenceText(newest) : null,
    coverage: seriesCoverage(series),
    source: series.source,
    status: progress.status,
    statusWords: STATUS_WORDS[progress.status],
    sentence: progress.sentence,
    statusLine: series.status,
    spark: sparkline(series),
  };
}
