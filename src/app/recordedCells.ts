/** What the ledger holds already of the cells of a file, whichever file it came from. */
import { kindOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import { DIMENSIONS } from '../../contracts/dimensions.ts';
import { STATES, wordsOf, type ColumnName } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';
import { toFact } from '../facts/toFact.ts';
import { recordedFigures, type FigureDifference } from './recordedFigures.ts';

/** Counts over windows: of these a newer edition of a file brings the same again, under other ids. */
const COUNTS: ReadonlySet<string> = new Set(['visits.counted', 'loans.counted', 'digital-sessions.counted']);
const COLUMNS: readonly ColumnName[] = ['kind', 'source', 'place', 'day', 'days', 'state', 'quantity', 'seconds', ...DIMENSIONS]; // prettier-ignore

/**
 * Whether what an event says is there already, from this file or another: `same`, and once for each time it is there;
 * `other` where another number or reason stands in its place; `new` where nothing does. A published figure is there where
 * its reference is, and `other` where that stands for another figure.
 */
export type Recorded = 'same' | 'other' | 'new';

export interface RecordedCells {
  /** By event. */
  readonly of: readonly Recorded[];
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

/**
 * Looks the feeds of the events up in the first `to` facts. What was withdrawn was recorded all the same; of what was
 * corrected, the correction stands in its place, whoever sent it.
 */
export function recordedCells(facts: FactStore, to: number, events: readonly ActivityEvent[]): RecordedCells {
  const held = heldCells(facts, to, new Set(events.map(({ source }) => source)));
  const verdicts = new Map<ActivityEvent, Recorded>();
  const cells = new Map<string, { event: ActivityEvent; value: string }[]>();
  for (const event of held.size === 0 ? [] : events) {
    if (!COUNTS.has(kindOf(event.type))) continue;
    const { kind, source, place, day, days, state, quantity, seconds, dimensions } = toFact(event);
    const cell = cellOf(
      source,
      whatOf(kind, place, day, days, (name) => dimensions[name] ?? ''),
    );
    const counts = cells.get(cell) ?? [];
    cells.set(cell, counts);
    counts.push({ event, value: valueOf(state, quantity, seconds) });
  }
  for (const [cell, counts] of cells) {
    const values = [...(held.get(cell) ?? [])];
    const others = counts.filter(({ event, value }) => {
      const at = values.indexOf(value);
      if (at < 0) return true;
      values.splice(at, 1);
      verdicts.set(event, 'same');
      return false;
    });
    // Several categories may share a cell. Where one that is held was not met, nothing tells which of these is new.
    for (const { event } of others) verdicts.set(event, values.length > 0 ? 'other' : 'new');
  }
  const figures = recordedFigures(facts, to);
  const places = wordsOf(facts.dictionaries, 'place').values;
  return {
    of: events.map((event) => {
      const differences = figures(event);
      if (differences === null) return verdicts.get(event) ?? 'new';
      return differences.includes(null) ? 'same' : 'other';
    }),
    difference: (event) => figures(event)?.[0] ?? null,
    knows: (authority) => places.some((place) => place === authority || place.startsWith(`${authority}/`)),
  };
}

/** By cell of these feeds, the values that it holds. */
function heldCells(facts: FactStore, to: number, sources: ReadonlySet<string>): ReadonlyMap<string, string[]> {
  const codes = new Set([...sources].map((source) => wordsOf(facts.dictionaries, 'source').find(source)));
  const word = (name: ColumnName, code: number | undefined): string => wordsOf(facts.dictionaries, name).values[code ?? 0] ?? ''; // prettier-ignore
  const corrections = facts.corrections(to);
  const isCorrection = new Set(corrections.map(({ row }) => row));
  const corrected = new Set(corrections.map(({ of }) => of));
  /** By row, what is needed again when all are seen. */
  const kept = new Map<number, Held & { readonly source: string }>();
  const held = new Map<string, string[]>();
  const hold = (source: string, { what, value }: Held): void => {
    const values = held.get(cellOf(source, what));
    if (values === undefined) held.set(cellOf(source, what), [value]);
    else values.push(value);
  };
  for (const { first, rows, columns } of facts.chunks(() => COLUMNS, 0, to)) {
    for (let row = 0; row < rows; row++) {
      const corrects = isCorrection.has(first + row);
      if (!corrects && !codes.has(columns.source?.[row] ?? 0)) continue;
      const kind = word('kind', columns.kind?.[row]);
      if (!COUNTS.has(kind)) continue;
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
      else hold(source, { what, value });
    }
  }
  const standing = new Map(corrections.filter(({ holds }) => holds).map(({ row, of }) => [of, row]));
  for (const of of corrected) {
    const original = kept.get(of);
    if (original === undefined) continue;
    const correction = kept.get(standing.get(of) ?? -1);
    if (correction !== undefined) hold(original.source, correction);
    // A count that was moved elsewhere, or withdrawn, is not to come back here.
    if (correction?.what !== original.what) hold(original.source, original);
  }
  return held;
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
