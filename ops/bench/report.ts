/** What a run prints and what `docs/benchmarks.md` holds: the same figures, as they came out. */
import type { Bar, Figure, Ran, Timing, Unit } from './bench.ts';
import { median } from './measure.ts';

export interface Report {
  readonly machine: readonly (readonly [string, string])[];
  readonly facts: number;
  readonly quick: boolean;
  readonly started: Date;
  readonly ran: readonly Ran[];
}

/** For the terminal: sizes and versions, ratios, then medians. */
export function text(report: Report): string {
  const figures = figuresOf(report.ran).map(({ bench, figure }) => [
    bench,
    figure.name,
    figure.peer ?? '',
    shown(figure.value, figure.unit),
    barText(figure),
    verdict(figure),
  ]);
  const timings = timingsOf(report.ran).map(({ bench, timing }) => [bench, ...timingCells(timing)]);
  return [
    headLine(report),
    ...report.machine.map(([name, value]) => `${name}: ${value}`),
    '',
    'Ratios and figures with a bar',
    ...aligned(figures),
    '',
    'Medians (lowest to highest, repetitions)',
    ...aligned(timings),
    '',
    ...report.ran.flatMap(({ name, outcome, failure }) => [
      ...(failure === null ? [] : [`${name} FAILED: ${failure}`]),
      ...(outcome?.notes ?? []).map((note) => `${name}: ${note}`),
    ]),
    '',
  ].join('\n');
}

/** The page of the last full run. */
export function page(report: Report): string {
  return [
    '# Benchmarks',
    '',
    '<!-- Written by `npm run bench`; the next full run replaces it. -->',
    '',
    `${headLine(report)} These are the figures of the last run as they came out, good or bad. Every ratio has both of its sides from that one run. Nothing here is asserted by a test.`,
    '',
    ...table(['machine', ''], report.machine),
    '',
    '## Ratios and bars',
    '',
    ...table(
      ['bench', 'work', 'against', 'measured', 'bar', ''],
      figuresOf(report.ran).map(({ bench, figure }) => [
        bench,
        figure.name,
        figure.peer ?? '–',
        shown(figure.value, figure.unit),
        barText(figure),
        verdict(figure),
      ]),
    ),
    '',
    '`×` says how many times as long the peer takes; where the bar is an upper limit, the share of the peer’s time.',
    '',
    '## Each bench',
    ...report.ran.flatMap(section),
    '',
  ].join('\n');
}

function section({ name, title, what, outcome, failure, seconds }: Ran): string[] {
  return [
    '',
    `### ${name}: ${title}`,
    '',
    what,
    '',
    ...(failure === null ? [] : [`**Failed:** ${failure}`, '']),
    ...(outcome === null || outcome.timings.length === 0
      ? []
      : [...table(['measured', 'median', 'lowest to highest', 'repetitions'], outcome.timings.map(timingCells)), '']),
    ...(outcome?.notes ?? []).map((note) => `- ${note}`),
    ...(outcome === null || outcome.notes.length === 0 ? [] : ['']),
    `The whole bench took ${Math.round(seconds)} s.`,
  ];
}

const headLine = ({ facts, quick, started }: Report): string =>
  `Taken on ${started.toISOString().slice(0, 10)} with ${facts.toLocaleString('en-GB')} facts${quick ? ' (a short run: its figures say little)' : ''}.`;

const figuresOf = (ran: readonly Ran[]): { bench: string; figure: Figure }[] =>
  ran.flatMap(({ name, outcome }) => (outcome?.figures ?? []).map((figure) => ({ bench: name, figure })));

const timingsOf = (ran: readonly Ran[]): { bench: string; timing: Timing }[] =>
  ran.flatMap(({ name, outcome }) => (outcome?.timings ?? []).map((timing) => ({ bench: name, timing })));

const timingCells = ({ name, unit, runs }: Timing): string[] => [
  name,
  shown(median(runs), unit),
  `${shown(Math.min(...runs), unit)} to ${shown(Math.max(...runs), unit)}`,
  String(runs.length),
];

function barText({ bar, unit }: Figure): string {
  if (bar === undefined) return '–';
  return 'atLeast' in bar ? `≥ ${limit(bar.atLeast, unit)}` : `≤ ${limit(bar.atMost, unit)}`;
}

const limit = (value: number, unit: Unit): string => `${value.toLocaleString('en-GB')} ${unit}`;

function verdict({ bar, value }: Figure): string {
  if (bar === undefined) return '–';
  return meets(bar, value) ? 'met' : 'not met';
}

export const meets = (bar: Bar, value: number): boolean =>
  'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;

const SIGNIFICANT = 3;

/** Three digits that count, never with an exponent. */
function shown(value: number, unit: Unit): string {
  const digits = new Intl.NumberFormat('en-GB', {
    maximumSignificantDigits: Math.abs(value) >= 1000 ? 4 : SIGNIFICANT,
  });
  return `${digits.format(value)} ${unit}`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
