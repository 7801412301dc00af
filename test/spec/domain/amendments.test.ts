import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { supersededRows, unmatchedAmendments, type AmendmentRow } from '../../../src/domain/amendments.ts';

interface Arrived {
  readonly names: readonly string[];
  readonly amendments: readonly AmendmentRow[];
  readonly rowOf: (identity: bigint) => number | undefined;
}

/** Facts by name, in order of arrival: `a`, or `c: corrects a @3`, or `r: retracts a @4`. */
function arrived(lines: readonly string[]): Arrived {
  const names = lines.map((line) => line.split(':')[0] as string);
  const identity = (name: string): bigint => BigInt(name.codePointAt(0) as number);
  const amendments: AmendmentRow[] = lines.flatMap((line, row) => {
    const [, verb, target, at] = /: (corrects|retracts) (\w) @(\d+)/.exec(line) ?? [];
    if (target === undefined) return [];
    return [
      {
        row,
        identity: identity(names[row] as string),
        target: identity(target),
        at: Number(at),
        retracts: verb === 'retracts',
      },
    ];
  });
  const rowOf = (wanted: bigint): number | undefined => {
    const row = names.findIndex((name) => identity(name) === wanted);
    return row < 0 ? undefined : row;
  };
  return { names, amendments, rowOf };
}

/** What counts is what is left. */
function counting(lines: readonly string[]): string[] {
  const { names, amendments, rowOf } = arrived(lines);
  const gone = supersededRows(amendments, rowOf);
  return names.filter((_, row) => !gone.has(row)).sort();
}

function unmatched(lines: readonly string[]): string[] {
  const { names, amendments, rowOf } = arrived(lines);
  return unmatchedAmendments(amendments, rowOf).map(({ row }) => names[row] as string);
}

const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['nothing amended: all count', ['a', 'b'], ['a', 'b']],
  ['a correction takes the place', ['a', 'c: corrects a @1'], ['c']],
  ['a retraction leaves nothing', ['a', 'r: retracts a @1'], []],
  ['of two corrections the later made holds', ['a', 'c: corrects a @1', 'd: corrects a @2'], ['d']],
  ['a retraction after a correction holds', ['a', 'c: corrects a @1', 'r: retracts a @2'], []],
  ['a correction after a retraction holds', ['a', 'r: retracts a @1', 'c: corrects a @2'], ['c']],
  ['a retracted correction gives the fact back', ['a', 'c: corrects a @1', 'r: retracts c @2'], ['a']],
  ['a retracted retraction gives the fact back', ['a', 'r: retracts a @1', 's: retracts r @2'], ['a']],
  ['a correction of a correction takes its place', ['a', 'c: corrects a @1', 'd: corrects c @2'], ['d']],
  [
    'a correction of a correction that came second does not count',
    ['a', 'c: corrects a @1', 'd: corrects a @3', 'e: corrects c @4'],
    ['d'],
  ],
  ['a correction of something that never came waits', ['a', 'c: corrects z @1'], ['a']],
  ['a correction that came before what it corrects', ['c: corrects a @1', 'a'], ['c']],
  ['a retraction of something that never came does nothing', ['a', 'r: retracts z @1'], ['a']],
  ['what amends an amendment holds whatever the clocks say', ['a', 'c: corrects a @5', 'r: retracts c @4'], ['a']],
  ['and where both were made at once', ['a', 'z: corrects a @5', 'r: retracts z @5'], ['a']],
  ['a correction of a retraction takes the place of the fact', ['a', 'r: retracts a @1', 'c: corrects r @2'], ['c']],
  ['an amendment of itself does nothing', ['a', 'c: corrects c @1'], ['a']],
];

describe('amendments', () => {
  it.each(CASES)('%s', (_, lines, expected) => {
    expect(counting(lines)).toEqual(expected);
  });

  it('give the same in any order of arrival', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...CASES)
          .chain(([, lines, expected]) =>
            fc.tuple(fc.shuffledSubarray([...lines], { minLength: lines.length }), fc.constant(expected)),
          ),
        ([lines, expected]) => {
          expect(counting(lines)).toEqual(expected);
        },
      ),
    );
  });

  it('always end, even where two claim to amend each other', () => {
    expect(counting(['c: corrects d @1', 'd: corrects c @2'])).toEqual([]);
  });
});

describe('an amendment of a fact that is not there', () => {
  it.each([
    ['is told', ['a', 'c: corrects z @1', 'r: retracts y @1'], ['c', 'r']],
    ['is not told once the fact has come', ['c: corrects z @1', 'z'], []],
    ['is not told once it was withdrawn', ['c: corrects z @1', 'r: retracts c @2'], []],
    ['is told where its withdrawal was withdrawn', ['c: corrects z @1', 'r: retracts c @2', 's: retracts r @3'], ['c']],
    ['is told where it was corrected itself', ['c: corrects z @1', 'd: corrects c @2'], ['c']],
  ])('%s', (_, lines, expected) => {
    expect(unmatched(lines)).toEqual(expected);
  });
});

describe('many amendments', () => {
  const chain = (length: number): AmendmentRow[] =>
    Array.from({ length }, (_, n) => ({
      row: n + 1,
      identity: BigInt(n + 2),
      target: BigInt(n + 1),
      at: n,
      retracts: true,
    }));

  it('in a chain of 50,000, each taking back the one before', () => {
    const gone = supersededRows(chain(50_000), (identity) => (identity === 1n ? 0 : undefined));
    expect(gone.has(0)).toBe(false);
    expect(supersededRows(chain(49_999), (identity) => (identity === 1n ? 0 : undefined)).has(0)).toBe(true);
  });

  it('50,000 of one fact', () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => ({
      row: n + 1,
      identity: BigInt(n + 2),
      target: 1n,
      at: n,
      retracts: false,
    }));
    const gone = supersededRows(rows, (identity) => (identity === 1n ? 0 : undefined));
    expect([gone.size, gone.has(50_000)]).toEqual([50_000, false]);
  });
});
