/**
 * Times as systems write them. With an offset they are an instant; without one they are read as clocks in Europe/London
 * show them, and where clocks change such a time comes twice or never: see `londonInstant` for the rule.
 */
import { DAY_MS, isoOf, londonInstant, londonMomentOf, type Comes } from '../../domain/periods.ts';
import { isoDayOf, LONGEST_RAW } from '../table/text.ts';

export interface Moment {
  /** Milliseconds since 1970, whole seconds. */
  readonly ms: number;
  /** Digits after the second, with their point, as they were written. */
  readonly fraction: string;
  /** Day in Europe/London. */
  readonly day: number;
  readonly second: number;
  readonly comes: Comes;
}

/** Why a cell is no time, as the expectation of a finding says it. */
export const ISO_TIME = 'a date and time that exist, written YYYY-MM-DD HH:MM, with seconds and an offset or without';
export const BRITISH_TIME = 'a date and time that exist, written DD/MM/YYYY HH:MM';

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
const BRITISH = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?$/;
const LATEST_OFFSET_MINUTES = 14 * 60;

/** The time of a cell in ISO 8601, or null: a date without a time is none. */
export function isoMomentOf(raw: string): Moment | null {
  if (raw.length > LONGEST_RAW) return null;
  const [, date = '', hour = '', minute = '', second = '0', fraction = '', offset] = ISO.exec(raw.trim()) ?? [];
  const day = isoDayOf(date);
  const seconds = secondOf(hour, minute, second);
  if (day === null || seconds === null) return null;
  if (offset === undefined) return onTheWall(day, seconds, fraction.replace(',', '.'));
  const minutes = minutesOf(offset);
  if (minutes === null) return null;
  return momentAt(clockMs(day, seconds) - minutes * 60_000, fraction.replace(',', '.'));
}

/** The time of a cell that its format writes day first, or null. */
export function britishMomentOf(raw: string): Moment | null {
  if (raw.length > LONGEST_RAW) return null;
  const [, date = '', month = '', year = '', hour = '', minute = '', second = '0'] = BRITISH.exec(raw.trim()) ?? [];
  const day = isoDayOf(`${year}-${month}-${date}`);
  const seconds = secondOf(hour, minute, second);
  return day === null || seconds === null ? null : onTheWall(day, seconds, '');
}

/** The moment of an instant, in milliseconds since 1970. */
export const momentAt = (ms: number, fraction = ''): Moment => ({ ms, fraction, ...londonMomentOf(ms), comes: 'once' });

/** RFC 3339, in UTC. */
export function timeText({ ms, fraction }: Moment): string {
  const day = Math.floor(ms / DAY_MS);
  const second = (ms - day * DAY_MS) / 1000;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `${isoOf(day)}T${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}${fraction}Z`;
}

const clockMs = (day: number, second: number): number => day * DAY_MS + second * 1000;

function onTheWall(day: number, second: number, fraction: string): Moment {
  const { ms, comes } = londonInstant(day, second);
  return { ms, fraction, day, second, comes };
}

function secondOf(hour: string, minute: string, second: string): number | null {
  const [h, m, s] = [hour, minute, second].map(Number) as [number, number, number];
  return hour !== '' && h < 24 && m < 60 && s < 60 ? h * 3600 + m * 60 + s : null;
}

function minutesOf(offset: string): number | null {
  if (/^z$/i.test(offset)) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0);
  if (minutes > LATEST_OFFSET_MINUTES || Number(offset.slice(3).replace(':', '') || 0) > 59) return null;
  return offset.startsWith('-') ? -minutes : minutes;
}
