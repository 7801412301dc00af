/** The day that a file speaks of, where it does not say so itself. */
import { dateField } from '../../../contracts/fields.ts';
import { FILE_REFUSED, type ImportOptions, type Report } from '../importer.ts';

/** The option `on`, or null with a finding where it is not given or no day; `done` is what becomes of the file then. */
export function dayOfRegister({ on }: ImportOptions, report: Report, done = FILE_REFUSED): string | null {
  if (on !== undefined && dateField.safeParse(on).success) return on;
  report.refuse(
    [1, null],
    on === undefined ? 'day-not-given' : 'option-unusable',
    on ?? 'no word on the day that the file speaks of',
    '--on <date> ("on" over HTTP): the day on which all this was so, written YYYY-MM-DD',
    done,
  );
  return null;
}
