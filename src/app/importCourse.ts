/** What has come of a file while it is imported: counts, findings, and numbers that are recorded otherwise. */
import type { ActivityEvent, FactBody } from '../../contracts/activityEvent.ts';
import type { Finding } from '../importers/importer.ts';
import { findingTally } from './findingTally.ts';
import { placeOf, withoutRows, type Why } from './importFindings.ts';
import type { ImportFile, ImportPart } from './importParts.ts';
import type { Difference, ImportReport } from './importReport.ts';
import { whenOf, type Standing } from './recordedCells.ts';
import type { FigureDifference } from './recordedFigures.ts';

/** Counted up while the file is read. */
interface Counts {
  rows: number;
  /** Events: read, recorded now, recorded before, corrected, and refused. */
  events: number;
  accepted: number;
  duplicates: number;
  corrected: number;
  refused: number;
}

export interface ImportCourse {
  readonly counts: Counts;
  tell(findings: Iterable<Finding>): void;
  /** An event is not recorded, which is told at its cell. */
  refuse(event: ActivityEvent, why: Why): void;
  /** Something else is recorded in the place of an event. */
  differ(event: ActivityEvent, instead: Standing | null, figure: FigureDifference | null): void;
  /** What came of it, when all of it is read; of a file that said nothing, that it did. */
  report(parts: readonly ImportPart[], dryRun: boolean): ImportReport;
}

const DIFFERENCES_LISTED = 1_000;

export function importCourse(file: ImportFile): ImportCourse {
  const tally = findingTally();
  const counts: Counts = { rows: 0, events: 0, accepted: 0, duplicates: 0, corrected: 0, refused: 0 };
  const differences: Difference[] = [];
  let differing = 0;
  return {
    counts,
    tell: (findings) => tally.add(findings),
    refuse(event, why) {
      counts.refused += 1;
      tally.add([{ severity: 'refused', ...placeOf(file, event), ...why, done: 'Not recorded.' }]);
    },
    differ(event, instead, figure) {
      differing += 1;
      if (differences.length < DIFFERENCES_LISTED) differences.push(differenceOf(file, event, instead, figure));
    },
    report(parts, dryRun) {
      const { rows, ...ofEvents } = counts;
      if (counts.events === 0 && tally.counts().refused === 0) tally.add([withoutRows(file, rows)]);
      return {
        file: file.fileName,
        sha256: file.sha256,
        format: [...new Set(parts.map(({ importer }) => importer.format))].join(', '),
        sure: Math.min(...parts.map(({ sure }) => sure)),
        dryRun,
        ...ofEvents,
        counts: tally.counts(),
        findings: tally.kept(),
        differing,
        differences,
      };
    },
  };
}

function differenceOf(
  file: ImportFile,
  event: ActivityEvent,
  instead: Standing | null,
  figure: FigureDifference | null,
): Difference {
  const { row, cell, found } = placeOf(file, event);
  return {
    file: file.fileName,
    row,
    cell,
    subject: (event as FactBody).subject,
    when: whenOf(event),
    recorded: figure?.recorded ?? instead?.says ?? 'other numbers',
    found: figure?.found ?? instead?.found ?? found,
  };
}
