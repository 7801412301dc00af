import { z } from 'zod';
import { dateField, sourceField } from '../fields.ts';
import { CADENCES } from '../vocabulary.ts';

/**
 * What is to be expected of a feed: how often its data are due, of which kinds, and from when until when. `kinds` are
 * those that a feed may bring. Of two such events about one feed, the one with the later `time` holds.
 */
export function feedExpected<T extends z.ZodType>(kinds: T) {
  return z
    .strictObject({
      feed: sourceField.describe('The feed that it is about: the source of its events'),
      cadence: z
        .enum(CADENCES)
        .describe('A week begins on Monday, a year on 1 April; irregular: nothing is due at a set time'),
      graceDays: z.int().min(0).max(366).describe('Days after the end of a period until its data are overdue'),
      kinds: z
        .array(kinds)
        .min(1)
        .refine((given) => new Set(given).size === given.length, 'must name each kind once')
        .optional()
        .describe('Each of these is due; left out: anything will do'),
      from: dateField.describe('The period that holds this day is the first that is due'),
      until: dateField.optional().describe('The period that holds this day is the last that is due'),
    })
    .refine(({ from, until }) => until === undefined || from <= until, {
      message: 'must not be before "from"',
      path: ['until'],
    })
    .meta({ id: 'FeedExpected' });
}
