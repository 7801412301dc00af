import { z } from 'zod';
import { countedOver, countField } from '../fields.ts';

/** People who entered the premises in a window (ISO 2789 visit). */
export const visitsCounted = countedOver(['count'], {
  count: countField.optional(),
  site: z.enum(['library-only', 'co-located']).optional().describe('Whether the counter also counts other services'),
}).meta({ id: 'VisitsCounted' });
