/**
 * What registers and lists state: no number over a window, but how a place or a thing is. Which statement it is, is told
 * by its place and a few fields; the others are what it says. Of one statement a newer edition of a file may say something
 * else; of another day it makes another statement.
 */
import { kindOf, type FactBody, type FactKind } from '../../contracts/activityEvent.ts';
import { canonicalJson } from './canonicalJson.ts';

/**
 * By kind, the fields that tell which statement of a place it is. Means of an index are of its edition, whatever day is
 * given with the file.
 */
const TOLD_BY: Readonly<Partial<Record<FactKind, readonly string[]>>> = {
  'service-point.status': ['on'],
  'place.described': ['on'],
  'place.succeeded': ['on'],
  'mobile-stop.scheduled': ['on', 'route', 'stop', 'day'],
  'reference.deprivation': ['index', 'domain'],
  'reference.neighbours': ['on'],
  'action.reported': ['on', 'action'],
  'survey.asked': ['on', 'survey', 'question'],
};

/** Kinds of which a newer edition of a file brings the same statements again. */
export const STATEMENTS: ReadonlySet<string> = new Set(Object.keys(TOLD_BY));

/** Where it was read, and how it is cited: two editions of one statement may differ in them. */
const NOT_SAID: ReadonlySet<string> = new Set(['provenance', 'source']);

export interface Statement {
  /** Which statement it is: equal for two that are about the same. */
  readonly what: string;
  /** What it says, as canonical JSON. */
  readonly value: string;
}

/** The statement that a fact makes; null for facts of other kinds. */
export function statementOf({ type, subject, data }: FactBody): Statement | null {
  const kind = kindOf(type) as FactKind;
  const fields = TOLD_BY[kind];
  if (fields === undefined) return null;
  const all = data as Readonly<Record<string, unknown>>;
  const isIndex = !fields.includes('on');
  const said = Object.entries(all).filter(
    ([name]) => !fields.includes(name) && !NOT_SAID.has(name) && !(isIndex && name === 'on'),
  );
  return {
    what: JSON.stringify([kind, subject, ...fields.map((name) => all[name])]),
    value: canonicalJson(Object.fromEntries(said)),
  };
}

/** In what the first of two values of one statement differs from the second, in words: `open: closed; computers: none`. */
export function differing(value: string, other: string): string {
  const [mine, theirs] = [JSON.parse(value), JSON.parse(other)] as Readonly<Record<string, unknown>>[];
  const names = [...new Set([...Object.keys(mine ?? {}), ...Object.keys(theirs ?? {})])].sort();
  const differ = names.filter((name) => JSON.stringify(mine?.[name]) !== JSON.stringify(theirs?.[name]));
  return differ.map((name) => `${inWords(name)}: ${text(mine?.[name])}`).join('; ');
}

/** `hoursPerWeek` → `hours per week`. */
const inWords = (field: string): string => field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function text(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
