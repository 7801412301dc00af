/** Numbers drawn from a seed, so that what a failure was made from can be made again. */
export interface Draw {
  /** A whole number from 0 up to `count`, which it never is. */
  below(count: number): number;
  chance(probability: number): boolean;
  of<T>(items: readonly T[]): T;
}

/** The same seed draws the same numbers (mulberry32). */
export function seeded(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (count) => Math.floor(next() * count),
    chance: (probability) => next() < probability,
    of: (items) => items[Math.floor(next() * items.length)]!,
  };
}

/** The seed of this run: `OUTCOMES_SEED`, else one that never changes. */
export const SEED = Number(process.env['OUTCOMES_SEED'] ?? 20_261_101);
