/** What a sender of events is told: how many of each outcome, and each event's own. */
import { z } from 'zod';
import { problemSchema } from '../../contracts/errors.ts';
import type { EventOutcome } from '../app/recordEvents.ts';
import { feedSchema } from './feeds.ts';

const eventOutcomeSchema = z.strictObject({
  index: z.int().describe('Place in what was sent, from 0; blank lines do not count'),
  line: z.int().positive().optional().describe('Line of an NDJSON stream, from 1'),
  source: z.string().nullable().describe('As sent; null where it could not be read'),
  id: z.string().nullable(),
  outcome: z.enum(['accepted', 'duplicate', 'refused']),
  problem: problemSchema.optional().describe('Why it was refused'),
});

const sentFeedSchema = feedSchema
  .pick({ source: true, state: true, overduePeriods: true, dueBy: true, missing: true, sequence: true, says: true })
  .meta({ id: 'SentFeed' });

export const receiptSchema = z
  .strictObject({
    accepted: z.int().describe('Durable now'),
    duplicates: z.int().describe('Recorded before with the same content'),
    refused: z.int().describe('Not recorded'),
    unlisted: z.int().describe('Outcomes that are counted but not listed'),
    outcomes: z.array(eventOutcomeSchema),
    feeds: z
      .array(sentFeedSchema)
      .nullable()
      .describe(
        'What is missing of the feeds sent, this request counted in: of those that number their events or of which ' +
          'somebody said when they are due, at most 100. Duplicates count too. Null: it cannot be told now',
      ),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof receiptSchema>;

/** Outcomes listed of each sort, refused and not: a stream has no end, an answer has. */
const LISTED = 10_000;

export interface ReceiptBook {
  /** Adds some, with the line of each where lines were sent. */
  add(outcomes: Iterable<EventOutcome & { readonly line?: number }>): void;
  total(): Omit<Receipt, 'feeds'>;
}

/** Adds outcomes up. `list`: which ones the receipt names; all are counted, and told to `tell`. */
export function receiptBook(list: 'all' | 'refused', tell: (outcome: EventOutcome['outcome']) => void): ReceiptBook {
  const counts = { accepted: 0, duplicate: 0, refused: 0 };
  const listed: Receipt['outcomes'] = [];
  let listedRefused = 0;
  return {
    add(outcomes) {
      for (const outcome of outcomes) {
        counts[outcome.outcome] += 1;
        tell(outcome.outcome);
        if (outcome.outcome === 'refused') {
          if (listedRefused >= LISTED) continue;
          listedRefused += 1;
        } else if (list === 'refused' || listed.length - listedRefused >= LISTED) continue;
        listed.push(outcome);
      }
    },
    total: () => ({
      accepted: counts.accepted,
      duplicates: counts.duplicate,
      refused: counts.refused,
      unlisted: counts.accepted + counts.duplicate + counts.refused - listed.length,
      outcomes: listed,
    }),
  };
}

/** 422 where nothing that was sent is recorded, else 200: one bad line does not make a batch fail. */
export const receiptStatus = (receipt: Receipt): 200 | 422 =>
  receipt.refused > 0 && receipt.accepted + receipt.duplicates === 0 ? 422 : 200;
