/** What the page of an indicator says: the comparison, the picture, the words, the table, and how we know. */
import { notesOf } from '../../contracts/definition.ts';
import type { Selection } from '../../contracts/selection.ts';
import type { Series } from '../../contracts/series.ts';
import { BASES, type Basis, GRANULARITIES, type Granularity } from '../../contracts/vocabulary.ts';
import type { Indicator } from '../app/catalogue.ts';
import type { HeldSeries } from '../app/ports.ts';
import { selectionQuery } from '../app/selection.ts';
import { inOrder, isDrawn, progressPointOf } from '../charts/gaps.ts';
import { seriesTable } from '../charts/seriesTable.ts';
import { textAlternative } from '../charts/textAlternative.ts';
import { absenceText, capitalised, measureText, seriesCoverage, valueWithUnit } from '../charts/words.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { placeName } from '../domain/places.ts';
import { OUTCOME_NAMES } from './outcomes.ts';
import { STATUS_WORDS } from './statusWords.ts';

const GRANULARITY_NAMES: Readonly<Record<Granularity, string>> = {
  month: 'Months',
  quarter: 'Quarters',
  'half-year': 'Half-years',
  'financial-year': 'Financial years',
  window: 'Periods as published',
};
const BASIS_NAMES: Readonly<Record<Basis, string>> = {
  computed: 'Computed from events',
  published: 'Published by others',
};
const SELECTION_NAMES: Readonly<Record<keyof Selection, string>> = {
  place: 'place',
  by: 'kind of period',
  basis: 'kind of figure',
  breakdown: 'breakdown',
  from: 'first day',
  to: 'last day',
};

interface Shown {
  readonly series: Series;
  readonly svg: string;
  readonly selection: Selection;
  readonly givenUp: readonly (keyof Selection)[];
}

/** What is the same whether or not there are figures. */
function head({ definition }: Indicator) {
  return {
    id: definition.id,
    title: definition.title,
    question: definition.question,
    outcome: OUTCOME_NAMES[definition.outcome],
    outcomeId: definition.outcome,
    definitionNotes: notesOf(definition),
  };
}

/** The view of `indicator.njk` where nothing has been reported yet. */
export const emptyView = (indicator: Indicator) => ({ ...head(indicator), shown: null });

/** The view of `indicator.njk`. */
export function indicatorView(
  indicator: Indicator,
  held: readonly HeldSeries[],
  { series, svg, selection, givenUp }: Shown,
) {
  const points = inOrder(series);
  const drawn = points.filter(isDrawn);
  const { baseline, target, progress } = series;
  // Without a comparison there is a latest figure, but no progress.
  const current = progress.to === null ? undefined : progressPointOf(series, drawn);
  const last = drawn.at(-1);
  const query = selectionQuery(series, selection);
  const api = `/v1/indicators/${series.indicator.id}`;
  return {
    ...head(indicator),
    shown: {
      svg,
      words: textAlternative(series),
      table: seriesTable(series),
      measure: measureText(series),
      place: series.place.name,
      placeCode: series.place.code,
      statusLine: series.status,
      madeUp: series.madeUp,
      notice: noticeOf(givenUp),
      form: formOf(series, held, selection),
      progress: {
        status: progress.status,
        words: STATUS_WORDS[progress.status],
        sentence: progress.sentence,
        baseline:
          baseline === null
            ? null
            : {
                label: baseline.label,
                text:
                  baseline.value === null ? capitalised(absenceText(baseline)) : valueWithUnit(series, baseline.value),
                scope: baseline.scope,
                source: baseline.source,
              },
        current: current === undefined ? null : { label: current.label, text: valueWithUnit(series, current.value), scope: current.scope, partial: current.partial }, // prettier-ignore
        latest: last === undefined || last === current ? null : { label: last.label, text: valueWithUnit(series, last.value), scope: last.scope, partial: last.partial }, // prettier-ignore
        target: target === null ? null : { label: target.label, text: valueWithUnit(series, target.value), source: target.source }, // prettier-ignore
      },
      evidence: {
        definition: `${series.indicator.id}, version ${series.indicator.version}`,
        hash: series.indicator.definition,
        position: formatNumber(series.position, 0),
        events: formatNumber(
          points.reduce((sum, { events }) => sum + events, 0),
          0,
        ),
        figures: drawn.length === 1 ? '1 figure' : `${formatNumber(drawn.length, 0)} figures`,
        coverage: seriesCoverage(series),
        basis: BASIS_NAMES[series.basis],
        source: series.source,
        api,
      },
      downloads: [
        { href: `${api}/series.csv?${query}`, name: 'Figures as CSV' },
        { href: `${api}/series.json?${query}`, name: 'Figures as JSON' },
        { href: `${api}/chart.svg?${query}`, name: 'Chart as SVG' },
        { href: `${api}/chart.png?${query}`, name: 'Chart as PNG' },
      ],
    },
  };
}

function noticeOf(givenUp: readonly (keyof Selection)[]): string | null {
  if (givenUp.length === 0) return null;
  const names = givenUp.map((name) => SELECTION_NAMES[name]).join(' and ');
  return `There are no figures for this combination. Shown instead: this place with another ${names}.`;
}

interface Option {
  readonly value: string;
  readonly name: string;
  readonly selected: boolean;
}

/** The choices there are. Only places are offered in full; the others as this place has them. */
function formOf(series: Series, held: readonly HeldSeries[], { from, to }: Selection) {
  const here = held.filter(({ place }) => place === series.place.code);
  const option = (value: string, name: string, current: string): Option => ({
    value,
    name,
    selected: value === current,
  });
  const places = [...new Set(held.map(({ place }) => place))];
  const breakdowns = [...new Set(here.map(({ breakdown }) => breakdown))].sort();
  const has = <Word>(words: readonly Word[], of: (each: HeldSeries) => unknown): Word[] =>
    words.filter((word) => here.some((each) => of(each) === word));
  return {
    places: places.map((code) => option(code, placeName(code), series.place.code)),
    granularities: has(GRANULARITIES, (each) => each.granularity).map((word) =>
      option(word, GRANULARITY_NAMES[word], series.granularity),
    ),
    bases: has(BASES, (each) => each.basis).map((word) => option(word, BASIS_NAMES[word], series.basis)),
    breakdowns: breakdowns.map((each) =>
      option(each, each === '' ? 'Total' : each.replace('=', ': '), series.breakdown),
    ),
    from: from ?? null,
    to: to ?? null,
  };
}
