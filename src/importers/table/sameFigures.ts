/** Libraries with the same figures: one under two names, perhaps. */
import type { Report } from '../importer.ts';

/** What one library says, by month or window. */
export interface LibraryFigures {
  /** Where it first stands. */
  readonly row: number;
  readonly name: string;
  /** What is no number is not compared. */
  readonly figures: ReadonlyMap<string | number, unknown>;
}

/** Libraries that agree on fewer different figures may do so by chance. */
const SAME_ENOUGH = 3;

/** Flags each library whose figures are those of another one wherever both have any: one library under two names. */
export function flagSameFigures(libraries: readonly LibraryFigures[], column: string, report: Report): void {
  // A table of which every row is taken for a library has very many, and of each too few figures to compare.
  const compared = libraries.filter(({ figures }) => differentIn([...figures.values()]) >= SAME_ENOUGH);
  for (const [at, { row, name, figures }] of compared.entries()) {
    for (const other of compared.slice(0, at)) {
      const shared = sharedFigures(figures, other.figures);
      if (differentIn(shared) < SAME_ENOUGH) continue;
      const found = `${name}, the same figures as ${other.name} in row ${other.row} in all ${shared.length} counts`;
      const expected = 'figures of its own: the same library under another name?';
      report.flag(
        [row, column],
        'same-figures',
        found,
        expected,
        'Imported; withdraw one if they are the same library.',
      );
      break;
    }
  }
}

/** How many different figures above 0 there are. */
const differentIn = (figures: readonly unknown[]): number =>
  new Set(figures.filter((figure) => typeof figure === 'number' && figure > 0)).size;

/** The figures above 0 that two libraries share; none where they differ in any. */
function sharedFigures(one: LibraryFigures['figures'], other: LibraryFigures['figures']): readonly number[] {
  const shared: number[] = [];
  for (const [where, figure] of one) {
    const theirs = other.get(where);
    if (typeof figure !== 'number' || typeof theirs !== 'number') continue;
    if (figure !== theirs) return [];
    if (figure > 0) shared.push(figure);
  }
  return shared;
}
