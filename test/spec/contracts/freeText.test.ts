/**
 * No free text: a field in which a name, an address or a remark about a person could be sent. Every text field of every
 * contract is a closed list, a narrow pattern or a date, or is on the list below.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activityEvent, EVENT_KINDS } from '../../../contracts/activityEvent.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Fields that take the words of a publisher or a file, and the reason why each may. */
const PUBLISHERS_WORDS: Readonly<Record<string, string>> = {
  'data.source': 'citation of a publication',
  'data.scope': 'what a published figure covers, in the words of its source',
  'data.unit': 'unit of a published figure',
  'data.note': 'remark of the compiler on a published figure',
  'data.reference': "the compiler's number of a published figure",
  'data.localCategory': 'name of an item category',
  'data.line': 'line of a statistical return, as its form names it',
  'data.name': 'name of a building or an area',
  'data.region': 'name of a region',
  'data.wording': 'question of a survey, as it was put',
  'data.route': 'route of a mobile library',
  'data.community': 'village or quarter in which a mobile library stops',
  'data.stop': 'name of a stop of a mobile library',
  'data.group': 'part of a plan of action',
  'data.title': 'action of a plan',
  'data.statusAsStated': 'how an action stands, in the words of the report',
  'data.owner': 'organisation or role that answers for an action',
  'data.provenance.sheet': 'name of a sheet of a workbook',
  'data.provenance.column': 'heading of a column in a file',
  'data.provenance.columns': 'heading of a column in a file',
  'data.provenance.raw': 'cell of a file from which a number was read',
};

const root = z.toJSONSchema(activityEvent, { io: 'input' }) as Schema;

interface Field {
  readonly path: string;
  readonly schema: Schema;
}

/** Every field at which something other than a further level stands, and every level that would take unknown fields. */
function fieldsOf(schema: Schema, path: string): { texts: Field[]; open: string[] } {
  const found = { texts: [] as Field[], open: [] as string[] };
  const walk = (inner: Schema, at: string): void => {
    const target = inner.$ref === undefined ? inner : defined(inner.$ref);
    for (const branch of [...(target.anyOf ?? []), ...(target.oneOf ?? []), ...(target.allOf ?? [])]) walk(branch, at);
    if (typeof target.items === 'object') walk(target.items, at);
    if (target.type === 'object') {
      if (target.additionalProperties !== false) found.open.push(at);
      for (const [name, property] of Object.entries(target.properties ?? {})) {
        // A replacement holds what an event holds: its fields are known by the same names.
        const below = at === 'data.replacement' ? name : at === '' ? name : `${at}.${name}`;
        walk(property, below);
      }
    }
    if (target.type === 'string' || isAnything(target)) found.texts.push({ path: at, schema: target });
  };
  walk(schema, path);
  return found;
}

const isAnything = (schema: Schema): boolean =>
  Object.keys(schema).every((key) => ['description', 'title', 'id', '$schema', '$defs'].includes(key));

function defined(ref: string): Schema {
  const schema = root.$defs?.[ref.replace('#/$defs/', '')];
  if (schema === undefined) throw new Error(`no definition of ${ref}`);
  return schema;
}

const { texts, open } = fieldsOf(root, '');

/** What somebody might write of a person, a place of living or a loan. No pattern may let one through. */
const REMARKS = ['Jane Smith', "O'Neill, Jane", 'NE1 8AX', '12 High Street', 'jane smith', 'she rang on Monday', 'a b'];

const isClosed = (schema: Schema): boolean => schema.enum !== undefined || schema.const !== undefined;

/** The words of publishers are plain text, and no more can be asked of them. */
const PLAIN_TEXT = '^[^\\p{Cc}\\p{Cs}]*$';
const isNarrow = ({ pattern }: Schema): boolean => pattern !== undefined && pattern !== PLAIN_TEXT;

describe('P12: the contracts', () => {
  it('are all walked: the fields of every event type are found', () => {
    const types = texts.filter(({ path, schema }) => path === 'type' && schema.const !== undefined);
    expect(new Set(types.map(({ schema }) => schema.const)).size).toBe(EVENT_KINDS.length);
    expect(texts.length).toBeGreaterThan(100);
  });

  it('take no unknown field at any level', () => {
    expect(open).toEqual([]);
  });

  it('have no text field without a closed list, a pattern or a format, but for the words of publishers', () => {
    const free = texts.filter(
      ({ path, schema }) =>
        !isClosed(schema) && !isNarrow(schema) && schema.format === undefined && PUBLISHERS_WORDS[path] === undefined,
    );
    expect(free.map(({ path }) => path)).toEqual([]);
  });

  it('limit how long the words of publishers may be', () => {
    const unlimited = texts.filter(
      ({ path, schema }) => PUBLISHERS_WORDS[path] !== undefined && !isClosed(schema) && !isNarrow(schema),
    );
    expect(unlimited.every(({ schema }) => schema.pattern === PLAIN_TEXT)).toBe(true);
    expect(unlimited.filter(({ schema }) => (schema.maxLength ?? Infinity) > 400)).toEqual([]);
    expect(new Set(unlimited.map(({ path }) => path))).toEqual(new Set(Object.keys(PUBLISHERS_WORDS)));
  });

  it.each(REMARKS)('have no pattern that lets through "%s"', (remark) => {
    const patterns = texts.filter(({ schema }) => isNarrow(schema));
    expect(patterns.length).toBeGreaterThan(30);
    const through = patterns.filter(({ schema }) => new RegExp(schema.pattern ?? '').test(remark));
    expect(through.map(({ path }) => path)).toEqual([]);
  });
});
