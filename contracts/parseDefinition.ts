/** The YAML text of a definition → its checked form, with every fault at its line and column. */
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { definitionSchema, type Definition } from './definition.ts';
import type { Fault } from './errors.ts';

export type ParsedDefinition =
  | { readonly definition: Definition; readonly faults?: never }
  | { readonly definition?: never; readonly faults: readonly Fault[] };

/**
 * Reads one definition. All faults are given at once, in the order of the text; a fault of a field that is missing
 * points at the mapping it is missing from.
 */
export function parseDefinition(text: string, file?: string): ParsedDefinition {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const at = (offset: number): Pick<Fault, 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const named = file === undefined ? {} : { file };
  if (document.errors.length > 0 || document.warnings.length > 0) {
    const faults = [...document.errors, ...document.warnings].map((error) => ({
      message: (error.message.split(' at line ')[0] ?? error.message).split('\n')[0] ?? error.message,
      ...at(error.pos[0]),
      ...named,
    }));
    return { faults };
  }
  const parsed = definitionSchema.safeParse(document.toJS());
  if (parsed.success) return { definition: parsed.data };
  const faults = parsed.error.issues
    .flatMap((issue) => detailed(issue))
    .map(({ path, message }) => ({
      message,
      pointer: pointerOf(path),
      ...at(offsetOf(document, path)),
      ...named,
    }));
  return { faults: faults.sort((a, b) => a.line! - b.line! || a.column! - b.column!) };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type ZodIssues = NonNullable<ReturnType<typeof definitionSchema.safeParse>['error']>['issues'];

/** Unknown keys point at the key itself; of a union, the faults of the branch that fits best are told. */
function detailed(issue: ZodIssues[number], above: readonly PropertyKey[] = []): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `"${key}" is not a field that belongs here` }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (branch: ZodIssues): number => Math.max(0, ...branch.map((inner) => inner.path.length));
    const unknown = (branch: ZodIssues): number =>
      branch.filter((inner) => inner.code === 'unrecognized_keys' && inner.path.length === 0).length;
    const [best] = issue.errors.toSorted(
      (a, b) => unknown(a) - unknown(b) || depth(b) - depth(a) || a.length - b.length,
    );
    if (best !== undefined) return best.flatMap((inner) => detailed(inner as ZodIssues[number], path));
  }
  return [{ path, message: issue.message }];
}

/** Where a value stands in the text, or the nearest thing around it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const inside = path.slice(0, length);
    const last = inside.at(-1);
    const parent = document.getIn(inside.slice(0, -1), true);
    if (typeof last === 'string' && isNode(parent) && 'items' in parent) {
      const pair = (parent.items as { key?: unknown }[]).find((item) => isNode(item.key) && String(item.key) === last);
      if (pair !== undefined && isNode(pair.key)) {
        const value = document.getIn(inside, true);
        // A value of the wrong kind is pointed at; an unknown key at the key.
        return (
          (length === path.length && isNode(value) && !('items' in value) ? value.range?.[0] : pair.key.range?.[0]) ?? 0
        );
      }
      continue;
    }
    const node = document.getIn(inside, true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
