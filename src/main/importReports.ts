/** The findings of imports as files that can be kept and sent on. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { ImportReport } from '../app/importReport.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { whyNot } from '../files/whyNot.ts';
import { findingsCsv } from '../http/findingsCsv.ts';
import { findingsPage } from '../web/findingsPage.ts';
import { packageRoot } from './packageRoot.ts';

const JSON_INDENT = 2;

/** By ending, several reports as one text. */
const FORMS: Readonly<Record<string, (reports: readonly ImportReport[]) => string>> = {
  '.html': (reports) => reports.map(findingsPage(join(packageRoot(), 'src', 'web', 'templates'))).join('\n'),
  '.csv': ([first, ...others]) =>
    [
      ...(first === undefined ? [] : [findingsCsv(first)]),
      ...others.map((report) => findingsCsv(report).replace(/^[^\n]*\n/, '')),
    ].join(''),
  '.json': (reports) => `${JSON.stringify({ imports: reports }, null, JSON_INDENT)}\n`,
};

/**
 * Writes reports to a file, in the form that its ending says.
 * @throws LedgerError `usage` at once for another ending, `not-found` where there is no such folder
 */
export function reportWriter(path: string): (reports: readonly ImportReport[]) => void {
  const form = FORMS[extname(path).toLowerCase()];
  if (form === undefined)
    throw new LedgerError('usage', `A report can be .html, .csv or .json, not "${extname(path)}".`);
  if (!existsSync(dirname(path)))
    throw new LedgerError('not-found', `There is no folder ${dirname(path)} to put the report into.`);
  return (reports) => {
    try {
      writeFileSync(path, form(reports));
    } catch (error) {
      throw new LedgerError('not-allowed', `${path} cannot be written: ${whyNot(error)}.`);
    }
  };
}
