/** The figures behind a chart, as a table that a page can set with a caption, column and row headers. */
import type { Series, SeriesPoint } from '../../contracts/series.ts';
import { NOTES } from '../domain/conclude.ts';
import { formatNumber, roundsToZero } from '../domain/formatNumber.ts';
import { inOrder, isBaseline } from './gaps.ts';
import {
  COVERAGE_UNIT,
  GRANULARITY_WORDS,
  MADE_UP,
  capitalised,
  coverageText,
  isPartOfMonth,
  isShort,
  measureText,
  noteWords,
  stateWords,
  valueText,
  type AbsentState,
} from './words.ts';

export interface TableColumn {
  readonly label: string;
  /** Numbers are set to the right. */
  readonly numeric: boolean;
}

export interface SeriesTable {
  readonly caption: string;
  /** The first column holds the row headers. */
  readonly columns: readonly TableColumn[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** What else a reader must know: the notes of the definition, the source and the status. */
  readonly notes: readonly string[];
  /** The shorthand that occurs in the rows, to be explained above the table. */
  readonly legend: readonly { readonly shorthand: string; readonly meaning: string }[];
}

/** Shorthand of the Government Analysis Function: in square brackets, never a symbol. */
const SHORTHAND = {
  '[c]': 'suppressed to protect people',
  '[e]': 'estimated',
  '[low]': 'not zero, but rounds to zero',
  '[x]': 'not available',
  '[z]': 'not applicable',
} as const;
type Shorthand = keyof typeof SHORTHAND;

const STATE_SHORTHAND: Record<AbsentState, Shorthand> = {
  'not-reported': '[x]',
  'not-available': '[x]',
  'not-open': '[z]',
  'not-applicable': '[z]',
  suppressed: '[c]',
};

/** Notes that say that a value is an estimate. */
const ESTIMATES: ReadonlySet<string> = new Set([NOTES.estimated, NOTES.sourceEstimate]);

const SHORTHAND_OF_STATES: ReadonlySet<Shorthand> = new Set(['[x]', '[z]']);

/** What stands for a number that is not there, and the reason in words. */
type Missing = readonly [Shorthand, string];

/** What every row is made from: a point, or a baseline or a target that is none of the points. */
interface Line {
  readonly name: string;
  readonly start: string;
  readonly value: number | null;
  readonly state: SeriesPoint['state'];
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number | null;
  readonly coverage: SeriesPoint['coverage'];
  readonly scope: string | null;
  readonly notes: readonly string[];
  /** As the chart draws it. */
  readonly partial: boolean;
  readonly isTarget: boolean;
}

/**
 * A series as table data: a row for each period in the order of time, the baseline marked (or added where it is none of
 * the points), the target last. Columns for intervals, sample sizes, coverage, scope and notes are there only where
 * a row has something to put in them. No cell is left empty: a number that is not there says why, words are a dash.
 */
export function seriesTable(series: Series): SeriesTable {
  const lines = linesOf(series);
  const optional: readonly (readonly [TableColumn, (line: Line) => string | null])[] = [
    [{ label: 'Lower limit', numeric: true }, (line) => (line.low === null ? null : valueText(series, line.low))],
    [{ label: 'Upper limit', numeric: true }, (line) => (line.high === null ? null : valueText(series, line.high))],
    [{ label: 'Sample size', numeric: true }, (line) => (line.n === null ? null : formatNumber(line.n, 0))],
    [{ label: `Coverage (${COVERAGE_UNIT})`, numeric: true }, coverageCell],
    [{ label: 'Covers', numeric: false }, (line) => line.scope],
    [
      { label: 'Notes', numeric: false },
      (line) => (line.notes.length === 0 ? null : line.notes.map(noteWords).join('; ')),
    ],
  ];
  const used = optional.filter(([, cell]) => lines.some((line) => cell(line) !== null));
  // Words stay empty where there are none; a missing number says why it is not there.
  /** Why there is no number, by the shorthand that says so: the legend names the reasons that occur. */
  const reasons = new Map<Shorthand, Set<string>>();
  const because = ([shorthand, reason]: Missing): Shorthand => {
    reasons.set(shorthand, (reasons.get(shorthand) ?? new Set()).add(reason));
    return shorthand;
  };
  const rows = lines.map((line) => [
    line.name,
    line.value === null ? because(absent(line)) : valueCell(series, line, line.value),
    ...used.map(([column, cell]) => cell(line) ?? (column.numeric ? because(missing(line)) : '–')),
  ]);
  const shorthands = (Object.keys(SHORTHAND) as Shorthand[]).filter((each) =>
    rows.some((row) => row.some((cell) => cell.includes(each))),
  );
  return {
    caption: captionOf(series),
    columns: [
      { label: 'Period', numeric: false },
      { label: series.indicator.unit === '%' ? 'Per cent (%)' : capitalised(series.indicator.unit), numeric: true },
      ...used.map(([column]) => column),
    ],
    rows,
    notes: [...series.notes, `Source: ${series.source}`, `Status: ${series.status}`],
    legend: shorthands.map((shorthand) => ({
      shorthand,
      meaning: SHORTHAND_OF_STATES.has(shorthand)
        ? [...(reasons.get(shorthand) ?? [SHORTHAND[shorthand]])].join(', or ')
        : SHORTHAND[shorthand],
    })),
  };
}

function captionOf(series: Series): string {
  const madeUp = series.madeUp ? `${MADE_UP}: ` : '';
  return `${madeUp}${measureText(series)}, ${series.place.name}, ${GRANULARITY_WORDS[series.granularity]}`;
}

/** A number that a row has not got: for the reason its value is absent, else it was not published; a target has none. */
const missing = (line: Line): Missing =>
  line.isTarget ? ['[z]', 'not applicable to a target'] : line.value === null ? absent(line) : ['[x]', 'not published'];

const absent = ({ state }: Line): Missing =>
  state === 'observed' || state === 'zero' ? ['[x]', 'not available'] : [STATE_SHORTHAND[state], stateWords(state)];

/** A value with its shorthand. */
function valueCell(series: Series, line: Line, value: number): string {
  const low = roundsToZero(value, series.indicator.decimals) ? '[low]' : '';
  const estimated = line.notes.some((note) => ESTIMATES.has(note)) ? '[e]' : '';
  return `${valueText(series, value)} ${low}${estimated}`.trimEnd();
}

function coverageCell(line: Line): string | null {
  if (line.coverage === null) return null;
  const days = isPartOfMonth(line) && !isShort(line) ? ' (part of a month)' : '';
  return `${coverageText(line.coverage)}${line.value !== null && line.partial ? `, partial${days}` : ''}`;
}

function linesOf(series: Series): Line[] {
  const { baseline, target } = series;
  const points = inOrder(series);
  const lines: Line[] = points.map((point) => ({
    ...point,
    isTarget: false,
    name: isBaseline(series, point) ? `${point.label} (baseline)` : point.label,
  }));
  const none = { isTarget: false, partial: false, low: null, high: null, n: null, coverage: null, scope: null };
  if (baseline !== null && !points.some((point) => isBaseline(series, point))) {
    const start = baseline.period.slice(0, 10);
    const at = lines.findIndex((line) => line.start > start);
    const notes = [...baseline.notes, ...(baseline.source === null ? [] : [`Source: ${baseline.source}`])];
    const partial = isShort(baseline) || isPartOfMonth(baseline);
    const line = { ...none, ...baseline, partial, name: `${baseline.label} (baseline)`, start, notes };
    lines.splice(at < 0 ? lines.length : at, 0, line);
  }
  if (target !== null) {
    const notes = [`Source: ${target.source}`];
    const start = target.period.slice(0, 10);
    lines.push({
      ...none,
      isTarget: true,
      name: `${target.label} (target)`,
      start,
      value: target.value,
      state: 'observed',
      notes,
    });
  }
  return lines;
}
