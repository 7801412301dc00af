/** Readings from YAML files. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseYaml } from '../../contracts/parseYaml.ts';
import { readingSchema, type CategoryReading, type FormReading, type Reading } from '../../contracts/reading.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { readingsOf, type ReadingSet } from '../domain/readings.ts';

/**
 * The readings in these folders. Of one form the reading in the last folder holds, so that a service can correct what
 * is delivered by a file of its own. Of item categories all hold, those in the last folder first: a service corrects its
 * own words, and the others go on to mean what they do everywhere.
 * @throws LedgerError `invalid-reading` with every fault at its line and column, `not-found` where there is no folder
 */
export function readReadings(folders: readonly string[]): ReadingSet {
  const byForm = new Map<string, FormReading>();
  const ofCategories: CategoryReading[] = [];
  for (const folder of folders) {
    if (!existsSync(folder)) throw new LedgerError('not-found', `There is no folder of readings ${folder}.`);
    const own = new Map<string, string>();
    for (const name of readdirSync(folder).sort()) {
      if (!name.endsWith('.yaml')) continue;
      const path = join(folder, name);
      const reading = readingOf(readFileSync(path, 'utf8'), relative('.', path));
      const what = reading.reads === undefined ? `the form ${reading.form}` : 'item categories';
      const other = own.get(what);
      if (other !== undefined)
        throw new LedgerError('invalid-reading', `${path} and ${other} both read ${what}.`, {
          hint: 'Keep one of them in the folder.',
        });
      own.set(what, path);
      if (reading.reads === undefined) byForm.set(reading.form, reading);
      else ofCategories.unshift(reading);
    }
  }
  const readings = [...byForm.values(), ...ofCategories];
  const digest = createHash('sha256').update(JSON.stringify(readings)).digest('hex');
  return { readings: readingsOf(readings), digest };
}

/** One reading. Throws `invalid-reading`. */
function readingOf(text: string, shown: string): Reading {
  const { value, faults } = parseYaml(readingSchema, text, shown);
  if (faults === undefined) return value;
  throw new LedgerError('invalid-reading', `${shown}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`, {
    hint: 'Correct the lines that are named; docs/readings.md explains every field.',
    faults,
  });
}
