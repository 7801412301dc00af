/** The query that series and charts share. */
import { z } from 'zod';
import { dateField, placeField } from '../../contracts/fields.ts';
import type { SeriesRequest } from '../app/readSeries.ts';
import { BASES, GRANULARITIES } from '../domain/observation.ts';
import { oneOf } from './api.ts';

export const indicatorParams = z.strictObject({ id: z.string().describe('Id of the indicator, such as visits') });

const selection = {
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

const inOrder = (query: { from?: string | undefined; to?: string | undefined }): boolean =>
  query.from === undefined || query.to === undefined || query.from <= query.to;
const IN_ORDER = { message: 'must not be before "from"', path: ['to'] };

export const seriesQuery = z
  .strictObject({ ...selection, format: oneOf(['json', 'csv']).optional().describe('Goes before Accept') })
  .refine(inOrder, IN_ORDER);

const WIDTH = 'must be a whole number from 200 to 2400';

export const chartQuery = z
  .strictObject({
    ...selection,
    format: oneOf(['json', 'svg', 'png']).optional().describe('Goes before Accept'),
    width: z.coerce
      .number(WIDTH)
      .int(WIDTH)
      .min(200, WIDTH)
      .max(2400, WIDTH)
      .optional()
      .describe('Pixels, for PNG; 1200 where left out'),
  })
  .refine(inOrder, IN_ORDER);

type Selection = Omit<z.infer<typeof seriesQuery>, 'format'>;

export const requestOf = (indicator: string, query: Selection): SeriesRequest => ({
  indicator,
  place: query.place,
  granularity: query.by,
  basis: query.basis,
  breakdown: query.breakdown,
  from: query.from,
  to: query.to,
});

/** The query of one series, so that a link leads back to the same one whatever else is reported later. */
export function queryText(selected: Selection): string {
  const query = new URLSearchParams();
  for (const name of ['place', 'by', 'basis', 'breakdown', 'from', 'to'] as const) {
    const value = selected[name];
    if (value !== undefined && value !== '') query.set(name, value);
  }
  return query.toString();
}
