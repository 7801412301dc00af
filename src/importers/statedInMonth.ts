/** What one cell states of a line and a month. */
import { typeOf, type EventOf } from '../../contracts/activityEvent.ts';
import type { Absence } from '../../contracts/vocabulary.ts';
import { eventIdOf, sourceOf } from './identity.ts';
import type { FileSource, Method } from './importer.ts';
import { windowOfMonth } from './monthlyTable.ts';
import { LONGEST_RAW } from './text.ts';

/** A number, or the reason why there is none. */
export type Says = { readonly value: number } | { readonly absent: Absence };

interface MonthCell {
  readonly form: string;
  readonly line: string;
  readonly place: string;
  /** Month since January 1970. */
  readonly month: number;
  readonly method: Method;
  readonly says: Says;
  readonly row: number;
  /** Header of the column, as written. */
  readonly column: string;
  readonly raw: string;
}

/** The event of a cell, in the feed of the authority's files of that form. */
export function statedInMonth(
  { form, line, place, month, method, says, row, column, raw }: MonthCell,
  authority: string,
  { sha256 }: FileSource,
): EventOf<'return.stated'> {
  return {
    specversion: '1.0',
    id: eventIdOf(sha256, row, column),
    source: sourceOf(authority, form),
    type: typeOf('return.stated'),
    subject: place,
    data: {
      form,
      line,
      window: windowOfMonth(month),
      method,
      ...says,
      // What is read is never longer than this: all that can be cut, or changed, is white space around it.
      provenance: { file: sha256, row, column, raw: raw.slice(0, LONGEST_RAW).replace(/\p{Cc}/gu, ' ') },
    },
  };
}
