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
  'returnForm',
  'line',
  'platform',
  'metric',
  'report',
  'dataType',
  'accessType',
  'surveyName',
  'question',
  'answer',
  'wave',
  'flow',
  'category',
  'currency',
  'role',
  'membership',
  'area',
  'runBy',
  'coLocated',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Contract fields whose dimension has another name, because two contracts use one word for different things. */
export const RENAMED_FIELDS: Readonly<Partial<Record<FactKind, Readonly<Record<string, Dimension>>>>> = {
  'challenge.joined': { year: 'challengeYear' },
  'challenge.completed': { year: 'challengeYear' },
  'service-point.status': { kind: 'pointKind' },
  'return.stated': { form: 'returnForm' },
  'survey.answered': { survey: 'surveyName' },
  'survey.asked': { survey: 'surveyName' },
};

/** The contract field that gives the events of a kind this dimension, or undefined where they have none. */
export function fieldOf(kind: FactKind, dimension: Dimension): z.ZodType | undefined {
  const renamed = Object.entries(RENAMED_FIELDS[kind] ?? {}).find(([, name]) => name === dimension);
  const field = dataFieldsOf(kind)[renamed?.[0] ?? dimension];
  return field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : field;
}

/** Whether the events of a kind name somebody, by a pseudonym. */
export const namesPeople = (kind: FactKind): boolean =>
  'participant' in dataFieldsOf(kind) || 'person' in dataFieldsOf(kind);

/** The dimensions that the events of a kind can be cut by. */
export const dimensionsIn = (kind: FactKind): Dimension[] =>
  DIMENSIONS.filter((dimension) => fieldOf(kind, dimension) !== undefined);
