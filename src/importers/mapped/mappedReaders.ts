/** What is read of a row, each part of it by what a mapping says of its columns. */
import { dataFieldsOf } from '../../../contracts/activityEvent.ts';
import { slugField } from '../../../contracts/fields.ts';
import { timingOf, type Mapping } from '../../../contracts/mapping.ts';
import type { Absence } from '../../../contracts/vocabulary.ts';
import { granularityOf, intervalOf, isoOf, londonTime } from '../../domain/periods.ts';
import { remembering } from '../../domain/remembering.ts';
import type { ImportOptions, Report, TableRow } from '../importer.ts';
import { authorityOf, givenLibraries, LIBRARY_NAME, librarySlugOf } from '../places.ts';
import type { GatheredFindings } from '../table/gatheredFindings.ts';
import { namesATotal } from '../table/text.ts';
import { dateReader, type WrittenDate } from '../table/writtenDate.ts';
import { writtenNumber } from '../table/writtenNumber.ts';
import type { Columns } from './mappedColumns.ts';

/** Reads something of a row; null with a finding where it cannot be read. */
type Reader<T> = (row: TableRow, report: Report) => T | null;

/** Different cells of one column that are worked out once. */
const MOST_REMEMBERED = 10_000;

export function authorityReader(
  { authority }: Mapping,
  columns: Columns,
  options: ImportOptions,
  gathered: GatheredFindings,
): Reader<string> {
  if (authority === undefined || typeof authority === 'string') return () => authority ?? options.authority ?? null;
  const cellOf = columns(authority.column);
  const names = { ...options.authorities, ...authority.names };
  const codeOf = remembering(MOST_REMEMBERED, (text) => authorityOf(text, names));
  return (row, report) => {
    const { text, header } = cellOf(row);
    if (text === '') {
      report.refuse([row.row, header], 'value-missing', '', 'the name or GSS code of the authority');
      return null;
    }
    const code = codeOf(text);
    if (code === null)
      gathered.add({ severity: 'refused', code: 'authority-unknown', spot: [row.row, header], found: text, expected: 'a GSS code, or a name that the mapping or --name "<name>=<code>" gives one' }); // prettier-ignore
    else if (options.authority !== undefined && options.authority !== code) {
      report.refuse([row.row, header], 'authority-other', text, `rows of ${options.authority}, which the whole file is said to be about`); // prettier-ignore
      return null;
    }
    return code;
  };
}

export function libraryReader({ library }: Mapping, columns: Columns, options: ImportOptions): Reader<string> | null {
  if (library === undefined) return null;
  const cellOf = columns(library.column);
  const places = new Map([...givenLibraries(options.libraries), ...Object.entries(library.places ?? {})]);
  const slugFrom = { name: librarySlugOf, slug: (text: string) => (slugField.safeParse(text).success ? text : null), code: () => null }[library.as]; // prettier-ignore
  const expected = {
    name: LIBRARY_NAME,
    slug: 'the name of a service point: lower-case words joined by hyphens',
    code: 'a code that the mapping or --library "<code>=<slug>" gives a library',
  }[library.as];
  const slugOf = remembering(MOST_REMEMBERED, (text) => (places.has(text) ? (places.get(text) ?? null) : namesATotal(text) ? null : slugFrom(text))); // prettier-ignore
  return (row, report) => {
    const { text, header } = cellOf(row);
    const slug = slugOf(text);
    if (slug !== null) return slug;
    const code = text === '' ? 'value-missing' : namesATotal(text) ? 'totals-row' : 'library-unusable';
    report.refuse([row.row, header], code, text, code === 'totals-row' ? 'a library: totals are worked out, not imported' : expected); // prettier-ignore
    return null;
  };
}

/** When an event is, in the fields that say it. */
interface When {
  readonly window?: string;
  readonly on?: string;
  readonly time?: string;
}

export function whenReader(mapping: Mapping, columns: Columns, options: ImportOptions): Reader<When> {
  const { when, kind } = mapping;
  const timing = timingOf(kind);
  if (when === undefined) {
    const fixed = timing === 'day' ? { on: options.on ?? '' } : { window: options.period ?? '' };
    return () => fixed;
  }
  if ('window' in when) return () => ({ window: when.window });
  if ('week' in when) return mapTo(dateCell(when.week, columns), ({ day }) => ({ window: `${isoOf(day)}/P7D` }));
  if ('month' in when) return mapTo(dateCell(when.month, columns), ({ day }) => ({ window: `${isoOf(day)}/P1M` }));
  if ('financialYear' in when) return yearReader(when.financialYear, columns);
  if ('first' in when) return spanReader(when, mapping, columns);
  const [cellOf, dateOf] = [columns(when.day.column), dateCell(when.day, columns)];
  return (row, report) => {
    const date = dateOf(row, report);
    if (date === null) return null;
    const iso = isoOf(date.day);
    if (timing === 'window') return { window: `${iso}/P1D` };
    if (timing === 'day' || (date.second === null && 'on' in dataFieldsOf(kind))) return { on: iso };
    // A day without a time is told by its noon, which is on that day in summer and in winter.
    const time = date.second === null ? `${iso}T12:00:00Z` : londonTime(date.day, date.second);
    if (time !== null) return { time };
    report.refuse([row.row, cellOf(row).header], 'not-a-date', cellOf(row).text, 'a time that there was: clocks went forward over this one'); // prettier-ignore
    return null;
  };
}

const mapTo =
  <T, R>(read: Reader<T>, to: (value: T) => R): Reader<R> =>
  (row, report) => {
    const value = read(row, report);
    return value === null ? null : to(value);
  };

function dateCell({ column, written }: { column: string; written: string }, columns: Columns): Reader<WrittenDate> {
  const [cellOf, read] = [columns(column), remembering(MOST_REMEMBERED, dateReader(written))];
  return (row, report) => {
    const { text, header } = cellOf(row);
    const date = read(text);
    if (date === null)
      report.refuse([row.row, header], text === '' ? 'value-missing' : 'not-a-date', text, `a date between 1970 and 2099 written ${written}, as the mapping says`); // prettier-ignore
    return date;
  };
}

/** A way in which a mapping says when, by what it has. */
type WrittenBy<K extends string> = Extract<NonNullable<Mapping['when']>, Record<K, unknown>>;

function yearReader({ column, written }: WrittenBy<'financialYear'>['financialYear'], columns: Columns): Reader<When> {
  const cellOf = columns(column);
  const pattern = new RegExp(`^(\\d{4})${written.charAt(4) === '/' ? '\\/' : '-'}(\\d{${written.length - 5}})$`);
  return (row, report) => {
    const { text, header } = cellOf(row);
    const [, first = '', last = ''] = pattern.exec(text) ?? [];
    const isNext = first !== '' && String(Number(first) + 1).endsWith(last);
    if (isNext && first >= '1970' && first < '2099') return { window: `${first}-04-01/P1Y` };
    report.refuse([row.row, header], text === '' ? 'value-missing' : 'not-a-date', text, `a financial year written ${written}, as the mapping says`); // prettier-ignore
    return null;
  };
}

function spanReader({ first, last }: WrittenBy<'first'>, mapping: Mapping, columns: Columns): Reader<When> {
  const { method } = mapping.with;
  const mayBeSample = method === 'sample-week' || typeof method === 'object';
  const [start, end, cellOf] = [dateCell(first, columns), dateCell(last, columns), columns(last.column)];
  return (row, report) => {
    const [from, to] = [start(row, report), end(row, report)];
    if (from === null || to === null) return null;
    const { header, text } = cellOf(row);
    const window = { first: from.day, last: to.day };
    if (window.last < window.first) {
      report.refuse([row.row, header], 'end-before-start', `${columns(first.column)(row).text} to ${text}`, 'an end on or after the start'); // prettier-ignore
      return null;
    }
    // A sample week may lie across two months; every other count has to lie in a period of the calendar.
    if (!mayBeSample && granularityOf(window) === null) {
      report.refuse([row.row, header], 'window-without-period', `${columns(first.column)(row).text} to ${text}`, 'days within one month, or whole months within one quarter, half-year or financial year'); // prettier-ignore
      return null;
    }
    return { window: intervalOf(window) };
  };
}

type Stated = Readonly<Record<string, number>> | { readonly absent: Absence };

export function numberReader({ kind, number }: Mapping, columns: Columns): Reader<Stated> | null {
  if (number === undefined) return null;
  const cellOf = columns(number.column);
  const schema = dataFieldsOf(kind)[number.field];
  const missing = new Map(Object.entries(number.missing));
  const read = writtenNumber(number);
  return (row, report) => {
    const { text, header } = cellOf(row);
    const absent = missing.get(text);
    if (absent !== undefined) return { absent };
    const value = read(text);
    if (value !== null && schema?.safeParse(value).success === true) return { [number.field]: value };
    const words = missing.size === 0 ? '' : `, or one of: ${[...missing.keys()].map((word) => (word === '' ? 'an empty cell' : word)).join(', ')}`; // prettier-ignore
    report.refuse([row.row, header], text === '' ? 'value-missing' : 'not-a-number', text, `a number for "${number.field}" ${howWritten(number)}${words}`); // prettier-ignore
    return null;
  };
}

const howWritten = ({ thousands, decimal }: NonNullable<Mapping['number']>): string => {
  const parts = [
    ...(thousands === undefined ? [] : [`"${thousands}" between thousands`]),
    ...(decimal === undefined ? [] : [`"${decimal}" before decimals`]),
  ];
  return parts.length === 0 ? 'in digits only' : `in digits, with ${parts.join(' and ')} at most`;
};

/** The field is left out, as the mapping says of the word in the cell. */
export const LEFT_OUT = Symbol('left out');
export type FieldValue = string | number | boolean | typeof LEFT_OUT;

export function fieldReader(
  { kind }: Mapping,
  name: string,
  value: Mapping['with'][string],
  columns: Columns,
): Reader<FieldValue> {
  if (typeof value !== 'object') return () => value;
  const cellOf = columns(value.column);
  const schema = dataFieldsOf(kind)[name];
  if (value.words !== undefined) {
    const words = new Map(Object.entries(value.words));
    return (row, report) => {
      const { text, header } = cellOf(row);
      const meaning = words.get(text);
      if (meaning !== undefined) return meaning ?? LEFT_OUT;
      report.refuse([row.row, header], text === '' ? 'value-missing' : 'category-unmapped', text, `a word that the mapping gives a meaning: ${[...words.keys()].join(', ')}`); // prettier-ignore
      return null;
    };
  }
  return (row, report) => {
    const { text, header } = cellOf(row);
    const asNumber = /^(0|[1-9]\d{0,8})$/.test(text) ? [Number(text)] : [];
    const fits = [text, ...asNumber].find((each) => schema?.safeParse(each).success === true);
    if (fits !== undefined && !namesATotal(text)) return fits;
    const code = text === '' ? 'value-missing' : namesATotal(text) ? 'totals-row' : 'contract';
    report.refuse([row.row, header], code, text, `a value that "${name}" of ${kind} can have`);
    return null;
  };
}
