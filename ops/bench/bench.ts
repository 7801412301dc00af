/** What a benchmark is: what it asks, and a runner that gives figures. Nothing here is ever asserted by a test. */

/** How large a run is, and where its files lie. */
export interface Context {
  /** Facts in the synthetic store. */
  readonly facts: number;
  /** A short run to see that everything works: its figures say little. */
  readonly quick: boolean;
  /** Holds what `prepare` made: a fact store, the same rows as CSV, Parquet and a DuckDB table. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** What a figure must reach: set before it was measured, beside the bench that measures it. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One judged number: a ratio to a peer of the same run, or a number with a bar of its own. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  /** What it was measured against in the same run. */
  readonly peer?: string;
  readonly bar?: Bar;
}

/** `×`: a ratio, larger is better unless the bar says otherwise. */
export type Unit = '×' | 's' | 'ms' | 'events/s' | 'requests/s' | 'MiB';

/** The repetitions of one measurement. */
export interface Timing {
  readonly name: string;
  readonly unit: Unit;
  readonly runs: readonly number[];
}

export interface Outcome {
  readonly figures: readonly Figure[];
  readonly timings: readonly Timing[];
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** One or two sentences: what is measured, and against what. */
  readonly what: string;
  /** Whether it reads what `prepare` makes. */
  readonly needsFacts: boolean;
  run(context: Context): Promise<Outcome>;
}

/** A bench with what came out, or why nothing did. */
export interface Ran {
  readonly name: string;
  readonly title: string;
  readonly what: string;
  readonly outcome: Outcome | null;
  readonly failure: string | null;
  readonly seconds: number;
}
