import { z } from 'zod';
import {
  absenceField,
  countedOver,
  countField,
  dateField,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  outcomeField,
  provenanceField,
} from '../fields.ts';

const modeField = z.enum(['in-person', 'online', 'hybrid']);
const audienceField = z.enum([
  'under-5',
  'children',
  'under-12',
  '12-17',
  'young-people',
  'adults',
  'older-people',
  'families',
  'all',
]);

/** A session that was held. The outcome tags are the publisher's own; an indicator decides what it makes of them. */
export const activityHeld = z
  .strictObject({
    on: dateField.optional().describe('The day it was held, where no more is known: "time" is left out then'),
    attendance: countField.optional(),
    absent: absenceField.optional(),
    mainOutcome: outcomeField,
    secondaryOutcome: outcomeField.optional(),
    mode: modeField.optional(),
    audience: audienceField.optional(),
    provenance: provenanceField.optional(),
  })
  .refine((data) => numberOrAbsence(data, [data.attendance]), NUMBER_OR_ABSENCE)
  .meta({ id: 'ActivityHeld' });

const totalFields = {
  mode: modeField.optional(),
  audience: audienceField.optional(),
  count: countField.optional(),
};

/** Sessions held over a window. */
export const activitiesCounted = countedOver(['count'], totalFields).meta({ id: 'ActivitiesCounted' });

/** People at sessions over a window: actual attendances, not bookings. */
export const attendancesCounted = countedOver(['count'], totalFields).meta({ id: 'AttendancesCounted' });
