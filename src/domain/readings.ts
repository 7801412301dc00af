/**
 * Facts as they are read. What was stated under a line of a form becomes the count that the reading of the form says it
 * is; a line that no reading knows stays what it is, and counts nowhere; so does a number that is none of the kind. Items
 * of a service's own category get their format.
 */
import { kindOf, typeOf, type ActivityEvent, type EventOf, type FactBody } from '../../contracts/activityEvent.ts';
import type { FormReading, Meaning, Reading } from '../../contracts/reading.ts';
import { categoriesReadBy } from './categoryReadings.ts';
import { keyOf } from './labels.ts';
import { holdsFor } from './readingScope.ts';

/** A fact as its sender stated it → the fact that it means. */
export type Readings = (body: FactBody) => FactBody;

/** Nothing is read: facts stay as they were stated. */
export const NO_READINGS: Readings = (body) => body;

/** Readings, and a digest of what they say: facts that were made with others are made again. */
export interface ReadingSet {
  readonly readings: Readings;
  readonly digest: string;
}

export const NO_READING_SET: ReadingSet = { readings: NO_READINGS, digest: '' };

type Line = FormReading['lines'][number];
type Stated = EventOf<'return.stated'>['data'];

/** What these readings make of facts. Of two that fit a line the first holds, so that the particular goes before. */
export function readingsOf(readings: readonly Reading[]): Readings {
  const lines = new Map<string, Line[]>();
  for (const { form, lines: own } of readings.filter(isOfForm)) {
    for (const line of own) {
      const key = `${form} ${keyOf(line.line)}`;
      const same = lines.get(key);
      if (same === undefined) lines.set(key, [line]);
      else same.push(line);
    }
  }
  const withCategory = categoriesReadBy(readings.filter((reading) => !isOfForm(reading)));
  return (body) => {
    if (body.type !== STATED) return withCategory(body);
    const { data } = body;
    const meaning = lines.get(`${data.form} ${keyOf(data.line)}`)?.find((line) => holdsFor(line, body))?.is;
    return meaning === undefined || !canStand(meaning, data)
      ? body
      : ({ ...body, ...meant(meaning, data) } as FactBody);
  };
}

const isOfForm = (reading: Reading): reading is FormReading => reading.reads === undefined;
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

/** Only hours have decimals: half a visit or half a loan is no count, and stays what was stated. */
const canStand = ({ field }: Meaning, { value = 0 }: Stated): boolean => field === 'hours' || Number.isInteger(value);

/** The type and data of the count that a line means. */
function meant({ kind, field, with: words }: Meaning, { window, method, value, absent }: Stated) {
  const number = absent === undefined ? { [field]: value } : { absent };
  return { type: typeOf(kind), data: { ...words, window, method, ...number } };
}

/** An event as it is read; its identity stays. Also what a correction puts in the place of another. */
export function asRead(event: ActivityEvent, readings: Readings): ActivityEvent {
  if (event.type === RETRACTED || event.type === EXPECTED) return event;
  if (event.type !== CORRECTED) return readings(event) as ActivityEvent;
  return { ...event, data: { ...event.data, replacement: readings(event.data.replacement) } };
}

const [RETRACTED, EXPECTED, CORRECTED] = [typeOf('fact.retracted'), typeOf('feed.expected'), typeOf('fact.corrected')];
