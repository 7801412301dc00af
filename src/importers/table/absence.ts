/** Words and signs that stand in a cell in the place of a number, and why they say there is none. */
import type { Absence } from '../../../contracts/vocabulary.ts';
import { keyOf } from '../../domain/labels.ts';

const SIGNS: ReadonlyMap<string, Absence> = new Map([
  ['x', 'suppressed'],
  ['*', 'suppressed'],
  ['..', 'not-available'],
  ['closed', 'not-open'],
  ['not open', 'not-open'],
  ['temporary closure', 'not-open'],
  ['facility not open', 'not-open'],
  ['n/a', 'not-applicable'],
  ['-', 'not-applicable'],
]);

/** Why there is no number, or null where the cell holds no sign that is known. A blank is no sign. */
export const absenceOf = (cell: string): Absence | null => SIGNS.get(cell.trim() === '-' ? '-' : keyOf(cell)) ?? null;

/** The signs, as a finding's expectation names them. */
export const ABSENCE_SIGNS = [...SIGNS.keys()].join(', ');
