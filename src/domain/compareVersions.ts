/** What a changed definition, or a changed history, does to the figures: cell by cell, with the largest moves first. */
import type { Observation, ObservationKey } from './observation.ts';

/** What became of one figure: `null` where there is none before, or none after. */
export interface Move {
  readonly key: ObservationKey;
  readonly before: Pick<Observation, 'value' | 'state'> | null;
  readonly after: Pick<Observation, 'value' | 'state'> | null;
}

/** How many figures moved between two sets of observations, and which moved most. */
export interface Comparison {
  readonly same: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** The moves with the largest change in value, at most `limit`; a value that came or went counts as larger than any. */
  readonly largest: readonly Move[];
}

/** A key as one text, different for different keys: `computed E08000021 month 2019-04-01/P1M `. */
export const keyText = (k: ObservationKey): string =>
  `${k.basis} ${k.place} ${k.granularity} ${k.period} ${k.breakdown}`;

/** Compares two sets of observations by place, period, breakdown and basis. */
export function compareVersions(
  before: readonly Observation[],
  after: readonly Observation[],
  limit: number,
): Comparison {
  const old = new Map<string, Observation>();
  for (const was of before) old.set(keyText(was), was);
  const largest = largestMoves(limit);
  let [same, changed, added] = [0, 0, 0];
  for (const now of after) {
    const text = keyText(now);
    const was = old.get(text);
    old.delete(text);
    if (was === undefined) added += 1;
    else if (was.value === now.value && was.state === now.state) {
      same += 1;
      continue;
    } else changed += 1;
    largest.see(text, was ?? null, now);
  }
  for (const [text, was] of old) largest.see(text, was, null);
  return { same, changed, added, removed: old.size, largest: largest.moves() };
}

interface Ranked {
  readonly text: string;
  readonly size: number;
  readonly was: Observation | null;
  readonly now: Observation | null;
}

/** The largest moves seen, at most `limit`: two of one size stand in order of their keys. */
function largestMoves(limit: number) {
  const ranked: Ranked[] = [];
  const isBefore = (a: Ranked, b: Ranked): boolean => a.size > b.size || (a.size === b.size && a.text < b.text);
  return {
    see(text: string, was: Observation | null, now: Observation | null): void {
      const one = { text, size: sizeOf(was?.value ?? null, now?.value ?? null), was, now };
      const last = ranked.at(-1);
      if (last !== undefined && ranked.length === limit && !isBefore(one, last)) return;
      const place = ranked.findIndex((other) => isBefore(one, other));
      ranked.splice(place < 0 ? ranked.length : place, 0, one);
      if (ranked.length > limit) ranked.pop();
    },
    moves: (): Move[] =>
      ranked.map(({ was, now }) => ({
        key: keyOf((now ?? was) as Observation),
        before: was === null ? null : valueOf(was),
        after: now === null ? null : valueOf(now),
      })),
  };
}

const sizeOf = (from: number | null, to: number | null): number =>
  from === null || to === null ? (from === to ? 0 : Infinity) : Math.abs(to - from);

const valueOf = ({ value, state }: Observation): Pick<Observation, 'value' | 'state'> => ({ value, state });
const keyOf = ({ place, granularity, period, breakdown, basis }: Observation): ObservationKey => ({
  place,
  granularity,
  period,
  breakdown,
  basis,
});
