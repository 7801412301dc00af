import { z } from 'zod';
import { dateField, outcomeField, provenanceField, publishersWords, slugField } from '../fields.ts';

/** How an action of a plan stands. The word of the report and the reading of it are kept apart. */
export const actionReported = z
  .strictObject({
    on: dateField,
    action: slugField.describe('Number or short name of the action'),
    group: publishersWords(1, 80),
    title: publishersWords(1, 300),
    status: z.enum(['achieved', 'partly', 'not-achieved', 'assessed', 'unknown']),
    statusAsStated: publishersWords(0, 120),
    outcomes: z.array(outcomeField).max(7).describe('The strategic outcomes that the report links it to'),
    owner: publishersWords(0, 120).optional().describe('An organisation or a role, never a person'),
    note: publishersWords(0, 400).optional(),
    provenance: provenanceField.optional(),
  })
  .meta({ id: 'ActionReported' });
