/** A file of which nothing could be recorded. */
import { LedgerError } from '../domain/ledgerError.ts';
import { foundAndExpected, type FindingCode } from '../importers/importer.ts';
import type { ImportReport } from './importReport.ts';

const FAULTS_SHOWN = 20;
/** What no cell of the file can put right. */
const OF_OPTIONS: ReadonlySet<FindingCode> = new Set(['option-unusable', 'measure-unknown', 'day-not-given']);
const NAMES_WITHOUT_CODE = 'Give each name its code, or correct the cells that are named, and import the file again.';
/** What to do where all that was refused is of one kind, and the cells need not be wrong. */
const HINTS: Readonly<Partial<Record<FindingCode, string>>> = {
  'recorded-otherwise':
    'Where this file is right, do what is named; where it is not, correct its cells and import it again.',
  'imported-otherwise':
    'Import it with the options of that time. What is recorded can be changed by fact.corrected events.',
  'authority-unknown': NAMES_WITHOUT_CODE,
  'authority-other': NAMES_WITHOUT_CODE,
};

/** The refusal of a file of which nothing was recorded: with all that was found, which the problem tells the first of. */
export class RefusedImport extends LedgerError {
  readonly report: ImportReport;

  constructor({ code, message, hint, faults }: LedgerError, report: ImportReport) {
    super(code, message, { ...(hint === undefined ? {} : { hint }), faults });
    this.report = report;
  }
}

/** Why nothing of a file was recorded, and what to do about it. */
export function refusedImport(report: ImportReport): RefusedImport {
  const { file, findings, counts } = report;
  const bad = findings.filter(({ severity }) => severity === 'refused');
  const codes = new Set(bad.map(({ code }) => code));
  const [only] = codes.size === 1 ? codes : [];
  // Nothing is to be corrected cell by cell then.
  const listed = only === 'imported-otherwise' ? 1 : FAULTS_SHOWN;
  const error = new LedgerError(
    'invalid-file',
    `${file}: nothing was imported; ${counts.refused} ${counts.refused === 1 ? 'thing was' : 'things were'} refused${counts.refused > listed ? `, of which the first ${listed === 1 ? 'is' : `${listed} are`} listed` : ''}.`,
    {
      hint: bad.every(({ code }) => OF_OPTIONS.has(code))
        ? 'Give the options that are named and import the file again.'
        : ((only && HINTS[only]) ?? 'Correct the cells that are named and import the file again.'),
      faults: bad.slice(0, listed).map((finding) => ({
        message: foundAndExpected(finding),
        file: finding.file,
        ...(OF_OPTIONS.has(finding.code) ? {} : { row: finding.row }),
        ...(finding.cell === null ? {} : { cell: finding.cell }),
      })),
    },
  );
  return new RefusedImport(error, report);
}
