import { z } from 'zod';
import {
  contentAgeField,
  countedOver,
  countField,
  formatField,
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
export const loansCounted = countedOver(['count'], {
  ...loanFields,
  count: countField.optional(),
  counts: z.enum(['issues', 'renewals', 'issues-and-renewals']),
  localCategory: publishersWords(0, 80).optional().describe('The item category as the service writes it'),
}).meta({ id: 'LoansCounted' });
