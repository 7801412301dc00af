import { z } from 'zod';
import { countedOver, slugField } from '../fields.ts';

/** Money spent or received in a window, in the smallest unit of the currency, so that totals are exact. */
export const moneyStated = countedOver(['pence'], {
  flow: z.enum(['expenditure', 'income']),
  category: slugField.describe('What for or from, such as employees, materials or grants'),
  currency: z.enum(['GBP', 'EUR', 'CAD']),
  pence: z.int().min(0).max(1_000_000_000_000).optional().describe('Pence or cents'),
}).meta({ id: 'MoneyStated' });
