/**
 * The number that a spreadsheet stores as the text that a person means by it: `1234` whatever separators are shown,
 * `39%` for 0.39 shown as a percentage, `2019-04-01` for 43556 shown as a date.
 */
import { dayOf, isoOf } from '../domain/periods.ts';
import type { NumberFormat, Shown } from './numberFormat.ts';

/** Most cells: written as they are meant. */
const PLAIN = /^(0|[1-9]\d{0,14})$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A stored number by what its format shows; what is no number stays as it is stored, for importers to refuse. */
export function numberText(stored: string, format: NumberFormat, date1904: boolean): string {
  const text = stored.trim();
  if (!NUMBER.test(text)) return stored;
  const value = Number(text);
  if (!Number.isFinite(value)) return stored;
  const shown = format(value);
  if (shown.kind === 'number') return PLAIN.test(text) ? text : decimalText(value);
  if (shown.kind === 'percent') return `${decimalText(value, 2)}%`;
  return dateText(value, shown, date1904) ?? decimalText(value);
}

/**
 * The shortest decimal that is this number, never with an exponent: 0.07 is stored as 7.0000000000000007E-2.
 * @param places  how many places to move the point to the right, exactly
 */
export function decimalText(value: number, places = 0): string {
  const [, sign, first, rest, exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) as string[];
  const digits = (first as string) + (rest ?? '');
  if (digits === '0') return '0';
  const point = 1 + Number(exponent) + places;
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const fraction = '0'.repeat(Math.max(0, -point)) + digits.slice(Math.max(0, point));
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** 9999-12-31, the last day that spreadsheets know, in each date system. */
const LAST_DAY = { 1900: 2_958_465, 1904: 2_957_003 };

/** A date, a time or both; null where the number is none that a spreadsheet would show. To the second. */
function dateText(value: number, shown: Shown & { kind: 'date' }, date1904: boolean): string | null {
  if (value < 0 || value >= LAST_DAY[date1904 ? 1904 : 1900] + 1) return null;
  const seconds = Math.round(value * 86_400);
  if (shown.elapsed) return clockText(seconds);
  if (!shown.days && value < 1) return clockText(Math.min(seconds, 86_399));
  const second = seconds % 86_400;
  const date = dateOf(Math.floor(seconds / 86_400), date1904);
  if (second > 0 || !shown.days) return `${date} ${clockText(second)}`;
  return shown.monthOnly && date.endsWith('-01') ? date.slice(0, 7) : date;
}

/**
 * The day of a serial number. The system of 1900 has a 29 February in 1900, and a day 0: both are given as they are shown,
 * so that they are refused as dates that do not exist.
 */
function dateOf(serial: number, date1904: boolean): string {
  if (date1904) return isoOf(dayOf('1904-01-01') + serial);
  if (serial === 0) return '1900-01-00';
  if (serial === 60) return '1900-02-29';
  return isoOf(dayOf(serial < 60 ? '1899-12-31' : '1899-12-30') + serial);
}

/** Hours and minutes, and seconds where there are any; hours go on beyond 24. */
function clockText(seconds: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const text = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return seconds % 60 === 0 ? text : `${text}:${two(seconds % 60)}`;
}

/** A date that is stored as ISO 8601, in the same words; anything else as it is. */
export function isoDateText(stored: string, format: NumberFormat): string {
  const parts = /^(\d{4}-\d\d-\d\d)?T?(?:(\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?)?Z?$/.exec(stored.trim());
  if (parts === null) return stored;
  const [, date, minutes, second = '00'] = parts;
  const clock = minutes === undefined ? '' : second === '00' ? minutes : `${minutes}:${second}`;
  if (date === undefined) return clock === '' ? stored : clock;
  if (clock !== '' && clock !== '00:00') return `${date} ${clock}`;
  const shown = format(1);
  return shown.kind === 'date' && shown.monthOnly && date.endsWith('-01') ? date.slice(0, 7) : date;
}

/** Characters that XML cannot hold are stored as `_x000D_`. Zero and halves of a pair are no text, and stay escaped. */
export function unescapeText(stored: string): string {
  if (!stored.includes('_x')) return stored;
  return stored.replace(/_x([0-9a-f]{4})_/gi, (escape, hex: string) => {
    const code = parseInt(hex, 16);
    return code === 0 || (code >= 0xd800 && code <= 0xdfff) ? escape : String.fromCharCode(code);
  });
}
