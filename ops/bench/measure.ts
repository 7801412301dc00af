/** Timing by repetition: medians and spreads, never a single run. */
import { performance } from 'node:perf_hooks';
import type { Timing, Unit } from './bench.ts';

const MS_PER_SECOND = 1000;

/** Seconds that `work` takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / MS_PER_SECOND;
}

/** Seconds of each of `times` repetitions, after one that is not counted and a collection of garbage before each. */
export async function repeat(name: string, times: number, work: () => unknown): Promise<Timing> {
  await work();
  return once(name, times, work);
}

/** The same without the uncounted repetition, for work of which even the first run is typical. */
export async function once(name: string, times: number, work: () => unknown): Promise<Timing> {
  const runs: number[] = [];
  for (let i = 0; i < times; i++) {
    globalThis.gc?.();
    runs.push(await secondsOf(work));
  }
  return { name, unit: 's', runs };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, between neighbours where it falls between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

/** How many times as long `slow` takes as `fast`, by their medians. */
export const ratio = (slow: Timing, fast: Timing): number => median(slow.runs) / median(fast.runs);

/** Repetitions of a duration as a rate. */
export const rate = (name: string, timing: Timing, amount: number, unit: Unit = 'events/s'): Timing => ({
  name,
  unit,
  runs: timing.runs.map((seconds) => amount / seconds),
});
