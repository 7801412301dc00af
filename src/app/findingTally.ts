/** The findings of a file, bounded: a million bad rows must not become a million sentences in memory. */
import type { Finding, Severity } from '../importers/importer.ts';

/** Findings kept of each severity; of the others only how many there are is told. */
const KEPT = 5_000;

export interface FindingTally {
  add(findings: Iterable<Finding>): void;
  counts(): Readonly<Record<Severity, number>>;
  /** What matters most first, and each in the order of the rows. */
  kept(): readonly Finding[];
}

const SEVERITIES: readonly Severity[] = ['refused', 'flagged', 'noted'];

export function findingTally(): FindingTally {
  const counts: Record<Severity, number> = { refused: 0, flagged: 0, noted: 0 };
  const kept: Record<Severity, Finding[]> = { refused: [], flagged: [], noted: [] };
  return {
    add(findings) {
      for (const finding of findings) {
        counts[finding.severity] += 1;
        if (counts[finding.severity] <= KEPT) kept[finding.severity].push(finding);
      }
    },
    counts: () => ({ ...counts }),
    kept: () => SEVERITIES.flatMap((severity) => [...kept[severity]].sort((a, b) => a.row - b.row)),
  };
}
