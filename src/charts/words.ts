/** What charts, tables and text alternatives say in words, so that all three say the same. */
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import type { ValueState } from '../../contracts/vocabulary.ts';
import { formatNumber, formatWithUnit } from '../domain/formatNumber.ts';
import { NOTES } from '../domain/conclude.ts';
import type { Coverage } from '../domain/observation.ts';
import { dayOf, intervalOf, periodLabel } from '../domain/periods.ts';

export const MADE_UP = 'MADE-UP DEMONSTRATION DATA';

/** A state in which there is no number. */
export type AbsentState = Exclude<ValueState, 'observed' | 'zero'>;

/** Why there is no figure, as it reads in a sentence. */
const STATE_WORDS: Record<AbsentState, string> = {
  'not-reported': 'not reported',
  'not-open': 'not open',
  suppressed: 'suppressed',
  'not-applicable': 'not applicable',
  'not-available': 'not available',
};

/** Words for a state; a state with a number has none (`''`). */
export const stateWords = (state: ValueState): string =>
  state === 'observed' || state === 'zero' ? '' : STATE_WORDS[state];

/** Notes that say why there is no number, as they read after the state. */
const REASONS: Readonly<Record<string, string>> = {
  [NOTES.noPopulation]: 'no population is held near the period',
  [NOTES.zeroDenominator]: 'there is nothing to divide by',
  [NOTES.longerPeriod]: 'reported only for a longer period',
};

/** Why there is no figure, with the reason where one is noted: `not available, no population is held near the period`. */
export function absenceText({ state, notes }: Pick<SeriesPoint, 'state' | 'notes'>): string {
  const reason = notes.map((note) => REASONS[note]).find((text) => text !== undefined);
  return [stateWords(state), ...(reason === undefined ? [] : [reason])].join(', ');
}

/** What was reported of all that a series shows, or null where nobody is expected to report. */
export function seriesCoverage({ points }: Series): string | null {
  const known = points.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]));
  if (known.length === 0) return null;
  const sum = (of: (each: Coverage) => number): number => known.reduce((total, each) => total + of(each), 0);
  return `${coverageText({ reported: sum((each) => each.reported), expected: sum((each) => each.expected) })} ${COVERAGE_UNIT} reported`; // prettier-ignore
}

export const GRANULARITY_WORDS: Record<Series['granularity'], string> = {
  month: 'monthly',
  quarter: 'quarterly',
  'half-year': 'half-yearly',
  'financial-year': 'financial years',
  window: 'periods as published',
};

/** First letter as a capital: `not reported` as it starts a label. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Ends with a full stop, once. */
export const asSentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A value of the series without its unit. What others published keeps the decimals that they stated. */
export const valueText = (series: Series, value: number): string =>
  formatNumber(value, series.indicator.decimals, isQuoted(series));

const isQuoted = ({ basis }: Series): boolean => basis === 'published';

/** A value as a label on a chart, where the axis has the unit: without it, but a share keeps its sign. */
export const labelText = (series: Series, value: number): string =>
  series.indicator.unit === '%' ? valueWithUnit(series, value) : valueText(series, value);

/** A value of the series with its unit. */
export const valueWithUnit = (series: Series, value: number): string =>
  formatWithUnit(value, series.indicator.decimals, series.indicator.unit, isQuoted(series));

/** Whether some month behind a figure is covered for a part of its days. */
export const isPartOfMonth = ({ notes }: { readonly notes: readonly string[] }): boolean =>
  notes.includes(NOTES.partMonth);

/** Whether fewer service-point months were reported than expected. */
export const isShort = ({ coverage }: Pick<SeriesPoint, 'coverage'>): boolean =>
  coverage !== null && coverage.reported < coverage.expected;

/** What is wanting of a partial figure: `149 of 156 service-point months reported`; empty where that is not known. */
export function wantingText(point: Pick<SeriesPoint, 'coverage' | 'notes'>): string {
  const months =
    point.coverage !== null && isShort(point) ? [`${coverageText(point.coverage)} ${COVERAGE_UNIT} reported`] : [];
  return [...months, ...(isPartOfMonth(point) ? ['part of a month reported'] : [])].join(', ');
}

/** Why a series has no figure at all: nothing was reported, or nothing lies in the days that were asked for. */
export const noFiguresText = ({ points }: Series): string =>
  points.length === 0 ? 'no figures in the days asked for' : 'no figures reported';

/** What coverage is counted in. */
export const COVERAGE_UNIT = 'service-point months';

/** `149 of 156`. */
export const coverageText = (coverage: Coverage): string =>
  `${formatNumber(coverage.reported, 0)} of ${formatNumber(coverage.expected, 0)}`;

/** What a series measures, of which cut: `Loans, format: e-book`. */
export function measureText(series: Series): string {
  const cut = series.breakdown === '' ? '' : `, ${series.breakdown.replace('=', ': ')}`;
  return `${series.indicator.title}${cut}`;
}

/**
 * What time the points are about: `2008/09 to 2023/24`; two windows are both named, more of them are one span. Empty
 * without points.
 */
export function spanText(points: readonly SeriesPoint[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  if (first === last) return first.label;
  if (first.granularity !== 'window') return `${first.label} to ${last.label}`;
  if (points.length === 2) return `${first.label} and ${last.label}`;
  return periodLabel(intervalOf({ first: dayOf(first.start), last: dayOf(last.end) }));
}

/** A code or a short sentence that stands beside a value, as a reader would say it: `Interval not published`. */
export function noteWords(note: string): string {
  const population = /^population-of-(.+)$/.exec(note);
  if (population?.[1] !== undefined) return `Population estimate of ${shortDate(population[1])}`;
  return /^[a-z0-9]+(-[a-z0-9]+)+$/.test(note) ? capitalised(note.replaceAll('-', ' ')) : note;
}

const shortDate = (isoDate: string): string => periodLabel(`${isoDate}/P1D`).split(' to ')[0] ?? isoDate;

/**
 * Notes that stand beside points, each once, with the periods it is about. Population estimates, which differ from
 * period to period, are one note.
 */
export function pointNotes(points: readonly SeriesPoint[]): string[] {
  const labels = new Map<string, string[]>();
  const estimates = new Set(points.flatMap((point) => point.notes).filter((note) => note.startsWith('population-of-')));
  for (const point of points) {
    for (const note of point.notes) {
      const key = estimates.size > 1 && estimates.has(note) ? 'population-estimate-nearest-each-period' : note;
      labels.set(key, [...(labels.get(key) ?? []), point.label]);
    }
  }
  return [...labels].map(([note, at]) => {
    const where = at.length === points.length ? 'all periods' : at.length <= 3 ? listed(at) : `${at.length} periods`;
    return noteSentence(note, where);
  });
}

/** A note as a sentence of its own, with what it is about: `From CIPFA (all periods).` */
export const noteSentence = (note: string, where: string): string =>
  `${capitalised(noteWords(note)).replace(/\.$/, '')} (${where}).`;
