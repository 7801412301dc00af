import { z } from 'zod';
import {
  countField,
  NUMBER_OR_ABSENCE,
  absenceField,
  numberOrAbsence,
  outcomeField,
  provenanceField,
} from '../fields.ts';

/** A session that was held. The outcome tags are the publisher's own; an indicator decides what it makes of them. */
export const activityHeld = z
  .strictObject({
    attendance: countField.optional(),
    absent: absenceField.optional(),
    mainOutcome: outcomeField,
    secondaryOutcome: outcomeField.optional(),
    mode: z.enum(['in-person', 'online', 'hybrid']).optional(),
    audience: z.enum(['under-5', 'children', 'young-people', 'adults', 'older-people', 'families', 'all']).optional(),
    provenance: provenanceField.optional(),
  })
  .refine((data) => numberOrAbsence(data, [data.attendance]), NUMBER_OR_ABSENCE)
  .meta({ id: 'ActivityHeld' });
