/**
 * Baseline against progress. Two observations are compared only where they are alike: the same scope, the same length
 * of period, enough reported on both sides. Where they are not, the sum that a reader would do anyway is given, and
 * labelled as nothing more than a sum.
 */
import type { Definition } from '../../contracts/definition.ts';
import type { Progress } from '../../contracts/series.ts';
import { formatNumber, formatSigned, formatWithUnit } from './formatNumber.ts';
import { NOTES } from './conclude.ts';
import type { Observation } from './observation.ts';
import { civilOf, isoOf, monthOf, periodLabel, windowOf } from './periods.ts';

/**
 * A period stands for its whole length when at least this share of the expected service-point months was reported.
 * A judgement, the same for baseline and progress: below it, a change may be a change in who reported.
 */
const ENOUGH_REPORTED = 0.9;

/** The fixed start: an observation, or a value that a source states. */
export interface BaselineValue {
  readonly period: string;
  readonly value: number | null;
  readonly scope: string | null;
  readonly coverage: Observation['coverage'];
  readonly low: number | null;
  readonly high: number | null;
  readonly notes: readonly string[];
  /** What must be said with every comparison, in a few words. */
  readonly caution: string | null;
}

const BASELINE_COVERAGE = 'coverage of the baseline';

const reportedOf = ({ coverage }: Pick<Observation, 'coverage'>): string =>
  coverage === null ? '' : `${coverage.reported} of ${coverage.expected} service-point months reported`;

const enoughReported = ({ coverage }: Pick<Observation, 'coverage'>): boolean =>
  coverage === null || coverage.reported >= ENOUGH_REPORTED * coverage.expected;

/**
 * The observation that stands as progress: of those with a value, enough reported, and a start after the baseline's
 * end, the latest that is comparable; where none is, the first, which readers set beside the baseline anyway.
 */
function progressPoint(points: readonly Observation[], baseline: BaselineValue): Observation | null {
  const candidates = candidatesOf(points, baseline);
  return candidates.findLast((p) => reasonsAgainst(p, baseline).length === 0) ?? candidates[0] ?? null;
}

const candidatesOf = (points: readonly Observation[], baseline: BaselineValue): Observation[] =>
  points.filter(
    (p) => p.value !== null && windowOf(p.period).first > windowOf(baseline.period).last && enoughReported(p),
  );

/** Why two figures are not comparable; empty where they are. A scope that sources disagree about is like no other. */
const reasonsAgainst = (current: Observation, baseline: BaselineValue): string[] => [
  ...((current.scope ?? '') === (baseline.scope ?? '') && !scopeInDoubt(current) && !scopeInDoubt(baseline)
    ? []
    : ['scope']),
  ...(lengthOf(current.period) === lengthOf(baseline.period) ? [] : ['length of period']),
  ...(enoughReported(baseline) ? [] : [BASELINE_COVERAGE]),
];

const scopeInDoubt = ({ notes }: Pick<Observation, 'notes'>): boolean => notes.includes(NOTES.scopesDiffer);

/** How long a period is: in months where it ends on the date on which it began, else in days. */
const lengthOf = (interval: string): string => {
  const { first, last } = windowOf(interval);
  return civilOf(first).date === civilOf(last + 1).date
    ? `${monthOf(last + 1) - monthOf(first)} months`
    : `${last - first + 1} days`;
};

type Graded = Pick<Definition, 'direction' | 'unit'>;

/**
 * The graded comparison. Percentage change is (progress − baseline) ÷ baseline × 100, for a baseline above 0 only.
 * @param points   the series in order of time
 * @param baseline null where the definition names none for this place and kind of period
 * @param until    last day of the periods that are asked for; null where all are
 */
export function progressOf(
  definition: Graded,
  points: readonly Observation[],
  baseline: BaselineValue | null,
  until: string | null = null,
): Progress {
  const asked = until === null ? points : points.filter(({ period }) => isoOf(windowOf(period).last) <= until);
  return progressAmong(definition, asked, baseline, asked.length < points.length ? until : null);
}

/** @param until set where later periods were left out by the request, not by those who report */
function progressAmong(
  definition: Graded,
  points: readonly Observation[],
  baseline: BaselineValue | null,
  until: string | null,
): Progress {
  const nothing = { reasons: [], change: null, percentChange: null, arithmetic: null };
  if (baseline === null || baseline.value === null) {
    const label = baseline === null ? null : periodLabel(baseline.period);
    const why = baseline?.notes.includes(NOTES.noPopulation) === true ? ' (no population is held near it)' : '';
    const sentence =
      label === null
        ? 'No baseline is set for this series.'
        : `The baseline period, ${label}, has no value${why}, so nothing can be compared with it.`;
    return { ...nothing, status: 'no-baseline', from: label, to: null, sentence };
  }
  const from = periodLabel(baseline.period);
  const current = progressPoint(points, baseline);
  if (current === null || current.value === null) {
    return {
      ...nothing,
      status: 'no-progress-value',
      from,
      to: null,
      sentence:
        (until === null
          ? `Nothing that could be compared has been reported since the baseline, ${from}.`
          : `Nothing that could be compared with the baseline, ${from}, is for a period after it that ends by ${until}. Later periods were not asked for.`) +
        tooLittle(points, baseline),
    };
  }
  const to = periodLabel(current.period);
  const { unit } = definition;
  const quoted = current.basis === 'published';
  const show = (value: number): string =>
    unit.label === '%' ? formatWithUnit(value, unit.decimals, '%', quoted) : formatNumber(value, unit.decimals, quoted);
  const change = roundTo(current.value - baseline.value, 6);
  const percent = baseline.value > 0 ? roundTo(((current.value - baseline.value) / baseline.value) * 100, 2) : null;
  const reasons = reasonsAgainst(current, baseline);
  const between = `${formatWithUnit(baseline.value, unit.decimals, unit.label, quoted)} in ${from}${scoped(baseline.scope, reasons)} to ${show(current.value)} in ${to}${scoped(current.scope, reasons)}`;
  if (reasons.length > 0) {
    const label = 'Arithmetic on two stated figures, not progress';
    return {
      status: 'not-comparable',
      reasons,
      from,
      to,
      change: null,
      percentChange: null,
      arithmetic: percent === null ? null : { percentChange: percent, label },
      sentence: `Not comparable: ${reasons.map((reason) => (reason === BASELINE_COVERAGE ? `${reason} (${reportedOf(baseline)})` : reason)).join(', ')}. From ${between}${percent === null ? '' : ` is ${formatSigned(percent, 2)}% as arithmetic on two stated figures, not progress`}.${othersBeside(definition, points, baseline, current)}`,
    };
  }
  const doubt = doubtOf(baseline, current);
  const status =
    definition.direction === 'neutral'
      ? 'context'
      : change === 0
        ? 'unchanged'
        : doubt !== null
          ? 'no-clear-change'
          : change > 0 === (definition.direction === 'up')
            ? 'better'
            : 'worse';
  const amount =
    unit.label === '%'
      ? `${formatSigned(change, unit.decimals, quoted)} percentage points`
      : percent === null ? formatSigned(change, unit.decimals, quoted) : `${formatSigned(percent, 2)}%`; // prettier-ignore
  const left = leftOut(points, current, baseline);
  return {
    ...nothing,
    status,
    from,
    to,
    change,
    percentChange: percent,
    sentence: `From ${between}: ${amount}${WORDS[status]}${doubt === null ? '' : ` (${doubt})`}.${baseline.caution === null ? '' : ` ${baseline.caution}.`}${left}`,
  };
}

const WORDS = {
  better: ', better',
  worse: ', worse',
  unchanged: ', unchanged',
  context: '',
  'no-clear-change': ', no clear change',
} as const;

const scoped = (scope: string | null, reasons: readonly string[]): string =>
  scope === null || !reasons.includes('scope') ? '' : ` (${scope})`;

/** The other figures after the baseline, where none is comparable. */
function othersBeside(
  { unit }: Graded,
  points: readonly Observation[],
  baseline: BaselineValue,
  current: Observation,
): string {
  const others = candidatesOf(points, baseline).filter((p) => p !== current);
  const texts = others.map(
    (p) =>
      `${formatNumber(p.value ?? 0, unit.decimals, p.basis === 'published')} in ${periodLabel(p.period)}${p.scope === null ? '' : ` (${p.scope})`}`,
  );
  return texts.length === 0 ? '' : ` Nor is ${texts.join(', nor ')}.`;
}

/**
 * Why a change between two survey estimates cannot be called better or worse, or null. Overlapping intervals, the rule
 * of the Public Health England tools, are a careful test; without intervals there is no test at all.
 */
function doubtOf(baseline: BaselineValue, current: Observation): string | null {
  const silent = [baseline, current].some((side) => side.notes.includes(NOTES.noInterval));
  if (silent) return 'survey estimates without a published interval: the change may be chance';
  if (baseline.low === null || baseline.high === null || current.low === null || current.high === null) return null;
  return current.low <= baseline.high && baseline.low <= current.high
    ? 'the intervals overlap: the change may be chance'
    : null;
}

/** Later periods that could not stand as progress, with the reason. */
function leftOut(points: readonly Observation[], current: Observation, baseline: BaselineValue): string {
  const later = points.filter((p) => windowOf(p.period).first > windowOf(current.period).first && p.value !== null);
  const texts = later.map((p) => {
    const reasons = reasonsAgainst(p, baseline);
    const why =
      p.coverage !== null && p.coverage.reported < p.coverage.expected
        ? reportedOf(p)
        : `not comparable${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`;
    return `${periodLabel(p.period)} is left out: ${why}`;
  });
  return texts.length === 0 ? '' : ` ${texts.join('; ')}.`;
}

/** Periods named one by one where too little was reported for a comparison. */
const NAMED = 3;

/** Which figures were there and could not be compared because too few had reported; empty where there are none. */
function tooLittle(points: readonly Observation[], baseline: BaselineValue): string {
  const short = points.filter(
    (p) => p.value !== null && windowOf(p.period).first > windowOf(baseline.period).last && !enoughReported(p),
  );
  const named = short.slice(-NAMED).map((p) => `${periodLabel(p.period)} (${reportedOf(p)})`);
  const more = short.length - named.length;
  const later = more === 0 ? '' : `, nor for ${more} before`;
  const share = `${ENOUGH_REPORTED * 100}%`;
  return [
    ...(short.length === 0
      ? []
      : [` Less than ${share} of what was expected is reported for ${named.join(', ')}${later}.`]),
    ...(enoughReported(baseline) ? [] : [` The baseline itself has less than ${share}: ${reportedOf(baseline)}.`]),
  ].join('');
}

function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  // Halves away from zero, whichever way the change goes.
  return (Math.sign(value) * Math.round((Math.abs(value) + Number.EPSILON) * factor)) / factor;
}
