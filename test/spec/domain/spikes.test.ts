/** COUNTER Code of Practice, release 5.1, section 7.12, at its edges. */
import { describe, expect, it } from 'vitest';
import { spikeOf, type Spike } from '../../../src/domain/spikes.ts';

const year = (count: number): number[] => Array.from({ length: 12 }, () => count);

describe('a month of use', () => {
  it.each<[number, number, Spike, string]>([
    [100, 400, 'positive', '3 × 100 + 100 exactly'],
    [100, 399, 'none', 'one less'],
    [0, 100, 'positive', 'nothing before, and a hundred now'],
    [0, 99, 'none', 'nothing before, and nearly a hundred'],
    [2000, 19, 'negative', 'under 1% of 2,000'],
    [2000, 20, 'none', '1% of 2,000 exactly'],
    [20, 0, 'negative', 'the least mean the rule speaks of'],
    [19, 0, 'none', 'a mean below 20'],
    [20, 1, 'none', '5% of 20'],
  ])('after twelve months of %d is %d: %s (%s)', (before, count, spike) => {
    expect(spikeOf(count, year(before))).toBe(spike);
  });

  it('is compared with the twelve months before it and no earlier ones', () => {
    expect(spikeOf(400, [1_000_000, ...year(100)])).toBe('positive');
  });

  it('is not judged where a month before it is not known, and never as if that were zero', () => {
    expect(spikeOf(100_000, year(100).slice(1))).toBe('too-little-history');
    expect(spikeOf(100_000, [...year(100).slice(1), null])).toBe('too-little-history');
    expect(spikeOf(100_000, [100, null, ...year(100).slice(1)])).toBe('too-little-history');
    expect(spikeOf(0, [])).toBe('too-little-history');
  });

  it('is judged by the mean of uneven months, to the unit', () => {
    const before = [1, ...year(0).slice(1)]; // mean 1/12, three times it 1/4
    expect(spikeOf(100, before)).toBe('none');
    expect(spikeOf(101, before)).toBe('positive');
  });
});
