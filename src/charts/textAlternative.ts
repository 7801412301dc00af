/** A chart in words, for those who cannot see it and for those who quote it. */
import type { Series } from '../../contracts/series.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { NO_RECORD, absencesOf, inOrder, isDrawn } from './gaps.ts';
import { arithmeticSentence } from './headline.ts';
import {
  COVERAGE_UNIT,
  GRANULARITY_WORDS,
  absenceText,
  asSentence,
  capitalised,
  coverageText,
  isPartOfMonth,
  isShort,
  listed,
  measureText,
  noFiguresText,
  spanText,
  valueText,
  valueWithUnit,
} from './words.ts';

/** Longest list of periods that is still read out one by one. */
const NAMED = 4;

/**
 * A series in two to four plain sentences: what and where with the first, the last and the baseline figure; the progress
 * sentence; what is missing or partial; the source and the status. Says at the very start where the data are made up.
 */
export const textAlternative = (series: Series): string => inSentences(series).join(' ');

/** The same, each of the four by itself: figures, progress, what is wanting, and where it comes from. */
export const inSentences = (series: Series): string[] =>
  [figures(series), progress(series), gaps(series), provenance(series)].filter((text) => text !== '');

function figures(series: Series): string {
  const points = inOrder(series);
  const drawn = points.filter(isDrawn);
  const [first, last] = [drawn[0], drawn.at(-1)];
  const span = spanText(points);
  const madeUp = series.madeUp ? 'Made-up demonstration data. ' : '';
  const what = `${measureText(series)}, ${series.place.name}${span === '' ? '' : `, ${span}`}, ${GRANULARITY_WORDS[series.granularity]}`;
  const parts: string[] = [];
  const said = (point: { value: number; label: string; scope: string | null }): string =>
    `${valueWithUnit(series, point.value)} in ${point.label}${point.scope === null ? '' : ` (${point.scope})`}`;
  if (first === undefined || last === undefined) parts.push(noFiguresText(series));
  else if (first === last) parts.push(`one figure, ${said(first)}`);
  else parts.push(`first ${said(first)}`, `last ${said(last)}`);
  if (last?.low != null && last.high != null) {
    parts.push(`with an interval of ${valueText(series, last.low)} to ${valueText(series, last.high)}`);
  }
  const { baseline, target } = series;
  if (baseline !== null) {
    const value = baseline.value;
    parts.push(
      value === null
        ? `baseline ${baseline.label} ${absenceText(baseline)}`
        : `baseline ${said({ value, label: baseline.label, scope: baseline.scope })}`,
    );
  }
  if (target !== null) parts.push(`target ${valueWithUnit(series, target.value)} in ${target.label}`);
  return `${madeUp}${what}: ${parts.join('; ')}.`;
}

function progress(series: Series): string {
  const sentence = asSentence(series.progress.sentence);
  const arithmetic = arithmeticSentence(series);
  // The progress sentence may hold the labelled arithmetic already.
  const digits =
    series.progress.arithmetic === null ? '' : formatNumber(Math.abs(series.progress.arithmetic.percentChange), 2);
  return arithmetic === '' || sentence.includes(digits) ? sentence : `${sentence} ${arithmetic}`;
}

function gaps(series: Series): string {
  const points = inOrder(series);
  const absent = absencesOf(points);
  const drawn = points.filter(isDrawn);
  const partOfMonth = drawn.filter(isPartOfMonth);
  const partial = drawn.filter((point) => point.partial && (isShort(point) || !isPartOfMonth(point)));
  const parts: string[] = [];
  if (absent.length > 0 && absent.length <= NAMED) {
    parts.push(`no figure for ${listed(absent.map((run) => `${run.span} (${lower(run.words)})`))}`);
  } else if (absent.length > 0) {
    parts.push(`no figure in ${countedByReason(absent)}`);
  }
  if (partial.length > 0 && partial.length <= NAMED) {
    const named = partial.map((point) => {
      const reported = point.coverage === null ? '' : ` (${coverageText(point.coverage)} ${COVERAGE_UNIT} reported)`;
      return `${point.label}${reported}`;
    });
    parts.push(`partial coverage in ${listed(named)}`);
  } else if (partial.length > 0) {
    parts.push(`partial coverage in ${partial.length} of ${points.length} periods`);
  }
  if (partOfMonth.length > 0) {
    const where =
      partOfMonth.length <= NAMED
        ? listed(partOfMonth.map(({ label }) => label))
        : `${partOfMonth.length} of ${points.length} periods`;
    parts.push(`part of a month reported in ${where}`);
  }
  return parts.length === 0 ? '' : `${capitalised(parts.join('; '))}.`;
}

/** `14 periods: 6 not open, 7 not reported and 1 with no record`. */
export function countedByReason(absent: readonly { words: string; periods: number }[]): string {
  const counts = new Map<string, number>();
  for (const run of absent) counts.set(run.words, (counts.get(run.words) ?? 0) + run.periods);
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const reasons = [...counts].map(
    ([words, periods]) => `${periods} ${words === NO_RECORD ? 'with no record' : lower(words)}`,
  );
  return `${total} ${total === 1 ? 'period' : 'periods'}: ${listed(reasons)}`;
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const provenance = (series: Series): string =>
  `Source: ${asSentence(series.source)} Status: ${asSentence(series.status)}`;
