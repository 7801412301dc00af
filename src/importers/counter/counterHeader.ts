/** The header of a COUNTER 5.1 report, the same from both of its forms, and whether a report so headed can be imported. */
import { dateField } from '../../../contracts/fields.ts';
import { civilOf, dayOf, monthOf } from '../../domain/periods.ts';
import {
  isReportId,
  RELEASE,
  REPORT_IDS,
  SPLIT_NAMES,
  SPLITS,
  type ReportId,
  type Split,
} from './counterVocabulary.ts';
import { FILE_REFUSED, type Report, type Spot } from '../importer.ts';

export interface CounterException {
  readonly code: number;
  /** Message and data, in the words of the provider. */
  readonly says: string;
}

type HeaderElement =
  'Release' | 'Report_ID' | 'Institution_Name' | 'Reporting_Period' | 'Report_Filters' | 'Exceptions';

/** As it is written, whatever it says. */
export interface WrittenHeader {
  readonly release: string;
  readonly reportId: string;
  readonly institution: string;
  readonly begin: string;
  readonly end: string;
  /** Filters but those of dates and metrics, each with its values. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
  readonly exceptions: readonly CounterException[];
  /** Where an element stands, for findings. */
  readonly spotOf: (element: HeaderElement) => Spot;
}

/** Of a report that can be read. Months are counted from January 1970. */
export interface CounterHeader {
  readonly written: WrittenHeader;
  readonly report: ReportId;
  readonly first: number;
  readonly last: number;
  /** What the filters say of every row, where the rows do not say it. */
  readonly everywhere: Readonly<Partial<Record<Split, string>>>;
}

/**
 * What a header says, or null where a report so headed cannot be taken.
 * @param shown  the splits that the rows show: a filter on one that they do not show is said of them all
 */
export function usableHeader(written: WrittenHeader, shown: ReadonlySet<Split>, report: Report): CounterHeader | null {
  const { release, reportId } = written;
  if (release !== RELEASE) {
    const why = release === '5' ? ': release 5 counts books and items otherwise' : '';
    report.refuse(written.spotOf('Release'), 'release-unknown', release, `release ${RELEASE}${why}`, FILE_REFUSED);
    return null;
  }
  if (!isReportId(reportId)) {
    const expected = `a report of the Code of Practice: ${REPORT_IDS.join(', ')}`;
    report.refuse(written.spotOf('Report_ID'), 'report-unknown', reportId, expected, FILE_REFUSED);
    return null;
  }
  const [first, last] = [monthFrom(written.begin, 'first'), monthFrom(written.end, 'last')];
  if (first === null || last === null || last < first) {
    const found = `${written.begin} to ${written.end}`;
    const expected = 'the first day of a month, and the last day of the same or a later one';
    report.refuse(written.spotOf('Reporting_Period'), 'period-unreadable', found, expected, FILE_REFUSED);
    return null;
  }
  const everywhere = saidOfAll(written, shown, report);
  return everywhere === null ? null : { written, report: reportId, first, last, everywhere };
}

/** The month that a date is the first or last day of. */
function monthFrom(date: string, which: 'first' | 'last'): number | null {
  if (!dateField.safeParse(date).success) return null;
  const day = dayOf(date);
  return civilOf(which === 'first' ? day : day + 1).date === 1 ? monthOf(day) : null;
}

/** Filters that do not narrow what is counted, or are seen to. `Platform` is: every row names its own. */
const HARMLESS: ReadonlySet<string> = new Set(['Platform']);

/** What the filters say of every row; null, and refused, where they leave out use that nothing in the rows tells of. */
function saidOfAll(
  { filters, spotOf }: WrittenHeader,
  shown: ReadonlySet<Split>,
  report: Report,
): Readonly<Partial<Record<Split, string>>> | null {
  const everywhere: Partial<Record<Split, string>> = {};
  let usable = true;
  for (const [name, values] of filters) {
    const split = SPLIT_NAMES.find((known) => known === name);
    if (HARMLESS.has(name) || (split !== undefined && shown.has(split))) continue;
    const [value = '', ...more] = values;
    if (split !== undefined && more.length === 0 && SPLITS[split].includes(value)) everywhere[split] = value;
    else {
      usable = false;
      const found = `${name}=${values.join('|')}`;
      const expected = 'all use, or one kind of it that the rows or the filter name: this is a part that nothing names';
      report.refuse(spotOf('Report_Filters'), 'filter-narrows', found, expected, FILE_REFUSED);
    }
  }
  return usable ? everywhere : null;
}
