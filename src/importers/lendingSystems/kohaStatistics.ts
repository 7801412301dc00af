/**
 * The table `statistics` of Koha, as a report saves it in CSV (Koha/Schema/Result/Statistic.pm): one row for everything
 * that happened at a desk. `issue` is a loan and `renew` a renewal; the rest is no loan. The table has no key.
 */
import { keyOf } from '../../domain/labels.ts';
import { circulationImporter, type Movement } from './circulation.ts';
import type { FileHead } from '../importer.ts';
import { isoMomentOf, ISO_TIME } from './localTime.ts';
import { layoutScore, type NamedRow } from '../table/rows.ts';

const [TIME, TYPE, BRANCH] = ['datetime', 'type', 'branch'] as const;
const [BORROWER, ITEM_TYPE, COLLECTION] = ['borrowernumber', 'itemtype', 'ccode'] as const;
const OTHERS = ['proccode', 'value', 'other', 'usercode', 'itemnumber', 'location', 'interface', 'categorycode'];
const LAYOUT = {
  required: [TIME, BRANCH, TYPE],
  optional: [ITEM_TYPE, COLLECTION, ...OTHERS],
  alsoCalled: {
    [TIME]: ['date time', 'transaction time', 'timestamp'],
    [BRANCH]: ['branchcode', 'branch code', 'library'],
    [TYPE]: ['transaction type', 'statistics type'],
    [ITEM_TYPE]: ['item type', 'itype'],
    [COLLECTION]: ['collection code', 'collection'],
    [BORROWER]: ['borrower number', 'patron number'],
    itemnumber: ['item number'],
  },
};
/** What other tables of loans do not have. */
const TELLING = new Set([BORROWER, ITEM_TYPE, COLLECTION, 'proccode', 'usercode', 'itemnumber']);

/** What else Koha writes as a type; each is passed over, and counted. */
const NO_LOAN = /^(return|localuse|on ?site ?checkout|payment|writeoff|refund|credit|account|charge|fee|hold|recall|notify|overdue)/; // prettier-ignore

export const kohaStatistics = circulationImporter({
  format: 'koha-statistics',
  title: 'Statistics of Koha',
  layout: LAYOUT,
  recognises,
  timeColumn: () => TIME,
  momentOf: isoMomentOf,
  aTime: ISO_TIME,
  branch: BRANCH,
  borrowers: [BORROWER, 'associatedborrower', 'cardnumber'],
  categories: [ITEM_TYPE, COLLECTION],
  reads: [TIME, BRANCH, TYPE, ITEM_TYPE, COLLECTION],
  movementOf,
});

/** `Type` and a library stand in many files: what tells Koha's is what stands beside them. */
function recognises({ header }: FileHead): number {
  const keys = header.map((label) => keyOf(label).replaceAll(' ', ''));
  const telling = keys.filter((key) => TELLING.has(key)).length;
  const score = layoutScore(header, { ...LAYOUT, optional: [...LAYOUT.optional, BORROWER, 'associatedborrower'] });
  return telling === 0 ? 0 : score < 0.9 && telling < 2 ? 0 : score;
}

function movementOf(row: NamedRow): Movement {
  const type = keyOf(row.text(TYPE));
  if (type === 'issue') return { kind: 'loan.issued' };
  if (type === 'renew' || type === 'renewal') return { kind: 'loan.renewed' };
  if (NO_LOAN.test(type)) return { other: type, column: TYPE, done: 'Passed over: it is no loan.' };
  const expected = 'issue, renew, return, localuse, payment, or another type of Koha';
  return { code: type === '' ? 'value-missing' : 'movement-unknown', column: TYPE, expected };
}
