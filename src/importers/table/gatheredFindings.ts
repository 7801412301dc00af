/** Findings that a file gives again and again, told once each, with the number of rows: of a file of any length. */
import type { FindingCode, Report, Severity, Spot } from '../importer.ts';

/** A finding as it is gathered; `what` says of which kind it is, and is told once. */
export interface Gathered {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly spot: Spot;
  readonly found: string;
  readonly expected: string;
  readonly done?: string;
}

export interface GatheredFindings {
  add(finding: Gathered): void;
  /** Tells them, each at the row where it stood first. */
  tell(report: Report): void;
}

/** Different findings that are kept apart; of a file that has more, the others are told row by row. */
const MOST_KINDS = 2_000;

/** @param direct the report of the rows at hand, for what cannot be gathered */
export function gatheredFindings(direct: () => Report): GatheredFindings {
  const kinds = new Map<string, { finding: Gathered; rows: number }>();
  return {
    add(finding) {
      const { severity, code, spot, found } = finding;
      const key = JSON.stringify([severity, code, spot[1], found]);
      const known = kinds.get(key);
      if (known !== undefined) known.rows += 1;
      else if (kinds.size < MOST_KINDS) kinds.set(key, { finding, rows: 1 });
      else say(direct(), finding, found);
    },
    tell(report) {
      for (const { finding, rows } of kinds.values()) {
        const more = rows - 1;
        const tail = more === 0 ? '' : ` (and in ${more} more ${more === 1 ? 'row' : 'rows'})`;
        say(report, finding, `${finding.found.slice(0, 60)}${tail}`);
      }
    },
  };
}

function say(report: Report, finding: Gathered, found: string): void {
  const { severity, code, spot, expected, done = 'Not imported.' } = finding;
  if (severity === 'refused') report.refuse(spot, code, found, expected, done);
  else if (severity === 'flagged') report.flag(spot, code, found, expected, done);
  else report.note(spot, code, found, expected, done);
}
