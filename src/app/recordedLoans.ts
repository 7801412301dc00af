/** Which facts of a feed are single loans, by their days: what a later export of its system may hold again. */
import type { ActivityEvent } from '../../contracts/activityEvent.ts';
import { wordsOf, type ColumnName } from '../facts/columns.ts';
import type { FactStore } from '../facts/factStore.ts';

export interface RecordedLoans {
  /** Days on which the feed holds any; days since 1970-01-01, Europe/London. */
  daysOf(source: string): Promise<ReadonlySet<number>>;
  /** The events themselves, of these days and in log order, withdrawn ones too. */
  eventsOn(source: string, days: ReadonlySet<number>): AsyncIterable<ActivityEvent>;
}

const COLUMNS: readonly ColumnName[] = ['kind', 'source', 'day'];

/** Tells the rows and days of the loans of a feed among the first `to` facts, in log order. */
export function eachLoan(facts: FactStore, to: number, source: string, tell: (row: number, day: number) => void): void {
  const code = wordsOf(facts.dictionaries, 'source').find(source);
  if (code === undefined) return;
  const words = wordsOf(facts.dictionaries, 'kind');
  const kinds = new Set([words.find('loan.issued'), words.find('loan.renewed')]);
  for (const { first, rows, columns } of facts.chunks(() => COLUMNS, 0, to)) {
    for (let row = 0; row < rows; row++) {
      if ((columns.source?.[row] ?? 0) !== code || !kinds.has(columns.kind?.[row] ?? 0)) continue;
      tell(first + row, columns.day?.[row] ?? 0);
    }
  }
}
