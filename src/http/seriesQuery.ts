/** The query that series and charts share. */
import { z } from 'zod';
import { oneOf } from '../../contracts/oneOf.ts';
import { IN_ORDER, selectionFields } from '../../contracts/selection.ts';

/** The path of an address that is about one indicator. */
export const indicatorParams = z.strictObject({ id: z.string().describe('Id of the indicator, such as visits') });

/** The query of a series. */
export const seriesQuery = z
  .strictObject({ ...selectionFields, format: oneOf(['json', 'csv']).optional().describe('Goes before Accept') })
  .refine(...IN_ORDER);

const WIDTH = 'must be a whole number from 200 to 2400';

/** The query of a chart: of which series, in what form and how wide. */
export const chartQuery = z
  .strictObject({
    ...selectionFields,
    format: oneOf(['json', 'svg', 'png']).optional().describe('Goes before Accept'),
    width: z.coerce
      .number(WIDTH)
      .int(WIDTH)
      .min(200, WIDTH)
      .max(2400, WIDTH)
      .optional()
      .describe('Pixels, for PNG; 1200 where left out'),
  })
  .refine(...IN_ORDER);
