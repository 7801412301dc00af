/** Whether a list of segments can be what was written: what is read by it would else be read at wrong places. */
import { COLUMN_TYPES, type ColumnName } from './columns.ts';
import type { SegmentEntry } from './manifest.ts';

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether these are segments, each beginning where the one before it ends. */
export function areSegments(value: unknown): value is readonly SegmentEntry[] {
  if (!Array.isArray(value)) return false;
  let next = 0;
  for (const segment of value as unknown[]) {
    if (!isRecord(segment) || segment['first'] !== next || !isSegment(segment)) return false;
    next += segment.rows;
  }
  return true;
}

function isSegment(value: Fields): value is Fields & { readonly rows: number } {
  const { rows, bytes, position, zone, runs, subjects } = value;
  if (!isFile(value, '.facts.arrow') || !isCount(rows) || rows === 0 || typeof position !== 'string') return false;
  if (!isRecord(runs) || runs['identity'] === undefined) return false;
  const fits = Object.entries(runs).every(([name, run]) => isRun(name, run, rows, bytes as number));
  return fits && isZone(zone) && (subjects === null || isSubjects(subjects));
}

/** A name of our own: nothing else is opened. */
const isFile = ({ file, bytes, sha256 }: Fields, ending: string): boolean =>
  typeof file === 'string' &&
  /^\d{12}-\d+\.[a-z.]+$/.test(file) &&
  file.endsWith(ending) &&
  isCount(bytes) &&
  typeof sha256 === 'string';

function isRun(name: string, run: unknown, rows: number, fileBytes: number): boolean {
  if (!isRecord(run) || !isCount(run['offset']) || !isCount(run['bytes'])) return false;
  const width = Math.floor(run['bytes'] / rows);
  const widest = name === 'identity' ? 8 : columnWidth(name);
  const fits = width === widest || (name !== 'identity' && width < widest && [1, 2, 4].includes(width));
  return fits && run['offset'] + run['bytes'] <= fileBytes;
}

/** Bytes of a value of a column, 0 where there is no such column. */
const columnWidth = (name: string): number =>
  Object.hasOwn(COLUMN_TYPES, name) ? new COLUMN_TYPES[name as ColumnName].make(0).BYTES_PER_ELEMENT : 0;

const isZone = (zone: unknown): boolean =>
  isRecord(zone) &&
  Number.isSafeInteger(zone['minDay']) &&
  Number.isSafeInteger(zone['maxDay']) &&
  Array.isArray(zone['kinds']) &&
  zone['kinds'].every(isCount) &&
  typeof zone['plain'] === 'boolean';

const isSubjects = (subjects: unknown): boolean =>
  isRecord(subjects) && isFile(subjects, '.subjects.arrow') && isCount(subjects['after']) && isCount(subjects['count']);
