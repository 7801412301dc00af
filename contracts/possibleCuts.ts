/**
 * What a definition may ask of the events it reads, taken from their contracts. A cut that no event can have would
 * give no figure, and no reason why.
 */
import { z } from 'zod';
import type { FactKind } from './activityEvent.ts';
import type { Definition } from './definition.ts';
import { dimensionsIn, fieldOf, type Dimension } from './dimensions.ts';

/** A part of a definition that no event can ever answer. */
export interface Impossible {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Every word and dimension in a definition that the events it reads cannot have, in the order of the definition. */
export function impossibleCuts({ measure, breakdowns = [] }: Pick<Definition, 'measure' | 'breakdowns'>): Impossible[] {
  const folds = foldsOf(measure);
  const wheres = folds.flatMap(impossibleWhere);
  // Beside a "where" that is wrong itself, a breakdown is judged alone: one mistake is told once.
  const beside = (fold: Fold): Dimension[] => (wheres.length === 0 ? dimensionsOf(fold.where) : []);
  return [
    ...wheres,
    ...breakdowns.flatMap((dimension, at) => {
      const lacking = folds.find((fold) => whichHave(fold.of, [...beside(fold), dimension]).length === 0);
      if (lacking === undefined) return [];
      const path = ['breakdowns', at];
      if (whichHave(lacking.of, [dimension]).length === 0) return [{ path, message: inNone(lacking) }];
      return [{ path, message: together([...dimensionsOf(lacking.where), dimension]) }];
    }),
  ];
}

type Words = Partial<Record<Dimension, readonly string[]>>;

/** What one fold reads. */
interface Fold {
  readonly path: readonly string[];
  readonly of: readonly FactKind[];
  readonly where: Words;
}

type Single = Readonly<Record<string, { of?: readonly FactKind[]; where?: Words | undefined }>>;

function foldsOf(measure: Definition['measure']): Fold[] {
  if (measure === undefined) return [];
  const parts: [path: string[], part: Single][] =
    'ratio' in measure
      ? (['numerator', 'denominator'] as const).map((name) => [
          ['measure', 'ratio', name],
          measure.ratio[name] as Single,
        ])
      : [[['measure'], measure]];
  return parts.flatMap(([path, part]) =>
    Object.entries(part).flatMap(([fold, { of, where }]) =>
      of === undefined || of.length === 0 ? [] : [{ path: [...path, fold], of, where: where ?? {} }],
    ),
  );
}

const dimensionsOf = (where: Words): Dimension[] => Object.keys(where) as Dimension[];

/** Of these kinds, those whose events have every one of the dimensions. */
const whichHave = (kinds: readonly FactKind[], dimensions: readonly Dimension[]): FactKind[] =>
  kinds.filter((kind) => dimensions.every((dimension) => fieldOf(kind, dimension) !== undefined));

function impossibleWhere(fold: Fold): Impossible[] {
  const dimensions = dimensionsOf(fold.where);
  const alone = dimensions.filter((dimension) => whichHave(fold.of, [dimension]).length === 0);
  if (alone.length > 0) {
    return alone.map((dimension) => ({
      path: [...fold.path, 'where', dimension],
      message: inNone(fold),
    }));
  }
  const kinds = whichHave(fold.of, dimensions);
  if (kinds.length === 0) {
    return [{ path: [...fold.path, 'where'], message: together(dimensions) }];
  }
  return dimensions.flatMap((dimension) => {
    const fields = kinds.flatMap((kind) => fieldOf(kind, dimension) ?? []);
    return (fold.where[dimension] ?? []).flatMap((word, at) =>
      fields.some((field) => fits(field, word))
        ? []
        : [{ path: [...fold.path, 'where', dimension, at], message: `expected ${allowed(fields)}` }],
    );
  });
}

const together = (dimensions: readonly Dimension[]): string => `no event read has ${dimensions.join(' and ')} together`;

/** That the events read lack a dimension, with those that may stand in its place. */
function inNone({ of }: Fold): string {
  const names = [...new Set(of.flatMap(dimensionsIn))];
  return `is in none of the events read: ${[...new Set(of)].join(', ')} can be cut by ${names.length === 0 ? 'nothing' : names.join(', ')}`;
}

/** Whether a field can hold a word. Numbers are words here, as they are in facts. */
function fits(field: z.ZodType, word: string): boolean {
  return field instanceof z.ZodNumber
    ? String(Number(word)) === word && field.safeParse(Number(word)).success
    : field.safeParse(word).success;
}

/** What the fields can hold, in words. */
function allowed(fields: readonly z.ZodType[]): string {
  const words = fields.flatMap((field) => (field instanceof z.ZodEnum ? field.options.map(String) : []));
  const listed = words.length === 0 ? [] : [`one of ${[...new Set(words)].join(', ')}`];
  const open = fields.flatMap((field) => {
    if (field instanceof z.ZodNumber) return [`a whole number from ${field.minValue} to ${field.maxValue}`];
    return field instanceof z.ZodEnum ? [] : ['lower-case words joined by hyphens'];
  });
  return [...listed, ...new Set(open)].join(', or ');
}
