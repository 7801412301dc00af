/**
 * A list of library authorities as a JSON document: one object each, with `code`, `name`, `nice_name`, `region` and
 * `nation`. The document does not say of which day it is.
 */
import { publishersWords } from '../../../contracts/fields.ts';
import { placeAt, placeName } from '../../domain/places.ts';
import { dayOfRegister } from './dayOfRegister.ts';
import { reportFor, type DocumentImporter, type DocumentSource, type ImportResult, type Report } from '../importer.ts';
import { isAuthorityCode } from '../places.ts';
import { COMPILED, eachOnce, factOf } from './registers.ts';
import { LONGEST_RAW } from '../table/text.ts';

const FORMAT = 'library-authorities';
const REQUIRED = ['code', 'nice_name', 'nation'];
const KNOWN = ['code', 'name', 'nice_name', 'region', 'nation'];

export const libraryAuthorities: DocumentImporter = {
  reads: 'document',
  format: FORMAT,
  title: 'A list of library authorities',
  recognises: ({ document }) => {
    const first = entriesOf(document)?.[0];
    if (first === undefined) return 0;
    const keys = new Set(Object.keys(first));
    return REQUIRED.every((key) => keys.has(key)) ? ([...keys].every((key) => KNOWN.includes(key)) ? 1 : 0.8) : 0;
  },
  read,
};

type Entry = Readonly<Record<string, unknown>>;

/** The objects of a list; null where the document is none, or holds anything else. */
function entriesOf(document: unknown): readonly Entry[] | null {
  const isEntry = (entry: unknown): entry is Entry =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry);
  return Array.isArray(document) && document.every(isEntry) ? document : null;
}

interface Authority {
  readonly row: number;
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly isNation: boolean;
}

function read(source: DocumentSource): ImportResult {
  const report = reportFor(source.fileName);
  const on = dayOfRegister(source.options, report);
  const entries = entriesOf(source.document);
  if (entries === null) report.refuse([1, null], 'no-rows', 'another document', 'a list of objects, one an authority');
  if (on === null || entries === null) return { events: [], findings: report.findings };
  const read = entries.flatMap((entry, index) => authorityOf(entry, index + 1, report) ?? []);
  const kept = eachOnce(read, 'code', ({ code }) => code, ({ name, region }) => `${name}\n${region}`, report); // prettier-ignore
  noteNotKept(entries, report);
  const origin = { owner: COMPILED, format: FORMAT, sha256: source.sha256 };
  const events = kept.map(({ row, code, name, region, isNation }) =>
    factOf(
      'place.described',
      origin,
      { row, header: 'nice_name', raw: name, path: `/${row - 1}/nice_name` },
      code,
      { on, name, level: isNation ? 'nation' : 'authority', ...(region === '' ? {} : { region }) },
    ),
  ); // prettier-ignore
  return { events, findings: report.findings };
}

/** One authority, or null with a finding at each faulty value. */
function authorityOf(entry: Entry, row: number, report: Report): Authority | null {
  const code = textOf(entry, 'code', row, 1, report);
  const name = textOf(entry, 'nice_name', row, 1, report);
  const nation = textOf(entry, 'nation', row, 1, report);
  const region = 'region' in entry ? textOf(entry, 'region', row, 0, report) : '';
  if (code === null || name === null || nation === null || region === null) return null;
  const nationCode = placeAt('nation', code);
  const isNation = code === nationCode;
  if (!isNation && !isAuthorityCode(code)) {
    report.refuse([row, 'code'], 'authority-unknown', code, 'the GSS code of a library authority');
    return null;
  }
  if (nationCode !== null && placeName(nationCode) !== nation) {
    const expected = `${placeName(nationCode)}, in which ${code} lies`;
    report.refuse([row, 'nation'], 'authority-other', nation, expected);
    return null;
  }
  if (isNation) {
    const done = 'Described as the nation: activity of the service cannot be recorded under the code of a nation.';
    report.flag([row, 'code'], 'level-unknown', `${code}, the code of a nation`, 'that of an authority', done);
  }
  return { row, code, name, region, isNation };
}

/** A text of at least `least` characters, or null with a finding. */
function textOf(entry: Entry, key: string, row: number, least: number, report: Report): string | null {
  const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
  const text = typeof value === 'string' ? publishersWords(least, LONGEST_RAW).safeParse(value.trim()) : null;
  if (text?.success === true) return text.data;
  const found = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  const expected = `plain text of ${least} to ${LONGEST_RAW} characters`;
  report.refuse([row, key], found === '' ? 'value-missing' : 'word-unknown', found, expected);
  return null;
}

function noteNotKept(entries: readonly Entry[], report: Report): void {
  const kept = new Set(KNOWN.filter((key) => key !== 'name'));
  const others = new Set(entries.flatMap((entry) => Object.keys(entry)).filter((key) => !kept.has(key)));
  for (const key of others) {
    const expected = key === 'name' ? 'the name of the area, which is nice_name' : `only ${KNOWN.join(', ')}`;
    const code = key === 'name' ? 'column-not-kept' : 'column-unknown';
    report.note([1, key], code, key, expected, 'It was not read.');
  }
}
