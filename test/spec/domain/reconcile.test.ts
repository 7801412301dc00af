/** Two tellings of the same figures: what is equal, what is not, and under which other name it stands. */
import { describe, expect, it } from 'vitest';
import { reconcile, type FormCells, type StatedCell } from '../../../src/domain/reconcile.ts';

type Meaning = NonNullable<StatedCell['meaning']>;
const visits = (site?: string): Meaning => ({ kind: 'visits.counted', field: 'count', with: site === undefined ? {} : { site } }); // prettier-ignore
const LIBRARY = visits('library-only');
const SHARED = visits('co-located');

/** Months from April 2023, a number each; null is "no number". */
const months = (line: string, meaning: Meaning | null, place: string, ...values: (number | null)[]): StatedCell[] =>
  values.map((value, at) => ({
    line,
    place,
    window: `2023-${String(at + 4).padStart(2, '0')}-01/P1M`,
    value,
    meaning,
  }));
const cell = (line: string, meaning: Meaning | null, place: string, window: string, value: number | null): StatedCell => ({ line, meaning, place, window, value }); // prettier-ignore
const form = (name: string, ...cells: StatedCell[][]): FormCells => ({ form: name, cells: cells.flat() });

const [A, B] = ['E08000021', 'E08000002'];

describe('what both state', () => {
  it('is compared place by place, in the longest windows that either uses', () => {
    const { compared } = reconcile(
      form('return', months('own', SHARED, A, 10, 11, 12, 13), months('own', SHARED, B, 1, 2, 3)),
      form('other', [cell('Shared', SHARED, A, '2023-04-01/P3M', 33), cell('Shared', SHARED, B, '2023-04-01/P3M', 7)]),
    );
    expect(compared).toMatchObject([
      {
        means: 'visits.counted, site co-located',
        lines: [['own'], ['Shared']],
        totals: [52, 40],
        places: [2, 2],
        equal: 1,
        different: 1,
        onlyIn: [1, 0],
        examples: [{ place: B, values: [6, 7] }],
      },
    ]);
  });

  it('is not compared where one of them lacks a part of the span', () => {
    for (const values of [
      [10, null, 12],
      [10, 11],
    ]) {
      const quarter = form('other', [cell('Shared', SHARED, A, '2023-04-01/P3M', 33)]);
      const [one] = reconcile(form('return', months('own', SHARED, A, ...values)), quarter).compared;
      expect(one).toMatchObject({ equal: 0, different: 0, onlyIn: [0, 1] });
    }
  });

  it('of what one splits, the parts together are compared with the whole of the other', () => {
    const { compared, notCompared } = reconcile(
      form('return', months('all', visits(), A, 15, 17), months('unknown line', null, A, 1)),
      form('other', months('Library', LIBRARY, A, 10, 11), months('Shared', SHARED, A, 5, 6)),
    );
    expect(compared).toMatchObject([
      { means: 'visits.counted', lines: [['all'], ['Library', 'Shared']], equal: 2, different: 0 },
    ]);
    expect(notCompared).toEqual([['unknown line'], []]);
  });
});

describe('a line that stands under another name', () => {
  const theirs = form(
    'return',
    months('no_colocation', LIBRARY, A, 100, 110, 120, 130, 140, 150),
    months('colocation', SHARED, A, 10, 11, 12, 13, 14, 15),
  );
  const told = (...cells: StatedCell[][]) =>
    reconcile(theirs, form('other', ...cells)).mismatches.map(({ code, line, holds, cells: all, found }) => [
      code,
      line,
      holds.map((held) => held.line).join(' '),
      found,
      all,
    ]);

  it('swapped labels are both found', () => {
    const swapped = [
      months('Shared building', SHARED, A, 100, 110, 120, 130, 140, 150),
      months('Library', LIBRARY, A, 10, 11, 12, 13, 14, 15),
    ];
    expect(told(...swapped)).toEqual([
      ['holds-another-line', 'Shared building', 'no_colocation', 6, 6],
      ['holds-another-line', 'Library', 'colocation', 6, 6],
    ]);
  });

  it('right labels are not told', () => {
    expect(told(months('Library', LIBRARY, A, 100, 110, 120), months('Shared', SHARED, A, 10, 11, 12))).toEqual([]);
    expect(told(months('Both', visits(), A, 100, 110, 120, 130))).toEqual([]);
  });

  it('a line that mixes two is found', () => {
    expect(told(months('Library', LIBRARY, A, 100, 11, 120, 13, 140, 15))).toEqual([
      ['mixes-lines', 'Library', 'no_colocation colocation', 6, 6],
    ]);
    const twice = [...months('Library', LIBRARY, A, 100, 110, 120), ...months('Library', LIBRARY, A, 10, 11, 12)];
    expect(told(twice)).toEqual([['mixes-lines', 'Library', 'no_colocation colocation', 6, 6]]);
  });

  it('a line that is the sum of two is found', () => {
    expect(told(months('Library', LIBRARY, A, 110, 121, 132, 143))).toEqual([
      ['sums-lines', 'Library', 'no_colocation colocation', 4, 4],
    ]);
  });

  it('a few equal figures, or the same small one again and again, are chance', () => {
    expect(told(months('Shared', SHARED, A, 100, 110))).toEqual([]);
    expect(told(months('Shared', SHARED, A, 100, 110, 7, 8, 9, 6))).toEqual([]);
    const ones = form('return', months('no_colocation', LIBRARY, A, 1, 1, 1, 1, 0, 0));
    expect(reconcile(ones, form('other', months('Shared', SHARED, A, 1, 1, 1, 1, 0, 0))).mismatches).toEqual([]);
  });

  it('one slip among many does not hide it', () => {
    const many = Array.from({ length: 9 }, (_, at) => 100 + at);
    const places = [A, B, 'E08000003'];
    const long = (line: string, meaning: Meaning, slip: number) =>
      places.map((place, at) => months(line, meaning, place, ...many.map((n, i) => n * (at + 1) + (at + i === 0 ? slip : 0)))); // prettier-ignore
    const { mismatches } = reconcile(
      form('return', ...long('no_colocation', LIBRARY, 0)),
      form('other', ...long('Shared', SHARED, 1)),
    );
    expect(mismatches).toMatchObject([{ code: 'holds-another-line', cells: 27, found: 26 }]);
  });
});
