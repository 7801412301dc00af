import { z } from 'zod';
import { ageBandField, pseudonymField, slugField, yesNoField } from '../fields.ts';

const founderFields = {
  centre: slugField.describe('The Business & IP Centre, such as newcastle'),
  sex: z.enum(['female', 'male', 'other', 'unknown']),
  ethnicity: z.enum(['asian', 'black', 'mixed', 'white', 'other', 'unknown']),
  disability: yesNoField,
  ageBand: ageBandField,
  inRegion: yesNoField.describe('Whether the business or person is based in the region of the centre'),
  imdDecile: z
    .enum(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'unknown'])
    .describe('Index of Multiple Deprivation decile of the place, 1 the most deprived'),
};

/** Help given to one person by a Business & IP Centre. */
export const bipcSupportGiven = z
  .strictObject({
    ...founderFields,
    channel: z.enum(['face-to-face', 'webinar', 'stream', 'phone-or-email']),
    person: pseudonymField,
  })
  .meta({ id: 'BipcSupportGiven' });

/** A business created with the help of a Business & IP Centre. */
export const bipcBusinessCreated = z.strictObject(founderFields).meta({ id: 'BipcBusinessCreated' });
