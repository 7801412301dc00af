/** Which place of a level (service point, authority, nation) each place that facts name lies in. */
import type { PlaceLevel } from '../../contracts/definition.ts';
import { placeAt } from '../domain/places.ts';
import { wordsOf, type Dictionaries } from './columns.ts';
import type { Dictionary } from './dictionary.ts';

export interface Level {
  /** Whether its places are the smallest there are, and not made of others. */
  readonly isFinest: boolean;
  readonly names: readonly string[];
  /** The number of its place for each place code; −1 where it lies in none of `names`. */
  readonly of: Int32Array;
  /** The place codes that lie in one. */
  readonly members: Int32Array;
}

/** Levels as made last, by dictionary of places: looking each name up for each batch would take longer than the batch. */
const made = new WeakMap<Dictionary, Map<PlaceLevel, Level>>();

/** The places of a level: all, or those that hold one of the places touched. */
export function levelOf(
  level: PlaceLevel,
  dictionaries: Dictionaries,
  touched?: { readonly keys: () => Iterable<number> },
): Level {
  const words = wordsOf(dictionaries, 'place');
  const levels = made.get(words) ?? new Map<PlaceLevel, Level>();
  made.set(words, levels);
  let whole = levels.get(level);
  if (whole === undefined || whole.of.length < words.values.length) {
    whole = wholeLevel(level, words.values);
    levels.set(level, whole);
  }
  return touched === undefined ? whole : narrowed(whole, touched.keys());
}

function wholeLevel(level: PlaceLevel, places: readonly string[]): Level {
  const numbers = new Map<string, number>();
  const of = Int32Array.from(places, (place) => {
    const name = place === '' ? null : placeAt(level, place);
    if (name === null) return -1;
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  });
  return { isFinest: level === 'service-point', names: [...numbers.keys()], of, members: membersOf(of) };
}

const membersOf = (of: Int32Array): Int32Array =>
  Int32Array.from([...of.keys()].filter((place) => (of[place] as number) >= 0));

function narrowed({ isFinest, names, of }: Level, touched: Iterable<number>): Level {
  const numbers = new Map<number, number>();
  for (const place of touched) {
    const number = of[place] ?? -1;
    if (number >= 0 && !numbers.has(number)) numbers.set(number, numbers.size);
  }
  const narrow = of.map((number) => numbers.get(number) ?? -1);
  return {
    isFinest,
    names: [...numbers.keys()].map((number) => names[number] as string),
    of: narrow,
    members: membersOf(narrow),
  };
}
