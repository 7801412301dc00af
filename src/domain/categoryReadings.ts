/**
 * Item categories as they are read: what a service's own category says of the format of an item and of its audience. A
 * format that the sender states is believed; a category that no reading knows keeps an unknown format.
 */
import type { FactBody } from '../../contracts/activityEvent.ts';
import type { CategoryMeaning, CategoryReading } from '../../contracts/reading.ts';
import { wordsOfCategory } from './itemCategory.ts';
import { holdsFor } from './readingScope.ts';

type Line = CategoryReading['lines'][number];

/**
 * What these readings make of facts with an item category. A line that names the whole category holds; else one that
 * names its audience alone with one that names its kind alone, in this order: "Adult fiction". Of several lines the first
 * that fits the place and day holds.
 */
export function categoriesReadBy(readings: readonly CategoryReading[]): (body: FactBody) => FactBody {
  const lines = new Map<string, Line[]>();
  for (const line of readings.flatMap((reading) => reading.lines)) {
    const key = wordsOfCategory(line.category).join(' ');
    const same = lines.get(key);
    if (same === undefined) lines.set(key, [line]);
    else same.push(line);
  }

  function meaningOf(category: string, body: FactBody): CategoryMeaning | undefined {
    const words = wordsOfCategory(category);
    const named = (from: number, to: number, without?: keyof CategoryMeaning): CategoryMeaning | undefined =>
      lines
        .get(words.slice(from, to).join(' '))
        ?.find((line) => (without === undefined || line.is[without] === undefined) && holdsFor(line, body))?.is;
    const whole = named(0, words.length);
    if (whole !== undefined) return whole;
    for (let at = 1; at < words.length; at++) {
      const audience = named(0, at, 'format');
      const kind = audience && named(at, words.length, 'contentAge');
      if (kind !== undefined) return { ...audience, ...kind };
    }
    return undefined;
  }

  return (body) => {
    const { data } = body;
    if (!('localCategory' in data) || data.localCategory === undefined || data.format !== 'unknown') return body;
    const is = meaningOf(data.localCategory, body);
    if (is === undefined) return body;
    const { contentAge = 'unknown' } = data;
    return { ...body, data: { ...data, ...is, ...(contentAge === 'unknown' ? {} : { contentAge }) } } as FactBody;
  };
}
