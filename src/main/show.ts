/** What the command line prints for a person. With `--json` the same things are printed as one JSON object instead. */
import type { ErrorCode, Problem } from '../../contracts/errors.ts';
import type { Series } from '../../contracts/series.ts';
import type { ImportReport } from '../app/importReport.ts';
import type { ParkedEvent } from '../app/parked.ts';
import type { ReplayResult } from '../app/replay.ts';
import type { Verification } from '../app/verify.ts';
import { foundAndExpected, type Finding } from '../importers/importer.ts';
import type { ListedIndicator } from './target.ts';
import { seriesTable } from '../charts/seriesTable.ts';
import { inSentences } from '../charts/textAlternative.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import { periodLabel } from '../domain/periods.ts';

/** `1 segment`, `2 segments`. */
const many = (n: number, thing: string): string => `${whole(n)} ${thing}${n === 1 ? '' : 's'}`;
const whole = (n: number): string => formatNumber(n, 0);
const FINDINGS_SHOWN = 20;
const REPORT = '--report findings.html (or .csv, .json) lists them';

/**
 * What became of a file: counts, then the first findings, one a line. Of what is not refused, findings of one kind in one
 * row share a line; where that makes too many lines, all of one kind do.
 */
export function showImport(report: ImportReport): string {
  const { findings, dryRun } = report;
  const counts = (['refused', 'flagged', 'noted'] as const).map((s) => `${whole(report.counts[s])} ${s}`);
  const byRow = together(findings, ({ severity, code, file, row }) => `${severity} ${code} ${file} ${row}`);
  const lines =
    byRow.length <= FINDINGS_SHOWN
      ? byRow
      : together(findings, ({ severity, code, file }) => `${severity} ${code} ${file}`);
  const shown = lines.slice(0, FINDINGS_SHOWN);
  const more = report.counts.refused + report.counts.flagged + report.counts.noted - shown.flat().length;
  const corrected = report.corrected === 0 ? '' : `, ${whole(report.corrected)} corrected`;
  return [
    `${report.file}: read as ${report.format}${sureness(report)}, SHA-256 ${report.sha256.slice(0, 16)}…`,
    ...(dryRun ? ['  nothing was recorded: this is what would be'] : []),
    `  ${whole(report.events)} events: ${whole(report.accepted)} recorded, ${whole(report.duplicates)} recorded before${corrected}, ${whole(report.refused)} refused`,
    ...differencesOf(report),
    `  findings: ${counts.join(', ')}`,
    ...shown.flatMap((group) => findingLine(group, report.file)),
    ...(more > 0 ? [`  … and ${whole(more)} more: ${REPORT}`] : lines === byRow ? [] : [`  Each of them: ${REPORT}`]),
  ].join('\n');
}

/** How sure the format is, where it is not certain. */
const sureness = ({ sure }: ImportReport): string => (sure === 1 ? '' : ` (${Math.round(sure * 100)}% sure)`);

const DIFFERENCES_SHOWN = 10;

/** Numbers that are recorded otherwise, before anything is done about them. */
function differencesOf({ differing, differences }: ImportReport): string[] {
  if (differing === 0) return [];
  const shown = differences.slice(0, DIFFERENCES_SHOWN);
  return [
    `  recorded otherwise: ${whole(differing)}`,
    ...shown.map(
      ({ row, cell, subject, when, recorded, found }) =>
        `    row ${row}${cell === null ? '' : `, ${cell}`}: ${subject} ${when}: recorded ${recorded}, in this file ${found === '' ? 'an empty cell' : found}`,
    ),
    ...(differing > shown.length ? [`    … and ${whole(differing - shown.length)} more`] : []),
  ];
}

/** Findings that share a line, by a key of what they have in common; what was refused never does. */
function together(findings: readonly Finding[], keyOf: (finding: Finding) => string): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const [at, finding] of findings.entries()) {
    const key = finding.severity === 'refused' ? String(at) : keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** @param file the name of the whole file; a finding on a sheet of it names the sheet */
function findingLine([first, ...others]: readonly Finding[], file: string): string[] {
  if (first === undefined) return [];
  const { severity, row, cell, done } = first;
  const lastRow = Math.max(row, ...others.map((other) => other.row));
  const where = lastRow === row ? 'in this row' : `down to row ${lastRow}`;
  const like = others.length === 0 ? '' : ` (and ${whole(others.length)} more like it ${where})`;
  const sheet = first.file.startsWith(`${file}, `) ? `${first.file.slice(file.length + 2)}, ` : '';
  return [
    `  ${severity}  ${sheet}row ${row}${cell === null ? '' : `, ${cell}`}: ${foundAndExpected(first)}; ${done}${like}`,
  ];
}

/** How many things of a file were refused: cells, rows and columns, and what the log would not take. */
export const refusals = ({ counts }: ImportReport): number => counts.refused;

/** What is said last where a part of what was to be imported was not. */
export const showPartlyRefused = (refused: number): string =>
  `${whole(refused)} ${refused === 1 ? 'thing was' : 'things were'} refused and not imported; the rest is recorded. Correct what is named and import again: what is recorded counts once.`;

/** The list of indicators: id, title, unit, and what progress is measured from. */
export function showIndicators(indicators: readonly ListedIndicator[]): string {
  const width = Math.max(0, ...indicators.map(({ id }) => id.length));
  return indicators
    .map(({ id, title, unit, baselines }) => {
      const from = [...new Set(baselines.map(({ period, basis }) => `${periodLabel(period)} (${basis})`))].join(', ');
      return `${id.padEnd(width)}  ${title} (${unit}); ${from === '' ? 'no baseline' : `baseline ${from}`}`;
    })
    .join('\n');
}

/** Events that could not be read, one a line, and how to settle them. */
export function showParked(parked: readonly ParkedEvent[]): string {
  if (parked.length === 0) return 'No event is parked: all that the log holds could be read.';
  return [
    `${whole(parked.length)} ${parked.length === 1 ? 'event' : 'events'} could not be read; figures that may depend on ${parked.length === 1 ? 'it' : 'them'} are incomplete:`,
    ...parked.map(
      ({ ordinal, source, id, type, kind, reason }) =>
        `  ${ordinal}  ${source} ${id}: ${type === '' ? 'no type' : type}; ${reason}; touches ${kind === null ? 'any figure' : `figures of ${kind}`}`,
    ),
    'Settle each by a fact.corrected or fact.retracted event that names it, by "outcomes parked dismiss <number>", or by "outcomes rebuild" with a version that can read it.',
  ].join('\n');
}

/** A series as a table in columns of text, with its words, its definition and its status. */
export function showSeries(series: Series): string {
  const table = seriesTable(series);
  const cells = [table.columns.map((c) => c.label), ...table.rows];
  const widths = table.columns.map((_, at) => Math.max(...cells.map((row) => [...(row[at] ?? '')].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => {
        const pad = ' '.repeat((widths[at] ?? 0) - [...cell].length);
        return table.columns[at]?.numeric === true ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd();
  return [
    table.caption,
    '',
    ...cells.map(line),
    '',
    ...table.legend.map(({ shorthand, meaning }) => `${shorthand} ${meaning}`),
    ...series.notes.map((note) => `Note: ${note}`),
    ...inSentences(series),
    `Definition ${series.indicator.id} version ${series.indicator.version} (${series.indicator.definition}), knowledge position ${whole(series.position)}.`,
  ].join('\n');
}

/** Decimals of a value whose unit is not at hand: as many as any unit shows. */
const DECIMALS = 2;

/** What a replay moved: counts, then the largest moves. */
export function showReplay(result: ReplayResult): string {
  const { same, changed, added, removed, largest } = result.comparison;
  const value = (v: { value: number | null; state: string } | null): string =>
    v === null
      ? 'nothing'
      : v.value === null
        ? v.state
        : formatNumber(v.value, Number.isInteger(v.value) ? 0 : DECIMALS);
  const moved = changed + added + removed;
  return [
    `${result.projection}: ${many(result.observations, 'observation')} at knowledge position ${whole(result.position)}${result.stored ? ', stored as a draft' : ''}`,
    result.against === null
      ? 'There is no active version to compare with.'
      : `Against ${result.against}: ${whole(same)} the same, ${whole(changed)} changed, ${whole(added)} new, ${whole(removed)} gone.`,
    ...(result.against === null
      ? []
      : largest.map(
          ({ key, before, after }) =>
            `  ${key.place} ${periodLabel(key.period)}${key.breakdown === '' ? '' : ` ${key.breakdown}`} (${key.basis}): ${value(before)} → ${value(after)}`,
        )),
    ...(result.against !== null && moved > largest.length ? [`  … and ${whole(moved - largest.length)} more`] : []),
    ...(result.stored
      ? ['To make it count, put the document into projections/indicators and start the server again.']
      : []),
  ].join('\n');
}

/** Whether what is stored equals a rebuild, and where it does not. */
export function showVerification(v: Verification): string {
  const { differences } = v;
  return [
    `Rebuilt from the log at knowledge position ${whole(v.position)}: ${many(v.facts, 'fact')} in ${many(v.segments, 'segment')}, ${many(v.observations, 'observation')} of ${many(v.projections, 'indicator')}, ${many(v.feeds, 'feed')}.`,
    differences.length === 0
      ? 'Facts, observations and feeds are byte-identical to the rebuild.'
      : `${whole(differences.length)} ${differences.length === 1 ? 'difference' : 'differences'}:`,
    ...differences.map(({ where, what }) => `  ${where}: ${what}`),
    ...unmatchedLines(v.unmatched),
  ].join('\n');
}

const UNMATCHED_SHOWN = 20;

/** A mistyped id in a correction would otherwise never be noticed: the event that it meant goes on counting as it was. */
function unmatchedLines(unmatched: Verification['unmatched']): string[] {
  if (unmatched.length === 0) return [];
  const more = unmatched.length - UNMATCHED_SHOWN;
  return [
    `${whole(unmatched.length)} ${unmatched.length === 1 ? 'amendment names an event' : 'amendments name events'} that the log does not hold, and wait for it:`,
    ...unmatched
      .slice(0, UNMATCHED_SHOWN)
      .map(
        ({ ordinal, source, id, type, target }) =>
          `  ${ordinal}: ${type} "${id}" of ${source} names "${target.id}" of ${target.source}`,
      ),
    ...(more > 0 ? [`  and ${whole(more)} more, all with --json`] : []),
    'Where the event will not come, retract the amendment and send it again with the right source and id.',
  ];
}

/** A problem: what was wrong, where exactly, and what to do next. */
export function showProblem(problem: Problem): string {
  const where = (f: NonNullable<Problem['faults']>[number]): string =>
    [
      f.file,
      f.line === undefined ? undefined : `line ${f.line}, column ${f.column ?? 1}`,
      f.row === undefined ? undefined : `row ${f.row}`,
      f.cell,
      f.pointer,
    ]
      .filter((part) => part !== undefined && part !== '')
      .join(', ');
  return [
    `outcomes: ${problem.detail} [${problem.code satisfies ErrorCode}]`,
    ...(problem.faults ?? []).map((f) => `  ${where(f)}${where(f) === '' ? '' : ': '}${f.message}`),
    ...(problem.hint === undefined ? [] : [`  ${problem.hint}`]),
  ].join('\n');
}
