/**
 * Sessions in the open-data schema: `Local authority, Library name, Event date, Name, Main outcome, Secondary outcome,
 * Attendees`, one session a row (schema-librarydata, events). Older files have one column `Outcome`.
 *
 * The schema gives the day of a session and no time, so the event says `on` and no moment. The name of a session is not
 * kept: it may name somebody. The outcomes are the publisher's labels; indicators decide what to make of them.
 */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import type { Outcome } from '../../../contracts/fields.ts';
import { keyOf } from '../../domain/labels.ts';
import { isoOf } from '../../domain/periods.ts';
import { checkFilled, dayCell, wordCell } from '../table/cells.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import { OUTCOME_LABELS, OUTCOME_OF } from '../outcomeLabels.ts';
import { reportFor, type ImportResult, type ImportSource, type Report, type TableImporter } from '../importer.ts';
import { ALSO_CALLED, authoritiesIn, AUTHORITY, countCell, LIBRARY, placeOf, type AuthorityOfRow } from './openData.ts';
import { layoutScore, namedRows, TOTAL_IMPORTED, type NamedRow } from '../table/rows.ts';

const FORMAT = 'open-data-events';
const [DATE, NAME, MAIN, SECOND, ATTENDEES] = [
  'Event date',
  'Name',
  'Main outcome',
  'Secondary outcome',
  'Attendees',
] as const;
const LAYOUT = {
  required: [AUTHORITY, LIBRARY, DATE, MAIN, ATTENDEES],
  optional: [SECOND],
  notKept: [NAME],
  alsoCalled: { ...ALSO_CALLED, [MAIN]: ['Outcome'] },
};

const OUTCOME_WORDS = { meanings: OUTCOME_OF, words: `one of: ${OUTCOME_LABELS.join('; ')}` };

/** What the schema writes where a session was held in no library. */
const OUTREACH = 'outreach';
/** Names that say of a row that it is no session. */
const TOTALS: ReadonlySet<string> = new Set(['total', 'totals', 'grand total', 'subtotal', 'sub total']);

export const openDataEvents: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Events in the public library open-data schema',
  windowColumn: DATE,
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

interface Session {
  readonly row: number;
  readonly header: string;
  readonly raw: string;
  readonly authority: string;
  readonly place: string;
  readonly day: number;
  readonly main: Outcome;
  readonly second: Outcome | null;
  readonly attendance: number;
  /** All that the row says, its name included: to find rows alike. */
  readonly says: string;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const named = namedRows(source.table, LAYOUT, report);
  const authority = authoritiesIn(named, source.options, report);
  const sessions = named.flatMap((row) => sessionOf(row, authority, report) ?? []);
  const kept = withoutPastedBlocks(sessions, report);
  return { events: kept.map((session) => eventOf(session, source)), findings: report.findings };
}

/** A row whose every cell can be used, or null with a finding at each that cannot. */
function sessionOf(row: NamedRow, authorityOfRow: AuthorityOfRow, report: Report): Session | null {
  const where = whereHeld(row, authorityOfRow, report);
  const day = dayCell(row, DATE, report);
  const isTotal = refusedAsTotal(row, report);
  const main = wordCell(row, MAIN, OUTCOME_WORDS, report);
  const second = row.text(SECOND) === '' ? 'none' : wordCell(row, SECOND, OUTCOME_WORDS, report);
  const attendance = countCell(row, ATTENDEES, report);
  if (where === null || day === null || isTotal) return null;
  if (main === null || second === null || attendance === null) return null;
  return {
    row: row.row,
    header: row.header(ATTENDEES),
    raw: row.raw(ATTENDEES),
    ...where,
    day,
    main,
    second: second === 'none' ? null : second,
    attendance,
    says: [where.place, day, keyOf(row.text(NAME)), main, second, attendance].join('\n'),
  };
}

/** A session held in no library is the authority's. */
function whereHeld(row: NamedRow, authorityOfRow: AuthorityOfRow, report: Report) {
  if (keyOf(row.text(LIBRARY)) !== OUTREACH) return placeOf(row, authorityOfRow, report);
  const authority = authorityOfRow(row);
  return authority === null ? null : { authority, place: authority };
}

function refusedAsTotal(row: NamedRow, report: Report): boolean {
  if (row.has(NAME)) checkFilled(row, NAME, 'the name of the session', report);
  if (!TOTALS.has(keyOf(row.text(NAME)))) {
    if (/\btotals?\b/i.test(row.text(NAME)))
      report.flag([row.row, row.header(NAME)], 'looks-like-total', 'a name with the word "total"', 'the name of a session', TOTAL_IMPORTED); // prettier-ignore
    return false;
  }
  const expected = 'the name of a session: totals are worked out, not imported';
  report.refuse([row.row, row.header(NAME)], 'totals-row', row.text(NAME), expected);
  return true;
}

/** Rows that follow each other as they did before, and are not all alike, were pasted: no chance makes so many. */
const BLOCK = 3;
/** Earlier rows that a row is compared with, of all that say the same. */
const LOOK_BACK = 20;

/**
 * The sessions without those of a block that stands in the file twice. Two rows alike may be two sessions of a day, and
 * are kept and flagged.
 */
function withoutPastedBlocks(sessions: readonly Session[], report: Report): readonly Session[] {
  const seen = new Map<string, number[]>();
  const repeats = new Map<number, number>();
  const pasted = new Set<number>();
  let runs = new Map<number, { readonly from: number; readonly kinds: Set<string> }>();
  for (const [at, { says }] of sessions.entries()) {
    const earlier = seen.get(says) ?? [];
    const going: typeof runs = new Map();
    for (const other of earlier.slice(-LOOK_BACK)) {
      const run = runs.get(at - other) ?? { from: at, kinds: new Set<string>() };
      going.set(at - other, run);
      const isBlock = run.kinds.size >= BLOCK;
      run.kinds.add(says);
      repeats.set(at, other);
      if (isBlock) pasted.add(at);
      else if (run.kinds.size >= BLOCK) for (let row = run.from; row <= at; row++) pasted.add(row);
    }
    runs = going;
    earlier.push(at);
    seen.set(says, earlier);
  }
  for (const [at, other] of repeats) {
    const { row, header } = sessions[at] as Session;
    const found = `the same session as row ${sessions[other]?.row}`;
    if (pasted.has(at)) report.refuse([row, header], 'row-repeated', `${found}, in a block of rows`, 'each block once');
    else {
      const done = 'Imported: two sessions may be alike. Withdraw one if it was entered twice.';
      report.flag([row, header], 'row-repeated', found, 'each session once', done);
    }
  }
  return sessions.filter((_, at) => !pasted.has(at));
}

function eventOf(
  { row, header, raw, authority, place, day, main, second, attendance }: Session,
  { sha256 }: ImportSource,
): EventOf<'activity.held'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, header),
    source: sourceOf(authority, FORMAT),
    type: typeOf('activity.held'),
    subject: place,
    data: {
      on: isoOf(day),
      attendance,
      mainOutcome: main,
      ...(second === null ? {} : { secondaryOutcome: second }),
      provenance: { file: sha256, row, column: header, raw },
    },
  };
}
