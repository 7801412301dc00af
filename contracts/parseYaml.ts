/** YAML text → what a schema makes of it, with every fault at its line and column. */
import { isNode, LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import { z } from 'zod';
import { pointerOf } from './pointer.ts';
import type { Fault } from './errors.ts';

export type Parsed<T> =
  { readonly value: T; readonly faults?: never } | { readonly value?: never; readonly faults: readonly Fault[] };

/**
 * Reads one document. All faults are given at once, in the order of the text; a fault of a field that is missing
 * points at the mapping it is missing from.
 * @param file name of the file, for the faults
 */
export function parseYaml<T>(schema: z.ZodType<T>, text: string, file?: string): Parsed<T> {
  const lines = new LineCounter();
  const named = file === undefined ? {} : { file };
  const at = (offset: number): Pick<Fault, 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
    const errors = [...document.errors, ...document.warnings].slice(0, MOST_YAML_FAULTS);
    const tooDeep = errors.find(({ message }) => CALL_STACK.test(message));
    if (tooDeep !== undefined) return { faults: [{ message: TOO_DEEP, ...at(tooDeep.pos[0]), ...named }] };
    if (errors.length > 0) {
      return { faults: errors.map((error) => ({ message: yamlMessage(error, text), ...at(error.pos[0]), ...named })) };
    }
    value = document.toJS();
  } catch (error) {
    // Nested too deeply, or aliases of aliases: the library throws instead of reporting.
    const detail = error instanceof Error ? error.message : String(error);
    const message = CALL_STACK.test(detail) ? TOO_DEEP : `cannot be read as YAML: ${detail}`;
    return { faults: [{ message, line: 1, column: 1, ...named }] };
  }
  const parsed = schema.safeParse(value, { error: expectation });
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues
    .flatMap((issue) => detailed(issue, value))
    .map(({ path, message, isKey }) => ({
      message,
      pointer: pointerOf(path),
      ...at(offsetOf(document, path, isKey)),
      ...named,
    }));
  return { faults: faults.sort((a, b) => a.line! - b.line! || a.column! - b.column!) };
}

/** How the platform says that a text is nested deeper than it can follow. */
const CALL_STACK = /call stack/;
const TOO_DEEP = 'cannot be read as YAML: it is nested too deeply';

/** More than these help nobody: one bracket too many can make hundreds. */
const MOST_YAML_FAULTS = 20;

/** The first line of what the library says, without the place, which is told apart. */
function yamlMessage(error: YAMLError, text: string): string {
  if (error.code === 'MULTIPLE_DOCS') return 'expected one document, found a second one after "---"';
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:,{}]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    return `"${key}" is given twice: expected each field once`;
  }
  return (error.message.split(' at line ')[0] ?? error.message).split('\n')[0] ?? error.message;
}

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const NAMES_OF_KINDS: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', object: 'a mapping', record: 'a mapping', array: 'a list', tuple: 'a list',
}; // prettier-ignore

/** What was expected and what was found, in words. Messages that the schema itself gives go before these. */
function expectation(issue: RawIssue): string | undefined {
  const expected = expectedBy(issue);
  if (expected === undefined || issue.code === 'unrecognized_keys') return expected;
  return issue.input === undefined
    ? `"${String(issue.path?.at(-1) ?? '')}" is missing: ${expected}`
    : `${expected}, found ${foundText(issue.input)}`;
}

function expectedBy(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${NAMES_OF_KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return expectedOne(issue.values.map(String));
    case 'unrecognized_keys':
      if (issue.inst instanceof z.ZodObject) return expectedOne(Object.keys(issue.inst.shape));
      return issue.inst instanceof z.ZodRecord && issue.inst.keyType instanceof z.ZodEnum
        ? expectedOne(issue.inst.keyType.options.map(String))
        : undefined;
    case 'invalid_union':
      if (!(issue.inst instanceof z.ZodUnion)) return undefined;
      return expectedOne(issue.inst.options.flatMap(namesOfOption), issue.inst.options[0] instanceof z.ZodObject);
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return undefined;
  }
}

const expectedOne = (names: readonly string[], exactly = false): string =>
  names.length === 1 ? `expected ${names[0]}` : `expected ${exactly ? 'exactly ' : ''}one of ${names.join(', ')}`;

/** A branch of a union is known by its value, or by the field that it must have. */
function namesOfOption(option: unknown): string[] {
  if (option instanceof z.ZodLiteral) return [...option.values].map(String);
  return option instanceof z.ZodObject ? Object.keys(option.shape) : [];
}

function amount(limit: number | bigint, origin: string): string {
  if (origin !== 'string' && origin !== 'array') return String(limit);
  return `${limit} ${origin === 'string' ? 'character' : 'item'}${limit === 1 ? '' : 's'}`;
}

const LONGEST_FOUND = 60;

function foundText(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1 item' : `a list of ${value.length} items`;
  if (typeof value === 'object') {
    const keys = Object.keys(value);
    return keys.length === 0 ? 'an empty mapping' : `a mapping of ${keys.join(' and ')}`;
  }
  // YAML has numbers that JSON has not: .inf and .nan.
  const text = typeof value === 'number' ? `${value}` : JSON.stringify(value).replace(UNSEEN, escaped);
  if (text.length <= LONGEST_FOUND) return text;
  const length = typeof value === 'string' ? ` (${value.length} characters)` : '';
  return `${text.slice(0, LONGEST_FOUND)}…${length}`;
}

/** Characters that would change how the message itself reads. */
const UNSEEN = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The fault is the key itself, not what stands under it. */
  readonly isKey: boolean;
}

/** Faults of a value that is of the kind its schema expects. */
const OF_THE_RIGHT_KIND: ReadonlySet<string> = new Set(['too_small', 'too_big', 'invalid_format']);

type ZodIssues = readonly z.core.$ZodIssue[];

/**
 * Unknown keys point at the key itself. Of a union, the faults of the one branch that was meant are told; where none
 * or several can be meant, the branches are named.
 */
function detailed(issue: z.core.$ZodIssue, root: unknown, above: readonly PropertyKey[] = []): Issue[] {
  const path = [...above, ...issue.path];
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `"${key}" is not a field that belongs here: ${issue.message}`,
      isKey: true,
    }));
  }
  if (issue.code === 'invalid_union') {
    const meant = (branch: ZodIssues): boolean =>
      branch.every(
        (inner) =>
          (inner.path.length === 0 && OF_THE_RIGHT_KIND.has(inner.code)) ||
          inner.path.length > 1 ||
          (inner.path.length === 1 && key(value, inner.path) !== undefined),
      );
    const [branch] = issue.errors.filter(meant);
    if (branch !== undefined) return branch.flatMap((inner) => detailed(inner, root, path));
  }
  // The schema's own message says what is expected; what was found is added.
  const own = issue.code === 'invalid_format' || issue.code === 'custom';
  const found = own && value !== undefined && typeof value !== 'object' ? `, found ${foundText(value)}` : '';
  return [{ path, message: `${issue.message}${found}`, isKey: false }];
}

const key = (value: unknown, [step]: readonly PropertyKey[]): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step ?? ''] : undefined;

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, step) => key(value, [step]), root);

/** Where a value stands in the text, or the nearest thing around it. */
function offsetOf(document: Document, path: readonly PropertyKey[], isKey: boolean): number {
  for (let length = path.length; length >= 0; length--) {
    const inside = path.slice(0, length);
    const last = inside.at(-1);
    const parent = document.getIn(inside.slice(0, -1), true);
    if (typeof last === 'string' && isNode(parent) && 'items' in parent) {
      const pair = (parent.items as { key?: unknown }[]).find((item) => isNode(item.key) && String(item.key) === last);
      if (pair !== undefined && isNode(pair.key)) {
        const value = document.getIn(inside, true);
        // A value of the wrong kind is pointed at; an unknown key at the key.
        const atValue = !isKey && length === path.length && isNode(value) && !('items' in value);
        return (atValue ? value.range?.[0] : pair.key.range?.[0]) ?? 0;
      }
      continue;
    }
    const node = document.getIn(inside, true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}
