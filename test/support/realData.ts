/**
 * Real files to test with. They are published by others and are no part of this project: OUTCOMES_REAL_DATA names the
 * folder that holds them. Without it these tests are skipped, and say so; with OUTCOMES_REQUIRE=real-data they fail.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const folder = process.env['OUTCOMES_REAL_DATA'] ?? '';
const required = (process.env['OUTCOMES_REQUIRE'] ?? '').split(/[\s,]+/).includes('real-data');

/** Bytes of a file, given by its path in the folder of real data. */
export type ReadReal = (path: string) => Uint8Array;

/**
 * Like `describe`, for tests over the real files.
 * @param body  gets the reader of the files
 */
export function describeWithRealData(name: string, body: (readReal: ReadReal) => void): void {
  if (folder !== '') {
    describe(name, () => body((path) => readFileSync(join(folder, path))));
  } else if (required) {
    it(`${name}: real data are required`, () => {
      throw new Error('OUTCOMES_REQUIRE asks for real-data, but OUTCOMES_REAL_DATA names no folder.');
    });
  } else {
    const reason = 'OUTCOMES_REAL_DATA is not set';
    console.warn(`SKIPPED ${name}: ${reason}.`);
    describe.skip(`${name} (skipped: ${reason})`, () => body(() => new Uint8Array()));
  }
}
