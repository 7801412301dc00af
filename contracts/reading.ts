/**
 * What words of services mean: small YAML documents that turn what was stated under a line of a form into a count that
 * indicators can use, and give items of a service's own category their format. A reading is no fact: where it was wrong
 * it is corrected, and the history is read again.
 */
import { z } from 'zod';
import { dataFieldsOf, FACT_KINDS, isActivity, type FactKind } from './activityEvent.ts';
import { DIMENSIONS, RENAMED_FIELDS } from './dimensions.ts';
import {
  citationField,
  contentAgeField,
  dateField,
  definitionWords,
  formatField,
  placeField,
  publishersWords,
  slugField,
} from './fields.ts';

/** Fields in which the number under a line may stand. */
const NUMBERS = ['count', 'sessions', 'hours', 'volunteers', 'pence'] as const;

/** Kinds that a line can mean: counts over windows. */
const READABLE = FACT_KINDS.filter(
  (kind) => isActivity(kind) && kind !== 'return.stated' && NUMBERS.some((field) => field in dataFieldsOf(kind)),
) as [FactKind, ...FactKind[]];

const meaning = z.strictObject({
  kind: z.enum(READABLE),
  field: z.enum(NUMBERS).default('count').describe('The field of the contract in which the number stands'),
  with: z
    .partialRecord(z.enum(DIMENSIONS), z.string().min(1).max(64))
    .default({})
    .describe('The other fields of the contract'),
});

const scope = {
  from: dateField.optional().describe('First day for which the line means this'),
  until: dateField.optional().describe('Last day for which it does'),
  places: z.array(placeField).min(1).optional().describe('Authorities whose line it is; left out: everybody'),
};

/** For what a line of a reading holds. */
export type Scope = Readonly<z.infer<z.ZodObject<typeof scope>>>;

const lineReading = z
  .strictObject({
    line: publishersWords(1, 120).describe('As the form names it; case, spaces, hyphens and underscores do not matter'),
    ...scope,
    is: meaning.optional(),
    notCounted: definitionWords(5, 300).optional().describe('Why the line is kept and counts nowhere'),
  })
  .refine((line) => (line.is === undefined) !== (line.notCounted === undefined), 'needs either "is" or "notCounted"');

const head = {
  version: z.int().positive(),
  title: definitionWords(5, 120),
  source: citationField.describe('Where it is said what the lines mean'),
};

export const formReadingSchema = z
  .strictObject({
    reads: z.undefined().optional(),
    form: slugField,
    ...head,
    lines: z.array(lineReading).min(1).max(5000),
  })
  .superRefine(({ lines }, context) => {
    lines.forEach(({ is }, at) => {
      for (const { path, message } of is === undefined ? [] : misread(is))
        context.addIssue({ code: 'custom', path: ['lines', at, 'is', ...path], message });
    });
  })
  .meta({ id: 'FormReading' });

const categoryMeaning = z
  .strictObject({ format: formatField.optional(), contentAge: contentAgeField.optional() })
  .refine((is) => Object.values(is).some((word) => word !== undefined), 'needs a "format", a "contentAge" or both');

export const categoryReadingSchema = z
  .strictObject({
    reads: z.literal('item-categories'),
    ...head,
    lines: z
      .array(
        z.strictObject({
          category: publishersWords(1, 80).describe('As a service writes it, or one half of it'),
          ...scope,
          is: categoryMeaning,
        }),
      )
      .min(1)
      .max(5000),
  })
  .meta({ id: 'CategoryReading' });

/** A form is read unless the document says what else it reads. */
export const readingSchema = z.discriminatedUnion('reads', [formReadingSchema, categoryReadingSchema], {
  error: 'must be item-categories, or left out where a form is read',
});

export type FormReading = z.infer<typeof formReadingSchema>;
export type CategoryReading = z.infer<typeof categoryReadingSchema>;
export type Reading = z.infer<typeof readingSchema>;
export type Meaning = z.infer<typeof meaning>;
export type CategoryMeaning = Readonly<z.infer<typeof categoryMeaning>>;

/** What of a meaning no event of its kind could say. */
function misread({ kind, field, with: words }: Meaning): { path: string[]; message: string }[] {
  const fields = dataFieldsOf(kind);
  const found: { path: string[]; message: string }[] = [];
  if (!(field in fields)) {
    const possible = NUMBERS.filter((name) => name in fields).join(' or ');
    found.push({ path: ['field'], message: `is no field of ${kind}: expected ${possible}` });
  }
  for (const [name, word] of Object.entries(words)) {
    const schema = RENAMED_FIELDS[kind] === undefined ? fields[name] : undefined;
    if (schema === undefined) found.push({ path: ['with', name], message: `is no field of ${kind}` });
    else if (!schema.safeParse(word).success)
      found.push({ path: ['with', name], message: `"${word}" cannot stand in ${name} of ${kind}` });
  }
  for (const [name, schema] of Object.entries(fields)) {
    const given = name in words || name === field || name === 'window' || name === 'method';
    if (!given && !schema.safeParse(undefined).success)
      found.push({ path: ['with'], message: `"${name}" is missing, which every ${kind} must say` });
  }
  return found;
}
