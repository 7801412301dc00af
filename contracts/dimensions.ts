/** Categorical cuts of facts, and which field of which contract each of them is. */
import { z } from 'zod';
import { dataFieldsOf, type FactKind } from './activityEvent.ts';

/** Categorical cuts that facts carry: the only names that `where` and `breakdowns` may use. */
export const DIMENSIONS = [
  'format',
  'contentAge',
  'channel',
  'list',
  'counts',
  'resource',
  'challenge',
  'challengeYear',
  'ageBand',
  'centre',
  'sex',
  'ethnicity',
  'disability',
  'inRegion',
  'imdDecile',
  'mainOutcome',
  'secondaryOutcome',
  'mode',
  'audience',
  'site',
  'open',
  'wifi',
  'statutory',
  'pointKind',
  'ages',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Dimensions that have another name than their field, because two contracts use one word for different things. */
const RENAMED: Readonly<Partial<Record<FactKind, Readonly<Partial<Record<Dimension, string>>>>>> = {
  'challenge.joined': { challengeYear: 'year' },
  'challenge.completed': { challengeYear: 'year' },
  'service-point.status': { pointKind: 'kind' },
};

/** The contract field that gives the events of a kind this dimension, or undefined where they have none. */
export function fieldOf(kind: FactKind, dimension: Dimension): z.ZodType | undefined {
  const field = dataFieldsOf(kind)[RENAMED[kind]?.[dimension] ?? dimension];
  return field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : field;
}

/** The dimensions that the events of a kind can be cut by. */
export const dimensionsIn = (kind: FactKind): Dimension[] =>
  DIMENSIONS.filter((dimension) => fieldOf(kind, dimension) !== undefined);
