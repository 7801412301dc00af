/**
 * What is stored and shown: the value of one indicator for one place, period and breakdown.
 * A value is never just a number: it carries its state, its coverage and the evidence it was made from.
 */
import type { Basis, Granularity, ValueState } from '../../contracts/vocabulary.ts';

export interface ObservationKey {
  /** Place code: `E08000021/city` (service point), `E08000021` (authority), `E92000001` (nation), `K02000001` (UK). */
  readonly place: string;
  readonly granularity: Granularity;
  /** ISO 8601 start and duration, e.g. `2018-04-01/P1Y`. Sorts by start as text. */
  readonly period: string;
  /** Empty for the total, else one category of one dimension, e.g. `format=e-book`. */
  readonly breakdown: string;
  readonly basis: Basis;
}

/** Who reported out of who should have, in units of service point × month. */
export interface Coverage {
  readonly reported: number;
  readonly expected: number;
}

export interface Observation extends ObservationKey {
  readonly state: ValueState;
  readonly value: number | null;
  /** What was counted or added up, and what it was divided by, before `per`; of hours both are in seconds. */
  readonly numerator: number | null;
  readonly denominator: number | null;
  /** Sample size, for survey figures that state one. */
  readonly n: number | null;
  /** Confidence interval as published. Never computed for a survey that did not publish one. */
  readonly low: number | null;
  readonly high: number | null;
  readonly coverage: Coverage | null;
  /** Activity facts that contributed, each once where that can be told; retracted and superseded ones not counted. */
  readonly events: number;
  /** What the figure covers in its publisher's words, e.g. `UK and overseas`; null where it is the place itself. */
  readonly scope: string | null;
  /** Who published it, as a reader would cite it; null for computed values. */
  readonly source: string | null;
  /** Codes and short sentences a reader must see beside the value, e.g. `interval-not-published`. Sorted. */
  readonly notes: readonly string[];
}
