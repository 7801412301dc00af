/** What readers get: one indicator for one place along time, with its baseline, target and graded progress. */
import { z } from 'zod';
import { outcomeField } from './fields.ts';
import { BASES, DIRECTIONS, GRANULARITIES, VALUE_STATES } from './vocabulary.ts';

const granularity = z.enum(GRANULARITIES);
const basis = z.enum(BASES);
const state = z.enum(VALUE_STATES);
const coverage = z.strictObject({ reported: z.int(), expected: z.int() });

const pointSchema = z
  .strictObject({
    period: z.string().describe('ISO 8601 start/duration'),
    start: z.iso.date(),
    end: z.iso.date().describe('Last day, inclusive'),
    label: z.string().describe('As a reader would say it: 2018/19, June 2019, Apr to Jun 2019'),
    granularity,
    breakdown: z.string().describe('Empty for the total, else dimension=category'),
    basis,
    state: state.describe('value is a number exactly when observed or zero'),
    value: z.number().nullable(),
    numerator: z.number().nullable().describe('What was counted or added up; seconds where the unit is hours'),
    denominator: z
      .number()
      .nullable()
      .describe('What it was divided by, before "per" of the definition; seconds where it is hours'),
    n: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    coverage: coverage.nullable().describe('Service point × month'),
    partial: z.boolean().describe('Fewer reported than expected'),
    events: z.int(),
    scope: z.string().nullable(),
    source: z.string().nullable().describe('Who published it; null for computed values'),
    notes: z.array(z.string()),
  })
  .meta({ id: 'SeriesPoint' });
export type SeriesPoint = z.infer<typeof pointSchema>;

const baselineSchema = z.strictObject({
  period: z.string(),
  label: z.string(),
  value: z.number().nullable(),
  state,
  scope: z.string().nullable(),
  source: z.string().nullable(),
  coverage: coverage.nullable(),
  notes: z.array(z.string()),
  basis,
});

const targetSchema = z.strictObject({
  value: z.number(),
  period: z.string(),
  label: z.string(),
  source: z.string(),
});

const PROGRESS_STATUSES = [
  'better',
  'worse',
  'unchanged',
  'no-clear-change',
  'context',
  'not-comparable',
  'no-baseline',
  'no-progress-value',
] as const;

const progressSchema = z
  .strictObject({
    status: z.enum(PROGRESS_STATUSES).describe('context: the indicator has no better direction'),
    reasons: z.array(z.string()).describe('Why it is not comparable, e.g. scope'),
    from: z.string().nullable().describe('Label of the baseline period'),
    to: z.string().nullable().describe('Label of the progress period'),
    change: z.number().nullable(),
    percentChange: z.number().nullable().describe('Null where it is not comparable or the baseline is 0'),
    arithmetic: z
      .strictObject({ percentChange: z.number(), label: z.string() })
      .nullable()
      .describe('The sum that readers will do anyway, where the two are not comparable, labelled as just that'),
    sentence: z.string(),
  })
  .meta({ id: 'Progress' });
export type Progress = z.infer<typeof progressSchema>;

export const seriesSchema = z
  .strictObject({
    indicator: z.strictObject({
      id: z.string(),
      version: z.int(),
      definition: z.string().describe('Hash of the plan that computed it'),
      title: z.string(),
      question: z.string(),
      outcome: outcomeField,
      unit: z.string(),
      decimals: z.int(),
      direction: z.enum(DIRECTIONS),
    }),
    place: z.strictObject({ code: z.string(), name: z.string() }),
    granularity,
    basis,
    breakdown: z.string(),
    position: z.int().describe('Knowledge position: the number of events taken in'),
    madeUp: z.boolean().describe('True for demonstration data'),
    parked: z
      .int()
      .describe('Events that these figures may depend on and that could not be read: above 0 they are incomplete'),
    status: z.string().describe('The line that must stand with every figure'),
    source: z.string(),
    notes: z.array(z.string()),
    points: z.array(pointSchema),
    baseline: baselineSchema.nullable(),
    target: targetSchema.nullable(),
    progress: progressSchema,
  })
  .meta({ id: 'Series' });
export type Series = z.infer<typeof seriesSchema>;
