/** Mappings of columns from YAML text. */
import { mappingSchema, type GivenMapping } from '../../contracts/mapping.ts';
import { parseYaml } from '../../contracts/parseYaml.ts';
import { LedgerError } from '../domain/ledgerError.ts';
import { sha256Of } from './readTable.ts';

/** One mapping. Throws `invalid-mapping` with every fault at its line and column; `shown` names the text. */
export function mappingOf(text: string, shown: string): GivenMapping {
  const { value, faults } = parseYaml(mappingSchema, text, shown);
  if (faults === undefined) return { mapping: value, text, sha256: sha256Of(new TextEncoder().encode(text)) };
  throw new LedgerError('invalid-mapping', `${shown}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`, {
    hint: 'Correct the lines that are named; docs/importing/mapped.md explains every field.',
    faults,
  });
}
