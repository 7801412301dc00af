import { z } from 'zod';
import { citationField, provenanceField, publishersWords, slugField, windowField } from '../fields.ts';

/** Units in which there can be less than nothing. What any other unit names is counted. */
const BELOW_ZERO = /percent|%|\b(change|difference|points?|balance|net|index|score|pounds|euros?|gbp)\b|[£€]/i;

/**
 * A statistic that somebody else published. It is quoted, never recomputed: a sample size or an interval is here only
 * where the source gives one.
 */
export const figurePublished = z
  .strictObject({
    statistic: slugField,
    window: windowField,
    value: z
      .number()
      .min(-1e12)
      .max(1e12)
      .multipleOf(0.001)
      .refine((n) => n === 0 || Math.abs(n) >= 0.001, 'must have at most three decimals'),
    unit: publishersWords(1, 60),
    scope: publishersWords(2, 120).describe('What it covers, in the words of the source'),
    survey: z.boolean().describe('Whether it estimates a population from a sample'),
    n: z.int().positive().optional(),
    low: z.number().min(-1e12).max(1e12).optional(),
    high: z.number().min(-1e12).max(1e12).optional(),
    intervalPercent: z.number().gt(50).lt(100).optional(),
    source: citationField,
    note: publishersWords(0, 400).optional(),
    reference: publishersWords(0, 80).optional().describe("The compiler's own number for the figure"),
    provenance: provenanceField.optional(),
  })
  .refine((f) => (f.low === undefined) === (f.high === undefined), 'must have both ends of an interval or neither')
  .refine((f) => f.low === undefined || f.high === undefined || (f.low <= f.value && f.value <= f.high), {
    message: 'must lie inside its interval',
    path: ['value'],
  })
  .refine((f) => f.value >= 0 || BELOW_ZERO.test(f.unit), {
    message:
      'must not be below 0 where the unit is a count; a change has a unit that says so, such as "percent change"',
    path: ['value'],
  })
  .meta({ id: 'FigurePublished' });
