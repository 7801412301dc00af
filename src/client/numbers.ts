/**
 * Numbers of events within their source: 1, 2, 3, … without a gap, so that the server can tell which of them never came.
 *
 * Only an event that gets its id here is numbered. One with an id of its sender's may be sent again by a program that does
 * not know any more that it was sent: under another number it would be another event with the same id, and refused.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './durable.ts';
import type { Line } from './toLines.ts';

/** Most bytes that a number adds to a line. */
export const NUMBER_BYTES = '"sequence":"9007199254740991",'.length;

/** The highest number that was given in each source. */
export type LastNumbers = ReadonlyMap<string, number>;

/** Lines with their numbers, those that are to have one, after `last`; and the last number then. */
export function numbered(lines: readonly Line[], last: number): { lines: Line[]; last: number } {
  let next = last;
  const withNumbers = lines.map((line) => {
    if (!line.isNumbered) return line;
    next += 1;
    return { ...line, bytes: Buffer.concat([Buffer.from(`{"sequence":"${next}",`), line.bytes.subarray(1)]) };
  });
  return { lines: withNumbers, last: next };
}

/** A line as `numbered` makes it: a number of the sender's own stands elsewhere. */
const NUMBERED = /^\{"sequence":"([1-9]\d{0,15})","specversion":"1\.0","id":"[^"]*","source":"([^"\\]*)"/gm;

/** The highest numbers that were given before, or stand in lines. */
export function highestIn(lines: string, before: LastNumbers): LastNumbers {
  const highest = new Map(before);
  for (const [, number, source = ''] of lines.matchAll(NUMBERED)) {
    highest.set(source, Math.max(highest.get(source) ?? 0, Number(number)));
  }
  return highest;
}

const FILE = 'numbers.json';

/** The numbers that were kept in a folder; none where nothing was. Throws where the file is not as it was written. */
export async function readNumbers(folder: string): Promise<LastNumbers> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const kept = JSON.parse(text) as Record<string, unknown>;
  const entries = Object.entries(kept).map(([source, number]): [string, number] => {
    if (!Number.isSafeInteger(number)) throw new Error(`${FILE} has no whole number for ${source}.`);
    return [source, number as number];
  });
  return new Map(entries);
}

/** Keeps them, so that numbers go on after a restart when no line with them is left. */
export const keepNumbers = (folder: string, numbers: LastNumbers): Promise<void> =>
  writeWhole(join(folder, FILE), `${JSON.stringify(Object.fromEntries(numbers))}\n`);
