import { z } from 'zod';
import { countedOver, publishersWords, slugField } from '../fields.ts';

/**
 * One line of a statistical return, as it was given: what stands under the line, and nothing of what it means. That is
 * said by the reading of the form (`contracts/reading.ts`), which can be corrected without touching what was given.
 */
export const returnStated = countedOver(['value'], {
  form: slugField.describe('The form or layout, such as ace-activity-return'),
  line: publishersWords(1, 120).describe('The line as the form names it: a number, a heading or a category'),
  value: z.number().min(0).max(1_000_000_000).multipleOf(0.001).optional(),
}).meta({ id: 'ReturnStated' });
