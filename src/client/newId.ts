import type { Effects } from './effects.ts';

/**
 * A new id: a UUID of version 7 (RFC 9562), whose first 48 bits are the time, so that ids sort in the order in which
 * they were made, to the millisecond.
 */
export function newId({ now, random }: Pick<Effects, 'now' | 'random'>): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now(), 0, 6);
  bytes.set(random(10), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
