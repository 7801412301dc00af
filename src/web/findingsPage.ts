/** The findings of an import as one page that can be kept and sent on: no address, no script, its style within. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportReport } from '../app/importReport.ts';
import { formatNumber } from '../domain/formatNumber.ts';
import type { Severity } from '../importers/importer.ts';
import { templating } from './templating.ts';

const HEADINGS: Readonly<Record<Severity, { title: string; means: string }>> = {
  refused: { title: 'Refused', means: 'Not recorded. Put these right in the file and import it again.' },
  flagged: { title: 'To be looked at', means: 'Recorded. Somebody who knows the library should look.' },
  noted: { title: 'Noted', means: 'Recorded by a rule that is worth knowing.' },
};

/** Makes the page of a report, with the templates of a folder. */
export function findingsPage(templatesFolder: string): (report: ImportReport) => string {
  const render = templating(templatesFolder);
  const style = readFileSync(join(templatesFolder, 'style.css'), 'utf8');
  return (report) => render('findings.njk', { ...findingsView(report), style });
}

/** The view of `findings.njk`. */
function findingsView(report: ImportReport) {
  const { file, sha256, format, sure, dryRun, events, accepted, duplicates, corrected, refused, findings, counts } =
    report;
  return {
    file,
    sha256,
    format,
    sure: `${Math.round(sure * 100)}%`,
    dryRun,
    figures: [
      { label: 'read from the file', count: formatNumber(events, 0) },
      { label: dryRun ? 'would be recorded' : 'recorded now', count: formatNumber(accepted, 0) },
      { label: 'recorded before', count: formatNumber(duplicates, 0) },
      { label: dryRun ? 'would be corrected' : 'corrected', count: formatNumber(corrected, 0) },
      { label: 'refused', count: formatNumber(refused, 0) },
    ],
    differing: formatNumber(report.differing, 0),
    differences: report.differences,
    groups: (Object.keys(HEADINGS) as Severity[]).map((severity) => {
      const listed = findings.filter((finding) => finding.severity === severity);
      return {
        ...HEADINGS[severity],
        count: formatNumber(counts[severity], 0),
        left: counts[severity] > listed.length ? formatNumber(counts[severity] - listed.length, 0) : null,
        findings: listed,
      };
    }),
  };
}
