/** A line of a form as a sender states it. */
import { typeOf, type FactBody } from '../../contracts/activityEvent.ts';
import type { Absence } from '../../contracts/vocabulary.ts';

type Stated = Extract<FactBody, { type: 'org.outcome-ledger.return.stated.v1' }>;

export const statedBody = (
  form: string,
  line: string,
  says: number | Absence,
  subject = 'E08000002',
  window = '2023-04-01/P1Y',
): Stated => ({
  type: typeOf('return.stated'),
  subject,
  data: { form, line, window, method: 'system', ...(typeof says === 'number' ? { value: says } : { absent: says }) },
});
