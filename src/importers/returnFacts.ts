/** What importers of statistical returns share: a line of a form as it was stated, and the year that a form is of. */
import { typeOf, type EventOf } from '../../contracts/activityEvent.ts';
import type { Absence } from '../../contracts/vocabulary.ts';
import { placeAt } from '../domain/places.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import { isAuthorityCode } from './places.ts';
import { FILE_REFUSED, type FileSource, type Method, type Report } from './importer.ts';

export type Stated = EventOf<'return.stated'>;

/** What stands under a line: a number, or the reason why there is none. */
export type Says = { readonly value: number } | { readonly absent: Absence };

/** A line as one cell states it. */
export interface StatedLine {
  readonly form: string;
  readonly line: string;
  readonly subject: string;
  readonly window: string;
  readonly method: Method;
  readonly says: Says;
  readonly row: number;
  /** Header of the column, as written. */
  readonly column: string;
  readonly raw: string;
}

/** The event of a line. Its feed is the authority's returns on that form, whichever of its service points it is about. */
export function stated(
  { form, line, subject, window, method, says, row, column, raw }: StatedLine,
  { sha256 }: FileSource,
): Stated {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, column),
    source: sourceOf(placeAt('authority', subject) ?? subject, form),
    type: typeOf('return.stated'),
    subject,
    // Of a blank cell nothing is kept: it may be a line break, or very many spaces.
    data: {
      form,
      line,
      window,
      method,
      ...says,
      provenance: { file: sha256, row, column, raw: raw.trim() === '' ? '' : raw },
    },
  };
}

/** The first year of the financial year that a text names, such as `2023-24`, `2023_2024` or `2023/24`; else null. */
export function financialYearIn(text: string): number | null {
  const years = [...text.matchAll(/(?<!\d)((?:19|20)\d\d)[-_/ ](?:to[-_ ])?((?:19|20)?\d\d)(?!\d)/g)].filter(
    ([, first, second]) =>
      (Number(first) + 1) % 100 === Number(second) % 100 &&
      (second?.length === 2 || Number(second) === Number(first) + 1),
  );
  return years.length === 1 ? Number(years[0]?.[1]) : null;
}

const FINANCIAL_YEAR = /^(\d{4})-04-01\/P1Y$/;

/**
 * The first year of the financial year that a whole file is of: by the option `period`, else by the name of the file.
 * Null, with a finding, where neither says it, or the option is no financial year.
 */
export function yearOfFile({ fileName, options }: FileSource, report: Report): number | null {
  const expected = 'the financial year of the return, in --period 2023-04-01/P1Y ("period" over HTTP) or in the file\'s name, such as 2023-24'; // prettier-ignore
  if (options.period !== undefined) {
    const year = FINANCIAL_YEAR.exec(options.period)?.[1];
    if (year !== undefined) return Number(year);
    report.refuse([1, null], 'option-unusable', `--period ${options.period}`, expected, FILE_REFUSED);
    return null;
  }
  const year = financialYearIn(fileName);
  if (year === null) report.refuse([1, null], 'period-unknown', fileName, expected, FILE_REFUSED);
  return year;
}

/** The one authority that a file is of, as the option says; null, with a finding, where it does not. */
export function authorityOfFile({ options }: FileSource, report: Report): string | null {
  const authority = options.authority ?? '';
  if (isAuthorityCode(authority)) return authority;
  const expected = 'the code of the library authority, such as E08000021, or CA-OTP for one elsewhere, in --authority ("authority" over HTTP)'; // prettier-ignore
  report.refuse([1, null], 'option-unusable', authority === '' ? 'no authority' : authority, expected, FILE_REFUSED);
  return null;
}
