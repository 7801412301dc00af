import { z } from 'zod';
import {
  contentAgeField,
  countField,
  countedFields,
  formatField,
  NUMBER_OR_ABSENCE,
  numberOrAbsence,
  SAMPLE_IS_A_WEEK,
  sampleIsAWeek,
  provenanceField,
  pseudonymField,
  publishersWords,
  slugField,
} from '../fields.ts';

const loanFields = {
  format: formatField,
  contentAge: contentAgeField.optional(),
  channel: z
    .enum(['staffed-desk', 'self-service', 'mobile-library', 'home-delivery', 'click-and-collect', 'online', 'unknown'])
    .optional(),
  list: slugField.optional().describe('A promoted list the item belongs to, such as reading-well'),
};

const singleFields = {
  ...loanFields,
  localCategory: publishersWords(0, 80).optional().describe('The item category as the service writes it'),
  person: pseudonymField.optional().describe('The borrower, where borrowers are to be counted once'),
  provenance: provenanceField.optional(),
};

/** One item lent to one borrower. */
export const loanIssued = z.strictObject(singleFields).meta({ id: 'LoanIssued' });

/** One loan prolonged. Renewals count as loans in the open data schema and the Arts Council return. */
export const loanRenewed = z.strictObject(singleFields).meta({ id: 'LoanRenewed' });

/** Loans counted over a window. */
export const loansCounted = z
  .strictObject({
    ...countedFields,
    ...loanFields,
    count: countField.optional(),
    counts: z.enum(['issues', 'renewals', 'issues-and-renewals']),
    localCategory: publishersWords(0, 80).optional().describe('The item category as the service writes it'),
  })
  .refine((data) => numberOrAbsence(data, [data.count]), NUMBER_OR_ABSENCE)
  .refine(sampleIsAWeek, SAMPLE_IS_A_WEEK)
  .meta({ id: 'LoansCounted' });
