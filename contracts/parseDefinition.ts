/** The YAML text of a definition → its checked form, with every fault at its line and column. */
import { definitionSchema, type Definition } from './definition.ts';
import type { Fault } from './errors.ts';
import { parseYaml } from './parseYaml.ts';

export type ParsedDefinition =
  | { readonly definition: Definition; readonly faults?: never }
  | { readonly definition?: never; readonly faults: readonly Fault[] };

/** Reads one definition: see `parseYaml`. */
export function parseDefinition(text: string, file?: string): ParsedDefinition {
  const { value, faults } = parseYaml(definitionSchema, text, file);
  return faults === undefined ? { definition: value } : { faults };
}
