/**
 * Which keys were met before, in 16 bytes a key: what a file of a million rows may cost. A key is kept as 64 bits of
 * hash. Two keys in a million meet by chance once in some ten million files, and then a row is refused that need not be,
 * which is said.
 */

export interface KeysSeen {
  /**
   * The row that had this key first, and whether it said the same; null where there was none, and then this is the first.
   * @param row at least 1
   */
  meet(key: string, row: number, says: string): { readonly row: number; readonly same: boolean } | null;
}

const FIRST_SLOTS = 1024;

interface Slots {
  /** Two halves of the hash of each key, the row that had it, 0 where the slot is free, and the hash of what that said. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly rows: Uint32Array;
  readonly said: Uint32Array;
}

const slotsOf = (size: number): Slots => ({
  high: new Uint32Array(size),
  low: new Uint32Array(size),
  rows: new Uint32Array(size),
  said: new Uint32Array(size),
});

export function keysSeen(): KeysSeen {
  let slots = slotsOf(FIRST_SLOTS);
  let used = 0;

  /** The slot of a key: its own, or the free one where it would go. */
  function slotOf({ high, low, rows }: Slots, a: number, b: number): number {
    const mask = rows.length - 1;
    let at = (a ^ (b >>> 7)) & mask;
    while (rows[at] !== 0 && (high[at] !== a || low[at] !== b)) at = (at + 1) & mask;
    return at;
  }

  function put(into: Slots, a: number, b: number, row: number, said: number): void {
    const at = slotOf(into, a, b);
    into.high[at] = a;
    into.low[at] = b;
    into.rows[at] = row;
    into.said[at] = said;
  }

  function grow(): void {
    const larger = slotsOf(slots.rows.length * 2);
    for (const [at, row] of slots.rows.entries())
      if (row !== 0) put(larger, slots.high[at] ?? 0, slots.low[at] ?? 0, row, slots.said[at] ?? 0);
    slots = larger;
  }

  return {
    meet(key, row, says) {
      const [a, b, said] = [hashOf(key, FIRST_SEED), hashOf(key, SECOND_SEED), hashOf(says, FIRST_SEED)];
      const at = slotOf(slots, a, b);
      const first = slots.rows[at] ?? 0;
      if (first !== 0) return { row: first, same: slots.said[at] === said };
      put(slots, a, b, row, said);
      used += 1;
      if (used * 2 > slots.rows.length) grow();
      return null;
    },
  };
}

const [FIRST_SEED, SECOND_SEED] = [0x811c9dc5, 0x9e3779b9];

/** FNV-1a over the characters, then the finaliser of MurmurHash3, which spreads its last bits (A. Appleby). */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
