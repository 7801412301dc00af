/**
 * A mapping: the small YAML document by which a service says what the columns of its own layout mean, so that a file
 * needs no program. What a mapping does not say is not guessed: a cell that it has no word for is refused.
 */
import { z } from 'zod';
import { dataFieldsOf, FACT_KINDS, isActivity, type FactKind } from './activityEvent.ts';
import { definitionWords, publishersWords, slugField, windowField } from './fields.ts';
import { ABSENCES, AUTHORITY_CODE } from './vocabulary.ts';
import { piecesOf, unitsOf } from './writtenDate.ts';

/** Fields in which a number may stand. */
const NUMBERS = [
  'count',
  'sessions',
  'hours',
  'volunteers',
  'pence',
  'members',
  'items',
  'fte',
  'attendance',
  'value',
  'durationSeconds',
] as const;
export type NumberField = (typeof NUMBERS)[number];

/** Numbers of people, of things and of money on a day. */
const STOCKS: readonly FactKind[] = ['membership.counted', 'stock.counted', 'staff.counted'];
/** Quoted from others, or answers of a person: these have formats of their own. */
const NOT_MAPPED: readonly FactKind[] = ['figure.published', 'survey.answered'];
const PEOPLE = ['person', 'participant'];
/** Fields that are filled in from elsewhere in a mapping, or never from a file. */
const NOT_OF_WORDS: ReadonlySet<string> = new Set([...NUMBERS, ...PEOPLE, 'window', 'on', 'absent', 'provenance']);

const needs = (kind: FactKind, field: string): boolean =>
  dataFieldsOf(kind)[field]?.safeParse(undefined).success === false;

/** Counts and single events that name nobody. */
const MAPPED = FACT_KINDS.filter(
  (kind) =>
    (STOCKS.includes(kind) || isActivity(kind)) &&
    !NOT_MAPPED.includes(kind) &&
    !PEOPLE.some((field) => needs(kind, field)),
) as [FactKind, ...FactKind[]];

const column = publishersWords(1, 200).describe(
  'Header of the column; case, spaces, hyphens and underscores do not matter',
);

/** @param units what the pattern must have, and what it may have beside that */
const written = (units: string, also: string, such: string) =>
  z
    .string()
    .min(1)
    .max(40)
    .refine((pattern) => {
      const pieces = piecesOf(pattern);
      const has = pieces === null ? '' : [...unitsOf(pieces)];
      return [...units].every((unit) => has.includes(unit)) && [...has].every((unit) => (units + also).includes(unit));
    }, `must say how dates are written, with each part once, such as ${such}`);
const dayColumn = z.strictObject({ column, written: written('YMD', 'hms', 'DD/MM/YYYY or D MMM YYYY') });
const monthColumn = z.strictObject({ column, written: written('YM', '', 'YYYY-MM, MMM YYYY or MM/YYYY') });
const yearColumn = z.strictObject({
  column,
  written: z.enum(['2023/24', '2023-24', '2023/2024', '2023-2024']).describe('How the year 2023/24 is written'),
});

const authorityCode = z.string().regex(AUTHORITY_CODE, 'must be the code of a library authority, such as E08000021');

const scalar = z.union([z.string().max(80), z.number(), z.boolean()]);
const words = z
  .record(z.string().max(200), scalar.nullable())
  .refine((all) => Object.keys(all).length > 0, 'must have at least one word')
  .describe('What stands in the cell → the value of the field; null: the field is left out');
const fromColumn = z.strictObject({
  column,
  words: words.optional().describe('Left out: what stands in the cell is the value'),
});

export const mappingSchema = z
  .strictObject({
    feed: slugField.describe('Names the feed: files of one feed are editions of one another'),
    kind: z.enum(MAPPED),
    authority: z
      .union([
        authorityCode,
        z.strictObject({ column, names: z.record(z.string(), authorityCode).optional().describe('Name → GSS code') }),
      ])
      .optional()
      .describe('Left out: the authority that is given with the file'),
    library: z
      .strictObject({
        column,
        as: z.enum(['name', 'slug', 'code']).describe('A name; the service point itself; or a code of "places"'),
        places: z.record(z.string(), slugField).optional().describe('What stands in the cell → the service point'),
      })
      .optional()
      .describe('Left out: the authority as a whole'),
    when: z
      .union([
        z.strictObject({ day: dayColumn }),
        z.strictObject({ week: dayColumn }),
        z.strictObject({ month: monthColumn }),
        z.strictObject({ first: dayColumn, last: dayColumn }),
        z.strictObject({ financialYear: yearColumn }),
        z.strictObject({ window: windowField }),
      ])
      .optional()
      .describe('Left out: the period, or the day, that is given with the file'),
    number: z
      .strictObject({
        column,
        field: z.enum(NUMBERS).describe('The field of the contract in which it stands'),
        thousands: z.enum([',', '.', ' ', "'"]).optional().describe('Between thousands; left out: nothing'),
        decimal: z.enum(['.', ',']).optional().describe('Before decimals; left out: whole numbers only'),
        times: z.int().min(2).max(100_000).optional().describe('Pounds are written in pence: 100'),
        missing: z
          .record(z.string().max(80), z.enum(ABSENCES))
          .default({})
          .describe("What stands in the cell where there is no number → the reason; '' is an empty cell"),
      })
      .refine((n) => n.thousands === undefined || n.thousands !== n.decimal, {
        message: 'cannot be the decimal sign too',
        path: ['thousands'],
      })
      .optional(),
    with: z
      .record(z.string(), z.union([scalar, fromColumn]))
      .default({})
      .describe('The other fields of the contract'),
    leaveOut: z
      .array(
        z.strictObject({
          column,
          is: z.array(z.string().max(200)).min(1).describe('Exactly what stands in the cell'),
          why: definitionWords(3, 200),
        }),
      )
      .default([])
      .describe('Rows that are not to be recorded'),
  })
  .superRefine((mapping, context) => {
    for (const { path, message } of [...misfitTimes(mapping), ...misfitNumber(mapping), ...misfitFields(mapping)])
      context.addIssue({ code: 'custom', path, message });
    if (mapping.library?.as === 'code' && mapping.library.places === undefined)
      context.addIssue({
        code: 'custom',
        path: ['library'],
        message: '"places" is missing, which says what a code is',
      });
  })
  .meta({ id: 'Mapping' });

export type Mapping = z.infer<typeof mappingSchema>;

/** A mapping as it is given with a file: what it says, its text, and the SHA-256 of that in hexadecimal. */
export interface GivenMapping {
  readonly mapping: Mapping;
  readonly text: string;
  readonly sha256: string;
}

/** When the events of a kind are: over a window, on a day, or at a moment. */
export function timingOf(kind: FactKind): 'window' | 'day' | 'moment' {
  const fields = dataFieldsOf(kind);
  if ('window' in fields) return 'window';
  // Where a day may be left out there is a moment in its place.
  return fields['on'] === undefined || fields['on'] instanceof z.ZodOptional ? 'moment' : 'day';
}

interface Misfit {
  readonly path: string[];
  readonly message: string;
}

function misfitTimes({ kind, when }: Mapping): Misfit[] {
  const timing = timingOf(kind);
  if (when === undefined)
    return timing === 'moment' ? [{ path: ['when'], message: `"when" is missing: expected "day", as every ${kind} has its own` }] : []; // prettier-ignore
  const [way] = Object.keys(when) as [string];
  if (timing !== 'window' && way !== 'day')
    return [{ path: ['when', way], message: `is no day, and ${kind} is of one: expected "day"` }];
  if (timing === 'moment') return [];
  return Object.entries(when).flatMap(([name, { written: pattern = '' }]: [string, { written?: string }]) =>
    /[hms]/.test(pattern)
      ? [{ path: ['when', name, 'written'], message: `has a time of day, and ${kind} is of whole days` }]
      : [],
  );
}

function misfitNumber({ kind, number }: Mapping): Misfit[] {
  const fields = dataFieldsOf(kind);
  if (number === undefined)
    return 'absent' in fields ? [{ path: ['number'], message: `"number" is missing, which every ${kind} states` }] : [];
  if (!(number.field in fields)) {
    const possible = NUMBERS.filter((name) => name in fields).join(' or ');
    return [{ path: ['number', 'field'], message: `is no field of ${kind}: expected ${possible || 'no number'}` }];
  }
  return 'absent' in fields || Object.keys(number.missing).length === 0
    ? []
    : [{ path: ['number', 'missing'], message: `cannot be said of ${kind}, which has no field for it` }];
}

function misfitFields({ kind, with: given }: Mapping): Misfit[] {
  const fields = dataFieldsOf(kind);
  const found: Misfit[] = [];
  for (const [name, value] of Object.entries(given)) {
    const schema = fields[name];
    const path = ['with', name];
    if (schema === undefined || NOT_OF_WORDS.has(name)) {
      const possible = Object.keys(fields).filter((field) => !NOT_OF_WORDS.has(field));
      const why = schema === undefined ? `is no field of ${kind}` : 'is not given here';
      found.push({ path, message: `${why}: expected ${possible.join(', ') || 'none'}` });
    } else if (typeof value !== 'object') {
      if (!schema.safeParse(value).success) found.push({ path, message: `cannot stand in ${name} of ${kind}` });
    } else {
      for (const [word, meaning] of Object.entries(value.words ?? {})) {
        if (schema.safeParse(meaning ?? undefined).success) continue;
        const message = meaning === null ? `cannot be left out of ${kind}` : `cannot stand in ${name} of ${kind}`;
        found.push({ path: [...path, 'words', word], message });
      }
    }
  }
  for (const name of Object.keys(fields))
    if (!(name in given) && !NOT_OF_WORDS.has(name) && needs(kind, name))
      found.push({ path: ['with'], message: `"${name}" is missing, which every ${kind} must say` });
  return found;
}
