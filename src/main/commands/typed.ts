/** Words that were typed on the command line, where they can be what they are meant to be. */
import type { z } from 'zod';
import { AUTHORITY_CODE } from '../../../contracts/vocabulary.ts';
import { LedgerError } from '../../domain/ledgerError.ts';

/** What was typed, where its schema takes it. Throws `usage`, naming the option. */
export function checked(schema: z.ZodType<string>, typed: string, option: string): string {
  const parsed = schema.safeParse(typed.trim());
  if (parsed.success) return parsed.data;
  throw new LedgerError('usage', `${option}: ${parsed.error.issues.map(({ message }) => message).join('; ')}.`);
}

/** A code as it was typed, perhaps in lower case. Throws `usage`, naming the option. */
export function authorityCode(typed: string, option: string): string {
  const code = typed.trim().toUpperCase();
  if (AUTHORITY_CODE.test(code)) return code;
  throw new LedgerError('usage', `${option}: "${typed}" is not the GSS code of a library authority.`, {
    hint: 'It looks like E08000021, which is Newcastle upon Tyne; the code of a nation or a region will not do.',
  });
}
