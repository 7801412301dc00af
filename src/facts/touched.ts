/**
 * Which observations a batch of new facts may change: never too few. Called with the state as it was before the batch,
 * because who is expected to report depends on who reported first and last.
 */
import { firstExpected, PANEL_MONTHS_AFTER_LAST } from '../domain/coverage.ts';
import { monthOf } from '../domain/periods.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import type { Plan } from '../domain/plan.ts';
import { GRAINS, METHODS, wordsOf, type Dictionaries } from './columns.ts';
import type { Chunk } from './factStore.ts';
import type { PlanState } from './fold.ts';
import type { Touched } from './observe.ts';
import { panelOf } from './panel.ts';

const SAMPLED = METHODS.indexOf('sample-week');
const UNPLACED = GRAINS.indexOf('unplaced');

/** Kinds of fact that a plan reads. */
export function kindsOf(plan: Plan): ReadonlySet<string> {
  const kinds = new Set<string>(plan.published === null ? [] : ['figure.published']);
  for (const part of [plan.measure?.numerator, plan.measure?.denominator]) {
    if (part === undefined || part === null) continue;
    if (part.fold === 'population') kinds.add('reference.population');
    else if (part.fold === 'latest') kinds.add('service-point.status');
    else for (const kind of part.kinds) kinds.add(kind);
  }
  return kinds;
}

/** Kinds whose every fact may change the observations of all later or nearby periods: too many to single out. */
const FAR_REACHING: ReadonlySet<string> = new Set(['reference.population', 'service-point.status']);

/**
 * The places and months that chunks of new facts touch; 'nothing', or 'everything' where a fact reaches far. The
 * chunks need the columns kind, place, day, days, grain and method.
 */
export function touchedBy(
  plan: Plan,
  before: PlanState,
  chunks: Iterable<Chunk>,
  dictionaries: Dictionaries,
): Touched | 'nothing' | 'everything' {
  const wanted = kindsOf(plan);
  const kinds = wordsOf(dictionaries, 'kind').values;
  const panel = before.reporting === null ? null : panelOf(before.reporting);
  const touched = new Map<number, { from: number; to: number }>();
  const widen = (place: number, from: number, to: number): void => {
    const range = touched.get(place);
    touched.set(
      place,
      range === undefined ? { from, to } : { from: Math.min(range.from, from), to: Math.max(range.to, to) },
    );
  };
  let latest = -Infinity;
  for (const { rows, columns } of chunks) {
    for (let row = 0; row < rows; row++) {
      const kind = kinds[columns.kind?.[row] ?? 0] ?? '';
      if (!wanted.has(kind) || kind === 'figure.published') continue;
      if (FAR_REACHING.has(kind)) return 'everything';
      const grain = columns.grain?.[row] ?? 0;
      if (grain === UNPLACED) continue;
      const place = columns.place?.[row] ?? 0;
      const from = monthOf(columns.day?.[row] ?? 0);
      const span =
        columns.method?.[row] === SAMPLED
          ? SAMPLE_MONTHS
          : grain === 0
            ? 1
            : Math.round((columns.days?.[row] ?? 1) / 30.44);
      const to = from + span - 1;
      widen(place, from, to);
      if (panel === null) continue;
      // The place joins the panel, or stays in it longer; the months between its reports are missed from now on.
      const first = panel.firstReported[place] ?? Infinity;
      const last = panel.lastReported[place] ?? -Infinity;
      const known = last >= first;
      widen(
        place,
        known && from >= first ? Math.min(from, last) : firstExpected(from),
        known ? Math.max(to + PANEL_MONTHS_AFTER_LAST, first) : to + PANEL_MONTHS_AFTER_LAST,
      );
      latest = Math.max(latest, to);
    }
  }
  if (touched.size === 0) return 'nothing';
  if (panel !== null && latest > panel.last && panel.last > -Infinity) {
    // A month is reached for the first time: whoever is expected there has not reported yet.
    panel.lastReported.forEach((last, place) => {
      if (last >= (panel.firstReported[place] ?? Infinity)) widen(place, panel.last, latest);
    });
  }
  if (plan.chooseOne) spreadOverAuthorities(touched, wordsOf(dictionaries, 'place').values, widen);
  return touched;
}

/** A total of a whole authority may make its service points say that another source was not used. */
function spreadOverAuthorities(
  touched: ReadonlyMap<number, { from: number; to: number }>,
  places: readonly string[],
  widen: (place: number, from: number, to: number) => void,
): void {
  for (const [place, { from, to }] of [...touched]) {
    const name = places[place] ?? '';
    if (name.includes('/')) continue;
    places.forEach((other, code) => {
      if (other.startsWith(`${name}/`)) widen(code, from, to);
    });
  }
}
