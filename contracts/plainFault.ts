/** What is wrong with a value, in the words of a sentence that the name of its field begins: "must be a whole number". */
import type { z } from 'zod';

export const MUST_BE_GIVEN = 'must be given';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'an object', array: 'a list', record: 'an object',
}; // prettier-ignore

/** For what a schema has no words of its own. Nothing that was sent is repeated: it may be about a person. */
export const plainFault: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return MUST_BE_GIVEN;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return 'must be one of the types that /v1/contracts lists, and no amendment';
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'unrecognized_keys':
    case 'custom':
      return undefined;
  }
};

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number with decimals';
  return KINDS[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}

const amount = (limit: number | bigint, origin: string): string =>
  origin === 'string' ? `${limit} ${Number(limit) === 1 ? 'character' : 'characters'} long` : String(limit);
