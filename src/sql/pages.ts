import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import type { Position, StoredEvent } from '../app/ports.ts';
import { LedgerError } from '../domain/ledgerError.ts';

/** What both SQL logs share: how a position is written, what a page of events looks like on the wire. */

const DIGITS = 16; // As many as the largest exact integer has, so that text order is log order.

/** The position of the event with this ordinal. */
export const positionOf = (ordinal: number): Position => String(ordinal).padStart(DIGITS, '0');

/** The ordinal of a position, 0 for the start. Throws LedgerError `invalid-query` for a position of another log. */
export function ordinalOf(position: Position | null): number {
  if (position === null) return 0;
  if (isPosition(position)) return Number(position);
  throw new LedgerError('invalid-query', `"${position}" is not a position of this log.`, {
    hint: 'The read models were made from another log: rebuild them.',
  });
}

/** Whether it can be a position of this log: that of another kind of log cannot. */
export const isPosition = (position: Position): boolean => position.length === DIGITS && /^\d+$/.test(position);

/**
 * A page as the database joins it, two JSON arrays: parsing one long text is several times as fast as taking thousands
 * of rows one by one. All three are null when the page is empty.
 */
export interface PageRow {
  readonly last: number | null;
  readonly recorded: string | null;
  readonly bodies: string | null;
}

/**
 * The events that follow the ordinal `after`, at most `limit`. Throws LedgerError `verification-failed` that names the
 * first event whose text cannot be read: it is looked for by halves, because the texts of a page come joined.
 */
export async function readPage(
  page: (after: number, limit: number) => Promise<PageRow>,
  after: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const row = await page(after, limit);
  try {
    return eventsOf(row, after);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const count = (row.last ?? after) - after;
    if (count <= 1) {
      throw new LedgerError('verification-failed', `Event ${after + 1} of the log cannot be read: its text is not JSON.`, {
        hint: 'The log was changed behind its back: restore it from a backup.',
      }); // prettier-ignore
    }
    const half = Math.ceil(count / 2);
    return [...(await readPage(page, after, half)), ...(await readPage(page, after + half, limit - half))];
  }
}

/** The events of the page that follows the ordinal `after`. Throws LedgerError when an ordinal is missing in it. */
function eventsOf({ last, recorded, bodies }: PageRow, after: number): readonly StoredEvent[] {
  if (last === null || recorded === null || bodies === null) return [];
  const events = JSON.parse(bodies) as ActivityEvent[];
  const times = JSON.parse(recorded) as number[];
  if (last !== after + events.length) {
    throw new LedgerError('verification-failed', `The log lacks an event between ordinals ${after} and ${last}.`, {
      hint: 'The log was changed behind its back: restore it from a backup.',
    });
  }
  // Events of one append share their time: the text is made once for each run of them.
  let time = NaN;
  let recordedAt = '';
  return events.map((event, index) => {
    if (times[index] !== time) {
      time = times[index]!;
      recordedAt = new Date(time).toISOString();
    }
    return { position: positionOf(after + index + 1), recordedAt, event };
  });
}
