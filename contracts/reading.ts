/**
 * What the lines of a form mean: the small YAML document that turns what was stated under a line into a count that
 * indicators can use. A reading is no fact: where it was wrong it is corrected, and the history is read again.
 */
import { z } from 'zod';
import { dataFieldsOf, FACT_KINDS, isActivity, type FactKind } from './activityEvent.ts';
import { DIMENSIONS, RENAMED_FIELDS } from './dimensions.ts';
import { citationField, dateField, definitionWords, placeField, publishersWords, slugField } from './fields.ts';

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

const lineReading = z
  .strictObject({
    line: publishersWords(1, 120).describe('As the form names it; case, spaces, hyphens and underscores do not matter'),
    from: dateField.optional().describe('First day for which the line means this'),
    until: dateField.optional().describe('Last day for which it does'),
    places: z.array(placeField).min(1).optional().describe('Authorities whose line it is; left out: everybody'),
    is: meaning.optional(),
    notCounted: definitionWords(5, 300).optional().describe('Why the line is kept and counts nowhere'),
  })
  .refine((line) => (line.is === undefined) !== (line.notCounted === undefined), 'needs either "is" or "notCounted"');

export const readingSchema = z
  .strictObject({
    form: slugField,
    version: z.int().positive(),
    title: definitionWords(5, 120),
    source: citationField.describe('Where it is said what the lines mean'),
    lines: z.array(lineReading).min(1).max(5000),
  })
  .superRefine(({ lines }, context) => {
    lines.forEach(({ is }, at) => {
      for (const { path, message } of is === undefined ? [] : misread(is))
        context.addIssue({ code: 'custom', path: ['lines', at, 'is', ...path], message });
    });
  })
  .meta({ id: 'Reading' });

export type Reading = z.infer<typeof readingSchema>;
export type Meaning = z.infer<typeof meaning>;

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
