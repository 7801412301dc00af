/**
 * Item categories as they are read: what a service's own category says of the format of an item and of its audience. A
 * format that the sender states is believed; a category that no reading knows keeps an unknown format.
 */
import type { FactBody } from '../../contracts/activityEvent.ts';
import type { CategoryMeaning, CategoryReading } from '../../contracts/reading.ts';
import { keyOfCategory, wordsOfCategory } from './itemCategory.ts';
import { holdsFor } from './readingScope.ts';
import { remembering } from './remembering.ts';

type Line = CategoryReading['lines'][number];
/** What a category means where all of these lines hold. */
interface Way {
  readonly lines: readonly Line[];
  readonly is: CategoryMeaning;
}

const MOST_KNOWN = 10_000;

/**
 * What these readings make of facts with an item category. A line that names the whole category holds; else one that
 * names its audience alone with one that names its kind alone, in this order: "Adult fiction". Of several lines the first
 * that fits the place and day holds.
 */
export function categoriesReadBy(readings: readonly CategoryReading[]): (body: FactBody) => FactBody {
  const lines = new Map<string, Line[]>();
  for (const line of readings.flatMap((reading) => reading.lines)) {
    const key = keyOfCategory(line.category);
    const same = lines.get(key);
    if (same === undefined) lines.set(key, [line]);
    else same.push(line);
  }

  function waysToRead(category: string): readonly Way[] {
    const words = wordsOfCategory(category);
    const named = (from: number, to: number): readonly Line[] => lines.get(words.slice(from, to).join(' ')) ?? [];
    const ways: Way[] = named(0, words.length).map((line) => ({ lines: [line], is: line.is }));
    for (let at = 1; at < words.length; at++) {
      const kinds = named(at, words.length).filter(({ is }) => is.contentAge === undefined);
      for (const audience of named(0, at).filter(({ is }) => is.format === undefined))
        for (const kind of kinds) ways.push({ lines: [audience, kind], is: { ...audience.is, ...kind.is } });
    }
    return ways;
  }

  /** Services have dozens of categories and millions of loans. */
  const waysOf = remembering(MOST_KNOWN, waysToRead);
  const meaningOf = (category: string, body: FactBody): CategoryMeaning | undefined =>
    waysOf(category).find((way) => way.lines.every((line) => holdsFor(line, body)))?.is;

  return (body) => {
    const { data } = body;
    if (!('localCategory' in data) || data.localCategory === undefined || data.format !== 'unknown') return body;
    const is = meaningOf(data.localCategory, body);
    if (is === undefined) return body;
    const { format = 'unknown', contentAge } = is;
    // The new field first: added to a copy it costs ten times as much, and this runs for every loan of a replay.
    const read = contentAge === undefined ? { ...data, format } : { contentAge, ...data, format };
    if (contentAge !== undefined && data.contentAge === 'unknown') read.contentAge = contentAge;
    return { ...body, data: read } as FactBody;
  };
}
