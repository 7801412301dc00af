/** Which series a reader means: the parameters that the API, the charts and the pages share. */
import { z } from 'zod';
import { dateField, placeField } from './fields.ts';
import { oneOf } from './oneOf.ts';
import { BASES, GRANULARITIES } from './vocabulary.ts';

/** Each parameter may be left out: what that means stands with it. */
export const selectionFields = {
  place: placeField.optional().describe('Left out: the place with a baseline, else the widest'),
  by: oneOf(GRANULARITIES).optional().describe('How long a period is'),
  basis: oneOf(BASES).optional().describe('computed from events, or published by others and quoted'),
  breakdown: z
    .string()
    .regex(/^(|[A-Za-z]+=.{1,64})$/, 'must be dimension=category, such as format=e-book')
    .optional()
    .describe('One category; left out: the total'),
  from: dateField.optional().describe('First day wanted, inclusive'),
  to: dateField.optional().describe('Last day wanted, inclusive'),
};
/** A selection ends on or after the day that it begins on: the arguments of `refine`. */
export const IN_ORDER: [
  (selection: { from?: string | undefined; to?: string | undefined }) => boolean,
  { message: string; path: string[] },
] = [
  ({ from, to }) => from === undefined || to === undefined || from <= to,
  { message: 'must not be before "from"', path: ['to'] },
];
/** A selection that was read from a query. */
export type Selection = z.infer<z.ZodObject<typeof selectionFields>>;
