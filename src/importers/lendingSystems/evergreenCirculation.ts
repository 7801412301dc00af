/**
 * The table `action.circulation` of Evergreen in CSV, or `action.aged_circulation`, which names nobody: one row for each
 * loan, and one of its own for each renewal, which a flag tells, or the loan that it goes on from.
 */
import { keyOf } from '../../domain/labels.ts';
import { circulationImporter, type Movement } from './circulation.ts';
import { FILE_REFUSED, type FileHead, type Report } from '../importer.ts';
import { isoMomentOf, ISO_TIME } from './localTime.ts';
import { layoutScore, type Heading, type NamedRow } from '../table/rows.ts';

const [LIBRARY, START, CREATED] = ['circ_lib', 'xact_start', 'create_time'] as const;
const [PHONE, DESK, ONLINE, AUTOMATIC] = ['phone_renewal', 'desk_renewal', 'opac_renewal', 'auto_renewal'] as const;
const FLAGS = [PHONE, DESK, ONLINE, AUTOMATIC] as const;
const [PARENT, ID] = ['parent_circ', 'id'] as const;
const OTHERS = [
  'target_copy', 'checkin_lib', 'checkin_time', 'checkin_scan_time', 'due_date', 'duration', 'xact_finish', 'unrecovered',
  'circ_staff', 'checkin_staff', 'renewal_remaining', 'auto_renewal_remaining', 'grace_period', 'stop_fines',
  'stop_fines_time', 'fine_interval', 'recurring_fine', 'max_fine', 'duration_rule', 'recurring_fine_rule',
  'max_fine_rule', 'workstation', 'checkin_workstation', 'copy_location', 'copy_call_number', 'copy_owning_lib',
  'copy_circ_lib', 'copy_bib_record', 'usr_home_ou', 'usr_profile',
]; // prettier-ignore
const CATEGORY = 'circ_modifier';
const PEOPLE = ['usr', 'usr_barcode', 'patron_barcode', 'usr_post_code', 'usr_birth_year'];
const LAYOUT = {
  required: [LIBRARY],
  optional: [START, CREATED, ...FLAGS, PARENT, ID, CATEGORY, ...OTHERS],
  alsoCalled: { [LIBRARY]: ['circulating library'], [START]: ['checkout time'], usr: ['patron id', 'user id'] },
};

export const evergreenCirculation = circulationImporter({
  format: 'evergreen-circulation',
  title: 'Circulation of Evergreen',
  layout: LAYOUT,
  recognises,
  timeColumn: (row) => (row.text(START) === '' && row.text(CREATED) !== '' ? CREATED : START),
  momentOf: isoMomentOf,
  aTime: ISO_TIME,
  branch: LIBRARY,
  borrowers: PEOPLE,
  categories: [CATEGORY],
  id: ID,
  reads: [LIBRARY, START, CREATED, ...FLAGS, PARENT, ID, CATEGORY],
  settles,
  movementOf,
});

/** Its library and its time or its flags: no other table names them so. */
function recognises({ header }: FileHead): number {
  const keys = new Set(header.map(keyOf));
  const own = [START, ...FLAGS, PARENT, 'target_copy'].filter((column) => keys.has(keyOf(column))).length;
  if (own < 2) return 0;
  return keys.has(keyOf(LIBRARY)) ? layoutScore(header, { ...LAYOUT, optional: [...LAYOUT.optional, ...PEOPLE] }) : 0.6;
}

function settles(heading: Heading, report: Report): boolean {
  const hasTime = heading.has(START) || heading.has(CREATED);
  const tells = FLAGS.some(heading.has) || heading.has(PARENT);
  const found = 'none of them';
  if (!hasTime) report.refuse([1, START], 'column-missing', found, `a column "${START}" or "${CREATED}"`, FILE_REFUSED);
  if (!tells) report.refuse([1, DESK], 'column-missing', found, `a column ${[...FLAGS, PARENT].join(', ')}: without one a renewal looks like a loan`, FILE_REFUSED); // prettier-ignore
  return hasTime && tells;
}

const YES: ReadonlySet<string> = new Set(['t', 'true', 'yes', '1']);
const NO: ReadonlySet<string> = new Set(['f', 'false', 'no', '0']);

function movementOf(row: NamedRow, heading: Heading): Movement {
  const flags = FLAGS.filter(heading.has);
  for (const flag of flags) {
    const text = row.text(flag).toLowerCase();
    const code = text === '' ? 'value-missing' : 'movement-unknown';
    if (!YES.has(text) && !NO.has(text)) return { code, column: flag, expected: 't or f' };
  }
  const set = flags.filter((flag) => YES.has(row.text(flag).toLowerCase()));
  // Renewals of a kind whose flag was not exported are still told by the loan that they go on from.
  if (set.length === 0) return { kind: row.text(PARENT) === '' ? 'loan.issued' : 'loan.renewed' };
  if (set.length > 1) return { code: 'movement-unknown', column: set[1] as string, expected: 'one way of renewing' };
  if (set[0] === DESK) return { kind: 'loan.renewed', channel: 'staffed-desk' };
  return { kind: 'loan.renewed', ...(set[0] === ONLINE ? { channel: 'online' as const } : {}) };
}
