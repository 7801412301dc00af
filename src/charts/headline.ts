/** What stands above and below a chart: the message, the statistical subtitle, the source and the status. */
import type { Series } from '../../contracts/series.ts';
import { NOTES } from '../domain/conclude.ts';
import { formatNumber, formatPercentChange } from '../domain/formatNumber.ts';
import { windowOf } from '../domain/periods.ts';
import { inOrder, isBaseline, isDrawn, progressPointOf, sharesScale } from './gaps.ts';
import {
  GRANULARITY_WORDS,
  absenceText,
  asSentence,
  capitalised,
  labelText,
  listed,
  measureText,
  noFiguresText,
  noteSentence,
  pointNotes,
  spanText,
  valueText,
  valueWithUnit,
  wantingText,
} from './words.ts';

/** Longest headline, in words. */
const HEADLINE_WORDS = 10;

const wordCount = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;

/** The first of these that is short enough, else the last cut to length. */
function shortEnough(candidates: readonly string[]): string {
  const fits = candidates.find((text) => wordCount(text) <= HEADLINE_WORDS);
  return fits ?? (candidates.at(-1) ?? '').split(/\s+/).slice(0, HEADLINE_WORDS).join(' ');
}

/** Names for the measure, the fullest first. A unit that does not name a thing (`%`) is none. */
function subjects(series: Series): string[] {
  const unit = /^[a-z]/i.test(series.indicator.unit) ? [capitalised(series.indicator.unit)] : [];
  return [series.indicator.title, ...unit];
}

/** `down 38%`, `up 4.2%`, `down 14.8 percentage points`, `up by 1,200`; null where there is no change to state. */
function changeWords(series: Series): string | null {
  const { change, percentChange } = series.progress;
  const by = series.indicator.unit === '%' ? change : (percentChange ?? change);
  if (by === null) return null;
  const direction = by < 0 ? 'down' : 'up';
  const size = Math.abs(by);
  // A share changes by percentage points: "down 30%" of a share would be read as one.
  if (series.indicator.unit === '%') return `${direction} ${valueText(series, size)} percentage points`;
  if (percentChange === null) return `${direction} by ${valueText(series, size)}`;
  if (size < 0.05) return `${direction} by less than 0.1%`;
  return `${direction} ${formatNumber(size, size < 9.95 ? 1 : 0)}%`;
}

/**
 * The message of a chart in at most ten words, from the graded progress: `Visits down 38% on 2018/19 baseline`. It
 * leaves out the baseline's period, then the measure's full title, where it would be longer; the subtitle has both.
 */
export function headline(series: Series): string {
  const drawn = inOrder(series).filter(isDrawn);
  const last = drawn.at(-1);
  const names = subjects(series);
  if (last === undefined)
    return shortEnough([
      ...names.map((name) => `${name}: ${noFiguresText(series)}`),
      capitalised(noFiguresText(series)),
    ]);
  const onBaseline = (message: string): string => {
    const from = series.progress.from ?? series.baseline?.label;
    const withPeriod = from === undefined ? [] : [` ${message}${when} on ${from} baseline`];
    const endings = [...withPeriod, ` ${message}${when} on baseline`];
    const all = names.flatMap((name) => endings.map((ending) => `${name}${ending}`));
    return shortEnough([...all, ...endings.map((ending) => capitalised(ending.trim()))]);
  };
  // A figure that stands for fewer than should have reported never makes a headline as if it stood for all.
  const aside = last.partial ? ' (partial)' : '';
  const latest = (): string =>
    shortEnough([
      ...names.map((name) => `${name}: ${labelText(series, last.value)} in ${last.label}${aside}`),
      `${valueWithUnit(series, last.value)} in ${last.label}${aside}`,
      `${valueWithUnit(series, last.value)}${aside}`,
      `${labelText(series, last.value)} in ${last.label}${aside}`,
    ]);
  // Where later figures are left out of the comparison, the headline says which period it speaks of.
  const current = progressPointOf(series, drawn) ?? last;
  const when = current === last ? '' : ` in ${current.label}`;
  switch (series.progress.status) {
    case 'better':
    case 'worse':
    case 'context': {
      const change = changeWords(series);
      return change === null ? latest() : onBaseline(series.progress.change === 0 ? 'unchanged' : change);
    }
    case 'no-clear-change':
      return onBaseline('no clear change');
    case 'unchanged':
      return onBaseline('unchanged');
    case 'not-comparable':
      return shortEnough([
        ...names.map((name) => `${name}: not comparable with baseline`),
        'Not comparable with baseline',
      ]);
    case 'no-progress-value':
      return shortEnough([
        ...names.map((name) => `${name}: nothing to compare with baseline`),
        'Nothing to compare with baseline',
      ]);
    case 'no-baseline':
      return latest();
  }
}

/** Statistical subtitle: measure, place, period and unit; then why a comparison does not hold, where it does not. */
export function subtitle(series: Series): string[] {
  const points = inOrder(series);
  const span = spanText(points);
  const period = span === '' ? '' : `, ${span}`;
  // Windows are named in full; for calendar periods the reader needs to know how long one is.
  const length = series.granularity === 'window' ? '' : `, ${GRANULARITY_WORDS[series.granularity]}`;
  const first = `${measureText(series)}, ${series.place.name}${period} (${series.indicator.unit}${length})`;
  if (series.progress.status !== 'not-comparable') return [first];
  const reasons = series.progress.reasons.map((reason) => reason.replaceAll('-', ' '));
  const because = `Not comparable${reasons.length === 0 ? '' : `: ${listed(reasons)}`}.`;
  return [first, [because, arithmeticSentence(series)].filter((text) => text !== '').join(' ')];
}

/**
 * The sum that readers will do anyway, labelled as just that: `Arithmetic only: −8.23%.` Empty where there is none.
 * The number is left out where the label already has it.
 */
export function arithmeticSentence(series: Series): string {
  const { arithmetic } = series.progress;
  if (arithmetic === null) return '';
  const label = capitalised(arithmetic.label.trim());
  const digits = formatNumber(Math.abs(arithmetic.percentChange), 2);
  return asSentence(
    label.includes(digits) ? label : `${label.replace(/[.:]$/, '')}: ${formatPercentChange(arithmetic.percentChange)}`,
  );
}

/** A longer window counts more: said wherever windows of different lengths stand side by side. */
function unequalWindows(series: Series): string[] {
  if (series.granularity !== 'window') return [];
  const periods = series.points.filter(isDrawn).map((point) => point.period);
  if (series.baseline?.value != null) periods.push(series.baseline.period);
  const days = periods.map((period) => windowOf(period)).map(({ first, last }) => last - first + 1);
  const [shortest, longest] = [Math.min(...days), Math.max(...days)];
  // Leap days and months of 28 to 31 days are no difference worth a note.
  if (longest <= shortest * 1.11) return [];
  const inMonths = (length: number): string => formatNumber(length / 30.4375, 0);
  const lengths =
    longest < 60 ? `${shortest} to ${longest} days` : `${inMonths(shortest)} to ${inMonths(longest)} months`;
  return [`The periods differ in length (${lengths}); figures are not adjusted for it.`];
}

/**
 * Lines under a chart: source, status, then the notes that a reader must see beside the figures, and the evidence.
 * Notes about points and about a partial or absent baseline always; notes of the definition at most two, for the page has
 * all of them.
 */
export function footer(series: Series): string[] {
  const { baseline, indicator } = series;
  const notes = [...pointNotes(inOrder(series))];
  if (baseline !== null && baseline.value === null) {
    notes.push(`Baseline ${baseline.label}: ${absenceText(baseline)}.`);
  }
  if (baseline?.value != null && wantingText(baseline) !== '') {
    notes.push(`Baseline partial: ${wantingText(baseline)}.`);
  }
  if (baseline !== null && !series.points.some((point) => isBaseline(series, point))) {
    for (const note of baseline.notes)
      if (note !== NOTES.partMonth) notes.push(noteSentence(note, `baseline, ${baseline.label}`));
  }
  if (baseline?.source != null) notes.push(`Baseline source: ${asSentence(baseline.source)}`);
  if (series.target !== null) notes.push(`Target source: ${asSentence(series.target.source)}`);
  notes.push(...unequalWindows(series));
  if (baseline?.value != null && !sharesScale(series)) {
    notes.push(
      `Baseline ${baseline.label}: ${valueWithUnit(series, baseline.value)}; not drawn, for it is of another length.`,
    );
  }
  const own = series.notes.slice(0, 2).map(asSentence);
  const more = series.notes.length - own.length;
  if (more > 0) own.push(`${more} more ${more === 1 ? 'note' : 'notes'} with the table.`);
  return [
    `Source: ${asSentence(series.source)}`,
    `Status: ${asSentence(series.status)}`,
    ...(notes.length + own.length === 0 ? [] : [`Notes: ${[...notes, ...own].join(' ')}`]),
    `Evidence: definition ${indicator.id}, version ${indicator.version}; as known at event ${formatNumber(series.position, 0)}.`,
  ];
}
