import { z } from 'zod';
import { dateField, provenanceField, publishersWords } from '../fields.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 09:30');

/** A stop of a mobile library, as its timetable states it. The subject is the mobile library. */
export const mobileStopScheduled = z
  .strictObject({
    on: dateField.describe('First day of the timetable'),
    until: dateField.optional(),
    route: publishersWords(1, 120),
    community: publishersWords(1, 120).optional(),
    stop: publishersWords(1, 120).describe('Name of the stop: a street, a building or a landmark'),
    day: z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
    arrival: timeOfDay,
    departure: timeOfDay,
    frequency: z
      .string()
      .regex(/^FREQ=[A-Z]+(;[A-Z]+=[A-Z0-9,+-]+)*$/, 'must be an iCalendar rule, such as FREQ=WEEKLY;INTERVAL=2')
      .max(120),
    stopType: z
      .enum(['public', 'dynamic', 'other'])
      .optional()
      .describe('A private stop may be at a home, and is not recorded'),
    exceptions: z.array(dateField).min(1).max(100).optional().describe('Days on which the rule does not hold'),
    latitude: z.number().min(-90).max(90).optional(),
    longitude: z.number().min(-180).max(180).optional(),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'MobileStopScheduled' });
