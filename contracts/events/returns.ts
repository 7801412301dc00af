import { z } from 'zod';
import {
  countedFields,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  publishersWords,
  SAMPLE_IS_A_WEEK,
  sampleIsAWeek,
  slugField,
} from '../fields.ts';

/**
 * One line of a statistical return, as it was given: what stands under the line, and nothing of what it means. That is
 * said by the reading of the form (`contracts/reading.ts`), which can be corrected without touching what was given.
 */
export const returnStated = z
  .strictObject({
    ...countedFields,
    form: slugField.describe('The form or layout, such as ace-activity-return'),
    line: publishersWords(1, 120).describe('The line as the form names it: a number, a heading or a category'),
    value: z.number().min(0).max(1_000_000_000).multipleOf(0.001).optional(),
  })
  .refine((data) => numberOrAbsence(data, [data.value]), NUMBER_OR_ABSENCE)
  .refine(sampleIsAWeek, SAMPLE_IS_A_WEEK)
  .meta({ id: 'ReturnStated' });
