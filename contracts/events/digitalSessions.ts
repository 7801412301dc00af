import { z } from 'zod';
import { countedOver, countField, slugField } from '../fields.ts';

const digitalFields = {
  channel: z.enum(['public-pc', 'wifi', 'online-resource']),
  resource: slugField.optional().describe('Which online resource'),
};

/** One session that ended at the event's time. */
export const digitalSessionEnded = z
  .strictObject({ ...digitalFields, durationSeconds: z.int().min(0).max(604_800).optional() })
  .meta({ id: 'DigitalSessionEnded' });

/** Sessions, hours, or both, over a window. */
export const digitalSessionsCounted = countedOver(['sessions', 'hours'], {
  ...digitalFields,
  sessions: countField.optional(),
  hours: z.number().min(0).max(10_000_000).multipleOf(0.01).optional(),
}).meta({ id: 'DigitalSessionsCounted' });
