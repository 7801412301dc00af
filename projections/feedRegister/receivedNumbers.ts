/**
 * Which sequence numbers of a feed have come. Kept as runs of numbers that follow one another, so that a feed without
 * gaps is one run, however long. There are at most `MOST_RUNS`: of what lies beyond the last of them only the count and
 * the highest are kept.
 */

/** Numbers from `first` to `last`, both inclusive. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

export interface ReceivedNumbers {
  /** Ascending, with at least one number missing between two of them. */
  readonly runs: readonly Run[];
  /** Of what came after the last run, where there were too many runs to keep: how many, and the highest. */
  readonly beyond: { readonly count: number; readonly highest: number } | null;
  /** How often a number came that had come before, on another event. Not known of numbers beyond the runs. */
  readonly repeats: number;
  /** The lowest numbers of which that is so, ascending. */
  readonly repeated: readonly number[];
}

export const MOST_RUNS = 1_000;
const REPEATED_KEPT = 20;

export const NO_NUMBERS: ReceivedNumbers = { runs: [], beyond: null, repeats: 0, repeated: [] };

/** With the number of another event. */
export function withNumber(numbers: ReceivedNumbers, number: number): ReceivedNumbers {
  const { runs, beyond } = numbers;
  const end = runs.at(-1)?.last ?? 0;
  if (beyond !== null && number > end)
    return { ...numbers, beyond: { count: beyond.count + 1, highest: Math.max(beyond.highest, number) } };
  // What follows the last is by far the most there is.
  if (number === end + 1 && runs.length > 0)
    return { runs: [...runs.slice(0, -1), { first: runs.at(-1)?.first ?? number, last: number }], beyond, repeats: numbers.repeats, repeated: numbers.repeated }; // prettier-ignore
  if (holdsNumber(numbers, number)) return withRepeat(numbers, number);
  return { ...numbers, ...withRun(numbers, { first: number, last: number }) };
}

/** Whether the number is known to have come. */
export function holdsNumber({ runs }: ReceivedNumbers, number: number): boolean {
  const run = runs[firstEndingAt(runs, number)];
  return run !== undefined && run.first <= number;
}

/** What has come by either of two accounts of the same feed. An event may be in both, so repeats are those of the first. */
export function joinedNumbers(a: ReceivedNumbers, b: ReceivedNumbers): ReceivedNumbers {
  let joined = a;
  for (const run of b.runs) {
    // Whether a number beyond the runs is counted there already, nobody can tell.
    const end = joined.beyond === null ? Infinity : (joined.runs.at(-1)?.last ?? 0);
    if (run.first <= end)
      joined = { ...joined, ...withRun(joined, { first: run.first, last: Math.min(run.last, end) }) };
  }
  return joined;
}

/** The highest number that has come, 0 where none has. */
export const highestNumber = ({ runs, beyond }: ReceivedNumbers): number => beyond?.highest ?? runs.at(-1)?.last ?? 0;

export interface MissingNumbers {
  /** Numbers below the highest that have not come. */
  readonly count: number;
  /** Where they are, as far as that is kept. */
  readonly gaps: readonly Run[];
  /** Those among them that lie in no gap listed: somewhere above the last run that is kept. */
  readonly beyond: number;
  /** The last number up to which gaps are listed. */
  readonly listedTo: number;
}

/** What has not come of the numbers from 1 to the highest. */
export function missingNumbers({ runs, beyond }: ReceivedNumbers): MissingNumbers {
  const gaps: Run[] = [];
  let end = 0;
  for (const run of runs) {
    if (run.first > end + 1) gaps.push({ first: end + 1, last: run.first - 1 });
    end = run.last;
  }
  const unlisted = beyond === null ? 0 : Math.max(0, beyond.highest - end - beyond.count);
  const listed = gaps.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return { count: listed + unlisted, gaps, beyond: unlisted, listedTo: end };
}

function withRepeat(numbers: ReceivedNumbers, number: number): ReceivedNumbers {
  const repeated = numbers.repeated.includes(number)
    ? numbers.repeated
    : [...numbers.repeated, number].sort((a, b) => a - b).slice(0, REPEATED_KEPT);
  return { ...numbers, repeats: numbers.repeats + 1, repeated };
}

/** Index of the first run that ends at or after a number. */
function firstEndingAt(runs: readonly Run[], number: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle]?.last ?? Infinity) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The runs with another, which may overlap them. */
function withRun({ runs, beyond }: ReceivedNumbers, added: Run): Pick<ReceivedNumbers, 'runs' | 'beyond'> {
  // Those that the added one overlaps or touches become one with it.
  const from = firstEndingAt(runs, added.first - 1);
  let to = from;
  let { first, last } = added;
  for (let run = runs[to]; run !== undefined && run.first <= added.last + 1; run = runs[++to]) {
    first = Math.min(first, run.first);
    last = Math.max(last, run.last);
  }
  const all = [...runs.slice(0, from), { first, last }, ...runs.slice(to)];
  const moved = all.length > MOST_RUNS ? all.pop() : undefined;
  if (moved === undefined) return { runs: all, beyond };
  const count = (beyond?.count ?? 0) + moved.last - moved.first + 1;
  return { runs: all, beyond: { count, highest: Math.max(beyond?.highest ?? 0, moved.last) } };
}
