/** Dates as a file says that it writes them. */
import { piecesOf, type DatePart } from '../../../contracts/writtenDate.ts';
import { MONTHS } from './monthHeaders.ts';
import { isoDayOf } from './text.ts';

export interface WrittenDate {
  /** Days since 1970; the first of the month where the pattern has no day. */
  readonly day: number;
  /** Second of the day, or null where the pattern has no time. */
  readonly second: number | null;
}

const DIGITS: Readonly<Record<DatePart, string>> = {
  YYYY: '\\d{4}',
  YY: '\\d{2}',
  MMMM: '[A-Za-z]+',
  MMM: '[A-Za-z]{3}',
  MM: '\\d{2}',
  M: '\\d{1,2}',
  DD: '\\d{2}',
  D: '\\d{1,2}',
  hh: '\\d{2}',
  mm: '\\d{2}',
  ss: '\\d{2}',
};

/**
 * Reads cells of one pattern; null for a cell that is not written so, or says a day that does not exist or lies outside
 * 1970 to 2099. A year of two digits is one from 2000 on.
 */
export function dateReader(pattern: string): (text: string) => WrittenDate | null {
  const pieces = piecesOf(pattern) ?? [];
  const parts = pieces.flatMap((piece) => ('part' in piece ? [piece.part] : []));
  const source = pieces.map((piece) =>
    'part' in piece ? `(${DIGITS[piece.part]})` : piece.literal.replace(/[^A-Za-z0-9 ]/g, '\\$&'),
  );
  const written = new RegExp(`^${source.join('')}$`);
  const hasTime = parts.includes('hh');
  return (text) => {
    const found = written.exec(text.trim());
    if (found === null) return null;
    const values = new Map(parts.map((part, at) => [part.charAt(0), valueOf(part, found[at + 1] ?? '')]));
    const two = (unit: string): string => String(values.get(unit) ?? 1).padStart(2, '0');
    const day = isoDayOf(`${values.get('Y')}-${two('M')}-${two('D')}`);
    const [hour, minute, second] = ['h', 'm', 's'].map((unit) => values.get(unit) ?? 0) as [number, number, number];
    if (day === null || hour > 23 || minute > 59 || second > 59) return null;
    return { day, second: hasTime ? hour * 3600 + minute * 60 + second : null };
  };
}

/** The number that a part says: of a month's name its number, 0 where there is none of that name. */
function valueOf(part: DatePart, text: string): number {
  const name = text.toLowerCase();
  if (part === 'MMMM') return MONTHS.indexOf(name) + 1;
  if (part === 'MMM') return MONTHS.findIndex((month) => month.startsWith(name)) + 1;
  return part === 'YY' ? 2000 + Number(text) : Number(text);
}
