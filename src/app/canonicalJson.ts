import { configure } from 'safe-stable-stringify';

/**
 * RFC 8785 canonical JSON: names in order of their UTF-16 units, numbers as ECMAScript writes them, no white space.
 * Equal content has equal bytes, whoever wrote it. Throws for what JSON cannot say.
 */
export const canonicalJson = configure({ strict: true, deterministic: true }) as (value: object) => string;
