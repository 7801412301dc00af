/** Different people, exactly: each cell counts a person once. */
import type { People } from './planState.ts';

/**
 * Counts the people of some months together into pairs of (different people, rows) by place and category.
 * @param cut    which of the categories the rows keep, null for the total
 * @param of     the number of each place code, −1 for places that are not asked for
 * @param width  categories of each place
 * @param pairs  places × width pairs, which are added to
 */
export function countPeople(
  months: readonly People[],
  cut: number | null,
  of: Int32Array,
  width: number,
  pairs: Float64Array,
): void {
  const rows = months.reduce((sum, people) => sum + people.rows, 0);
  // Open addressing, at most half full: who was seen in which cell. Cell 0 is stored as 1, because 0 is a free slot.
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, rows * 2)));
  const cells = new Int32Array(slots);
  const subjects = new Uint32Array(slots);
  for (const people of months) {
    const codes = cut === null ? undefined : people.categories[cut];
    for (let row = 0; row < people.rows; row++) {
      const number = of[people.place[row] as number] ?? -1;
      if (number < 0) continue;
      const cell = number * width + (codes === undefined ? 0 : (codes[row] as number));
      const subject = people.subject[row] as number;
      pairs[cell * 2 + 1]! += 1;
      let slot = (Math.imul(subject, 0x9e3779b1) ^ Math.imul(cell, 0x85ebca6b)) >>> 0;
      slot = (slot ^ (slot >>> 15)) & (slots - 1);
      while (cells[slot] !== 0 && (cells[slot] !== cell + 1 || subjects[slot] !== subject))
        slot = (slot + 1) & (slots - 1);
      if (cells[slot] !== 0) continue;
      cells[slot] = cell + 1;
      subjects[slot] = subject;
      pairs[cell * 2]! += 1;
    }
  }
}

/**
 * The same where the cells are too many to keep all of them: `add` is given each cell that somebody fell into, once.
 */
export function countFewPeople(
  months: readonly People[],
  cut: number | null,
  of: Int32Array,
  add: (number: number, code: number, people: number, rows: number) => void,
): void {
  const slots = new Map<string, number>();
  const where: { number: number; code: number }[] = [];
  // Each cell that there is stands for a place with one category.
  const placed = months.map(({ rows, place, subject, categories }): People => {
    const codes = cut === null ? undefined : categories[cut];
    const cells = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const number = of[place[row] as number] ?? -1;
      const code = codes?.[row] ?? 0;
      const key = `${number} ${code}`;
      let slot = number < 0 ? -1 : slots.get(key);
      if (slot === undefined) {
        slots.set(key, (slot = where.length));
        where.push({ number, code });
      }
      cells[row] = slot;
    }
    return { rows, place: cells, subject, categories: [] };
  });
  const pairs = new Float64Array(where.length * 2);
  countPeople(placed, null, Int32Array.from(where.keys()), 1, pairs);
  where.forEach(({ number, code }, slot) =>
    add(number, code, pairs[2 * slot] as number, pairs[2 * slot + 1] as number),
  );
}
