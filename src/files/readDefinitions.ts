/** Indicator definitions from YAML files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Definition } from '../../contracts/definition.ts';
import { parseDefinition } from '../../contracts/parseDefinition.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { whyNot } from './whyNot.ts';

/** One definition. Throws `invalid-definition` with every fault at its line and column, `not-found` where there is no file. */
function readDefinition(path: string, shown = path): Definition {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new LedgerError('not-found', `${shown} cannot be read: ${whyNot(error)}.`);
  }
  return definitionOf(text, shown);
}

/** The same of a text that is there already. */
export function definitionOf(text: string, shown: string): Definition {
  const { definition, faults } = parseDefinition(text, shown);
  if (definition !== undefined) return definition;
  throw new LedgerError(
    'invalid-definition',
    `${shown}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
    {
      hint: 'Correct the lines that are named; docs/definitions.md explains every field.',
      faults,
    },
  );
}

/** All definitions below a folder, in order of their paths. */
export function readDefinitions(folder: string): Definition[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'));
  return paths.sort().map((path) => readDefinition(join(folder, path), relative('.', join(folder, path))));
}
