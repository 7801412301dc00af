/**
 * Two forms that state the same figures, compared: what their readings say is the same is added up to the longest windows
 * that either of them uses, and lines that hold what the other form states under another name are found by their figures.
 */
import { keyOf } from './labels.ts';
import { windowOf } from './periods.ts';
import type { Meant } from './readings.ts';

/** A line of a form as it was stated of a place and window, and what it is read as; null where it counts nowhere. */
export interface StatedCell {
  readonly line: string;
  readonly place: string;
  /** ISO 8601 start/duration. */
  readonly window: string;
  /** Null where a reason stands in the place of a number. */
  readonly value: number | null;
  readonly meaning: Meant | null;
}

/** One of the two forms: its name, and what it states. */
export interface FormCells {
  readonly form: string;
  readonly cells: readonly StatedCell[];
}

/** A place and span of which the two forms state different sums. */
export interface Unequal {
  readonly place: string;
  /** First and last day since 1970, both inclusive. */
  readonly first: number;
  readonly last: number;
  readonly values: Two<number>;
}

type Two<T> = readonly [T, T];

/** What two forms state of one thing, in the order in which the forms were given. */
export interface LineComparison {
  /** What is compared, such as `visits.counted, site co-located`. */
  readonly means: string;
  readonly lines: Two<readonly string[]>;
  /** Sum of all that is stated, compared or not. */
  readonly totals: Two<number>;
  /** Places of which something is stated. */
  readonly places: Two<number>;
  /** Places and spans of which both forms state a sum: how many are equal, and how many differ. */
  readonly equal: number;
  readonly different: number;
  /** Places and spans that only one of the forms states in full, by that form. */
  readonly onlyIn: Two<number>;
  /** The first that differ. */
  readonly examples: readonly Unequal[];
}

/**
 * `holds-another-line`: all figures of a line, or nearly all, are those of a line of the first form that means something
 * else. `mixes-lines`: each is that of one of two such lines. `sums-lines`: each is the sum of two.
 */
export type MismatchCode = 'holds-another-line' | 'mixes-lines' | 'sums-lines';

/** A line of the second form whose figures stand under other words in the first. */
export interface Mismatch {
  readonly code: MismatchCode;
  readonly line: string;
  readonly means: string;
  /** The lines of the first form that the figures are those of, and what each of them means. */
  readonly holds: readonly { readonly line: string; readonly means: string; readonly cells: number }[];
  /** Figures of the line, and how many of them are found so. */
  readonly cells: number;
  readonly found: number;
}

export interface Reconciliation {
  readonly forms: Two<string>;
  readonly compared: readonly LineComparison[];
  readonly mismatches: readonly Mismatch[];
  /** Lines of each form that count nowhere, or that nothing of the other form is compared with. */
  readonly notCompared: Two<readonly string[]>;
}

const EXAMPLES = 5;
/** So many of a line's figures are no chance, and a slip or two are none against it. */
const NEARLY_ALL = 0.95;
/** Fewer different figures may agree by chance. */
const FIGURES_ENOUGH = 3;

/** Compares two forms. Name first the one that is trusted more: mismatches are told of the second. */
export function reconcile(first: FormCells, second: FormCells): Reconciliation {
  const meanings = new Map<string, Meant>();
  for (const { meaning } of [...first.cells, ...second.cells])
    if (meaning !== null) meanings.set(textOf(meaning), meaning);
  const compared: LineComparison[] = [];
  const seen: Two<Set<string>> = [new Set(), new Set()];
  for (const [means, meaning] of [...meanings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [own, other] = [first, second].map(({ cells }) =>
      cells.filter((cell) => cell.meaning !== null && specialises(cell.meaning, meaning)),
    ) as [StatedCell[], StatedCell[]];
    if (own.length === 0 || other.length === 0) continue;
    compared.push(comparisonOf(means, own, other));
    for (const [at, cells] of [own, other].entries()) for (const { line } of cells) seen[at]?.add(keyOf(line));
  }
  const unseen = ({ cells }: FormCells, of: ReadonlySet<string>): string[] =>
    linesOf(cells).filter((line) => !of.has(keyOf(line)));
  return {
    forms: [first.form, second.form],
    compared,
    mismatches: mismatchesIn(first.cells, second.cells),
    notCompared: [unseen(first, seen[0]), unseen(second, seen[1])],
  };
}

/** A meaning as a reader says it: its kind, the field of its number where that is no count, and its other fields. */
const textOf = ({ kind, field, with: words }: Meant): string =>
  [
    field === 'count' ? kind : `${kind} ${field}`,
    ...Object.entries(words)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, word]) => `${name} ${word}`),
  ].join(', ');

const meansOf = (meaning: Meant | null): string => (meaning === null ? 'nothing that counts' : textOf(meaning));

/** Whether one meaning is another, or a part of it: loans of books to children are loans of books. */
const specialises = (one: Meant, other: Meant): boolean =>
  one.kind === other.kind &&
  one.field === other.field &&
  Object.entries(other.with).every(([name, word]) => one.with[name as keyof Meant['with']] === word);

/** Whether two meanings cannot both be right. What counts nowhere says nothing that could be wrong. */
const conflict = (one: Meant | null, other: Meant | null): boolean =>
  one !== null && other !== null && !specialises(one, other) && !specialises(other, one);

const linesOf = (cells: readonly StatedCell[]): string[] => [
  ...new Map(cells.map(({ line }) => [keyOf(line), line])).values(),
];

const total = (cells: readonly StatedCell[]): number => cells.reduce((sum, { value }) => sum + (value ?? 0), 0);

function comparisonOf(means: string, own: readonly StatedCell[], other: readonly StatedCell[]): LineComparison {
  let [equal, different] = [0, 0];
  const onlyIn: [number, number] = [0, 0];
  const examples: Unequal[] = [];
  const byPlace: Two<ReadonlyMap<string, StatedCell[]>> = [groupBy(own, placeOf), groupBy(other, placeOf)];
  for (const place of [...new Set([...byPlace[0].keys(), ...byPlace[1].keys()])].sort()) {
    for (const { first, last, values } of spansOf(byPlace[0].get(place) ?? [], byPlace[1].get(place) ?? [])) {
      const [a, b] = values;
      if (a === null || b === null) {
        if (a !== null) onlyIn[0] += 1;
        if (b !== null) onlyIn[1] += 1;
      } else if (a === b) equal += 1;
      else {
        different += 1;
        if (examples.length < EXAMPLES) examples.push({ place, first, last, values: [a, b] });
      }
    }
  }
  return {
    means,
    lines: [linesOf(own), linesOf(other)],
    totals: [total(own), total(other)],
    places: [byPlace[0].size, byPlace[1].size],
    equal,
    different,
    onlyIn,
    examples,
  };
}

const placeOf = ({ place }: StatedCell): string => place;

function groupBy<T>(items: readonly T[], keyFor: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyFor(item));
    if (group === undefined) groups.set(keyFor(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Days that windows which share days cover together, and the sum of each form there; null where it is not in full. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly values: Two<number | null>;
}

/** The spans of one place: months of one form and quarters of the other meet in the quarters. */
function spansOf(own: readonly StatedCell[], other: readonly StatedCell[]): Span[] {
  const dated = [own, other]
    .flatMap((cells, side) => cells.map((cell) => ({ cell, side, ...windowOf(cell.window) })))
    .sort((a, b) => a.first - b.first || b.last - a.last);
  const spans: { first: number; last: number; within: typeof dated }[] = [];
  for (const one of dated) {
    const span = spans.at(-1);
    if (span === undefined || one.first > span.last) spans.push({ first: one.first, last: one.last, within: [one] });
    else {
      span.last = Math.max(span.last, one.last);
      span.within.push(one);
    }
  }
  return spans.map(({ first, last, within }) => {
    const [a = null, b = null] = [0, 1].map((side) => {
      const cells = within.filter((one) => one.side === side);
      const lines = [...groupBy(cells, ({ cell }) => keyOf(cell.line)).values()];
      const isWhole = lines.length > 0 && lines.every((line) => covers(line, first, last));
      return isWhole ? total(cells.map(({ cell }) => cell)) : null;
    });
    return { first, last, values: [a, b] };
  });
}

/** Whether windows of one line, in order, leave no day of a span out, and each has its number. */
function covers(
  line: readonly { readonly first: number; readonly last: number; readonly cell: StatedCell }[],
  first: number,
  last: number,
): boolean {
  let next = first;
  for (const one of line) {
    if (one.cell.value === null || one.first > next) return false;
    next = Math.max(next, one.last + 1);
  }
  return next === last + 1;
}

/** A line as its numbers: by place and window, what it states there. */
interface Figures {
  readonly line: string;
  readonly meaning: Meant | null;
  readonly at: ReadonlyMap<string, readonly number[]>;
}

function figuresOf(cells: readonly StatedCell[]): Figures[] {
  return [...groupBy(cells, ({ line }) => keyOf(line)).values()].map((own) => {
    const at = new Map<string, number[]>();
    for (const { place, window, value } of own) {
      if (value === null) continue;
      const key = `${place} ${window}`;
      at.set(key, [...(at.get(key) ?? []), value]);
    }
    // A line may mean something at some places only.
    const meaning = own.find((cell) => cell.meaning !== null)?.meaning ?? null;
    return { line: own[0]?.line ?? '', meaning, at };
  });
}

function mismatchesIn(first: readonly StatedCell[], second: readonly StatedCell[]): Mismatch[] {
  const known = figuresOf(first);
  return figuresOf(second).flatMap((own) => {
    const figures = [...own.at].flatMap(([key, values]) => values.map((value) => ({ key, value })));
    if (
      own.meaning === null ||
      new Set(figures.map(({ value }) => value).filter((value) => value > 0)).size < FIGURES_ENOUGH
    )
      return [];
    const enough = NEARLY_ALL * figures.length;
    /** By line of the first form, which figures of this line stand under it. */
    const matches = known
      .map((line) => ({ ...line, found: figures.map(({ key, value }) => line.at.get(key)?.includes(value) === true) }))
      .map((line) => ({ ...line, cells: line.found.filter(Boolean).length }))
      .filter(({ cells }) => cells > 0)
      .sort((a, b) => b.cells - a.cells);
    const tell = (
      code: MismatchCode,
      holds: readonly { line: string; meaning: Meant | null; cells: number }[],
      found: number,
    ): Mismatch[] => [
      // prettier-ignore
      {
        code,
        line: own.line,
        means: meansOf(own.meaning),
        holds: holds.map(({ line, meaning, cells }) => ({ line, means: meansOf(meaning), cells })),
        cells: figures.length,
        found,
      },
    ];

    const whole = matches.filter(({ cells }) => cells >= enough);
    const [best] = whole;
    if (best !== undefined)
      return whole.every(({ meaning }) => conflict(own.meaning, meaning))
        ? tell('holds-another-line', [best], best.cells)
        : [];
    const [mixture] = pairsOf(matches)
      .map(([a, b]) => ({ pair: [a, b], found: a.found.filter((is, at) => is || b.found[at] === true).length }))
      .filter(({ pair, found }) => found >= enough && pair.some(({ meaning }) => conflict(own.meaning, meaning)))
      .sort((a, b) => b.found - a.found);
    if (mixture !== undefined) return tell('mixes-lines', mixture.pair, mixture.found);
    const [sum] = pairsOf(known)
      .map(([a, b]) => ({
        pair: [a, b],
        found: figures.filter(({ key, value }) => isSum(value, a.at.get(key), b.at.get(key))).length,
      })) // prettier-ignore
      .filter(({ pair, found }) => found >= enough && pair.some(({ meaning }) => conflict(own.meaning, meaning)))
      .sort((a, b) => b.found - a.found);
    return sum === undefined ? [] : tell('sums-lines', sum.pair.map((line) => ({ ...line, cells: sum.found })), sum.found); // prettier-ignore
  });
}

const isSum = (value: number, some: readonly number[] = [], others: readonly number[] = []): boolean =>
  some.some((one) => one > 0 && others.some((other) => other > 0 && one + other === value));

const pairsOf = <T>(items: readonly T[]): Two<T>[] =>
  items.flatMap((one, at) => items.slice(at + 1).map((other): Two<T> => [one, other]));
