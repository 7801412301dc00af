/**
 * Figures that others published, quoted one a row with their sources:
 * `figure_id, outcome, indicator, scope, period_start, period_end, value, unit, comparison, source, note`, and where the
 * source gives them `n, low, high, interval_percent, survey`.
 *
 * A figure is quoted, never recomputed. `outcome` and `comparison` are read past: which outcome a statistic serves, and
 * what is the baseline of what, is for indicator definitions to say.
 */
import { typeOf, type ActivityEvent, type EventOf } from '../../contracts/activityEvent.ts';
import { plainFault } from '../../contracts/plainFault.ts';
import { figurePublished } from '../../contracts/events/figures.ts';
import { dayOf, intervalOf, type DayWindow } from '../domain/periods.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import { reportFor, type ImportSource, type Report, type TableImporter, type ImportResult } from './importer.ts';
import { layoutScore, namedRows, settleRepeats, type NamedRow } from './table/rows.ts';
import { keyOf } from '../domain/labels.ts';
import { cutSlugOf, dateHint, isoDayOf, isPlain, slugOf } from './table/text.ts';

const FORMAT = 'published-figures';
const READ_PAST = ['outcome', 'comparison'];
const LAYOUT = {
  required: ['figure_id', 'indicator', 'scope', 'period_start', 'period_end', 'value', 'unit', 'source'],
  optional: ['outcome', 'comparison', 'note', 'n', 'low', 'high', 'interval_percent', 'survey'],
};
/** The feed: quoted from many publishers, so no authority owns it. */
const OWNER = 'compiled';
const LONGEST_STATISTIC = 64;

/** GSS codes of the nations and their unions. */
const UK = 'K02000001';
const GREAT_BRITAIN = 'K03000001';
const ENGLAND_AND_WALES = 'K04000001';
const ENGLAND = 'E92000001';
const WALES = 'W92000004';
const NORTHERN_IRELAND = 'N92000002';
/**
 * Words that name a nation in a scope. "GOV.UK" is a web site and no nation, so UK must stand as a word of its own with
 * no full stop before it.
 */
const NATIONS: readonly (readonly [words: RegExp, code: string])[] = [
  [/(?<![.\w])UK\b|\bUnited Kingdom\b/i, UK],
  [/\bGreat Britain\b|\bGB\b/i, GREAT_BRITAIN],
  [/\bEngland\b|\bEnglish\b/i, ENGLAND],
  [/\bWales\b|\bWelsh\b/i, WALES],
  [/\bScotland\b|\bScottish\b/i, 'S92000003'],
  [/\bNorthern Ireland\b/i, NORTHERN_IRELAND],
];

/** Statistics that are known to be survey estimates, whatever their source line says: Taking Part's own question. */
const SURVEY_STATISTICS = /^adults who used a library\b/i;
/** Words by which a source says that a share was asked of a sample. */
const SURVEY_WORDS = /\btaking part\b|\bsurveys?\b|\bn\s*=\s*\d/i;

export const publishedFigures: TableImporter = {
  reads: 'table',
  format: FORMAT,
  title: 'Published figures, one a row with its source',
  windowColumn: 'period_end',
  recognises: ({ header }) => layoutScore(header, LAYOUT),
  read,
};

type FigureEvent = EventOf<'figure.published'>;
interface FigureRow {
  readonly row: number;
  readonly cells: NamedRow;
  readonly event: FigureEvent;
}

function read(source: ImportSource): ImportResult {
  const report = reportFor(source.fileName);
  const rows = namedRows(source.table, LAYOUT, report);
  const read = rows.flatMap((row) => figureRow(row, source.sha256, report) ?? []);
  const once = figuresOnce(read, report);
  const kept = withoutConfusedStatistics(once, report);
  flagDisagreements(kept, report);
  notePlacesAssumed(kept, report);
  noteReadPast(source, report);
  const cells = new Map<ActivityEvent, NamedRow>(kept.map((row) => [row.event, row.cells]));
  return {
    events: kept.map(({ event }) => event),
    findings: report.findings,
    spotOf: (event, field) => {
      const row = cells.get(event);
      return row === undefined ? [1, null] : spotOf(row, COLUMN_OF_FIELD[field] ?? 'value');
    },
  };
}

/**
 * The place a scope is about: the nation it names, the union of the nations it names, or England where it names none
 * (a county, a library, a web site of the government: the programme these figures belong to is England's). The exact
 * scope stays with the figure, so that one of Norfolk is never taken for one of England.
 * @returns the GSS code, and whether it was assumed
 */
export function nationOf(scope: string): { place: string; assumed: boolean } {
  const named = NATIONS.filter(([words]) => words.test(scope)).map(([, code]) => code);
  const [first] = named;
  if (first === undefined) return { place: ENGLAND, assumed: true };
  if (named.length === 1) return { place: first, assumed: false };
  if (named.includes(UK) || named.includes(NORTHERN_IRELAND)) return { place: UK, assumed: false };
  const southern = named.every((code) => code === ENGLAND || code === WALES);
  return { place: southern ? ENGLAND_AND_WALES : GREAT_BRITAIN, assumed: false };
}

/**
 * Slug of a statistic: that of its wording, cut at a whole word where it is longer than a slug may be.
 * @returns the slug, and whether it was cut
 */
export function statisticOf(indicator: string): { statistic: string; cut: boolean } {
  const statistic = cutSlugOf(indicator, LONGEST_STATISTIC);
  return { statistic, cut: statistic !== slugOf(indicator) };
}

/** One row as an event, or null with a finding at each cell that cannot be used. */
function figureRow(row: NamedRow, sha256: string, report: Report): FigureRow | null {
  const reference = row.text('figure_id');
  if (reference === '')
    report.refuse(spotOf(row, 'figure_id'), 'value-missing', '', 'a number of its own for the figure, such as PF001');
  const window = windowOfRow(row, report);
  const value = numberCell(row, 'value', report);
  const n = optional(row, 'n', report);
  const low = optional(row, 'low', report);
  const high = optional(row, 'high', report);
  const intervalPercent = optional(row, 'interval_percent', report);
  const survey = surveyCell(row, report);
  const numbers = [n, low, high, intervalPercent];
  if (reference === '' || window === null || value === null || survey === null || numbers.includes(null)) return null;

  const data = {
    statistic: statisticOf(row.text('indicator')).statistic,
    window: intervalOf(window),
    value,
    unit: row.text('unit'),
    scope: row.text('scope'),
    survey,
    ...present({ n, low, high, intervalPercent }),
    source: row.text('source'),
    ...(row.text('note') === '' ? {} : { note: row.text('note') }),
    reference,
  };
  const checked = figurePublished.safeParse(data, { error: plainFault });
  if (!checked.success) {
    for (const { path, message } of checked.error.issues) {
      const column = COLUMN_OF_FIELD[String(path[0] ?? '')] ?? 'value';
      report.refuse(spotOf(row, column), 'contract', row.text(column), message);
    }
    return null;
  }
  return { row: row.row, cells: row, event: eventOf(row, sha256, checked.data) };
}

/** Which column a field of the contract came from, to name the cell of a fault. */
const COLUMN_OF_FIELD: Readonly<Record<string, string>> = {
  statistic: 'indicator',
  window: 'period_end',
  value: 'value',
  unit: 'unit',
  scope: 'scope',
  n: 'n',
  low: 'low',
  high: 'high',
  intervalPercent: 'interval_percent',
  source: 'source',
  note: 'note',
  reference: 'figure_id',
};

function eventOf(row: NamedRow, sha256: string, data: FigureEvent['data']): FigureEvent {
  // All that a number can have beside it are spaces, which may be very many, or line breaks.
  const raw = isPlain(row.raw('value')) ? row.raw('value') : row.text('value');
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row.row, row.header('value')),
    source: sourceOf(OWNER, FORMAT),
    type: typeOf('figure.published'),
    subject: nationOf(data.scope).place,
    data: { ...data, provenance: { file: sha256, row: row.row, column: row.header('value'), raw } },
  };
}

const spotOf = (row: NamedRow, column: string) => [row.row, row.header(column)] as const;

/** Only the fields that have a value: the contract knows no undefined. */
const present = (fields: Record<string, number | undefined | null>): Record<string, number> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));

const PLAIN_NUMBER = 'a number with at most three decimals, digits and a point only';

/** A number as the contract can hold it, or null with a finding. */
function numberCell(row: NamedRow, column: string, report: Report): number | null {
  const text = row.text(column);
  if (/^-?(0|[1-9]\d{0,12})(\.\d{1,3})?$/.test(text)) return Number(text);
  const hint = text.endsWith('%')
    ? '; the column "unit" says percent'
    : text.includes(',')
      ? ', without thousands separators'
      : '';
  report.refuse(spotOf(row, column), text === '' ? 'value-missing' : 'not-a-number', text, `${PLAIN_NUMBER}${hint}`);
  return null;
}

const optional = (row: NamedRow, column: string, report: Report): number | undefined | null =>
  row.text(column) === '' ? undefined : numberCell(row, column, report);

/** Whether a figure is an estimate from a sample: what the column says, else what is known of it, else its wording. */
function surveyCell(row: NamedRow, report: Report): boolean | null {
  const text = row.text('survey').toLowerCase();
  if (text === 'yes' || text === 'true') return true;
  if (text === 'no' || text === 'false') return false;
  if (text !== '') {
    report.refuse(spotOf(row, 'survey'), 'contract', row.text('survey'), 'yes, no or nothing');
    return null;
  }
  if (SURVEY_STATISTICS.test(row.text('indicator'))) return true;
  return (
    row.text('unit') === 'percent' && ['scope', 'source', 'note'].some((column) => SURVEY_WORDS.test(row.text(column)))
  );
}

const DATE_OR_YEAR = 'a date that exists, written YYYY-MM-DD, or a year';

/** A bare year is all of it: from the first day of the start year to the last of the end year. */
function windowOfRow(row: NamedRow, report: Report): DayWindow | null {
  const first = dayCell(row, 'period_start', '01-01', report);
  const last = dayCell(row, 'period_end', '12-31', report);
  if (first === null || last === null) return null;
  if (first <= last) return { first, last };
  const found = `${row.text('period_start')} to ${row.text('period_end')}`;
  report.refuse(spotOf(row, 'period_end'), 'end-before-start', found, 'an end on or after the start');
  return null;
}

function dayCell(row: NamedRow, column: string, monthAndDay: string, report: Report): number | null {
  const text = row.text(column);
  if (/^(19[7-9]\d|20\d\d)$/.test(text)) return dayOf(`${text}-${monthAndDay}`);
  const day = isoDayOf(text);
  if (day === null) report.refuse(spotOf(row, column), 'not-a-date', text, `${DATE_OR_YEAR}${dateHint(text)}`);
  return day;
}

/** Each figure_id once. The same row again is refused as a repeat; two rows that differ under one id are both refused. */
function figuresOnce(rows: readonly FigureRow[], report: Report): readonly FigureRow[] {
  const settled = settleRepeats(
    rows,
    ({ event }) => event.data.reference ?? '',
    ({ event }) => JSON.stringify({ ...event.data, provenance: undefined }),
  );
  for (const { row, first } of settled.repeats) {
    const done = `Not imported; row ${first.row} was kept.`;
    report.refuse(
      spotOf(row.cells, 'figure_id'),
      'row-repeated',
      `the figure of row ${first.row}`,
      'each figure once',
      done,
    );
  }
  for (const { row, other } of settled.contradicted) {
    const found = `${row.cells.text('figure_id')}, which is another figure in row ${other.row}`;
    report.refuse(
      spotOf(row.cells, 'figure_id'),
      'row-contradicted',
      found,
      'a number of its own for each figure',
      'None of these rows was imported.',
    );
  }
  return settled.kept;
}

/** Notes each statistic whose slug was cut, and refuses one that the cut would make the same as another. */
function withoutConfusedStatistics(rows: readonly FigureRow[], report: Report): readonly FigureRow[] {
  const wordings = new Map<string, string>();
  return rows.filter(({ cells }) => {
    const { statistic, cut } = statisticOf(cells.text('indicator'));
    const wording = slugOf(cells.text('indicator'));
    const known = wordings.get(statistic);
    const spot = spotOf(cells, 'indicator');
    if (known !== undefined && known !== wording) {
      report.refuse(
        spot,
        'statistic-shortened',
        cells.text('indicator'),
        'a wording that differs in its first 64 characters',
      );
      return false;
    }
    wordings.set(statistic, wording);
    if (cut && known === undefined) {
      const expected = `a wording of at most ${LONGEST_STATISTIC} letters and digits`;
      report.note(spot, 'statistic-shortened', cells.text('indicator'), expected, `Imported as "${statistic}".`);
    }
    return true;
  });
}

/** Flags a figure that differs from an earlier one of the same statistic, window and scope: sources may disagree. */
function flagDisagreements(rows: readonly FigureRow[], report: Report): void {
  const seen = new Map<string, FigureRow>();
  for (const row of rows) {
    const { statistic, window, scope, value, source } = row.event.data;
    const key = JSON.stringify([statistic, window, scope]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, row);
    else {
      const found = `${value} (${source}), where row ${first.row} has ${first.event.data.value} (${first.event.data.source})`;
      const done = 'Both imported: a definition must say which source it follows.';
      report.flag(
        spotOf(row.cells, 'value'),
        'figures-disagree',
        found,
        'one figure for a statistic, window and scope',
        done,
      );
    }
  }
}

function notePlacesAssumed(rows: readonly FigureRow[], report: Report): void {
  for (const { cells, event } of rows) {
    if (!nationOf(event.data.scope).assumed) continue;
    const done = `Put under ${event.subject} (England), with the scope as stated.`;
    report.note(spotOf(cells, 'scope'), 'place-assumed', event.data.scope, 'a scope that names a nation', done);
  }
}

function noteReadPast({ table }: ImportSource, report: Report): void {
  const found = table.header.map((label) => label.trim()).filter((label) => READ_PAST.includes(keyOf(label)));
  for (const label of found) {
    report.note(
      [1, label],
      'column-not-kept',
      label,
      'nothing',
      'Read past: indicator definitions say outcome and baseline.',
    );
  }
}
