import { z } from 'zod';
import { absenceField, countField, dateField, NUMBER_OR_ABSENCE, numberOrAbsence, provenanceField } from '../fields.ts';

/** A statistical area: an ONS code such as E01014382 (lower layer super output area), or one that was not recorded. */
const areaField = z
  .string()
  .regex(/^([A-Z]\d{8}|unknown)$/, 'must be the ONS code of an area, such as E01014382, or "unknown"');

/** Members on a day: a stock, which is never added over days. */
export const membershipCounted = z
  .strictObject({
    on: dateField,
    members: countField.optional(),
    absent: absenceField.optional(),
    area: areaField.optional().describe('Where the members live; left out: wherever they live'),
    membership: z.enum(['registered', 'active']).describe('Active: borrowed or used within the last year'),
    provenance: provenanceField.optional(),
  })
  .refine((data) => numberOrAbsence(data, [data.members]), NUMBER_OR_ABSENCE)
  .meta({ id: 'MembershipCounted' });
