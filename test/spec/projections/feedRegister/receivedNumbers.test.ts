/** Which numbers came, against a plain set of them, and where somebody numbers as nobody should. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  highestNumber,
  joinedNumbers,
  missingNumbers,
  MOST_RUNS,
  NO_NUMBERS,
  withNumber,
  type ReceivedNumbers,
} from '../../../../projections/feedRegister/receivedNumbers.ts';

const after = (given: readonly number[]): ReceivedNumbers => given.reduce(withNumber, NO_NUMBERS);
const gapsOf = (given: readonly number[]): string =>
  missingNumbers(after(given))
    .gaps.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`))
    .join(' ');

describe('the numbers that came', () => {
  it.each([
    ['nothing', [], ''],
    ['one after the other', [1, 2, 3], ''],
    ['a gap', [1, 2, 6], '3–5'],
    ['a gap that late arrivals make two', [1, 2, 8, 5], '3–4 6–7'],
    ['a gap that late arrivals close, backwards', [1, 5, 4, 3, 2], ''],
    ['the first ones', [3], '1–2'],
    ['one of them', [1, 3], '2'],
  ])('show gaps: %s', (_, given, gaps) => expect(gapsOf(given)).toBe(gaps));

  it('are those of a plain set, in whatever order they come, with every repeat told', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 }), (given) => {
        const numbers = after(given);
        const set = new Set(given);
        const highest = Math.max(0, ...given);
        const missing = Array.from({ length: highest }, (_, i) => i + 1).filter((n) => !set.has(n));
        expect(highestNumber(numbers)).toBe(highest);
        const found = missingNumbers(numbers);
        expect(found.gaps.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))).toEqual(missing); // prettier-ignore
        expect([found.count, found.beyond]).toEqual([missing.length, 0]);
        expect(numbers.repeats).toBe(given.length - set.size);
        expect(after(given.toReversed())).toEqual(numbers);
      }),
    );
  });

  it('joined from two accounts that overlap are those of both', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const joined = joinedNumbers(after(a), after(b));
        expect(missingNumbers(joined)).toEqual(missingNumbers(after([...new Set([...a, ...b])])));
        expect(joinedNumbers(joined, after(b))).toEqual(joined);
      }),
    );
  });

  it('may jump to 10^15, and the gap is one', () => {
    const found = missingNumbers(after([1, 1e15]));
    expect(found.gaps).toEqual([{ first: 2, last: 1e15 - 1 }]);
    expect(found.count).toBe(1e15 - 2);
  });

  it('two events with one number are told, and how often', () => {
    expect(after([1, 2, 2, 1, 2])).toMatchObject({ repeats: 3, repeated: [1, 2] });
  });
});

describe('100,000 gaps', () => {
  const odd = Array.from({ length: 100_000 }, (_, i) => 2 * i + 1);
  const numbers = after(odd);

  it('are all counted, and a bounded number of them is kept', () => {
    const found = missingNumbers(numbers);
    expect(numbers.runs).toHaveLength(MOST_RUNS);
    expect(found.gaps).toHaveLength(MOST_RUNS - 1);
    expect(found).toMatchObject({ count: 99_999, beyond: 99_999 - (MOST_RUNS - 1), listedTo: 2 * MOST_RUNS - 1 });
    expect(JSON.stringify(numbers).length).toBeLessThan(40_000);
  });

  it('come to nothing when all the others arrive late', () => {
    const all = odd.slice(0, -1).reduce((sum, n) => withNumber(sum, n + 1), numbers);
    expect(missingNumbers(all)).toMatchObject({ count: 0, gaps: [] });
  });

  it('in another order give the same count', () => {
    expect(missingNumbers(after(odd.toReversed())).count).toBe(99_999);
  });

  it('are not guessed at from what was sent just now', () => {
    expect(missingNumbers(joinedNumbers(numbers, after([2, 199_998]))).count).toBe(99_998);
  });
});
