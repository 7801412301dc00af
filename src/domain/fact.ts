/** A fact: one typed row made from one activity event. This is the row form; `src/facts` keeps the same in columns. */
import type { FactKind } from '../../contracts/activityEvent.ts';
import type { Dimension } from '../../contracts/dimensions.ts';
import type { Absence, CalendarGranularity } from '../../contracts/vocabulary.ts';

/**
 * `retraction`: a fact that only takes another away. `expectation`: what is due of a feed; it changes no figure.
 * `parked`: an event that could not be made a fact.
 */
export type RowKind = FactKind | 'retraction' | 'expectation' | 'parked';
/** The finest period that holds a window; `unplaced`: no calendar period does. */
export type Grain = CalendarGranularity | 'unplaced';
/** Whether a row states a number, or why it states none. */
export type RowState = 'counted' | Absence;

/**
 * How a count was made, from most to least trusted, as `choose-one` ranks two sources of one count. Single events state
 * no method. Facts on disk keep the place of a method in this list: a new one goes where it ranks only with a new format.
 */
export const METHODS = ['', 'automatic-counter', 'system', 'manual', 'sample-week', 'estimate'] as const;

/** What a published figure says beside its place and window: kept as given, for there are few of them. */
export interface Figure {
  readonly place: string;
  readonly statistic: string;
  readonly window: string;
  readonly value: number;
  readonly unit: string;
  readonly scope: string;
  readonly survey: boolean;
  readonly n: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly source: string;
  readonly note: string | null;
  readonly reference: string | null;
}

/** What an amendment does: the fact it takes the place of, and when it was made (milliseconds since 1970, UTC). */
export interface Amendment {
  readonly target: bigint;
  readonly at: number;
}

/** An event of the log that no fact could be made from, and why: it keeps its place, and counts nowhere. */
export interface Parked {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** What figures it might change: those that read this kind; null where that cannot be told, so any. */
  readonly kind: FactKind | null;
  readonly reason: string;
}

/** One row, every field given: a field that an event does not state has its default. */
export interface Fact {
  /** First 64 bits of SHA-256 over source, line feed, id. */
  readonly identity: bigint;
  readonly kind: RowKind;
  readonly source: string;
  readonly place: string;
  /** First day of the window, or the day it happened; days since 1970-01-01, Europe/London. */
  readonly day: number;
  /** Length of the window in days; 1 for a moment. */
  readonly days: number;
  readonly grain: Grain;
  /** Second of the day, for facts of which the latest holds; else 0. */
  readonly second: number;
  readonly method: string;
  readonly state: RowState;
  /** Whole number; NaN where the fact states hours only. */
  readonly quantity: number;
  /** Whole seconds; NaN where the fact states none. */
  readonly seconds: number;
  /** Keyed pseudonym, or empty. */
  readonly subject: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly amends: Amendment | null;
  readonly figure: Figure | null;
  readonly parked: Parked | null;
}

/** A fact that says nothing yet: one moment, counted, of nobody and nowhere. */
export const emptyFact = (identity: bigint, kind: RowKind, source: string): Fact => ({
  identity,
  kind,
  source,
  place: '',
  day: 0,
  days: 1,
  grain: 'month',
  second: 0,
  method: '',
  state: 'counted',
  quantity: 0,
  seconds: NaN,
  subject: '',
  dimensions: NO_DIMENSIONS,
  amends: null,
  figure: null,
  parked: null,
});

const NO_DIMENSIONS: Fact['dimensions'] = {};
