/** How long a JSON array is, told from its bytes: a short text can have millions of members, each of them to be answered. */

const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP, COMMA, QUOTE, BACKSLASH] = [
  0x5b, 0x5d, 0x7b, 0x7d, 0x2c, 0x22, 0x5c,
];
/** White space of JSON, and the bytes of a byte order mark. */
const BEFORE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** Whether a text is an array of more than `most` members. Nothing is parsed; of what is no JSON, either may be said. */
export function hasMoreMembers(bytes: Uint8Array, most: number): boolean {
  // A member and its comma take two bytes.
  if (bytes.length < 2 * most) return false;
  let at = 0;
  while (BEFORE.has(bytes[at] ?? 0)) at += 1;
  if (bytes[at] !== OPEN_LIST) return false;
  let members = 1;
  let depth = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === OPEN_LIST || byte === OPEN_MAP) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_MAP) depth -= 1;
    else if (byte === COMMA && depth === 1 && ++members > most) return true;
  }
  return false;
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
