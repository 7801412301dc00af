/** Which published figures the ledger holds already, by the number that their list gives them. */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Figure } from '../domain/fact.ts';
import { intervalOf, windowOf } from '../domain/periods.ts';
import { wordsOf } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';
import { toFact } from '../facts/toFact.ts';

export interface FigureDifference {
  /** Field of the contract. */
  readonly field: (typeof FIGURE_FIELDS)[number];
  readonly found: string;
  readonly recorded: string;
}

/** What makes a published figure the figure it is. */
const FIGURE_FIELDS = ['statistic', 'window', 'value', 'unit', 'scope', 'survey', 'n', 'low', 'high'] as const;

/**
 * Differences of an event from each figure that is recorded under its reference among the first `to` facts, the last
 * recorded first; null where none is, or the event is no published figure. A figure that is the same differs in nothing,
 * though its note and citation may be worded anew.
 */
export function recordedFigures(
  facts: FactStore,
  to: number,
): (event: ActivityEvent) => readonly (FigureDifference | null)[] | null {
  /** By feed and reference. */
  const figures = new Map<string, Figure[]>();
  const figureAt = new Map(facts.figuresEver(to).map((figure) => [figure.row, figure]));
  const sources = wordsOf(facts.dictionaries, 'source').values;
  const columns = figureAt.size === 0 ? [] : facts.chunks(() => ['source'], 0, to);
  for (const {
    first,
    rows,
    columns: { source },
  } of columns) {
    for (let row = 0; row < rows; row++) {
      const figure = figureAt.get(first + row);
      if (figure === undefined) continue;
      const key = keyOf(sources[source?.[row] ?? 0] ?? '', figure);
      figures.set(key, [...(figures.get(key) ?? []), figure]);
    }
  }
  return (event) => {
    const { figure, source } = toFact(event);
    if (figure === null || figure.reference === null) return null;
    const known = figures.get(keyOf(source, figure));
    return known === undefined ? null : known.map((each) => differenceOf(figure, each)).reverse();
  };
}

const keyOf = (source: string, { reference }: Figure): string => JSON.stringify([source, reference]);

function differenceOf(figure: Figure, recorded: Figure): FigureDifference | null {
  const text = (of: Figure, field: FigureDifference['field']): string =>
    field === 'window' ? intervalOf(windowOf(of.window)) : String(of[field] ?? 'nothing');
  const field = FIGURE_FIELDS.find((name) => text(figure, name) !== text(recorded, name));
  return field === undefined ? null : { field, found: text(figure, field), recorded: text(recorded, field) };
}
