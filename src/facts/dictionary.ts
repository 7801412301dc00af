/** Values → small whole numbers, in the order of first appearance, so that one log always gives one coding. Code 0 is the empty value. */

/** The words of one column, by code. */
export interface Dictionary {
  readonly values: readonly string[];
  /** The code of a value; a new value gets the next code. */
  code(value: string): number;
  /** The code of a value that has one. */
  find(value: string): number | undefined;
}

/** A dictionary that starts with `values` (whose first is the empty value). */
export function dictionary(values: readonly string[] = ['']): Dictionary {
  const known = [...values];
  const codes = new Map(known.map((value, code) => [value, code]));
  return {
    values: known,
    code(value) {
      const code = codes.get(value);
      if (code !== undefined) return code;
      codes.set(value, known.length);
      return known.push(value) - 1;
    },
    find: (value) => codes.get(value),
  };
}

/**
 * The same for pseudonyms, of which there may be millions: 128-bit keys in typed arrays, found by open addressing
 * (about 25 bytes a person instead of about 150 in a Map of strings). Code 0 is nobody.
 */
export interface SubjectDictionary {
  /** Number of people known. */
  readonly size: number;
  /** Code of a pseudonym (32 hexadecimal digits); 0 for the empty one. */
  code(pseudonym: string): number;
  /** The 16 bytes of each person with a code above `after` and at most `upTo`, one after the other. */
  bytes(after: number, upTo: number): Uint8Array;
  /** Adds people as read back from `bytes`. */
  load(bytes: Uint8Array): void;
}

/** A dictionary that knows nobody yet. */
export function subjectDictionary(): SubjectDictionary {
  const WORDS = 4;
  let keys = new Uint32Array(1024 * WORDS);
  let slots = new Int32Array(4096);
  let size = 0;

  const slotOf = (a: number, b: number, c: number, d: number): number => {
    // Pseudonyms are HMACs: any 32 of their bits are as good as a hash.
    let slot = (a ^ Math.imul(b, 0x9e3779b1)) & (slots.length - 1);
    for (;;) {
      const code = slots[slot] ?? 0;
      if (code === 0) return slot;
      const at = (code - 1) * WORDS;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
  };
  const grow = (): void => {
    if ((size + 1) * WORDS > keys.length) {
      const larger = new Uint32Array(keys.length * 2);
      larger.set(keys);
      keys = larger;
    }
    if ((size + 1) * 2 > slots.length) {
      slots = new Int32Array(slots.length * 2);
      for (let code = 1; code <= size; code++) {
        const at = (code - 1) * WORDS;
        slots[slotOf(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, keys[at + 3] ?? 0)] = code;
      }
    }
  };
  const codeOf = (a: number, b: number, c: number, d: number): number => {
    grow();
    const slot = slotOf(a, b, c, d);
    const known = slots[slot] ?? 0;
    if (known !== 0) return known;
    keys.set([a, b, c, d], size * WORDS);
    size += 1;
    slots[slot] = size;
    return size;
  };
  const word = (hex: string, index: number): number => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16);

  return {
    get size() {
      return size;
    },
    code: (pseudonym) =>
      pseudonym === '' ? 0 : codeOf(word(pseudonym, 0), word(pseudonym, 1), word(pseudonym, 2), word(pseudonym, 3)),
    bytes(after, upTo) {
      const bytes = new Uint8Array((upTo - after) * 16);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < (upTo - after) * WORDS; i++) view.setUint32(i * 4, keys[after * WORDS + i] ?? 0);
      return bytes;
    },
    load(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at < bytes.byteLength; at += 16) {
        codeOf(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12));
      }
    },
  };
}
