import { z } from 'zod';
import {
  absenceField,
  countField,
  countedOver,
  dateField,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  provenanceField,
} from '../fields.ts';

/** Volunteers, the hours they gave, or both, over a window. */
export const volunteeringCounted = countedOver(['volunteers', 'hours'], {
  volunteers: countField.optional().describe('Different people in the window: not to be added over windows'),
  hours: z.number().min(0).max(10_000_000).multipleOf(0.01).optional(),
}).meta({ id: 'VolunteeringCounted' });

/** Staff in post on a day, in full-time equivalents. */
export const staffCounted = z
  .strictObject({
    on: dateField,
    role: z.enum(['professional', 'other', 'all']),
    fte: z.number().min(0).max(100_000).multipleOf(0.01).optional(),
    absent: absenceField.optional(),
    provenance: provenanceField.optional(),
  })
  .refine((data) => numberOrAbsence(data, [data.fte]), NUMBER_OR_ABSENCE)
  .meta({ id: 'StaffCounted' });
