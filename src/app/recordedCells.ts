/** What the ledger holds already of the cells of a file, whichever file it came from. */
import { kindOf, type ActivityEvent } from '../../contracts/activityEvent.ts';
import { DIMENSIONS } from '../../contracts/dimensions.ts';
import type { Figure } from '../domain/fact.ts';
import { intervalOf, windowOf } from '../domain/periods.ts';
import { STATES, wordsOf, type ColumnName } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';
import { toFact } from '../facts/toFact.ts';

/** Counts over windows: of these a newer edition of a file brings the same again, under other ids. */
const COUNTS: ReadonlySet<string> = new Set(['visits.counted', 'loans.counted', 'digital-sessions.counted']);
const COLUMNS: readonly ColumnName[] = ['kind', 'source', 'place', 'day', 'days', 'state', 'quantity', 'seconds', ...DIMENSIONS]; // prettier-ignore

/**
 * Whether an event's count is there already, from this file or another: `same`, and once for each time it is there;
 * `other` where another number or reason stands in its place; `new` where nothing does.
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

export interface FigureDifference {
  /** Field of the contract. */
  readonly field: (typeof FIGURE_FIELDS)[number];
  readonly found: string;
  readonly recorded: string;
}

/** What makes a published figure the figure it is. */
const FIGURE_FIELDS = ['statistic', 'window', 'value', 'unit', 'scope', 'survey', 'n', 'low', 'high'] as const;

/**
 * What is recorded of each event, among the first `to` facts of their feeds. What was corrected or withdrawn was recorded
 * all the same. Several rows may fall into one cell, as local categories of one format do: what is the same is found
 * first, so that a row that is new among them is not taken for a change of another, wherever it stands. A published
 * figure is there where its reference is, and `other` where that stands for another figure; its note and citation may be
 * worded anew.
 */
export function recordedCells(facts: FactStore, to: number, events: readonly ActivityEvent[]): RecordedCells {
  const sources = new Set(events.map(({ source }) => source));
  const codes = new Set([...sources].map((source) => wordsOf(facts.dictionaries, 'source').find(source)));
  const word = (name: ColumnName, code: number | undefined): string => wordsOf(facts.dictionaries, name).values[code ?? 0] ?? ''; // prettier-ignore
  /** By cell, what it holds. */
  const held = new Map<string, string[]>();
  /** By feed and reference. */
  const figures = new Map<string, Figure[]>();
  const figureAt = new Map(facts.figuresEver(to).map((figure) => [figure.row, figure]));
  for (const { first, rows, columns } of facts.chunks(() => COLUMNS, 0, to)) {
    for (let row = 0; row < rows; row++) {
      if (!codes.has(columns.source?.[row] ?? 0)) continue;
      const figure = figureAt.get(first + row);
      if (figure !== undefined) {
        const key = figureKey(word('source', columns.source?.[row]), figure);
        figures.set(key, [...(figures.get(key) ?? []), figure]);
        continue;
      }
      const kind = word('kind', columns.kind?.[row]);
      if (!COUNTS.has(kind)) continue;
      const cell = keyOf(
        kind,
        word('source', columns.source?.[row]),
        word('place', columns.place?.[row]),
        columns.day?.[row] ?? 0,
        columns.days?.[row] ?? 1,
        (name) => word(name, columns[name]?.[row]),
      );
      const value = valueOf(STATES[columns.state?.[row] ?? 0] ?? '', columns.quantity?.[row] ?? 1, columns.seconds?.[row] ?? NaN); // prettier-ignore
      const values = held.get(cell);
      if (values === undefined) held.set(cell, [value]);
      else values.push(value);
    }
  }
  /** Differences from each figure that is recorded under the reference, the last recorded first; null where none is. */
  function differences(event: ActivityEvent): readonly (FigureDifference | null)[] | null {
    const { figure, source } = toFact(event);
    if (figure === null || figure.reference === null) return null;
    return figures.get(figureKey(source, figure))?.map((known) => differenceOf(figure, known)).reverse() ?? null; // prettier-ignore
  }
  const counts = events.map((event) => {
    if (held.size === 0 || !COUNTS.has(kindOf(event.type))) return { values: [], isSame: false };
    const { kind, source, place, day, days, state, quantity, seconds, dimensions } = toFact(event);
    const values = held.get(keyOf(kind, source, place, day, days, (name) => dimensions[name] ?? '')) ?? [];
    const at = values.indexOf(valueOf(state, quantity, seconds));
    if (at >= 0) values.splice(at, 1);
    return { values, isSame: at >= 0 };
  });
  const places = wordsOf(facts.dictionaries, 'place').values;
  return {
    of: events.map((event, at) => {
      const known = differences(event);
      if (known !== null) return known.includes(null) ? 'same' : 'other';
      const { values, isSame } = counts[at] ?? { values: [], isSame: false };
      return isSame ? 'same' : values.length > 0 ? 'other' : 'new';
    }),
    difference: (event) => differences(event)?.[0] ?? null,
    knows: (authority) => places.some((place) => place === authority || place.startsWith(`${authority}/`)),
  };
}

const keyOf = (
  kind: string,
  source: string,
  place: string,
  day: number,
  days: number,
  dimension: (name: (typeof DIMENSIONS)[number]) => string,
): string => JSON.stringify([kind, source, place, day, days, ...DIMENSIONS.map(dimension)]);

const valueOf = (state: string, quantity: number, seconds: number): string => `${state} ${quantity} ${seconds}`;

const figureKey = (source: string, { reference }: Figure): string => JSON.stringify([source, reference]);

function differenceOf(figure: Figure, recorded: Figure): FigureDifference | null {
  const text = (of: Figure, field: FigureDifference['field']): string =>
    field === 'window' ? intervalOf(windowOf(of.window)) : String(of[field] ?? 'nothing');
  const field = FIGURE_FIELDS.find((name) => text(figure, name) !== text(recorded, name));
  return field === undefined ? null : { field, found: text(figure, field), recorded: text(recorded, field) };
}
