/** What the ledger holds already of the cells of a file, whichever file it came from. */
import { FACT_KINDS, kindOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import { DIMENSIONS } from '../../contracts/dimensions.ts';
import { asRead } from '../domain/readings.ts';
import { STATES, wordsOf, type ColumnName } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';
import { toFact } from '../facts/toFact.ts';
import { recordedFigures, type FigureDifference } from './recordedFigures.ts';

/**
 * Numbers over windows and on days, and sessions with those who came: of these a newer edition of a file brings the same
 * again, under other ids. Answers to surveys and other single events are different each time, however alike.
 */
const NUMBERS: ReadonlySet<string> = new Set(
  FACT_KINDS.filter(
    (kind) =>
      kind.endsWith('.counted') ||
      kind === 'return.stated' ||
      kind === 'money.stated' ||
      kind === 'reference.population' ||
      kind === 'activity.held',
  ),
);
const COLUMNS: readonly ColumnName[] = ['kind', 'source', 'place', 'day', 'days', 'state', 'quantity', 'seconds', ...DIMENSIONS]; // prettier-ignore

/**
 * Whether what an event says is there already, from this file or another: `same`, and once for each time it is there;
 * `other` where another number or reason stands in its place; `new` where nothing does. A published figure is there where
 * its reference is, and `other` where that stands for another figure.
 */
export type Recorded = 'same' | 'other' | 'new';

/** What stands in the place of a number: in words, and the row of the fact that says it: the first, or its last correction. */
export interface Standing {
  readonly says: string;
  readonly row: number;
}

export interface Verdict {
  readonly recorded: Recorded;
  /** The one number that stands instead; null where there are several, so that nothing tells which is meant. */
  readonly instead: Standing | null;
}

export interface RecordedCells {
  /** By event. What was found to be there is taken: a second event like it is another one. */
  of(events: readonly ActivityEvent[]): readonly Verdict[];
  /** In what a published figure differs from the one that is recorded under its reference. */
  difference(event: ActivityEvent): FigureDifference | null;
  /** Whether anything was recorded of an authority or of a service point of it. */
  knows(authority: string): boolean;
}

/** What is recorded in one place, and of what: everything but the feed. */
interface Held {
  readonly what: string;
  readonly value: string;
}

type Cells = Map<string, { readonly value: string; readonly row: number }[]>;

const NEW: Verdict = { recorded: 'new', instead: null };
const SAME: Verdict = { recorded: 'same', instead: null };

/**
 * Looks the feeds of events up in the first `to` facts, each feed once. What was withdrawn was recorded all the same; of
 * what was corrected, the correction stands in its place, whoever sent it.
 */
export function recordedCells(facts: FactStore, to: number): RecordedCells {
  const held: Cells = new Map();
  const looked = new Set<string>();
  const figures = recordedFigures(facts, to);
  const places = wordsOf(facts.dictionaries, 'place').values;

  function lookUp(events: readonly ActivityEvent[]): void {
    const feeds = new Set(events.filter(isNumber).map(({ source }) => source));
    const unknown = new Set([...feeds].filter((source) => !looked.has(source)));
    if (unknown.size === 0) return;
    for (const source of unknown) looked.add(source);
    for (const [cell, values] of heldCells(facts, to, unknown)) held.set(cell, values);
  }

  return {
    of(events) {
      lookUp(events);
      const verdicts = held.size === 0 ? new Map<ActivityEvent, Verdict>() : verdictsOn(events, held, facts.readings);
      return events.map((event) => {
        const differences = figures(event);
        if (differences === null) return verdicts.get(event) ?? NEW;
        return differences.includes(null) ? SAME : { recorded: 'other', instead: null };
      });
    },
    difference: (event) => figures(event)?.[0] ?? null,
    knows: (authority) => places.some((place) => place === authority || place.startsWith(`${authority}/`)),
  };
}

const isNumber = ({ type }: ActivityEvent): boolean => NUMBERS.has(kindOf(type));

function verdictsOn(
  events: readonly ActivityEvent[],
  held: Cells,
  readings: FactStore['readings'],
): Map<ActivityEvent, Verdict> {
  const verdicts = new Map<ActivityEvent, Verdict>();
  const cells = new Map<string, { event: ActivityEvent; value: string }[]>();
  for (const event of events) {
    if (!isNumber(event)) continue;
    const { kind, source, place, day, days, state, quantity, seconds, dimensions } = toFact(asRead(event, readings));
    const cell = cellOf(
      source,
      whatOf(kind, place, day, days, (name) => dimensions[name] ?? ''),
    );
    const counts = cells.get(cell) ?? [];
    cells.set(cell, counts);
    counts.push({ event, value: valueOf(state, quantity, seconds) });
  }
  for (const [cell, counts] of cells) {
    const standing = held.get(cell) ?? [];
    const others = counts.filter(({ event, value }) => {
      const at = standing.findIndex((one) => one.value === value);
      if (at < 0) return true;
      standing.splice(at, 1);
      verdicts.set(event, SAME);
      return false;
    });
    // Several categories may share a cell. Where one that is held was not met, nothing tells which of these is new.
    const [only] = others.length === 1 && standing.length === 1 ? standing : [];
    const instead = only === undefined ? null : { says: saidBy(only.value), row: only.row };
    const verdict: Verdict = standing.length === 0 ? NEW : { recorded: 'other', instead };
    for (const { event } of others) verdicts.set(event, verdict);
  }
  return verdicts;
}

/** By cell of these feeds, the values that it holds. */
function heldCells(facts: FactStore, to: number, sources: ReadonlySet<string>): Cells {
  const codes = new Set([...sources].map((source) => wordsOf(facts.dictionaries, 'source').find(source)));
  const word = (name: ColumnName, code: number | undefined): string => wordsOf(facts.dictionaries, name).values[code ?? 0] ?? ''; // prettier-ignore
  const corrections = facts.corrections(to);
  const isCorrection = new Set(corrections.map(({ row }) => row));
  const corrected = new Set(corrections.map(({ of }) => of));
  /** By row, what is needed again when all are seen. */
  const kept = new Map<number, Held & { readonly source: string }>();
  const held: Cells = new Map();
  const hold = (source: string, { what, value }: Held, row: number): void => {
    const values = held.get(cellOf(source, what));
    if (values === undefined) held.set(cellOf(source, what), [{ value, row }]);
    else values.push({ value, row });
  };
  for (const { first, rows, columns } of facts.chunks(() => COLUMNS, 0, to)) {
    for (let row = 0; row < rows; row++) {
      const corrects = isCorrection.has(first + row);
      if (!corrects && !codes.has(columns.source?.[row] ?? 0)) continue;
      const kind = word('kind', columns.kind?.[row]);
      if (!NUMBERS.has(kind)) continue;
      const source = word('source', columns.source?.[row]);
      const what = whatOf(
        kind,
        word('place', columns.place?.[row]),
        columns.day?.[row] ?? 0,
        columns.days?.[row] ?? 1,
        (name) => word(name, columns[name]?.[row]),
      );
      const value = valueOf(STATES[columns.state?.[row] ?? 0] ?? '', columns.quantity?.[row] ?? 1, columns.seconds?.[row] ?? NaN); // prettier-ignore
      if (corrects || corrected.has(first + row)) kept.set(first + row, { source, what, value });
      else hold(source, { what, value }, first + row);
    }
  }
  const standing = new Map(corrections.filter(({ holds }) => holds).map(({ row, of }) => [of, row]));
  for (const of of corrected) {
    const original = kept.get(of);
    if (original === undefined) continue;
    const last = standing.get(of) ?? -1;
    const correction = kept.get(last);
    if (correction !== undefined) hold(original.source, correction, last);
    // A count that was moved elsewhere, or withdrawn, is not to come back here.
    if (correction?.what !== original.what) hold(original.source, original, of);
  }
  return held;
}

/** A value as a person reads it: a number, hours, or the reason why there is none. */
function saidBy(value: string): string {
  const [state, quantity, seconds] = value.split(' ');
  if (state !== 'counted') return state ?? '';
  const hours = seconds === 'NaN' ? [] : [`${Number(seconds) / 3600} hours`];
  return [...(quantity === 'NaN' ? [] : [quantity ?? '']), ...hours].join(', ');
}

const cellOf = (source: string, what: string): string => `${source} ${what}`;

const whatOf = (
  kind: string,
  place: string,
  day: number,
  days: number,
  dimension: (name: (typeof DIMENSIONS)[number]) => string,
): string => JSON.stringify([kind, place, day, days, ...DIMENSIONS.map(dimension)]);

const valueOf = (state: string, quantity: number, seconds: number): string => `${state} ${quantity} ${seconds}`;
