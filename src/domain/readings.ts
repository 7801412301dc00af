/**
 * Returns as they are read: what was stated under a line of a form becomes the count that the reading of the form says
 * it is. A line that no reading knows stays what it is, and counts nowhere; so does a number that is none of the kind.
 */
import { kindOf, typeOf, type ActivityEvent, type EventOf, type FactBody } from '../../contracts/activityEvent.ts';
import type { Meaning, Reading } from '../../contracts/reading.ts';
import { keyOf } from './labels.ts';
import { placeAt } from './places.ts';

/** A fact as its sender stated it → the fact that it means. */
export type Readings = (body: FactBody) => FactBody;

/** Nothing is read: returns stay as they were stated. */
export const NO_READINGS: Readings = (body) => body;

/** Readings, and a digest of what they say: facts that were made with others are made again. */
export interface ReadingSet {
  readonly readings: Readings;
  readonly digest: string;
}

export const NO_READING_SET: ReadingSet = { readings: NO_READINGS, digest: '' };

type Line = Reading['lines'][number];
type Stated = EventOf<'return.stated'>['data'];

/** What these readings make of facts. Of two that fit a line the first holds, so that the particular goes before. */
export function readingsOf(readings: readonly Reading[]): Readings {
  const lines = new Map<string, Line[]>();
  for (const { form, lines: own } of readings) {
    for (const line of own) {
      const key = `${form} ${keyOf(line.line)}`;
      const same = lines.get(key);
      if (same === undefined) lines.set(key, [line]);
      else same.push(line);
    }
  }
  return (body) => {
    if (body.type !== STATED) return body;
    const { data, subject } = body;
    const meaning = lines.get(`${data.form} ${keyOf(data.line)}`)?.find((line) => fits(line, data, subject))?.is;
    return meaning === undefined || !canStand(meaning, data)
      ? body
      : ({ ...body, ...meant(meaning, data) } as FactBody);
  };
}

const STATED = typeOf('return.stated');

/** What a line is read as: a kind of count, the field that its number stands in, and its other fields. */
export type Meant = Readonly<Meaning>;

/** What a stated line is read as, or null where it counts nowhere. Asked with a number, for a line may state none. */
export function meaningOf(body: Extract<FactBody, { type: typeof STATED }>, readings: Readings): Meant | null {
  const { form, line, window, method } = body.data;
  const { type, data } = readings({ ...body, data: { form, line, window, method, value: 1 } });
  if (type === STATED) return null;
  const { window: _window, method: _method, ...fields } = data as Record<string, string | number>;
  const field = Object.keys(fields).find((name) => typeof fields[name] === 'number') as Meaning['field'];
  const words = Object.entries(fields).filter(([name]) => name !== field);
  return { kind: kindOf(type) as Meaning['kind'], field, with: Object.fromEntries(words) };
}

function fits({ from, until, places }: Line, { window }: Stated, subject: string): boolean {
  const first = window.slice(0, 10);
  if (from !== undefined && first < from) return false;
  if (until !== undefined && first > until) return false;
  return places === undefined || places.includes(subject) || places.includes(placeAt('authority', subject) ?? '');
}

/** Only hours have decimals: half a visit or half a loan is no count, and stays what was stated. */
const canStand = ({ field }: Meaning, { value = 0 }: Stated): boolean => field === 'hours' || Number.isInteger(value);

/** The type and data of the count that a line means. */
function meant({ kind, field, with: words }: Meaning, { window, method, value, absent }: Stated) {
  const number = absent === undefined ? { [field]: value } : { absent };
  return { type: typeOf(kind), data: { ...words, window, method, ...number } };
}

/** An event as it is read; its identity stays. Also what a correction puts in the place of another. */
export function asRead(event: ActivityEvent, readings: Readings): ActivityEvent {
  if (event.type === STATED) return { ...event, ...readings(event) };
  if (event.type !== CORRECTED || event.data.replacement.type !== STATED) return event;
  return { ...event, data: { ...event.data, replacement: readings(event.data.replacement) } };
}

const CORRECTED = typeOf('fact.corrected');
