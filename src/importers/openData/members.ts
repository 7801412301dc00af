/**
 * Members by the area that they live in, as the open-data schema and the files like it count them: under five are not
 * told, so that nobody can be picked out.
 */
import type { EventOf } from '../../../contracts/activityEvent.ts';
import type { Report } from '../importer.ts';
import type { NamedRow } from '../table/rows.ts';
import { countHint, countOf, isPlain } from '../table/text.ts';

/** Fewer are not told. */
const LEAST_TOLD = 5;
const SUPPRESSED: ReadonlySet<string> = new Set(['x', '*']);

/** A number of members, or `suppressed`; null with a finding at the cell. */
export function membersCell(row: NamedRow, column: string, report: Report): number | 'suppressed' | null {
  const raw = row.raw(column);
  const spot = [row.row, row.header(column)] as const;
  if (isPlain(raw) && SUPPRESSED.has(raw.trim().toLowerCase())) return 'suppressed';
  const count = countOf(raw);
  if (count === null) {
    const expected = `a whole number from ${LEAST_TOLD}, digits only, or x (or *) for 1 to 4 members${countHint(raw)}`;
    report.refuse(spot, raw.trim() === '' ? 'value-missing' : 'not-a-whole-number', raw.trim(), expected);
  } else if (count < LEAST_TOLD) {
    const found = 'fewer than five members';
    report.refuse(spot, 'under-five', found, 'x or *, which says 1 to 4: so few could be known; for none, no row');
    return null;
  }
  return count;
}

/**
 * Lower layer super output areas of England and Wales, data zones of Scotland, data zones and super data zones of Northern
 * Ireland. A wider area would hold others, and members would count twice.
 */
const SMALL_AREA = /^(E01|W01|S01|N20|N21)\d{6}$/;

/** The code of an area, or `unknown`; null with a finding at the cell. */
export function areaCell(row: NamedRow, column: string, report: Report): string | null {
  const text = row.text(column);
  if (SMALL_AREA.test(text)) return text;
  if (text.toLowerCase() === 'unknown') return 'unknown';
  const spot = [row.row, row.header(column)] as const;
  const expected =
    'the code of a lower layer super output area, such as E01014382 (in Scotland and Northern Ireland a data zone), or Unknown';
  // What is no code may be the postcode of a member.
  const found = /^[A-Z]\d{8}$/.test(text) ? text : 'a text that is no code of an area';
  report.refuse(spot, text === '' ? 'value-missing' : 'area-unusable', text === '' ? '' : found, expected);
  return null;
}

/** The number of members of a fact, or why it says none. */
export const membersOf = (
  members: number | 'suppressed',
): Pick<EventOf<'membership.counted'>['data'], 'members' | 'absent'> =>
  members === 'suppressed' ? { absent: 'suppressed' } : { members };
