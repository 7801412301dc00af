import { z } from 'zod';
import {
  countField,
  countedFields,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  SAMPLE_IS_A_WEEK,
  sampleIsAWeek,
} from '../fields.ts';

/** People who entered the premises in a window (ISO 2789 visit). */
export const visitsCounted = z
  .strictObject({
    ...countedFields,
    count: countField.optional(),
    site: z.enum(['library-only', 'co-located']).optional().describe('Whether the counter also counts other services'),
  })
  .refine((data) => numberOrAbsence(data, [data.count]), NUMBER_OR_ABSENCE)
  .refine(sampleIsAWeek, SAMPLE_IS_A_WEEK)
  .meta({ id: 'VisitsCounted' });
