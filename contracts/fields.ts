/**
 * Fields that several contracts share. Every text field is a closed list or a narrow pattern: there is no field in
 * which a name, a card number, a postcode or a remark about a person could be sent.
 */
import { z } from 'zod';
import { MUST_BE_GIVEN } from './plainFault.ts';
import { ABSENCES, ANY_PLACE, LIBRARY_PLACE } from './vocabulary.ts';

const BETWEEN = 'must lie between 1850, the year of the Public Libraries Act, and 2099';
const isInReach = (date: string): boolean => date >= '1850-01-01' && date < '2100-01-01';

/** An ISO 8601 calendar date that exists, and at which there can have been a public library. */
export const dateField = z.iso
  .date({
    abort: true,
    error: ({ input }) => (input === undefined ? MUST_BE_GIVEN : 'must be a date that exists, written YYYY-MM-DD'),
  })
  .refine(isInReach, BETWEEN);

/** At most 9,999 days or weeks, 999 months or 99 years: longer than any count is made over. */
const WINDOW = /^(\d{4}-\d{2}-\d{2})\/P([1-9]\d{0,3}[DW]|[1-9]\d{0,2}M|[1-9]\d?Y)$/;

/**
 * A span of whole days as ISO 8601 start and duration. The start/end form is refused: with dates alone it does not say
 * whether the last day is in it.
 */
export const windowField = z
  .string()
  .regex(WINDOW, 'must be a start date and a duration, such as 2024-04-01/P1M (P7D, P1W, P3M and P1Y work too)')
  .refine((text) => dateField.safeParse(text.slice(0, 10)).success, `must start on a date that exists, and ${BETWEEN}`)
  .meta({ id: 'Window', description: 'ISO 8601 interval of whole days, start/duration, Europe/London' });

/**
 * Where. A GSS code (`E08000021`), with a service point of that authority after a slash (`E08000021/city`). Codes that
 * start with X are made-up places, for demonstrations. Outside the United Kingdom a library system goes by its ISIL
 * (ISO 15511), such as `CA-OTP`.
 */
export const placeField = z
  .string()
  .regex(
    ANY_PLACE,
    'must be a nine-character GSS code such as E08000021, or a service point of it such as E08000021/city-library; ' +
      'outside the United Kingdom the ISIL of a library system, such as CA-OTP',
  )
  .max(80)
  .meta({ id: 'Place', description: 'GSS code, or GSS code/service-point' });

/** Where something was counted or happened: in a library authority or at a service point of it, never in a nation. */
export const libraryPlaceField = z
  .string()
  .regex(
    LIBRARY_PLACE,
    'must be the code of a library authority, such as E08000021, or a service point of one, such as ' +
      'E08000021/city-library: not that of a nation, a region or several nations',
  )
  .max(80)
  .meta({ id: 'LibraryPlace', description: 'GSS code of a library authority, or code/service-point' });

/** The feed that an event comes from: one stream of the log. */
export const sourceField = z
  .string()
  .max(200)
  .regex(
    /^(urn:[a-z0-9][a-z0-9-]{1,31}:[A-Za-z0-9._:/-]+|https?:\/\/[A-Za-z0-9._:/-]+)$/,
    'must be a urn: or http(s) URI of the feed, such as urn:library:E08000021:lms',
  );

/** Identity of an event within its source. */
export const idField = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9._:/-]+$/, 'must be 1 to 128 letters, digits or . _ : / -');

/**
 * Which one it is of its source, for senders that number what they send: 1, 2, 3, … without a gap. One spelling for
 * each number, so that the same event has the same bytes; a number that JavaScript keeps exactly.
 */
export const sequenceField = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'must be a whole number from 1, in digits and in quotes, without leading zeros')
  .refine((text) => Number.isSafeInteger(Number(text)), 'must be at most 9007199254740991')
  .meta({ id: 'Sequence', description: 'Number of the event within its source, from 1 without a gap' });

/** A short open vocabulary word: lower case, digits and hyphens. */
export const slugField = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
  .max(64);

/**
 * Stands for a person where people must be counted once: 32 hexadecimal digits, an HMAC made at the source with a key
 * of its own for each source and purpose. Without that key it cannot be linked to anybody.
 */
export const pseudonymField = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'must be a keyed pseudonym: 32 lower-case hexadecimal digits (HMAC, first 128 bits)')
  .meta({ id: 'Pseudonym' });

export const countField = z.int().min(0).max(1_000_000_000);

/** How a count was made. A sample week is one week that stands for its month and the two after it. */
export const methodField = z.enum(['automatic-counter', 'manual', 'sample-week', 'estimate', 'system']);

/** Why there is no number. None of these is zero. */
export const absenceField = z
  .enum(ABSENCES)
  .meta({ id: 'Absence', description: 'Why there is no number; never the same as 0' });

export const yesNoField = z.enum(['yes', 'no', 'unknown']);

export const ageBandField = z.enum([
  '0-3',
  '4-7',
  '8-11',
  '12-17',
  '18-24',
  '25-34',
  '35-49',
  '50-64',
  '65-plus',
  'unknown',
]);

/** The audience of the content, not the age of the borrower: the bands of the Arts Council return. */
export const contentAgeField = z.enum(['under-12', '12-17', '18-plus', 'unknown']);

export const formatField = z.enum([
  'physical-book',
  'physical-audiobook',
  'e-book',
  'e-audiobook',
  'e-magazine',
  'music',
  'film',
  'game',
  'device',
  'other',
  'unknown',
]);

/** The seven strategic outcomes of "Libraries Deliver: Ambition for Public Libraries in England 2016 to 2021". */
export const OUTCOMES = [
  'cultural-enrichment',
  'reading-and-literacy',
  'digital-access',
  'full-potential',
  'healthier-lives',
  'greater-prosperity',
  'stronger-communities',
] as const;
export const outcomeField = z.enum(OUTCOMES);
export type Outcome = (typeof OUTCOMES)[number];

/** Words of a publisher or a file: whole characters, none of them a control character. */
export const publishersWords = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must be plain text: no control characters, no half characters');

/**
 * Words of a definition, which stand on every chart and page. Besides what a publisher may not write, nothing in them
 * turns the direction of writing: a title must read as it is stored.
 */
export const definitionWords = (min: number, max: number) =>
  publishersWords(min, max).regex(
    /^[^\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$/,
    'must be plain text: nothing that breaks the line or turns the direction of writing',
  );

/**
 * Where an imported number came from, to the cell. `raw` is the cell as it was written. Of a number that several cells
 * made, `row` and `column` name the first of them, and `columns` and `rows` all.
 */
export const provenanceField = z
  .strictObject({
    file: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the file, in hexadecimal'),
    sheet: publishersWords(1, 60).optional().describe('Of a workbook'),
    path: z
      .string()
      .regex(/^(\/[A-Za-z0-9_:.-]*)+$/, 'must be a JSON pointer')
      .max(200)
      .optional()
      .describe('Of a JSON document: a JSON pointer'),
    row: z.int().positive(),
    column: publishersWords(1, 200),
    raw: publishersWords(0, 100),
    columns: z
      .array(publishersWords(1, 200))
      .min(2)
      .max(200)
      .optional()
      .describe('All columns, where several made the number'),
    rows: z
      .strictObject({ first: z.int().positive(), last: z.int().positive() })
      .optional()
      .describe('First and last row of the place, where several rows made the number'),
  })
  .meta({ id: 'Provenance' });

/** A published source, as a reader would cite it. */
export const citationField = publishersWords(3, 400);

/** What every count over a window has beside its numbers. */
export const countedFields = {
  window: windowField,
  method: methodField,
  absent: absenceField.optional(),
  provenance: provenanceField.optional(),
};

/** A sample week is seven days. */
function sampleIsAWeek(data: { method: string; window: string }): boolean {
  return data.method !== 'sample-week' || data.window.endsWith('/P7D') || data.window.endsWith('/P1W');
}
const SAMPLE_IS_A_WEEK = {
  message: 'must be seven days long (P7D) for the method "sample-week"',
  path: ['window'],
};

/** A count is a number or a reason why there is none: never both, never neither. */
export function numberOrAbsence(data: { absent?: unknown }, numbers: readonly unknown[]): boolean {
  const given = numbers.filter((value) => value !== undefined).length;
  return data.absent === undefined ? given > 0 : given === 0;
}
export const NUMBER_OR_ABSENCE = 'must have either a number or "absent" with the reason, not both and not neither';

/**
 * The data of a count over a window: the fields of every such count, and these.
 * @param numbers  the fields that hold its number: one of them at least is given, or the reason why there is none
 */
export const countedOver = <Shape extends z.ZodRawShape>(numbers: readonly (keyof Shape & string)[], shape: Shape) =>
  z
    .strictObject({ ...countedFields, ...shape })
    .refine(
      (data) =>
        numberOrAbsence(
          data,
          numbers.map((name) => (data as Readonly<Record<string, unknown>>)[name]),
        ),
      NUMBER_OR_ABSENCE,
    )
    .refine((data) => sampleIsAWeek(data as { method: string; window: string }), SAMPLE_IS_A_WEEK);
