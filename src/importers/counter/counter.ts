/** COUNTER 5.1 reports in both of their forms, which give the same events. */
import { typeOf, type EventOf } from '../../../contracts/activityEvent.ts';
import { firstDayOfMonth, intervalOf } from '../../domain/periods.ts';
import { counterDocument, isCounterDocument } from './counterJson.ts';
import { useIn, type CounterReport, type Use } from './counterReport.ts';
import { counterTable, isCounterTable } from './counterTsv.ts';
import { eventIdOf, sourceOf } from '../identity.ts';
import {
  FILE_REFUSED,
  reportFor,
  type DocumentImporter,
  type FileSource,
  type ImportResult,
  type Report,
  type TableImporter,
} from '../importer.ts';
import { authorityOf, isAuthorityCode } from '../places.ts';
import { slugOf } from '../table/text.ts';

/** Tab-separated files, and workbooks, as the reporting sites of providers give them. */
export const counterTableReport: TableImporter = {
  reads: 'table',
  format: 'counter-table',
  title: 'Use of online resources: a COUNTER 5.1 report as a table',
  windowColumn: null,
  recognises: ({ header, rows }) => (isCounterTable([{ row: 1, cells: header }, ...rows]) ? 1 : 0),
  read(source) {
    const { header, rows } = source.table;
    return imported(source, (report) => counterTable([{ row: 1, cells: header }, ...rows], report));
  },
};

/** JSON documents, as the COUNTER API (formerly SUSHI) answers them. */
export const counterDocumentReport: DocumentImporter = {
  reads: 'document',
  format: 'counter-json',
  title: 'Use of online resources: a COUNTER 5.1 report as the COUNTER API answers it',
  recognises: ({ document }) => (isCounterDocument(document) ? 1 : 0),
  read: (source) => imported(source, (report) => counterDocument(source.document, report)),
};

function imported(source: FileSource, readBy: (report: Report) => CounterReport | null): ImportResult {
  const report = reportFor(source.fileName);
  const read = readBy(report);
  const authority = read === null ? null : authorityIn(read, source, report);
  if (read === null || authority === null) return { events: [], findings: report.findings };
  const events = useIn(read, report).map((use) => eventOf(use, read, authority, source));
  return { events, findings: report.findings };
}

/** Whose use it is. Providers call institutions as they like, so that only an option can say which authority that is. */
function authorityIn({ header: { written } }: CounterReport, { options }: FileSource, report: Report): string | null {
  const { institution } = written;
  const spot = written.spotOf('Institution_Name');
  const named = authorityOf(institution, options.authorities ?? {});
  const whole = options.authority !== undefined && isAuthorityCode(options.authority) ? options.authority : null;
  const code = named ?? whole;
  if (code === null) {
    const expected = `the GSS code of the authority whose use this is: --authority <code>, or --name "${institution.slice(0, 60)}=<code>" ("authority" and "authorities" over HTTP)`;
    report.refuse(spot, 'authority-unknown', institution, expected, FILE_REFUSED);
  } else if (whole !== null && named !== null && whole !== named) {
    report.refuse(spot, 'authority-other', institution, `${whole}, which the whole file is said to be about`, FILE_REFUSED); // prettier-ignore
    return null;
  } else report.note(spot, 'place-assumed', institution, 'the name of an authority', `Taken as ${code}, as the options say.`); // prettier-ignore
  return code;
}

function eventOf(
  { row, what, month, cell: { count, raw, column, path } }: Use,
  { header }: CounterReport,
  authority: string,
  { sha256 }: FileSource,
): EventOf<'resource-use.counted'> {
  const report = slugOf(header.report);
  const provenance = { file: sha256, ...(path === null ? {} : { path }), row, column, raw };
  const window = intervalOf({ first: firstDayOfMonth(month), last: firstDayOfMonth(month + 1) - 1 });
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, column),
    // Not by form: the same report as a table and as a document is the same feed, and counts once.
    source: sourceOf(authority, `counter-${report}`),
    type: typeOf('resource-use.counted'),
    subject: authority,
    data: { window, method: 'system', ...what, report, count, provenance },
  };
}
