/** Consecutive periods of one granularity. */
import type { CalendarGranularity } from '../../contracts/vocabulary.ts';
import { firstMonthOf } from '../domain/periods.ts';

export interface Span {
  readonly granularity: CalendarGranularity;
  /** Numbers of the first and last period. */
  readonly first: number;
  readonly last: number;
}

/** First month of a span, counted from January 1970. */
export const firstMonth = (span: Span): number => firstMonthOf(span.granularity, span.first);
/** Last month of a span, counted from January 1970. */
export const lastMonth = (span: Span): number => firstMonthOf(span.granularity, span.last + 1) - 1;
