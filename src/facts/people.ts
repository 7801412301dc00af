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
