/** Codes of library authorities by their names, from the real register of them. */
import type { ReadReal } from './realData.ts';

export function authorityNames(readReal: ReadReal): Record<string, string> {
  const text = new TextDecoder().decode(readReal('geography/library_authorities.json'));
  const register = JSON.parse(text) as { code: string; name: string; nice_name: string }[];
  return Object.fromEntries(register.flatMap(({ code, name, nice_name: short }) => [[name, code], [short, code]])); // prettier-ignore
}
