/** Figures that others published, as observations: quoted with what they say of themselves, nothing computed. */
import { NOTES } from './conclude.ts';
import type { Observation } from './observation.ts';
import { granularityOfInterval, intervalOf, windowOf } from './periods.ts';

export interface QuotedFigure {
  readonly place: string;
  readonly window: string;
  readonly value: number;
  readonly scope: string;
  readonly source: string;
  readonly survey: boolean;
  readonly n: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly note: string | null;
  readonly reference: string | null;
}

/**
 * One observation for each place and window. Where two sources give the same one, the first in `prefer` is quoted
 * (then the first by reference, value, scope and the rest, so that order of arrival cannot matter) and the others are named
 * with what they give otherwise. Where those that rank alike cover different things, nothing tells which is right: the
 * figure says so, and is compared with none.
 */
export function quoteFigures(figures: readonly QuotedFigure[], prefer: readonly string[]): Observation[] {
  const rank = (figure: QuotedFigure): number => {
    const at = prefer.indexOf(figure.reference ?? '');
    return at < 0 ? prefer.length : at;
  };
  const text = (figure: QuotedFigure): string =>
    `${figure.reference ?? '~'} ${figure.value} ${figure.scope} ${figure.source} ${figure.note ?? ''} ${figure.survey} ${figure.n} ${figure.low} ${figure.high}`;
  const groups = new Map<string, QuotedFigure[]>();
  for (const figure of figures) {
    const key = `${figure.place} ${intervalOf(windowOf(figure.window))}`;
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()].map((group) => {
    const sorted = group.toSorted((a, b) => rank(a) - rank(b) || (text(a) < text(b) ? -1 : 1));
    const [best] = sorted as [QuotedFigure];
    const others = sorted.slice(1).flatMap((other) => otherwise(other, best) ?? []);
    const scopesDiffer = group.some((other) => rank(other) === rank(best) && other.scope !== best.scope);
    const period = intervalOf(windowOf(best.window));
    const notes = new Set([
      ...others,
      ...(scopesDiffer ? [NOTES.scopesDiffer] : []),
      ...(best.note === null ? [] : [best.note]),
      ...(best.survey && best.low === null ? [NOTES.noInterval] : []),
      ...(best.survey && best.n === null ? [NOTES.noSampleSize] : []),
    ]);
    return {
      place: best.place,
      granularity: granularityOfInterval(period),
      period,
      breakdown: '',
      basis: 'published',
      state: best.value === 0 ? 'zero' : 'observed',
      value: best.value,
      numerator: null,
      denominator: null,
      n: best.n,
      low: best.low,
      high: best.high,
      coverage: null,
      events: group.length,
      scope: best.scope,
      source: best.source,
      notes: [...notes].sort(),
    };
  });
}

/** What another figure of the same place and window gives in value or scope, or null where it gives the same. */
function otherwise(other: QuotedFigure, best: QuotedFigure): string | null {
  const scope = other.scope === best.scope ? '' : `for "${other.scope}"`;
  const value = other.value === best.value ? (scope === '' ? '' : 'the same') : `${other.value}`;
  const said = [value, scope].filter((text) => text !== '').join(' ');
  return said === '' ? null : `another source gives ${said} (${other.source})`;
}
