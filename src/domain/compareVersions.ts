/** What a changed definition, or a changed history, does to the figures: cell by cell, with the largest moves first. */
import type { Observation, ObservationKey } from './observation.ts';

export interface Move {
  readonly key: ObservationKey;
  readonly before: Pick<Observation, 'value' | 'state'> | null;
  readonly after: Pick<Observation, 'value' | 'state'> | null;
}

export interface Comparison {
  readonly same: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** The moves with the largest change in value, at most `limit`; a value that came or went counts as larger than any. */
  readonly largest: readonly Move[];
}

export const keyText = (k: ObservationKey): string =>
  `${k.basis} ${k.place} ${k.granularity} ${k.period} ${k.breakdown}`;

/** Compares two sets of observations by place, period, breakdown and basis. */
export function compareVersions(
  before: readonly Observation[],
  after: readonly Observation[],
  limit: number,
): Comparison {
  const old = new Map(before.map((o) => [keyText(o), o]));
  const moves: Move[] = [];
  let [same, changed, added] = [0, 0, 0];
  for (const now of after) {
    const was = old.get(keyText(now));
    old.delete(keyText(now));
    if (was === undefined) added += 1;
    else if (was.value === now.value && was.state === now.state) {
      same += 1;
      continue;
    } else changed += 1;
    moves.push({ key: keyOf(now), before: was === undefined ? null : valueOf(was), after: valueOf(now) });
  }
  for (const was of old.values()) moves.push({ key: keyOf(was), before: valueOf(was), after: null });
  const size = (move: Move): number => {
    const [from, to] = [move.before?.value ?? null, move.after?.value ?? null];
    return from === null || to === null ? (from === to ? 0 : Infinity) : Math.abs(to - from);
  };
  const largest = moves
    .sort((a, b) => order(size(b), size(a)) || (keyText(a.key) < keyText(b.key) ? -1 : 1))
    .slice(0, limit);
  return { same, changed, added, removed: old.size, largest };
}

/** Infinity minus itself is not a number, and not an order either. */
const order = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

const valueOf = ({ value, state }: Observation): Pick<Observation, 'value' | 'state'> => ({ value, state });
const keyOf = ({ place, granularity, period, breakdown, basis }: Observation): ObservationKey => ({
  place,
  granularity,
  period,
  breakdown,
  basis,
});
