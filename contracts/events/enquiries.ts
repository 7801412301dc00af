import { z } from 'zod';
import {
  countField,
  countedFields,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  SAMPLE_IS_A_WEEK,
  sampleIsAWeek,
} from '../fields.ts';

/** Enquiries answered in a window. What counts as one is the service's own rule, and changes. */
export const enquiriesCounted = z
  .strictObject({ ...countedFields, count: countField.optional() })
  .refine((data) => numberOrAbsence(data, [data.count]), NUMBER_OR_ABSENCE)
  .refine(sampleIsAWeek, SAMPLE_IS_A_WEEK)
  .meta({ id: 'EnquiriesCounted' });
