/**
 * A register of the actions of a plan, with the status that a report gives each of them:
 * `action_id, group, title, status, status_as_stated, outcomes, owner, note`.
 *
 * The word of the report (`status_as_stated`) and the reading of it (`status`) are both kept. Where they do not go
 * together, or the note says otherwise, the row is imported and flagged: what holds is not for an importer to say.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { actionReported } from '../../../contracts/events/actions.ts';
import { dateField, OUTCOMES, type Outcome } from '../../../contracts/fields.ts';
import { plainFault } from '../../../contracts/plainFault.ts';
import { keyOf } from '../../domain/labels.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { FILE_REFUSED, reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts'; // prettier-ignore
import { OUTCOME_OF } from '../outcomeLabels.ts';
import { isAuthorityCode } from '../places.ts';
import { layoutScore, namedRows, settleRepeats, type NamedRow } from '../table/rows.ts';
import { LONGEST_RAW, slugOf } from '../table/text.ts';

const FORMAT = 'action-register';
const [ID, GROUP, TITLE, STATUS, STATED, LINKED] = ['action_id', 'group', 'title', 'status', 'status_as_stated', 'outcomes'] as const; // prettier-ignore
const LAYOUT = { required: [ID, GROUP, TITLE, STATUS, STATED, LINKED, 'owner', 'note'], optional: ['products'] };
/** The plan of the Libraries Taskforce is one for England. */
const ENGLAND = 'E92000001';

type Data = EventOf<'action.reported'>['data'];

const STATUSES: Readonly<Record<string, Data['status']>> = {
  achieved: 'achieved',
  partly: 'partly',
  partially: 'partly',
  'partly achieved': 'partly',
  'not achieved': 'not-achieved',
  assessed: 'assessed',
  unknown: 'unknown',
};

/** The status that the first word of a report speaks of. */
const STATED_STATUS: readonly (readonly [words: RegExp, status: Data['status']])[] = [
  [/^yes\b/i, 'achieved'],
  [/^part/i, 'partly'],
  [/^no\b/i, 'not-achieved'],
];
/** Words by which a note says that something did not come about. */
const NOT_SO = /\b(not|no|never|low|lack(ed|ing)?|little|without|stopped|withdrawn|abandoned|failed)\b/i;

export const actionRegister: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'A register of the actions of a plan, with their status',
  windowColumn: null,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface ActionRow {
  readonly row: NamedRow;
  readonly data: Data;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const { on = '', authority } = source.options;
  const isDated = dateField.safeParse(on).success;
  const isPlaced = authority === undefined || isAuthorityCode(authority);
  if (!isDated)
    report.refuse([1, null], 'option-unusable', on || 'no day', 'the day of the report, YYYY-MM-DD: --on <date> ("on" over HTTP)', FILE_REFUSED); // prettier-ignore
  if (!isPlaced)
    report.refuse([1, null], 'option-unusable', authority, 'the GSS code of an authority, or no --authority', FILE_REFUSED); // prettier-ignore
  const rows = namedRows(source.table, LAYOUT, report);
  if (!isDated || !isPlaced || rows.length === 0) return { events: [], findings: report.findings };
  const place = authority ?? ENGLAND;
  if (authority === undefined)
    report.note([1, null], 'place-assumed', 'no place', 'a register of England, or --authority <code>', `Recorded of ${ENGLAND} (England).`); // prettier-ignore
  if (source.table.header.some((label) => keyOf(label) === 'products'))
    report.note([1, 'products'], 'column-not-kept', 'products', 'nothing', 'Nothing of the column was kept.');
  const read = rows.flatMap((row) => actionRow(row, on, source.sha256, report) ?? []);
  const once = actionsOnce(read, report);
  for (const action of once) flagOddities(action, report);
  return { events: once.map((action) => eventOf(action, place, source)), findings: report.findings };
}

/** One action, or null with a finding at each cell that cannot be used. */
function actionRow(row: NamedRow, on: string, sha256: string, report: Report): ActionRow | null {
  const status = STATUSES[keyOf(row.text(STATUS))];
  if (status === undefined)
    report.refuse(spotOf(row, STATUS), row.text(STATUS) === '' ? 'value-missing' : 'category-unmapped', row.text(STATUS), `one of: ${Object.keys(STATUSES).join(', ')}`); // prettier-ignore
  const outcomes = outcomesOf(row, report);
  const id = slugOf(row.text(ID));
  if (id === '') report.refuse(spotOf(row, ID), 'value-missing', row.text(ID), 'a number or short name of the action');
  const stated = row.raw(STATED);
  if (stated.trim() === '') report.refuse(spotOf(row, STATED), 'value-missing', '', 'the word of the report');
  if (status === undefined || outcomes === null || id === '' || stated.trim() === '') return null;
  const optional = { owner: row.text('owner'), note: row.text('note') };
  const given = Object.entries(optional).filter(([, text]) => text !== '');
  const checked = actionReported.safeParse(
    {
      on,
      action: id,
      group: row.text(GROUP),
      title: row.text(TITLE),
      status,
      statusAsStated: stated.trim(),
      outcomes,
      ...Object.fromEntries(given),
      provenance: { file: sha256, row: row.row, column: row.header(STATED), raw: stated.slice(0, LONGEST_RAW) },
    },
    { error: plainFault },
  );
  if (checked.success) return { row, data: checked.data };
  for (const { path, message } of checked.error.issues) {
    const column = COLUMN_OF_FIELD[String(path[0] ?? '')] ?? STATED;
    report.refuse(spotOf(row, column), 'contract', row.text(column), message);
  }
  return null;
}

/** Which column a field of the contract came from. */
const COLUMN_OF_FIELD: Readonly<Record<string, string>> = {
  action: ID,
  group: GROUP,
  title: TITLE,
  outcomes: LINKED,
  owner: 'owner',
  note: 'note',
};

/** The outcomes that an action is linked to, by number, label or name; none where the cell is empty. */
function outcomesOf(row: NamedRow, report: Report): Outcome[] | null {
  const parts = row.text(LINKED).split(';').map((part) => part.trim()); // prettier-ignore
  if (parts.length === 1 && parts[0] === '') return [];
  const outcomes = parts.map((part) => outcomeOf(part));
  const known = outcomes.filter((outcome) => outcome !== null);
  if (known.length === parts.length && new Set(known).size === known.length) return known;
  const expected = 'numbers of the seven outcomes, 1 to 7, each once, with semicolons between them';
  report.refuse(spotOf(row, LINKED), 'outcome-unknown', row.text(LINKED), expected);
  return null;
}

const outcomeOf = (text: string): Outcome | null =>
  (/^[1-7]$/.test(text) ? OUTCOMES[Number(text) - 1] : undefined) ??
  OUTCOMES.find((outcome) => outcome === text) ??
  OUTCOME_OF.get(keyOf(text)) ??
  null;

/** Each action once: rows that say the same again are refused as repeats, rows that differ are all refused. */
function actionsOnce(rows: readonly ActionRow[], report: Report): readonly ActionRow[] {
  const says = ({ data }: ActionRow): string => JSON.stringify({ ...data, provenance: undefined });
  const { kept, repeats, contradicted } = settleRepeats(rows, ({ data }) => data.action, says);
  for (const { row, first } of repeats)
    report.refuse(spotOf(row.row, ID), 'row-repeated', `the action of row ${first.row.row}`, 'each action once', `Not imported; row ${first.row.row} was kept.`); // prettier-ignore
  for (const { row, other } of contradicted)
    report.refuse(spotOf(row.row, ID), 'row-contradicted', `${row.row.text(ID)}, which row ${other.row.row} tells otherwise`, 'each action once', 'None of these rows was imported.'); // prettier-ignore
  return kept;
}

/** What a reader should look at: a status that its report or its note does not bear out. */
function flagOddities({ row, data }: ActionRow, report: Report): void {
  const { status, statusAsStated: stated, note = '' } = data;
  const meant = STATED_STATUS.find(([words]) => words.test(stated))?.[1];
  const both = meant === 'not-achieved' && /ongoing/i.test(stated);
  if (both || (meant !== undefined && meant !== status))
    report.flag(spotOf(row, STATED), 'status-unclear', stated, `a status that says the same as "${row.text(STATUS)}"`, `Recorded as ${status}, with the words of the report.`); // prettier-ignore
  if (status === 'achieved' && NOT_SO.test(note))
    report.flag(spotOf(row, 'note'), 'status-contradicts-note', `${stated}: ${note}`, 'a note that bears the status out', `Recorded as ${status}, with the note.`); // prettier-ignore
}

const spotOf = (row: NamedRow, column: string) => [row.row, row.header(column)] as const;

function eventOf({ row, data }: ActionRow, place: string, { sha256 }: ImportSource): EventOf<'action.reported'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row.row, row.header(STATED)),
    source: sourceOf(place, FORMAT),
    type: typeOf('action.reported'),
    subject: place,
    data,
  };
}
