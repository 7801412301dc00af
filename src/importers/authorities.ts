/** Which authority each row of a file is about, in files that name several. */
import { keyOf } from '../domain/labels.ts';
import type { FindingCode, ImportOptions, Report } from './importer.ts';
import { authorityOf, isAuthorityCode } from './places.ts';
import { grouped } from './table/rows.ts';

/**
 * The authority of each row. Every name is settled once for the file, and one that cannot be taken is refused where it
 * first stands, with the number of rows it keeps out.
 * @param column what a row's cell holds, without surrounding spaces, and the header it stands under
 */
export function authoritiesOf<R extends { readonly row: number }>(
  rows: readonly R[],
  column: { readonly nameOf: (row: R) => string; readonly header: string },
  options: ImportOptions,
  report: Report,
): (row: R) => string | null {
  const nameOf = (row: R): string => keyOf(column.nameOf(row));
  const groups = grouped(rows, nameOf);
  const whole = options.authority !== undefined && isAuthorityCode(options.authority) ? options.authority : null;
  const given = options.authorities ?? {};
  const nameless = groups.map(([row]) => column.nameOf(row)).filter((n) => n !== '' && authorityOf(n, given) === null);
  const codes = new Map<string, string | null>();
  for (const [first, ...more] of groups) {
    const name = column.nameOf(first);
    const refuse = (code: FindingCode, expected: string): null => {
      const found =
        more.length === 0
          ? name
          : `${name.slice(0, 60)} (and in ${more.length} more ${more.length === 1 ? 'row' : 'rows'})`;
      report.refuse([first.row, column.header], code, found, expected);
      return null;
    };
    codes.set(nameOf(first), settled(name, { whole, given, nameless }, refuse));
  }
  return (row) => codes.get(nameOf(row)) ?? null;
}

/** The code of a name, or what `refuse` gives. */
function settled(
  name: string,
  {
    whole,
    given,
    nameless,
  }: { whole: string | null; given: Readonly<Record<string, string>>; nameless: readonly string[] },
  refuse: (code: FindingCode, expected: string) => null,
): string | null {
  if (name === '') return refuse('value-missing', 'the name or GSS code of the authority');
  const code = authorityOf(name, given);
  if (code !== null) {
    return isAuthorityCode(name) && whole !== null && whole !== code
      ? refuse('authority-other', `rows of ${whole}, which the whole file is said to be about`)
      : code;
  }
  const naming = `--name "${name.slice(0, 60)}=<code>", or --names <file> for many ("authorities" over HTTP)`;
  if (whole === null) {
    return refuse(
      'authority-unknown',
      `the GSS code of an authority; or give this name one: ${naming}, or --authority <code> for the whole file`,
    );
  }
  // One code holds for whatever the authority is called, but not for two: nothing says which of them is meant.
  return nameless.length === 1
    ? whole
    : refuse(
        'authority-other',
        `one authority, as --authority says, and not ${nameless.length} names; give this name its code: ${naming}`,
      );
}
