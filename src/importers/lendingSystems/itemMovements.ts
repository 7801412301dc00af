/**
 * Movements of items as Newcastle publishes them (top-5-most-borrowed-items, with its notes): `date` is when the system
 * saw the item, `issuedate` when it was issued last. Where the two are equal the row is an issue; any other is a renewal,
 * a return or a transit, and which it is cannot be told. Its notes say that dates are written day first.
 */
import { keyOf } from '../../domain/labels.ts';
import { circulationImporter, type Movement } from './circulation.ts';
import { BRITISH_TIME, britishMomentOf } from './localTime.ts';
import { layoutScore, type NamedRow } from '../table/rows.ts';

const [SEEN, ISSUED, BRANCH, STOCK] = ['date', 'issuedate', 'branch', 'stock area'] as const;
const LAYOUT = {
  required: [SEEN, ISSUED, BRANCH],
  optional: ['item', STOCK, 'isbn', 'rcn', 'author', 'title'],
  alsoCalled: { [ISSUED]: ['issue date'], [STOCK]: ['stock', 'stock category'] },
};

export const itemMovements = circulationImporter({
  format: 'item-movements',
  title: 'Movements of items',
  layout: LAYOUT,
  recognises: ({ header }) =>
    header.some((label) => ['issuedate', 'issue date'].includes(keyOf(label))) ? layoutScore(header, LAYOUT) : 0,
  timeColumn: () => SEEN,
  momentOf: britishMomentOf,
  aTime: BRITISH_TIME,
  branch: BRANCH,
  borrowers: [],
  categories: [STOCK],
  reads: [SEEN, ISSUED, BRANCH, STOCK],
  movementOf,
});

function movementOf(row: NamedRow): Movement {
  const [seen, issued] = [britishMomentOf(row.raw(SEEN)), britishMomentOf(row.raw(ISSUED))];
  const other = (what: string): Movement => ({ other: what, column: ISSUED, done: NOT_TOLD });
  if (row.text(ISSUED) === '') return other('no issue date');
  if (issued === null) return { code: 'not-a-date', column: ISSUED, expected: BRITISH_TIME };
  // A time that cannot be read is refused as such.
  if (seen !== null && seen.ms !== issued.ms) return other('another issue date than the date of the row');
  return { kind: 'loan.issued' };
}
const NOT_TOLD = 'Passed over: a renewal, a return or a transit, and which of them the file does not say.';
