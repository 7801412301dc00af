import { z } from 'zod';
import { citationField, dateField, yesNoField } from '../fields.ts';
import { POPULATION_AGES } from '../vocabulary.ts';

/** What a service point was on a day, and from then on until it says otherwise. */
export const servicePointStatus = z
  .strictObject({
    on: dateField,
    open: z.enum(['open', 'closed']),
    wifi: yesNoField.optional().describe('Free Wi-Fi for the public'),
    statutory: yesNoField.optional(),
    kind: z.enum(['static', 'mobile']).optional(),
  })
  .meta({ id: 'ServicePointStatus' });

/** An estimate of the people who live in a place on a day. */
export const referencePopulation = z
  .strictObject({
    on: dateField,
    population: z.int().positive().max(2_000_000_000),
    ages: z.enum(POPULATION_AGES),
    source: citationField,
  })
  .meta({ id: 'ReferencePopulation' });
