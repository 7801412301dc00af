/**
 * Which observations a batch of new facts may change: never too few. Called with the state as it was before the batch,
 * because who is expected to report depends on who reported first and last.
 */
import { firstExpected, PANEL_MONTHS_AFTER_LAST } from '../domain/coverage.ts';
import { monthOf } from '../domain/periods.ts';
import { SAMPLE_MONTHS } from '../domain/sampleWeeks.ts';
import type { Plan } from '../domain/plan.ts';
import { METHODS } from '../domain/fact.ts';
import { GRAINS, spanOf, wordsOf, type Dictionaries } from './columns.ts';
import type { Chunk } from './factStore.ts';
import type { Touched } from './observe.ts';
import { panelOf } from './panel.ts';
import type { PlanState } from './planState.ts';

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

/** Columns that chunks need for `touching`. */
export const TOUCHING_COLUMNS = ['kind', 'place', 'day', 'days', 'grain', 'method'] as const;

/** Takes chunks of new facts, and then says what they touch: 'nothing', or 'everything' where a fact reaches far. */
export interface Touching {
  see(chunk: Chunk): void;
  touched(): Touched | 'nothing' | 'everything';
}

/** What new facts touch of a plan's observations. Ask before they are folded: `before` is the state without them. */
export function touching(plan: Plan, before: PlanState, dictionaries: Dictionaries): Touching {
  const wanted = kindsOf(plan);
  const words = wordsOf(dictionaries, 'kind').values;
  const isWanted = words.map((kind) => wanted.has(kind) && kind !== 'figure.published');
  const isFarReaching = words.map((kind) => wanted.has(kind) && FAR_REACHING.has(kind));
  const panel = before.reporting === null ? null : panelOf(before.reporting);
  const touched = new Map<number, { from: number; to: number }>();
  const widen = (place: number, from: number, to: number): void => {
    const range = touched.get(place);
    if (range !== undefined && range.from <= from && range.to >= to) return;
    touched.set(
      place,
      range === undefined ? { from, to } : { from: Math.min(range.from, from), to: Math.max(range.to, to) },
    );
  };
  let latest = -Infinity;
  let everything = false;

  function see({ rows, columns, zone }: Chunk): void {
    if (!zone.kinds.some((code) => isWanted[code])) return;
    for (let row = 0; row < rows; row++) {
      const kind = columns.kind?.[row] ?? 0;
      if (isWanted[kind] !== true) continue;
      if (isFarReaching[kind] === true) everything = true;
      const grain = columns.grain?.[row] ?? 0;
      if (grain === UNPLACED) continue;
      const place = columns.place?.[row] ?? 0;
      const from = monthOf(columns.day?.[row] ?? 0);
      const span = columns.method?.[row] === SAMPLED ? SAMPLE_MONTHS : spanOf(grain, columns.days?.[row] ?? 1);
      const to = from + span - 1;
      widen(place, from, to);
      if (panel === null) continue;
      latest = Math.max(latest, to);
      const first = panel.firstReported[place] ?? Infinity;
      const last = panel.lastReported[place] ?? -Infinity;
      const known = last >= first;
      if (known && from >= first && to <= last) continue;
      // The place joins the panel, or stays in it longer; the months between its reports are missed from now on.
      widen(
        place,
        known && from >= first ? Math.min(from, last) : firstExpected(from),
        known ? Math.max(to + PANEL_MONTHS_AFTER_LAST, first) : to + PANEL_MONTHS_AFTER_LAST,
      );
    }
  }

  return {
    see,
    touched() {
      if (everything) return 'everything';
      if (touched.size === 0) return 'nothing';
      if (panel !== null && latest > panel.last && panel.last > -Infinity) {
        // A month is reached for the first time: whoever is expected there has not reported yet.
        panel.lastReported.forEach((last, place) => {
          if (last >= (panel.firstReported[place] ?? Infinity)) widen(place, panel.last, latest);
        });
      }
      return touched;
    },
  };
}
